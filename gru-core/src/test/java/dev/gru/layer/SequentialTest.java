package dev.gru.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import dev.gru.kernel.RandomWeights;
import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;

/** Which stacks of layers fit, and what {@link Sequential} says of them. */
class SequentialTest {
    private final Embedding words = new Embedding("words", 10, 3, new float[30]);
    private final Dropout dropout = new Dropout("dropout", 0.5);

    private static GruLayer gru(String name, int in, int out, boolean sequences) {
        return new GruLayer(name, RandomWeights.gru(GruVariant.RESET_AFTER, in, out, 1)).withReturnSequences(sequences);
    }

    private static Dense dense(String name, int in, int out) {
        return new Dense(name, RandomWeights.dense(in, out, Activation.LINEAR, 1));
    }

    private static void assertRefused(String message, Layer... layers) {
        var e = assertThrows(IllegalArgumentException.class, () -> new Sequential(List.of(layers)));
        assertEquals(message, e.getMessage());
    }

    @Test
    void aModelThatBeginsWithATableTakesTokens() {
        Sequential model = new Sequential(List.of(words, dropout, gru("gru", 3, 5, true), dense("out", 5, 10)));
        assertSame(words, model.embedding().orElseThrow());
        assertEquals(1, model.inputSize());
        assertEquals(10, model.outputSize());
        assertTrue(model.returnsSequences());
    }

    @Test
    void anyOtherModelTakesFeatures() {
        Sequential model = new Sequential(List.of(dropout, gru("gru", 3, 5, true), dropout));
        assertEquals(Optional.empty(), model.embedding());
        assertEquals(3, model.inputSize());
        assertEquals(5, model.outputSize());
        assertTrue(model.returnsSequences());
    }

    @Test
    void oneLayerThatReturnsItsLastOutputMakesTheModelDoSo() {
        Sequential model = new Sequential(
                List.of(gru("a", 3, 5, true), gru("b", 5, 4, false), dropout, dense("out", 4, 2)));
        assertFalse(model.returnsSequences());
        assertEquals(2, model.outputSize());
    }

    @Test
    void aDistributedDenseLayerHasTheSizesOfItsDenseLayer() {
        Sequential model = new Sequential(
                List.of(new TimeDistributed("each", dense("in", 6, 3)), gru("gru", 3, 3, true)));
        assertEquals(6, model.inputSize());
        assertEquals(3, model.outputSize());
    }

    @Test
    void changingTheListAfterwardsChangesNothing() {
        List<Layer> layers = new ArrayList<>(List.of(words, gru("gru", 3, 5, true)));
        Sequential model = new Sequential(layers);
        layers.clear();
        assertEquals(2, model.layers().size());
        assertThrows(UnsupportedOperationException.class, () -> model.layers().remove(0));
    }

    @Test
    void sizesThatDoNotFitAreRefusedThroughDropoutToo() {
        assertRefused("layer b: its input size is 4, but it gets 5", gru("a", 3, 5, true), dropout,
                gru("b", 4, 4, true));
        assertRefused("layer out: its input size is 2, but it gets 3", words, dense("out", 2, 2));
        assertRefused("layer each: its input size is 2, but it gets 5", gru("a", 3, 5, true),
                new TimeDistributed("each", dense("inner", 2, 2)));
    }

    @Test
    void aTableAnywhereButFirstIsRefused() {
        String message = "layer words: an embedding must be the first layer, with nothing but dropout before it";
        assertRefused(message, dense("in", 1, 1), words);
        assertRefused(message, new Embedding("first", 10, 1, new float[10]), words);
    }

    @Test
    void aLayerThatNeedsASequenceDoesNotFollowALastOutput() {
        GruLayer last = gru("last", 3, 5, false);
        assertRefused("layer next: it needs a sequence, but a layer before it returns its last output only", last,
                gru("next", 5, 5, false));
        assertRefused("layer each: it needs a sequence, but a layer before it returns its last output only", last,
                dense("between", 5, 2), new TimeDistributed("each", dense("inner", 2, 2)));
    }

    @Test
    void maskingNeedsASequenceAndFeatures() {
        Masking masking = new Masking("masking", 0);
        assertEquals(3, new Sequential(List.of(masking, gru("gru", 3, 5, true), masking)).inputSize());
        assertRefused("layer masking: it needs a sequence, but a layer before it returns its last output only",
                gru("gru", 3, 5, false), masking);
        assertRefused("layer masking: it takes features, but gets token ids", masking, words);
    }

    @Test
    void everyLayerHasItsSizeAndItsKindOfOutput() {
        Sequential model = new Sequential(List.of(dropout, new ActivationLayer("relu", Activation.RELU),
                gru("a", 3, 5, true), new Masking("m", 0), gru("b", 5, 4, false),
                new ActivationLayer("tanh", Activation.TANH), dense("out", 4, 2)));
        assertArrayEquals(new int[]{3, 3, 5, 5, 4, 4, 2},
                IntStream.range(0, 7).map(i -> model.outputShape(i).features()).toArray());
        assertEquals(List.of(true, true, true, true, false, false, false),
                IntStream.range(0, 7).mapToObj(i -> model.outputShape(i).isSequence()).toList());
    }

