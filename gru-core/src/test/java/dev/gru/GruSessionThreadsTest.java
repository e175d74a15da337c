package dev.gru;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

import dev.gru.layer.Graph;
import dev.gru.weights.GruVariant;

/** One session is for one thread at a time; one model is for all. */
@Timeout(60)
class GruSessionThreadsTest {
    private static final int THREADS = 4;

    private final Graph layers = Models.tokens(GruVariant.RESET_AFTER, true, true);
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

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

    private GruModel disguised(Runnable before) {
        return GruModel.of(layers, ModelOptions.defaults().onKernel(new ScalarInDisguise(before)));
    }

    private static void assertBusy(Executable call) {
        assertEquals("another thread is using this session",
                assertThrows(IllegalStateException.class, call).getMessage());
    }

    @Test
    void aCallWhileAnotherThreadIsInsideFailsAndDisturbsNothing() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        GruModel model = disguised(() -> {
            inside.countDown();
            await(goOn);
        });
        GruSession session = model.newSession();
        int size = model.outputSize();
        float[] first = new float[size];
        Future<?> step = threads.submit(() -> session.step(4, first));
        await(inside);
        float[] y = new float[2 * size];
        assertBusy(() -> session.step(5, y));
        assertBusy(() -> session.sequence(2, new int[]{1, 2}, y));
        assertBusy(session::reset);
        assertBusy(session::snapshot);
        assertBusy(() -> session.snapshot(ByteBuffer.allocate(1000)));
        assertBusy(() -> session.restore(new byte[100]));
        assertBusy(() -> session.restore(ByteBuffer.allocate(100)));
        assertBusy(() -> session.step(MemorySegment.ofArray(new int[]{1}), MemorySegment.ofArray(y)));
        assertArrayEquals(new float[2 * size], y);
        goOn.countDown();
        step.get();

