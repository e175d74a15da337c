package dev.gru.format.keras;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

import dev.gru.kernel.GruKernel;
import dev.gru.weights.Activation;

/** Activations put out what Keras does, by name and with parameters, on every kernel. */
@ParameterizedClass
@MethodSource("dev.gru.kernel.Kernels#all")
class ActivationsTest {
    private static final int ROW = 8;

    private final GruKernel kernel;

    ActivationsTest(GruKernel kernel) {
        this.kernel = kernel;
    }

    /** Lines of {@code activations.txt}, beside which is the script that made it. */
    private static List<String[]> lines() throws IOException {
        try (var in = ActivationsTest.class.getResourceAsStream("activations.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines().map(line -> line.split(" \\| ", -1))
                    .toList();
        }
    }

    private static float[] numbers(String text) {
        String[] words = text.split(" ", -1);
        float[] numbers = new float[words.length];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = words[i].equals("inf") ? Float.POSITIVE_INFINITY : Float.parseFloat(words[i]);
        }
        return numbers;
    }

    private static Activation activation(String call) {
        String[] words = call.split(" ", -1);
        Map<String, Float> options = new HashMap<>();
        for (String option : Arrays.asList(words).subList(1, words.length)) {
            String[] pair = option.split("=", -1);
            options.put(pair[0], Float.valueOf(pair[1]));
        }
        if (options.isEmpty()) {
            return Activations.of(words[0]).orElseThrow();
        }
        return switch (words[0]) {
            case "celu" -> Activation.celu(options.get("alpha"));
            case "elu" -> Activation.elu(options.get("alpha"));
            case "gelu" -> Activation.GELU_TANH;
            case "hard_shrink" -> Activation.hardShrink(options.get("threshold"));
            case "soft_shrink" -> Activation.softShrink(options.get("threshold"));
            case "leaky_relu" -> Activation.leakyRelu(options.get("negative_slope"));
            case "squareplus" -> Activation.squareplus(options.get("b"));
            case "threshold" -> Activation.threshold(options.get("threshold"), options.get("default_value"));
            case "relu" -> Activation.relu(options.getOrDefault("negative_slope", 0f),
                    options.getOrDefault("max_value", Float.POSITIVE_INFINITY),
                    options.getOrDefault("threshold", 0f));
            default -> throw new AssertionError(call);
        };
    }

    /**
     * Keras computes in floats too, with errors of some units of 2^-24 relative to the numbers on the way: those that
     * go in, and the output.
     */
    @Test
    void outputsAreThoseOfKeras() throws IOException {
        List<String[]> lines = lines();
        float[] x = numbers(lines.getFirst()[1]);
        for (String[] line : lines.subList(1, lines.size())) {
            float[] expected = numbers(line[1]);
            float[] y = new float[x.length];
            kernel.newActivationRunner(ROW, Arena.ofAuto()).forward(activation(line[0]), x.length / ROW, x, y);
            for (int i = 0; i < x.length; i++) {
                int at = i;
                double bound = 8 * 0x1p-24 * Math.max(Math.max(1, Math.abs(x[i])), Math.abs(expected[i]));
                assertTrue(Math.abs(y[i] - expected[i]) <= bound, () -> line[0] + " of " + x[at] + " was " + y[at]
                        + ", in Keras " + expected[at]);
            }
        }
    }

    @Test
    void everyNameIsTried() throws IOException {
        List<String> tried = lines().stream().map(line -> line[0]).filter(call -> !call.contains(" ")).skip(1).toList();
        assertEquals(String.join(", ", tried), Activations.names());
        assertEquals(Optional.empty(), Activations.of("glu"));
        assertEquals(Optional.empty(), Activations.of("threshold"));
    }
}
