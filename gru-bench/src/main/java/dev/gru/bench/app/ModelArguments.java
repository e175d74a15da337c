package dev.gru.bench.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

import picocli.CommandLine.Option;

import dev.gru.bench.execution.Arguments;
import dev.gru.bench.execution.CommandFiles;
import dev.gru.format.ModelFile;
import dev.gru.format.ModelReader;
import dev.gru.format.PyTorchReader;
import dev.gru.format.Safetensors;
import dev.gru.layer.Graph;
import dev.gru.layer.Tensor;

/** Options that say which model a command takes, and what its file does not. */
final class ModelArguments {
    @Option(names = "--model", required = true, paramLabel = "M", description = "a model file of any format")
    private Path file;

    @Option(names = "--architecture", paramLabel = "A", description = {
            "for a file of weights alone: what they are the weights of,",
            "a PyTorch module or a Keras model, see docs/formats.md"})
    private Path architecture;

    @Option(names = "--prefix", paramLabel = "PREFIX", description = {
            "for a PyTorch state dict with more than one GRU:",
            "the prefix of its tensors' names, such as encoder.gru."})
    private String prefix;

    @Option(names = "--weights", paramLabel = "W.safetensors", description = {
            "for an ONNX graph whose weights are inputs:", "these arrays, by their names"})
    private Path weights;

    /** Returns the model's file. */
    Path file() {
        return file;
    }

    /**
     * Checks that the files exist and the options go together.
     *
     * @return files that the command reads, for more of them
     */
    CommandFiles check() throws IOException {
        Arguments.require(prefix == null || (architecture == null && weights == null),
                "--prefix takes one GRU out of a file, so --architecture and --weights must not be given too");
        Arguments.require(architecture == null || weights == null,
                "--architecture is for weights alone, --weights for ONNX graphs; both were given");
        return new CommandFiles().reads("--model", file).reads("--architecture", architecture).reads("--weights",
                weights);
    }

    /**
     * Reads the model.
     *
     * @param arrays arrays that may be weights of an ONNX graph, beside those that were given as such
     */
    Graph read(Map<String, Tensor> arrays) throws IOException {
        if (prefix != null) {
            return PyTorchReader.read(file, prefix);
        }
        if (architecture != null) {
            return ModelReader.read(file, architecture);
        }
        Map<String, Tensor> all = new LinkedHashMap<>(arrays);
        if (weights != null) {
            all.putAll(floats(Safetensors.read(weights)));
        }
        return ModelReader.read(file, all);
    }

    /** Reads the model with the notes that its file may have. */
    ModelFile.Content readContent() throws IOException {
        return prefix == null && architecture == null && weights == null
                ? ModelReader.readContent(file)
                : new ModelFile.Content(read(Map.of()), Map.of());
    }

    /** Reads the model to see what is in it; weights that are inputs of an ONNX graph need not be given. */
    Graph readStructure() throws IOException {
        return prefix == null && architecture == null && weights == null
                ? ModelReader.readStructure(file)
                : read(Map.of());
    }

    /** Returns the arrays that may be weights. */
    static Map<String, Tensor> floats(Safetensors arrays) throws IOException {
        Map<String, Tensor> floats = new LinkedHashMap<>();
        for (Safetensors.Tensor array : arrays.tensors().values()) {
            switch (array.dtype()) {
                case "F16", "BF16", "F32", "F64" -> floats.put(array.name(), Tensor.of(array.floats(), array.shape()));
                default -> {
                }
            }
        }
        return floats;
    }
}
