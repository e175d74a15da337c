package dev.gru.bench.coldstart;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

import dev.gru.bench.ChildJvm;

/** Starts JVMs that run a model, in several ways, and measures from the moment at which each is started. */
public final class ColdStart {
    private static final long NO_LIMIT = -1;
    private static final Duration AFTERWARDS = Duration.ofSeconds(3);
    private static final long TIMEOUT_SECONDS = 120;

    private final Path model;
    private final Duration limit;
    private final Path directory;
    private final Consumer<String> progress;

    /**
     * A way to start.
     *
     * @param name for people
     * @param warmUpMicros 0 for none, {@value ColdStart#NO_LIMIT} for all of it
     * @param cache the AOT cache to use, or null
     */
    private record Way(String name, long warmUpMicros, Path cache) {
    }

    /**
     * One start. All times are in ms but the last.
     *
     * @param firstResult from the start of the process to the first result
     * @param loading of which the model took so much to load
     * @param warmUp and so much to warm up
     * @param nearSteady from the start of the process until steps take at most 1.5 times what they take in the end
     * @param stepMicros what they take in the end, in µs
     */
    record Run(double firstResult, double loading, double warmUp, double nearSteady, double stepMicros) {
    }

    /**
     * The starts in one way.
     *
     * @param name of the way
     * @param runs the starts
     */
    record Runs(String name, List<Run> runs) {
        Runs {
            runs = List.copyOf(runs);
        }

        double median(ToDoubleFunction<Run> value) {
            return runs.stream().mapToDouble(value).sorted().toArray()[runs.size() / 2];
        }

        double most(ToDoubleFunction<Run> value) {
            return runs.stream().mapToDouble(value).max().orElseThrow();
        }
    }

    /**
     * Prepares.
     *
     * @param model a model file
     * @param limit of the short warm-up
     * @param directory an empty one, for AOT caches
     * @param progress is told what is going on, a line at a time
     */
    public ColdStart(Path model, Duration limit, Path directory, Consumer<String> progress) {
        this.model = model;
        this.limit = limit;
        this.directory = directory;
        this.progress = progress;
    }

    /**
     * Starts so many JVMs in each way, in turn.
     *
     * @return a table
     * @throws IllegalStateException if one fails, with what it printed
     */
    public String run(int count) throws InterruptedException {
        Path cache = makeCache();
        long micros = limit.toNanos() / 1000;
        String brief = "warm-up of " + limit.toMillis() + " ms";
        List<Way> ways = List.of(new Way("no warm-up", 0, null), new Way("warm-up", NO_LIMIT, null),
                new Way("no warm-up, AOT cache", 0, cache), new Way(brief + ", AOT cache", micros, cache),
                new Way("warm-up, AOT cache", NO_LIMIT, cache));
        List<List<Run>> runs = ways.stream().<List<Run>>map(way -> new ArrayList<>()).toList();
        for (int i = 0; i < count; i++) {
            for (int way = 0; way < ways.size(); way++) {
                progress.accept("start " + (i + 1) + " of " + count + ": " + ways.get(way).name());
                runs.get(way).add(start(ways.get(way)));
            }
        }
        List<Runs> all = new ArrayList<>();
        for (int way = 0; way < ways.size(); way++) {
            all.add(new Runs(ways.get(way).name(), runs.get(way)));
        }
        return ColdStartReport.format(all);
    }

    private Path makeCache() throws InterruptedException {
        progress.accept("making the AOT cache ...");
        Path file = directory.resolve("app.aot");
        String output = output(List.of("-XX:AOTCacheOutput=" + file), NO_LIMIT);
        if (!Files.exists(file)) {
            throw new IllegalStateException("no AOT cache was made: " + output);
        }
        return file;
    }

    private Run start(Way way) throws InterruptedException {
        List<String> flags = way.cache() == null ? List.of() : List.of("-XX:AOTCache=" + way.cache());
        Instant begin = Instant.now();
        String output = output(flags, way.warmUpMicros());
        String line = output.lines().filter(one -> one.startsWith(ColdStartProbe.RESULT)).findFirst()
                .orElseThrow(() -> new IllegalStateException("a JVM printed no result: " + output));
        String[] numbers = line.substring(ColdStartProbe.RESULT.length()).strip().split(" ", -1);
        double first = (Long.parseLong(numbers[0]) - ChronoUnit.MICROS.between(Instant.EPOCH, begin)) / 1e3;
        return new Run(first, Long.parseLong(numbers[1]) / 1e3, Long.parseLong(numbers[2]) / 1e3,
                first + Long.parseLong(numbers[4]) / 1e3, Long.parseLong(numbers[3]) / 1e3);
    }

    private String output(List<String> flags, long warmUpMicros) throws InterruptedException {
        Path log = directory.resolve("output.txt");
        try {
            Process process = ChildJvm.command(flags, ColdStartProbe.class,
                    List.of(model.toString(), Long.toString(warmUpMicros), Long.toString(AFTERWARDS.toMillis())))
                    .redirectErrorStream(true).redirectOutput(log.toFile()).start();
            boolean ended = process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS);
            if (!ended) {
                process.destroyForcibly();
            }
            String output = Files.readString(log, StandardCharsets.UTF_8);
            if (!ended || process.exitValue() != 0) {
                throw new IllegalStateException(
                        "a JVM " + (ended ? "failed" : "took more than " + TIMEOUT_SECONDS + " s") + ": " + output);
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
