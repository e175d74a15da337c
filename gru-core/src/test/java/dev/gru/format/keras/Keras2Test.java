package dev.gru.format.keras;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.gru.GruModel;
import dev.gru.ModelOptions;
import dev.gru.format.KerasReader;
import dev.gru.format.file.ModelFormatException;
import dev.gru.format.hdf5.Hdf5Files;
import dev.gru.kernel.GruKernel;
import dev.gru.kernel.Kernels;
import dev.gru.kernel.RandomWeights;
import dev.gru.layer.Graph;

/**
 * Legacy files of Keras 2: no modules, no input layer in a Sequential, variables whose names end in {@code :0},
 * {@code hard_sigmoid} with another slope, and calls that are lists. There is no Keras 2 at hand, so the files are made
 * here, and what they compute is stated in plain double arithmetic.
 */
class Keras2Test {
    private static final int UNITS = 3;
    private static final int INPUTS = 2;
    private static final int STEPS = 5;

    private static final String GRU = """
            {"class_name": "GRU", "config": {"name": "gru", "trainable": true, "batch_input_shape": [null, null, 2],
            "dtype": "float32", "return_sequences": true, "return_state": false, "go_backwards": false,
            "stateful": false, "unroll": false, "time_major": false, "units": 3, "activation": "relu",
            "recurrent_activation": "hard_sigmoid", "use_bias": true,
            "kernel_initializer": {"class_name": "GlorotUniform", "config": {"seed": null}},
            "recurrent_initializer": {"class_name": "Orthogonal", "config": {"gain": 1.0, "seed": null}},
            "bias_initializer": {"class_name": "Zeros", "config": {}}, "kernel_regularizer": null,
            "recurrent_regularizer": null, "bias_regularizer": null, "activity_regularizer": null,
            "kernel_constraint": null, "recurrent_constraint": null, "bias_constraint": null, "dropout": 0.0,
            "recurrent_dropout": 0.0, "implementation": 1, "reset_after": false}""";

    private static final String DENSE = """
            {"class_name": "TimeDistributed", "config": {"name": "time_distributed", "trainable": true,
            "dtype": "float32", "layer": {"class_name": "Dense", "config": {"name": "dense", "trainable": true,
            "dtype": {"class_name": "Policy", "config": {"name": "float32"}}, "units": 2, "activation": "hard_sigmoid",
            "use_bias": true, "kernel_initializer": {"class_name": "GlorotUniform", "config": {"seed": null}},
            "bias_initializer": {"class_name": "Zeros", "config": {}}, "kernel_regularizer": null,
            "bias_regularizer": null, "activity_regularizer": null, "kernel_constraint": null,
            "bias_constraint": null}}}""";

    private static final String SEQUENTIAL = """
            {"class_name": "Sequential", "config": {"name": "sequential", "layers": [%s},
            {"class_name": "Dropout", "config": {"name": "dropout", "trainable": true, "dtype": "float32", "rate": 0.2,
            "noise_shape": null, "seed": null}}, %s}], "build_input_shape": [null, null, 2]}}"""
            .formatted(GRU, DENSE);

    private static final String FUNCTIONAL = """
            {"class_name": "Functional", "config": {"name": "model", "layers": [
            {"class_name": "InputLayer", "config": {"batch_input_shape": [null, 5, 2], "dtype": "float32",
            "sparse": false, "ragged": false, "name": "input_1"}, "name": "input_1", "inbound_nodes": []},
            %s, "name": "gru", "inbound_nodes": [[["input_1", 0, 0, {}]]]},
            %s, "name": "time_distributed", "inbound_nodes": [[["gru", 0, 0, {}]]]}],
            "input_layers": [["input_1", 0, 0]], "output_layers": [["time_distributed", 0, 0]]}}"""
            .formatted(GRU, DENSE);

    @TempDir
    private Path directory;
    private final Random random = new Random(20);
    private final float[][] kernel = matrix(INPUTS, 3 * UNITS);
    private final float[][] recurrent = matrix(UNITS, 3 * UNITS);
    private final float[] bias = RandomWeights.floats(3 * UNITS, random);
    private final float[][] denseKernel = matrix(UNITS, 2);
    private final float[] denseBias = RandomWeights.floats(2, random);
    private final float[][] x = matrix(STEPS, INPUTS);

    private float[][] matrix(int rows, int columns) {
        float[][] matrix = new float[rows][];
        for (int i = 0; i < rows; i++) {
            matrix[i] = RandomWeights.floats(columns, random);
        }
        return matrix;
    }

