package dev.gru.bench.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import dev.gru.GruModel;
import dev.gru.ModelOptions;
import dev.gru.bench.LayerWork;
import dev.gru.bench.execution.Arguments;
import dev.gru.bench.execution.CommandFiles;
import dev.gru.bench.execution.ExitStatus;
import dev.gru.bench.latency.BusyLoop;
import dev.gru.bench.latency.LatencyChart;
import dev.gru.bench.latency.LatencyReport;
import dev.gru.bench.latency.LatencyRun.Rated;
import dev.gru.bench.latency.LatencyRun;
import dev.gru.bench.latency.OpenLoop;
import dev.gru.bench.latency.PeerTarget;
import dev.gru.bench.latency.SessionsTarget;
import dev.gru.bench.latency.StepTarget;
import dev.gru.bench.peer.Contender;
import dev.gru.bench.peer.Contenders;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Sequential;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;

/** Measures the latency of steps under a steady load. */
@Command(name = "latency", mixinStandardHelpOptions = true, description = {
        "Requests steps of many sessions at a fixed rate, on one thread that spins while it waits, and reports the"
                + " latency from the time at which each step was due: p50 to p99.99 and the maximum. For comparison it"
                + " measures a busy loop of the same duration, which shows what the machine itself adds, and, if the"
                + " build has it, ONNX Runtime at the same rate. Nothing else should run meanwhile."})
final class LatencyCommand implements Callable<Integer> {
    private static final String PEER = "onnxruntime";
    private static final String DEFAULT_LAYER = "1x1:64x64";
    private static final Duration WARM_UP = Duration.ofSeconds(30);
    private static final double HALF = 0.5;
    /** A day. */
    private static final int MAX_SECONDS = 24 * 60 * 60;
    private static final int MAX_STREAMS = 1_000_000;

    @Option(names = "--model", paramLabel = "M", description = "a model file of any format; ONNX Runtime takes part"
            + " if it is one GRU layer, reset after; default: a GRU with 64 inputs and 64 units")
    private Path modelFile;

    @Option(names = "--rate", paramLabel = "R", description = "requests per second; default: half of what the model can"
            + " do on one core, and, if ONNX Runtime takes part, then half of what that can do")
    private Double rate;

    @Option(names = "--seconds", paramLabel = "S", defaultValue = "10", description = "duration of each measurement;"
            + " default: ${DEFAULT-VALUE}")
    private int seconds;

    @Option(names = "--streams", paramLabel = "N", defaultValue = "100", description = "sessions that take turns;"
            + " default: ${DEFAULT-VALUE}")
    private int streams;

    @Option(names = "--chart", paramLabel = "FILE", description = "write a chart of all percentiles, an SVG file")
    private Path chart;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        Arguments.require(rate == null || (rate > 0 && rate <= OpenLoop.MAX_RATE),
                "--rate must be above 0 and at most " + (long) OpenLoop.MAX_RATE + ", was " + rate);
        Arguments.within("--seconds", 1, MAX_SECONDS, seconds);
        Arguments.within("--streams", 1, MAX_STREAMS, streams);
        new CommandFiles().reads("--model", modelFile).writes("--chart", chart);
        try (GruModel model = load()) {
            List<StepTarget> targets = new ArrayList<>();
            try {
                targets.add(new SessionsTarget(model, streams));
                peer(model).ifPresent(targets::add);
                BusyLoop machine = new BusyLoop();
                targets.add(machine);
                model.warmUp(WARM_UP);
                measure(targets, machine);
            } finally {
                targets.forEach(StepTarget::close);
            }
        }
        return ExitStatus.OK;
    }

    private GruModel load() throws IOException {
        return modelFile != null
                ? GruModel.load(modelFile)
                : GruModel.of(
                        Sequential.builder().gru(LayerWork.parse(DEFAULT_LAYER).weights()).returnSequences().build(),
                        ModelOptions.defaults());
    }

    private Optional<StepTarget> peer(GruModel model) {
        Optional<Contender> contender = Contenders.all().stream().filter(one -> one.name().equals(PEER)).findFirst();
        if (contender.isEmpty()) {
            progress(PEER + " is not in this build; mvn -Ppeers -DskipTests package adds it");
            return Optional.empty();
        }
        Optional<GruWeights> weights = onlyLayer(model);
        if (weights.isEmpty()) {
            progress(PEER + " takes part only if the model is one GRU layer, reset after");
            return Optional.empty();
        }
        try {
            return Optional.of(new PeerTarget(contender.get(), weights.get(), streams));
        } catch (UnsupportedOperationException e) {
            progress(e.getMessage());
            return Optional.empty();
        }
    }

    /** Returns the weights of a model that is one layer as peers run it. */
    private static Optional<GruWeights> onlyLayer(GruModel model) {
        return model.layers().layers().size() == 1 && model.layers().layers().getFirst() instanceof GruLayer layer
                && layer.direction() == GruLayer.Direction.FORWARD
                && layer.weights().variant() == GruVariant.RESET_AFTER
                && layer.weights().activations().areStandard()
                        ? Optional.of(layer.weights())
                        : Optional.empty();
    }

    private void measure(List<StepTarget> targets, BusyLoop machine) throws IOException {
        LatencyRun run = new LatencyRun(targets, streams);
        List<StepTarget> workers = targets.subList(0, targets.size() - 1);
        List<Double> nanos = workers.stream().map(run::stepNanos).toList();
        machine.setNanos(nanos.getFirst());
        List<Rated> all = new ArrayList<>();
        if (rate != null) {
            all.add(run.run(rate, "as given", seconds, this::progress));
        } else {
            for (int i = 0; i < workers.size(); i++) {
                all.add(run.run(HALF * 1e9 / nanos.get(i), "half of what " + workers.get(i).name()
                        + " can do on one core", seconds, this::progress));
            }
        }
        PrintWriter out = spec.commandLine().getOut();
        all.forEach(rated -> out.println(LatencyReport.format(rated)));
        out.flush();
        if (chart != null) {
            LatencyChart.write(all, chart);
        }
    }

    private void progress(String line) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(line);
        err.flush();
    }
}
