package dev.gru.bench.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import dev.gru.bench.adding.AddingReport;
import dev.gru.bench.adding.AddingTraining.Outcome;
import dev.gru.bench.adding.AddingTraining;
import dev.gru.bench.adding.RecurrentUnit;
import dev.gru.bench.execution.Arguments;
import dev.gru.bench.execution.CommandFiles;
import dev.gru.bench.execution.ExitStatus;

/** Trains a GRU and a plain recurrent unit on the adding problem, and compares them. */
@Command(name = "adding-problem", mixinStandardHelpOptions = true, description = {
        "Trains a GRU and a plain recurrent unit to add two marked numbers of a long sequence, and prints the error of"
                + " each and how the gradient of the loss decays over time. The exit status is 0 if the GRU has learned"
                + " to add and the plain unit has not, else 1."}, exitCodeList = {
                        ExitStatus.NO + ":the GRU has not learned to add, or the plain unit has"})
final class AddingProblemCommand implements Callable<Integer> {
    private static final int MAX_UNITS = 1 << 14;
    private static final int MAX_BATCHES = 100_000_000;

    @Option(names = "--steps", paramLabel = "N", defaultValue = "200", description = "steps per sequence; default:"
            + " ${DEFAULT-VALUE}")
    private int steps;

    @Option(names = "--units", paramLabel = "N", defaultValue = "64", description = "units of the recurrent layer;"
            + " default: ${DEFAULT-VALUE}")
    private int units;

    @Option(names = "--batches", paramLabel = "N", defaultValue = "6000", description = "batches of 32 sequences at"
            + " each learning rate, at most; default: ${DEFAULT-VALUE}")
    private int batches;

    @Option(names = "--seed", paramLabel = "S", defaultValue = "7", description = "seed of the sequences and the"
            + " weights; default: ${DEFAULT-VALUE}")
    private long seed;

    @Option(names = "--out", paramLabel = "FOLDER", description = "also write a chart of the gradients to this"
            + " folder, as " + AddingReport.CHART)
    private Path folder;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        Arguments.within("--steps", 2, AddingTraining.MAX_STEPS, steps);
        Arguments.within("--units", 1, MAX_UNITS, units);
        Arguments.within("--batches", 1, MAX_BATCHES, batches);
        if (folder != null) {
            CommandFiles.requireDirectory("--out", folder);
        }
        AddingTraining training = new AddingTraining(steps, units, batches, seed);
        PrintWriter out = spec.commandLine().getOut();
        out.printf(Locale.ROOT, "%d steps, %d units, batches of %d sequences, seed %d%n", steps, units,
                AddingTraining.BATCH, seed);
        Consumer<String> progress = line -> {
            out.println(line);
            out.flush();
        };
        Outcome gated = training.train(RecurrentUnit.GRU, progress);
        Outcome plain = training.train(RecurrentUnit.PLAIN, progress);
        AddingReport report = new AddingReport(training, gated, plain);
        out.println();
        out.print(report.format());
        out.flush();
        if (folder != null) {
            report.write(folder);
        }
        return report.showsTheDifference() ? ExitStatus.OK : ExitStatus.NO;
    }
}
