package dev.gru;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

import dev.gru.kernel.GruVariant;
import dev.gru.layer.Sequential;

/** One session is for one thread at a time; one model is for all. */
@Timeout(60)
class GruSessionThreadsTest {
    private static final int THREADS = 4;

    private final Sequential layers = Models.tokens(GruVariant.RESET_AFTER, true, true);
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
        return GruModel.of(layers, ModelOptions.defaults().withKernel(new ScalarInDisguise(before)));
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
    void aSessionWhoseKernelFailedIsNotBusyForEver() {
        boolean[] fail = {true};
        GruModel model = disguised(() -> {
            if (fail[0]) {
                throw new ArithmeticException("by the test");
            }
        });
        GruSession session = model.newSession();
        float[] y = new float[model.outputSize()];
        assertThrows(ArithmeticException.class, () -> session.step(4, y));
        fail[0] = false;
        session.reset();
        session.step(4, y);
        assertArrayEquals(StepByStep.all(layers, 4), y);
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
