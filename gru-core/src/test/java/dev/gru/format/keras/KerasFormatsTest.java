package dev.gru.format.keras;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.gru.GruModel;
import dev.gru.ModelOptions;
import dev.gru.format.KerasReader;
import dev.gru.format.Safetensors;
import dev.gru.format.file.ModelFormatException;
import dev.gru.format.fixture.Fixtures;
import dev.gru.kernel.GruKernel;
import dev.gru.kernel.Kernels;
import dev.gru.kernel.RandomWeights;
import dev.gru.layer.Bidirectional;
import dev.gru.layer.Dense;
import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer.Direction;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Sequential;
import dev.gru.layer.Shape;
import dev.gru.layer.Signature.Axis;
import dev.gru.layer.Signature.Port;
import dev.gru.layer.Signature.Role;
import dev.gru.layer.Signature;
import dev.gru.layer.Tensor;
import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;
import dev.gru.weights.Gate;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;

/** Every format that Keras writes, with every option, gives what Keras computed, under the names y, y1 and so on. */
class KerasFormatsTest {
    /** As in {@link KerasReferenceTest}: sums of at most 40 terms, 7 steps, values around 1. */
    private static final float TOLERANCE = 1e-5f;

    private static Path file(String name, String suffix) {
        return Fixtures.file("keras/" + name + "/model" + suffix);
    }

    private static Tensor tensor(Safetensors.Tensor from) throws IOException {
        return from.dtype().equals("I32")
                ? Tensor.of(from.ints(), from.shape())
                : Tensor.of(from.floats(), from.shape());
    }

