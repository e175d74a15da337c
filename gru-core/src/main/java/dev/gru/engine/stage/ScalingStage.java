package dev.gru.engine.stage;

import dev.gru.layer.ActivationLayer.PReLU;
import dev.gru.layer.Normalization.BatchNormalization;
import dev.gru.layer.Scale;

/** Applies constants of their own to each feature: (v − shift) · scale + offset, or the slopes of a rectifier. */
final class ScalingStage extends Stage {

    /** The constants of a layer, each (size). */
    @SuppressWarnings("ArrayRecordComponent") // made here, and nobody else sees them
    private record Affine(float[] shift, float[] scale, float[] offset) implements PackedLayer {
        @Override
        public Stage newStage(Value[] in, Value out, Room room) {
            return new ScalingStage(in[0], out, this, null);
        }
    }

    /** The slopes of a layer, (steps, size); those of one step hold for all. */
    @SuppressWarnings("ArrayRecordComponent") // made here, and nobody else sees them
    private record Slopes(float[] slopes) implements PackedLayer {
        @Override
        public Stage newStage(Value[] in, Value out, Room room) {
            return new ScalingStage(in[0], out, null, slopes);
        }
    }

    private final Affine affine;
    private final float[] slopes;

    private ScalingStage(Value in, Value out, Affine affine, float[] slopes) {
        super(in, out);
        this.affine = affine;
        this.slopes = slopes;
    }

    /** Packs a normalisation by the moving averages: its factors are gamma / √(variance + epsilon). */
    static PackedLayer pack(BatchNormalization layer) {
        float[] scale = layer.gamma();
        float[] variance = layer.movingVariance();
        for (int i = 0; i < scale.length; i++) {
            scale[i] = (float) (scale[i] / Math.sqrt((double) variance[i] + layer.epsilon()));
        }
        // The mean is subtracted first: folded into the summand, it would cancel digits of large features.
        return new Affine(layer.movingMean(), scale, layer.beta());
    }

    /** Packs constants. */
    static PackedLayer pack(Scale layer) {
        return new Affine(layer.shift(), layer.scale(), layer.offset());
    }

    /** Packs slopes. */
    static PackedLayer pack(PReLU layer) {
        float[] slopes = new float[layer.slope().remaining()];
        layer.slope().get(slopes);
        return new Slopes(slopes);
    }

    @Override
    public void run(int rows) {
        int count = rows * in.steps;
        for (int step = 0; step < count; step++) {
            if (affine != null) {
                scale(in.data, step * in.size);
            } else {
                rectify(in.data, step * in.size, step * in.size % slopes.length);
            }
        }
        out.steps = in.steps;
    }

    private void scale(float[] x, int from) {
        float[] y = out.data;
        float[] shift = affine.shift;
        float[] scale = affine.scale;
        float[] offset = affine.offset;
        for (int i = 0; i < shift.length; i++) {
            y[from + i] = Math.fma(x[from + i] - shift[i], scale[i], offset[i]);
        }
    }

    private void rectify(float[] x, int from, int slope) {
        float[] y = out.data;
        for (int i = 0; i < in.size; i++) {
            float v = x[from + i];
            y[from + i] = v > 0 ? v : slopes[slope + i] * v;
        }
    }
}
