package dev.gru.simd;

import dev.gru.kernel.math.FloatFunctions;
import dev.gru.kernel.training.AdamStep;
import dev.gru.kernel.training.AnyActivationsCell;
import dev.gru.kernel.training.GruTrainingCell;
import dev.gru.kernel.training.ResetBeforeCell;
import dev.gru.kernel.training.Rows;
import dev.gru.kernel.training.TrainingKernel;
import dev.gru.simd.loops.Lanes;
import dev.gru.simd.loops.OptimizerLoops;
import dev.gru.simd.loops.TrainingFunctionLoops;
import dev.gru.simd.loops.TrainingGateLoops;
import dev.gru.simd.loops.TrainingLoops;
import dev.gru.weights.Activation;
import dev.gru.weights.GruVariant;

/** {@link TrainingKernel} on the Vector API: the choice among generated loops. */
final class SimdTrainingKernel implements TrainingKernel {
    /** Rows whose products are summed at once: a block of them, x and d, stays in the second level of the cache. */
    private static final int BLOCK = 128;

    private static final int[][] TILES = TrainingLoops.tiles();
    private static final int[] SINGLE = TrainingLoops.single();
    private static final int[] ONE_ROW = {1};

    @Override
    public void multiply(int rows, Rows x, int inputs, Rows w, int columns, Rows i, Rows y) {
        int vectors = columns / Lanes.COUNT;
        int width;
        for (int v = 0; v < vectors; v += width) {
            width = width(vectors - v, rows);
            int column = v * Lanes.COUNT;
            int row = 0;
            for (int height : heights(width, rows)) {
                for (; row + height <= rows; row += height) {
                    TrainingLoops.multiply(height, width, inputs, x.values(), x.place(row), x.stride(), w.values(),
                            w.place(0) + column, w.stride(), i.values(), i.place(row) + column, i.stride(), y.values(),
                            y.place(row) + column, y.stride());
                }
            }
        }
    }

    /**
     * Returns how many vectors a tile should have where so many are left, of so many rows: the most, but two and two of
     * four.
     */
    private static int width(int left, int rows) {
        if (rows == 1) {
            int i = 0;
            while (SINGLE[i] > left) {
                i++;
            }
            return SINGLE[i];
        }
        int most = TILES.length;
        return left == most + 1 ? most - 1 : Math.min(left, most);
    }

    private static int[] heights(int width, int rows) {
        return rows == 1 ? ONE_ROW : TILES[width - 1];
    }

    @Override
    public void addProducts(int rows, Rows x, int inputs, Rows d, int columns, Rows w) {
        for (int row = 0; row < rows; row += BLOCK) {
            addBlock(row, Math.min(BLOCK, rows - row), x, inputs, d, columns, w);
        }
    }

    private static void addBlock(int from, int rows, Rows x, int inputs, Rows d, int columns, Rows w) {
        int vectors = columns / Lanes.COUNT;
        int width;
        for (int v = 0; v < vectors; v += width) {
            width = width(vectors - v, inputs);
            int column = v * Lanes.COUNT;
            int input = 0;
            for (int height : heights(width, inputs)) {
                for (; input + height <= inputs; input += height) {
                    TrainingLoops.addProducts(height, width, rows, x.values(), x.place(from) + input, x.stride(),
                            d.values(),
                            d.place(from) + column, d.stride(), w.values(), w.place(input) + column, w.stride());
                }
            }
        }
    }

    @Override
    public GruTrainingCell newGruCell(GruTrainingCell.Weights weights, int maxRows) {
        if (!weights.activations().areStandard()) {
            return new AnyActivationsCell(this, weights, maxRows);
        }
        return weights.variant() == GruVariant.RESET_AFTER
                ? new SimdResetAfterCell(this, weights, maxRows)
                : new ResetBeforeCell(this, weights, maxRows);
    }

    @Override
    public void apply(Activation function, int rows, int columns, Rows v) {
        for (int row = 0; row < rows; row++) {
            applyToRow(function, columns, v.values(), v.place(row));
        }
    }

    /** Straight lines and what is rare in plain loops: few models have them. */
    private static void applyToRow(Activation function, int columns, float[] v, int from) {
        switch (function.function()) {
            case SIGMOID -> TrainingGateLoops.sigmoid(columns, v, from);
            case TANH -> TrainingGateLoops.tanh(columns, v, from);
            case RELU -> {
                for (int j = from; j < from + columns; j++) {
                    v[j] = Math.max(v[j], 0);
                }
            }
            case LINEAR, HARD_SIGMOID -> {
                for (int j = from; j < from + columns && !function.isIdentity(); j++) {
                    float line = Math.fma(v[j], function.alpha(), function.beta());
                    v[j] = function.function() == Activation.Function.LINEAR ? line : Math.min(Math.max(line, 0), 1);
                }
            }
            case ELU -> TrainingFunctionLoops.elu(columns, v, from, 1, function.alpha());
            case SELU ->
                TrainingFunctionLoops.elu(columns, v, from, function.beta(), function.beta() * function.alpha());
            case CELU -> TrainingFunctionLoops.celu(columns, v, from, function.alpha());
            case GELU -> TrainingFunctionLoops.gelu(columns, v, from);
            case GELU_TANH -> TrainingFunctionLoops.geluTanh(columns, v, from);
            case SOFTPLUS -> TrainingFunctionLoops.softplus(columns, v, from);
            case LOG_SIGMOID -> TrainingFunctionLoops.logSigmoid(columns, v, from);
            case SILU -> TrainingFunctionLoops.silu(columns, v, from);
            case MISH -> TrainingFunctionLoops.mish(columns, v, from);
            case EXPONENTIAL -> TrainingFunctionLoops.exponential(columns, v, from);
            case SCALED_TANH -> TrainingFunctionLoops.scaledTanh(columns, v, from, function.alpha(), function.beta());
            default -> {
                for (int j = from; j < from + columns; j++) {
                    v[j] = FloatFunctions.apply(function, v[j]);
                }
            }
        }
    }

    @Override
    public void exp(int columns, float[] v, int from, float shift) {
        TrainingGateLoops.exp(columns, v, from, shift);
    }

    @Override
    public void addTerm(int columns, float[] d, int from, float[] sums, float[] squares, int to) {
        if (squares == null) {
            OptimizerLoops.addTerm(columns, d, from, sums, to);
        } else {
            OptimizerLoops.addTerm(columns, d, from, sums, squares, to);
        }
    }

    @Override
    public float adam(AdamStep step, int count, float[] p, float[] m, float[] v, int at, float[] g, float[] squares,
            int from, float scale) {
        return Float.intBitsToFloat(squares == null
                ? OptimizerLoops.adam(count, p, m, v, at, g, from, scale, step.keep(), step.ofMean(), step.ofSquare(),
                        step.rate(), step.epsilon())
                : OptimizerLoops.adam(count, p, m, v, at, g, squares, from, scale, step.keep(), step.ofMean(),
                        step.ofSquare(), step.rate(), step.epsilon()));
    }

    @Override
    public float adam(AdamStep step, int count, float[] p, float[] m, float[] v, int at) {
        return Float.intBitsToFloat(OptimizerLoops.adam(count, p, m, v, at, step.keep(), step.ofMean(),
                step.ofSquare(), step.rate(), step.epsilon()));
    }
}
