package dev.gru.format.keras;

import java.util.function.DoubleUnaryOperator;

/** Keras's layers in double, as their documentation states them and in Keras's own layout of weights. */
final class PlainKeras {
    private PlainKeras() {
    }

    /** Keras 2's hard_sigmoid. */
    static double hardSigmoidOfKeras2(double v) {
        return Math.max(0, Math.min(1, 0.2 * v + 0.5));
    }

    static double sigmoid(double v) {
        return 1 / (1 + Math.exp(-v));
    }

    /**
     * Returns the outputs of a GRU of {@code reset_after=False} for every step of one sequence, in the order in which
     * they are made.
     *
     * @param x (steps, inputs), in the order in which they are read
     * @param kernel (inputs, 3 · units), columns z, r, h
     * @param recurrent (units, 3 · units), likewise
     * @param bias (3 · units)
     */
    static double[][] gruResetBefore(float[][] x, float[][] kernel, float[][] recurrent, float[] bias,
            DoubleUnaryOperator gates, DoubleUnaryOperator candidate) {
        int units = recurrent.length;
        double[][] outputs = new double[x.length][];
        double[] h = new double[units];
        for (int t = 0; t < x.length; t++) {
            double[] next = new double[units];
            double[] r = new double[units];
            for (int u = 0; u < units; u++) {
                r[u] = gates.applyAsDouble(sum(x[t], kernel, h, recurrent, units + u) + bias[units + u]);
            }
            double[] reset = new double[units];
            for (int u = 0; u < units; u++) {
                reset[u] = r[u] * h[u];
            }
            for (int u = 0; u < units; u++) {
                double z = gates.applyAsDouble(sum(x[t], kernel, h, recurrent, u) + bias[u]);
                double n = candidate
                        .applyAsDouble(sum(x[t], kernel, reset, recurrent, 2 * units + u) + bias[2 * units + u]);
                next[u] = z * h[u] + (1 - z) * n;
            }
            h = next;
            outputs[t] = h;
        }
        return outputs;
    }

    private static double sum(float[] x, float[][] kernel, double[] h, float[][] recurrent, int column) {
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            sum += (double) x[i] * kernel[i][column];
        }
        for (int i = 0; i < h.length; i++) {
            sum += h[i] * recurrent[i][column];
        }
        return sum;
    }

    /** Returns what a dense layer makes of one row: x (inputs), kernel (inputs, units), bias (units). */
    static double[] dense(double[] x, float[][] kernel, float[] bias, DoubleUnaryOperator activation) {
        double[] y = new double[bias.length];
        for (int u = 0; u < y.length; u++) {
            double sum = bias[u];
            for (int i = 0; i < x.length; i++) {
                sum += x[i] * kernel[i][u];
            }
            y[u] = activation.applyAsDouble(sum);
        }
        return y;
    }
}
