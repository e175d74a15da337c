package dev.gru.train.reference;

import java.util.List;

/** A {@link dev.gru.layer.Masking} layer in training. */
final class ScalarMasking implements ScalarLayer {
    private final double value;
    private ScalarFeatures y;

    ScalarMasking(double value) {
        this.value = value;
    }

    @Override
    public ScalarFeatures forward(ScalarFeatures x, Pass pass) {
        boolean[] mask = new boolean[x.rows * x.steps];
        double[] kept = new double[x.values.length];
        for (int step = 0; step < mask.length; step++) {
            mask[step] = (x.within == null || x.within[step]) && differs(x, step * x.size);
            if (mask[step]) {
                System.arraycopy(x.values, step * x.size, kept, step * x.size, x.size);
            }
        }
        y = x.with(x.size, kept, mask);
        return y;
    }

    private boolean differs(ScalarFeatures x, int from) {
        for (int i = from; i < from + x.size; i++) {
            if (x.values[i] != value) {
                return true;
            }
        }
        return false;
    }

    /** dx = dy where a step is not masked, and 0 where its features were replaced by zeros. */
    @Override
    public double[] backward(double[] dy, ScalarGradients gradients) {
        double[] dx = new double[dy.length];
        for (int i = 0; i < dx.length; i++) {
            dx[i] = y.counts(i / y.size) ? dy[i] : 0;
        }
        return dx;
    }

    /** A {@link dev.gru.layer.Masking.SetMask} layer in training. */
    static final class ScalarSetMask implements OfSeveral {
        private ScalarFeatures masked;

        @Override
        public ScalarFeatures forward(List<ScalarFeatures> inputs, Pass pass) {
            ScalarFeatures x = inputs.getFirst();
            masked = inputs.getLast();
            return new ScalarFeatures(x.rows, x.steps, x.size, x.values.clone(), masked.mask, masked.within, null);
        }

        /** dx = dy; the features that come with the mask change nothing. */
        @Override
        public List<double[]> backwardToAll(double[] dy, ScalarGradients gradients) {
            return List.of(dy.clone(), new double[masked.values.length]);
        }
    }
}
