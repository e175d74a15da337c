package dev.gru.train.reference;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import dev.gru.train.math.FiniteFloats;
import dev.gru.train.math.OptimizerFormula;
import dev.gru.train.math.OptimizerStep;
import dev.gru.train.math.Parameters;

/**
 * An optimizer in double, the reference: its formula, the averages that it keeps, and the number of its steps.
 *
 * <p>It belongs to the parameters that it was first given. Not safe for use by two threads at once.
 */
public final class ScalarOptimizerState {
    private final OptimizerFormula optimizer;
    /** By the names of parameters; empty before the first step. */
    private final Map<String, double[][]> kept = new LinkedHashMap<>();
    private Map<String, List<Integer>> shapes;
    private long steps;

    /**
     * Begins without any steps.
     *
     * @param optimizer the formula and its numbers
     */
    public ScalarOptimizerState(OptimizerFormula optimizer) {
        this.optimizer = Objects.requireNonNull(optimizer, "optimizer");
    }

    /**
     * Makes one step.
     *
     * @param parameters what is changed
     * @param gradients the derivatives of the loss, which are not changed
     * @param learningRate lr in this step, at least 0
     * @throws IllegalArgumentException if the gradients are not of such parameters, or the parameters have other arrays
     *     than those of the step before, or the learning rate is below 0; then nothing is changed
     */
    public void step(Parameters parameters, ScalarGradients gradients, double learningRate) {
        FiniteFloats.requireFrom0("learningRate", learningRate, Double.POSITIVE_INFINITY);
        Objects.requireNonNull(parameters, "parameters");
        Objects.requireNonNull(gradients, "gradients");
        Parameters.requireSame("gradients", gradients.shapes(), parameters.learntShapes());
        if (shapes == null) {
            shapes = parameters.learntShapes();
            for (String name : shapes.keySet()) {
                kept.put(name, new double[optimizer.kept().size()][parameters.get(name).length]);
            }
        }
        Parameters.requireSame("what the optimizer keeps", shapes, parameters.learntShapes());
        steps++;
        OptimizerStep step = optimizer.step(learningRate, steps);
        for (String name : shapes.keySet()) {
            double[] squares = gradients.isTable(name) && optimizer.usesSquaresOfTerms()
                    ? gradients.squares(name)
                    : null;
            step.update(parameters.get(name), gradients.get(name), squares, kept.get(name));
        }
    }

    @Override
    public String toString() {
        return "ScalarOptimizerState[" + optimizer + ", steps=" + steps + "]";
    }
}