    private static void assertComputesWhatKerasDoes(String name, Graph layers) throws IOException {
        Safetensors io = Safetensors.read(Fixtures.file("keras/" + name + "/io.safetensors"));
        for (GruKernel kernel : Kernels.all().toList()) {
            try (GruModel model = GruModel.of(layers, ModelOptions.defaults().withKernel(kernel.name()))) {
                Map<String, Tensor> outputs = model.run(Map.of("x", tensor(io.tensor("x"))));
                assertEquals(io.tensors().size() - 1, outputs.size());
                for (Map.Entry<String, Tensor> output : outputs.entrySet()) {
                    Safetensors.Tensor expected = io.tensor(output.getKey());
                    assertArrayEquals(expected.shape(), output.getValue().shape(), output.getKey());
                    assertArrayEquals(expected.floats(), output.getValue().floats(), TOLERANCE, output.getKey());
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"article_model, .h5", "stacked_dense, .h5", "gru_backwards, .keras", "functional_state, .keras",
            "functional_state, .h5", "functional_masking, .keras", "functional_masking, .h5",
            "functional_encoder, .keras", "pair_unmerged, .keras", "pair_unmerged, .h5", "rnn_cells, .keras",
            "rnn_cells, .h5", "functions, .keras", "functions, .h5", "stateful, .keras"})
    void filesAreRead(String name, String suffix) throws IOException {
        assertComputesWhatKerasDoes(name, KerasReader.read(file(name, suffix)));
    }

    @Test
    void weightsAloneAreReadIntoAModelMadeInCode() throws IOException {
        Graph dense = Sequential.builder().gru(RandomWeights.gru(GruVariant.RESET_AFTER, 5, 12, 1))
                .returnSequences()
                .gru(RandomWeights.gru(GruVariant.RESET_AFTER, 12, 25, 2))
                .dense(RandomWeights.dense(25, 4, Activation.RELU, 3))
                .dense(RandomWeights.dense(4, 1, Activation.LINEAR, 4)).build();
        assertComputesWhatKerasDoes("stacked_dense",
                KerasReader.readWeights(file("stacked_dense", ".weights.h5"), dense));

        Graph tagger = Sequential.builder().embedding(50, 16, new float[800]).maskZero()
                .gru(RandomWeights.gru(GruVariant.RESET_AFTER, 16, 12, 1)).returnSequences().dropout(0.5)
                .gru(RandomWeights.gru(GruVariant.RESET_AFTER, 12, 12, 2)).returnSequences().dropout(0.5)
                .timeDistributed(RandomWeights.dense(12, 10, Activation.SOFTMAX, 3)).build();
        byte[] content = Fixtures.bytes("keras/article_model/model.weights.h5");
        assertComputesWhatKerasDoes("article_model",
                KerasReader.readWeights("resource", new ByteArrayInputStream(content), tagger));
    }

    /** A model that has been read is an architecture too, with its signature; of its own weights nothing is left. */
    @Test
    void weightsAloneReplaceThoseOfAModelThatWasRead() throws IOException {
        Graph read = KerasReader.read(file("functional_state", ".keras"));
        Graph again = KerasReader.readWeights(file("functional_state", ".weights.h5"), read);
        assertEquals(read.signature(), again.signature());
        assertComputesWhatKerasDoes("functional_state", again);
    }

    private static void assertNotReadInto(Graph architecture, String part) {
        ModelFormatException refused = assertThrows(ModelFormatException.class,
                () -> KerasReader.readWeights(file("stacked_dense", ".weights.h5"), architecture));
        assertTrue(refused.getMessage().contains("model.weights.h5: " + part), refused.getMessage());
        assertEquals(1, refused.getMessage().lines().count());
    }

    @Test
    void weightsOfAnotherModelAreRefused() {
        GruWeights first = RandomWeights.gru(GruVariant.RESET_AFTER, 5, 12, 1);
        GruWeights second = RandomWeights.gru(GruVariant.RESET_AFTER, 12, 25, 2);
        DenseWeights third = RandomWeights.dense(25, 4, Activation.RELU, 3);
        DenseWeights fourth = RandomWeights.dense(4, 1, Activation.LINEAR, 4);
        assertNotReadInto(
                Sequential.builder().gru(first).returnSequences().dense(RandomWeights.dense(12, 4, Activation.RELU, 3))
                        .build(),
                "layers/dense/vars/0: has the shape [25, 4], but the model asks for [12, 4]");
        assertNotReadInto(Sequential.builder().gru(first).returnSequences().gru(second).dense(third).build(),
                "layers/dense_1: the model has no such layer");
        assertNotReadInto(Sequential.builder().gru(first).returnSequences().gru(second).dense(third).dense(fourth)
                .dense(RandomWeights.dense(1, 1, Activation.RELU, 3)).build(), "layers/dense_2/vars: is not there");
        assertNotReadInto(
                Sequential.builder().gru(RandomWeights.gru(GruVariant.RESET_BEFORE, 5, 12, 1)).returnSequences()
                        .build(),
                "layers/gru/cell/vars/2: has the shape [2, 36], but the model asks for [36]");
        assertThrows(IllegalArgumentException.class,
                () -> KerasReader.readWeights(file("stacked_dense", ".weights.h5"), Sequential.builder()
                        .gru(RandomWeights.gru(GruVariant.DUAL_STATE, 5, 12, 1)).returnSequences().build()));
    }

    @Test
    void outputsAndStatesHaveTheirPorts() throws IOException {
        List<Axis> sequence = List.of(Axis.BATCH, Axis.STEP, Axis.FEATURE);
        List<Axis> single = List.of(Axis.BATCH, Axis.FEATURE);
        Signature pair = KerasReader.read(file("pair_unmerged", ".keras")).signature();
        assertEquals(List.of(new Port("y", Role.OUTPUT, 0, 3, sequence),
                new Port("y1", Role.OUTPUT, 3, 3, sequence),
                new Port("y2", Role.FINAL_STATE, 0, 1, single),
                new Port("y3", Role.FINAL_STATE, 1, 1, single)), pair.outputs());
        assertEquals(Signature.standard(Shape.sequence(3), Shape.sequence(6)).inputs(), pair.inputs());
        Signature states = KerasReader.read(file("functional_masking", ".h5")).signature();
        assertEquals(List.of(new Port("y", Role.OUTPUT, 0, 2, sequence),
                new Port("y1", Role.FINAL_STATE, 0, 1, single),
                new Port("y2", Role.FINAL_STATE, 1, 1, single)), states.outputs());
        assertEquals(Signature.standard(Shape.sequence(3), Shape.vector(2)),
                KerasReader.read(file("functional_encoder", ".keras")).signature());
    }

    @Test
    void optionsOfRecurrentLayersAreKept() throws IOException {
        List<GruLayer> cells = KerasReader.read(file("rnn_cells", ".keras")).recurrentLayers();
        assertEquals(List.of(Direction.FORWARD, Direction.FORWARD, Direction.BACKWARD, Direction.BACKWARD_AS_READ),
                cells.stream().map(GruLayer::direction).toList());
        assertEquals(List.of(GruVariant.RESET_AFTER, GruVariant.RESET_BEFORE, GruVariant.RESET_BEFORE,
                GruVariant.RESET_AFTER), cells.stream().map(layer -> layer.weights().variant()).toList());
        List<GruLayer> masked = KerasReader.read(file("functional_masking", ".keras")).recurrentLayers();
        assertTrue(masked.stream().allMatch(GruLayer::zeroOutputForMask));
        GruLayer functions = KerasReader.read(file("functions", ".keras")).recurrentLayers().getFirst();
        assertEquals(Activation.hardSigmoid(1f / 6, 0.5f), functions.weights().activations().gates());
        assertEquals(Activation.TANH, functions.weights().activations().candidate());
        Bidirectional unmerged = (Bidirectional) KerasReader.read(file("pair_unmerged", ".keras")).layers().getFirst();
        assertEquals(Bidirectional.MergeMode.CONCAT, unmerged.merge());
    }

    /** The weights that Keras widened itself, in its own order of gates: z, r, h. */
    private static void assertWeights(String name, String suffix) throws IOException {
        Safetensors io = Safetensors.read(Fixtures.file("keras/" + name + "/io.safetensors"));
        Graph read = KerasReader.read(file(name, suffix));
        GruWeights gru = ((GruLayer) read.layers().get(0)).weights();
        List<Gate> gates = List.of(Gate.UPDATE, Gate.RESET, Gate.NEW);
        for (int column = 0; column < 12; column++) {
            Gate gate = gates.get(column / 4);
            int unit = column % 4;
            for (int i = 0; i < 3; i++) {
                assertEquals(io.tensor("w0").floats()[i * 12 + column], gru.weightIh(gate, unit, i));
            }
            for (int i = 0; i < 4; i++) {
                assertEquals(io.tensor("w1").floats()[i * 12 + column], gru.weightHh(gate, unit, i));
            }
            assertEquals(io.tensor("w2").floats()[column], gru.biasIh(gate, unit));
            assertEquals(io.tensor("w2").floats()[12 + column], gru.biasHh(gate, unit));
        }
        DenseWeights dense = ((Dense) read.layers().get(1)).weights();
        for (int out = 0; out < 2; out++) {
            for (int in = 0; in < 4; in++) {
                assertEquals(io.tensor("w3").floats()[in * 2 + out], dense.weight(out, in));
            }
            assertEquals(io.tensor("w4").floats()[out], dense.bias(out));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {".keras", ".h5"})
    void bfloat16IsWidened(String suffix) throws IOException {
        assertWeights("bfloat16", suffix);
    }

    @Test
    void float16IsWidenedAndMixedPoliciesHaveFloat32() throws IOException {
        assertWeights("float16_mixed", ".keras");
        Dense half = (Dense) KerasReader.read(file("float16", ".keras")).layers().get(1);
        float weight = half.weights().weight(0, 0);
        assertEquals(Float.float16ToFloat(Float.floatToFloat16(weight)), weight);
    }
}
