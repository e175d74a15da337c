package dev.gru.train.reference;

import java.util.List;

import dev.gru.layer.Conv1D;
import dev.gru.train.math.Parameters;

/**
 * The sums of a {@link Conv1D} layer in training; its activation is a {@link ScalarActivation} after it. With window w,
 * filter f, and g the group of f:
 *
 * <pre>
 * y_wf = b_f + Σ_k Σ_c W_fkc x_tc      t = w · stride − before + k · dilation, c in g; x is 0 outside of the sequence
 * </pre>
 */
final class ScalarConv implements ScalarLayer {
    private final Conv1D layer;
    private final List<String> names;
    private final int filters;
    /** Channels of a group, and its filters. */
    private final int channels;
    private final int filtersOfGroup;
    private ScalarFeatures x;
    private double[] weight;
    private int windows;

    ScalarConv(Conv1D layer) {
        this.layer = layer;
        names = Parameters.names(layer.name(), layer);
        filters = layer.filters();
        channels = layer.inputSize() / layer.groups();
        filtersOfGroup = filters / layer.groups();
    }

    @Override
    public ScalarFeatures forward(ScalarFeatures in, Pass pass) {
        x = in;
        weight = pass.parameters().get(names.getFirst());
        double[] bias = pass.parameters().get(names.getLast());
        windows = layer.padding().windows(layer.window(), layer.stride(), x.steps);
        double[] y = new double[x.rows * windows * filters];
        for (int row = 0; row < x.rows; row++) {
            for (int w = 0; w < windows; w++) {
                for (int f = 0; f < filters; f++) {
                    double sum = bias[f];
                    for (int k = 0; k < layer.kernelSize(); k++) {
                        int from = place(row, w, k, f);
                        for (int c = 0; c < channels && from >= 0; c++) {
                            sum += weight[weight(f, k) + c] * x.values[from + c];
                        }
                    }
                    y[(row * windows + w) * filters + f] = sum;
                }
            }
        }
        return x.ofSteps(windows, filters, y);
    }

    /** dW_fkc += dy_wf x_tc, db_f += dy_wf, dx_tc += W_fkc dy_wf, for every window. */
    @Override
    public double[] backward(double[] dy, ScalarGradients gradients) {
        double[] dWeight = gradients.get(names.getFirst());
        double[] dBias = gradients.get(names.getLast());
        double[] dx = new double[x.values.length];
        for (int row = 0; row < x.rows; row++) {
            for (int w = 0; w < windows; w++) {
                for (int f = 0; f < filters; f++) {
                    double d = dy[(row * windows + w) * filters + f];
                    dBias[f] += d;
                    for (int k = 0; k < layer.kernelSize(); k++) {
                        int from = place(row, w, k, f);
                        for (int c = 0; c < channels && from >= 0; c++) {
                            dWeight[weight(f, k) + c] += d * x.values[from + c];
                            dx[from + c] += weight[weight(f, k) + c] * d;
                        }
                    }
                }
            }
        }
        return dx;
    }

    private int weight(int filter, int k) {
        return (filter * layer.kernelSize() + k) * channels;
    }

    /** Where the channels of a filter's group are at step k of a window, or −1 outside of the sequence. */
    private int place(int row, int window, int k, int filter) {
        int t = window * layer.stride() - layer.padding().before(layer.window(), layer.stride(), x.steps)
                + k * layer.dilation();
        return t < 0 || t >= x.steps
                ? -1
                : (row * x.steps + t) * layer.inputSize() + filter / filtersOfGroup * channels;
    }
}
