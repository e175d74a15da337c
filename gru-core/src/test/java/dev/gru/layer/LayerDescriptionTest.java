package dev.gru.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.gru.kernel.RandomWeights;
import dev.gru.layer.GruLayer.Direction;
import dev.gru.weights.Activation;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;

/** What layers say of themselves, and that they can be made again from it. */
class LayerDescriptionTest {
    private static final GruWeights WEIGHTS = RandomWeights.gru(GruVariant.RESET_BEFORE, 4, 5, 1);
    private static final Embedding WORDS = new Embedding("words", 3, 2, RandomWeights.ramp(6, 1));
    private static final GruLayer GRU = new GruLayer("gru", WEIGHTS);
    private static final Bidirectional BOTH = new Bidirectional("both", WEIGHTS,
            RandomWeights.gru(GruVariant.DUAL_STATE, 4, 3, 2));
    private static final Dense DENSE = new Dense("dense", RandomWeights.dense(4, 2, Activation.TANH, 3));

    static Stream<Layer> layers() {
        return Stream.of(WORDS, WORDS.withMaskZero(true), new Masking("masking", -1.5f),
                new Masking.SetMask("set_mask"), GRU,
                GRU.withReturnSequences(true).withDirection(Direction.BACKWARD).withZeroOutputForMask(true), BOTH,
                BOTH.withNames("a", "b").withReturnSequences(true).withZeroOutputForMask(true),
                new Dropout("dropout", 0.1), DENSE, new TimeDistributed("each", DENSE),
                new ActivationLayer("relu", Activation.RELU), new ActivationLayer.StepSoftmax("over_steps"),
                new ActivationLayer.PReLU("prelu", 2, 3, RandomWeights.ramp(6, 1)),
                new Conv1D("conv", 4, 3, RandomWeights.dense(6, 8, Activation.RELU, 1)).withStride(2)
                        .withPadding(Conv1D.Padding.SAME),
                new Conv1D("causal", 4, 2, RandomWeights.dense(8, 3, Activation.LINEAR, 1)).withDilation(3)
                        .withPadding(Conv1D.Padding.CAUSAL),
                new Pooling1D("pool", Pooling1D.Kind.AVERAGE, 3, 2, Conv1D.Padding.SAME),
                new GlobalPooling1D("last", GlobalPooling1D.Kind.LAST),
                new Normalization.BatchNormalization("batch", 2, 1e-3f, 0.9f, Normalization.Learnt.BOTH,
                        List.of(RandomWeights.ramp(2, 1), RandomWeights.ramp(2, 2), RandomWeights.ramp(2, 3),
                                RandomWeights.ramp(2, 4))),
                new Normalization.BatchNormalization("plain", 2, 1e-3f, 0.9f, Normalization.Learnt.NOTHING,
                        List.of(RandomWeights.ramp(2, 1), RandomWeights.ramp(2, 2))),
                new Normalization.LayerNormalization("each", 2, 1e-5f, Normalization.Learnt.CENTER,
                        List.of(RandomWeights.ramp(2, 1))),
                new Normalization.UnitNormalization("unit"),
                new Scale("scale", 2, RandomWeights.ramp(2, 1), RandomWeights.ramp(2, 2), RandomWeights.ramp(2, 3)),
                new Reshaping.Reshape("flatten", Shape.vector(12)), new Reshaping.RepeatVector("repeat", 4),
                new Reshaping.Permute("permute", 3, 2), new Reshaping.ZeroPadding1D("pad", 1, 0),
                new Reshaping.Cropping1D("crop", 0, 2), new Reshaping.UpSampling1D("twice", 2),
                new Reshaping.Slice("slice", 1, 2),
                new Regularization("noise", Regularization.Kind.GAUSSIAN_NOISE, 0.5f, 0),
                new Merge("merge", Merge.Kind.ADD),
                new Attention("attention", Attention.Score.ADDITIVE, RandomWeights.ramp(4, 1)).withCausal(true),
                new Attention("plain_attention", Attention.Score.DOT, new float[0]));
    }

    private static void assertRefused(String message, Layer layer, Shape input) {
        assertEquals(message,
                assertThrows(IllegalArgumentException.class, () -> layer.outputShape(input)).getMessage());
    }

