package dev.gru.bench.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import dev.gru.GruModel;
import dev.gru.bench.execution.CommandFiles;
import dev.gru.layer.Signature.Port;

/**
 * Prints what a model file holds.
 *
 * <p>Bad files are thrown as exceptions of one line; the main command prints them.
 */
@Command(name = "summary", mixinStandardHelpOptions = true, description = {
        "Prints the layers of a model file, and the arrays that go in and come out."})
final class SummaryCommand implements Callable<Integer> {
    @Option(names = "--model", required = true, paramLabel = "M", description = "a model file of any format")
    private Path modelFile;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        new CommandFiles().reads("--model", modelFile);
        PrintWriter out = spec.commandLine().getOut();
        try (GruModel model = GruModel.load(modelFile)) {
            out.print(model.summary());
            for (Port port : model.signature().inputs()) {
                out.println("Input: " + port);
            }
            for (Port port : model.signature().outputs()) {
                out.println("Output: " + port);
            }
        }
        out.flush();
        return 0;
    }
}
