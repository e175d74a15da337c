package dev.gru.simd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Random;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.gru.kernel.GruRunner;
import dev.gru.kernel.PackedGru;
import dev.gru.kernel.PortableGruKernel;
import dev.gru.weights.GruActivations;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;
import dev.gru.weights.Precision;

/**
 * Every small number of units, with every small number of inputs in turn: the kernel has the bits of the portable one,
 * whose distance from the reference is tested there, whatever loop runs a size on this machine.
 */
class SmallLayersTest {
    private static final int MOST = 49;
    private static final int STEPS = 5;
    private static final int VOCABULARY = 3;

    @ParameterizedTest
    @CsvSource({"RESET_AFTER, FP32", "RESET_AFTER, BF16", "RESET_BEFORE, FP32", "RESET_BEFORE, BF16",
            "DUAL_STATE, FP32", "DUAL_STATE, BF16"})
    void everySizeHasTheBitsOfThePortableKernel(GruVariant variant, Precision precision) {
        for (int units = 1; units <= MOST; units++) {
            // 11 and 49 have no factor in common, so each number of inputs comes once.
            int inputs = 1 + units * 11 % MOST;
            check(variant, precision, inputs, units);
        }
    }

    private static void check(GruVariant variant, Precision precision, int inputs, int units) {
        String size = inputs + " inputs, " + units + " units";
        Random random = new Random(units);
        GruWeights weights = RandomWeights.gru(random, variant, GruActivations.STANDARD, inputs, units, 0.5f);
        PackedGru simd = new SimdGruKernel().pack(weights, precision, Arena.ofAuto());
        PackedGru portable = new PortableGruKernel().pack(weights.rounded(precision), Arena.ofAuto());
        float[] x = uniform(random, STEPS * inputs);
        float[] initial = uniform(random, simd.stateSize());
        boolean[] holes = new boolean[]{true, false, true, true, false};
        GruRunner runner = simd.newRunner(1);
        GruRunner expected = portable.newRunner(1);
        for (boolean[] mask : new boolean[][]{null, holes}) {
            float[] wantedState = initial.clone();
            float[] wanted = new float[STEPS * units];
            expected.forwardBatch(1, STEPS, x, mask, wantedState, wanted);
            float[] state = initial.clone();
            float[] y = new float[STEPS * units];
            runner.forwardBatch(1, STEPS, x, mask, state, y);
            assertArrayEquals(wanted, y, size);
            assertArrayEquals(wantedState, state, size);
            float[] withoutOutputs = initial.clone();
            runner.forwardBatch(1, STEPS, x, mask, withoutOutputs, null);
            assertArrayEquals(wantedState, withoutOutputs, size);
        }
        float[] wanted = initial.clone();
        float[] inPlace = initial.clone();
        for (int t = 0; t < 2; t++) {
            float[] features = Arrays.copyOfRange(x, t * inputs, (t + 1) * inputs);
            float[] next = new float[initial.length];
            runner.forwardStep(features, inPlace, next);
            expected.forwardStep(features, wanted, wanted);
            runner.forwardStep(features, inPlace, inPlace);
            assertArrayEquals(wanted, inPlace, size);
            assertArrayEquals(wanted, next, size);
        }
        checkTokens(simd, portable, inputs, units, x, initial);
    }

    /** The products of a token's features, in a table, are where biases and inputs are otherwise. */
    private static void checkTokens(PackedGru simd, PackedGru portable, int inputs, int units, float[] x,
            float[] initial) {
        GruRunner runner = simd
                .withVocabulary(VOCABULARY,
                        (token, out, offset) -> System.arraycopy(x, token * inputs, out, offset, inputs),
                        Arena.ofAuto())
                .newRunner(1);
        float[] wantedState = initial.clone();
        float[] wanted = new float[VOCABULARY * units];
        boolean[] mask = {true, false, true};
        portable.newRunner(1).forwardBatch(1, VOCABULARY, x, mask, wantedState, wanted);
        float[] state = initial.clone();
        float[] y = new float[wanted.length];
        runner.forwardBatch(1, VOCABULARY, new int[]{0, 1, 2}, mask, state, y);
        assertArrayEquals(wanted, y);
        assertArrayEquals(wantedState, state);
        float[] first = initial.clone();
        portable.newRunner(1).forwardStep(x, initial, wantedState);
        runner.forwardStep(0, first, first);
        assertArrayEquals(wantedState, first);
    }

    private static float[] uniform(Random random, int size) {
        return RandomWeights.uniform(random, size, 1);
    }
}
