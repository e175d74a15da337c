package dev.gru.simd;

import static dev.gru.simd.RandomWeights.uniform;

import java.util.Arrays;
import java.util.Random;

import dev.gru.weights.GruActivations;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;

/**
 * A layer with inputs, made from a seed, and small enough to be shown when a property fails.
 *
 * @param weightScale the largest magnitude of weights and biases
 * @param inputScale the largest magnitude of inputs and states
 * @param special what one input and one element of the states are instead; 0 for nothing special
 */
record GruCase(GruVariant variant, GruActivations functions, int inputSize, int hiddenSize, int batch, int steps,
        float weightScale,
        float inputScale, float special, Masking masking, long seed) {

    GruCase(GruVariant variant, int inputSize, int hiddenSize, int batch, int steps, float weightScale,
            float inputScale, float special, Masking masking, long seed) {
        this(variant, GruActivations.STANDARD, inputSize, hiddenSize, batch, steps, weightScale, inputScale, special,
                masking, seed);
    }

    /** Returns the same layer with these functions. */
    GruCase with(GruActivations others) {
        return new GruCase(variant, others, inputSize, hiddenSize, batch, steps, weightScale, inputScale, special,
                masking, seed);
    }

    enum Masking {
        NONE, LENGTHS, HOLES
    }

    GruWeights weights() {
        return RandomWeights.gru(new Random(seed), variant, functions, inputSize, hiddenSize, weightScale);
    }

    float[] x() {
        return withSpecial(uniform(new Random(seed + 1), batch * steps * inputSize, inputScale));
    }

    float[] state() {
        return withSpecial(
                uniform(new Random(seed + 2), batch * variant.stateSize(hiddenSize), Math.min(1, inputScale)));
    }

    private float[] withSpecial(float[] values) {
        if (special != 0) {
            values[Math.floorMod(seed, values.length)] = special;
        }
        return values;
    }

    /** False for masked steps, (batch, steps), or null if none is. */
    boolean[] mask() {
        Random random = new Random(seed + 3);
        boolean[] mask = new boolean[batch * steps];
        switch (masking) {
            case NONE -> {
                return null;
            }
            case LENGTHS -> {
                for (int row = 0; row < batch; row++) {
                    Arrays.fill(mask, row * steps, row * steps + random.nextInt(steps + 1), true);
                }
            }
            case HOLES -> {
                for (int i = 0; i < mask.length; i++) {
                    mask[i] = random.nextInt(3) > 0;
                }
            }
        }
        return mask;
    }
}
