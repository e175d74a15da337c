package dev.gru.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import dev.gru.kernel.RandomWeights;

/** The canonical layout of {@link GruWeights}, its copies and its checks. */
class GruWeightsTest {
    private static final int I = 2;
    private static final int H = 3;

    private final float[] weightIh = RandomWeights.ramp(3 * H * I, 100);
    private final float[] weightHh = RandomWeights.ramp(3 * H * H, 200);
    private final float[] biasIh = RandomWeights.ramp(3 * H, 300);
    private final float[] biasHh = RandomWeights.ramp(3 * H, 400);

    private GruWeights weights() {
        return new GruWeights(GruVariant.RESET_AFTER, I, H, weightIh, weightHh, biasIh, biasHh);
    }

    @Test
    void gatesAreStackedInTheOrderResetUpdateNewAndRowsAreOutputs() {
        GruWeights weights = weights();
        Gate[] canonical = {Gate.RESET, Gate.UPDATE, Gate.NEW};
        for (int g = 0; g < 3; g++) {
            for (int unit = 0; unit < H; unit++) {
                int row = g * H + unit;
                for (int k = 0; k < I; k++) {
                    assertEquals(100 + row * I + k, weights.weightIh(canonical[g], unit, k));
                }
                for (int k = 0; k < H; k++) {
                    assertEquals(200 + row * H + k, weights.weightHh(canonical[g], unit, k));
                }
                assertEquals(300 + row, weights.biasIh(canonical[g], unit));
                assertEquals(400 + row, weights.biasHh(canonical[g], unit));
            }
        }
        assertEquals(Gate.COUNT, Gate.values().length);
    }

    @Test
    void changingTheArraysAfterwardsChangesNothing() {
        GruWeights weights = weights();
        weightIh[0] = weightHh[0] = biasIh[0] = biasHh[0] = -1;
        assertEquals(100, weights.weightIh(Gate.RESET, 0, 0));
        assertEquals(200, weights.weightHh(Gate.RESET, 0, 0));
        assertEquals(300, weights.biasIh(Gate.RESET, 0));
        assertEquals(400, weights.biasHh(Gate.RESET, 0));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', value = {
            "weightIh | 17 |  27 | 9 | 9 | weightIh must have 3 × 3 × 2 = 18 elements, had 17",
            "weightIh | 19 |  27 | 9 | 9 | weightIh must have 3 × 3 × 2 = 18 elements, had 19",
            "weightHh | 18 |  26 | 9 | 9 | weightHh must have 3 × 3 × 3 = 27 elements, had 26",
            "weightHh | 18 |   0 | 9 | 9 | weightHh must have 3 × 3 × 3 = 27 elements, had 0",
            "biasIh   | 18 |  27 | 6 | 9 | biasIh must have 3 × 3 = 9 elements, had 6",
            "biasHh   | 18 |  27 | 9 | 3 | biasHh must have 3 × 3 = 9 elements, had 3"})
    void aWrongLengthIsRefusedByItsName(String name, int ih, int hh, int bIh, int bHh, String message) {
        var e = assertThrows(IllegalArgumentException.class, () -> new GruWeights(GruVariant.RESET_AFTER, I, H,
                new float[ih], new float[hh], new float[bIh], new float[bHh]));
        assertEquals(message, e.getMessage());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            " 0 |  3 | inputSize must be at least 1, was 0",
            "-4 |  3 | inputSize must be at least 1, was -4",
            " 2 |  0 | hiddenSize must be at least 1, was 0",
            " 2 | -1 | hiddenSize must be at least 1, was -1"})
    void aSizeBelowOneIsRefused(int inputSize, int hiddenSize, String message) {
        var e = assertThrows(IllegalArgumentException.class, () -> new GruWeights(GruVariant.RESET_AFTER, inputSize,
                hiddenSize, new float[0], new float[0], new float[0], new float[0]));
        assertEquals(message, e.getMessage());
    }

    @Test
    void sizesWhoseProductDoesNotFitAnIntAreComparedWithoutOverflow() {
        // The product is 0 modulo 2^32, which is the length of the arrays.
        var e = assertThrows(IllegalArgumentException.class, () -> new GruWeights(GruVariant.RESET_AFTER, 1 << 16,
                1 << 16, new float[0], new float[0], new float[0], new float[0]));
        assertEquals("weightIh must have 3 × 65536 × 65536 = 12884901888 elements, had 0", e.getMessage());
    }

    @Test
    void whatIsMissingIsNamed() {
        assertEquals("variant", assertThrows(NullPointerException.class,
                () -> new GruWeights(null, I, H, weightIh, weightHh, biasIh, biasHh)).getMessage());
        assertEquals("weightHh", assertThrows(NullPointerException.class,
                () -> new GruWeights(GruVariant.DUAL_STATE, I, H, weightIh, null, biasIh, biasHh)).getMessage());
    }

    @ParameterizedTest
    @CsvSource({"-1, 0", "3, 0", "0, -1", "0, 3"})
    void anIndexOutsideItsOwnDimensionIsRefusedEvenIfTheArrayHasAnElementThere(int unit, int column) {
        GruWeights weights = weights();
        // Column I is the first of the next row in the array, unit H the first of the next gate.
        int input = column == 3 ? I : column;
        assertThrows(IllegalArgumentException.class, () -> weights.weightIh(Gate.UPDATE, unit, input));
        assertThrows(IllegalArgumentException.class, () -> weights.weightHh(Gate.UPDATE, unit, column));
        if (unit != 0) {
            assertThrows(IllegalArgumentException.class, () -> weights.biasIh(Gate.UPDATE, unit));
            assertThrows(IllegalArgumentException.class, () -> weights.biasHh(Gate.UPDATE, unit));
        }
    }

    @Test
    void nanAndInfinityAreWeightsLikeAnyOther() {
        weightIh[1] = Float.NaN;
        biasHh[2] = Float.NEGATIVE_INFINITY;
        assertEquals(Float.NaN, weights().weightIh(Gate.RESET, 0, 1));
        assertEquals(Float.NEGATIVE_INFINITY, weights().biasHh(Gate.RESET, 2));
    }

    @ParameterizedTest
    @EnumSource
    void onlyTheDualStateCarriesTwoNumbersAUnit(GruVariant variant) {
        assertEquals(variant == GruVariant.DUAL_STATE ? 14 : 7, variant.stateSize(7));
    }
}
