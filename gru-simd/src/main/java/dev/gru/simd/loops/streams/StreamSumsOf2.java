package dev.gru.simd.loops.streams;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import dev.gru.simd.loops.Lanes;

/**
 * The sums of a unit for 2 vectors of streams. Generated from {@code StreamSumsOf.java.in}.
 */
final class StreamSumsOf2 {
    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;
    /** From column to column. */
    private static final int X = 2 * L;

    private StreamSumsOf2() {
    }

    /** Those of a unit with 3 gates from the state. */
    static void sums3(float[] wi, int wi0, int inputs, float[] x, float[] ws, int ws0, int units, float[] h, float[] y,
            int y0, int plane) {
        FloatVector i00 = FloatVector.broadcast(S, wi[wi0]);
        FloatVector i01 = i00;
        FloatVector i10 = FloatVector.broadcast(S, wi[wi0 + 1]);
        FloatVector i11 = i10;
        FloatVector i20 = FloatVector.broadcast(S, wi[wi0 + 2]);
        FloatVector i21 = i20;
        for (int k = 0; k < inputs; k++) {
            int at = wi0 + (k + 1) * 3;
            FloatVector c0 = FloatVector.fromArray(S, x, k * X);
            FloatVector c1 = FloatVector.fromArray(S, x, k * X + L);
            FloatVector b0 = FloatVector.broadcast(S, wi[at]);
            i00 = b0.fma(c0, i00);
            i01 = b0.fma(c1, i01);
            FloatVector b1 = FloatVector.broadcast(S, wi[at + 1]);
            i10 = b1.fma(c0, i10);
            i11 = b1.fma(c1, i11);
            FloatVector b2 = FloatVector.broadcast(S, wi[at + 2]);
            i20 = b2.fma(c0, i20);
            i21 = b2.fma(c1, i21);
        }
        FloatVector s00 = FloatVector.broadcast(S, ws[ws0]);
        FloatVector s01 = s00;
        FloatVector s10 = FloatVector.broadcast(S, ws[ws0 + 1]);
        FloatVector s11 = s10;
        FloatVector s20 = FloatVector.broadcast(S, ws[ws0 + 2]);
        FloatVector s21 = s20;
        for (int k = 0; k < units; k++) {
            int at = ws0 + (k + 1) * 3;
            FloatVector c0 = FloatVector.fromArray(S, h, k * X);
            FloatVector c1 = FloatVector.fromArray(S, h, k * X + L);
            FloatVector b0 = FloatVector.broadcast(S, ws[at]);
            s00 = b0.fma(c0, s00);
            s01 = b0.fma(c1, s01);
            FloatVector b1 = FloatVector.broadcast(S, ws[at + 1]);
            s10 = b1.fma(c0, s10);
            s11 = b1.fma(c1, s11);
            FloatVector b2 = FloatVector.broadcast(S, ws[at + 2]);
            s20 = b2.fma(c0, s20);
            s21 = b2.fma(c1, s21);
        }
        i00.add(s00).intoArray(y, y0);
        i10.add(s10).intoArray(y, y0 + plane);
        i20.intoArray(y, y0 + 2 * plane);
        s20.intoArray(y, y0 + 3 * plane);
        i01.add(s01).intoArray(y, y0 + L);
        i11.add(s11).intoArray(y, y0 + plane + L);
        i21.intoArray(y, y0 + 2 * plane + L);
        s21.intoArray(y, y0 + 3 * plane + L);
    }

    /** Those of a unit with 2 gates from the state. */
    static void sums2(float[] wi, int wi0, int inputs, float[] x, float[] ws, int ws0, int units, float[] h, float[] y,
            int y0, int plane) {
        FloatVector i00 = FloatVector.broadcast(S, wi[wi0]);
        FloatVector i01 = i00;
        FloatVector i10 = FloatVector.broadcast(S, wi[wi0 + 1]);
        FloatVector i11 = i10;
        FloatVector i20 = FloatVector.broadcast(S, wi[wi0 + 2]);
        FloatVector i21 = i20;
        for (int k = 0; k < inputs; k++) {
            int at = wi0 + (k + 1) * 3;
            FloatVector c0 = FloatVector.fromArray(S, x, k * X);
            FloatVector c1 = FloatVector.fromArray(S, x, k * X + L);
            FloatVector b0 = FloatVector.broadcast(S, wi[at]);
            i00 = b0.fma(c0, i00);
            i01 = b0.fma(c1, i01);
            FloatVector b1 = FloatVector.broadcast(S, wi[at + 1]);
            i10 = b1.fma(c0, i10);
            i11 = b1.fma(c1, i11);
            FloatVector b2 = FloatVector.broadcast(S, wi[at + 2]);
            i20 = b2.fma(c0, i20);
            i21 = b2.fma(c1, i21);
        }
        FloatVector s00 = FloatVector.broadcast(S, ws[ws0]);
        FloatVector s01 = s00;
        FloatVector s10 = FloatVector.broadcast(S, ws[ws0 + 1]);
        FloatVector s11 = s10;
        for (int k = 0; k < units; k++) {
            int at = ws0 + (k + 1) * 2;
            FloatVector c0 = FloatVector.fromArray(S, h, k * X);
            FloatVector c1 = FloatVector.fromArray(S, h, k * X + L);
            FloatVector b0 = FloatVector.broadcast(S, ws[at]);
            s00 = b0.fma(c0, s00);
            s01 = b0.fma(c1, s01);
            FloatVector b1 = FloatVector.broadcast(S, ws[at + 1]);
            s10 = b1.fma(c0, s10);
            s11 = b1.fma(c1, s11);
        }
        i00.add(s00).intoArray(y, y0);
        i10.add(s10).intoArray(y, y0 + plane);
        i20.intoArray(y, y0 + 2 * plane);
        i01.add(s01).intoArray(y, y0 + L);
        i11.add(s11).intoArray(y, y0 + plane + L);
        i21.intoArray(y, y0 + 2 * plane + L);
    }
}
