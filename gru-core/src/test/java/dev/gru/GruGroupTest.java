package dev.gru;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.gru.kernel.GruKernel;
import dev.gru.kernel.Kernels;
import dev.gru.kernel.RandomWeights;
import dev.gru.layer.Graph;
import dev.gru.weights.GruVariant;

/** Streams of a group have the bits of sessions, whatever is stepped together, added, removed or refused between. */
class GruGroupTest {
    private final GruModel tokenModel = Models.scalar(Models.tokens(GruVariant.RESET_AFTER, true, true));
    private final GruGroup tokenGroup = tokenModel.newGroup();

    private static void assertRefused(String message, Executable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
    }

    private static int[] add(GruGroup group, int count) {
        return IntStream.range(0, count).map(i -> group.add()).toArray();
    }

    private static float[] step(GruGroup group, int[] streams, int... tokens) {
        float[] y = new float[streams.length * 6];
        group.step(streams.length, streams, tokens, y);
        return y;
    }

    static Stream<GruKernel> kernels() {
        return Kernels.all();
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void anyNumberOfStreamsInAnyOrderGivesTheBitsOfSessions(GruKernel kernel) {
        for (Graph layers : new Graph[]{Models.features(GruVariant.RESET_AFTER, true),
                Models.features(GruVariant.DUAL_STATE, false), Models.masked(GruVariant.RESET_BEFORE, true)}) {
            GruModel model = GruModel.of(layers, ModelOptions.defaults().withKernel(kernel.name()));
            int size = model.outputSize();
            Random random = new Random(1);
            GruGroup group = model.newGroup();
            int[] all = add(group, 200);
            GruSession[] sessions = Stream.generate(model::newSession).limit(all.length).toArray(GruSession[]::new);
            for (int count : new int[]{1, 2, 31, 32, 33, 63, 64, 65, 127, 128, 129, 199, 200}) {
                for (int order = 0; order < 4; order++) {
                    int[] streams = order == 0 ? all : random.ints(0, 200).distinct().limit(count).toArray();
                    if (order == 1) {
                        Arrays.sort(streams);
                    } else if (order == 3) {
                        // From the beginning of a page on, beyond its end, and what is before.
                        streams = IntStream.range(0, count).map(i -> (i + 128) % 200).toArray();
                    }
                    float[] x = RandomWeights.floats(count * Models.FEATURES, random);
                    Arrays.fill(x, 0, Models.FEATURES, 0);
                    float[] y = new float[count * size];
                    group.step(count, streams, x, y);
                    float[] expected = new float[count * size];
                    for (int i = 0; i < count; i++) {
                        sessions[streams[i]].step(x, i * Models.FEATURES, expected, i * size);
                    }
                    assertArrayEquals(expected, y);
                }
            }
        }
    }

    /** At any offset, and whatever else the group steps. */
    @ParameterizedTest
    @MethodSource("kernels")
    void oneStreamGivesTheBitsOfASession(GruKernel kernel) {
        ModelOptions options = ModelOptions.defaults().withKernel(kernel.name());
        GruModel features = GruModel.of(Models.masked(GruVariant.RESET_AFTER, true), options);
        GruModel tokens = GruModel.of(Models.tokens(GruVariant.RESET_AFTER, true, true), options);
        Random random = new Random(1);
        for (GruModel model : new GruModel[]{features, tokens}) {
            GruGroup group = model.newGroup();
            add(group, 100);
            for (int stream : new int[]{0, 5, 64, 99}) {
                GruSession session = model.newSession();
                for (int step = 0; step < 4; step++) {
                    float[] expected = new float[model.outputSize() + 3];
                    float[] y = new float[model.outputSize() + 3];
                    if (model.takesTokens()) {
                        int token = random.nextInt(Models.VOCABULARY);
                        session.step(token, expected, step % 3);
                        group.step(stream, token, y, step % 3);
                    } else {
                        float[] x = RandomWeights.floats(Models.FEATURES + 2, random);
                        session.step(x, 2, expected, step % 3);
                        group.step(stream, x, 2, y, step % 3);
                    }
                    assertArrayEquals(expected, y);
                }
                assertArrayEquals(session.snapshot(), group.snapshot(stream));
            }
        }
    }

    @Test
    void aStepOfOneStreamIsRefusedAsOthersAre() {
        add(tokenGroup, 2);
        byte[] before = tokenGroup.snapshot(1);
        float[] y = new float[6];
        assertRefused("stream must be a stream of this group, was 2, which is removed or was never added",
                () -> tokenGroup.step(2, 1, y, 0));
        assertRefused("y must have room for 6 elements from offset 1, its length is 6",
                () -> tokenGroup.step(1, 1, y, 1));
        assertThrows(IllegalArgumentException.class, () -> tokenGroup.step(1, -1, y, 0));
        assertThrows(IllegalArgumentException.class, () -> tokenGroup.step(1, new float[6], 0, y, 0));
        assertArrayEquals(new float[6], y);
        assertArrayEquals(before, tokenGroup.snapshot(1));
        tokenGroup.step(1, 1, y, 0);
    }

    @Test
    void aStreamThatIsAddedFromASnapshotGoesOnFromIt() {
        int[] streams = add(tokenGroup, 66);
        step(tokenGroup, streams, new int[66]);
        tokenGroup.step(65, 4, new float[6], 0);
        byte[] snapshot = tokenGroup.snapshot(65);
        byte[] within = new byte[snapshot.length + 9];
        System.arraycopy(snapshot, 0, within, 5, snapshot.length);
        tokenGroup.remove(7);
        assertEquals(7, tokenGroup.add(snapshot));
        assertEquals(66, tokenGroup.add(within, 5));
        ByteBuffer buffer = ByteBuffer.wrap(within).position(5);
        assertEquals(67, tokenGroup.add(buffer));
        assertEquals(5 + snapshot.length, buffer.position());
        float[] expected = new float[6];
        tokenGroup.step(65, 3, expected, 0);
        for (int stream : new int[]{7, 66, 67}) {
            float[] y = new float[6];
            tokenGroup.step(stream, 3, y, 0);
            assertArrayEquals(expected, y);
        }
        snapshot[30] ^= 1;
        assertRefused("the snapshot is damaged: its checksum does not match its bytes",
                () -> tokenGroup.add(snapshot));
        assertEquals(68, tokenGroup.size());
    }

    @Test
    void tokensAndPaddingDoWhatTheyDoInSessions() {
        int[] streams = add(tokenGroup, 3);
        float[] first = step(tokenGroup, streams, 4, 0, 5);
        float[] second = step(tokenGroup, streams, 0, 6, 2);
        int size = tokenModel.outputSize();
        int[][] taken = {{4, 0}, {0, 6}, {5, 2}};
        for (int i = 0; i < 3; i++) {
            float[] expected = StepByStep.all(tokenModel.layers(), taken[i]);
            assertArrayEquals(Arrays.copyOf(expected, size), Arrays.copyOfRange(first, i * size, (i + 1) * size));
            assertArrayEquals(Arrays.copyOfRange(expected, size, 2 * size),
                    Arrays.copyOfRange(second, i * size, (i + 1) * size));
        }
    }

    @Test
    void indicesAreTheLowestThatAreFreeAndNewStreamsBeginAtZero() {
        assertArrayEquals(IntStream.range(0, 130).toArray(), add(tokenGroup, 130));
        step(tokenGroup, new int[]{3, 70, 129}, 4, 4, 4);
        tokenGroup.remove(70);
        tokenGroup.remove(3);
        assertEquals(128, tokenGroup.size());
        assertFalse(tokenGroup.contains(70));
        assertFalse(tokenGroup.contains(-1));
        assertFalse(tokenGroup.contains(1000));
        assertTrue(tokenGroup.contains(129));
        assertEquals(3, tokenGroup.add());
        assertEquals(70, tokenGroup.add());
        assertEquals(130, tokenGroup.add());
        float[] y = step(tokenGroup, new int[]{70, 129}, 5, 5);
        int size = tokenModel.outputSize();
        assertArrayEquals(StepByStep.all(tokenModel.layers(), 5), Arrays.copyOf(y, size));
        assertArrayEquals(Arrays.copyOfRange(StepByStep.all(tokenModel.layers(), 4, 5), size, 2 * size),
                Arrays.copyOfRange(y, size, 2 * size));
    }

    @Test
    void aGroupThatGrowsLeavesItsStreamsWhereTheyAre() {
        int[] few = add(tokenGroup, 5);
        step(tokenGroup, few, 1, 2, 3, 4, 5);
        byte[] before = tokenGroup.snapshot(2);
        add(tokenGroup, 1000);
        assertArrayEquals(before, tokenGroup.snapshot(2));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 70})
    void whatIsRefusedIsNamedAndNoStreamMoves(int first) {
        add(tokenGroup, 100);
        tokenGroup.remove(50);
        step(tokenGroup, new int[]{first, 99}, 4, 5);
        byte[] before = tokenGroup.snapshot(first);
        float[] y = new float[3 * tokenModel.outputSize()];
        int[] tokens = {1, 2, 3};
        assertRefused("streams must be of different streams, but streams[0] and streams[2] are both " + first,
                () -> tokenGroup.step(3, new int[]{first, 99, first}, tokens, y));
        for (int bad : new int[]{50, 100, 128, -1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            String none = " must be a stream of this group, was " + bad + ", which is removed or was never added";
            assertRefused("streams[2]" + none, () -> tokenGroup.step(3, new int[]{first, 99, bad}, tokens, y));
            assertRefused("streams[2]" + none, () -> tokenGroup.step(3, new int[]{first, 99, bad}, tokens, y));
            assertRefused("stream" + none, () -> tokenGroup.remove(bad));
            assertRefused("stream" + none, () -> tokenGroup.reset(bad));
            assertRefused("stream" + none, () -> tokenGroup.snapshot(bad));
            assertRefused("stream" + none, () -> tokenGroup.snapshot(bad, ByteBuffer.allocate(1000)));
            assertRefused("stream" + none, () -> tokenGroup.restore(bad, before));
            assertRefused("stream" + none, () -> tokenGroup.restore(bad, ByteBuffer.wrap(before)));
        }
        int[] good = {first, 99, 2};
        assertRefused("count must be at least 0, was -1", () -> tokenGroup.step(-1, good, tokens, y));
        assertRefused("streams must have room for 4 elements, its length is 3",
                () -> tokenGroup.step(4, good, new int[4], new float[24]));
        assertRefused("tokens must have room for 3 elements, its length is 2",
                () -> tokenGroup.step(3, good, new int[2], y));
        assertRefused("y must have room for 18 elements, its length is 17",
                () -> tokenGroup.step(3, good, tokens, new float[17]));
        assertRefused("token must be from 0 to 6, was 7", () -> tokenGroup.step(3, good, new int[]{1, 2, 7}, y));
        assertRefused("the model takes tokens, not features",
                () -> tokenGroup.step(3, good, new float[3], y));
        assertArrayEquals(new float[y.length], y);
        assertArrayEquals(before, tokenGroup.snapshot(first));
        // Nothing is left of the calls that were refused.
        step(tokenGroup, good, tokens);
    }

    @Test
    void featuresThatDoNotFitAreRefused() {
        GruGroup group = Models.scalar(Models.features(GruVariant.RESET_AFTER, true)).newGroup();
        int[] streams = add(group, 2);
        assertRefused("x must have room for 6 elements, its length is 5",
                () -> group.step(2, streams, new float[5], new float[4]));
        float[] both = new float[6];
        assertRefused("y must be another array than x", () -> group.step(2, streams, both, both));
        assertRefused("the model takes features, not tokens",
                () -> group.step(2, streams, new int[2], new float[4]));
    }

    @Test
    void aStepOfNoStreamsDoesNothing() {
        tokenGroup.step(0, new int[0], new int[0], new float[0]);
        assertEquals(0, tokenGroup.size());
    }

    @Test
    void snapshotsGoFromGroupsToSessionsAndBack() {
        int[] streams = add(tokenGroup, 70);
        step(tokenGroup, streams, new Random(1).ints(70, 1, Models.VOCABULARY).toArray());
        GruSession session = tokenModel.newSession();
        session.restore(tokenGroup.snapshot(69));
        float[] y = new float[tokenModel.outputSize()];
        session.step(3, y);
        assertArrayEquals(y, step(tokenGroup, new int[]{69}, 3));

        byte[] moved = session.snapshot();
        tokenGroup.restore(7, moved);
        assertArrayEquals(moved, tokenGroup.snapshot(7));
        ByteBuffer buffer = ByteBuffer.allocate(2 * moved.length);
        tokenGroup.snapshot(7, buffer);
        tokenGroup.snapshot(8, buffer);
        buffer.flip();
        tokenGroup.restore(9, buffer);
        assertEquals(moved.length, buffer.position());
        assertArrayEquals(moved, tokenGroup.snapshot(9));
        tokenGroup.reset(7);
        assertArrayEquals(tokenModel.newSession().snapshot(), tokenGroup.snapshot(7));
        byte[] damaged = moved.clone();
        damaged[30] ^= 1;
        assertThrows(IllegalArgumentException.class, () -> tokenGroup.restore(9, damaged));
        assertArrayEquals(moved, tokenGroup.snapshot(9));
    }

    @Test
    void aFailureInTheMiddleLosesTheStreamsOfTheCallAndNoOthers() {
        int[] left = {Integer.MAX_VALUE};
        Graph layers = Models.tokens(GruVariant.RESET_AFTER, true, true);
        GruModel model = GruModel.of(layers, ModelOptions.defaults().onKernel(new ScalarInDisguise(() -> {
            if (left[0]-- == 0) {
                throw new StackOverflowError("by the test");
            }
        })));
        GruGroup group = model.newGroup();
        int[] all = add(group, 100);
        int[] ones = new int[100];
        Arrays.fill(ones, 1);
        step(group, all, ones);
        byte[] after = group.snapshot(0);
        // The second layer of the second page.
        left[0] = 3;
        int[] most = Arrays.copyOf(all, 90);
        assertThrows(StackOverflowError.class, () -> step(group, most, Arrays.copyOf(ones, 90)));
        left[0] = Integer.MAX_VALUE;
        for (int lost : new int[]{0, 63, 64, 89}) {
            String message = "an earlier call failed in the middle, so the state of stream " + lost
                    + " is lost; reset or restore it";
            for (Executable call : new Executable[]{() -> step(group, new int[]{95, lost}, 1, 1),
                    () -> group.snapshot(lost), () -> group.snapshot(lost, ByteBuffer.allocate(1000))}) {
                assertEquals(message, assertThrows(IllegalStateException.class, call).getMessage());
            }
            assertTrue(group.contains(lost));
        }
        assertEquals(100, group.size());
        assertEquals(100, group.add());
        assertArrayEquals(after, group.snapshot(95));
        group.restore(0, after);
        group.reset(63);
        group.restore(64, ByteBuffer.wrap(after));
        group.remove(89);
        assertEquals(89, group.add());
        int size = model.outputSize();
        float[] second = Arrays.copyOfRange(StepByStep.all(layers, 1, 1), size, 2 * size);
        float[] first = StepByStep.all(layers, 1);
        float[] y = step(group, new int[]{0, 63, 64, 89, 95}, 1, 1, 1, 1, 1);
        float[][] expected = {second, first, second, first, second};
        for (int i = 0; i < expected.length; i++) {
            assertArrayEquals(expected[i], Arrays.copyOfRange(y, i * size, (i + 1) * size));
        }
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void manyThreadsGiveTheBitsOfOne(GruKernel kernel) {
        Graph layers = Models.tokens(GruVariant.RESET_AFTER, true, true);
        ModelOptions options = ModelOptions.defaults().withKernel(kernel.name());
        for (int threads = 2; threads <= 3; threads++) {
            try (GruModel one = GruModel.of(layers, options);
                    GruModel many = GruModel.of(layers, options.withThreads(threads))) {
                GruGroup alone = one.newGroup();
                GruGroup shared = many.newGroup();
                int[] streams = add(alone, 150);
                assertArrayEquals(streams, add(shared, 150));
                Random random = new Random(threads);
                for (int count = 1; count <= 150; count += 13) {
                    int[] some = Arrays.copyOfRange(streams, 150 - count, 150);
                    int[] tokens = random.ints(count, 0, Models.VOCABULARY).toArray();
                    assertArrayEquals(step(alone, some, tokens), step(shared, some, tokens));
                }
            }
        }
    }
}
