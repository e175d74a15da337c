package dev.gru.bench.adding;

import java.util.Arrays;
import java.util.List;

import dev.gru.kernel.GruKernel;
import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer;
import dev.gru.layer.ModelInput;
import dev.gru.layer.Sequential;
import dev.gru.train.network.Backpropagation;

/** The gradient of the loss at the end of a sequence with respect to the state after each step. */
final class GradientNorms {
    private GradientNorms() {
    }

    /**
     * Computes the mean over the sequences of |dL/dh_t|, the Euclidean norm over the units, where L is the squared
     * error of a sequence and h_t the state of the recurrent layer after t steps.
     *
     * <p>For every t the rest of the sequence is run from h_t, and the derivative is the one with respect to that
     * initial state.
     *
     * @param model a recurrent layer and a dense layer, as {@link RecurrentUnit#model} returns
     * @param problem the sequences
     * @param kernel the kernel that computes
     * @return one norm for every t from 0, before the first step, to one below the number of steps
     */
    static double[] of(Graph model, AddingProblem problem, GruKernel kernel) {
        int units = model.recurrentLayers().getFirst().stateSize();
        float[] states = states(model, problem, kernel);
        double[] norms = new double[problem.steps()];
        try (Backpropagation network = new Backpropagation(model, kernel, 1)) {
            for (int t = 0; t < norms.length; t++) {
                ModelInput rest = problem.from(t)
                        .withInitialStates(List.of(statesAfter(t, states, units, problem)));
                float[] y = network.forward(rest);
                for (int row = 0; row < y.length; row++) {
                    // L = (y − sum)²
                    y[row] = (float) (2 * (y[row] - problem.sum(row)));
                }
                network.backward(y);
                norms[t] = meanNorm(network.initialStateGradients().getFirst(), units);
            }
        }
        return norms;
    }

    /** Returns the states after each step, (count, steps, units). */
    private static float[] states(Graph model, AddingProblem problem, GruKernel kernel) {
        GruLayer layer = model.recurrentLayers().getFirst();
        Graph recurrent = new Sequential(
                List.of(new GruLayer(layer.name(), layer.weights()).withReturnSequences(true)));
        try (Backpropagation network = new Backpropagation(recurrent, kernel, 1)) {
            return network.forward(problem.from(0));
        }
    }

    private static float[] statesAfter(int t, float[] states, int units, AddingProblem problem) {
        float[] after = new float[problem.count() * units];
        for (int i = 0; i < after.length && t > 0; i++) {
            int row = i / units;
            after[i] = states[(row * problem.steps() + t - 1) * units + i % units];
        }
        return after;
    }

    private static double meanNorm(double[] gradients, int units) {
        double sum = 0;
        for (int from = 0; from < gradients.length; from += units) {
            sum += Math.sqrt(Arrays.stream(gradients, from, from + units).map(d -> d * d).sum());
        }
        return sum * units / gradients.length;
    }
}
