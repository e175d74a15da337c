package dev.gru.simd.loops.streams;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import dev.gru.simd.loops.Lanes;

/**
 * The sums of a unit for 1 vector of streams. Generated from {@code StreamSumsOf.java.in}.
 */
final class StreamSumsOf1 {
    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;
    /** From column to column. */
    private static final int X = 1 * L;

    private StreamSumsOf1() {
    }

    /** Those of a unit with 3 gates from the state. */
    static void sums3(float[] wi, int wi0, int inputs, float[] x, float[] ws, int ws0, int units, float[] h, float[] y,
            int y0, int plane) {
        FloatVector i00 = FloatVector.broadcast(S, wi[wi0]);
        FloatVector i10 = FloatVector.broadcast(S, wi[wi0 + 1]);
        FloatVector i20 = FloatVector.broadcast(S, wi[wi0 + 2]);
        for (int k = 0; k < inputs; k++) {
            int at = wi0 + (k + 1) * 3;
            FloatVector c0 = FloatVector.fromArray(S, x, k * X);
            FloatVector b0 = FloatVector.broadcast(S, wi[at]);
            i00 = b0.fma(c0, i00);
            FloatVector b1 = FloatVector.broadcast(S, wi[at + 1]);
            i10 = b1.fma(c0, i10);
            FloatVector b2 = FloatVector.broadcast(S, wi[at + 2]);
            i20 = b2.fma(c0, i20);
        }
        FloatVector s00 = FloatVector.broadcast(S, ws[ws0]);
        FloatVector s10 = FloatVector.broadcast(S, ws[ws0 + 1]);
        FloatVector s20 = FloatVector.broadcast(S, ws[ws0 + 2]);
        for (int k = 0; k < units; k++) {
            int at = ws0 + (k + 1) * 3;
            FloatVector c0 = FloatVector.fromArray(S, h, k * X);
            FloatVector b0 = FloatVector.broadcast(S, ws[at]);
            s00 = b0.fma(c0, s00);
            FloatVector b1 = FloatVector.broadcast(S, ws[at + 1]);
            s10 = b1.fma(c0, s10);
            FloatVector b2 = FloatVector.broadcast(S, ws[at + 2]);
            s20 = b2.fma(c0, s20);
        }
        i00.add(s00).intoArray(y, y0);
        i10.add(s10).intoArray(y, y0 + plane);
        i20.intoArray(y, y0 + 2 * plane);
        s20.intoArray(y, y0 + 3 * plane);
    }

    /** Those of a unit with 2 gates from the state. */
    static void sums2(float[] wi, int wi0, int inputs, float[] x, float[] ws, int ws0, int units, float[] h, float[] y,
            int y0, int plane) {
        FloatVector i00 = FloatVector.broadcast(S, wi[wi0]);
        FloatVector i10 = FloatVector.broadcast(S, wi[wi0 + 1]);
        FloatVector i20 = FloatVector.broadcast(S, wi[wi0 + 2]);
        for (int k = 0; k < inputs; k++) {
            int at = wi0 + (k + 1) * 3;
            FloatVector c0 = FloatVector.fromArray(S, x, k * X);
            FloatVector b0 = FloatVector.broadcast(S, wi[at]);
            i00 = b0.fma(c0, i00);
            FloatVector b1 = FloatVector.broadcast(S, wi[at + 1]);
            i10 = b1.fma(c0, i10);
            FloatVector b2 = FloatVector.broadcast(S, wi[at + 2]);
            i20 = b2.fma(c0, i20);
        }
        FloatVector s00 = FloatVector.broadcast(S, ws[ws0]);
        FloatVector s10 = FloatVector.broadcast(S, ws[ws0 + 1]);
        for (int k = 0; k < units; k++) {
            int at = ws0 + (k + 1) * 2;
            FloatVector c0 = FloatVector.fromArray(S, h, k * X);
            FloatVector b0 = FloatVector.broadcast(S, ws[at]);
            s00 = b0.fma(c0, s00);
            FloatVector b1 = FloatVector.broadcast(S, ws[at + 1]);
            s10 = b1.fma(c0, s10);
        }
        i00.add(s00).intoArray(y, y0);
        i10.add(s10).intoArray(y, y0 + plane);
        i20.intoArray(y, y0 + 2 * plane);
    }
}
