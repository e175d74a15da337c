package dev.gru.train.math;

import dev.gru.kernel.training.TrainingKernel;

/** Softmax of rows of floats, on the exponentials of a kernel. */
public final class Softmax {
    private Softmax() {
    }

    /**
     * Replaces a row by softmax of it: y_i = e^(v_i − m) / Σ_j e^(v_j − m), where m is the maximum, the sum in order.
     *
     * @param kernel has the exponentials
     * @param size elements of the row, behind which there is padding
     * @param v holds the row
     * @param from where it begins
     * @return log Σ_j e^v_j, which is m + log Σ_j e^(v_j − m)
     */
    public static double apply(TrainingKernel kernel, int size, float[] v, int from) {
        float max = Float.NEGATIVE_INFINITY;
        for (int j = from; j < from + size; j++) {
            max = Math.max(max, v[j]);
        }
        kernel.exp(TrainingKernel.padded(size), v, from, max);
        float sum = 0;
        for (int j = from; j < from + size; j++) {
            sum += v[j];
        }
        for (int j = from; j < from + size; j++) {
            v[j] /= sum;
        }
        return max + StrictMath.log(sum);
    }
}
