package dev.gru;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

import org.junit.jupiter.api.function.Executable;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

import dev.gru.kernel.RandomWeights;
import dev.gru.layer.Bidirectional;
import dev.gru.layer.Conv1D;
import dev.gru.layer.Graph;
import dev.gru.layer.Sequential;
import dev.gru.weights.Activation;
import dev.gru.weights.GruVariant;

/** Each of many rows gets the bits that it gets alone, whatever its length and those of the others. */
class RaggedRowsProperties {
    private static final int SIZE = Models.FEATURES;

    /** Models whose outputs depend on earlier steps alone, and others. */
    private static List<Graph> models() {
        Conv1D ahead = new Conv1D("conv", SIZE, 3, RandomWeights.dense(3 * SIZE, 4, Activation.TANH, 2))
                .withPadding(Conv1D.Padding.SAME);
        Conv1D shorter = ahead.withPadding(Conv1D.Padding.VALID);
        return List.of(Models.tokens(GruVariant.RESET_AFTER, true, true),
                Models.tokens(GruVariant.RESET_AFTER, true, false),
                Models.features(GruVariant.RESET_BEFORE, true), Models.features(GruVariant.DUAL_STATE, false),
                Models.masked(GruVariant.RESET_AFTER, true), new Sequential(List.of(ahead)),
                new Sequential(List.of(shorter)),
                new Sequential(List.of(ahead,
                        new Bidirectional("both", RandomWeights.gru(GruVariant.RESET_AFTER, 4, 3, 5),
                                RandomWeights.gru(GruVariant.RESET_AFTER, 4, 3, 6)))));
    }

    @Property(tries = 60)
    void rowsGetTheBitsThatTheyGetAlone(@ForAll @IntRange(min = 0, max = 300) int count,
            @ForAll @IntRange(min = 3, max = 20) int longest, @ForAll @IntRange(min = 1, max = 3) int threads,
            @ForAll long seed) {
        Random random = new Random(seed);
        Graph layers = models().get(random.nextInt(models().size()));
        try (GruModel model = GruModel.of(layers,
                ModelOptions.defaults().withKernel("portable").withThreads(threads))) {
            int[] steps = random.ints(count, 3, longest + 1).toArray();
            float[][] found;
            float[][] expected;
            if (model.takesTokens()) {
                int[][] rows = IntStream.range(0, count).mapToObj(i -> random.ints(steps[i], 0, Models.VOCABULARY)
                        .toArray()).toArray(int[][]::new);
                found = model.predict(rows);
                expected = IntStream.range(0, count).mapToObj(i -> model.predict(1, steps[i], rows[i]))
                        .toArray(float[][]::new);
            } else {
                float[][] rows = IntStream.range(0, count)
                        .mapToObj(i -> RandomWeights.floats(steps[i] * SIZE, random)).toArray(float[][]::new);
                found = model.predict(rows);
                expected = IntStream.range(0, count).mapToObj(i -> model.predict(1, steps[i], rows[i]))
                        .toArray(float[][]::new);
            }
            assertArrayEquals(expected, found);
        }
    }

    @Example
    void rowsThatDoNotFitAreNamed() {
        GruModel tokens = Models.scalar(Models.tokens(GruVariant.RESET_AFTER, true, true));
        GruModel last = Models.scalar(Models.tokens(GruVariant.RESET_AFTER, true, false));
        GruModel features = Models.scalar(Models.features(GruVariant.RESET_AFTER, true));
        assertArrayEquals(new float[][]{{}}, tokens.predict(new int[][]{{}}));
        assertArrayEquals(new float[0][], features.predict(new float[0][]));
        assertRefused("rows[1] must have a step at least, for a model that returns one output",
                () -> last.predict(new int[][]{{1}, {}}));
        assertRefused("rows[1]: token must be from 0 to 6, was 7",
                () -> tokens.predict(new int[][]{{1}, {1, 2, 7}}));
        assertRefused("rows[0] must have 3 features for each step, had 10 elements",
                () -> features.predict(new float[][]{new float[10]}));
        assertRefused("the model takes features, not tokens", () -> features.predict(new int[][]{{1}}));
        assertEquals("rows[1]", assertThrows(NullPointerException.class,
                () -> tokens.predict(new int[][]{{1}, null})).getMessage());
    }

    private static void assertRefused(String message, Executable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
    }
}
