package dev.gru.train.network;

import java.util.ArrayList;
import java.util.List;

import dev.gru.kernel.training.Rows;
import dev.gru.kernel.training.TrainingKernel;
import dev.gru.layer.Conv1D;
import dev.gru.train.math.Parameters;

/**
 * The sums of a {@link Conv1D} layer in training; its activation is a {@link ActivationNode} after it. The windows are
 * gathered into rows, group after group, and what is left is a product for each group.
 */
final class ConvNode extends Node {
    private final Conv1D layer;
    private final int size;
    private final int filters;
    private final int groups;
    /** Inputs of a window, and of one group of it. */
    private final int window;
    private final int ofGroup;
    /** Filters of a group, and with padding. */
    private final int groupFilters;
    private final int padded;
    private final WeightArray matrix;

    ConvNode(Conv1D layer) {
        this.layer = layer;
        size = layer.inputSize();
        filters = layer.filters();
        groups = layer.groups();
        ofGroup = layer.weights().inputSize();
        window = groups * ofGroup;
        groupFilters = filters / groups;
        padded = TrainingKernel.padded(groupFilters);
        int[] columns = new int[filters];
        for (int f = 0; f < filters; f++) {
            columns[f] = f / groupFilters * padded + f % groupFilters;
        }
        List<String> names = Parameters.names(layer.name(), layer);
        matrix = WeightArray.matrix(names.getFirst(), names.getLast(), ofGroup, columns, groups * padded);
    }

    @Override
    List<WeightArray> arrays() {
        return List.of(matrix);
    }

    @Override
    Pass newPass() {
        return new ConvPass();
    }

    @Override
    void addTasks(List<Pass> passes, TrainingKernel kernel, List<Runnable> tasks) {
        addProducts(passes.stream().map(pass -> ((ConvPass) pass).products()).toList(), kernel, tasks);
    }

    private final class ConvPass extends Pass {
        private TrainingKernel kernel;
        private Features x;
        private int windows;
        /** The windows, (windows, rows, groups, kernelSize, channels of a group). */
        private float[] gathered;
        private Rows inputs;
        private float[] sums;
        private float[] y;
        private float[] dSums;
        private Rows d;
        private float[] dWindows;
        private float[] dx;

        @Override
        Features forward(Features in, Context context) {
            kernel = context.kernel();
            x = in;
            windows = layer.padding().windows(layer.window(), layer.stride(), x.steps);
            gather();
            int count = windows * x.rows;
            sums = room(sums, (long) count * matrix.rowSize());
            Rows out = new Rows(sums, 0, matrix.rowSize());
            for (int g = 0; g < groups; g++) {
                kernel.multiply(count, inputs.at(0, g * ofGroup), ofGroup, matrix.weights().at(0, g * padded), padded,
                        matrix.bias().at(0, g * padded), out.at(0, g * padded));
            }
            return x.ofSteps(windows, filters, groups == 1 ? out : withoutGaps(count));
        }

        /** The step of the input that is step k of a window, or −1 outside of the sequence. */
        private int step(int w, int k) {
            int t = w * layer.stride() - layer.padding().before(layer.window(), layer.stride(), x.steps)
                    + k * layer.dilation();
            return t < x.steps ? Math.max(t, -1) : -1;
        }

        private void gather() {
            gathered = zeros(gathered, (long) windows * x.rows * window);
            inputs = new Rows(gathered, 0, window);
            int channels = size / groups;
            for (int w = 0; w < windows; w++) {
                for (int k = 0; k < layer.kernelSize(); k++) {
                    int t = step(w, k);
                    for (int row = 0; row < x.rows && t >= 0; row++) {
                        int from = x.values.place(t * x.rows + row);
                        int to = inputs.place(w * x.rows + row) + k * channels;
                        for (int g = 0; g < groups; g++) {
                            System.arraycopy(x.values.values(), from + g * channels, gathered, to + g * ofGroup,
                                    channels);
                        }
                    }
                }
            }
        }

        private Rows withoutGaps(int count) {
            int stride = TrainingKernel.padded(filters);
            y = room(y, (long) count * stride);
            for (int i = 0; i < count; i++) {
                for (int g = 0; g < groups; g++) {
                    System.arraycopy(sums, i * matrix.rowSize() + g * padded, y, i * stride + g * groupFilters,
                            groupFilters);
                }
            }
            return new Rows(y, 0, stride);
        }

        /** dx: those of the windows, Wᵀ dy, added where the windows came from. */
        @Override
        Rows backward(Rows dy, boolean wanted) {
            int count = windows * x.rows;
            d = groups == 1 ? dy : withGaps(dy, count);
            if (!wanted) {
                return null;
            }
            int stride = TrainingKernel.padded(size);
            dx = zeros(dx, (long) x.count() * stride);
            Rows out = new Rows(dx, 0, stride);
            int ofWindow = matrix.transposedSize();
            dWindows = room(dWindows, (long) count * ofWindow);
            Rows ofWindows = new Rows(dWindows, 0, ofWindow);
            Rows none = new Rows(new float[ofWindow], 0, 0);
            for (int g = 0; g < groups; g++) {
                kernel.multiply(count, d.at(0, g * padded), groupFilters, matrix.transposed().at(g * padded, 0),
                        ofWindow, none, ofWindows);
                scatter(g, ofWindows, out);
            }
            return out;
        }

        private Rows withGaps(Rows dy, int count) {
            dSums = zeros(dSums, (long) count * matrix.rowSize());
            for (int i = 0; i < count; i++) {
                for (int g = 0; g < groups; g++) {
                    System.arraycopy(dy.values(), dy.place(i) + g * groupFilters, dSums,
                            i * matrix.rowSize() + g * padded, groupFilters);
                }
            }
            return new Rows(dSums, 0, matrix.rowSize());
        }

        private void scatter(int g, Rows ofWindows, Rows out) {
            int channels = size / groups;
            for (int w = 0; w < windows; w++) {
                for (int k = 0; k < layer.kernelSize(); k++) {
                    int t = step(w, k);
                    for (int row = 0; row < x.rows && t >= 0; row++) {
                        int from = ofWindows.place(w * x.rows + row) + k * channels;
                        int to = out.place(t * x.rows + row) + g * channels;
                        for (int c = 0; c < channels; c++) {
                            dx[to + c] += dWindows[from + c];
                        }
                    }
                }
            }
        }

        /** dW += dy xᵀ, db += dy. */
        private List<Product> products() {
            int count = windows * x.rows;
            List<Product> products = new ArrayList<>();
            for (int g = 0; g < groups; g++) {
                products.add(new Product(count, inputs.at(0, g * ofGroup), ofGroup, d.at(0, g * padded), padded,
                        matrix.weightGradient().at(0, g * padded)));
            }
            products.add(Product.sum(count, d, matrix.rowSize(), matrix.biasGradient()));
            return products;
        }
    }
}