    @Test
    void theFirstLayerThatReadsFromTheEndIsFound() {
        GruLayer forward = gru("forward", 3, 3, true);
        GruLayer backward = new GruLayer("backward", forward.weights()).withReturnSequences(true)
                .withDirection(GruLayer.Direction.BACKWARD);
        GruLayer asRead = new GruLayer("as read", forward.weights()).withReturnSequences(true)
                .withDirection(GruLayer.Direction.BACKWARD_AS_READ);
        Bidirectional both = new Bidirectional("both", forward.weights(), forward.weights())
                .withMerge(Bidirectional.MergeMode.SUM).withReturnSequences(true);
        assertEquals(Optional.empty(), new Sequential(List.of(forward, forward)).wholeSequences());
        for (Layer layer : List.of(backward, asRead, both)) {
            assertEquals(Optional.of(layer), new Sequential(List.of(forward, layer, asRead)).wholeSequences());
        }
    }

    @Test
    void aBuilderMakesTheModelThatAListMakesAndNamesItsLayersAsKerasWould() {
        GruWeights narrowing = RandomWeights.gru(GruVariant.RESET_AFTER, 3, 2, 1);
        GruWeights widening = RandomWeights.gru(GruVariant.RESET_BEFORE, 4, 3, 2);
        DenseWeights square = RandomWeights.dense(3, 3, Activation.TANH, 3);
        float[] table = RandomWeights.ramp(30, 1);
        Layer own = new GruLayer("gru_1", narrowing).withReturnSequences(true);
        Signature signature = Signature.standard(Shape.tokens(), Shape.vector(3));
        Sequential built = Sequential.builder().embedding(10, 3, table).maskZero().masking(-1)
                .bidirectional(narrowing, narrowing).returnSequences().gru(widening).returnSequences().add(own)
                .dense(RandomWeights.dense(2, 4, Activation.LINEAR, 4)).gru(widening).returnSequences().dropout(0.25)
                .timeDistributed(square).bidirectional(narrowing, narrowing).returnSequences()
                .gru(widening).activation(Activation.RELU).dense(square).signature(signature).build();
        assertEquals(List.of("embedding", "masking", "bidirectional", "gru", "gru_1", "dense", "gru_2", "dropout",
                "time_distributed", "bidirectional_1", "gru_3", "activation", "dense_1"),
                built.layers().stream().map(Layer::name).toList());
        assertEquals(
                new Bidirectional("bidirectional", narrowing, narrowing)
                        .withNames("forward_bidirectional", "backward_bidirectional")
                        .withMerge(Bidirectional.MergeMode.CONCAT).withReturnSequences(true),
                built.layers().get(2));
        assertEquals(new GruLayer("gru_3", widening), built.layers().get(10));
        assertEquals(new Masking("masking", -1), built.layers().get(1));
        assertEquals(new Dropout("dropout", 0.25), built.layers().get(7));
        assertEquals(new ActivationLayer("activation", Activation.RELU), built.layers().get(11));
        assertEquals(new TimeDistributed("time_distributed", new Dense("time_distributed", square)),
                built.layers().get(8));
        assertSame(own, built.layers().get(4));
        assertSame(signature, built.signature());
        float[] row = new float[3];
        built.embedding().orElseThrow().copyRow(9, row, 0);
        assertArrayEquals(new float[]{28, 29, 30}, row);
        assertThrows(IllegalArgumentException.class, () -> Sequential.builder().build());
    }

    @Test
    void aModelWithoutWeightsIsRefused() {
        assertRefused("layers must hold at least one layer with weights, held []");
        assertRefused("layers must hold at least one layer with weights, held [Dropout[name=dropout, rate=0.5]]",
                dropout);
    }

    @Test
    void layersGivenByTheirSizesTakeWhatTheLayerBeforePutsOut() {
        Sequential model = Sequential.builder().embedding(10, 3).maskZero().dropout(0.5).gru(4).returnSequences()
                .bidirectional(5).returnSequences().timeDistributed(6, Activation.RELU)
                .gru(GruVariant.RESET_BEFORE, 7).returnSequences()
                .bidirectional(GruVariant.DUAL_STATE, 8).merge(Bidirectional.MergeMode.SUM)
                .dense(9, Activation.SOFTMAX).build();
        assertEquals("[Embedding[embedding, 10→3, maskZero], Dropout[name=dropout, rate=0.5],"
                + " GruLayer[name=gru, weights=GruWeights[RESET_AFTER, 3→4], returnSequences=true]]",
                model.layers().subList(0, 3).toString());
        assertEquals(List.of(4, 10, 7, 8),
                List.of(2, 3, 5, 6).stream().map(i -> model.outputShape(i).features()).toList());
        assertEquals(List.of(3, 4, 4, 6, 7, 7),
                model.recurrentLayers().stream().map(layer -> layer.weights().inputSize()).toList());
        assertEquals(9, model.outputSize());
        Embedding table = model.embedding().orElseThrow();
        assertEquals(FloatBuffer.allocate(30), table.table());
    }

