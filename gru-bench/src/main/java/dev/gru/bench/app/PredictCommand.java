package dev.gru.bench.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;

import dev.gru.GruModel;
import dev.gru.ModelOptions;
import dev.gru.format.KerasReader;
import dev.gru.format.Safetensors;
import dev.gru.format.SafetensorsWriter;
import dev.gru.kernel.GruKernel;
import dev.gru.kernel.Precision;
import dev.gru.layer.Sequential;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Runs a model file on an array, and compares what comes out with what another implementation put out.
 *
 * <p>Bad files and arguments are thrown as exceptions of one line; the main command prints them.
 */
@Command(name = "predict", mixinStandardHelpOptions = true, description = {
        "Runs a model on the array x of a safetensors file.",
        "If the file also holds the expected output y, prints the largest absolute difference;",
        "the exit status is then 1 if that is above the tolerance."})
final class PredictCommand implements Callable<Integer> {
    private static final int WITHIN = 0;
    private static final int ABOVE = 1;

    /** The name of the one output that a model has. */
    private static final String OUTPUT = "y";

    @Option(names = "--model", required = true, paramLabel = "M", description = "a .keras file")
    private Path modelFile;

    @Option(names = "--input", required = true, paramLabel = "IN.safetensors", description = {
            "holds x: features, (batch, steps, features),", "or token ids, (batch, steps), I32 or I64"})
    private Path input;

    @Option(names = "--output", paramLabel = "OUT.safetensors", description = {
            "where the output y is written,", "(batch, steps, outputs) or (batch, outputs)"})
    private Path output;

    @Option(names = "--kernel", paramLabel = "K", description = "scalar, portable or simd; default: the best that can run here")
    private String kernel;

    @Option(names = "--precision", paramLabel = "P", defaultValue = "fp32", description = "how weights are kept, fp32 or bf16; default: ${DEFAULT-VALUE}")
    private Precision precision;

    @Option(names = "--threads", paramLabel = "N", defaultValue = "1", description = "how many threads may work; default: ${DEFAULT-VALUE}")
    private int threads;

    @Option(names = "--tolerance", paramLabel = "T", defaultValue = "1e-5", description = "largest difference that is accepted; default: ${DEFAULT-VALUE}")
    private double tolerance;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        if (!(tolerance >= 0)) {
            throw new IllegalArgumentException("--tolerance must be at least 0, was " + tolerance);
        }
        requireOtherFile("--input", input);
        requireOtherFile("--model", modelFile);
        Safetensors arrays = Safetensors.read(input);
        Sequential layers = KerasReader.read(modelFile);
        try (GruModel model = GruModel.of(layers, options())) {
            Safetensors.Tensor x = arrays.tensor("x");
            int[] shapeIn = x.shape();
            requireShape(model, shapeIn);
            int batch = shapeIn[0];
            int steps = shapeIn[1];
            int[] shape = model.returnsSequences()
                    ? new int[]{batch, steps, model.outputSize()}
                    : new int[]{batch, model.outputSize()};
            float[] y = model.takesTokens()
                    ? model.predict(batch, steps, x.ints())
                    : model.predict(batch, steps, x.floats());
            if (output != null) {
                new SafetensorsWriter().add(OUTPUT, y, shape).write(output);
            }
            return compare(arrays, y, shape);
        }
    }

    private ModelOptions options() {
        ModelOptions options = ModelOptions.defaults().withPrecision(precision).withThreads(threads);
        return kernel == null ? options : options.withKernel(GruKernel.named(kernel));
    }

    private void requireOtherFile(String option, Path file) throws IOException {
        if (output != null && Files.exists(output) && Files.exists(file) && Files.isSameFile(output, file)) {
            throw new IllegalArgumentException("--output must be another file than " + option + ", was " + output);
        }
    }

    private void requireShape(GruModel model, int[] shape) {
        boolean fits = model.takesTokens()
                ? shape.length == 2
                : shape.length == 3 && shape[2] == model.inputSize();
        if (!fits || shape[0] < 1 || shape[1] < 1) {
            throw new IllegalArgumentException(input + ": x must be "
                    + (model.takesTokens() ? "(batch, steps)" : "(batch, steps, " + model.inputSize() + ")")
                    + " with at least one of each, was " + Arrays.toString(shape));
        }
    }

    private int compare(Safetensors arrays, float[] y, int[] shape) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        if (!arrays.tensors().containsKey(OUTPUT)) {
            out.println(input + " holds no " + OUTPUT + ", so there is nothing to compare");
            out.flush();
            return WITHIN;
        }
        Safetensors.Tensor expected = arrays.tensor(OUTPUT);
        if (!Arrays.equals(expected.shape(), shape)) {
            throw new IllegalArgumentException(input + ": " + OUTPUT + " must be " + Arrays.toString(shape)
                    + ", as the model's output is, was " + Arrays.toString(expected.shape()));
        }
        double difference = largestDifference(expected.floats(), y);
        out.printf(Locale.ROOT, "%s %s: %.1e%n", OUTPUT, Arrays.toString(shape), difference);
        out.printf(Locale.ROOT, "max |Δ| = %.1e%n", difference);
        out.flush();
        return difference <= tolerance ? WITHIN : ABOVE;
    }

    /** Returns max |a − b|, where equal values, NaN and NaN among them, differ by 0, and NaN from all else by infinity. */
    static double largestDifference(float[] a, float[] b) {
        double largest = 0;
        for (int i = 0; i < a.length; i++) {
            if (a[i] != b[i] && Float.compare(a[i], b[i]) != 0) {
                double difference = Math.abs((double) a[i] - b[i]);
                largest = Math.max(largest, Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference);
            }
        }
        return largest;
    }
}
