package dev.gru.simd;

import static dev.gru.simd.RandomWeights.uniform;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

import dev.gru.GruGroup;
import dev.gru.GruModel;
import dev.gru.GruSession;
import dev.gru.ModelOptions;
import dev.gru.layer.Dense;
import dev.gru.layer.Embedding;
import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Sequential;
import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;
import dev.gru.weights.GruActivations;
import dev.gru.weights.GruVariant;
import dev.gru.weights.Precision;

/** Same stream, same bits on this kernel: in a group, in a session, on the portable kernel, and across snapshots. */
class SimdGroupProperties {
    private static final int VOCABULARY = 5;
    private static final int ROUNDS = 6;

    @Provide
    Arbitrary<GruActivations> functions() {
        return GruCases.functions();
    }

    @Provide
    Arbitrary<Integer> sizes() {
        return GruCases.sizes();
    }

    private static GruLayer gru(GruVariant variant, GruActivations functions, int in, int units, Random random) {
        return new GruLayer("gru", RandomWeights.gru(random, variant, functions, in, units, 0.5f))
                .withReturnSequences(true);
    }

    @Property(tries = 150)
    void groupsHaveTheBitsOfSessionsAndOfThePortableKernel(@ForAll GruVariant variant,
            @ForAll("functions") GruActivations functions, @ForAll("sizes") int first, @ForAll("sizes") int second,
            @ForAll Precision precision, @ForAll @IntRange(min = 1, max = 3) int threads,
            @ForAll @IntRange(min = 1, max = 140) int count, @ForAll long seed) {
        Random random = new Random(seed);
        Graph layers = new Sequential(
                List.of(new Embedding("table", VOCABULARY, 3, uniform(random, 15, 0.5f)).withMaskZero(true),
                        gru(variant, functions, 3, first, random), gru(variant, functions, first, second, random),
                        new Dense("out",
                                new DenseWeights(second, 3, Activation.SOFTMAX, uniform(random, second * 3, 0.5f),
                                        uniform(random, 3, 0.5f)))));
        ModelOptions options = ModelOptions.defaults().withPrecision(precision);
        try (GruModel model = GruModel.of(layers, options.withKernel("simd").withThreads(threads));
                GruModel portable = GruModel.of(layers, options.withKernel("portable"))) {
            GruGroup group = model.newGroup();
            GruGroup ofPortable = portable.newGroup();
            int[] all = IntStream.range(0, count).map(i -> group.add()).toArray();
            IntStream.range(0, count).forEach(i -> ofPortable.add());
            GruSession[] sessions = Stream.generate(model::newSession).limit(count).toArray(GruSession[]::new);
            for (int round = 0; round < ROUNDS; round++) {
                int[] streams = round % 2 == 0
                        ? all
                        : random.ints(0, count).distinct().limit(1 + random.nextInt((count + 1) / 2)).toArray();
                int[] tokens = random.ints(streams.length, 0, VOCABULARY).toArray();
                float[] y = new float[streams.length * 3];
                group.step(streams.length, streams, tokens, y);
                float[] z = new float[y.length];
                ofPortable.step(streams.length, streams, tokens, z);
                assertArrayEquals(z, y);
                for (int i = 0; i < streams.length; i++) {
                    sessions[streams[i]].step(tokens[i], z, 3 * i);
                }
                assertArrayEquals(z, y);
            }
            int moved = random.nextInt(count);
            byte[] snapshot = group.snapshot(moved);
            assertArrayEquals(snapshot, sessions[moved].snapshot());
            assertArrayEquals(snapshot, ofPortable.snapshot(moved));
        }
    }
}
