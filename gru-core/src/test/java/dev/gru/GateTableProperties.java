package dev.gru;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Random;

import net.jqwik.api.Assume;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

import dev.gru.kernel.RandomWeights;
import dev.gru.layer.Embedding;
import dev.gru.layer.GlobalPooling1D;
import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer;
import dev.gru.layer.ModelInput;
import dev.gru.layer.Shape;
import dev.gru.weights.GruVariant;

/** A model with tables of gates has the bits of one without, however it is run. */
class GateTableProperties {
    private static final ModelOptions WITHOUT = ModelOptions.defaults().withKernel("portable");
    private static final ModelOptions WITH = WITHOUT.withGateTables(1 << 20);

    @Property(tries = 300)
    void runsHaveTheSameBits(@ForAll @IntRange(min = 1, max = 20) int batch,
            @ForAll @IntRange(min = 1, max = 70) int steps, @ForAll @IntRange(min = 1, max = 3) int threads,
            @ForAll boolean scalar, @ForAll long seed) {
        Random random = new Random(seed);
        Graph layers = RandomModel.layers(random);
        Assume.that(layers.embedding().isPresent());
        ModelInput input = RandomModel.input(layers, batch, steps, random);
        String kernel = scalar ? Models.SCALAR : "portable";
        try (GruModel without = GruModel.of(layers, WITHOUT.withKernel(kernel));
                GruModel with = GruModel.of(layers, WITH.withKernel(kernel).withThreads(threads))) {
            ModelRunProperties.assertSameBits(without.run(input), with.run(input));
        }
    }

    @Property(tries = 150)
    void streamsHaveTheSameBits(@ForAll @IntRange(min = 1, max = 5) int streams,
            @ForAll @IntRange(min = 1, max = 70) int steps, @ForAll long seed) {
        Random random = new Random(seed);
        Graph layers = RandomModel.forwardLayers(random);
        Assume.that(layers.embedding().isPresent());
        int[] tokens = random.ints((long) streams * steps, 0, Models.VOCABULARY).toArray();
        try (GruModel without = GruModel.of(layers, WITHOUT); GruModel with = GruModel.of(layers, WITH)) {
            int size = with.outputSize();
            GruGroup group = with.newGroup();
            int[] all = new int[streams];
            Arrays.setAll(all, _ -> group.add());
            float[] ofGroup = new float[streams * size];
            int[] now = new int[streams];
            for (int t = 0; t < steps; t++) {
                for (int row = 0; row < streams; row++) {
                    now[row] = tokens[row * steps + t];
                }
                group.step(streams, all, now, ofGroup);
            }
            for (int row = 0; row < streams; row++) {
                int[] ofRow = Arrays.copyOfRange(tokens, row * steps, (row + 1) * steps);
                float[] expected = new float[size];
                float[] y = new float[size];
                GruSession plain = without.newSession();
                GruSession stepping = with.newSession();
                for (int token : ofRow) {
                    plain.step(token, expected);
                    stepping.step(token, y);
                }
                assertArrayEquals(expected, y);
                assertArrayEquals(expected, Arrays.copyOfRange(ofGroup, row * size, (row + 1) * size));
                float[] whole = new float[with.returnsSequences() ? steps * size : size];
                with.newSession().sequence(steps, ofRow, whole);
                assertArrayEquals(expected, Arrays.copyOfRange(whole, whole.length - size, whole.length));
            }
        }
    }

    /** Two GRU layers of other sizes, of which one may be too large, and others that read the features. */
    private static Graph branches(Random random, boolean featuresAreRead) {
        Graph.Builder graph = new Graph.Builder();
        int table = graph.add(new Embedding("table", Models.VOCABULARY, Models.FEATURES,
                RandomWeights.floats(Models.VOCABULARY * Models.FEATURES, random)),
                graph.input("tokens", Shape.tokens()));
        GruLayer shared = new GruLayer("shared", RandomWeights.gru(GruVariant.RESET_AFTER, Models.FEATURES, 4, 1));
        GruLayer large = new GruLayer("large", RandomWeights.gru(GruVariant.RESET_BEFORE, Models.FEATURES, 9, 2));
        int a = graph.add(shared, table);
        int b = graph.add(shared, table);
        int c = graph.add(large, table);
        return featuresAreRead
                ? graph.build(a, b, c, graph.add(new GlobalPooling1D("mean", GlobalPooling1D.Kind.AVERAGE), table),
                        table)
                : graph.build(a, b, c);
    }

    @Property(tries = 60)
    void layersThatShareAnEmbeddingHaveTheSameBits(@ForAll boolean featuresAreRead,
            @ForAll @IntRange(min = 0, max = 2) int tables, @ForAll @IntRange(min = 1, max = 9) int batch,
            @ForAll @IntRange(min = 1, max = 20) int steps, @ForAll long seed) {
        Random random = new Random(seed);
        Graph layers = branches(random, featuresAreRead);
        ModelInput input = ModelInput.tokens(batch, steps,
                random.ints((long) batch * steps, 0, Models.VOCABULARY).toArray());
        // Room for none, for that of the smaller layer, and for both.
        long bytes = new long[]{7 * 3 * 4 * 4 - 1, 7 * 3 * 4 * 4, 7 * 3 * (4 + 9) * 4}[tables];
        try (GruModel without = GruModel.of(layers, WITHOUT);
                GruModel with = GruModel.of(layers, WITHOUT.withGateTables(bytes))) {
            var expected = without.run(input).outputs();
            var outputs = with.run(input).outputs();
            for (int i = 0; i < expected.size(); i++) {
                assertArrayEquals(expected.get(i), outputs.get(i), "output " + i);
            }
        }
    }

    @Example
    void tablesDoNotChangeTheFingerprint() {
        Graph layers = Models.tokens(GruVariant.RESET_AFTER, true, true);
        try (GruModel without = GruModel.of(layers, WITHOUT); GruModel with = GruModel.of(layers, WITH)) {
            assertEquals(without.fingerprint(), with.fingerprint());
        }
    }
}
