package dev.gru.simd;

import static dev.gru.simd.RandomWeights.uniform;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

import dev.gru.GruModel;
import dev.gru.ModelOptions;
import dev.gru.layer.Bidirectional.MergeMode;
import dev.gru.layer.Bidirectional;
import dev.gru.layer.Dense;
import dev.gru.layer.Embedding;
import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Layer;
import dev.gru.layer.Sequential;
import dev.gru.simd.loops.Lanes;
import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;
import dev.gru.weights.GruActivations;
import dev.gru.weights.GruVariant;
import dev.gru.weights.Precision;

/** Same stream, same bits on this kernel, however many threads a model has. */
class SimdThreadsProperties {

    @Provide
    Arbitrary<GruActivations> functions() {
        return GruCases.functions();
    }

    private static GruLayer gru(GruVariant variant, GruActivations functions, int in, int units, boolean sequences,
            Random random) {
        return new GruLayer("gru", RandomWeights.gru(random, variant, functions, in, units, 0.5f))
                .withReturnSequences(sequences);
    }

    @Property(tries = 100)
    void anyNumberOfThreadsGivesTheBitsOfOne(@ForAll GruVariant variant,
            @ForAll("functions") GruActivations functions, @ForAll MergeMode merge,
            @ForAll boolean bidirectional, @ForAll boolean sequences, @ForAll Precision precision,
            @ForAll @IntRange(min = 2, max = 4) int threads, @ForAll @IntRange(min = 1, max = 70) int batch,
            @ForAll @IntRange(min = 1, max = 40) int steps, @ForAll long seed) {
        Random random = new Random(seed);
        int units = 1 + random.nextInt(2 * Lanes.COUNT + 1);
        List<Layer> layers = new ArrayList<>();
        layers.add(new Embedding("table", 5, 3, uniform(random, 15, 0.5f)).withMaskZero(true));
        layers.add(gru(variant, functions, 3, units, true, random));
        int features = units;
        if (bidirectional) {
            Bidirectional both = new Bidirectional("both",
                    gru(variant, functions, units, units, sequences, random).weights(),
                    gru(variant, functions, units, units, sequences, random).weights()).withMerge(merge)
                    .withReturnSequences(sequences);
            layers.add(both);
            features = both.outputSize();
        } else {
            layers.add(gru(variant, functions, units, units, sequences, random));
        }
        layers.add(
                new Dense("out", new DenseWeights(features, 3, Activation.SOFTMAX, uniform(random, features * 3, 0.5f),
                        uniform(random, 3, 0.5f))));
        Graph model = new Sequential(layers);
        int[] tokens = random.ints((long) batch * steps, 0, 5).toArray();
        ModelOptions options = ModelOptions.defaults().withKernel("simd").withPrecision(precision);
        try (GruModel one = GruModel.of(model, options);
                GruModel many = GruModel.of(model, options.withThreads(threads))) {
            assertArrayEquals(one.predict(batch, steps, tokens), many.predict(batch, steps, tokens));
        }
    }
}
