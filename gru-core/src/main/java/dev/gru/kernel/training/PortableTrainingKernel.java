package dev.gru.kernel.training;

import java.util.ArrayList;
import java.util.List;

import dev.gru.kernel.math.PortableActivations;
import dev.gru.kernel.math.PortableFunctions;
import dev.gru.weights.Activation;
import dev.gru.weights.GruVariant;

/**
 * {@link TrainingKernel} in plain loops, with the bits of {@code simd}.
 *
 * <p>C2 vectorises a loop over arrays that may be the same one only if all are read and written at the same index, so
 * rows are copied to arrays of their own before and after the loops that take most of the time.
 */
public final class PortableTrainingKernel implements TrainingKernel {
    /** Inputs of a pass over the sums of a row. */
    private static final int TILE = 4;

    /**
     * Arrays of the one cell that this kernel belongs to, by their columns as multiples of the padding; null if any
     * number of threads share this kernel, which then makes new ones at every call.
     */
    private final List<Scratch> own;

    /** Makes a kernel that any number of threads may share. */
    public PortableTrainingKernel() {
        this(null);
    }

    private PortableTrainingKernel(List<Scratch> own) {
        this.own = own;
    }

    /** Arrays of one row, and of several. */
    private static final class Scratch {
        private final float[] row;
        private final float[][] tile;
        private final PortableActivations loops;

        Scratch(int columns) {
            row = new float[columns];
            tile = new float[TILE][columns];
            loops = new PortableActivations(columns);
        }
    }

    private Scratch scratch(int columns) {
        if (own == null) {
            return new Scratch(columns);
        }
        int index = columns / PADDING;
        while (own.size() <= index) {
            own.add(null);
        }
        if (own.get(index) == null) {
            own.set(index, new Scratch(columns));
        }
        return own.get(index);
    }

    @Override
    public GruTrainingCell newGruCell(GruTrainingCell.Weights weights, int maxRows) {
        TrainingKernel ofCell = new PortableTrainingKernel(new ArrayList<>());
        if (!weights.activations().areStandard()) {
            return new AnyActivationsCell(ofCell, weights, maxRows);
        }
        return weights.variant() == GruVariant.RESET_AFTER
                ? new PortableResetAfterCell(ofCell, weights, maxRows)
                : new ResetBeforeCell(ofCell, weights, maxRows);
    }

    @Override
    public void multiply(int rows, Rows x, int inputs, Rows w, int columns, Rows i, Rows y) {
        for (int row = 0; row < rows; row++) {
            System.arraycopy(i.values(), i.place(row), y.values(), y.place(row), columns);
        }
        Scratch scratch = scratch(columns);
        float[] sums = scratch.row;
        float[][] weights = scratch.tile;
        for (int k = 0; k < inputs; k += TILE) {
            int count = copy(w, k, inputs, columns, weights);
            for (int row = 0; row < rows; row++) {
                int from = x.place(row) + k;
                System.arraycopy(y.values(), y.place(row), sums, 0, columns);
                if (count == TILE) {
                    add(x.values()[from], weights[0], x.values()[from + 1], weights[1], x.values()[from + 2],
                            weights[2],
                            x.values()[from + 3], weights[3], sums);
                } else {
                    for (int part = 0; part < count; part++) {
                        add(x.values()[from + part], weights[part], sums);
                    }
                }
                System.arraycopy(sums, 0, y.values(), y.place(row), columns);
            }
        }
    }

    /** Copies up to {@link #TILE} rows from row {@code k} on, as far as there are {@code end}; returns how many. */
    private static int copy(Rows from, int k, int end, int columns, float[][] to) {
        int count = Math.min(TILE, end - k);
        for (int part = 0; part < count; part++) {
            System.arraycopy(from.values(), from.place(k + part), to[part], 0, columns);
        }
        return count;
    }

    private static void add(float x0, float[] w0, float x1, float[] w1, float x2, float[] w2, float x3, float[] w3,
            float[] sums) {
        for (int j = 0; j < sums.length; j++) {
            sums[j] = Math.fma(x3, w3[j], Math.fma(x2, w2[j], Math.fma(x1, w1[j], Math.fma(x0, w0[j], sums[j]))));
        }
    }

    private static void add(float x, float[] w, float[] sums) {
        for (int j = 0; j < sums.length; j++) {
            sums[j] = Math.fma(x, w[j], sums[j]);
        }
    }

    @Override
    public void addProducts(int rows, Rows x, int inputs, Rows d, int columns, Rows w) {
        Scratch scratch = scratch(columns);
        float[] sums = scratch.row;
        float[][] rowsOfD = scratch.tile;
        for (int row = 0; row < rows; row += TILE) {
            int count = copy(d, row, rows, columns, rowsOfD);
            for (int k = 0; k < inputs; k++) {
                int from = x.place(row) + k;
                System.arraycopy(w.values(), w.place(k), sums, 0, columns);
                if (count == TILE) {
                    add(x.values()[from], rowsOfD[0], x.values()[from + x.stride()], rowsOfD[1],
                            x.values()[from + 2 * x.stride()], rowsOfD[2], x.values()[from + 3 * x.stride()],
                            rowsOfD[3],
                            sums);
                } else {
                    for (int part = 0; part < count; part++) {
                        add(x.values()[from + part * x.stride()], rowsOfD[part], sums);
                    }
                }
                System.arraycopy(sums, 0, w.values(), w.place(k), columns);
            }
        }
    }

    @Override
    public void apply(Activation function, int rows, int columns, Rows v) {
        Scratch scratch = scratch(columns);
        PortableActivations loops = scratch.loops;
        float[] row = scratch.row;
        for (int i = 0; i < rows; i++) {
            System.arraycopy(v.values(), v.place(i), row, 0, columns);
            PortableFunctions.apply(function, columns, row, loops);
            System.arraycopy(row, 0, v.values(), v.place(i), columns);
        }
    }

    @Override
    public void exp(int columns, float[] v, int from, float shift) {
        Scratch scratch = scratch(columns);
        float[] row = scratch.row;
        System.arraycopy(v, from, row, 0, columns);
        scratch.loops.exp(columns, row, shift);
        System.arraycopy(row, 0, v, from, columns);
    }
}
