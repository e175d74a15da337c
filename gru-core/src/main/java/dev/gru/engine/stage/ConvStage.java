package dev.gru.engine.stage;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;

import dev.gru.kernel.ActivationRunner;
import dev.gru.kernel.DenseRunner;
import dev.gru.kernel.GruKernel;
import dev.gru.kernel.PackedDense;
import dev.gru.layer.Conv1D;
import dev.gru.layer.Conv1D.Padding;
import dev.gru.layer.Layer;
import dev.gru.weights.Activation;
import dev.gru.weights.Precision;

/**
 * A convolution: a dense layer over overlapping windows, which lie in the input itself or in a copy with padding. The
 * steps of a window are collected first where they are apart, and where there are too few windows in a row to keep a
 * kernel busy.
 */
final class ConvStage extends Stage {
    /** Windows that are collected at once. */
    private static final int COLLECTED = 64;

    /** What is left of a layer beside its weights. */
    private record Windows(int inputSize, int kernelSize, int stride, int dilation, Padding padding, boolean streams,
            Activation activation) {
        /** Returns the steps from the first to the last of a window. */
        int length() {
            return (kernelSize - 1) * dilation + 1;
        }
    }

    /**
     * A packed layer.
     *
     * @param dense the product with all channels, or null if there are groups
     * @param grouped the product group by group, or null if there are none
     */
    private record Packed(PackedDense dense, GroupedProduct grouped, Windows windows) implements PackedLayer {
        @Override
        public Stage newStage(Value[] in, Value out, Room room) {
            return new ConvStage(this, in[0], out, room);
        }
    }

    private final Windows windows;
    private final DenseRunner dense;
    private final GroupedProduct grouped;
    /** The sums of groups before their activation, and what applies it; null if there are no groups. */
    private final float[] sums;
    private final ActivationRunner activations;
    private final int fill;
    /** Rows with their padding, or null if there is none. */
    private final float[] padded;
    private final float[] collected;
    private final List<StreamState> states;

    /** Packs a layer. */
    static PackedLayer pack(Conv1D layer, GruKernel kernel, Precision precision, Arena arena) {
        boolean grouped = layer.groups() > 1;
        return new Packed(grouped ? null : kernel.pack(layer.weights(), precision, arena),
                grouped ? new GroupedProduct(layer, precision) : null,
                new Windows(layer.inputSize(), layer.kernelSize(), layer.stride(), layer.dilation(), layer.padding(),
                        layer.time() == Layer.Time.CAUSAL, layer.weights().activation()));
    }

    private ConvStage(Packed layer, Value in, Value out, Room room) {
        super(in, out);
        windows = layer.windows;
        grouped = layer.grouped;
        dense = grouped == null ? layer.dense.newRunner(room.arena()) : null;
        sums = grouped == null ? null : room.newFeatures(out.maxSteps, out.size);
        activations = grouped == null ? null : room.activations(out.size);
        fill = room.rowsToFill();
        padded = windows.padding == Padding.VALID || windows.length() == 1
                ? null
                : room.newFeatures(Math.addExact(in.maxSteps, windows.length() + windows.stride), windows.inputSize);
        collected = grouped == null && (windows.kernelSize > 1 || windows.stride > 1)
                ? new float[COLLECTED * windows.kernelSize * windows.inputSize]
                : null;
        states = windows.streams ? List.of(new StreamState()) : List.of();
    }

    @Override
    public List<StreamState> states() {
        return states;
    }

    @Override
    public void run(int rows) {
        int length = windows.length();
        int count = windows.padding.windows(length, windows.stride, in.steps);
        float[] x = in.data;
        int rowSteps = in.steps;
        if (padded != null) {
            int before = windows.padding.before(length, windows.stride, in.steps);
            rowSteps = Math.max(before + in.steps, (count - 1) * windows.stride + length);
            pad(rows, before, rowSteps);
            x = padded;
        }
        if (grouped == null) {
            multiply(rows, count, x, rowSteps * windows.inputSize);
        } else {
            multiplyGroups(rows, count, x, rowSteps * windows.inputSize);
        }
        out.steps = count;
    }

    /** Copies rows between their padding, which is the state where there is one, and keeps the state after them. */
    private void pad(int rows, int before, int rowSteps) {
        int size = windows.inputSize;
        int own = in.steps * size;
        int first = before * size;
        float[] state = states.isEmpty() ? null : states.getFirst().values;
        for (int row = 0; row < rows; row++) {
            int from = row * rowSteps * size;
            if (state == null) {
                Arrays.fill(padded, from, from + first, 0);
            } else {
                System.arraycopy(state, row * first, padded, from, first);
            }
            System.arraycopy(in.data, row * own, padded, from + first, own);
            if (state == null) {
                Arrays.fill(padded, from + first + own, from + rowSteps * size, 0);
            } else {
                System.arraycopy(padded, from + own, state, row * first, first);
            }
        }
    }

    private void multiply(int rows, int count, float[] x, int rowSize) {
        int stride = windows.stride * windows.inputSize;
        boolean together = windows.dilation == 1 || windows.kernelSize == 1;
        if (together && (rows == 1 || rowSize == count * stride)) {
            dense.forward(rows * count, x, 0, stride, out.data, 0);
        } else if (together && count == 1) {
            dense.forward(rows, x, 0, rowSize, out.data, 0);
        } else if (together && count >= fill) {
            for (int row = 0; row < rows; row++) {
                dense.forward(count, x, row * rowSize, stride, out.data, row * count * out.size);
            }
        } else {
            collect(rows * count, count, x, rowSize);
        }
    }

    private void collect(int all, int perRow, float[] x, int rowSize) {
        int size = windows.inputSize;
        int windowSize = windows.kernelSize * size;
        for (int done = 0; done < all; done += COLLECTED) {
            int some = Math.min(COLLECTED, all - done);
            for (int i = 0; i < some; i++) {
                int from = first(done + i, perRow, rowSize);
                for (int tap = 0; tap < windows.kernelSize; tap++) {
                    System.arraycopy(x, from + tap * windows.dilation * size, collected, i * windowSize + tap * size,
                            size);
                }
            }
            dense.forward(some, collected, 0, windowSize, out.data, done * out.size);
        }
    }

    /** Returns where a window begins, counted over all rows. */
    private int first(int window, int perRow, int rowSize) {
        return window / perRow * rowSize + window % perRow * windows.stride * windows.inputSize;
    }

    private void multiplyGroups(int rows, int count, float[] x, int rowSize) {
        for (int window = 0; window < rows * count; window++) {
            grouped.multiply(x, first(window, count, rowSize), windows.dilation * windows.inputSize, sums,
                    window * out.size);
        }
        activations.forward(windows.activation, rows * count, sums, out.data);
    }
}
