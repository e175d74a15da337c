package dev.gru.train.network;

import java.util.Arrays;

import dev.gru.kernel.training.Rows;
import dev.gru.kernel.training.TrainingKernel;
import dev.gru.layer.Dropout;
import dev.gru.train.math.RandomStream;

/**
 * Dropout in training, as in Keras: each feature of each step is kept with probability 1 − rate, independently and anew
 * in every pass, and then divided by that, so that its expectation is unchanged.
 *
 * <p>What is drawn for a feature depends on the seed, the layer and the place of the feature in the batch alone: it is
 * 32 bits of element number {@code place / 2} of a {@link RandomStream}, which can be computed by itself. So there is
 * no state that would depend on the order of rows, or have to be saved.
 */
final class DropoutNode extends Node {
    private final double rate;

    DropoutNode(Dropout layer) {
        rate = layer.rate();
    }

    @Override
    Pass newPass() {
        return new DropoutPass();
    }

    /** Returns the seed of a layer, given the number of its step. */
    static long seed(long seed, int index) {
        return RandomStream.mix(seed + (index + 1) * RandomStream.GAMMA);
    }

    /**
     * Returns what is drawn for two neighbouring features.
     *
     * @param seed the layer's
     * @param step which step of the batch, row by row
     * @param pair which two features of the step
     * @param pairs how many pairs a step has
     * @return 32 bits for each, the first in the lower half
     */
    static long bits(long seed, long step, int pair, int pairs) {
        return RandomStream.mix(seed + (step * pairs + pair + 1) * RandomStream.GAMMA);
    }

    private final class DropoutPass extends Pass {
        /** What each feature was multiplied by: 0 or 1 / (1 − rate); padding by 0. */
        private float[] factor;
        private float[] y;
        private Features out;
        /** The factors of the features of a step, two in a long. */
        private long[] pairs = {};
        /** How far the state of the random numbers is from that of the step, for each pair. */
        private long[] ofPair = {};

        @Override
        Features forward(Features x, Context context) {
            if (context.dropout() == null) {
                out = null;
                return x;
            }
            int stride = TrainingKernel.padded(x.size);
            factor = room(factor, (long) x.count() * stride);
            y = room(y, (long) x.count() * stride);
            draw(x, context, stride);
            for (int i = 0; i < x.count(); i++) {
                System.arraycopy(x.values.values(), x.values.place(i), y, i * stride, x.size);
            }
            multiply(y, x.count() * stride);
            out = x.with(x.size, new Rows(y, 0, stride));
            return out;
        }

        private void draw(Features x, Context context, int stride) {
            long seed = seed(context.dropout(), context.step());
            // Kept if 32 bits are at or above the rate.
            long least = Math.round(rate * 0x1p32);
            long kept = Float.floatToRawIntBits((float) (1 / (1 - rate)));
            int count = (x.size + 1) / 2;
            if (pairs.length != count) {
                pairs = new long[count];
                ofPair = new long[count];
                Arrays.setAll(ofPair, pair -> (pair + 1) * RandomStream.GAMMA);
            }
            for (int i = 0; i < x.count(); i++) {
                draw(seed + context.place(x, i) * count * RandomStream.GAMMA, least - 1, kept);
                int at = i * stride;
                for (int pair = 0; pair < count; pair++) {
                    factor[at + 2 * pair] = Float.intBitsToFloat((int) pairs[pair]);
                    // Behind an odd number of features there is padding.
                    factor[at + 2 * pair + 1] = Float.intBitsToFloat((int) (pairs[pair] >>> 32));
                }
            }
        }

        /**
         * Draws the pairs of a step, as {@link #bits} has them, and makes two factors of each: without branches, which
         * nobody could predict, and in longs alone, so that C2 vectorises it.
         */
        private void draw(long start, long most, long kept) {
            for (int pair = 0; pair < pairs.length; pair++) {
                long bits = RandomStream.mix(start + ofPair[pair]);
                long first = (most - (bits & 0xffffffffL)) >> 63 & kept;
                long second = (most - (bits >>> 32)) >> 63 & kept;
                pairs[pair] = first | second << 32;
            }
        }

        /** v ⊙ factor, in place: in this form C2 vectorises it. */
        private void multiply(float[] v, int count) {
            for (int i = 0; i < count; i++) {
                v[i] *= factor[i];
            }
        }

        /** dx = factor ⊙ dy. */
        @Override
        Rows backward(Rows dy, boolean wanted) {
            if (out == null) {
                return dy;
            }
            int stride = out.values.stride();
            if (dy.place(0) == 0 && dy.stride() == stride) {
                multiply(dy.values(), out.count() * stride);
                return dy;
            }
            for (int i = 0; i < out.count(); i++) {
                for (int j = 0; j < out.size; j++) {
                    dy.values()[dy.place(i) + j] *= factor[i * stride + j];
                }
            }
            return dy;
        }
    }
}
