package dev.gru.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;
import dev.gru.weights.Precision;

/** What {@link PackedGru} promises of every kernel's calls: checks, masks, and arrays that stay as they are. */
@ParameterizedClass
@MethodSource("dev.gru.kernel.Kernels#all")
class PackedGruTest {
    private static final int I = 3;
    private static final int H = 2;

    private final Random random = new Random(5);
    private final GruKernel kernel;
    private final PackedGru layer;
    private final GruRunner runner;

    PackedGruTest(GruKernel kernel) {
        this.kernel = kernel;
        layer = pack(GruVariant.RESET_AFTER);
        runner = layer.newRunner(2);
    }

    private PackedGru pack(GruVariant variant) {
        return kernel.pack(RandomWeights.gru(variant, I, H, 1), Arena.global());
    }

    private float[] floats(int count) {
        return RandomWeights.floats(count, random);
    }

    private static void assertRefused(String message, Executable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
    }

    @Test
    void aStepThatIsRefusedNamesTheArrayAndChangesNothing() {
        float[] hNext = floats(H);
        float[] before = hNext.clone();
        assertRefused("x must have room for 3 elements, its length is 2",
                () -> runner.forwardStep(new float[I - 1], new float[H], hNext));
        assertRefused("hPrev must have room for 2 elements, its length is 1",
                () -> runner.forwardStep(new float[I], new float[H - 1], hNext));
        assertRefused("hNext must have room for 2 elements, its length is 1",
                () -> runner.forwardStep(new float[I], new float[H], new float[H - 1]));
        assertArrayEquals(before, hNext);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            " 2 |  4 | 23 |  8 | 4 | 16 | x must have room for 24 elements, its length is 23",
            " 2 |  4 | 24 |  7 | 4 | 16 | mask must have room for 8 elements, its length is 7",
            " 2 |  4 | 24 |  8 | 3 | 16 | state must have room for 4 elements, its length is 3",
            " 2 |  4 | 24 |  8 | 4 | 15 | y must have room for 16 elements, its length is 15",
            " 2 | -1 | 24 |  8 | 4 | 16 | steps must be at least 0, was -1",
            " 0 |  4 | 24 |  8 | 4 | 16 | batch must be from 1 to 2, was 0",
            "-1 |  4 | 24 |  8 | 4 | 16 | batch must be from 1 to 2, was -1",
            " 3 |  1 | 24 |  8 | 9 | 16 | batch must be from 1 to 2, was 3",
            " 2 | 2147483647 | 24 | 8 | 4 | 16 | x must have room for 12884901882 elements, its length is 24"})
    void aBatchThatIsRefusedNamesTheArgumentAndChangesNothing(int batch, int steps, int x, int mask, int state, int y,
            String message) {
        float[] states = floats(state);
        float[] statesBefore = states.clone();
        float[] outputs = floats(y);
        float[] outputsBefore = outputs.clone();
        boolean[] all = new boolean[mask];
        Arrays.fill(all, true);
        assertRefused(message,
                () -> runner.forwardBatch(batch, steps, new float[x], all, states, outputs));
        assertArrayEquals(statesBefore, states);
        assertArrayEquals(outputsBefore, outputs);
    }

    @Test
    void arraysThatWouldOverwriteEachOtherAreRefused() {
        PackedGru square = kernel.pack(RandomWeights.gru(GruVariant.RESET_AFTER, H, H, 1),
                Arena.global());
        GruRunner own = square.newRunner(1);
        float[] one = floats(3 * H);
        float[] two = floats(3 * H);
        float[] before = one.clone();
        assertRefused("y must be another array than x", () -> own.forwardBatch(1, 3, one, null, two, one));
        assertRefused("state must be another array than x", () -> own.forwardBatch(1, 3, one, null, one, two));
        assertRefused("y must be another array than state",
                () -> own.forwardBatch(1, 3, two, null, one, one));
        assertArrayEquals(before, one);
    }

    @Test
    void aRunnerWithoutRoomIsNotMade() {
        assertRefused("maxBatch must be at least 1, was 0", () -> layer.newRunner(0));
    }

    @ParameterizedTest
    @EnumSource
    void aStepMayOverwriteItsState(GruVariant variant) {
        PackedGru any = pack(variant);
        GruRunner own = any.newRunner(1);
        float[] x = floats(I);
        float[] state = floats(any.stateSize());
        float[] before = state.clone();
        float[] next = new float[any.stateSize()];
        own.forwardStep(x, state, next);
        assertArrayEquals(before, state, "hPrev is read only");
        own.forwardStep(x, state, state);
        assertArrayEquals(next, state);
    }

    @ParameterizedTest
    @EnumSource
    void maskedStepsCarryTheStateAndRepeatTheOutput(GruVariant variant) {
        PackedGru any = pack(variant);
        GruRunner own = any.newRunner(1);
        float[] x = floats(5 * I);
        float[] initial = floats(any.stateSize());
        boolean[] mask = {false, true, false, false, true};

        float[] state = initial.clone();
        float[] y = new float[5 * H];
        own.forwardBatch(1, 5, x, mask, state, y);

        float[] byHand = initial.clone();
        for (int t = 0; t < 5; t++) {
            if (mask[t]) {
                own.forwardStep(Arrays.copyOfRange(x, t * I, (t + 1) * I), byHand, byHand);
            }
            assertArrayEquals(Arrays.copyOf(byHand, H), Arrays.copyOfRange(y, t * H, (t + 1) * H), "step " + t);
        }
        assertArrayEquals(byHand, state);
    }

    @Test
    void whatIsMaskedIsNotLookedAt() {
        float[] x = floats(2 * I);
        Arrays.fill(x, 0, I, Float.NaN);
        float[] state = floats(H);
        float[] expected = state.clone();
        runner.forwardStep(Arrays.copyOfRange(x, I, 2 * I), expected, expected);
        runner.forwardBatch(1, 2, x, new boolean[]{false, true}, state, null);
        assertArrayEquals(expected, state);
    }

    @Test
    void withoutOutputsTheStateIsTheSame() {
        float[] x = floats(2 * 4 * I);
        float[] with = floats(2 * H);
        float[] without = with.clone();
        runner.forwardBatch(2, 4, x, null, with, new float[2 * 4 * H]);
        runner.forwardBatch(2, 4, x, null, without, null);
        assertArrayEquals(with, without);
    }

    @ParameterizedTest
    @EnumSource
    void aLowerPrecisionIsThatOfRoundedWeights(GruVariant variant) {
        GruWeights weights = RandomWeights.gru(variant, I, H, 1);
        float[] x = floats(I);
        float[] before = floats(variant.stateSize(H));
        PackedGru lower = kernel.pack(weights, Precision.BF16, Arena.global());
        PackedGru rounded = kernel.pack(weights.rounded(Precision.BF16), Arena.global());
        float[] got = new float[before.length];
        float[] expected = new float[before.length];
        lower.newRunner(1).forwardStep(x, before, got);
        rounded.newRunner(1).forwardStep(x, before, expected);
        assertArrayEquals(expected, got);
        PackedGru full = pack(variant);
        full.newRunner(1).forwardStep(x, before, expected);
        assertFalse(Arrays.equals(expected, got));
    }

    @Test
    void noStepsChangeNothing() {
        float[] state = floats(2 * H);
        float[] before = state.clone();
        float[] y = floats(4);
        float[] yBefore = y.clone();
        runner.forwardBatch(2, 0, new float[0], new boolean[0], state, y);
        runner.forwardBatch(1, 0, new float[0], null, state, null);
        assertArrayEquals(before, state);
        assertArrayEquals(yBefore, y);
    }

    @Test
    void longerArraysThanNeededAreWrittenOnlyWhereTheyMust() {
        float[] state = floats(H + 1);
        float[] y = floats(2 * H + 1);
        float lastOfState = state[H];
        float lastOfY = y[2 * H];
        runner.forwardBatch(1, 2, floats(2 * I + 1), new boolean[]{true, true, false}, state, y);
        assertEquals(lastOfState, state[H]);
        assertEquals(lastOfY, y[2 * H]);
    }
}
