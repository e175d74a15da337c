package dev.gru.bench.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import dev.gru.bench.execution.CommandFiles;
import dev.gru.format.ModelFile;
import dev.gru.format.ModelReader;
import dev.gru.format.PyTorchReader;
import dev.gru.weights.Precision;

/**
 * Writes a model of any format as a file of the library's own.
 *
 * <p>Bad files and arguments are thrown as exceptions of one line; the main command prints them.
 */
@Command(name = "convert", mixinStandardHelpOptions = true, description = {
        "Writes a model of any format as a file of the library's own, which loads fast and needs no other library. What a"
                + " file of the library's own has beside its model, such as a vocabulary, goes along."})
final class ConvertCommand implements Callable<Integer> {
    @Option(names = "--model", required = true, paramLabel = "M", description = "a model file of any format")
    private Path modelFile;

    @Option(names = "--out", required = true, paramLabel = "FILE.safetensors", description = "where it is written")
    private Path out;

    @Option(names = "--precision", paramLabel = "P", defaultValue = "fp32", description = "how weights are kept, fp32 or bf16; default: ${DEFAULT-VALUE}")
    private Precision precision;

    @Option(names = "--prefix", paramLabel = "PREFIX", description = {
            "of a PyTorch state dict that holds more than one GRU:",
            "what the names of its tensors begin with, such as encoder.gru."})
    private String prefix;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        new CommandFiles().reads("--model", modelFile).writes("--out", out);
        ModelFile.Content content = prefix == null
                ? ModelReader.readContent(modelFile)
                : new ModelFile.Content(PyTorchReader.read(modelFile, prefix), Map.of());
        ModelFile.write(content.model(), content.notes(), out, precision);
        PrintWriter writer = spec.commandLine().getOut();
        writer.printf(Locale.ROOT, "%s: %,d bytes, %s%n", out, Files.size(out), precision);
        writer.flush();
        return 0;
    }
}
