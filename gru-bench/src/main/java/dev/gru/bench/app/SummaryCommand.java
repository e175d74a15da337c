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
import dev.gru.bench.execution.ExitStatus;
import dev.gru.layer.Signature.Port;

/**
 * Prints the layers, inputs and outputs of a model file.
 *
 * <p>Throws an exception with a message of one line for bad files, which the main command prints.
 */
@Command(name = "summary", mixinStandardHelpOptions = true, description = {
        "Prints the layers of a model file and the arrays that are its inputs and outputs."})
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
        return ExitStatus.OK;
    }
}