    private static List<String> parameters(Layer layer) {
        return layer.parameters().stream()
                .map(each -> each.name() + " " + each.role() + " " + each.shape()).toList();
    }

    /** Layers are equal only if they have the same weights; those made again have equal ones. */
    private static List<Object> described(Layer layer) {
        List<Object> all = new ArrayList<>(List.of(layer.name(), layer.type(), layer.options().toString()));
        layer.parameters().forEach(each -> all.addAll(List.of(each.spec(), each.values())));
        layer.parts().forEach((name, part) -> all.addAll(List.of(name, described(part))));
        return all;
    }

    private static float[] array(Parameter parameter) {
        float[] values = new float[parameter.values().remaining()];
        parameter.values().get(values);
        return values;
    }

    @ParameterizedTest
    @MethodSource("layers")
    void aLayerIsMadeAgainFromItsOptionsAndParameters(Layer layer) {
        List<float[]> values = layer.parameters().stream().map(LayerDescriptionTest::array).toList();
        assertEquals(described(layer), described(layer.withParameters(values)));
        values.forEach(array -> Arrays.fill(array, 7));
        Layer other = layer.withParameters(values);
        assertEquals(parameters(layer), parameters(other));
        assertEquals(layer.options().toString(), other.options().toString());
        for (Parameter parameter : other.parameters()) {
            assertEquals(7, parameter.values().get(0));
            assertEquals(parameter.size(), parameter.shape().stream().reduce(1, Math::multiplyExact).intValue());
            assertTrue(parameter.values().isReadOnly());
        }
        List<float[]> more = new ArrayList<>(values);
        more.add(new float[1]);
        assertEquals("values must be " + values.size() + " arrays, were " + more.size(),
                assertThrows(IllegalArgumentException.class, () -> layer.withParameters(more)).getMessage());
    }

    @ParameterizedTest
    @MethodSource("layers")
    void itsTypeHasItsOptionsAndParts(Layer layer) {
        Layer.Type type = layer.type();
        layer.type().options().forEach(option -> layer.options().get(option));
        assertTrue(type.options().containsAll(type.digested()));
        assertEquals(type.parts().keySet(), layer.parts().keySet());
        assertEquals(type, Layer.Type.of(type.key()).orElseThrow());
        assertEquals(List.copyOf(type.parts().values()), layer.parts().values().stream().map(Layer::type).toList());
    }

    @Test
    void typesHaveTheNamesOfKerasAndKeysForFiles() {
        assertEquals("[Embedding, Masking, GRU, Bidirectional, Dropout, Dense, TimeDistributed, Activation, "
                + "Softmax, PReLU, Conv1D, Pooling1D, GlobalPooling1D, BatchNormalization, LayerNormalization, "
                + "UnitNormalization, Scale, Reshape, RepeatVector, Permute, ZeroPadding1D, Cropping1D, UpSampling1D, "
                + "Slice, Regularization, Merge, Attention, SetMask]",
                Arrays.toString(Layer.Type.values()));
        assertEquals(List.of("embedding", "masking", "gru", "bidirectional", "dropout", "dense", "time_distributed",
                "activation", "step_softmax", "prelu", "conv1d", "pooling1d", "global_pooling1d", "batch_normalization",
                "layer_normalization", "unit_normalization", "scale", "reshape", "repeat_vector", "permute",
                "zero_padding1d", "cropping1d", "up_sampling1d", "slice", "regularization", "merge", "attention",
                "set_mask"),
                Stream.of(Layer.Type.values()).map(Layer.Type::key).toList());
        assertTrue(Layer.Type.of("GRU").isEmpty());
    }

    @Test
    void weightsHaveNamesRolesAndShapes() {
        List<String> gru = List.of("weight_ih INPUT_MATRIX [15, 4]", "weight_hh RECURRENT_MATRIX [15, 5]",
                "bias_ih BIAS [15]", "bias_hh BIAS [15]");
        assertEquals(List.of("table TABLE [3, 2]"), parameters(WORDS));
        assertEquals(gru, parameters(GRU));
        assertEquals(List.of("weight INPUT_MATRIX [2, 4]", "bias BIAS [2]"), parameters(DENSE));
        assertEquals(parameters(DENSE), parameters(new TimeDistributed("each", DENSE)));
        assertEquals(gru.stream().map(each -> "forward/" + each).toList(), parameters(BOTH).subList(0, 4));
        assertEquals("backward/bias_hh BIAS [9]", parameters(BOTH).getLast());
        assertEquals(WEIGHTS.weightHh(), GRU.parameters().get(1).values());
    }

