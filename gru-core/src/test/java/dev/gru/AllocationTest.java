package dev.gru;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import com.sun.management.ThreadMXBean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.gru.kernel.ActivationRunner;
import dev.gru.kernel.Activations;
import dev.gru.kernel.DenseRunner;
import dev.gru.kernel.GruKernel;
import dev.gru.kernel.GruRunner;
import dev.gru.kernel.Kernels;
import dev.gru.kernel.PackedDense;
import dev.gru.kernel.PackedGru;
import dev.gru.kernel.RandomWeights;
import dev.gru.weights.Activation;
import dev.gru.weights.GruActivations;
import dev.gru.weights.GruVariant;

/** Running a stream allocates nothing, counted in bytes. */
class AllocationTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final int CALLS = 2000;

    /** What counting itself may cost. The smallest object has 16 bytes: one a call would come to 32,000. */
    private static final long OF_THE_COUNTING = 512;

    /** What the JVM may spend on a thread at its own times, such as when it leaves compiled code, spoils one count. */
    private static final int COUNTS = 5;

    private static long bytesOf(Runnable call) {
        long least = Long.MAX_VALUE;
        for (int count = 0; count < COUNTS; count++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < CALLS; i++) {
                call.run();
            }
            least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
        }
        return least;
    }

    private static void assertAllocatesNothing(Runnable call) {
        assertEquals(0, Math.max(0, bytesOf(call) - OF_THE_COUNTING));
    }

    private static float[] kept;

    @Test
    void theCountSeesTheSmallestArray() {
        assertTrue(bytesOf(() -> kept = new float[0]) >= 16L * CALLS);
        assertEquals(0, kept.length);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void tokensAllocateNothing(boolean sequences) {
        GruModel model = Models.scalar(Models.tokens(GruVariant.RESET_AFTER, true, sequences));
        GruSession session = model.newSession();
        int[] tokens = new Random(1).ints(40, 0, Models.VOCABULARY).toArray();
        float[] y = new float[40 * model.outputSize()];
        assertAllocatesNothing(() -> session.step(3, y));
        assertAllocatesNothing(() -> session.step(0, y));
        assertAllocatesNothing(() -> session.sequence(5, tokens, y));
        assertAllocatesNothing(() -> session.sequence(40, tokens, y));
        assertAllocatesNothing(session::reset);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void featuresAllocateNothing(boolean sequences) {
        GruModel model = Models.scalar(Models.features(GruVariant.RESET_BEFORE, sequences));
        GruSession session = model.newSession();
        float[] x = RandomWeights.floats(40 * Models.FEATURES, new Random(1));
        float[] y = new float[40 * model.outputSize()];
        assertAllocatesNothing(() -> session.step(x, y));
        assertAllocatesNothing(() -> session.sequence(5, x, y));
        assertAllocatesNothing(() -> session.sequence(40, x, y));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void masksAndActivationsAllocateNothing(boolean sequences) {
        GruModel model = Models.scalar(Models.masked(GruVariant.RESET_AFTER, sequences));
        GruSession session = model.newSession();
        float[] x = RandomWeights.floats(40 * Models.FEATURES, new Random(1));
        Arrays.fill(x, 9, 18, 0);
        float[] masked = new float[Models.FEATURES];
        float[] y = new float[40 * model.outputSize()];
        assertAllocatesNothing(() -> session.step(x, y));
        assertAllocatesNothing(() -> session.step(masked, y));
        assertAllocatesNothing(() -> session.sequence(5, x, y));
        assertAllocatesNothing(() -> session.sequence(40, x, y));
        assertAllocatesNothing(session::reset);
    }

    @Test
    void segmentsAndSnapshotsAllocateNothing() {
        GruModel tokens = Models.scalar(Models.tokens(GruVariant.RESET_AFTER, true, true));
        GruSession session = tokens.newSession();
        MemorySegment ids = MemorySegment.ofArray(new Random(1).ints(40, 0, Models.VOCABULARY).toArray());
        MemorySegment y = Arena.ofAuto().allocate(40L * 4 * tokens.outputSize());
        assertAllocatesNothing(() -> session.step(3, y));
        assertAllocatesNothing(() -> session.step(ids, y));
        assertAllocatesNothing(() -> session.sequence(40, ids, y));
        GruModel features = Models.scalar(Models.features(GruVariant.RESET_AFTER, true));
        GruSession other = features.newSession();
        MemorySegment x = Arena.ofAuto().allocate(40L * 4 * Models.FEATURES);
        MemorySegment z = MemorySegment.ofArray(new float[40 * features.outputSize()]);
        assertAllocatesNothing(() -> other.step(x, z));
        assertAllocatesNothing(() -> other.sequence(40, x, z));
        float[] both = new float[100];
        assertAllocatesNothing(() -> other.step(both, 5, both, 1));
        GruGroup group = tokens.newGroup();
        group.add();
        for (ByteBuffer buffer : List.of(ByteBuffer.allocate(tokens.snapshotSize()),
                ByteBuffer.allocateDirect(tokens.snapshotSize()))) {
            assertAllocatesNothing(() -> session.snapshot(buffer.clear()));
            assertAllocatesNothing(() -> session.restore(buffer.clear()));
            assertAllocatesNothing(() -> group.snapshot(0, buffer.clear()));
            assertAllocatesNothing(() -> group.restore(0, buffer.clear()));
        }
        byte[] array = new byte[tokens.snapshotSize() + 9];
        assertAllocatesNothing(() -> session.snapshot(array, 9));
        assertAllocatesNothing(() -> session.restore(array, 9));
        assertAllocatesNothing(() -> group.snapshot(0, array, 5));
        assertAllocatesNothing(() -> group.restore(0, array, 5));
        byte[] whole = session.snapshot();
        assertAllocatesNothing(() -> session.restore(whole));
        assertAllocatesNothing(() -> group.remove(group.add(whole)));
    }

    @Test
    void stepsOfGroupsAllocateNothing() {
        GruModel model = Models.scalar(Models.tokens(GruVariant.RESET_AFTER, true, true));
        GruGroup group = model.newGroup();
        int[] all = IntStream.range(0, 70).map(i -> group.add()).toArray();
        int[] some = {69, 3, 64, 5, 0};
        int[] tokens = new Random(1).ints(70, 0, Models.VOCABULARY).toArray();
        float[] y = new float[70 * model.outputSize()];
        assertAllocatesNothing(() -> group.step(70, all, tokens, y));
        assertAllocatesNothing(() -> group.step(5, some, tokens, y));
        assertAllocatesNothing(() -> group.step(1, some, tokens, y));
        assertAllocatesNothing(() -> group.step(3, 1, y, 9));
        assertAllocatesNothing(() -> group.reset(3));
        assertAllocatesNothing(() -> {
            group.remove(3);
            group.add();
        });
    }

    static Stream<Arguments> kernelsAndRecurrences() {
        return Kernels.all().flatMap(kernel -> Stream.of(GruVariant.values())
                .flatMap(v -> Activations.ofGru().map(functions -> Arguments.of(kernel, v, functions))));
    }

    @ParameterizedTest
    @MethodSource("kernelsAndRecurrences")
    void layersAllocateNothing(GruKernel kernel, GruVariant variant, GruActivations functions) {
        PackedGru layer = kernel.pack(RandomWeights.gru(variant, functions, 5, 4, 1), Arena.global());
        GruRunner runner = layer.newRunner(5);
        float[] x = RandomWeights.floats(5 * 3 * 5, new Random(1));
        boolean[] mask = new boolean[5 * 3];
        Arrays.fill(mask, true);
        mask[2] = false;
        float[] state = new float[5 * layer.stateSize()];
        float[] y = new float[5 * 3 * 4];
        assertAllocatesNothing(() -> runner.forwardStep(x, state, state));
        assertAllocatesNothing(() -> runner.forwardBatch(5, 3, x, mask, state, y));
        assertAllocatesNothing(() -> runner.forwardBatch(1, 3, x, null, state, null));
    }

    static Stream<Arguments> kernelsAndActivations() {
        return Kernels.all()
                .flatMap(kernel -> Activations.all().map(activation -> Arguments.of(kernel, activation)));
    }

    @ParameterizedTest
    @MethodSource("kernelsAndActivations")
    void denseLayersAllocateNothing(GruKernel kernel, Activation activation) {
        PackedDense layer = kernel.pack(RandomWeights.dense(3, 4, activation, 1), Arena.global());
        DenseRunner runner = layer.newRunner();
        float[] x = RandomWeights.floats(5 * 3, new Random(1));
        float[] y = new float[5 * 4];
        assertAllocatesNothing(() -> runner.forward(5, x, y));
        ActivationRunner alone = kernel.newActivationRunner(3, Arena.global());
        assertAllocatesNothing(() -> alone.forward(activation, 5, x, y));
    }
}
