package dev.gru.bench.adding;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import dev.gru.kernel.KernelSelection;
import dev.gru.layer.Dense;
import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer;
import dev.gru.weights.Gate;
import dev.gru.weights.GruWeights;

/** The norms are those of the chain rule, written down once more: step by step, in double, from the equations alone. */
class GradientNormsTest {
    private static final int STEPS = 12;
    private static final int COUNT = 5;
    private static final int UNITS = 7;

    /**
     * Floats have 24 bits; a gradient goes through {@value #STEPS} steps, in each of which it is multiplied by a
     * Jacobian whose elements are products of about four numbers, functions among them that are off by 1.5e-7, and
     * summed up over {@value #UNITS} units: some thirty roundings a step. What is left of it is far from cancelling
     * out.
     */
    private static final double TOLERANCE = STEPS * 30 * 0x1p-24;

    @ParameterizedTest
    @EnumSource
    void normsAreThoseOfTheChainRule(RecurrentUnit unit) {
        Graph model = unit.model(UNITS, 3);
        AddingProblem problem = new AddingProblem(COUNT, STEPS, 4);
        double[] expected = new double[STEPS];
        for (int row = 0; row < COUNT; row++) {
            double[] norms = norms(model, problem, row);
            for (int t = 0; t < STEPS; t++) {
                expected[t] += norms[t] / COUNT;
            }
        }
        double[] actual = GradientNorms.of(model, problem, KernelSelection.best());
        assertEquals(STEPS, actual.length);
        for (int t = 0; t < STEPS; t++) {
            assertEquals(expected[t], actual[t], TOLERANCE * expected[t], "t = " + t);
        }
    }

    private static double[] norms(Graph model, AddingProblem problem, int row) {
        double[] x = problem.features();
        GruWeights w = ((GruLayer) model.layers().getFirst()).weights();
        Dense dense = (Dense) model.layers().getLast();
        List<Step> steps = new ArrayList<>();
        double[] h = new double[UNITS];
        for (int t = 0; t < STEPS; t++) {
            int place = (row * STEPS + t) * 2;
            Step step = new Step(w, new double[]{x[place], x[place + 1]}, h);
            steps.add(step);
            h = step.next;
        }
        double y = dense.weights().bias(0);
        for (int i = 0; i < UNITS; i++) {
            y += dense.weights().weight(0, i) * h[i];
        }
        double[] d = new double[UNITS];
        for (int i = 0; i < UNITS; i++) {
            d[i] = 2 * (y - problem.sum(row)) * dense.weights().weight(0, i);
        }
        double[] norms = new double[STEPS];
        for (int t = STEPS - 1; t >= 0; t--) {
            double[] before = new double[UNITS];
            double square = 0;
            for (int j = 0; j < UNITS; j++) {
                for (int i = 0; i < UNITS; i++) {
                    before[j] += d[i] * steps.get(t).jacobian[i][j];
                }
                square += before[j] * before[j];
            }
            d = before;
            norms[t] = Math.sqrt(square);
        }
        return norms;
    }

    /** One step: h' = (1 − z) n + z h, n = tanh(W x + b + r (U h + c)). */
    private static final class Step {
        final double[] next = new double[UNITS];
        /** dh'_i / dh_j. */
        final double[][] jacobian = new double[UNITS][UNITS];

        Step(GruWeights w, double[] x, double[] h) {
            for (int i = 0; i < UNITS; i++) {
                double r = logistic(input(w, Gate.RESET, i, x) + state(w, Gate.RESET, i, h));
                double z = logistic(input(w, Gate.UPDATE, i, x) + state(w, Gate.UPDATE, i, h));
                double u = state(w, Gate.NEW, i, h);
                double n = Math.tanh(input(w, Gate.NEW, i, x) + r * u);
                next[i] = (1 - z) * n + z * h[i];
                for (int j = 0; j < UNITS; j++) {
                    double dr = r * (1 - r) * w.weightHh(Gate.RESET, i, j);
                    double dz = z * (1 - z) * w.weightHh(Gate.UPDATE, i, j);
                    double dn = (1 - n * n) * (dr * u + r * w.weightHh(Gate.NEW, i, j));
                    jacobian[i][j] = (1 - z) * dn + dz * (h[i] - n) + (i == j ? z : 0);
                }
            }
        }

        private static double input(GruWeights w, Gate gate, int i, double[] x) {
            return w.biasIh(gate, i) + w.weightIh(gate, i, 0) * x[0] + w.weightIh(gate, i, 1) * x[1];
        }

        private static double state(GruWeights w, Gate gate, int i, double[] h) {
            double sum = w.biasHh(gate, i);
            for (int j = 0; j < UNITS; j++) {
                sum += w.weightHh(gate, i, j) * h[j];
            }
            return sum;
        }

        private static double logistic(double v) {
            return 1 / (1 + Math.exp(-v));
        }
    }
}
