package dev.gru.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.gru.kernel.RandomWeights;
import dev.gru.layer.GruLayer.Direction;
import dev.gru.weights.Activation;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;

/** The single layers: the table of {@link Embedding}, the limits of {@link Dropout}, and what must not be null. */
class LayersTest {
    private final float[] table = RandomWeights.ramp(6, 1);
    private final Embedding embedding = new Embedding("words", 3, 2, table).withMaskZero(true);

    private static void assertRefused(String message, Executable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
    }

    @Test
    void anEmbeddingHasOneRowForEveryToken() {
        float[] out = {-1, -1, -1, -1};
        embedding.copyRow(2, out, 1);
        assertArrayEquals(new float[]{-1, 5, 6, -1}, out);
        embedding.copyRow(0, out, 0);
        assertArrayEquals(new float[]{1, 2, 6, -1}, out);
        assertTrue(embedding.maskZero());
    }

    @Test
    void changingTheTableAfterwardsChangesNothing() {
        table[0] = -1;
        float[] out = new float[2];
        embedding.copyRow(0, out, 0);
        assertArrayEquals(new float[]{1, 2}, out);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 3, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void aTokenOutsideTheTableIsRefusedAndNothingIsWritten(int token) {
        float[] out = {7, 8};
        assertRefused("token must be from 0 to 2, was " + token, () -> embedding.copyRow(token, out, 0));
        assertRefused("token must be from 0 to 2, was " + token, () -> embedding.requireToken(token));
        assertArrayEquals(new float[]{7, 8}, out);
    }

    @Test
    void anOutputWithoutRoomIsRefused() {
        assertRefused("out must have room for 2 elements, its length is 1",
                () -> embedding.copyRow(0, new float[1], 0));
        assertRefused("out must have room for 2 elements from offset 1, its length is 2",
                () -> embedding.copyRow(0, new float[2], 1));
        assertRefused("out must have room for 2 elements from offset -1, its length is 2",
                () -> embedding.copyRow(0, new float[2], -1));
    }

    @Test
    void anEmbeddingOfTheWrongShapeIsRefused() {
        assertRefused("table must have 3 × 2 = 6 elements, had 5",
                () -> new Embedding("e", 3, 2, new float[5]));
        assertRefused("vocabularySize must be at least 1, was 0",
                () -> new Embedding("e", 0, 2, new float[0]));
        assertRefused("outputSize must be at least 1, was 0",
                () -> new Embedding("e", 3, 0, new float[0]));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.5, 0.999999})
    void aDropoutRateIsAProbabilityBelowOne(double rate) {
        assertEquals(rate, new Dropout("d", rate).rate());
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1, 1.5, Double.NaN, Double.POSITIVE_INFINITY})
    void anyOtherDropoutRateIsRefused(double rate) {
        assertRefused("rate must be at least 0 and below 1, was " + rate, () -> new Dropout("d", rate));
    }

    @Test
    void aMaskValueIsANumber() {
        assertEquals(-1, new Masking("m", -1).maskValue());
        assertRefused("maskValue must be finite, was NaN", () -> new Masking("m", Float.NaN));
        assertRefused("maskValue must be finite, was -Infinity", () -> new Masking("m", Float.NEGATIVE_INFINITY));
    }

    @Test
    void parametersAreCounted() {
        GruLayer gru = new GruLayer("g", RandomWeights.gru(GruVariant.RESET_BEFORE, 4, 5, 1)).withReturnSequences(true);
        Dense dense = new Dense("d", RandomWeights.dense(3, 2, Activation.LINEAR, 1));
        assertEquals(6, embedding.parameterCount());
        assertEquals(0, embedding.matrixWeightCount());
        assertEquals(3 * 5 * (4 + 5) + 3 * 5 * 2, gru.parameterCount());
        assertEquals(3 * 5 * (4 + 5), gru.matrixWeightCount());
        Bidirectional both = new Bidirectional("b", gru.weights(), gru.weights());
        assertEquals(2 * gru.parameterCount(), both.parameterCount());
        assertEquals(2 * gru.matrixWeightCount(), both.matrixWeightCount());
        assertEquals(8, dense.parameterCount());
        assertEquals(6, dense.matrixWeightCount());
        assertEquals(8, new TimeDistributed("t", dense).parameterCount());
        assertEquals(6, new TimeDistributed("t", dense).matrixWeightCount());
        assertEquals(0, new Masking("m", 0).parameterCount());
    }

    @Test
    void theHalvesOfABidirectionalLayerReadInTheirDirectionsAndHaveItsOptions() {
        GruWeights weights = RandomWeights.gru(GruVariant.RESET_AFTER, 4, 5, 1);
        GruLayer forward = new GruLayer("forward_b", weights);
        Bidirectional both = new Bidirectional("b", weights, weights);
        assertEquals(forward, both.forward());
        assertEquals(new GruLayer("backward_b", weights).withDirection(Direction.BACKWARD), both.backward());
        Bidirectional other = both.withNames("f", "g").withReturnSequences(true).withZeroOutputForMask(true);
        GruLayer half = new GruLayer("f", weights).withReturnSequences(true).withZeroOutputForMask(true);
        assertEquals(half, other.forward());
        assertEquals("g", other.backward().name());
        assertTrue(other.returnSequences());
        Layer.Type type = Layer.Type.BIDIRECTIONAL;
        assertEquals(other, type.make("b", other.options(), List.of(other.forward(), other.backward()), List.of()));
        assertRefused("forward must have the direction FORWARD, had BACKWARD", () -> type.make("b", both.options(),
                List.of(both.backward(), both.backward()), List.of()));
        assertRefused("forward and backward must have the same returnSequences, had true and false",
                () -> type.make("b", both.options(), List.of(half, both.backward()), List.of()));
        assertRefused("parts must be of the types {forward=GRU, backward=GRU}, were [GRU]",
                () -> type.make("b", both.options(), List.of(half), List.of()));
    }

    @Test
    void whatIsMissingIsNamed() {
        assertEquals("name", assertThrows(NullPointerException.class, () -> new Dropout(null, 0)).getMessage());
        assertEquals("weights", assertThrows(NullPointerException.class, () -> new Dense("d", null)).getMessage());
        assertEquals("weights",
                assertThrows(NullPointerException.class, () -> new GruLayer("g", null)).getMessage());
        assertEquals("layer",
                assertThrows(NullPointerException.class, () -> new TimeDistributed("t", (Dense) null)).getMessage());
        assertEquals("table",
                assertThrows(NullPointerException.class, () -> new Embedding("e", 1, 1, null)).getMessage());
    }
}
