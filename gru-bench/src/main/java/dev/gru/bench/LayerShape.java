package dev.gru.bench;

import java.util.Random;

import dev.gru.weights.Gate;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;

/**
 * The size of a GRU layer under measurement, and reproducible numbers to fill it with.
 *
 * @param inputSize features per step
 * @param hiddenSize units
 */
record LayerShape(int inputSize, int hiddenSize) {
    private static final long SEED = 20;

    /** Parses a benchmark's parameter, such as {@code 64x128} for 64 inputs and 128 units. */
    static LayerShape parse(String text) {
        String[] sizes = text.split("x", 2);
        return new LayerShape(Integer.parseInt(sizes[0]), Integer.parseInt(sizes[1]));
    }

    /** Returns weights and biases as Keras and PyTorch initialise them: uniform within 1 / √hiddenSize. */
    GruWeights weights(GruVariant variant) {
        Random random = new Random(SEED);
        float scale = (float) (1 / Math.sqrt(hiddenSize));
        int rows = Gate.COUNT * hiddenSize;
        return new GruWeights(variant, inputSize, hiddenSize, uniform(random, rows * inputSize, scale),
                uniform(random, rows * hiddenSize, scale), uniform(random, rows, scale), uniform(random, rows, scale));
    }

    /** Returns inputs within 1. */
    float[] inputs(int rows) {
        return uniform(new Random(SEED + 1), rows * inputSize, 1);
    }

    /** Returns numbers within {@code scale}. */
    static float[] uniform(Random random, int size, float scale) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (2 * random.nextFloat() - 1) * scale;
        }
        return values;
    }
}
