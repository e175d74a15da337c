package dev.gru.simd;

import static dev.gru.simd.RandomWeights.uniform;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import dev.gru.GruGroup;
import dev.gru.GruModel;
import dev.gru.GruSession;
import dev.gru.ModelOptions;
import dev.gru.kernel.GruKernel;
import dev.gru.kernel.PortableGruKernel;
import dev.gru.kernel.ScalarGruKernel;
import dev.gru.kernel.ThreadTeam;
import dev.gru.layer.Sequential;
import dev.gru.simd.loops.Lanes;
import dev.gru.weights.GruActivations;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;

/**
 * Wherever in a call the stack overflows, a stream is as before the call, or as after it, or says that it is lost;
 * teams go on, and models can be closed.
 */
@Timeout(120)
class StackOverflowTest {
    private static final int SIZE = Lanes.COUNT + 1;
    private static final int STREAMS = 70;
    private static final long STACK_BYTES = 256 << 10;
    private static final int ROUNDS = 100;
    /** Calls begin within so many frames of the end of the stack, which is more than they go deep. */
    private static final int LAST = 60;
    /** The same for what looks first whether the stack has room. */
    private static final int LAST_BEFORE_CHECK = 1_000;
    private static final int MORE_THAN_FIT = 1_000_000;

    private static final int[] INDICES = IntStream.range(0, STREAMS).toArray();
    private static final float[] X = uniform(new Random(4), STREAMS * SIZE, 0.5f);

    /** One stream, or all those of a group, that calls move on, and put to other states. */
    private interface Streams {
        float[] step();

        void reset();

        void restore(ByteBuffer snapshot);

        byte[] snapshot();

        /** Those beside the first are reset, which may have been lost. */
        default void resetOthers() {
        }
    }

    private record OneSession(GruSession session) implements Streams {
        @Override
        public float[] step() {
            float[] y = new float[SIZE];
            session.step(X, 0, y, 0);
            return y;
        }

        @Override
        public void reset() {
            session.reset();
        }

        @Override
        public void restore(ByteBuffer snapshot) {
            session.restore(snapshot);
        }

        @Override
        public byte[] snapshot() {
            return session.snapshot();
        }
    }

    private record WholeGroup(GruGroup group) implements Streams {
        @Override
        public float[] step() {
            float[] y = new float[STREAMS * SIZE];
            group.step(STREAMS, INDICES, X, y);
            return y;
        }

        @Override
        public void reset() {
            group.reset(0);
        }

        @Override
        public void restore(ByteBuffer snapshot) {
            group.restore(0, snapshot);
        }

        @Override
        public byte[] snapshot() {
            return group.snapshot(0);
        }

        @Override
        public void resetOthers() {
            for (int stream = 1; stream < STREAMS; stream++) {
                group.reset(stream);
            }
        }
    }

    static Stream<GruKernel> kernels() {
        return Stream.of(new SimdGruKernel(), new PortableGruKernel(), new ScalarGruKernel());
    }

    static Stream<Arguments> kernelsByThreads() {
        return kernels().flatMap(kernel -> Stream.of(1, 2).map(threads -> Arguments.of(kernel, threads)));
    }

    private static GruModel model(GruKernel kernel, int threads) {
        GruWeights gru = RandomWeights.gru(new Random(1), GruVariant.RESET_AFTER, GruActivations.STANDARD, SIZE, SIZE,
                0.5f);
        return GruModel.of(Sequential.builder().gru(gru).returnSequences().gru(gru).returnSequences().build(),
                ModelOptions.defaults().withKernel(kernel.name()).withThreads(threads));
    }

    private static Streams streams(GruModel model, boolean grouped) {
        if (!grouped) {
            return new OneSession(model.newSession());
        }
        GruGroup group = model.newGroup();
        for (int i = 0; i < STREAMS; i++) {
            group.add();
        }
        return new WholeGroup(group);
    }

    /** Calls at the end of so many frames. */
    private static void callBelow(int frames, Runnable call, int[] reached) {
        reached[0]++;
        if (frames == 0) {
            call.run();
        } else {
            callBelow(frames - 1, call, reached);
        }
    }

    /** How many frames the stack has room for, until methods are compiled that take less of it. */
    private static int room() {
        int[] frames = {0};
        try {
            callBelow(MORE_THAN_FIT, null, frames);
        } catch (StackOverflowError e) {
            return frames[0];
        }
        throw new AssertionError("the stack has no end");
    }

