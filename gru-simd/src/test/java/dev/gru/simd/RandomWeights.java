package dev.gru.simd;

import java.util.Random;

import dev.gru.weights.GruActivations;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;

/** Weights and inputs for tests: the same for the same state of what draws them. */
final class RandomWeights {
    private RandomWeights() {
    }

    /** Returns numbers uniform in ±scale. */
    static float[] uniform(Random random, int size, float scale) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (2 * random.nextFloat() - 1) * scale;
        }
        return values;
    }

    /** Returns the weights of a GRU layer, uniform in ±scale. */
    static GruWeights gru(Random random, GruVariant variant, GruActivations functions, int inputs, int units,
            float scale) {
        return new GruWeights(variant, functions, inputs, units, uniform(random, 3 * units * inputs, scale),
                uniform(random, 3 * units * units, scale), uniform(random, 3 * units, scale),
                uniform(random, 3 * units, scale));
    }
}
