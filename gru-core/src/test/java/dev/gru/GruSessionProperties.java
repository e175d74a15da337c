package dev.gru;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Arrays;
import java.util.Random;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

import dev.gru.kernel.RandomWeights;
import dev.gru.layer.Graph;
import dev.gru.weights.GruVariant;

/** Same stream, same bits: however a session's stream is cut, and through {@code predict}. */
class GruSessionProperties {

    @Property(tries = 150)
    void featuresInAnyCutGiveTheSameBits(@ForAll GruVariant variant, @ForAll boolean sequences,
            @ForAll @IntRange(min = 1, max = 100) int steps, @ForAll long seed) {
        checkFeatures(Models.features(variant, sequences), steps, new Random(seed));
    }

    @Property(tries = 150)
    void featuresThatAreMaskedInAnyCutGiveTheSameBits(@ForAll GruVariant variant, @ForAll boolean sequences,
            @ForAll @IntRange(min = 1, max = 100) int steps, @ForAll long seed) {
        checkFeatures(Models.masked(variant, sequences), steps, new Random(seed));
    }

    @Property(tries = 150)
    void tokensInAnyCutGiveTheSameBits(@ForAll GruVariant variant, @ForAll boolean maskZero, @ForAll boolean sequences,
            @ForAll @IntRange(min = 1, max = 100) int steps, @ForAll long seed) {
        checkTokens(Models.tokens(variant, maskZero, sequences), steps, new Random(seed));
    }

    @Example
    void lengthsAroundTheChunkGiveTheSameBits() {
        for (int steps : new int[]{1, 31, 32, 33, 63, 64, 65, 96, 97}) {
            for (boolean sequences : new boolean[]{true, false}) {
                checkFeatures(Models.features(GruVariant.RESET_AFTER, sequences), steps, new Random(steps));
                checkTokens(Models.tokens(GruVariant.RESET_BEFORE, true, sequences), steps, new Random(steps));
            }
        }
    }

    /** Sizes of 0 to 70 steps that add up to {@code steps}. */
    private static int nextCut(int left, Random random) {
        return Math.min(left, random.nextInt(4) == 0 ? random.nextInt(71) : random.nextInt(4));
    }

    private static void checkFeatures(Graph layers, int steps, Random random) {
        float[] x = RandomWeights.floats(steps * Models.FEATURES, random);
        for (int step = 0; step < steps; step++) {
            if (random.nextInt(4) == 0) {
                Arrays.fill(x, step * Models.FEATURES, (step + 1) * Models.FEATURES, 0);
            }
        }
        float[] expected = StepByStep.all(layers, x);
        try (GruModel model = Models.scalar(layers)) {
            GruSession session = model.newSession();
            for (int from = 0; from < steps;) {
                int count = nextCut(steps - from, random);
                float[] in = Arrays.copyOfRange(x, from * Models.FEATURES, (from + count) * Models.FEATURES);
                float[] y = new float[(model.returnsSequences() ? count : 1) * model.outputSize()];
                if (count == 1 && random.nextBoolean()) {
                    session.step(in, y);
                } else {
                    session.sequence(count, in, y);
                }
                checkOutputs(model, expected, from, count, y);
                from += count;
            }
            checkWhole(model, expected, steps, model.predict(1, steps, x));
        }
    }

    private static void checkTokens(Graph layers, int steps, Random random) {
        int[] tokens = random.ints(steps, 0, Models.VOCABULARY).toArray();
        float[] expected = StepByStep.all(layers, tokens);
        try (GruModel model = Models.scalar(layers)) {
            GruSession session = model.newSession();
            for (int from = 0; from < steps;) {
                int count = nextCut(steps - from, random);
                float[] y = new float[(model.returnsSequences() ? count : 1) * model.outputSize()];
                if (count == 1 && random.nextBoolean()) {
                    session.step(tokens[from], y);
                } else {
                    session.sequence(count, Arrays.copyOfRange(tokens, from, from + count), y);
                }
                checkOutputs(model, expected, from, count, y);
                from += count;
            }
            checkWhole(model, expected, steps, model.predict(1, steps, tokens));
        }
    }

    /** The outputs of a piece: of all its steps, or of its last one; untouched if there was none. */
    private static void checkOutputs(GruModel model, float[] expected, int from, int count, float[] y) {
        int size = model.outputSize();
        if (model.returnsSequences()) {
            assertArrayEquals(Arrays.copyOfRange(expected, from * size, (from + count) * size), y);
        } else if (count > 0) {
            assertArrayEquals(Arrays.copyOfRange(expected, (from + count - 1) * size, (from + count) * size), y);
        } else {
            assertArrayEquals(new float[size], y);
        }
    }

    private static void checkWhole(GruModel model, float[] expected, int steps, float[] y) {
        if (model.returnsSequences()) {
            assertArrayEquals(expected, y);
        } else {
            checkOutputs(model, expected, 0, steps, y);
        }
    }

    @Property(tries = 40)
    void aRowOfABatchDoesNotDependOnTheOthers(@ForAll GruVariant variant, @ForAll boolean sequences,
            @ForAll @IntRange(min = 1, max = 140) int batch, @ForAll @IntRange(min = 1, max = 40) int steps,
            @ForAll long seed) {
        Graph layers = Models.tokens(variant, true, sequences);
        int[] tokens = new Random(seed).ints((long) batch * steps, 0, Models.VOCABULARY).toArray();
        try (GruModel model = Models.scalar(layers)) {
            float[] together = model.predict(batch, steps, tokens);
            int size = together.length / batch;
            for (int row = 0; row < batch; row += 13) {
                checkRow(model, tokens, together, row, steps, size);
            }
            checkRow(model, tokens, together, batch - 1, steps, size);
        }
    }

    private static void checkRow(GruModel model, int[] tokens, float[] together, int row, int steps, int size) {
        assertArrayEquals(model.predict(1, steps, Arrays.copyOfRange(tokens, row * steps, (row + 1) * steps)),
                Arrays.copyOfRange(together, row * size, (row + 1) * size), "row " + row);
    }
}
