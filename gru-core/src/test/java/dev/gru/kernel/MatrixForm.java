package dev.gru.kernel;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;

import dev.gru.weights.Activation;
import dev.gru.weights.Gate;
import dev.gru.weights.GruActivations;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;

/** The equations of {@link GruVariant} in double, as matrices times vectors: a second opinion for tests. */
final class MatrixForm {
    private final GruVariant variant;
    private final GruActivations functions;
    private final int units;
    private final double[][][] w = new double[3][][];
    private final double[][][] u = new double[3][][];
    private final double[][] b = new double[3][];
    private final double[][] c = new double[3][];

    MatrixForm(GruWeights weights) {
        variant = weights.variant();
        functions = weights.activations();
        units = weights.hiddenSize();
        Gate[] gates = {Gate.RESET, Gate.UPDATE, Gate.NEW};
        for (int g = 0; g < gates.length; g++) {
            Gate gate = gates[g];
            w[g] = new double[units][weights.inputSize()];
            u[g] = new double[units][units];
            b[g] = new double[units];
            c[g] = new double[units];
            for (int row = 0; row < units; row++) {
                for (int k = 0; k < weights.inputSize(); k++) {
                    w[g][row][k] = weights.weightIh(gate, row, k);
                }
                for (int k = 0; k < units; k++) {
                    u[g][row][k] = weights.weightHh(gate, row, k);
                }
                b[g][row] = weights.biasIh(gate, row);
                c[g][row] = weights.biasHh(gate, row);
            }
        }
    }

    /** Returns the state after a step: h, or h followed by the cell. */
    double[] step(double[] x, double[] state) {
        double[] h = Arrays.copyOf(state, units);
        double[] r = gate(cut(plus(affine(w[0], x, b[0]), affine(u[0], h, c[0]))));
        double[] z = gate(cut(plus(affine(w[1], x, b[1]), affine(u[1], h, c[1]))));
        double[] fromX = affine(w[2], x, b[2]);
        if (variant == GruVariant.RESET_AFTER) {
            return blend(z, h, candidate(plus(fromX, times(r, affine(u[2], h, c[2])))));
        }
        if (variant == GruVariant.RESET_BEFORE) {
            return blend(z, h, candidate(plus(fromX, affine(u[2], times(r, h), c[2]))));
        }
        double[] cell = Arrays.copyOfRange(state, units, 2 * units);
        double[] n = candidate(plus(fromX, affine(u[2], times(r, cell), c[2])));
        double[] hNext = plus(times(n, gate(r)), times(plus(scale(-1, r), ones()), h));
        double[] next = Arrays.copyOf(hNext, 2 * units);
        System.arraycopy(blend(z, cell, n), 0, next, units, units);
        return next;
    }

    static double[] widen(float[] v) {
        double[] out = new double[v.length];
        for (int i = 0; i < v.length; i++) {
            out[i] = v[i];
        }
        return out;
    }

    /** n + z (s − n). */
    private static double[] blend(double[] z, double[] s, double[] n) {
        return plus(n, times(z, plus(s, scale(-1, n))));
    }

    private static double[] affine(double[][] matrix, double[] v, double[] bias) {
        double[] out = bias.clone();
        for (int k = 0; k < v.length; k++) {
            for (int row = 0; row < out.length; row++) {
                out[row] += matrix[row][k] * v[k];
            }
        }
        return out;
    }

    private static double[] plus(double[] a, double[] b) {
        double[] out = new double[a.length];
        Arrays.setAll(out, i -> a[i] + b[i]);
        return out;
    }

    private static double[] times(double[] a, double[] b) {
        double[] out = new double[a.length];
        Arrays.setAll(out, i -> a[i] * b[i]);
        return out;
    }

    private static double[] scale(double factor, double[] v) {
        return Arrays.stream(v).map(e -> factor * e).toArray();
    }

    private double[] ones() {
        return DoubleStream.generate(() -> 1).limit(units).toArray();
    }

    private double[] cut(double[] v) {
        return Arrays.stream(v).map(e -> Math.clamp(e, -functions.clip(), (double) functions.clip())).toArray();
    }

    private double[] gate(double[] v) {
        return Arrays.stream(v).map(function(functions.gates())).toArray();
    }

    private double[] candidate(double[] v) {
        return Arrays.stream(cut(v)).map(function(functions.candidate())).toArray();
    }

    private static DoubleUnaryOperator function(Activation activation) {
        double a = activation.alpha();
        double b = activation.beta();
        return switch (activation.function()) {
            case LINEAR -> v -> a * v + b;
            case RELU -> v -> v > 0 ? v : 0;
            case SIGMOID -> v -> 0.5 + 0.5 * Math.tanh(v / 2);
            case TANH -> Math::tanh;
            case HARD_SIGMOID -> v -> a * v + b < 0 ? 0 : a * v + b > 1 ? 1 : a * v + b;
            default -> v -> others(activation, v);
        };
    }

    private static double others(Activation activation, double v) {
        double a = activation.alpha();
        double b = activation.beta();
        double exp = Math.exp(v);
        return switch (activation.function()) {
            case LEAKY_RELU -> v > activation.gamma() ? Math.min(v, b) : a * (v - activation.gamma());
            case CLIP -> v < a ? a : v > b ? b : v;
            case ELU -> v > 0 ? v : a * (exp - 1);
            case SELU -> b * (v > 0 ? v : a * (exp - 1));
            case CELU -> Math.max(0, v) + Math.min(0, a * (Math.exp(v / a) - 1));
            case GELU -> v * normal(v);
            case GELU_TANH -> v / (1 + Math.exp(-1.5957691216057308 * (v + 0.044715 * v * v * v)));
            case SOFTPLUS -> v > 30 ? v : Math.log1p(exp);
            case SOFTSIGN -> v > 0 ? v / (v + 1) : v / (1 - v);
            case SILU -> v / (1 + Math.exp(-v));
            case HARD_SILU -> v * Math.clamp(a * v + b, 0.0, 1.0);
            case EXPONENTIAL -> exp;
            case HARD_SHRINK -> v > a || v < -a ? v : 0;
            case SOFT_SHRINK -> v > a ? v - a : v < -a ? v + a : 0;
            case TANH_SHRINK -> v - Math.tanh(v);
            case THRESHOLD -> v > a ? v : b;
            case SQUAREPLUS -> (v + Math.hypot(v, Math.sqrt(a))) / 2;
            case LOG_SIGMOID -> v < -30 ? v : -Math.log1p(Math.exp(-v));
            case MISH -> v > 30 ? v : v * (1 - 2 / ((1 + exp) * (1 + exp) + 1));
            case SPARSE_PLUS -> v > 1 ? v : v < -1 ? 0 : (v + 1) * (v + 1) / 4;
            case SCALED_TANH -> a * Math.tanh(b * v);
            default -> throw new AssertionError(activation);
        };
    }

    /** The integral of the density from 0 to v by Simpson's rule, and 1/2. */
    private static double normal(double v) {
        int parts = 2000;
        double step = v / parts;
        double sum = 0;
        for (int i = 0; i <= parts; i++) {
            double weight = i == 0 || i == parts ? 1 : i % 2 == 0 ? 2 : 4;
            sum += weight * Math.exp(-(i * step) * (i * step) / 2);
        }
        return 0.5 + sum * step / 3 / Math.sqrt(2 * Math.PI);
    }
}
