package dev.gru.train.network;

import java.util.Arrays;
import java.util.List;

import dev.gru.kernel.training.Rows;
import dev.gru.kernel.training.TrainingKernel;
import dev.gru.layer.Masking.SetMask;
import dev.gru.layer.Masking;

/** A {@link Masking} layer in training. */
final class MaskingNode extends Node {
    private final float value;

    MaskingNode(Masking layer) {
        value = layer.maskValue();
    }

    @Override
    Pass newPass() {
        return new MaskPass();
    }

    private final class MaskPass extends Pass {
        private float[] y;
        private Features out;

        @Override
        Features forward(Features x, Context context) {
            boolean[] mask = new boolean[x.count()];
            int stride = TrainingKernel.padded(x.size);
            y = room(y, (long) x.count() * stride);
            for (int i = 0; i < mask.length; i++) {
                mask[i] = (x.within == null || x.within[i]) && differs(x, i);
                if (mask[i]) {
                    System.arraycopy(x.values.values(), x.values.place(i), y, i * stride, x.size);
                } else {
                    Arrays.fill(y, i * stride, i * stride + x.size, 0);
                }
            }
            out = x.with(x.size, new Rows(y, 0, stride), mask);
            return out;
        }

        /** dx = dy where a step is not masked, and 0 where its features were replaced by zeros. */
        @Override
        Rows backward(Rows dy, boolean wanted) {
            for (int i = 0; i < out.count(); i++) {
                if (!out.counts(i)) {
                    Arrays.fill(dy.values(), dy.place(i), dy.place(i) + out.size, 0);
                }
            }
            return dy;
        }

        private boolean differs(Features x, int i) {
            int from = x.values.place(i);
            for (int j = from; j < from + x.size; j++) {
                if (x.values.values()[j] != value) {
                    return true;
                }
            }
            return false;
        }
    }

    /** A {@link SetMask} layer in training. */
    static final class SetMaskNode extends Node {
        @Override
        Pass newPass() {
            return new SetMaskPass();
        }
    }

    private static final class SetMaskPass extends PassOfSeveral {
        private Features masked;
        private float[] dMasked;

        @Override
        Features forward(List<Features> inputs, Context context) {
            Features x = inputs.getFirst();
            masked = inputs.getLast();
            return x.with(x.size, x.values, masked.mask, masked.within);
        }

        /** dx = dy; the features that come with the mask change nothing. */
        @Override
        Rows[] backward(Rows dy, boolean[] wanted) {
            return new Rows[]{dy, wanted[1] ? zeroGradient() : null};
        }

        private Rows zeroGradient() {
            int stride = TrainingKernel.padded(masked.size);
            dMasked = zeros(dMasked, (long) masked.count() * stride);
            return new Rows(dMasked, 0, stride);
        }
    }
}
