package dev.gru.weights;

/**
 * How the weights of a packed layer are kept. All arithmetic is in the kernel's own precision whatever is chosen here:
 * only the weights change, by one rounding, and biases do not.
 *
 * <p>A layer packed in a lower precision has, bit for bit, the outputs that the same kernel has for weights that were
 * rounded before they were packed.
 */
public enum Precision {
    /** IEEE 754 binary32: the weights as they are. */
    FP32 {
        @Override
        public float round(float weight) {
            return weight;
        }
    },

    /**
     * bfloat16: the upper 16 bits of binary32, so its range with 8 significant bits. A weight moves by at most 2^-8 of
     * itself, and takes half the memory and half the time to read.
     */
    BF16 {
        @Override
        public float round(float weight) {
            int bits = Float.floatToRawIntBits(weight);
            if (Float.isNaN(weight)) {
                // Rounding could carry a NaN into an infinity; a set upper bit keeps it one.
                return Float.intBitsToFloat((bits | QUIET) & UPPER);
            }
            int half = HALF - 1 + (bits >>> BF16_SHIFT & 1);
            return Float.intBitsToFloat(bits + half & UPPER);
        }
    };

    private static final int BF16_SHIFT = 16;
    private static final int UPPER = 0xFFFF0000;
    private static final int HALF = 0x8000;
    private static final int QUIET = 0x00400000;

    /** Returns how many bytes a weight takes. */
    public final int bytes() {
        return this == FP32 ? Float.BYTES : Short.BYTES;
    }

    /** Returns the nearest number of this precision; of two as near, the one whose last bit is 0. NaN stays NaN. */
    public abstract float round(float weight);

    /** Returns the weights, each rounded: the array itself if that changes nothing. */
    final float[] round(float[] weights) {
        if (this == FP32) {
            return weights;
        }
        float[] rounded = new float[weights.length];
        for (int i = 0; i < weights.length; i++) {
            rounded[i] = round(weights[i]);
        }
        return rounded;
    }
}
