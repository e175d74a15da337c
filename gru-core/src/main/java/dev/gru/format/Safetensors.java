package dev.gru.format;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.Set;

/**
 * The arrays of a {@code .safetensors} file, by name.
 *
 * <p>Opening a file reads and checks its header; the data of a tensor is mapped into memory and copied each time it is
 * asked for, so the file must stay as it is. Nothing stays open between calls. Immutable and safe for use by any number
 * of threads. {@link SafetensorsWriter} writes such files. Files need not be trusted.
 */
public final class Safetensors {
    static final int PREFIX_BYTES = Long.BYTES;
    static final String METADATA = "__metadata__";
    static final ByteOrder BYTE_ORDER = ByteOrder.LITTLE_ENDIAN;

    /** The bound that the format's own implementation has. */
    static final long MAX_HEADER_BYTES = 100_000_000;

    private final String where;
    private final Map<String, Tensor> tensors;
    private final Map<String, String> metadata;

    Safetensors(String where, Map<String, Tensor> tensors, Map<String, String> metadata) {
        this.where = where;
        this.tensors = Collections.unmodifiableMap(tensors);
        this.metadata = Collections.unmodifiableMap(metadata);
    }

    /**
     * Opens a file.
     *
     * @param file where it is
     * @throws ModelFormatException if the header breaks a rule of the format or does not fit the length of the file
     * @throws IOException if the file is not there or cannot be read
     */
    public static Safetensors read(Path file) throws IOException {
        return read(file.toString(), file);
    }

    /** Opens a file that messages call {@code name}; otherwise the same as {@link #read(Path)}. */
    static Safetensors read(String name, Path file) throws IOException {
        return SafetensorsHeader.read(Printable.path(name), file);
    }

