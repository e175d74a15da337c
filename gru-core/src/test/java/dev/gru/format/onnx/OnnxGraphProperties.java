package dev.gru.format.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;

import dev.gru.GruModel;
import dev.gru.ModelOptions;
import dev.gru.format.file.ModelFormatException;
import dev.gru.layer.Embedding;
import dev.gru.layer.Graph;
import dev.gru.layer.Signature.Axis;
import dev.gru.layer.Signature.Port;
import dev.gru.layer.Signature.Role;
import dev.gru.layer.Tensor;

/** Whatever graph is read makes sense, and the model puts out what it says: anything else is refused. */
class OnnxGraphProperties {
    /** Of values around 1, as in {@link OnnxRuns}; edited graphs may have larger ones. */
    private static final double TOLERANCE = 1e-4;
    /** Where values have grown beyond this, float rounding has grown as well. */
    private static final double LARGE = 100;

    private static int compared;
    private static int refused;

    @Property(tries = 6000, shrinking = ShrinkingMode.OFF)
    void graphsThatAreReadMeanWhatTheySay(@ForAll Random random) throws IOException {
        ModelProto graph = OnnxEdits.edited(random);
        Graph layers;
        try {
            layers = OnnxGraphs.read(graph);
        } catch (ModelFormatException e) {
            refused++;
            return;
        }
        Map<String, Tensor> inputs = inputs(graph, layers, random);
        try (GruModel model = GruModel.of(layers, ModelOptions.defaults().withKernel("scalar"))) {
            Map<String, NdArray> expected;
            try {
                expected = OnnxInterpreter.run(graph, inputs);
            } catch (IllegalArgumentException e) {
                // A graph that takes a certain step, of inputs that have fewer, makes no sense to the model either.
                assertThrows(IllegalArgumentException.class, () -> model.run(inputs), graph::toString);
                return;
            }
            Map<String, Tensor> outputs = model.run(inputs);
            assertEquals(expected.keySet().toString(), outputs.keySet().toString());
            for (Map.Entry<String, NdArray> output : expected.entrySet()) {
                double[] values = output.getValue().values();
                Tensor actual = outputs.get(output.getKey());
                assertArrayEquals(output.getValue().shape(), actual.shape(), graph::toString);
                if (Arrays.stream(values).allMatch(value -> Math.abs(value) < LARGE)) {
                    assertArrayEquals(values, NdArray.of(actual).values(), TOLERANCE, graph::toString);
                    compared++;
                }
            }
        }
    }

    private static Map<String, Tensor> inputs(ModelProto graph, Graph model, Random random) {
        Port input = model.signature().inputs().stream().filter(port -> port.role() == Role.INPUT).findFirst()
                .orElseThrow();
        int batch = size(graph, input, Axis.BATCH, 2);
        int steps = size(graph, input, Axis.STEP, 3);
        Map<String, Tensor> arrays = new HashMap<>();
        for (Port port : model.signature().inputs()) {
            int features = port.role() == Role.INPUT
                    ? model.inputSize()
                    : port.role() == Role.LENGTHS ? 1 : model.recurrentLayers().get(port.first()).stateSize();
            int[] shape = port.axes().stream().mapToInt(axis -> switch (axis) {
                case BATCH -> batch;
                case STEP -> steps;
                case FEATURE -> features;
                case DIRECTION -> port.count();
                case ONE -> 1;
            }).toArray();
            int elements = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
            int vocabulary = model.embedding().map(Embedding::vocabularySize).orElse(0);
            if (port.role() == Role.LENGTHS || (port.role() == Role.INPUT && vocabulary > 0)) {
                int bound = port.role() == Role.LENGTHS ? steps + 1 : vocabulary;
                arrays.put(port.name(), Tensor.of(random.ints(elements, 0, bound).toArray(), shape));
            } else {
                float[] values = new float[elements];
                for (int i = 0; i < elements; i++) {
                    values[i] = (float) random.nextGaussian();
                }
                arrays.put(port.name(), Tensor.of(values, shape));
            }
        }
        return arrays;
    }

    /** Returns a size that the graph declares, or another if only a run knows it. */
    private static int size(ModelProto graph, Port port, Axis axis, int otherwise) {
        List<TensorShapeProto.Dimension> dims = graph.getGraph().getInputList().stream()
                .filter(input -> input.getName().equals(port.name())).map(ValueInfoProto::getType).findFirst()
                .orElseThrow().getTensorType().getShape().getDimList();
        long declared = dims.get(port.axes().indexOf(axis)).getDimValue();
        // A run of billions of steps would only take long.
        return declared > 0 && declared < 20 ? (int) declared : otherwise;
    }

    @AfterContainer
    static void report() {
        System.out.printf("ONNX: %,d outputs of edited graphs compared, %,d graphs refused%n", compared, refused);
        assertTrue(compared > refused / 20, "too few graphs are read for this to say anything");
    }
}
