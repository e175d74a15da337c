package dev.gru;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.gru.kernel.RandomWeights;
import dev.gru.layer.Bidirectional.MergeMode;
import dev.gru.layer.Bidirectional;
import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Layer;
import dev.gru.layer.Sequential;
import dev.gru.weights.GruVariant;

/** A bidirectional layer is two models, one of them fed from the end; and what a model with one cannot do. */
@Timeout(120)
class BidirectionalTest {
    private static final int STEPS = 70;

    private static GruLayer gru(int units, int seed, boolean sequences) {
        return new GruLayer("gru", RandomWeights.gru(GruVariant.RESET_AFTER, 3, units, seed))
                .withReturnSequences(sequences);
    }

    private static Bidirectional both(int forward, int backward, MergeMode merge, boolean sequences) {
        return new Bidirectional("both", gru(forward, 1, sequences).weights(), gru(backward, 2, sequences).weights())
                .withMerge(merge).withReturnSequences(sequences);
    }

    private static Graph model(MergeMode merge, boolean sequences) {
        return new Sequential(List.of(both(4, 4, merge, sequences)));
    }

    private static float[] reversed(float[] x, int size) {
        List<float[]> steps = new ArrayList<>();
        for (int from = 0; from < x.length; from += size) {
            steps.add(Arrays.copyOfRange(x, from, from + size));
        }
        Collections.reverse(steps);
        float[] all = new float[x.length];
        for (int i = 0; i < steps.size(); i++) {
            System.arraycopy(steps.get(i), 0, all, i * size, size);
        }
        return all;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theTwoLayersRunAsTheyWouldAloneAndAreMergedStepByStep(boolean sequences) {
        float[] x = RandomWeights.floats(STEPS * 3, new Random(3));
        float[] a = Models.scalar(new Sequential(List.of(gru(4, 1, sequences)))).predict(1, STEPS, x);
        float[] b = Models.scalar(new Sequential(List.of(gru(4, 2, sequences)))).predict(1, STEPS, reversed(x, 3));
        float[] back = sequences ? reversed(b, 4) : b;
        for (MergeMode merge : MergeMode.values()) {
            float[] y = Models.scalar(model(merge, sequences)).predict(1, STEPS, x);
            float[] expected = new float[merge == MergeMode.CONCAT ? 2 * a.length : a.length];
            for (int i = 0; i < a.length; i++) {
                switch (merge) {
                    case CONCAT -> {
                        expected[i / 4 * 8 + i % 4] = a[i];
                        expected[i / 4 * 8 + 4 + i % 4] = back[i];
                    }
                    case SUM -> expected[i] = a[i] + back[i];
                    case MUL -> expected[i] = a[i] * back[i];
                    case AVE -> expected[i] = (a[i] + back[i]) / 2;
                }
            }
            assertArrayEquals(expected, y, merge.toString());
        }
    }

    @Test
    void itHasNoSessionAndSaysWhichLayerWantsWholeSequences() {
        GruModel model = Models.scalar(model(MergeMode.SUM, true));
        assertEquals(
                "layer both reads sequences from their end, so the model needs whole sequences; use run or predict",
                assertThrows(IllegalStateException.class, model::newSession).getMessage());
    }

    @Test
    void itWarmsUpThroughPredict() {
        for (int threads = 1; threads <= 2; threads++) {
            try (GruModel model = GruModel.of(model(MergeMode.SUM, true),
                    ModelOptions.defaults().withKernel(Models.SCALAR).withThreads(threads))) {
                Duration cut = model.warmUp(Duration.ZERO);
                assertTrue(cut.isPositive());
                assertTrue(model.warmUp(Duration.ofDays(100_000)).compareTo(cut) > 0);
            }
        }
    }

    private static Set<Thread> threadsOf(Layer layer, int batch) {
        Set<Thread> seen = ConcurrentHashMap.newKeySet();
        ScalarInDisguise kernel = new ScalarInDisguise(() -> seen.add(Thread.currentThread()));
        try (GruModel model = GruModel.of(new Sequential(List.of(layer)),
                ModelOptions.defaults().onKernel(kernel).withThreads(3))) {
            model.predict(batch, 2, new float[batch * 2 * 3]);
        }
        return seen;
    }

    @Test
    void aSingleRowRunsItsTwoDirectionsOnTwoThreadsAndManyRowsTakeAll() {
        Layer both = both(4, 4, MergeMode.SUM, true);
        assertEquals(2, threadsOf(both, 1).size());
        assertEquals(2, threadsOf(both, 2).size());
        assertEquals(3, threadsOf(both, 3).size());
        assertEquals(Set.of(Thread.currentThread()), threadsOf(gru(4, 1, true), 1));
        assertEquals(2, threadsOf(gru(4, 1, true), 2).size());
        assertEquals(3, threadsOf(gru(4, 1, true), 50).size());
        assertTrue(threadsOf(gru(4, 1, true), 50).contains(Thread.currentThread()));
    }

    @Test
    void layersThatDoNotGoTogetherAreRefused() {
        String message = assertThrows(IllegalArgumentException.class,
                () -> both(4, 5, MergeMode.AVE, true)).getMessage();
        assertEquals("forward and backward must have the same hidden size, which AVE needs, had 4 and 5", message);
        assertEquals(9, both(4, 5, MergeMode.CONCAT, true).outputSize());
        message = assertThrows(IllegalArgumentException.class,
                () -> new Bidirectional("b", gru(4, 1, true).weights(),
                        RandomWeights.gru(GruVariant.RESET_AFTER, 2, 4, 2)))
                .getMessage();
        assertEquals("forward and backward must have the same input size, had 3 and 2", message);
        assertThrows(IllegalArgumentException.class,
                () -> new Sequential(List.of(both(3, 3, MergeMode.SUM, false), gru(4, 3, true))));
    }

    private static Set<Thread> threadsOfAForgottenModel() {
        Set<Thread> seen = ConcurrentHashMap.newKeySet();
        ScalarInDisguise kernel = new ScalarInDisguise(() -> seen.add(Thread.currentThread()));
        GruModel model = GruModel.of(new Sequential(List.of(gru(4, 1, true))),
                ModelOptions.defaults().onKernel(kernel).withThreads(3));
        model.predict(3, 2, new float[18]);
        seen.remove(Thread.currentThread());
        return seen;
    }

    @Test
    void theThreadsOfAForgottenModelEnd() throws InterruptedException {
        Set<Thread> threads = threadsOfAForgottenModel();
        assertEquals(2, threads.size());
        while (threads.stream().anyMatch(Thread::isAlive)) {
            System.gc();
            Thread.sleep(10);
        }
    }

    @Test
    void aClosedModelHasNoThreads() {
        Set<Thread> threads = threadsOf(gru(4, 1, true), 3);
        threads.remove(Thread.currentThread());
        assertEquals(2, threads.size());
        assertFalse(threads.stream().anyMatch(Thread::isAlive));
    }
}
