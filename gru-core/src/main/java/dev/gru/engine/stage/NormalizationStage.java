package dev.gru.engine.stage;

import dev.gru.layer.Normalization.LayerNormalization;
import dev.gru.layer.Normalization.UnitNormalization;

/**
 * Normalises the features of each step by what it finds in them. Everything is computed in double, and sums in a fixed
 * order, four partial ones at a time: the same bits with every kernel.
 */
final class NormalizationStage extends Stage {
    /** The smallest norm that a vector is divided by. */
    private static final double MIN_NORM = 1e-12;

    /** Mean and variance, then gamma and beta, each (size); or, without these, the Euclidean norm alone. */
    @SuppressWarnings("ArrayRecordComponent") // made here, and nobody else sees them
    private record Packed(float[] gamma, float[] beta, double epsilon) implements PackedLayer {
        @Override
        public Stage newStage(Value[] in, Value out, Room room) {
            return new NormalizationStage(this, in[0], out);
        }
    }

    private final Packed layer;

    private NormalizationStage(Packed layer, Value in, Value out) {
        super(in, out);
        this.layer = layer;
    }

    /** Packs a normalisation by mean and variance. */
    static PackedLayer pack(LayerNormalization layer) {
        return new Packed(layer.gamma(), layer.beta(), layer.epsilon());
    }

    /** Packs a normalisation by the norm. */
    static PackedLayer pack(@SuppressWarnings("unused") UnitNormalization layer) {
        return new Packed(null, null, 0);
    }

    @Override
    public void run(int rows) {
        int count = rows * in.steps;
        for (int step = 0; step < count; step++) {
            if (layer.gamma == null) {
                divideByNorm(step * in.size);
            } else {
                standardize(step * in.size);
            }
        }
        out.steps = in.steps;
    }

    private void standardize(int from) {
        float[] x = in.data;
        int size = in.size;
        double mean = sum(from) / size;
        double factor = 1 / Math.sqrt(squares(from, mean) / size + layer.epsilon);
        for (int i = 0; i < size; i++) {
            out.data[from + i] = (float) ((x[from + i] - mean) * factor * layer.gamma[i] + layer.beta[i]);
        }
    }

    private void divideByNorm(int from) {
        double norm = Math.max(Math.sqrt(squares(from, 0)), MIN_NORM);
        for (int i = from; i < from + in.size; i++) {
            out.data[i] = (float) (in.data[i] / norm);
        }
    }

    private double sum(int from) {
        float[] x = in.data;
        int end = from + in.size;
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        int i = from;
        for (; i + 3 < end; i += 4) {
            a += x[i];
            b += x[i + 1];
            c += x[i + 2];
            d += x[i + 3];
        }
        for (; i < end; i++) {
            a += x[i];
        }
        return (a + b) + (c + d);
    }

    /** Returns the sum of the squares of differences. */
    private double squares(int from, double mean) {
        float[] x = in.data;
        int end = from + in.size;
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        int i = from;
        for (; i + 3 < end; i += 4) {
            double va = x[i] - mean;
            double vb = x[i + 1] - mean;
            double vc = x[i + 2] - mean;
            double vd = x[i + 3] - mean;
            a += va * va;
            b += vb * vb;
            c += vc * vc;
            d += vd * vd;
        }
        for (; i < end; i++) {
            double v = x[i] - mean;
            a += v * v;
        }
        return (a + b) + (c + d);
    }
}
