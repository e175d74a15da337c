package dev.gru.train.reference;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import dev.gru.layer.ModelInput;
import dev.gru.layer.Shape;

/**
 * A {@link ModelInput} in double. Arrays are not copied, so that derivatives with respect to them can be compared with
 * differences.
 *
 * @param batch number of rows
 * @param parts the array of each input of the model
 * @param lengths steps of each row of the first sequence among them, (batch), or null if all are of full length
 * @param initialStates states before the first steps, an array (batch, stateSize) for each state of the model, or null
 *     for zeros
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record ScalarInput(int batch, List<Part> parts, int[] lengths, List<double[]> initialStates) {
    /**
     * The array of one input.
     *
     * @param steps steps of each row
     * @param tokens ids, (batch, steps), or null
     * @param features (batch, steps, inputSize), or null if there are tokens
     */
    public record Part(int steps, int[] tokens, double[] features) {
    }

    /** Takes the arrays of a model with one input. */
    public ScalarInput(int batch, int steps, int[] tokens, double[] features, int[] lengths,
            List<double[]> initialStates) {
        this(batch, List.of(new Part(steps, tokens, features)), lengths, initialStates);
    }

    /** Copies an input, which must fit the model. */
    public static ScalarInput of(ModelInput input) {
        List<double[]> states = null;
        if (input.initialStates() != null) {
            states = new ArrayList<>();
            for (float[] ofLayer : input.initialStates()) {
                states.add(doubles(ofLayer));
            }
        }
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < input.inputs(); i++) {
            parts.add(new Part(input.steps(i), input.tokens(i),
                    input.features(i) == null ? null : doubles(input.features(i))));
        }
        return new ScalarInput(input.batch(), List.copyOf(parts), input.lengths(), states);
    }

    private static double[] doubles(float[] values) {
        double[] copy = new double[values.length];
        Arrays.setAll(copy, i -> values[i]);
        return copy;
    }

    /** Returns the token ids of the first input, or null if it is features. */
    public int[] tokens() {
        return parts.getFirst().tokens;
    }

    /** Returns the features of the first input, or null if it is token ids. */
    public double[] features() {
        return parts.getFirst().features;
    }

    /** Returns the values of the model's inputs, given their shapes. */
    List<ScalarFeatures> values(List<Shape> shapes) {
        List<ScalarFeatures> values = new ArrayList<>();
        int[] left = lengths;
        for (int i = 0; i < shapes.size(); i++) {
            Part part = parts.get(i);
            boolean[] within = null;
            if (left != null && shapes.get(i).isSequence()) {
                within = within(part.steps);
                left = null;
            }
            values.add(new ScalarFeatures(batch, part.steps, shapes.get(i).features(),
                    part.tokens == null ? part.features : new double[0], within, within, part.tokens));
        }
        return values;
    }

    private boolean[] within(int steps) {
        boolean[] within = new boolean[batch * steps];
        for (int row = 0; row < batch; row++) {
            Arrays.fill(within, row * steps, row * steps + lengths[row], true);
        }
        return within;
    }

    /** Returns the states that a recurrent layer begins with, (batch, stateSize); new zeros if none were given. */
    double[] initialState(int index, int stateSize) {
        return initialStates == null ? new double[batch * stateSize] : initialStates.get(index);
    }
}
