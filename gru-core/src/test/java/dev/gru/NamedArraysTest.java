package dev.gru;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import org.junit.jupiter.api.Test;

import dev.gru.kernel.RandomWeights;
import dev.gru.layer.ModelInput;
import dev.gru.layer.Sequential;
import dev.gru.layer.Signature.Axis;
import dev.gru.layer.Signature.Port;
import dev.gru.layer.Signature.Presence;
import dev.gru.layer.Signature.Role;
import dev.gru.layer.Signature;
import dev.gru.layer.Tensor;
import dev.gru.weights.GruVariant;

/** Which arrays a model takes by name, what it says of others, and the names of a model that was made in code. */
class NamedArraysTest {
    private static final String TAKES = "the model takes in (STEP, BATCH, FEATURE); "
            + "n (BATCH), optional; h0 (BATCH, ONE, FEATURE), optional; h1 (BATCH, FEATURE)";

    /** Two layers of 5 and 4 units, of which the second's state has to be given. */
    private final GruModel model = Models.scalar(new Sequential(
            Models.features(GruVariant.RESET_AFTER, true).layers(), new Signature(List.of(
                    new Port("in", Role.INPUT, 0, 0, List.of(Axis.STEP, Axis.BATCH, Axis.FEATURE)),
                    new Port("n", Role.LENGTHS, 0, 0, List.of(Axis.BATCH), Presence.OPTIONAL),
                    new Port("h0", Role.INITIAL_STATE, 0, 1, List.of(Axis.BATCH, Axis.ONE, Axis.FEATURE),
                            Presence.OPTIONAL),
                    new Port("h1", Role.INITIAL_STATE, 1, 1, List.of(Axis.BATCH, Axis.FEATURE))),
                    List.of(new Port("out", Role.OUTPUT, 0, 2, List.of(Axis.STEP, Axis.BATCH, Axis.FEATURE))))));
    private final float[] x = RandomWeights.floats(2 * 3 * 3, new Random(1));
    private final Map<String, Tensor> arrays = new HashMap<>(
            Map.of("in", Tensor.of(x, 3, 2, 3), "h1", Tensor.of(new float[8], 2, 4)));

    private void assertRefused(String message) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, () -> model.run(arrays)).getMessage());
    }

    @Test
    void whatIsOptionalMayBeMissing() {
        float[] batchFirst = new float[x.length];
        for (int row = 0; row < 2; row++) {
            for (int t = 0; t < 3; t++) {
                System.arraycopy(x, (t * 2 + row) * 3, batchFirst, (row * 3 + t) * 3, 3);
            }
        }
        float[] y = model.predict(2, 3, batchFirst);
        float[] out = model.run(arrays).get("out").floats();
        for (int row = 0; row < 2; row++) {
            for (int t = 0; t < 3; t++) {
                for (int i = 0; i < 2; i++) {
                    assertEquals(y[(row * 3 + t) * 2 + i], out[(t * 2 + row) * 2 + i]);
                }
            }
        }
    }

    @Test
    void otherNamesAreRefusedWithTheModelsOwn() {
        arrays.remove("h1");
        assertRefused("array h1 is missing; " + TAKES);
        arrays.put("h1", Tensor.of(new float[8], 2, 4));
        arrays.put("h2", Tensor.of(new float[8], 2, 4));
        assertRefused("array h2 is not an input of the model; " + TAKES);
        arrays.remove("h2");
        arrays.remove("in");
        assertRefused("array in is missing; " + TAKES);
    }

    @Test
    void otherDimensionsAreRefused() {
        arrays.put("in", Tensor.of(x, 6, 3));
        assertRefused("array in (STEP, BATCH, FEATURE) must have 3 dimensions, was float[6, 3]");
        arrays.put("in", Tensor.of(x, 3, 1, 6));
        assertRefused("array in (STEP, BATCH, FEATURE) must be [3, 1, 3], was float[3, 1, 6]");
        arrays.put("in", Tensor.of(x, 2, 3, 3));
        assertRefused("array h1 (BATCH, FEATURE) must be [3, 4], was float[2, 4]");
        arrays.put("in", Tensor.of(x, 3, 2, 3));
        arrays.put("h0", Tensor.of(new float[20], 2, 2, 5));
        assertRefused("array h0 (BATCH, ONE, FEATURE), optional must be [2, 1, 5], was float[2, 2, 5]");
        arrays.put("h0", Tensor.of(new float[10], 2, 5));
        assertRefused("array h0 (BATCH, ONE, FEATURE), optional must be [2, 1, 5], was float[2, 5]");
        arrays.remove("h0");
        arrays.put("in", Tensor.of(new float[0], 3, 0, 3));
        arrays.put("h1", Tensor.of(new float[0], 0, 4));
        assertRefused("batch must be at least 1, was 0");
    }

    @Test
    void otherTypesAreRefused() {
        arrays.put("in", Tensor.of(new int[18], 3, 2, 3));
        assertRefused("array in (STEP, BATCH, FEATURE) must be floats, was int[3, 2, 3]");
        arrays.put("in", Tensor.of(x, 3, 2, 3));
        arrays.put("n", Tensor.of(new float[2], 2));
        assertRefused("array n (BATCH), optional must be ints, was float[2]");
    }

    @Test
    void valuesAreCheckedLikeThoseOfAnyRun() {
        arrays.put("n", Tensor.of(new int[]{3, 4}, 2));
        assertRefused("lengths[1] must be from 0 to 3, was 4");
    }

    @Test
    void aModelMadeInCodeTakesXAndPutsOutY() {
        GruModel tokens = Models.scalar(Models.tokens(GruVariant.RESET_AFTER, true, false));
        int[] ids = {1, 2, 3, 4, 5, 6};
        Map<String, Tensor> outputs = tokens.run(
                Map.of("x", Tensor.of(ids, 2, 3), "lengths", Tensor.of(new int[]{2, 3}, 2)));
        assertArrayEquals(tokens.run(ModelInput.tokens(2, 3, ids).withLengths(new int[]{2, 3})).y(),
                outputs.get("y").floats());
        assertArrayEquals(new int[]{2, 6}, outputs.get("y").shape());
        assertSame(tokens.layers().signature(), tokens.signature());
        assertThrows(UnsupportedOperationException.class, outputs::clear);
    }
}
