package dev.gru.bench.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import dev.gru.GruModel;
import dev.gru.ModelOptions;
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
    @Mixin
    private ModelArguments arguments;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        arguments.check();
        PrintWriter out = spec.commandLine().getOut();
        try (GruModel model = GruModel.of(arguments.readStructure(), ModelOptions.defaults())) {
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
