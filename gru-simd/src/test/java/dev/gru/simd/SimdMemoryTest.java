package dev.gru.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import dev.gru.GruGroup;
import dev.gru.GruModel;
import dev.gru.GruSession;
import dev.gru.ModelOptions;
import dev.gru.kernel.PackedGru;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Sequential;
import dev.gru.simd.loops.Lanes;
import dev.gru.weights.GruActivations;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;

/** What a model takes outside the heap is counted, and given back when it is closed, whoever is using it. */
@Timeout(120)
class SimdMemoryTest {
    private static final int SIZE = 2 * Lanes.COUNT;
    private static final int STREAMS = 70;
    private static final int ROUNDS = 150;
    private static final int MAX_PAUSE_NANOS = 500_000;

    private static GruModel model(int threads) {
        GruWeights gru = RandomWeights.gru(new Random(1), GruVariant.RESET_AFTER, GruActivations.STANDARD, SIZE, SIZE,
                0.5f);
        return GruModel.of(
                new Sequential(List.of(new GruLayer("first", gru).withReturnSequences(true),
                        new GruLayer("second", gru).withReturnSequences(true))),
                ModelOptions.defaults().withKernel("simd").withThreads(threads));
    }

    @Test
    void sessionsAndGroupsShareMemoryAndRunsGiveTheirsBack() {
        GruModel model = model(1);
        long weights = model.nativeBytes();
        assertTrue(weights >= 4L * 4 * 3 * SIZE * SIZE);
        GruSession session = model.newSession();
        long withOne = model.nativeBytes();
        assertTrue(withOne > weights);
        float[] x = new float[STREAMS * SIZE];
        float[] y = new float[STREAMS * SIZE];
        session.step(x, y);
        for (int i = 0; i < 100; i++) {
            model.newSession().sequence(2, x, y);
        }
        GruGroup group = model.newGroup();
        int[] streams = IntStream.range(0, STREAMS).map(i -> group.add()).toArray();
        group.step(STREAMS, streams, x, y);
        model.predict(STREAMS, 1, x);
        assertEquals(withOne, model.nativeBytes());
        model.close();
        assertEquals(0, model.nativeBytes());
    }

    @Test
    void sizesThatNoArrayHoldsAreRefusedBeforeMemoryIsTaken() {
        GruWeights weights = RandomWeights.gru(new Random(1), GruVariant.RESET_AFTER, GruActivations.STANDARD, 1, 2,
                0.5f);
        PackedGru gru = new SimdGruKernel().pack(weights, Arena.ofAuto());
        for (int tooMany : new int[]{1 << 30, Integer.MAX_VALUE}) {
            String message = assertThrows(IllegalArgumentException.class, () -> gru.newRunner(tooMany)).getMessage();
            assertTrue(message.startsWith("states of a batch would be " + tooMany + " × "), message);
        }
        assertThrows(IllegalArgumentException.class,
                () -> new SimdGruKernel().newActivationRunner(Integer.MAX_VALUE, Arena.ofAuto()));
    }

    /**
     * Those who are inside end as usual or are told that the model is closed, and none is interrupted, as threads are
     * that read memory which is given back meanwhile.
     */
    @Test
    void aModelClosedWhileThreadsAreInsideLetsThemEndAndInterruptsNone() throws Exception {
        Random random = new Random(2);
        for (int round = 0; round < ROUNDS; round++) {
            GruModel model = model(1 + round % 2);
            List<Runnable> calls = List.of(sessionSteps(model), sessionSequences(model), groupSteps(model),
                    () -> model.predict(3, 4, new float[12 * SIZE]));
            CountDownLatch allInside = new CountDownLatch(calls.size());
            try (ExecutorService threads = Executors.newFixedThreadPool(calls.size())) {
                List<Future<?>> running = new ArrayList<>();
                for (Runnable call : calls) {
                    running.add(threads.submit(() -> {
                        call.run();
                        allInside.countDown();
                        IllegalStateException closed = assertThrows(IllegalStateException.class, () -> {
                            while (true) {
                                call.run();
                            }
                        });
                        assertFalse(Thread.interrupted());
                        assertEquals("the model is closed", closed.getMessage());
                        assertEquals("the model is closed",
                                assertThrows(IllegalStateException.class, call::run).getMessage());
                    }));
                }
                allInside.await();
                // Not always just after the last of them has begun.
                LockSupport.parkNanos(random.nextInt(MAX_PAUSE_NANOS));
                model.close();
                for (Future<?> one : running) {
                    one.get();
                }
            }
            assertEquals(0, model.nativeBytes());
        }
    }

    private static Runnable sessionSteps(GruModel model) {
        GruSession session = model.newSession();
        float[] x = new float[SIZE];
        return () -> session.step(x, x);
    }

    private static Runnable sessionSequences(GruModel model) {
        GruSession session = model.newSession();
        float[] x = new float[40 * SIZE];
        float[] y = new float[40 * SIZE];
        return () -> session.sequence(40, x, y);
    }

    private static Runnable groupSteps(GruModel model) {
        GruGroup group = model.newGroup();
        int[] streams = IntStream.range(0, STREAMS).map(i -> group.add()).toArray();
        float[] x = new float[STREAMS * SIZE];
        float[] y = new float[STREAMS * SIZE];
        return () -> group.step(STREAMS, streams, x, y);
    }
}
