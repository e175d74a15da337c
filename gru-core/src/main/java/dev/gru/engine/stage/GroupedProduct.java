package dev.gru.engine.stage;

import dev.gru.layer.Conv1D;
import dev.gru.weights.DenseWeights;
import dev.gru.weights.Precision;

/**
 * The products of a convolution with groups: each filter sees the channels of its group only. Every sum is one chain,
 * its bias and then a fused multiply-add for each step of the window and, in it, each channel.
 *
 * <p>Plain loops for all kernels: groups are narrow, and with one channel each, as a depthwise convolution has them,
 * C2 vectorises the loop over filters. Immutable.
 */
final class GroupedProduct {
    private final int kernelSize;
    private final int channels;
    private final float[] bias;
    /** For each step of a window and each channel of a group, the weights of all filters. */
    private final float[][] weights;
    /** For each filter, the first channel of its group; null if there is one channel and one filter in each. */
    private final int[] firstChannels;

    GroupedProduct(Conv1D layer, Precision precision) {
        DenseWeights of = layer.weights();
        int filters = layer.filters();
        kernelSize = layer.kernelSize();
        channels = layer.inputSize() / layer.groups();
        bias = new float[filters];
        weights = new float[kernelSize * channels][filters];
        int[] first = new int[filters];
        for (int f = 0; f < filters; f++) {
            bias[f] = of.bias(f);
            first[f] = f / (filters / layer.groups()) * channels;
            for (int k = 0; k < weights.length; k++) {
                weights[k][f] = precision.round(of.weight(f, k));
            }
        }
        firstChannels = channels == 1 && filters == layer.groups() ? null : first;
    }

    /**
     * Computes the sums of one window.
     *
     * @param x inputs
     * @param x0 index of the first channel of the first step
     * @param xStride elements from one step of the window to the next
     * @param y where the sums go, one for each filter
     * @param y0 index of the first
     */
    void multiply(float[] x, int x0, int xStride, float[] y, int y0) {
        int filters = bias.length;
        System.arraycopy(bias, 0, y, y0, filters);
        for (int tap = 0; tap < kernelSize; tap++) {
            int step = x0 + tap * xStride;
            for (int c = 0; c < channels; c++) {
                float[] w = weights[tap * channels + c];
                if (firstChannels == null) {
                    for (int f = 0; f < filters; f++) {
                        y[y0 + f] = Math.fma(x[step + f], w[f], y[y0 + f]);
                    }
                } else {
                    for (int f = 0; f < filters; f++) {
                        y[y0 + f] = Math.fma(x[step + firstChannels[f] + c], w[f], y[y0 + f]);
                    }
                }
            }
        }
    }
}
