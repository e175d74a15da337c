package dev.gru.kernel;

import java.util.Random;

import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;
import dev.gru.weights.GruActivations;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;

/** Weights and inputs for tests: the same for the same seed. */
public final class RandomWeights {
    private RandomWeights() {
    }

    /** Returns the weights of a GRU layer, uniform in ±1. */
    public static GruWeights gru(GruVariant variant, int inputSize, int hiddenSize, long seed) {
        return gru(variant, GruActivations.STANDARD, inputSize, hiddenSize, seed);
    }

    /** Returns the weights of a GRU layer with any functions, uniform in ±1. */
    public static GruWeights gru(GruVariant variant, GruActivations activations, int inputSize, int hiddenSize,
            long seed) {
        Random random = new Random(seed);
        return new GruWeights(variant, activations, inputSize, hiddenSize, floats(3 * hiddenSize * inputSize, random),
                floats(3 * hiddenSize * hiddenSize, random), floats(3 * hiddenSize, random),
                floats(3 * hiddenSize, random));
    }

    /** Returns the weights of a dense layer, uniform in ±1. */
    public static DenseWeights dense(int inputSize, int outputSize, Activation activation, long seed) {
        Random random = new Random(seed);
        return new DenseWeights(inputSize, outputSize, activation, floats(outputSize * inputSize, random),
                floats(outputSize, random));
    }

    /** Returns numbers uniform in ±1. */
    public static float[] floats(int count, Random random) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = 2 * random.nextFloat() - 1;
        }
        return values;
    }

    /** Returns {@code from}, {@code from} + 1 …: every element is another. */
    public static float[] ramp(int count, float from) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = from + i;
        }
        return values;
    }
}
