package dev.gru.format.hdf5;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * How floating-point numbers are stored.
 *
 * @param layout the bits of one
 * @param order the order of its bytes
 */
record FloatFormat(Layout layout, ByteOrder order) {

    /** A sign, an exponent and a mantissa without its leading 1, from the highest bit down. */
    enum Layout {
        FLOAT32(4, 23, 127), FLOAT16(2, 10, 15), BFLOAT16(2, 7, 127);

        private final int bytes;
        private final int mantissaBits;
        private final int exponentBias;

        Layout(int bytes, int mantissaBits, int exponentBias) {
            this.bytes = bytes;
            this.mantissaBits = mantissaBits;
            this.exponentBias = exponentBias;
        }

        int bytes() {
            return bytes;
        }

        int mantissaBits() {
            return mantissaBits;
        }

        int exponentBias() {
            return exponentBias;
        }
    }

    /** Returns the number of bytes of one number. */
    int bytes() {
        return layout.bytes;
    }

    /** Returns the first {@code count} numbers of a buffer; widening changes no value. */
    float[] read(ByteBuffer from, int count) {
        ByteBuffer buffer = from.order(order);
        float[] values = new float[count];
        switch (layout) {
            case FLOAT32 -> buffer.asFloatBuffer().get(values);
            case FLOAT16 -> {
                for (int i = 0; i < count; i++) {
                    values[i] = Float.float16ToFloat(buffer.getShort());
                }
            }
            case BFLOAT16 -> {
                for (int i = 0; i < count; i++) {
                    values[i] = Float.intBitsToFloat(buffer.getShort() << 16);
                }
            }
        }
        return values;
    }
}