    @Test
    void aModelOfFeaturesIsToldHowManyThereAre() {
        assertEquals(4,
                Sequential.builder().input(4).masking(0).dropout(0.5).gru(2).returnSequences().build().inputSize());
        assertEquals(3, Sequential.builder().add(gru("a", 3, 5, true)).dense(2, Activation.TANH).build().inputSize());
        assertThrows(IllegalStateException.class, () -> Sequential.builder().dropout(0.5).gru(2).returnSequences());
        assertThrows(IllegalStateException.class, () -> Sequential.builder().dense(2, Activation.TANH));
        assertThrows(IllegalStateException.class, () -> Sequential.builder().masking(0).input(2));
        for (SequentialBuilder builder : List.of(Sequential.builder().input(4).add(gru("a", 3, 5, true)),
                Sequential.builder().input(1).embedding(2, 3))) {
            String message = assertThrows(IllegalArgumentException.class, builder::build).getMessage();
            assertTrue(message.startsWith("input must be what the layers take, "), message);
        }
        for (int size : new int[]{0, -1}) {
            SequentialBuilder builder = Sequential.builder().input(4);
            assertThrows(IllegalArgumentException.class, () -> builder.gru(size).returnSequences());
            assertThrows(IllegalArgumentException.class, () -> builder.bidirectional(size).returnSequences());
            assertThrows(IllegalArgumentException.class, () -> builder.dense(size, Activation.TANH));
            assertThrows(IllegalArgumentException.class, () -> Sequential.builder().input(size));
            assertThrows(IllegalArgumentException.class, () -> Sequential.builder().embedding(size, 3).maskZero());
            assertThrows(IllegalArgumentException.class, () -> Sequential.builder().embedding(3, size).maskZero());
        }
    }

    @Test
    void layersAroundAGruHaveTheirOptionsAndKerasDefaults() {
        Sequential model = Sequential.builder().input(6)
                .conv1d(8, 3, Activation.RELU).causal().dilation(2).groups(2)
                .conv1d(4, 5, Activation.LINEAR).same().stride(2)
                .batchNormalization().epsilon(1e-5f).momentum(0.9f)
                .layerNormalization()
                .maxPooling(3)
                .averagePooling(2).stride(1).same()
                .gru(5).returnSequences()
                .flatten(7)
                .repeatVector(2)
                .globalAveragePooling()
                .dense(2, Activation.SOFTMAX)
                .build();
        assertEquals(List.of("conv1d", "conv1d_1", "batch_normalization", "layer_normalization", "max_pooling1d",
                "average_pooling1d", "gru", "flatten", "repeat_vector", "global_average_pooling1d", "dense"),
                model.layers().stream().map(Layer::name).toList());
        Conv1D causal = (Conv1D) model.layers().get(0);
        assertEquals(List.of(2, 2, 1, 9), List.of(causal.dilation(), causal.groups(), causal.stride(),
                causal.weights().inputSize()));
        assertEquals(Conv1D.Padding.CAUSAL, causal.padding());
        assertEquals(Conv1D.Padding.SAME, ((Conv1D) model.layers().get(1)).padding());
        Normalization.BatchNormalization norm = (Normalization.BatchNormalization) model.layers().get(2);
        assertEquals(List.of(1e-5f, 0.9f), List.of(norm.epsilon(), norm.momentum()));
        assertArrayEquals(new float[]{1, 1, 1, 1}, norm.movingVariance());
        assertArrayEquals(new float[4], norm.beta());
        assertEquals(0.001f, ((Normalization.LayerNormalization) model.layers().get(3)).epsilon());
        assertEquals(new Pooling1D("max_pooling1d", Pooling1D.Kind.MAX, 3, 3, Conv1D.Padding.VALID),
                model.layers().get(4));
        assertEquals(new Pooling1D("average_pooling1d", Pooling1D.Kind.AVERAGE, 2, 1, Conv1D.Padding.SAME),
                model.layers().get(5));
        assertEquals(Shape.vector(35), model.outputShape(7));
        // 41 steps become 21, then 7.
        assertEquals(List.of(41, 41, 21, 21, 21, 7, 7, 7, 1, 2, 1, 1), model.steps(List.of(41)));
        assertThrows(IllegalStateException.class, () -> Sequential.builder().conv1d(1, 1, Activation.TANH));
        assertThrows(IllegalArgumentException.class,
                () -> Sequential.builder().input(3).conv1d(2, 1, Activation.TANH).groups(2));
        assertThrows(IllegalArgumentException.class, () -> Sequential.builder().input(3).maxPooling(0));
    }
}
