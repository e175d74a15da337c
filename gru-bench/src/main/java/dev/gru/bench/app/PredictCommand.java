package dev.gru.bench.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import dev.gru.GruModel;
import dev.gru.ModelOptions;
import dev.gru.bench.compare.Difference;
import dev.gru.bench.execution.Arguments;
import dev.gru.bench.execution.ExitStatus;
import dev.gru.format.Safetensors;
import dev.gru.format.SafetensorsWriter;
import dev.gru.internal.Printable;
import dev.gru.layer.Graph;
import dev.gru.layer.Signature.Port;
import dev.gru.layer.Tensor;
import dev.gru.weights.Precision;

/**
 * Runs a model file on arrays, and compares its outputs with those of another implementation.
 *
 * <p>Throws an exception with a message of one line for bad files and arguments, which the main command prints.
 */
@Command(name = "predict", mixinStandardHelpOptions = true, description = {
        "Runs a model on the arrays of a safetensors file.",
        "Their names are those of the model's inputs, mostly x; gru summary lists them.",
        "Prints the largest difference for every output that the file also holds, and how large it is",
        "relative to the largest value of the output; the exit status is 1 if for one of them both are",
        "above the tolerance."}, exitCodeList = {
                ExitStatus.NO + ":an output differs by more than --tolerance"})
final class PredictCommand implements Callable<Integer> {
    @Mixin
    private ModelArguments arguments;

    @Option(names = "--input", required = true, paramLabel = "IN.safetensors", description = {
            "the inputs of the model by name, such as x:", "features, (batch, steps, features),",
            "token ids, (batch, steps), I32 or I64,", "or features without steps, (batch, features)"})
    private Path input;

    @Option(names = "--output", paramLabel = "OUT.safetensors", description = "write the outputs to this file")
    private Path output;

    @Mixin
    private KernelOptions kernel;

    @Option(names = "--precision", paramLabel = "P", defaultValue = "fp32", description = "precision of the weights,"
            + " fp32 or bf16; default: ${DEFAULT-VALUE}")
    private Precision precision;

    @Option(names = "--tolerance", paramLabel = "T", defaultValue = "1e-5", description = {
            "largest accepted difference of an output,", "absolute or relative to its largest value;",
            "default: ${DEFAULT-VALUE}"})
    private double tolerance;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        Arguments.require(tolerance >= 0, "--tolerance must be at least 0, was " + tolerance);
        arguments.check().reads("--input", input).writes("--output", output);
        ModelOptions options = kernel.options().withPrecision(precision);
        Safetensors arrays = Safetensors.read(input);
        Graph layers = arguments.read(ModelArguments.floats(arrays));
        try (GruModel model = GruModel.of(layers, options)) {
            Map<String, Tensor> outputs = run(model, arrays);
            if (output != null) {
                SafetensorsWriter writer = new SafetensorsWriter();
                outputs.forEach(writer::add);
                writer.write(output);
            }
            return compare(arrays, outputs);
        }
    }

    private Map<String, Tensor> run(GruModel model, Safetensors arrays) throws IOException {
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        for (Port port : model.signature().inputs()) {
            if (port.optional() && !arrays.tensors().containsKey(port.name())) {
                continue;
            }
            Safetensors.Tensor array = arrays.tensor(port.name());
            inputs.put(port.name(), model.layers().takesInts(port)
                    ? Tensor.of(array.ints(), array.shape())
                    : Tensor.of(array.floats(), array.shape()));
        }
        try {
            return model.run(inputs);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(input + ": " + e.getMessage(), e);
        }
    }

    private int compare(Safetensors arrays, Map<String, Tensor> outputs) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        List<Difference> differences = new ArrayList<>();
        for (Map.Entry<String, Tensor> named : outputs.entrySet()) {
            String name = named.getKey();
            if (arrays.tensors().containsKey(name)) {
                Difference difference = difference(arrays.tensor(name), named.getValue());
                out.println(Printable.of(name) + " " + Arrays.toString(named.getValue().shape()) + ": " + difference);
                differences.add(difference);
            }
        }
        if (differences.isEmpty()) {
            out.println(input + " holds no "
                    + outputs.keySet().stream().map(Printable::of).collect(Collectors.joining(" or "))
                    + ", so there is nothing to compare");
        } else {
            out.println("max |Δ| = " + differences.stream().reduce(Difference::max).orElseThrow());
        }
        out.flush();
        return differences.stream().allMatch(difference -> difference.isWithin(tolerance))
                ? ExitStatus.OK
                : ExitStatus.NO;
    }

    private Difference difference(Safetensors.Tensor expected, Tensor found) throws IOException {
        if (!Arrays.equals(expected.shape(), found.shape())) {
            throw new IllegalArgumentException(input + ": " + Printable.of(expected.name()) + " must be "
                    + Arrays.toString(found.shape()) + ", as the model's output is, was "
                    + Arrays.toString(expected.shape()));
        }
        return Difference.of(expected.floats(), found.floats());
    }
}
