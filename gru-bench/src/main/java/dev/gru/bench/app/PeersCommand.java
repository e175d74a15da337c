package dev.gru.bench.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import dev.gru.bench.Work;
import dev.gru.bench.compare.Comparison.Settings;
import dev.gru.bench.compare.Comparison;
import dev.gru.bench.compare.ComparisonJson;
import dev.gru.bench.compare.ComparisonReport;
import dev.gru.bench.compare.ComparisonRunner;
import dev.gru.bench.compare.ModelComparison;
import dev.gru.bench.execution.Arguments;
import dev.gru.bench.execution.CommandFiles;
import dev.gru.bench.execution.ExitStatus;
import dev.gru.bench.peer.Contender;
import dev.gru.bench.peer.Contenders;
import dev.gru.bench.peer.ModelContender;

/** Compares this library with others and with the limits of the machine. */
@Command(name = "peers", mixinStandardHelpOptions = true, description = {
        "Runs the same GRU layers and whole models on this library and on others in turn, one thread each, and reports"
                + " their times, the ratios, and how near ours comes to the machine's limits. Takes up to 45 minutes,"
                + " with --quick up to 5. Nothing else should run meanwhile.",
        "With --model it runs an ONNX file instead, on this library and on ONNX Runtime, on random inputs: one row"
                + " and a batch."})
final class PeersCommand implements Callable<Integer> {
    private static final String THREADS = "OMP_NUM_THREADS";
    private static final List<String> WORKS = List.of("1x1:8x8", "1x1:16x16", "1x1:24x24", "1x1:32x32", "1x1:48x48",
            "1x1:64x64", "1x1:128x128", "1x1:256x256", "1x1:512x512", "1x1:1024x1024", "100x1:256x64", "100x1:256x256",
            "100x32:256x64", "100x32:256x256", "1x1:article", "100x1:article", "100x32:article", "1x1:tagger",
            "100x1:tagger", "1x1:wake-word", "29x1:wake-word", "1x1:noise-suppression", "100x1:noise-suppression",
            "1x1:forecaster", "100x1:forecaster");
    private static final List<String> QUICK_WORKS = List.of("1x1:64x64", "1x1:256x256", "100x1:256x64",
            "100x32:256x64", "1x1:wake-word", "100x32:article");
    private static final int ROUNDS = 3;
    private static final int MAX_ROUNDS = 1000;
    /** Rounds of a model, each of so many milliseconds. */
    private static final int TURNS = 15;
    private static final int TURN_MILLIS = 200;
    private static final int MAX_SIZE = 1 << 16;

    @Spec
    private CommandSpec spec;

    @Mixin
    private CacheOptions caches;

    @Option(names = "--quick", description = "six of them, one round and shorter forks: a first look, not a result")
    private boolean quick;

    @Option(names = "--forks", paramLabel = "N", description = "rounds, in each of which every contender runs once;"
            + " default: 3, with --quick 1")
    private Integer rounds;

    @Option(names = "--work", paramLabel = "TxB:WORK", split = ",", description = "what to run: steps x streams :"
            + " inputs x units of a layer, such as 100x32:256x64, or a model, such as 100x32:article; models are"
            + " article, tagger, wake-word, noise-suppression, forecaster")
    private List<String> works = new ArrayList<>();

    @Option(names = "--contender", paramLabel = "NAME", split = ",", description = "contenders, by their names in the"
            + " table, such as gru,onednn; default: all")
    private List<String> names = new ArrayList<>();

    @Option(names = "--only-ours", description = "leave the peers out; compare ours with the limits only")
    private boolean onlyOurs;

    @Option(names = "--json", paramLabel = "FILE", description = "also write all figures to a file")
    private Path file;

    @Option(names = "--model", paramLabel = "M.onnx", description = "run this file instead of single layers")
    private Path model;

    @Option(names = "--batch", paramLabel = "N", defaultValue = "32", description = "with --model: rows of the batch;"
            + " default: ${DEFAULT-VALUE}")
    private int batch;

