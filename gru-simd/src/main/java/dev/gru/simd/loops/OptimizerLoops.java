package dev.gru.simd.loops;

import static jdk.incubator.vector.VectorOperators.*;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The loops of optimizers, over arrays on the heap. Generated from {@code OptimizerLoops.java.in}.
 *
 * <p>Multiplications and additions are rounded one by one, as in the plain loops. The largest number of a range is
 * looked for among the bits of floats, and returned as bits: they are in the order of the sizes, infinity and then NaN
 * at the end.
 */
public final class OptimizerLoops {
    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;

    private OptimizerLoops() {
    }

    /** A step of Adam along {@code scale} g, for {@code count} elements. */
    public static int adam(int count, float[] p, float[] m, float[] v, int at, float[] g, int from, float scale,
            float keep, float ofMean, float ofSquare, float rate, float epsilon) {
        FloatVector vKeep = FloatVector.broadcast(S, keep);
        FloatVector vOfMean = FloatVector.broadcast(S, ofMean);
        FloatVector vOfSquare = FloatVector.broadcast(S, ofSquare);
        FloatVector vRate = FloatVector.broadcast(S, rate);
        FloatVector vEpsilon = FloatVector.broadcast(S, epsilon);
        IntVector largest = IntVector.zero(Lanes.INT_SPECIES);
        for (int j = 0; j < count; j += L) {
            FloatVector gradient = FloatVector.fromArray(S, g, from + j).mul(scale);
            FloatVector mOld = FloatVector.fromArray(S, m, at + j);
            FloatVector vOld = FloatVector.fromArray(S, v, at + j);
            FloatVector mean = mOld.add(vOfMean.mul(gradient.sub(mOld)));
            FloatVector square = vOld.add(vOfSquare.mul(gradient.mul(gradient).sub(vOld)));
            FloatVector moved = vKeep.mul(FloatVector.fromArray(S, p, at + j))
                    .sub(vRate.mul(mean).div(square.sqrt().add(vEpsilon)));
            mean.intoArray(m, at + j);
            square.intoArray(v, at + j);
            moved.intoArray(p, at + j);
            largest = largest.max(mean.reinterpretAsInts().and(Integer.MAX_VALUE))
                    .max(square.reinterpretAsInts().and(Integer.MAX_VALUE))
                    .max(moved.reinterpretAsInts().and(Integer.MAX_VALUE));
        }
        return largest.reduceLanes(MAX);
    }

    /** The same with {@code squares}, twice multiplied by {@code scale}, instead of the squares of g. */
    public static int adam(int count, float[] p, float[] m, float[] v, int at, float[] g, float[] squares, int from,
            float scale, float keep, float ofMean, float ofSquare, float rate, float epsilon) {
        FloatVector vKeep = FloatVector.broadcast(S, keep);
        FloatVector vOfMean = FloatVector.broadcast(S, ofMean);
        FloatVector vOfSquare = FloatVector.broadcast(S, ofSquare);
        FloatVector vRate = FloatVector.broadcast(S, rate);
        FloatVector vEpsilon = FloatVector.broadcast(S, epsilon);
        IntVector largest = IntVector.zero(Lanes.INT_SPECIES);
        float ofSquares = scale * scale;
        for (int j = 0; j < count; j += L) {
            FloatVector gradient = FloatVector.fromArray(S, g, from + j).mul(scale);
            FloatVector ofTerms = FloatVector.fromArray(S, squares, from + j).mul(ofSquares);
            FloatVector mOld = FloatVector.fromArray(S, m, at + j);
            FloatVector vOld = FloatVector.fromArray(S, v, at + j);
            FloatVector mean = mOld.add(vOfMean.mul(gradient.sub(mOld)));
            FloatVector square = vOld.add(vOfSquare.mul(ofTerms.sub(vOld)));
            FloatVector moved = vKeep.mul(FloatVector.fromArray(S, p, at + j))
                    .sub(vRate.mul(mean).div(square.sqrt().add(vEpsilon)));
            mean.intoArray(m, at + j);
            square.intoArray(v, at + j);
            moved.intoArray(p, at + j);
            largest = largest.max(mean.reinterpretAsInts().and(Integer.MAX_VALUE))
                    .max(square.reinterpretAsInts().and(Integer.MAX_VALUE))
                    .max(moved.reinterpretAsInts().and(Integer.MAX_VALUE));
        }
        return largest.reduceLanes(MAX);
    }

    /** The same where all gradients are 0. */
    public static int adam(int count, float[] p, float[] m, float[] v, int at, float keep, float ofMean, float ofSquare,
            float rate, float epsilon) {
        FloatVector vKeep = FloatVector.broadcast(S, keep);
        FloatVector vOfMean = FloatVector.broadcast(S, ofMean);
        FloatVector vOfSquare = FloatVector.broadcast(S, ofSquare);
        FloatVector vRate = FloatVector.broadcast(S, rate);
        FloatVector vEpsilon = FloatVector.broadcast(S, epsilon);
        IntVector largest = IntVector.zero(Lanes.INT_SPECIES);
        FloatVector zero = FloatVector.zero(S);
        for (int j = 0; j < count; j += L) {
            FloatVector mOld = FloatVector.fromArray(S, m, at + j);
            FloatVector vOld = FloatVector.fromArray(S, v, at + j);
            FloatVector mean = mOld.add(vOfMean.mul(zero.sub(mOld)));
            FloatVector square = vOld.add(vOfSquare.mul(zero.sub(vOld)));
            FloatVector moved = vKeep.mul(FloatVector.fromArray(S, p, at + j))
                    .sub(vRate.mul(mean).div(square.sqrt().add(vEpsilon)));
            mean.intoArray(m, at + j);
            square.intoArray(v, at + j);
            moved.intoArray(p, at + j);
            largest = largest.max(mean.reinterpretAsInts().and(Integer.MAX_VALUE))
                    .max(square.reinterpretAsInts().and(Integer.MAX_VALUE))
                    .max(moved.reinterpretAsInts().and(Integer.MAX_VALUE));
        }
        return largest.reduceLanes(MAX);
    }

    /** v' = v + d, and w' = w + d², for {@code count} elements. */
    public static void addTerm(int count, float[] d, int d0, float[] v, float[] w, int at) {
        for (int j = 0; j < count; j += L) {
            FloatVector a = FloatVector.fromArray(S, d, d0 + j);
            FloatVector.fromArray(S, v, at + j).add(a).intoArray(v, at + j);
            a.fma(a, FloatVector.fromArray(S, w, at + j)).intoArray(w, at + j);
        }
    }

    /** v' = v + d, for {@code count} elements. */
    public static void addTerm(int count, float[] d, int d0, float[] v, int at) {
        for (int j = 0; j < count; j += L) {
            FloatVector.fromArray(S, v, at + j).add(FloatVector.fromArray(S, d, d0 + j)).intoArray(v, at + j);
        }
    }
}