    /** Calls within so many frames of the end of the stack. */
    private static void callAtTheEnd(Runnable call, Random random, int last) {
        try {
            callBelow(room() - random.nextInt(last), call, new int[1]);
        } catch (StackOverflowError e) {
            // Most often; but where it has room the call ends.
        }
    }

    /** What has become of the first stream: its snapshot, or what it says if it has none. */
    private static String stateOf(Streams streams) {
        try {
            return Arrays.toString(streams.snapshot());
        } catch (IllegalStateException e) {
            assertTrue(e.getMessage().contains("is lost; reset or restore it"), e.getMessage());
            return "lost";
        }
    }

    private static int lostIn(Runnable call, Streams streams, byte[] before, Random random) {
        List<String> allowed = List.of(Arrays.toString(before), afterwards(call, streams, before), "lost");
        int lost = 0;
        for (int round = 0; round < ROUNDS; round++) {
            streams.resetOthers();
            streams.restore(ByteBuffer.wrap(before));
            // There is memory for a step now, as a rule; it would take more stack than the step.
            streams.step();
            streams.restore(ByteBuffer.wrap(before));
            callAtTheEnd(call, random, LAST);
            String state = stateOf(streams);
            assertTrue(allowed.contains(state), state);
            lost += state.equals("lost") ? 1 : 0;
        }
        return lost;
    }

    private static String afterwards(Runnable call, Streams streams, byte[] before) {
        streams.restore(ByteBuffer.wrap(before));
        call.run();
        return stateOf(streams);
    }

    private static void overflow(GruModel model, boolean grouped) {
        Streams streams = streams(model, grouped);
        float[] first = streams.step();
        streams.step();
        byte[] before = streams.snapshot();
        streams.step();
        byte[] other = streams.snapshot();
        Random random = new Random(7);
        // Many methods are compiled on the way, which changes what the stack has room for.
        assertTrue(lostIn(streams::step, streams, before, random) > 0, "no overflow came in the middle of a step");
        lostIn(() -> streams.restore(ByteBuffer.wrap(other)), streams, before, random);
        lostIn(streams::reset, streams, before, random);
        lostIn(streams::snapshot, streams, before, random);
        streams.reset();
        streams.resetOthers();
        assertEquals(Arrays.toString(first), Arrays.toString(streams.step()));
    }

    private static void onSmallStack(Runnable all) throws Exception {
        FutureTask<Void> task = new FutureTask<>(all, null);
        new Thread(null, task, "overflows", STACK_BYTES).start();
        task.get();
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void aSession(GruKernel kernel) throws Exception {
        try (GruModel model = model(kernel, 1)) {
            onSmallStack(() -> overflow(model, false));
        }
    }

    @ParameterizedTest
    @MethodSource("kernelsByThreads")
    void aGroup(GruKernel kernel, int threads) throws Exception {
        try (GruModel model = model(kernel, threads)) {
            onSmallStack(() -> overflow(model, true));
        }
    }

    /** The team goes on with all its members. */
    @Test
    void theCallerOfATeam() throws Exception {
        Random random = new Random(8);
        try (ThreadTeam team = new ThreadTeam(3)) {
            onSmallStack(() -> {
                for (int round = 0; round < ROUNDS; round++) {
                    callAtTheEnd(() -> team.tryRun(team::await), random, LAST_BEFORE_CHECK);
                    AtomicInteger members = new AtomicInteger();
                    assertTrue(team.tryRun(member -> {
                        team.await(member);
                        members.incrementAndGet();
                    }));
                    assertEquals(team.size(), members.get());
                }
            });
        }
    }

    /** A model whose close was cut off can be closed later. */
    @ParameterizedTest
    @MethodSource("kernels")
    void closing(GruKernel kernel) throws Exception {
        Random random = new Random(9);
        onSmallStack(() -> {
            for (int round = 0; round < ROUNDS; round++) {
                GruModel model = model(kernel, 2);
                model.newSession();
                callAtTheEnd(model::close, random, LAST_BEFORE_CHECK);
                model.close();
                assertEquals(0, model.nativeBytes());
            }
        });
    }

    /** What a lost call ran in is collected. */
    @Test
    void nativeMemoryIsGivenBack() throws Exception {
        try (GruModel model = model(new SimdGruKernel(), 1)) {
            model.newSession();
            long before = model.nativeBytes();
            onSmallStack(() -> overflow(model, false));
            while (model.nativeBytes() > before) {
                System.gc();
                Thread.sleep(10);
            }
            assertEquals(before, model.nativeBytes());
        }
    }
}
