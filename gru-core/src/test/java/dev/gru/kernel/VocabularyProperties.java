package dev.gru.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.util.Random;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

import dev.gru.weights.GruActivations;
import dev.gru.weights.GruVariant;

/** A layer that takes tokens has the bits of the features that they stand for, on each kernel. */
class VocabularyProperties {

    @Provide
    Arbitrary<GruKernel> kernels() {
        return Arbitraries.of(Kernels.all().toList());
    }

    @Provide
    Arbitrary<GruActivations> activations() {
        return Activations.anyOfGru();
    }

    /** Around one tile of rows and of inputs, and around one chunk of tokens whose sums are made at once. */
    @Property(tries = 300)
    void tokensHaveTheBitsOfTheirFeatures(@ForAll("kernels") GruKernel kernel, @ForAll GruVariant variant,
            @ForAll("activations") GruActivations activations,
            @ForAll @IntRange(min = 1, max = 9) int inputSize, @ForAll @IntRange(min = 1, max = 9) int hiddenSize,
            @ForAll @IntRange(min = 1, max = 34) int vocabulary,
            @ForAll @IntRange(min = 0, max = 18) int steps, @ForAll @IntRange(min = 1, max = 9) int batch,
            @ForAll boolean masks, @ForAll long seed) {
        Random random = new Random(seed);
        PackedGru features = kernel.pack(RandomWeights.gru(variant, activations, inputSize, hiddenSize, seed),
                Arena.global());
        float[] table = RandomWeights.floats(vocabulary * inputSize, random);
        PackedGru layer = features.withVocabulary(vocabulary,
                (token, out, offset) -> System.arraycopy(table, token * inputSize, out, offset, inputSize),
                Arena.global());
        int[] tokens = random.ints((long) batch * steps, 0, vocabulary).toArray();
        float[] x = new float[tokens.length * inputSize];
        boolean[] mask = masks ? new boolean[tokens.length] : null;
        for (int i = 0; i < tokens.length; i++) {
            System.arraycopy(table, tokens[i] * inputSize, x, i * inputSize, inputSize);
            if (masks) {
                mask[i] = random.nextInt(4) > 0;
            }
        }
        float[] expectedState = RandomWeights.floats(batch * layer.stateSize(), random);
        float[] state = expectedState.clone();
        float[] expected = new float[tokens.length * hiddenSize];
        float[] y = new float[expected.length];
        GruRunner runner = layer.newRunner(batch);
        features.newRunner(batch).forwardBatch(batch, steps, x, mask, expectedState, expected);
        runner.forwardBatch(batch, steps, tokens, mask, state, y);
        assertArrayEquals(expected, y);
        assertArrayEquals(expectedState, state);

        // Such a layer takes features as before, too, and in turn.
        float[] expectedNext = new float[layer.stateSize()];
        float[] next = new float[layer.stateSize()];
        int token = random.nextInt(vocabulary);
        float[] ofToken = new float[inputSize];
        System.arraycopy(table, token * inputSize, ofToken, 0, inputSize);
        features.newRunner(1).forwardStep(ofToken, state, expectedNext);
        runner.forwardStep(token, state, next);
        assertArrayEquals(expectedNext, next);
        runner.forwardStep(ofToken, state, next);
        assertArrayEquals(expectedNext, next);
    }

    @Example
    void aTokenOutsideOfTheVocabularyIsRefusedAndChangesNothing() {
        Kernels.all().forEach(kernel -> {
            PackedGru features = kernel.pack(RandomWeights.gru(GruVariant.RESET_AFTER, 2, 3, 1), Arena.global());
            GruRunner runner = features.withVocabulary(4, (_, _, _) -> {
            }, Arena.global()).newRunner(1);
            float[] state = {1, 2, 3};
            float[] y = new float[6];
            for (int token : new int[]{-1, 4}) {
                String message = "token must be one of a vocabulary of 4, was " + token;
                assertEquals(message, assertThrows(IllegalArgumentException.class,
                        () -> runner.forwardStep(token, state, state)).getMessage());
                assertEquals(message, assertThrows(IllegalArgumentException.class,
                        () -> runner.forwardBatch(1, 2, new int[]{0, token}, null, state, y)).getMessage());
            }
            assertThrows(IllegalArgumentException.class,
                    () -> features.newRunner(1).forwardStep(0, state, state));
            assertThrows(IllegalArgumentException.class,
                    () -> runner.forwardBatch(1, 2, new int[]{0}, null, state, y));
            assertThrows(IllegalArgumentException.class,
                    () -> runner.forwardBatch(1, 2, new int[]{0, 0}, null, state, state));
            assertArrayEquals(new float[]{1, 2, 3}, state);
        });
    }
}
