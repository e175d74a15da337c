package dev.gru.format.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

import ai.onnx.proto.OnnxMl.ModelProto;

import dev.gru.GruModel;
import dev.gru.ModelOptions;
import dev.gru.format.OnnxReader;
import dev.gru.kernel.GruKernel;
import dev.gru.kernel.Kernels;
import dev.gru.layer.Tensor;

/** Runs ONNX graphs, and the models that are read from them, and compares. */
public final class OnnxRuns {
    /**
     * The interpreter computes in double. On the sizes of these tests (sums of at most 20 terms, up to 7 steps, values
     * around 1) float rounding, some 2⁻²⁴ per operation, stays well below this; a wrong gate, direction or step is off
     * by 10⁻² and more.
     */
    private static final double TOLERANCE = 1e-5;

    private OnnxRuns() {
    }

    /** Returns random floats. */
    public static Tensor features(int... shape) {
        Random random = new Random(7);
        float[] values = new float[NdArray.zeros(shape).values().length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Tensor.of(values, shape);
    }

    /** Returns random whole numbers, at least 0 and below a bound. */
    static Tensor tokens(int bound, int... shape) {
        return Tensor.of(new Random(8).ints(NdArray.zeros(shape).values().length, 0, bound).toArray(), shape);
    }

    /** Fails unless every output of the model that is read from a graph is, on every kernel, what the graph says. */
    static void assertSame(ModelProto graph, Map<String, Tensor> inputs) throws IOException {
        assertSame(graph, Map.of(), inputs);
    }

    /** The same of a graph that takes weights as inputs. */
    static void assertSame(ModelProto graph, Map<String, Tensor> weights, Map<String, Tensor> inputs)
            throws IOException {
        Map<String, Tensor> all = new HashMap<>(weights);
        all.putAll(inputs);
        Map<String, NdArray> expected = OnnxInterpreter.run(graph, all);
        for (GruKernel kernel : Kernels.all().toList()) {
            try (GruModel model = GruModel.of(
                    OnnxReader.read("m.onnx", new ByteArrayInputStream(graph.toByteArray()), weights),
                    ModelOptions.defaults().withKernel(kernel.name()))) {
                Map<String, Tensor> outputs = model.run(inputs);
                assertEquals(expected.keySet().toString(), outputs.keySet().toString());
                outputs.forEach((name, tensor) -> {
                    assertArrayEquals(expected.get(name).shape(), tensor.shape(), name);
                    assertArrayEquals(expected.get(name).values(), NdArray.of(tensor).values(), TOLERANCE,
                            name + " on " + kernel.name());
                });
            }
        }
    }
}
