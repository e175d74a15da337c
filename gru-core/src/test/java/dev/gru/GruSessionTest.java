package dev.gru;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
import java.util.function.LongFunction;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.gru.kernel.RandomWeights;
import dev.gru.layer.Graph;
import dev.gru.weights.GruVariant;

/** Where a session's stream stands: after padding, after a reset, and after calls that are refused. */
class GruSessionTest {
    private final Graph tokenLayers = Models.tokens(GruVariant.RESET_AFTER, true, true);
    private final GruModel tokenModel = Models.scalar(tokenLayers);
    private final GruSession tokenSession = tokenModel.newSession();
    private final GruModel featureModel = Models.scalar(Models.features(GruVariant.RESET_AFTER, true));
    private final GruSession featureSession = featureModel.newSession();

    private static void assertRefused(String message, Executable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
    }

    private static float[] stepOn(GruSession session, int... tokens) {
        float[] y = new float[6];
        for (int token : tokens) {
            session.step(token, y);
        }
        return y;
    }

    /** Checks that the stream has taken these tokens and no others: by what comes next. */
    private void assertStreamIsAt(int... taken) {
        int[] all = Arrays.copyOf(taken, taken.length + 1);
        all[taken.length] = 3;
        float[] expected = StepByStep.all(tokenLayers, all);
        int size = tokenModel.outputSize();
        assertArrayEquals(Arrays.copyOfRange(expected, taken.length * size, (taken.length + 1) * size),
                stepOn(tokenSession, 3));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"at the start, 0 0 4 5", "in a hole, 4 0 0 5", "at the end, 4 5 0 0", "alone, 0 0 0"})
    void paddingKeepsTheStateAndRepeatsTheOutput(String where, String padded) {
        int[] tokens = Arrays.stream(padded.split(" ")).mapToInt(Integer::parseInt).toArray();
        int[] kept = Arrays.stream(tokens).filter(token -> token != 0).toArray();
        float[] ofKept = StepByStep.all(tokenLayers, kept);
        float[] y = tokenModel.predict(1, tokens.length, tokens);
        int size = tokenModel.outputSize();
        // Before the first token that counts, the output is that of the zero state.
        float[] previous = StepByStep.all(tokenLayers, 0);
        int next = 0;
        for (int t = 0; t < tokens.length; t++) {
            if (tokens[t] != 0) {
                previous = Arrays.copyOfRange(ofKept, next * size, (next + 1) * size);
                next++;
            }
            assertArrayEquals(previous, Arrays.copyOfRange(y, t * size, (t + 1) * size), where + ", step " + t);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 31, 32, 40})
    void paddingDoesNotChangeALastOutput(int padding) {
        GruModel last = Models.scalar(Models.tokens(GruVariant.RESET_AFTER, true, false));
        float[] expected = last.predict(1, 3, new int[]{4, 2, 5});
        int[] before = new int[3 + padding];
        System.arraycopy(new int[]{4, 2, 5}, 0, before, padding, 3);
        assertArrayEquals(expected, last.predict(1, before.length, before));
        assertArrayEquals(expected, last.predict(1, 3 + padding, Arrays.copyOf(new int[]{4, 2, 5}, 3 + padding)));
    }

    @Test
    void withoutAMaskTheTokenZeroIsATokenLikeAnyOther() {
        GruModel unmasked = Models.scalar(Models.tokens(GruVariant.RESET_AFTER, false, false));
        float[] one = unmasked.predict(1, 1, new int[]{4});
        float[] two = unmasked.predict(1, 2, new int[]{4, 0});
        assertFalse(Arrays.equals(one, two));
    }

    @Test
    void theLastOutputAtEveryStepIsThatOfASequenceThatEndsThere() {
        GruModel last = Models.scalar(Models.tokens(GruVariant.RESET_AFTER, true, false));
        GruSession session = last.newSession();
        int[] tokens = {4, 0, 2, 5};
        for (int t = 0; t < tokens.length; t++) {
            assertArrayEquals(last.predict(1, t + 1, Arrays.copyOf(tokens, t + 1)), stepOn(session, tokens[t]));
        }
    }

    @Test
    void aResetStreamStartsAnew() {
        float[] first = stepOn(tokenSession, 4, 5, 6);
        assertFalse(Arrays.equals(first, stepOn(tokenSession, 4, 5, 6)), "the stream goes on");
        tokenSession.reset();
        assertArrayEquals(first, stepOn(tokenSession, 4, 5, 6));
    }

    @Test
    void sessionsOfOneModelDoNotSeeEachOther() {
        GruSession other = tokenModel.newSession();
        stepOn(tokenSession, 1, 2);
        assertArrayEquals(StepByStep.all(tokenLayers, 5), stepOn(other, 5));
        assertStreamIsAt(1, 2);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Models.VOCABULARY, Integer.MIN_VALUE})
    void aBadTokenLeavesTheStreamWhereItWas(int bad) {
        String message = "token must be from 0 to 6, was " + bad;
        stepOn(tokenSession, 4, 5);
        float[] y = new float[60 * tokenModel.outputSize()];
        assertRefused(message, () -> tokenSession.step(bad, y));
        assertRefused(message, () -> tokenSession.sequence(3, new int[]{bad, 1, 2}, y));
        assertRefused(message, () -> tokenSession.sequence(3, new int[]{1, 2, bad}, y));
        // The last of a sequence of more than one chunk.
        int[] many = new Random(1).ints(60, 1, Models.VOCABULARY).toArray();
        many[59] = bad;
        assertRefused(message, () -> tokenSession.sequence(60, many, y));
        assertArrayEquals(new float[y.length], y);
        assertStreamIsAt(4, 5);
    }

    @Test
    void aTokenBehindTheLastStepIsNotLookedAt() {
        tokenSession.sequence(1, new int[]{4, -1}, new float[tokenModel.outputSize()]);
        assertStreamIsAt(4);
    }

    @Test
    void arraysThatAreTooShortLeaveTheStreamWhereItWas() {
        stepOn(tokenSession, 4);
        assertRefused("y must have room for 6 elements, its length is 5",
                () -> tokenSession.step(1, new float[5]));
        assertRefused("y must have room for 12 elements, its length is 11",
                () -> tokenSession.sequence(2, new int[2], new float[11]));
        assertRefused("tokens must have room for 3 elements, its length is 2",
                () -> tokenSession.sequence(3, new int[2], new float[18]));
        assertRefused("steps must be at least 0, was -1",
                () -> tokenSession.sequence(-1, new int[2], new float[18]));
        assertStreamIsAt(4);
    }

    @Test
    void featuresThatDoNotFitLeaveTheStreamWhereItWas() {
        float[] x = RandomWeights.floats(2 * Models.FEATURES, new Random(1));
        float[] y = new float[2 * featureModel.outputSize()];
        assertRefused("x must have room for 3 elements, its length is 2",
                () -> featureSession.step(new float[2], y));
        assertRefused("x must have room for 6 elements, its length is 5",
                () -> featureSession.sequence(2, new float[5], y));
        assertRefused("y must have room for 4 elements, its length is 3",
                () -> featureSession.sequence(2, x, new float[3]));
        assertRefused("steps must be at least 0, was -1", () -> featureSession.sequence(-1, x, y));
        assertRefused("y must be another array than x", () -> featureSession.sequence(2, x, x));
        featureSession.sequence(2, x, y);
        assertArrayEquals(StepByStep.all(featureModel.layers(), x), y);
    }

    @Test
    void aStepMayWriteItsOutputOverItsInput() {
        float[] x = RandomWeights.floats(Models.FEATURES, new Random(1));
        float[] expected = StepByStep.all(featureModel.layers(), x);
        featureSession.step(x, x);
        assertArrayEquals(expected, Arrays.copyOf(x, featureModel.outputSize()));
    }

    @Test
    void theWrongKindOfInputIsRefusedBeforeItsShape() {
        String tokens = "the model takes features, not tokens";
        assertRefused(tokens, () -> featureSession.step(1, new float[0]));
        assertRefused(tokens, () -> featureSession.sequence(5, new int[1], new float[0]));
        assertRefused(tokens, () -> featureModel.predict(1, 5, new int[1]));
        String features = "the model takes tokens, not features";
        assertRefused(features, () -> tokenSession.step(new float[1], new float[0]));
        assertRefused(features, () -> tokenSession.sequence(5, new float[1], new float[0]));
        assertRefused(features, () -> tokenModel.predict(1, 5, new float[1]));
    }

    @Test
    void offsetsSayWhereInputsAndOutputsAre() {
        float[] x = RandomWeights.floats(5 * Models.FEATURES, new Random(1));
        int size = featureModel.outputSize();
        float[] expected = StepByStep.all(featureModel.layers(), x);
        float[] shifted = new float[x.length + 7];
        System.arraycopy(x, 0, shifted, 7, x.length);
        float[] y = new float[expected.length + 2];
        featureSession.step(shifted, 7, y, 1);
        featureSession.sequence(4, shifted, 7 + Models.FEATURES, y, 1 + size);
        assertArrayEquals(expected, Arrays.copyOfRange(y, 1, y.length - 1));
        assertEquals(0, y[0]);
        assertEquals(0, y[y.length - 1]);

        int[] tokens = {9, 9, 4, 5, 0, 6};
        float[] ofTokens = new float[3 + 4 * tokenModel.outputSize()];
        tokenSession.step(4, ofTokens, 3);
        tokenSession.sequence(3, tokens, 3, ofTokens, 3 + tokenModel.outputSize());
        assertArrayEquals(StepByStep.all(tokenLayers, 4, 5, 0, 6), Arrays.copyOfRange(ofTokens, 3, ofTokens.length));
    }

    @Test
    void offsetsThatLeaveNoRoomAreRefused() {
        float[] y = new float[6];
        assertRefused("y must have room for 6 elements from offset 1, its length is 6",
                () -> tokenSession.step(1, y, 1));
        assertRefused("y must have room for 6 elements from offset -1, its length is 6",
                () -> tokenSession.step(1, y, -1));
        assertRefused("tokens must have room for 2 elements from offset 1, its length is 2",
                () -> tokenSession.sequence(2, new int[2], 1, new float[12], 0));
        assertRefused("x must have room for 3 elements from offset 2147483647, its length is 3",
                () -> featureSession.step(new float[3], Integer.MAX_VALUE, y, 0));
        assertRefused("x must have room for 6 elements from offset 1, its length is 6",
                () -> featureSession.sequence(2, new float[6], 1, y, 0));
        assertStreamIsAt();
    }

    static Stream<LongFunction<MemorySegment>> segments() {
        return Stream.of(bytes -> Arena.ofAuto().allocate(bytes, 64),
                bytes -> Arena.ofAuto().allocate(bytes + 1).asSlice(1),
                bytes -> MemorySegment.ofArray(new float[(int) bytes / Float.BYTES]),
                bytes -> MemorySegment.ofArray(new int[(int) bytes / Float.BYTES]),
                bytes -> MemorySegment.ofArray(new byte[(int) bytes + 3]).asSlice(3));
    }

    @ParameterizedTest
    @MethodSource("segments")
    void segmentsOfAnyKindDoWhatArraysDo(LongFunction<MemorySegment> kind) {
        int steps = 70;
        float[] x = RandomWeights.floats(steps * Models.FEATURES, new Random(1));
        MemorySegment in = kind.apply(x.length * 4L);
        MemorySegment.copy(x, 0, in, ValueLayout.JAVA_FLOAT_UNALIGNED, 0, x.length);
        float[] expected = StepByStep.all(featureModel.layers(), x);
        MemorySegment y = kind.apply(expected.length * 4L);
        featureSession.step(in, y);
        featureSession.sequence(steps - 1, in.asSlice(4 * Models.FEATURES),
                y.asSlice(4L * featureModel.outputSize()));
        assertArrayEquals(expected, floats(y, expected.length));

        int[] tokens = new Random(2).ints(steps, 0, Models.VOCABULARY).toArray();
        MemorySegment ids = kind.apply(steps * 4L);
        MemorySegment.copy(tokens, 0, ids, ValueLayout.JAVA_INT_UNALIGNED, 0, steps);
        float[] ofTokens = StepByStep.all(tokenLayers, tokens);
        MemorySegment z = kind.apply(ofTokens.length * 4L);
        long output = 4L * tokenModel.outputSize();
        tokenSession.step(tokens[0], z);
        tokenSession.step(ids.asSlice(4), z.asSlice(output));
        tokenSession.sequence(steps - 2, ids.asSlice(8), z.asSlice(2 * output));
        assertArrayEquals(ofTokens, floats(z, ofTokens.length));
    }

    private static float[] floats(MemorySegment segment, int count) {
        float[] values = new float[count];
        MemorySegment.copy(segment, ValueLayout.JAVA_FLOAT_UNALIGNED, 0, values, 0, count);
        return values;
    }

    @Test
    void aSegmentTakesTheLastOutputOnlyIfTheModelReturnsNoMore() {
        GruModel last = Models.scalar(Models.features(GruVariant.DUAL_STATE, false));
        float[] x = RandomWeights.floats(40 * Models.FEATURES, new Random(1));
        MemorySegment y = MemorySegment.ofArray(new float[last.outputSize()]);
        last.newSession().sequence(40, MemorySegment.ofArray(x), y);
        assertArrayEquals(last.predict(1, 40, x), floats(y, last.outputSize()));
    }

    @Test
    void segmentsThatCannotBeUsedAreRefusedByNameAndTheStreamStays() throws Exception {
        MemorySegment ids = MemorySegment.ofArray(new int[]{4, 5});
        MemorySegment y = MemorySegment.ofArray(new float[12]);
        assertRefused("in must have room for 3 numbers of 4 bytes, its size is 8",
                () -> tokenSession.sequence(3, ids, MemorySegment.ofArray(new float[18])));
        assertRefused("y must have room for 12 numbers of 4 bytes, its size is 47",
                () -> tokenSession.sequence(2, ids, y.asSlice(1)));
        assertRefused("y must not be read-only", () -> tokenSession.step(4, y.asReadOnly()));
        assertRefused("steps must be at least 0, was -1", () -> tokenSession.sequence(-1, ids, y));
        assertRefused("token must be from 0 to 6, was 7",
                () -> tokenSession.sequence(2, MemorySegment.ofArray(new int[]{1, 7}), y));
        assertRefused("y must not overlap the inputs",
                () -> featureSession.sequence(1, y, y.asSlice(8)));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment own = arena.allocate(48);
            Thread other = Thread.ofPlatform().start(() -> {
                assertRefused("y must be accessible to the calling thread", () -> tokenSession.step(4, own));
                assertRefused("in must be accessible to the calling thread", () -> tokenSession.step(own, y));
            });
            other.join();
        }
        Arena closed = Arena.ofShared();
        MemorySegment gone = closed.allocate(48);
        closed.close();
        assertRefused("y must be alive, but its arena is closed", () -> tokenSession.step(4, gone));
        assertArrayEquals(new float[12], floats(y, 12));
        assertStreamIsAt();
    }

    @Test
    void aStepMayWriteItsOutputOverItsInputInASegment() {
        float[] x = RandomWeights.floats(Models.FEATURES, new Random(1));
        float[] expected = StepByStep.all(featureModel.layers(), x);
        MemorySegment both = MemorySegment.ofArray(x);
        featureSession.step(both, both);
        assertArrayEquals(expected, Arrays.copyOf(x, featureModel.outputSize()));
    }
}