    private Map<String, Object> content(String version, String config) {
        Map<String, Object> weights = new LinkedHashMap<>();
        weights.put("gru", Map.of("@weight_names",
                new String[]{"gru/gru_cell/kernel:0", "gru/gru_cell/recurrent_kernel:0", "gru/gru_cell/bias:0"}, "gru",
                Map.of("gru_cell", Map.of("kernel:0", kernel, "recurrent_kernel:0", recurrent, "bias:0", bias))));
        weights.put("time_distributed", Map.of("@weight_names",
                new String[]{"time_distributed/kernel:0", "time_distributed/bias:0"}, "time_distributed",
                Map.of("kernel:0", denseKernel, "bias:0", denseBias)));
        return Map.of("@keras_version", version, "@backend", "tensorflow", "@model_config", config, "model_weights",
                weights);
    }

    private Graph read(Map<String, ?> content) throws IOException {
        return KerasReader.read("m.h5", new ByteArrayInputStream(Hdf5Files.write(directory, content)));
    }

    private void assertComputed(Graph layers) {
        double[][] h = PlainKeras.gruResetBefore(x, kernel, recurrent, bias, PlainKeras::hardSigmoidOfKeras2,
                v -> Math.max(0, v));
        float[] flat = new float[STEPS * INPUTS];
        for (int t = 0; t < STEPS; t++) {
            System.arraycopy(x[t], 0, flat, t * INPUTS, INPUTS);
        }
        for (GruKernel kernelUnderTest : Kernels.all().toList()) {
            try (GruModel model = GruModel.of(layers, ModelOptions.defaults().withKernel(kernelUnderTest.name()))) {
                float[] y = model.predict(1, STEPS, flat);
                for (int t = 0; t < STEPS; t++) {
                    double[] expected = PlainKeras.dense(h[t], denseKernel, denseBias,
                            PlainKeras::hardSigmoidOfKeras2);
                    for (int u = 0; u < 2; u++) {
                        // Sums of at most 6 terms of at most 2, over 5 steps, in float.
                        assertEquals(expected[u], y[t * 2 + u], 1e-5);
                    }
                }
            }
        }
    }

    @Test
    void aSequentialIsRead() throws IOException {
        assertComputed(read(content("2.3.1", SEQUENTIAL)));
        assertComputed(read(content("2.15.0", SEQUENTIAL.replace("\"batch_input_shape\": [null, null, 2],", ""))));
    }

    @Test
    void aFunctionalModelIsRead() throws IOException {
        assertComputed(read(content("2.11.0", FUNCTIONAL)));
        assertComputed(read(content("2.2.4", FUNCTIONAL.replace("\"Functional\"", "\"Model\""))));
        assertComputed(read(content("2.2.4", FUNCTIONAL.replace("[[[\"gru\", 0, 0, {}]]]", "[[[\"gru\", 0, 0]]]"))));
    }

