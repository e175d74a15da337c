package dev.gru.train.reference;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import dev.gru.layer.ModelInput;

/**
 * A {@link ModelInput} in double. Arrays are not copied, so that derivatives with respect to them can be compared with
 * differences.
 *
 * @param batch number of rows
 * @param steps steps of each row
 * @param tokens ids, (batch, steps), or null
 * @param features (batch, steps, inputSize), if there are no tokens
 * @param within which steps are within the lengths of their rows, (batch, steps), or null if all are
 * @param initialStates states before the first steps, an array (batch, stateSize) for each recurrent layer, or null for
 *     zeros
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record ScalarInput(int batch, int steps, int[] tokens, double[] features, boolean[] within,
        List<double[]> initialStates) {
    /** Copies an input, which must fit the model. */
    public static ScalarInput of(ModelInput input) {
        List<double[]> states = null;
        if (input.initialStates() != null) {
            states = new ArrayList<>();
            for (float[] ofLayer : input.initialStates()) {
                states.add(doubles(ofLayer));
            }
        }
        return new ScalarInput(input.batch(), input.steps(), input.tokens(),
                input.features() == null ? null : doubles(input.features()), within(input), states);
    }

    private static boolean[] within(ModelInput input) {
        if (input.lengths() == null) {
            return null;
        }
        boolean[] within = new boolean[input.batch() * input.steps()];
        for (int row = 0; row < input.batch(); row++) {
            Arrays.fill(within, row * input.steps(), row * input.steps() + input.lengths()[row], true);
        }
        return within;
    }

    private static double[] doubles(float[] values) {
        double[] copy = new double[values.length];
        Arrays.setAll(copy, i -> values[i]);
        return copy;
    }

    /** Returns the states that a recurrent layer begins with, (batch, stateSize); new zeros if none were given. */
    double[] initialState(int index, int stateSize) {
        return initialStates == null ? new double[batch * stateSize] : initialStates.get(index);
    }
}
