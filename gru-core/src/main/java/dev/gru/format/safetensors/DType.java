package dev.gru.format.safetensors;

/** The types of elements that the format knows, and one for all that it may know in time. */
public enum DType {
    /** Truth values of one byte. */
    BOOL(1),
    /** Unsigned bytes. */
    U8(1),
    /** Signed bytes. */
    I8(1),
    /** Floats of 8 bits, 5 of them exponent. */
    F8_E5M2(1),
    /** Floats of 8 bits, 4 of them exponent. */
    F8_E4M3(1),
    /** Unsigned integers of 16 bits. */
    U16(2),
    /** Signed integers of 16 bits. */
    I16(2),
    /** IEEE 754 half precision. */
    F16(2),
    /** The upper half of a 32-bit float. */
    BF16(2),
    /** Unsigned integers of 32 bits. */
    U32(4),
    /** Signed integers of 32 bits. */
    I32(4),
    /** IEEE 754 single precision. */
    F32(4),
    /** Unsigned integers of 64 bits. */
    U64(8),
    /** Signed integers of 64 bits. */
    I64(8),
    /** IEEE 754 double precision. */
    F64(8),
    /** Any other type: a tensor is there, but its elements cannot be read. */
    OTHER(1);

    private final int bytes;

    DType(int bytes) {
        this.bytes = bytes;
    }

    /** Returns the number of bytes that one element has; of {@link #OTHER}, whose size nobody knows, 1. */
    public int bytes() {
        return bytes;
    }

    /** Returns the type of that name, {@link #OTHER} if it is not known. */
    public static DType find(String name) {
        for (DType dtype : values()) {
            if (dtype.name().equals(name)) {
                return dtype;
            }
        }
        return OTHER;
    }
}
