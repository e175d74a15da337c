package dev.gru.bench.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import dev.gru.bench.execution.ExitStatus;
import dev.gru.format.ModelFile;
import dev.gru.weights.Precision;

/**
 * Writes a model of any format in the library's own format.
 *
 * <p>Throws an exception with a message of one line for bad files and arguments, which the main command prints.
 */
@Command(name = "convert", mixinStandardHelpOptions = true, description = {
        "Writes a model of any format in the library's own format, which loads fast and needs no other library. The"
                + " notes of a file in that format, such as a vocabulary, are kept."})
final class ConvertCommand implements Callable<Integer> {
    @Mixin
    private ModelArguments arguments;

    @Option(names = "--out", required = true, paramLabel = "FILE.safetensors", description = "file to write")
    private Path out;

    @Option(names = "--precision", paramLabel = "P", defaultValue = "fp32", description = "precision of the weights,"
            + " fp32 or bf16; default: ${DEFAULT-VALUE}")
    private Precision precision;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        arguments.check().writes("--out", out);
        ModelFile.Content content = arguments.readContent();
        ModelFile.write(content.model(), content.notes(), out, precision);
        PrintWriter writer = spec.commandLine().getOut();
        writer.printf(Locale.ROOT, "%s: %,d bytes, %s%n", out, Files.size(out), precision);
        writer.flush();
        return ExitStatus.OK;
    }
}
