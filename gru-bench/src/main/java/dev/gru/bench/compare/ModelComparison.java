package dev.gru.bench.compare;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import dev.gru.GruModel;
import dev.gru.ModelOptions;
import dev.gru.bench.peer.ModelContender.OpenedModel;
import dev.gru.bench.peer.ModelContender.PreparedModel;
import dev.gru.bench.peer.ModelContender;
import dev.gru.format.ModelReader;
import dev.gru.layer.Graph;
import dev.gru.layer.Tensor;

/**
 * Runs an ONNX file on this library and on another in turn, one thread each, on the same random inputs; compares how
 * long they take, and their outputs.
 *
 * <p>Both run in one JVM: in each round each runs as often as a part of a second allows, so that other load of the
 * machine affects both alike.
 */
public final class ModelComparison {
    /** Until the JVM has compiled what runs; what is left of it after that shows in the spread. */
    private static final Duration WARM_UP = Duration.ofSeconds(20);
    private static final long SETTLE_NANOS = 1_500_000_000L;

    private final Path file;
    private final Settings settings;
    private final ModelContender peer;
    private final Consumer<String> progress;

    /**
     * What is run, and how long.
     *
     * @param batches numbers of rows, for each of which there is a line
     * @param steps steps of each row where the file does not say how many
     * @param rounds how often each of the two has its turn
     * @param millis how long a turn is
     */
    public record Settings(List<Integer> batches, int steps, int rounds, int millis) {
        /** Copies the list. */
        public Settings {
            batches = List.copyOf(batches);
        }
    }

    /**
     * One line of the comparison.
     *
     * @param inputs the shapes of the inputs
     * @param ours time of a run in µs
     * @param peers the same of the other library
     * @param ratio the other's time divided by ours, round by round
     * @param difference of the outputs that both have
     */
    public record Line(String inputs, Spread ours, Spread peers, Spread ratio, Difference difference) {
    }

    /** Prepares a comparison. */
    public ModelComparison(Path file, Settings settings, ModelContender peer, Consumer<String> progress) {
        this.file = file;
        this.settings = settings;
        this.peer = peer;
        this.progress = progress;
    }

    /**
     * Runs it.
     *
     * @throws IOException if one of the two libraries does not run the file
     */
    public List<Line> run() throws IOException {
        Graph layers = ModelReader.read(file);
        List<Line> lines = new ArrayList<>();
        try (OpenedModel theirs = peer.open(file);
                GruModel ours = GruModel.of(layers, ModelOptions.defaults().withThreads(1))) {
            int fixed = ModelInputs.fixedBatch(layers, theirs.inputs());
            progress.accept("warming up ...");
            ours.warmUp(WARM_UP);
            for (int batch : fixed == 0 ? settings.batches() : List.of(fixed)) {
                Map<String, Tensor> inputs = ModelInputs.random(layers, theirs.inputs(), batch, settings.steps());
                try (PreparedModel prepared = theirs.prepare(inputs)) {
                    lines.add(line(ours, prepared, inputs));
                }
            }
        }
        return lines;
    }

    private Line line(GruModel ours, PreparedModel theirs, Map<String, Tensor> inputs) {
        String shapes = inputs.entrySet().stream()
                .map(input -> input.getKey() + Arrays.toString(input.getValue().shape()))
                .collect(Collectors.joining(", "));
        progress.accept("measuring " + shapes + " ...");
        Work own = new Work(() -> ours.run(inputs));
        Work other = new Work(theirs::run);
        own.settle();
        other.settle();
        double[] ownMicros = new double[settings.rounds()];
        double[] otherMicros = new double[settings.rounds()];
        double[] ratios = new double[settings.rounds()];
        for (int round = 0; round < settings.rounds(); round++) {
            // Neither always runs after the other.
            boolean first = round % 2 == 0;
            ownMicros[round] = first ? own.micros(settings.millis()) : 0;
            otherMicros[round] = other.micros(settings.millis());
            ownMicros[round] = first ? ownMicros[round] : own.micros(settings.millis());
            ratios[round] = otherMicros[round] / ownMicros[round];
        }
        return new Line(shapes, Spread.of(ownMicros), Spread.of(otherMicros), Spread.of(ratios),
                difference(theirs.outputs(), ours.run(inputs)));
    }

    private static Difference difference(Map<String, Tensor> expected, Map<String, Tensor> found) {
        return expected.entrySet().stream().filter(output -> found.containsKey(output.getKey()))
                .map(output -> Difference.of(output.getValue().floats(), found.get(output.getKey()).floats()))
                .reduce(Difference::max).orElseThrow(() -> new IllegalStateException(
                        "the two have no output of one name: " + expected.keySet() + " and " + found.keySet()));
    }

    /** What is run again and again. */
    private record Work(Runnable once) {
        void settle() {
            long start = System.nanoTime();
            while (System.nanoTime() - start < SETTLE_NANOS) {
                once.run();
            }
        }

        /** Returns the mean time of a run, over so many milliseconds. */
        double micros(int millis) {
            long start = System.nanoTime();
            long runs = 0;
            long nanos;
            do {
                once.run();
                runs++;
                nanos = System.nanoTime() - start;
            } while (nanos < millis * 1_000_000L);
            return nanos / 1e3 / runs;
        }
    }

    /** Returns the lines as a table. */
    public String format(List<Line> lines) {
        int width = lines.stream().mapToInt(line -> line.inputs().length()).max().orElse(0);
        StringBuilder table = new StringBuilder();
        table.append(String.format(Locale.ROOT, "%s, one thread each, µs for a run, median of %d rounds%n", file,
                settings.rounds()));
        table.append(String.format(Locale.ROOT, "%-" + width + "s %12s %12s  %-22s %s%n", "", "gru", "peer",
                "peer / gru (range)", "max |Δ|"));
        for (Line line : lines) {
            table.append(String.format(Locale.ROOT, "%-" + width + "s %12s %12s  %-22s %s%n", line.inputs(),
                    ComparisonReport.number(line.ours().median()), ComparisonReport.number(line.peers().median()),
                    String.format(Locale.ROOT, "%.2f (%.2f to %.2f)", line.ratio().median(), line.ratio().least(),
                            line.ratio().most()),
                    line.difference()));
        }
        return table.append("peer: ").append(peer.version()).append(System.lineSeparator()).toString();
    }
}