    /** Returns bytes of a file, all that are asked for. */
    static ByteBuffer readFully(String where, FileChannel channel, long position, int count)
            throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(count).order(BYTE_ORDER);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, position + buffer.position()) < 0) {
                throw shortened(where);
            }
        }
        return buffer.flip();
    }

    private static EOFException shortened(String where) {
        return new EOFException(where + ": became shorter while it was read");
    }

    /** Returns all tensors by name, in the order of the header. */
    public Map<String, Tensor> tensors() {
        return tensors;
    }

    /** Returns the free text that the file carries, by key. */
    public Map<String, String> metadata() {
        return metadata;
    }

    /**
     * Returns the tensor of the given name.
     *
     * @throws ModelFormatException if there is none
     */
    public Tensor tensor(String name) throws ModelFormatException {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw error("has no tensor " + Printable.quoted(name));
        }
        return tensor;
    }

    /** Returns what messages call this file. */
    String where() {
        return where;
    }

    /** Returns an exception that names this file. */
    ModelFormatException error(String problem) {
        return new ModelFormatException(where + ": " + problem);
    }

    @Override
    public String toString() {
        return "Safetensors[" + where + ", " + tensors.values() + "]";
    }

    /** The types of elements that the format knows. */
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
        F64(8);

        private final int bytes;

        DType(int bytes) {
            this.bytes = bytes;
        }

        /** Returns the number of bytes that one element has. */
        public int bytes() {
            return bytes;
        }

        /** Returns the type of that name, or null. */
        static DType find(String name) {
            for (DType dtype : values()) {
                if (dtype.name().equals(name)) {
                    return dtype;
                }
            }
            return null;
        }
    }

    /** One array of a file. Immutable and safe for use by any number of threads. */
    public static final class Tensor {
        private static final int MAX_ARRAY = Integer.MAX_VALUE - 8;

        private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(BYTE_ORDER);
        private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(BYTE_ORDER);
        private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(BYTE_ORDER);
        private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(BYTE_ORDER);
        private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(BYTE_ORDER);

        private final Path file;
        final String where;
        private final String name;
        private final DType dtype;
        private final int[] shape;
        private final long dataStart;
        /** Counted from {@code dataStart}. */
        final long begin;
        final long end;

        Tensor(Path file, String where, String name, DType dtype, int[] shape, long dataStart, long begin,
                long end) {
            this.file = file;
            this.where = where;
            this.name = name;
            this.dtype = dtype;
            this.shape = shape;
            this.dataStart = dataStart;
            this.begin = begin;
            this.end = end;
        }

        /** Returns the name. */
        public String name() {
            return name;
        }

        /** Returns the type of the elements as they are in the file. */
        public DType dtype() {
            return dtype;
        }

        /** Returns a copy of the dimensions, slowest first; none for a single number. */
        public int[] shape() {
            return shape.clone();
        }

        /** Returns without doing anything if the tensor has these dimensions. */
        void requireShape(long... expected) throws ModelFormatException {
            if (!Arrays.equals(Arrays.stream(shape).asLongStream().toArray(), expected)) {
                throw error("has the shape " + Arrays.toString(shape) + ", but must have " + Arrays.toString(expected));
            }
        }

        /** Returns an exception that names this tensor and its file. */
        ModelFormatException error(String problem) {
            return new ModelFormatException(where + ": " + problem);
        }

        /** Returns the number of elements. */
        public long elements() {
            return (end - begin) / dtype.bytes();
        }

        /**
         * Reads a tensor of floating-point numbers: F32 and the narrower F16 and BF16 as they are, F64 rounded.
         *
         * @return a new array of all elements, row-major
         * @throws ModelFormatException if the tensor is of another type or has more elements than an array
         * @throws IOException if the file cannot be read
         */
        public float[] floats() throws IOException {
            int count = arrayLength("floating-point numbers",
                    Set.of(DType.F64, DType.F32, DType.F16, DType.BF16));
            return mapped(data -> {
                float[] values = new float[count];
                switch (dtype) {
                    case F64 -> {
                        for (int i = 0; i < count; i++) {
                            values[i] = (float) data.getAtIndex(DOUBLE, i);
                        }
                    }
                    case F16 -> {
                        for (int i = 0; i < count; i++) {
                            values[i] = Float.float16ToFloat(data.getAtIndex(SHORT, i));
                        }
                    }
                    case BF16 -> {
                        for (int i = 0; i < count; i++) {
                            values[i] = Float.intBitsToFloat(data.getAtIndex(SHORT, i) << 16);
                        }
                    }
                    default -> MemorySegment.copy(data, FLOAT, 0, values, 0, count);
                }
                return values;
            });
        }

        /**
         * Reads a tensor of signed integers of 8 to 64 bits.
         *
         * @return a new array of all elements, row-major
         * @throws ModelFormatException if the tensor is of another type, has more elements than an array, or one of them
         *     does not fit an int
         * @throws IOException if the file cannot be read
         */
        public int[] ints() throws IOException {
            int count = arrayLength("signed integers", Set.of(DType.I64, DType.I32, DType.I16, DType.I8));
            return mapped(data -> {
                int[] values = new int[count];
                for (int i = 0; i < count; i++) {
                    long value = switch (dtype) {
                        case I64 -> data.getAtIndex(LONG, i);
                        case I16 -> data.getAtIndex(SHORT, i);
                        case I8 -> data.get(ValueLayout.JAVA_BYTE, i);
                        default -> data.getAtIndex(INT, i);
                    };
                    if (value != (int) value) {
                        throw error("element " + i + " is " + value + ", more than an int holds");
                    }
                    values[i] = (int) value;
                }
                return values;
            });
        }

        private int arrayLength(String wanted, Set<DType> types) throws ModelFormatException {
            if (!types.contains(dtype)) {
                throw error("is of type " + dtype + ", not one of " + wanted);
            }
            if (elements() > MAX_ARRAY) {
                throw error("has " + elements() + " elements, more than an array holds");
            }
            return (int) elements();
        }

        /** Makes an array of the bytes of a tensor. */
        private interface Copier<T> {
            T copy(MemorySegment data) throws ModelFormatException;
        }

        private <T> T mapped(Copier<T> copier) throws IOException {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
                    Arena arena = Arena.ofConfined()) {
                long from = dataStart + begin;
                long count = end - begin;
                // A page beyond the end of a file cannot be read, and says so less kindly.
                if (channel.size() - count < from) {
                    throw shortened(where);
                }
                return copier.copy(data(channel, from, count, arena));
            }
        }

        private MemorySegment data(FileChannel channel, long from, long count, Arena arena) throws IOException {
            try {
                return channel.map(MapMode.READ_ONLY, from, count, arena);
            } catch (UnsupportedOperationException e) {
                // Other file systems than the default one do not map.
                if (count > MAX_ARRAY) {
                    throw new ModelFormatException(where + ": is too large to be read from this file system", e);
                }
                return MemorySegment.ofArray(readFully(where, channel, from, (int) count).array());
            }
        }

        @Override
        public String toString() {
            return name + " " + dtype + Arrays.toString(shape);
        }
    }
}