    @Option(names = "--steps", paramLabel = "N", defaultValue = "100", description = "with --model: steps of each row"
            + " where the file does not say how many; default: ${DEFAULT-VALUE}")
    private int steps;

    private final Supplier<List<Contender>> loaded;
    private final String threads;

    PeersCommand() {
        this(Contenders::all, System.getenv(THREADS));
    }

    /**
     * Creates the command.
     *
     * @param loaded loads the contenders to choose from, when the command runs
     * @param threads the environment variable {@value #THREADS}, or null
     */
    PeersCommand(Supplier<List<Contender>> loaded, String threads) {
        this.loaded = loaded;
        this.threads = threads;
    }

    @Override
    public Integer call() throws IOException {
        if (model != null) {
            return compareModels();
        }
        Settings settings = settings();
        List<Contender> all = loaded.get();
        List<Work> chosen = (!works.isEmpty() ? works : quick ? QUICK_WORKS : WORKS).stream().distinct()
                .map(Work::parse).toList();
        PrintWriter err = spec.commandLine().getErr();
        if (!onlyOurs && names.isEmpty() && all.stream().allMatch(Contender::isOurs)) {
            throw new IllegalStateException("no peer is in this build; mvn -Ppeers -DskipTests package adds them;"
                    + " --only-ours compares " + String.join(" and ", all.stream().map(Contender::name).toList())
                    + " alone");
        }
        List<Contender> contenders = choose(all);
        // OpenMP takes its number of threads from the environment, and every contender must run on one.
        Arguments.require(contenders.stream().allMatch(Contender::isOurs) || "1".equals(threads),
                THREADS + " must be 1 when peers take part, was " + (threads == null ? "not set" : threads));
        new CommandFiles().writes("--json", file);
        Comparison comparison = new ComparisonRunner(settings, contenders, chosen, caches.sizes(), line -> {
            err.println(line);
            err.flush();
        }).run();
        PrintWriter out = spec.commandLine().getOut();
        out.print(new ComparisonReport(comparison).format());
        out.flush();
        if (file != null) {
            ComparisonJson.write(comparison, file);
        }
        return ExitStatus.OK;
    }

    private int compareModels() throws IOException {
        Arguments.require(works.isEmpty() && names.isEmpty() && !onlyOurs && file == null,
                "--model runs a file on this library and on ONNX Runtime, so --work, --contender, --only-ours and"
                        + " --json must not be given");
        Arguments.within("--batch", 1, MAX_SIZE, batch);
        Arguments.within("--steps", 1, MAX_SIZE, steps);
        new CommandFiles().reads("--model", model);
        ModelContender peer = Contenders.ofModels().orElseThrow(() -> new IllegalStateException(
                "ONNX Runtime is not in this build; mvn -Ppeers -DskipTests package adds it"));
        int turns = Arguments.within("--forks", 1, MAX_ROUNDS, rounds != null ? rounds : quick ? 3 : TURNS);
        ModelComparison comparison = new ModelComparison(model,
                new ModelComparison.Settings(batch == 1 ? List.of(1) : List.of(1, batch), steps, turns, TURN_MILLIS),
                peer, line -> {
                    spec.commandLine().getErr().println(line);
                    spec.commandLine().getErr().flush();
                });
        PrintWriter out = spec.commandLine().getOut();
        out.print(comparison.format(comparison.run()));
        out.flush();
        return ExitStatus.OK;
    }

    private Settings settings() {
        int count = rounds != null ? rounds : quick ? 1 : ROUNDS;
        Arguments.within("--forks", 1, MAX_ROUNDS, count);
        return quick ? new Settings(count, 2, 400, 5, 250) : new Settings(count, 3, 500, 9, 300);
    }

    private List<Contender> choose(List<Contender> all) {
        List<Contender> candidates = all.stream().filter(contender -> !onlyOurs || contender.isOurs()).toList();
        List<String> known = candidates.stream().map(Contender::name).toList();
        for (String name : names) {
            Arguments.require(known.contains(name),
                    "--contender must be one of " + String.join(", ", known) + ", was " + name);
        }
        return candidates.stream().filter(contender -> names.isEmpty() || names.contains(contender.name())).toList();
    }
}
