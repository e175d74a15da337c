package dev.gru.bench.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import dev.gru.bench.coldstart.ColdStart;
import dev.gru.bench.demo.JavaTagger;
import dev.gru.bench.execution.Arguments;
import dev.gru.bench.execution.CommandFiles;
import dev.gru.bench.execution.ExitStatus;
import dev.gru.format.ModelReader;

/** Measures the time from the start of a JVM to its first result and to full speed. */
@Command(name = "coldstart", mixinStandardHelpOptions = true, description = {
        "Starts JVMs that load a model and step it, with and without warm-up, an AOT cache and a CDS archive of the"
                + " JDK. Reports the time to the first result and the time until steps are near their steady speed."
                + " Takes about a minute for each of --runs. Nothing else should run meanwhile."})
final class ColdStartCommand implements Callable<Integer> {
    private static final int MAX_RUNS = 1000;
    /** A minute, in ms. */
    private static final int MAX_WARM_UP = 60_000;

    @Option(names = "--model", paramLabel = "M", description = "a model file of any format; default: the tagger of"
            + " the demonstration")
    private Path modelFile;

    @Option(names = "--runs", paramLabel = "N", defaultValue = "5", description = "starts in each way; default:"
            + " ${DEFAULT-VALUE}")
    private int runs;

    @Option(names = "--warm-up", paramLabel = "MS", defaultValue = "100", description = "limit of the short warm-up in"
            + " ms; default: ${DEFAULT-VALUE}")
    private int warmUp;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Arguments.within("--runs", 1, MAX_RUNS, runs);
        Arguments.within("--warm-up", 1, MAX_WARM_UP, warmUp);
        if (modelFile != null) {
            new CommandFiles().reads("--model", modelFile);
            // A file that is no model is refused here rather than by a JVM that fails to start.
            ModelReader.read(modelFile);
        }
        Path directory = Files.createTempDirectory("gru-coldstart");
        try {
            Path model = modelFile == null ? JavaTagger.copyTo(directory) : modelFile;
            PrintWriter err = spec.commandLine().getErr();
            PrintWriter out = spec.commandLine().getOut();
            out.print(new ColdStart(model, Duration.ofMillis(warmUp), directory, line -> {
                err.println(line);
                err.flush();
            }).run(runs));
            out.flush();
            return ExitStatus.OK;
        } finally {
            delete(directory);
        }
    }

    private static void delete(Path directory) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(directory)) {
            files = all.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : files) {
            Files.delete(file);
        }
    }
}
