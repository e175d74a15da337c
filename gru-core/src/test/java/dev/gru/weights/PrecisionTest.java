package dev.gru.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

import dev.gru.kernel.RandomWeights;

class PrecisionTest {
    private static final int UPPER_BITS = 0xFFFF0000;

    @Property
    void fp32KeepsEveryBit(@ForAll int bits) {
        float weight = Float.intBitsToFloat(bits);
        assertEquals(Float.floatToRawIntBits(weight), Float.floatToRawIntBits(Precision.FP32.round(weight)));
    }

    @Property
    void bf16KeepsWhatItCanHold(@ForAll @IntRange(min = 0, max = 0xFFFF) int upper) {
        float weight = Float.intBitsToFloat(upper << 16);
        float rounded = Precision.BF16.round(weight);
        assertTrue(weight == rounded || (Float.isNaN(weight) && Float.isNaN(rounded)), () -> weight + " → " + rounded);
        assertEquals(0, Float.floatToRawIntBits(rounded) & ~UPPER_BITS);
    }

    /** No number of that precision is nearer, and a tie goes to the even one: by exact decimal arithmetic. */
    @Property
    void bf16RoundsToNearestEven(@ForAll int bits) {
        float weight = Float.intBitsToFloat(bits);
        float down = Float.intBitsToFloat(bits & UPPER_BITS);
        float up = Float.intBitsToFloat((bits & UPPER_BITS) + 0x10000);
        if (!Float.isFinite(weight) || !Float.isFinite(up)) {
            return;
        }
        float rounded = Precision.BF16.round(weight);
        BigDecimal toDown = new BigDecimal(weight).subtract(new BigDecimal(down)).abs();
        BigDecimal toUp = new BigDecimal(up).subtract(new BigDecimal(weight)).abs();
        int order = toDown.compareTo(toUp);
        float nearest = order < 0 ? down : order > 0 ? up : (bits & 0x10000) == 0 ? down : up;
        assertEquals(Float.floatToRawIntBits(nearest), Float.floatToRawIntBits(rounded));
    }

    @Test
    void bf16EndsAreThoseOfRoundingToNearest() {
        assertEquals(Float.POSITIVE_INFINITY, Precision.BF16.round(Float.MAX_VALUE));
        assertEquals(Float.NEGATIVE_INFINITY, Precision.BF16.round(Float.NEGATIVE_INFINITY));
        assertTrue(Float.isNaN(Precision.BF16.round(Float.intBitsToFloat(0x7F800001))));
        assertTrue(Float.isNaN(Precision.BF16.round(Float.intBitsToFloat(0x7FFFFFFF))));
        assertEquals(Float.floatToRawIntBits(-0f), Float.floatToRawIntBits(Precision.BF16.round(-0f)));
    }

    @Test
    void roundedWeightsKeepTheirBiases() {
        float fine = 1 + 0x1p-20f;
        GruWeights gru = new GruWeights(GruVariant.RESET_AFTER, 1, 1, new float[]{fine, fine, fine},
                new float[]{fine, fine, fine}, new float[]{fine, fine, fine}, new float[]{fine, fine, fine});
        GruWeights gruRounded = gru.rounded(Precision.BF16);
        assertEquals(1, gruRounded.weightIh(Gate.NEW, 0, 0));
        assertEquals(1, gruRounded.weightHh(Gate.RESET, 0, 0));
        assertEquals(fine, gruRounded.biasIh(Gate.NEW, 0));
        assertEquals(fine, gruRounded.biasHh(Gate.NEW, 0));
    }

    @Test
    void roundedWeightsKeepTheirFunctions() {
        GruActivations functions = new GruActivations(Activation.hardSigmoid(0.2f, 0.5f), Activation.RELU, 3);
        assertEquals(functions,
                RandomWeights.gru(GruVariant.RESET_BEFORE, functions, 1, 1, 1).rounded(Precision.BF16).activations());
        Activation line = Activation.linear(0.2f, 0.5f);
        assertEquals(line, RandomWeights.dense(1, 1, line, 1).rounded(Precision.BF16).activation());
    }

    @Test
    void roundedWeightsOfDenseLayersKeepTheirBiases() {
        float fine = 1 + 0x1p-20f;
        DenseWeights dense = new DenseWeights(1, 1, Activation.LINEAR, new float[]{fine}, new float[]{fine});
        assertEquals(1, dense.rounded(Precision.BF16).weight(0, 0));
        assertEquals(fine, dense.rounded(Precision.BF16).bias(0));
    }
}