    @Test
    void shapesGoThroughLayersThatTakeThem() {
        Shape sequence = Shape.sequence(4);
        Shape vector = Shape.vector(4);
        assertEquals(Shape.sequence(2), WORDS.outputShape(Shape.tokens()));
        assertEquals(Shape.vector(5), GRU.outputShape(sequence));
        assertEquals(Shape.sequence(5), GRU.withReturnSequences(true).outputShape(sequence));
        assertEquals(Shape.vector(8), BOTH.outputShape(sequence));
        assertEquals(Shape.sequence(2), DENSE.outputShape(sequence));
        assertEquals(Shape.vector(2), DENSE.outputShape(vector));
        assertEquals(Shape.tokens(), new Dropout("d", 0).outputShape(Shape.tokens()));
        assertRefused("an embedding must be the first layer, with nothing but dropout before it", WORDS, sequence);
        assertRefused("its input size is 4, but it gets 5", GRU, Shape.sequence(5));
        assertRefused("it takes features, but gets token ids", DENSE, Shape.tokens());
        for (Layer layer : List.of(GRU, BOTH, new TimeDistributed("each", DENSE), new Masking("m", 0))) {
            assertRefused("it needs a sequence, but a layer before it returns its last output only", layer, vector);
        }
        assertEquals(List.of("(None, None)", "(None, None, 4)", "(None, 4)"),
                Stream.of(Shape.tokens(), sequence, vector).map(Shape::toString).toList());
    }

    @Test
    void timeAndMaskFollowFromTheOptions() {
        GruLayer sequences = GRU.withReturnSequences(true);
        assertEquals(List.of(Layer.Time.COLLAPSING, Layer.Time.CAUSAL, Layer.Time.WHOLE_SEQUENCE,
                Layer.Time.WHOLE_SEQUENCE, Layer.Time.PER_STEP, Layer.Time.PER_STEP),
                Stream.of(GRU, sequences, GRU.withDirection(Direction.BACKWARD_AS_READ), BOTH, DENSE, WORDS)
                        .map(Layer::time).toList());
        assertEquals(List.of(Layer.Mask.ENDS, Layer.Mask.USES, Layer.Mask.ENDS, Layer.Mask.HANDS_ON,
                Layer.Mask.HANDS_ON, Layer.Mask.MAKES, Layer.Mask.MAKES),
                Stream.of(GRU, sequences, BOTH, DENSE, WORDS, WORDS.withMaskZero(true), new Masking("m", 0))
                        .map(Layer::mask).toList());
        assertTrue(new ActivationLayer("a", Activation.LINEAR).isIdentity());
        assertTrue(new Dropout("d", 0.5).isIdentity());
        assertFalse(DENSE.isIdentity());
    }

    @Test
    void optionsHaveValuesOfTheirTypes() {
        LayerOptions.Option<?> size = Layer.Type.DENSE.options().getFirst();
        assertEquals("value of input_size must be of the class Integer, was four", assertThrows(
                IllegalArgumentException.class, () -> LayerOptions.none().with(size, "four")).getMessage());
        assertEquals("option must be one of [], was input_size",
                assertThrows(IllegalArgumentException.class, () -> LayerOptions.none().get(size)).getMessage());
    }

    @Test
    void tokensOfARangeAreChecked() {
        int[] tokens = {-1, 0, 2, 3};
        WORDS.requireTokens(tokens, 1, 2);
        assertEquals("token must be from 0 to 2, was 3", assertThrows(IllegalArgumentException.class,
                () -> WORDS.requireTokens(tokens, 1, 3)).getMessage());
        assertEquals("tokens must have room for 2 elements from offset 3, its length is 4", assertThrows(
                IllegalArgumentException.class, () -> WORDS.requireTokens(tokens, 3, 2)).getMessage());
    }
}