    /** The pair of Keras 2 lists one layer only; the other is the same, the other way round. */
    @Test
    void thePairOfOneLayerIsRead() throws IOException {
        String pair = "{\"class_name\": \"Sequential\", \"config\": {\"name\": \"s\", \"layers\": [{\"class_name\": "
                + "\"Bidirectional\", \"config\": {\"name\": \"both\", \"batch_input_shape\": [null, null, 2], "
                + "\"merge_mode\": \"sum\", \"layer\": " + GRU + "}}}]}}";
        Map<String, Object> forward = Map.of("kernel:0", kernel, "recurrent_kernel:0", recurrent, "bias:0", bias);
        Graph read = read(Map.of("@keras_version", "2.4.0", "@model_config", pair, "model_weights",
                Map.of("both", Map.of("@weight_names",
                        new String[]{"f/kernel:0", "f/recurrent_kernel:0", "f/bias:0", "b/kernel:0",
                                "b/recurrent_kernel:0", "b/bias:0"},
                        "f", forward, "b", Map.copyOf(forward)))));
        double[][] ahead = PlainKeras.gruResetBefore(x, kernel, recurrent, bias, PlainKeras::hardSigmoidOfKeras2,
                v -> Math.max(0, v));
        float[][] reversed = x.clone();
        for (int t = 0; t < STEPS; t++) {
            reversed[t] = x[STEPS - 1 - t];
        }
        double[][] back = PlainKeras.gruResetBefore(reversed, kernel, recurrent, bias,
                PlainKeras::hardSigmoidOfKeras2, v -> Math.max(0, v));
        float[] flat = new float[STEPS * INPUTS];
        for (int t = 0; t < STEPS; t++) {
            System.arraycopy(x[t], 0, flat, t * INPUTS, INPUTS);
        }
        try (GruModel model = GruModel.of(read, ModelOptions.defaults())) {
            float[] y = model.predict(1, STEPS, flat);
            for (int t = 0; t < STEPS; t++) {
                for (int u = 0; u < UNITS; u++) {
                    assertEquals(ahead[t][u] + back[STEPS - 1 - t][u], y[t * UNITS + u], 1e-5);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            2.3.1 | "time_major": false      | "time_major": true  | layer "gru": time_major = true
            2.3.1 | "class_name": "GRU"      | "class_name": "CuDNNGRU" | layer "gru": the class CuDNNGRU is not supported
            2.3.1 | "units": 3               | "units": 4          | model_weights/gru/gru/gru_cell/kernel:0: has the shape [2, 9], but the model asks for [2, 12]
            2.3.1 | "use_bias": true, "kernel_initializer": {"class_name": "GlorotUniform", "config": {"seed": null}}, "recurrent_initializer" | "use_bias": false, "recurrent_initializer" | model_weights/gru: holds 3 variables, but the model asks for 2
            2.3.1 | "name": "gru"            | "name": "gru_1"     | model_weights/gru_1: is not there
            2.3.1 | "name": "gru"            | "name": "gru/gru"   | model_weights/gru/gru: has no attribute weight_names
            0.3.2 | x                        | x                   | keras_version "0.3.2" is not supported, only 1.x, 2.x and 3.x
            4.0.0 | x                        | x                   | keras_version "4.0.0" is not supported
            3     | x                        | x                   | keras_version "3" is not supported
            """)
    void whatIsNotSupportedIsRefused(String version, String from, String to, String part) throws IOException {
        String config = SEQUENTIAL.replaceAll("\\s+", " ");
        Map<String, Object> content = content(version, from.equals("x") ? config : replaced(config, from, to));
        byte[] file = Hdf5Files.write(directory, content);
        String message = assertThrows(ModelFormatException.class,
                () -> KerasReader.read("m.h5", new ByteArrayInputStream(file))).getMessage();
        assertTrue(message.startsWith("m.h5: ") && message.contains(part), message);
    }

    private static String replaced(String config, String from, String to) {
        assertTrue(config.contains(from), config);
        return config.replace(from, to == null ? "" : to);
    }

    private static String refusal(byte[] file) {
        return assertThrows(ModelFormatException.class,
                () -> KerasReader.read("m.h5", new ByteArrayInputStream(file))).getMessage();
    }

    @Test
    void attributesOfOtherTypesAreRefused() throws IOException {
        assertTrue(refusal(Hdf5Files.write(directory, Map.of("@keras_version", "2.3.1", "a", new float[]{1})))
                .contains("has no attribute model_config"));
        assertTrue(refusal(Hdf5Files.write(directory, Map.of("@model_config", "{}", "a", new float[]{1})))
                .contains("has no attribute keras_version"));
        assertTrue(refusal(Hdf5Files.write(directory, Map.of("@keras_version", new int[]{2, 3}, "a", new float[]{1})))
                .contains("its attribute keras_version is not a text"));
        assertTrue(refusal(Hdf5Files.write(directory, Map.of("@keras_version", 2.3, "a", new float[]{1})))
                .contains("not a text"));
        Map<String, Object> numbers = new LinkedHashMap<>(content("2.3.1", SEQUENTIAL));
        numbers.put("model_weights", Map.of("gru", Map.of("@weight_names", new int[]{1}, "a", new float[]{1})));
        assertTrue(refusal(Hdf5Files.write(directory, numbers)).contains("model_weights/gru: "));
    }

    /** Arrays that overlap would let a small file fill any amount of memory. */
    @Test
    void variablesThatAreListedTwiceAreRefused() throws IOException {
        Map<String, Object> content = new LinkedHashMap<>(content("2.3.1", SEQUENTIAL));
        content.put("model_weights", Map.of("gru", Map.of("@weight_names", new String[]{"k", "k", "b"}, "k",
                matrix(2, 9), "b", bias)));
        assertTrue(refusal(Hdf5Files.write(directory, content)).contains("model_weights/gru/k: has the shape [2, 9]"));
        String square = SEQUENTIAL.replace("[null, null, 2]", "[null, null, 3]");
        content = new LinkedHashMap<>(content("2.3.1", square));
        content.put("model_weights", Map.of("gru", Map.of("@weight_names", new String[]{"k", "k", "b"}, "k",
                matrix(3, 9), "b", bias)));
        assertTrue(
                refusal(Hdf5Files.write(directory, content)).contains("model_weights/gru/k: overlaps another array"));
    }
}
