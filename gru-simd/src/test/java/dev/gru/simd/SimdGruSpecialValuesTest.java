package dev.gru.simd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import dev.gru.kernel.GruKernel;
import dev.gru.kernel.PackedGru;
import dev.gru.kernel.ScalarGruKernel;
import dev.gru.simd.loops.Lanes;
import dev.gru.weights.Activation;
import dev.gru.weights.GruActivations;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;

/** NaN, infinity and saturation go through the kernel as they go through the reference. */
class SimdGruSpecialValuesTest {
    private static final int SIZE = Lanes.COUNT + 1;

    private static float[] step(GruKernel kernel, GruWeights weights, float[] x, float[] state) {
        PackedGru layer = kernel.pack(weights, Arena.ofAuto());
        float[] next = new float[layer.stateSize()];
        layer.newRunner(1).forwardStep(x, state, next);
        return next;
    }

    private static GruWeights weights(GruVariant variant, GruActivations functions) {
        return new GruCase(variant, functions, 3, SIZE, 1, 1, 0.5f, 1, 0, GruCase.Masking.NONE, 20).weights();
    }

    static Stream<Arguments> recurrences() {
        return Stream.of(GruVariant.values())
                .flatMap(variant -> Stream.concat(Stream.of(GruActivations.STANDARD, GruCases.OTHERS),
                        GruCases.FUNCTIONS.stream()
                                .map(f -> new GruActivations(f, f, Float.POSITIVE_INFINITY)))
                        .map(functions -> Arguments.of(variant, functions)));
    }

    @ParameterizedTest
    @MethodSource("recurrences")
    void nanAndInfinityEndUpWhereTheReferenceHasThem(GruVariant variant, GruActivations functions) {
        for (float special : new float[]{Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            GruWeights weights = weights(variant, functions);
            float[] x = {0.1f, special, -0.3f};
            float[] state = new float[variant.stateSize(SIZE)];
            Arrays.fill(state, 0.5f);
            assertSameKind(weights, x, state);
            for (int i : new int[]{0, SIZE - 1, state.length - 1}) {
                float[] specialState = state.clone();
                specialState[i] = special;
                assertSameKind(weights, new float[]{0.1f, 0.2f, -0.3f}, specialState);
            }
        }
    }

    /** Either the same NaN or infinity, or both finite and close. */
    private static void assertSameKind(GruWeights weights, float[] x, float[] state) {
        float[] expected = step(new ScalarGruKernel(), weights, x, state);
        float[] got = step(new SimdGruKernel(), weights, x, state);
        for (int i = 0; i < expected.length; i++) {
            if (Float.isFinite(expected[i])) {
                assertEquals(expected[i], got[i], 1e-6f * Math.max(1, Math.abs(expected[i])));
            } else {
                assertEquals(expected[i], got[i]);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "DUAL_STATE")
    void anUpdateGateSaturatedAtOneKeepsTheStateBitForBit(GruVariant variant) {
        GruActivations hard = new GruActivations(Activation.hardSigmoid(0.2f, 0.5f), Activation.RELU, 50);
        float[] state = new float[SIZE];
        for (int i = 0; i < SIZE; i++) {
            state[i] = (float) Math.sin(i + 1);
        }
        for (GruActivations functions : new GruActivations[]{GruActivations.STANDARD, hard}) {
            assertArrayEquals(state,
                    step(new SimdGruKernel(), biased(variant, functions, 200), new float[]{0.7f}, state));
        }
    }

    @Test
    void anUpdateGateSaturatedAtZeroGivesTheNewState() {
        float[] state = new float[SIZE];
        Arrays.fill(state, 0.9f);
        GruWeights weights = biased(GruVariant.RESET_AFTER, GruActivations.STANDARD, -200);
        float[] next = step(new SimdGruKernel(), weights, new float[]{0.7f}, state);
        float[] other = step(new SimdGruKernel(), weights, new float[]{0.7f}, new float[SIZE]);
        assertArrayEquals(other, next);
        assertTrue(next[0] > 0 && next[0] < 1);
    }

    /** All weights 0 but those from the input to n; the bias of z as given. */
    private static GruWeights biased(GruVariant variant, GruActivations functions, float updateBias) {
        float[] weightIh = new float[3 * SIZE];
        Arrays.fill(weightIh, 2 * SIZE, 3 * SIZE, 0.5f);
        float[] biasIh = new float[3 * SIZE];
        Arrays.fill(biasIh, SIZE, 2 * SIZE, updateBias);
        return new GruWeights(variant, functions, 1, SIZE, weightIh, new float[3 * SIZE * SIZE], biasIh,
                new float[3 * SIZE]);
    }
}
