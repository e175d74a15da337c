package dev.gru.bench.coldstart;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import dev.gru.bench.ChildJvm;
import dev.gru.bench.coldstart.Starts.Start;

/** Starts JVMs that run a model, in several ways, and measures from the start of each process. */
public final class ColdStart {
    private static final long NO_LIMIT = -1;
    private static final Duration AFTERWARDS = Duration.ofSeconds(3);
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    private final Path model;
    private final Duration limit;
    private final Path directory;
    private final Consumer<String> progress;

    /**
     * A way to start.
     *
     * @param name the name for people
     * @param warmUpMicros limit of the warm-up in µs; 0 for no warm-up, {@value ColdStart#NO_LIMIT} for no limit
     * @param flags flags of the JVM
     */
    private record Way(String name, long warmUpMicros, List<String> flags) {
        Way {
            flags = List.copyOf(flags);
        }
    }

    /**
     * Prepares the starts.
     *
     * @param model a model file
     * @param limit the limit of the short warm-up
     * @param directory an empty directory for the caches and archives of JVMs
     * @param progress receives lines about the progress
     */
    public ColdStart(Path model, Duration limit, Path directory, Consumer<String> progress) {
        this.model = model;
        this.limit = limit;
        this.directory = directory;
        this.progress = progress;
    }

    /**
     * Starts JVMs in every way, in turn.
     *
     * @param count the starts in each way
     * @return a table
     * @throws IllegalStateException if a JVM fails; the message has the reason that it printed
     */
    public String run(int count) throws InterruptedException {
        List<Way> ways = new ArrayList<>(List.of(new Way("no warm-up", 0, List.of()),
                new Way("warm-up", NO_LIMIT, List.of())));
        ways.addAll(waysWith("AOT cache", "app.aot", "-XX:AOTCacheOutput=", "-XX:AOTCache="));
        ways.addAll(waysWith("CDS archive", "app.jsa", "-XX:ArchiveClassesAtExit=", "-XX:SharedArchiveFile="));
        List<List<Start>> starts = ways.stream().<List<Start>>map(way -> new ArrayList<>()).toList();
        for (int i = 0; i < count; i++) {
            for (int way = 0; way < ways.size(); way++) {
                progress.accept("start " + (i + 1) + " of " + count + ": " + ways.get(way).name());
                starts.get(way).add(start(ways.get(way)));
            }
        }
        List<Starts> all = new ArrayList<>();
        for (int way = 0; way < ways.size(); way++) {
            all.add(new Starts(ways.get(way).name(), starts.get(way)));
        }
        return ColdStartReport.format(all);
    }

    /** Creates a cache or an archive, and returns the ways to start with it. */
    private List<Way> waysWith(String name, String fileName, String making, String using) throws InterruptedException {
        progress.accept("creating the " + name + " ...");
        Path file = directory.resolve(fileName);
        String output = output(List.of(making + file), NO_LIMIT);
        if (!Files.exists(file)) {
            throw new IllegalStateException("no " + name + " was created: " + ChildJvm.reason(output));
        }
        List<String> flags = List.of(using + file);
        return List.of(new Way("no warm-up, " + name, 0, flags),
                new Way("warm-up of " + limit.toMillis() + " ms, " + name, limit.toNanos() / 1000, flags),
                new Way("warm-up, " + name, NO_LIMIT, flags));
    }

    private Start start(Way way) throws InterruptedException {
        Instant begin = Instant.now();
        String output = output(way.flags(), way.warmUpMicros());
        String line = output.lines().filter(one -> one.startsWith(ColdStartProbe.RESULT)).findFirst()
                .orElseThrow(() -> new IllegalStateException("a JVM printed no result: " + ChildJvm.reason(output)));
        String[] numbers = line.substring(ColdStartProbe.RESULT.length()).strip().split(" ", -1);
        double first = (Long.parseLong(numbers[0]) - ChronoUnit.MICROS.between(Instant.EPOCH, begin)) / 1e3;
        return new Start(first, Long.parseLong(numbers[1]) / 1e3, Long.parseLong(numbers[2]) / 1e3,
                first + Long.parseLong(numbers[4]) / 1e3, Long.parseLong(numbers[3]) / 1e3);
    }

    private String output(List<String> flags, long warmUpMicros) throws InterruptedException {
        return ChildJvm.output(flags, ColdStartProbe.class,
                List.of(model.toString(), Long.toString(warmUpMicros), Long.toString(AFTERWARDS.toMillis())), TIMEOUT);
    }
}
