package dev.gru.bench.adding;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

import dev.gru.GruModel;
import dev.gru.layer.ModelInput;
import dev.gru.train.Targets;
import dev.gru.train.TrainingData;

/**
 * Sequences of the adding problem: two features per step, a random value and a marker, which is 1 at two steps and 0 at
 * all others; the target at the end is the sum of the two marked values.
 *
 * <p>From Hochreiter and Schmidhuber, <a href="https://doi.org/10.1162/neco.1997.9.8.1735">Long Short-Term Memory</a>
 * (1997), section 5.4, in the form that is usual today: values are uniform from 0 to 1, and each half of the sequence
 * has one marker, at a uniform position.
 *
 * <p>Immutable.
 */
final class AddingProblem {
    /** Features of a step: value and marker. */
    static final int FEATURES = 2;
    /** The mean squared error of the constant output 1: the variance of two values, 1/12 each. */
    static final double GUESSING = 1.0 / 6;

    /** Named, so that sequences stay the same: the default generator may change. */
    private static final String GENERATOR = "L64X128MixRandom";

    private final int count;
    private final int steps;
    private final double[] features;
    private final double[] sums;

    /**
     * Draws sequences.
     *
     * @param count the number of sequences, at least 1
     * @param steps the steps of each, at least 2
     * @param seed the same seed draws the same sequences on every machine
     * @throws IllegalArgumentException if count or steps are too small
     */
    AddingProblem(int count, int steps, long seed) {
        if (count < 1) {
            throw new IllegalArgumentException("count must be at least 1, was " + count);
        }
        if (steps < 2) {
            throw new IllegalArgumentException("steps must be at least 2, was " + steps);
        }
        this.count = count;
        this.steps = steps;
        features = new double[Math.multiplyExact(Math.multiplyExact(count, steps), FEATURES)];
        sums = new double[count];
        RandomGenerator random = RandomGeneratorFactory.of(GENERATOR).create(seed);
        int half = steps / 2;
        for (int row = 0; row < count; row++) {
            for (int t = 0; t < steps; t++) {
                features[place(row, t)] = random.nextDouble();
            }
            for (int marked : new int[]{random.nextInt(half), half + random.nextInt(steps - half)}) {
                features[place(row, marked) + 1] = 1;
                sums[row] += features[place(row, marked)];
            }
        }
    }

    private int place(int row, int step) {
        return (row * steps + step) * FEATURES;
    }

    /** Returns the number of sequences. */
    int count() {
        return count;
    }

    /** Returns the number of steps of each sequence. */
    int steps() {
        return steps;
    }

    /** Returns the inputs, (count, steps, {@value #FEATURES}). */
    double[] features() {
        return features.clone();
    }

    /** Returns the target of a sequence. */
    double sum(int row) {
        return sums[row];
    }

    /** Returns the inputs from a step to the end. */
    ModelInput from(int step) {
        int length = (steps - step) * FEATURES;
        float[] rest = new float[count * length];
        for (int row = 0; row < count; row++) {
            for (int i = 0; i < length; i++) {
                rest[row * length + i] = (float) features[place(row, step) + i];
            }
        }
        return ModelInput.features(count, steps - step, rest);
    }

    /** Returns all sequences as training data. */
    TrainingData data() {
        return new TrainingData(from(0), Targets.values(Arrays.copyOf(sums, count)));
    }

    /** Returns the mean squared error of the outputs of a model. */
    double loss(GruModel model) {
        float[] x = new float[features.length];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) features[i];
        }
        float[] y = model.predict(count, steps, x);
        double sum = 0;
        for (int row = 0; row < count; row++) {
            sum += (y[row] - sums[row]) * (y[row] - sums[row]);
        }
        return sum / count;
    }
}
