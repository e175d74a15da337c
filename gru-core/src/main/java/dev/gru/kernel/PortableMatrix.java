package dev.gru.kernel;

/**
 * A matrix and its biases, transposed, so that y = b + W x runs over outputs in its inner loops: each output is one
 * chain, its bias and then a fused multiply-add for each input in order.
 *
 * <p>C2 vectorises the inner loops. For that, the weights of each input are an array of their own, and every array is
 * read and written at the same index: C2 does not know that an array which is written is another one than those which
 * are read, and only at equal indices does that not matter. Four inputs go in one pass, to load and store the outputs
 * less often; with twelve or more C2 gives up vectors.
 *
 * <p>Immutable, safe for use by any number of threads. Callers are responsible for sizes and offsets.
 */
final class PortableMatrix {
    /** Inputs of a pass, and rows of one that has several. */
    static final int TILE = 4;

    /** Where the weights of an output come from. */
    interface Source {
        float bias(int output);

        float weight(int output, int input);
    }

    private final float[] bias;
    private final float[][] weights;

    /** Copies a matrix. */
    PortableMatrix(int outputs, int inputs, Source source) {
        bias = new float[outputs];
        weights = new float[inputs][outputs];
        for (int i = 0; i < outputs; i++) {
            bias[i] = source.bias(i);
            for (int k = 0; k < inputs; k++) {
                weights[k][i] = source.weight(i, k);
            }
        }
    }

    /** Returns memory for rows of outputs. */
    float[][] newOutputs(int rows) {
        return new float[rows][bias.length];
    }

    /**
     * Computes y = b + W x for some rows. The outputs of a row do not depend on how many there are.
     *
     * @param rows how many, at least 1
     * @param x inputs; the rows begin at element {@code x0} and every {@code xStride} elements after
     * @param y rows of outputs, of which {@code y0} is the first to be written, and every {@code yStride}-th after it
     */
    void multiply(int rows, float[] x, int x0, int xStride, float[][] y, int y0, int yStride) {
        for (int row = 0; row < rows; row++) {
            System.arraycopy(bias, 0, y[y0 + row * yStride], 0, bias.length);
        }
        int tiledRows = rows - rows % TILE;
        int tiledInputs = weights.length - weights.length % TILE;
        for (int row = 0; row < tiledRows; row += TILE) {
            for (int k = 0; k < tiledInputs; k += TILE) {
                add4x4(k, x, x0 + row * xStride + k, xStride, y, y0 + row * yStride, yStride);
            }
        }
        for (int row = tiledRows; row < rows; row++) {
            for (int k = 0; k < tiledInputs; k += TILE) {
                add1x4(k, x, x0 + row * xStride + k, y[y0 + row * yStride]);
            }
        }
        for (int row = 0; row < rows; row++) {
            for (int k = tiledInputs; k < weights.length; k++) {
                add1x1(k, x[x0 + row * xStride + k], y[y0 + row * yStride]);
            }
        }
    }

    private void add1x1(int k, float x, float[] y) {
        float[] w = weights[k];
        for (int j = 0; j < y.length; j++) {
            y[j] = Math.fma(x, w[j], y[j]);
        }
    }

    /** One row by four inputs. */
    private void add1x4(int k, float[] x, int x0, float[] y) {
        float[] w0 = weights[k];
        float[] w1 = weights[k + 1];
        float[] w2 = weights[k + 2];
        float[] w3 = weights[k + 3];
        float a0 = x[x0];
        float a1 = x[x0 + 1];
        float a2 = x[x0 + 2];
        float a3 = x[x0 + 3];
        for (int j = 0; j < y.length; j++) {
            y[j] = Math.fma(a3, w3[j], Math.fma(a2, w2[j], Math.fma(a1, w1[j], Math.fma(a0, w0[j], y[j]))));
        }
    }

    /** Four rows by four inputs: the rows share each load of a weight. */
    private void add4x4(int k, float[] x, int x0, int xStride, float[][] y, int y0, int yStride) {
        float[] w0 = weights[k];
        float[] w1 = weights[k + 1];
        float[] w2 = weights[k + 2];
        float[] w3 = weights[k + 3];
        float a0 = x[x0];
        float a1 = x[x0 + 1];
        float a2 = x[x0 + 2];
        float a3 = x[x0 + 3];
        int xb = x0 + xStride;
        float b0 = x[xb];
        float b1 = x[xb + 1];
        float b2 = x[xb + 2];
        float b3 = x[xb + 3];
        int xc = xb + xStride;
        float c0 = x[xc];
        float c1 = x[xc + 1];
        float c2 = x[xc + 2];
        float c3 = x[xc + 3];
        int xd = xc + xStride;
        float d0 = x[xd];
        float d1 = x[xd + 1];
        float d2 = x[xd + 2];
        float d3 = x[xd + 3];
        float[] ya = y[y0];
        float[] yb = y[y0 + yStride];
        float[] yc = y[y0 + 2 * yStride];
        float[] yd = y[y0 + 3 * yStride];
        for (int j = 0; j < w0.length; j++) {
            float v0 = w0[j];
            float v1 = w1[j];
            float v2 = w2[j];
            float v3 = w3[j];
            ya[j] = Math.fma(a3, v3, Math.fma(a2, v2, Math.fma(a1, v1, Math.fma(a0, v0, ya[j]))));
            yb[j] = Math.fma(b3, v3, Math.fma(b2, v2, Math.fma(b1, v1, Math.fma(b0, v0, yb[j]))));
            yc[j] = Math.fma(c3, v3, Math.fma(c2, v2, Math.fma(c1, v1, Math.fma(c0, v0, yc[j]))));
            yd[j] = Math.fma(d3, v3, Math.fma(d2, v2, Math.fma(d1, v1, Math.fma(d0, v0, yd[j]))));
        }
    }
}