        // The other thread has left, so this one may go on; the stream has taken the one token.
        float[] second = new float[size];
        session.step(5, second);
        float[] both = new float[2 * size];
        System.arraycopy(first, 0, both, 0, size);
        System.arraycopy(second, 0, both, size, size);
        assertArrayEquals(StepByStep.all(layers, 4, 5), both);
    }

    @Test
    void aSessionWhoseKernelFailedSaysSoUntilItIsResetOrRestored() {
        int[] left = {Integer.MAX_VALUE};
        GruModel model = disguised(() -> {
            if (left[0]-- == 0) {
                throw new ArithmeticException("by the test");
            }
        });
        GruSession session = model.newSession();
        int size = model.outputSize();
        float[] y = new float[size];
        session.step(4, y);
        byte[] snapshot = session.snapshot();
        for (boolean restores : new boolean[]{false, true}) {
            // The second layer: the first has moved then.
            left[0] = 1;
            assertThrows(ArithmeticException.class, () -> session.step(5, y));
            left[0] = Integer.MAX_VALUE;
            for (Executable call : new Executable[]{() -> session.step(5, y),
                    () -> session.sequence(1, new int[]{5}, y), session::snapshot,
                    () -> session.snapshot(ByteBuffer.allocate(1000))}) {
                IllegalStateException thrown = assertThrows(IllegalStateException.class, call);
                assertEquals("an earlier call failed in the middle, so the state of this session is lost;"
                        + " reset or restore it", thrown.getMessage());
                assertInstanceOf(ArithmeticException.class, thrown.getCause());
            }
            assertThrows(IllegalArgumentException.class, () -> session.restore(new byte[100]));
            assertThrows(IllegalStateException.class, () -> session.step(5, y));
            if (restores) {
                session.restore(snapshot);
            } else {
                session.reset();
                session.step(4, y);
            }
            session.step(5, y);
            assertArrayEquals(Arrays.copyOfRange(StepByStep.all(layers, 4, 5), size, 2 * size), y);
        }
    }

    @Test
    void anOutputThatFailsInTheMiddleLosesTheState() {
        GruModel model = Models.scalar(layers);
        GruSession session = model.newSession();
        Arena arena = Arena.ofShared();
        MemorySegment y = arena.allocate(4L * model.outputSize());
        GruModel closing = disguised(() -> {
            if (arena.scope().isAlive()) {
                arena.close();
            }
        });
        GruSession failing = closing.newSession();
        assertEquals("Already closed",
                assertThrows(IllegalStateException.class, () -> failing.step(4, y)).getMessage());
        assertThrows(IllegalStateException.class, failing::snapshot);
        failing.reset();
        assertArrayEquals(session.snapshot(), failing.snapshot());
    }

    @Test
    void virtualThreadsHaveTheBitsOfOthers() throws Exception {
        GruModel model = Models.scalar(layers);
        try (ExecutorService virtual = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                int[] tokens = new Random(i).ints(30, 0, Models.VOCABULARY).toArray();
                float[] expected = StepByStep.all(layers, tokens);
                GruSession session = model.newSession();
                all.add(virtual.submit(() -> {
                    float[] y = new float[expected.length];
                    for (int t = 0; t < tokens.length; t++) {
                        session.step(tokens[t], y, t * model.outputSize());
                        LockSupport.parkNanos(1000);
                    }
                    assertArrayEquals(expected, y);
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
    }

    @Test
    void anInterruptedThreadGoesOnAndStaysInterrupted() throws Exception {
        GruModel model = GruModel.of(layers, ModelOptions.defaults().withKernel(Models.SCALAR).withThreads(2));
        float[] y = new float[2 * model.outputSize()];
        threads.submit(() -> {
            Thread.currentThread().interrupt();
            model.newSession().sequence(2, new int[]{4, 5}, y);
            assertTrue(Thread.interrupted());
        }).get();
        model.close();
        assertArrayEquals(StepByStep.all(layers, 4, 5), y);
    }

    @Test
    void moreCallsAtOnceThanTheModelKeepsMemoryForDoNotDisturbEachOther() throws Exception {
        int calls = 5 * Math.max(20, Runtime.getRuntime().availableProcessors());
        CountDownLatch allInside = new CountDownLatch(calls);
        GruModel model = disguised(() -> {
            allInside.countDown();
            await(allInside);
        });
        float[] expected = StepByStep.all(layers, 4, 5);
        try (ExecutorService many = Executors.newFixedThreadPool(calls)) {
            List<Callable<float[]>> tasks = new ArrayList<>();
            for (int i = 0; i < calls; i++) {
                GruSession session = model.newSession();
                tasks.add(() -> {
                    float[] y = new float[expected.length];
                    session.step(4, y);
                    session.step(5, y, model.outputSize());
                    return y;
                });
            }
            for (Future<float[]> y : many.invokeAll(tasks)) {
                assertArrayEquals(expected, y.get());
            }
        }
    }

    @Test
    void threadsMayTakeTurnsWithOneSession() throws Exception {
        GruModel model = Models.scalar(layers);
        GruSession session = model.newSession();
        int[] tokens = new Random(1).ints(50, 0, Models.VOCABULARY).toArray();
        int size = model.outputSize();
        float[] y = new float[tokens.length * size];
        for (int t = 0; t < tokens.length; t++) {
            int token = tokens[t];
            float[] one = new float[size];
            threads.submit(() -> session.step(token, one)).get();
            System.arraycopy(one, 0, y, t * size, size);
        }
        assertArrayEquals(StepByStep.all(layers, tokens), y);
    }

    @Test
    void oneModelGivesAllItsThreadsTheBitsThatItGivesOne() throws Exception {
        GruModel model = Models.scalar(layers);
        CountDownLatch allReady = new CountDownLatch(THREADS);
        List<Callable<Void>> tasks = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
            int[] tokens = new Random(thread).ints(200, 0, Models.VOCABULARY).toArray();
            float[] alone = StepByStep.all(layers, tokens);
            tasks.add(() -> {
                allReady.countDown();
                await(allReady);
                GruSession session = model.newSession();
                float[] y = new float[alone.length];
                for (int round = 0; round < 10; round++) {
                    session.reset();
                    session.sequence(tokens.length, tokens, y);
                    assertArrayEquals(alone, y);
                    assertArrayEquals(alone, model.predict(1, tokens.length, tokens));
                }
                return null;
            });
        }
        for (Future<Void> done : threads.invokeAll(tasks)) {
            done.get();
        }
    }
}
