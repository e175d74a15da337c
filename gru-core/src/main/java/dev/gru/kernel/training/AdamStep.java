package dev.gru.kernel.training;

import java.util.Arrays;

/**
 * The numbers of one step of Adam, and the step in plain loops over local variables, which C2 makes vectors of:
 *
 * <pre>
 * m = m + ofMean (g − m)
 * v = v + ofSquare (g² − v)
 * p = keep p − rate m / (√v + epsilon)
 * </pre>
 *
 * Each operation is rounded by itself; every element is changed by itself.
 *
 * @param keep what is left of the parameters by their decay
 * @param ofMean 1 − β₁
 * @param ofSquare 1 − β₂
 * @param rate the learning rate and what corrects the averages for their beginning at 0
 * @param epsilon ε
 */
public record AdamStep(float keep, float ofMean, float ofSquare, float rate, float epsilon) {
    /**
     * Makes the step in some elements.
     *
     * @param count how many
     * @param p the parameters
     * @param m the mean of the gradients
     * @param v the mean of their squares
     * @param at the first element of these three
     * @param g gradients
     * @param squares stands for the squares of the gradients, or is null for the squares themselves
     * @param from the first element of these two
     * @param scale multiplies the gradients, and twice what stands for the squares
     * @return the largest size among the new p, m and v; NaN if one of them is
     */
    float update(int count, float[] p, float[] m, float[] v, int at, float[] g, float[] squares, int from,
            float scale) {
        if (from != at) {
            return updateCopies(count, p, m, v, at, g, squares, from, scale);
        }
        if (squares != null) {
            return updateBySquares(count, p, m, v, at, g, squares, scale);
        }
        for (int i = at; i < at + count; i++) {
            float gradient = scale * g[i];
            float mean = m[i] + ofMean * (gradient - m[i]);
            float square = v[i] + ofSquare * (gradient * gradient - v[i]);
            m[i] = mean;
            v[i] = square;
            p[i] = keep * p[i] - rate * mean / ((float) Math.sqrt(square) + epsilon);
        }
        return largest(p, m, v, at, at + count);
    }

    private float updateBySquares(int count, float[] p, float[] m, float[] v, int at, float[] g, float[] squares,
            float scale) {
        float ofSquares = scale * scale;
        for (int i = at; i < at + count; i++) {
            float mean = m[i] + ofMean * (scale * g[i] - m[i]);
            float square = v[i] + ofSquare * (ofSquares * squares[i] - v[i]);
            m[i] = mean;
            v[i] = square;
            p[i] = keep * p[i] - rate * mean / ((float) Math.sqrt(square) + epsilon);
        }
        return largest(p, m, v, at, at + count);
    }

    /** C2 makes vectors of a loop that writes arrays only if it reads and writes all at the same index. */
    private float updateCopies(int count, float[] p, float[] m, float[] v, int at, float[] g, float[] squares,
            int from, float scale) {
        float[] ofP = Arrays.copyOfRange(p, at, at + count);
        float[] ofM = Arrays.copyOfRange(m, at, at + count);
        float[] ofV = Arrays.copyOfRange(v, at, at + count);
        float largest = update(count, ofP, ofM, ofV, 0, Arrays.copyOfRange(g, from, from + count),
                squares == null ? null : Arrays.copyOfRange(squares, from, from + count), 0, scale);
        System.arraycopy(ofP, 0, p, at, count);
        System.arraycopy(ofM, 0, m, at, count);
        System.arraycopy(ofV, 0, v, at, count);
        return largest;
    }

    /** Does the same, bit for bit, where all gradients are 0. */
    float update(int count, float[] p, float[] m, float[] v, int at) {
        for (int i = at; i < at + count; i++) {
            float mean = m[i] + ofMean * (0 - m[i]);
            float square = v[i] + ofSquare * (0 - v[i]);
            m[i] = mean;
            v[i] = square;
            p[i] = keep * p[i] - rate * mean / ((float) Math.sqrt(square) + epsilon);
        }
        return largest(p, m, v, at, at + count);
    }

    private static float largest(float[] p, float[] m, float[] v, int from, int to) {
        return Largest.of(v, from, to, Largest.of(m, from, to, Largest.of(p, from, to, 0)));
    }
}
