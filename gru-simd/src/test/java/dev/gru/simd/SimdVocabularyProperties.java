package dev.gru.simd;

import static dev.gru.simd.RandomWeights.uniform;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Random;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.domains.Domain;

import dev.gru.GruModel;
import dev.gru.ModelOptions;
import dev.gru.kernel.GruRunner;
import dev.gru.kernel.PackedGru;
import dev.gru.kernel.ThreadTeam;
import dev.gru.layer.Embedding;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Sequential;
import dev.gru.simd.loops.Lanes;
import dev.gru.weights.GruActivations;
import dev.gru.weights.GruVariant;
import dev.gru.weights.Precision;

/** A layer of this kernel that takes tokens has the bits of the features that they stand for. */
class SimdVocabularyProperties {

    @Domain(GruCases.class)
    @Property(tries = 300)
    void tokensHaveTheBitsOfTheirFeatures(@ForAll GruCase layer) {
        Random random = new Random(layer.seed() + 4);
        Precision precision = random.nextBoolean() ? Precision.FP32 : Precision.BF16;
        // Around a chunk of tokens whose sums are made at once.
        int vocabulary = 1 + random.nextInt(140);
        int size = layer.inputSize();
        float[] table = uniform(random, vocabulary * size, 1);
        PackedGru features = new SimdGruKernel().pack(layer.weights(), precision, Arena.ofAuto());
        PackedGru packed = features.withVocabulary(vocabulary,
                (token, out, offset) -> System.arraycopy(table, token * size, out, offset, size), Arena.ofAuto());
        int[] tokens = random.ints((long) layer.batch() * layer.steps(), 0, vocabulary).toArray();
        float[] x = new float[tokens.length * size];
        for (int i = 0; i < tokens.length; i++) {
            System.arraycopy(table, tokens[i] * size, x, i * size, size);
        }
        float[] expectedState = layer.state();
        float[] state = layer.state();
        float[] expected = new float[tokens.length * layer.hiddenSize()];
        float[] y = new float[expected.length];
        features.newRunner(layer.batch()).forwardBatch(layer.batch(), layer.steps(), x, layer.mask(), expectedState,
                expected);
        GruRunner runner = packed.newRunner(layer.batch());
        runner.forwardBatch(layer.batch(), layer.steps(), tokens, layer.mask(), state, y);
        assertArrayEquals(expected, y);
        assertArrayEquals(expectedState, state);

        float[] expectedNext = new float[packed.stateSize()];
        float[] next = new float[packed.stateSize()];
        for (int token = 0; token < Math.min(3, vocabulary); token++) {
            float[] one = new float[size];
            System.arraycopy(table, token * size, one, 0, size);
            features.newRunner(1).forwardStep(one, state, expectedNext);
            runner.forwardStep(token, state, next);
            assertArrayEquals(expectedNext, next);
        }
    }

    /** Layers so large that a team shares their units. */
    @Property(tries = 12)
    void aTeamHasTheSameBits(@ForAll GruVariant variant, @ForAll @IntRange(min = 1, max = 5) int batch,
            @ForAll @IntRange(min = 2, max = 3) int members, @ForAll long seed) {
        int units = 300 + Math.floorMod(seed, 40);
        Random random = new Random(seed);
        float[] table = uniform(random, 5 * 3, 1);
        int[] tokens = random.ints(batch * 4L, 0, 5).toArray();
        PackedGru packed = new SimdGruKernel()
                .pack(RandomWeights.gru(random, variant, GruActivations.STANDARD, 3, units, 0.1f), Arena.ofAuto())
                .withVocabulary(5, (token, out, offset) -> System.arraycopy(table, token * 3, out, offset, 3),
                        Arena.ofAuto());
        float[] expectedState = new float[batch * packed.stateSize()];
        float[] state = new float[batch * packed.stateSize()];
        float[] expected = new float[batch * 4 * units];
        float[] y = new float[expected.length];
        packed.newRunner(batch).forwardBatch(batch, 4, tokens, null, expectedState, expected);
        try (ThreadTeam team = new ThreadTeam(members)) {
            GruRunner runner = packed.newRunner(batch, team, Arena.ofAuto());
            runner.forwardBatch(batch, 4, tokens, null, state, y);
            assertArrayEquals(expected, y);
            packed.newRunner(1).forwardStep(2, expectedState, expectedState);
            runner.forwardStep(2, state, state);
            assertArrayEquals(expectedState, state);
        }
    }

    @Example
    void aTableTakesAVectorOfEachGateForEachBlockOfUnitsAndToken() {
        int units = Lanes.COUNT + 1;
        Random random = new Random(1);
        Sequential layers = new Sequential(List.of(new Embedding("table", 100, 3, uniform(random, 300, 1)),
                new GruLayer("gru", RandomWeights.gru(random, GruVariant.RESET_AFTER, GruActivations.STANDARD, 3,
                        units, 0.1f))));
        ModelOptions without = ModelOptions.defaults().withKernel("simd");
        long bytes = 100L * 3 * 2 * Lanes.BYTES;
        try (GruModel plain = GruModel.of(layers, without);
                GruModel tooLarge = GruModel.of(layers, without.withGateTables(bytes - 1));
                GruModel with = GruModel.of(layers, without.withGateTables(bytes))) {
            assertEquals(plain.nativeBytes(), tooLarge.nativeBytes());
            assertEquals(plain.nativeBytes() + bytes, with.nativeBytes());
        }
    }
}
