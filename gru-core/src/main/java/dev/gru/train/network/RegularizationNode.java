package dev.gru.train.network;

import dev.gru.kernel.training.Rows;
import dev.gru.kernel.training.TrainingKernel;
import dev.gru.layer.Regularization;
import dev.gru.train.math.AlphaDropout;
import dev.gru.train.math.RandomStream;

/**
 * A {@link Regularization} layer that draws in training, as in Keras, y = factor ⊙ x + summand, with p its amount and N
 * a normal number:
 *
 * <pre>
 * SPATIAL_DROPOUT1D   factor 0 with probability p, else 1 / (1 − p), the same in all steps of a row
 * GAUSSIAN_NOISE      summand p N
 * GAUSSIAN_DROPOUT    factor 1 + √(p / (1 − p)) N
 * ALPHA_DROPOUT       with probability p, x is replaced by α', and a x + b of that, as {@link AlphaDropout} has them
 * </pre>
 *
 * <p>What is drawn depends on the seed, the step of the layer and the place in the batch alone, as that of
 * {@link DropoutNode} does.
 */
final class RegularizationNode extends Node {
    final Regularization.Kind kind;
    private final double amount;

    RegularizationNode(Regularization layer) {
        kind = layer.kind();
        amount = layer.amount();
    }

    @Override
    Pass newPass() {
        return new DrawingPass();
    }

    private final class DrawingPass extends Pass {
        private float[] factor;
        private float[] y;
        /** Null if nothing was drawn. */
        private Features out;

        @Override
        Features forward(Features x, Context context) {
            if (!context.training()) {
                out = null;
                return x;
            }
            int stride = TrainingKernel.padded(x.size);
            factor = room(factor, (long) x.count() * stride);
            y = room(y, (long) x.count() * stride);
            long seed = DropoutNode.seed(context.dropout(), context.step());
            int pairs = (x.size + 1) / 2;
            for (int index = 0; index < x.count(); index++) {
                long place = kind == Regularization.Kind.SPATIAL_DROPOUT1D
                        ? context.first() + index % x.rows
                        : context.place(x, index);
                for (int pair = 0; pair < pairs; pair++) {
                    long bits = DropoutNode.bits(seed, place, pair, pairs);
                    for (int i = 2 * pair; i < Math.min(2 * pair + 2, x.size); i++) {
                        draw(bits, i, x.get(index, i), index * stride + i);
                    }
                }
            }
            out = x.with(x.size, new Rows(y, 0, stride));
            return out;
        }

        /** Draws from the lower half of some bits for an even feature, from the upper one for an odd feature. */
        private void draw(long bits, int i, float x, int to) {
            double uniform = ((i & 1) == 0 ? bits & 0xffffffffL : bits >>> 32) * 0x1p-32;
            double summand = 0;
            switch (kind) {
                case SPATIAL_DROPOUT1D -> factor[to] = (float) (uniform < amount ? 0 : 1 / (1 - amount));
                case GAUSSIAN_NOISE -> {
                    factor[to] = 1;
                    summand = amount * RandomStream.normals(bits)[i & 1];
                }
                case GAUSSIAN_DROPOUT ->
                    factor[to] = (float) (1 + Math.sqrt(amount / (1 - amount)) * RandomStream.normals(bits)[i & 1]);
                case ALPHA_DROPOUT -> {
                    AlphaDropout alpha = new AlphaDropout(amount);
                    boolean dropped = uniform < amount;
                    factor[to] = dropped ? 0 : (float) alpha.factor();
                    summand = dropped ? alpha.summandOfDropped() : alpha.summand();
                }
                case ACTIVITY_REGULARIZATION -> throw new AssertionError("draws nothing");
            }
            y[to] = (float) (factor[to] * x + summand);
        }

        /** dx = factor ⊙ dy. */
        @Override
        Rows backward(Rows dy, boolean wanted) {
            for (int index = 0; out != null && index < out.count(); index++) {
                for (int i = 0; i < out.size; i++) {
                    dy.values()[dy.place(index) + i] *= factor[out.values.place(index) + i];
                }
            }
            return dy;
        }
    }
}
