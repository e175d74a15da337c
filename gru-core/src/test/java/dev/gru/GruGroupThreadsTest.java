package dev.gru;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

import dev.gru.layer.Graph;
import dev.gru.weights.GruVariant;

/** One group is for one thread at a time, but grows at any time. */
@Timeout(60)
class GruGroupThreadsTest {
    private final Graph layers = Models.tokens(GruVariant.RESET_AFTER, true, true);
    private final ExecutorService threads = Executors.newFixedThreadPool(2);

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(30, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void assertBusy(Executable call) {
        assertEquals("another thread is using this group",
                assertThrows(IllegalStateException.class, call).getMessage());
    }

    @Test
    void aStepHoldsUpNobodyWhoAddsStreamsAndFailsAllWhoDoMore() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        GruModel model = GruModel.of(layers, ModelOptions.defaults().onKernel(new ScalarInDisguise(() -> {
            inside.countDown();
            await(goOn);
        })));
        GruGroup group = model.newGroup();
        int first = group.add();
        float[] y = new float[model.outputSize()];
        Future<?> step = threads.submit(() -> group.step(1, new int[]{first}, new int[]{4}, y));
        await(inside);
        assertArrayEquals(IntStream.range(1, 200).toArray(), IntStream.range(1, 200).map(i -> group.add()).toArray());
        assertEquals(200, group.size());
        assertTrue(group.contains(first) && group.contains(199));
        float[] z = new float[model.outputSize()];
        assertBusy(() -> group.step(1, new int[]{5}, new int[]{4}, z));
        assertBusy(() -> group.remove(5));
        assertBusy(() -> group.reset(5));
        assertBusy(() -> group.snapshot(5));
        assertBusy(() -> group.snapshot(5, ByteBuffer.allocate(1000)));
        assertBusy(() -> group.restore(5, new byte[100]));
        assertBusy(() -> group.restore(5, ByteBuffer.allocate(100)));
        goOn.countDown();
        step.get();
        assertArrayEquals(StepByStep.all(layers, 4), y);
        group.step(1, new int[]{199}, new int[]{4}, z);
        assertArrayEquals(y, z);
    }

    @Test
    void streamsAddedWhileOthersAreSteppedAreEachTheirOwn() throws Exception {
        GruModel model = Models.scalar(layers);
        GruGroup group = model.newGroup();
        int size = model.outputSize();
        int[] few = IntStream.range(0, 10).map(i -> group.add()).toArray();
        int[] tokens = {1, 2, 3, 4, 5, 6, 0, 1, 2, 3};
        Future<int[]> adding = threads
                .submit(() -> IntStream.range(0, 2000).map(i -> group.add()).toArray());
        float[] y = new float[10 * size];
        int steps = 0;
        do {
            group.step(10, few, tokens, y);
            steps++;
        } while (!adding.isDone());
        assertArrayEquals(IntStream.range(10, 2010).toArray(), adding.get());
        GruSession session = model.newSession();
        for (int i = 0; i < 10; i++) {
            session.reset();
            float[] expected = new float[size];
            for (int t = 0; t < steps; t++) {
                session.step(tokens[i], expected);
            }
            assertArrayEquals(expected, Arrays.copyOfRange(y, i * size, (i + 1) * size));
        }
        group.step(1, new int[]{2009}, new int[]{5}, y);
        assertArrayEquals(StepByStep.all(layers, 5), Arrays.copyOf(y, size));
    }
}
