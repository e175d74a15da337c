package dev.gru.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;

import dev.gru.kernel.Activation;
import dev.gru.kernel.GruVariant;
import dev.gru.kernel.RandomWeights;

/** Which stacks of layers fit, and what {@link Sequential} says of them. */
class SequentialTest {
    private final Embedding words = new Embedding("words", 10, 3, false, new float[30]);
    private final Dropout dropout = new Dropout("dropout", 0.5);

    private static GruLayer gru(String name, int in, int out, boolean sequences) {
        return new GruLayer(name, RandomWeights.gru(GruVariant.RESET_AFTER, in, out, 1), sequences);
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
        assertRefused(message, new Embedding("first", 10, 1, false, new float[10]), words);
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
    void aModelWithoutWeightsIsRefused() {
        assertRefused("layers must hold at least one layer with weights, held []");
        assertRefused("layers must hold at least one layer with weights, held [Dropout[name=dropout, rate=0.5]]",
                dropout);
    }
}
