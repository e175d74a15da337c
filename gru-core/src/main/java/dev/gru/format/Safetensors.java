package dev.gru.format;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32C;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.shared.HeldFile;
import dev.gru.internal.Printable;
import dev.gru.internal.Shapes;

/**
 * The arrays of a {@code .safetensors} file, by name.
 *
 * <p>Reading a file checks its header and takes its bytes into memory outside the heap, where they stay as long as this is
 * reachable; an array is made each time it is asked for. So what a file holds later is of no consequence. Immutable and safe
 * for use by any number of threads. {@link SafetensorsWriter} writes such files. Files need not be trusted.
 *
 * <p>A file may have checksums: its metadata has the key {@value #CHECKSUMS}, of the value {@value #CRC_32C}, and its tensor
 * {@value #CHECKSUMS}, U8, of shape (n + 1, 4), has the CRC-32C, little-endian, of all that is before the data, and of the
 * data of each of the n other tensors, in the order of the header. They are checked: the first one when the file is opened,
 * that of a tensor when it is read.
 */
public final class Safetensors {
    static final int PREFIX_BYTES = Long.BYTES;
    public static final String METADATA = "__metadata__";
    static final ByteOrder BYTE_ORDER = ByteOrder.LITTLE_ENDIAN;

    /** The bound that the format's own implementation has. */
    static final long MAX_HEADER_BYTES = 100_000_000;

    /** The key in the metadata, and the name of the tensor. */
    public static final String CHECKSUMS = "checksums";
    static final String CRC_32C = "crc-32c";

    private final String where;
    private final Map<String, Tensor> tensors;
    private final Map<String, String> metadata;

    Safetensors(String where, Map<String, Tensor> tensors, Map<String, String> metadata) {
        this.where = where;
        this.tensors = Collections.unmodifiableMap(tensors);
        this.metadata = Collections.unmodifiableMap(metadata);
    }

    /** Where the bytes of the tensors are. */
    interface Data {
        /** Fills the rest of a buffer with bytes, from a position in the file on. */
        void read(long position, ByteBuffer buffer) throws IOException;
    }

    /**
     * Reads a file.
     *
     * @param file where it is
     * @throws ModelFormatException if the header breaks a rule of the format or does not fit the length of the file
     * @throws IOException if the file is not there or cannot be read
     */
    public static Safetensors read(Path file) throws IOException {
        return HeldFile.read(file, held -> open(held).inMemory(held));
    }

    /** Reads the header of a file; arrays can be read as long as it is held. */
    static Safetensors open(HeldFile file) throws IOException {
        return SafetensorsHeader.read(file);
    }

    private Safetensors inMemory(HeldFile file) throws IOException {
        long start = tensors.values().stream().mapToLong(tensor -> tensor.dataStart).findFirst().orElse(file.size());
        MemorySegment copy = Arena.ofAuto().allocate(file.size() - start, Long.BYTES);
        for (long at = 0; at < copy.byteSize(); at += Tensor.CHUNK_BYTES) {
            ByteBuffer chunk = copy.asSlice(at, Math.min(Tensor.CHUNK_BYTES, copy.byteSize() - at)).asByteBuffer();
            file.readFully(start + at, chunk);
        }
        Data data = (position, buffer) -> buffer
                .put(copy.asSlice(position - start, buffer.remaining()).asByteBuffer());
        return with(tensor -> tensor.in(data));
    }

    /** Returns this with other tensors in place of its own. */
    Safetensors with(UnaryOperator<Tensor> change) {
        Map<String, Tensor> changed = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> changed.put(name, change.apply(tensor)));
        return new Safetensors(where, changed, metadata);
    }

    /** Returns whether the file has checksums. */
    boolean hasChecksums() {
        return metadata.containsKey(CHECKSUMS);
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
        /** So much is read at once: it stays in the processor's second cache from the file to the array. */
        private static final int CHUNK_BYTES = 1 << 17;

        private final Data data;
        final String where;
        private final String name;
        private final DType dtype;
        private final int[] shape;
        private final long dataStart;
        /** Counted from {@code dataStart}. */
        final long begin;
        final long end;
        /** The checksum of the data, or null if the file has none. */
        private final Integer checksum;

        Tensor(Data data, String where, String name, DType dtype, int[] shape, long dataStart, long begin, long end,
                Integer checksum) {
            this.data = data;
            this.where = where;
            this.name = name;
            this.dtype = dtype;
            this.shape = shape;
            this.dataStart = dataStart;
            this.begin = begin;
            this.end = end;
            this.checksum = checksum;
        }

        private Tensor in(Data place) {
            return new Tensor(place, where, name, dtype, shape, dataStart, begin, end, checksum);
        }

        Tensor withChecksum(int crc) {
            return new Tensor(data, where, name, dtype, shape, dataStart, begin, end, crc);
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
            float[] values = new float[count];
            read((chunk, from, number) -> {
                switch (dtype) {
                    case F64 -> {
                        for (int i = 0; i < number; i++) {
                            values[from + i] = (float) chunk.getDouble(i * Double.BYTES);
                        }
                    }
                    case F16 -> {
                        for (int i = 0; i < number; i++) {
                            values[from + i] = Float.float16ToFloat(chunk.getShort(i * Short.BYTES));
                        }
                    }
                    case BF16 -> {
                        for (int i = 0; i < number; i++) {
                            values[from + i] = Float.intBitsToFloat(chunk.getShort(i * Short.BYTES) << 16);
                        }
                    }
                    default -> chunk.asFloatBuffer().get(values, from, number);
                }
            });
            return values;
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
            int[] values = new int[count];
            read((chunk, from, number) -> {
                for (int i = 0; i < number; i++) {
                    long value = switch (dtype) {
                        case I64 -> chunk.getLong(i * Long.BYTES);
                        case I16 -> chunk.getShort(i * Short.BYTES);
                        case I8 -> chunk.get(i);
                        default -> chunk.getInt(i * Integer.BYTES);
                    };
                    if (value != (int) value) {
                        throw error("element " + (from + i) + " is " + value + ", more than an int holds");
                    }
                    values[from + i] = (int) value;
                }
            });
            return values;
        }

        /** Reads a tensor of unsigned bytes. */
        ByteBuffer bytes() throws IOException {
            ByteBuffer bytes = ByteBuffer.allocate(arrayLength("unsigned bytes", Set.of(DType.U8))).order(BYTE_ORDER);
            read((chunk, _, count) -> bytes.put(chunk.slice(0, count)));
            return bytes.flip();
        }

        private int arrayLength(String wanted, Set<DType> types) throws ModelFormatException {
            if (!types.contains(dtype)) {
                throw error("is of type " + dtype + ", not one of " + wanted);
            }
            if (elements() > Shapes.MAX_ARRAY) {
                throw error("has " + elements() + " elements, more than an array holds");
            }
            return (int) elements();
        }

        /** Takes elements from the beginning of a buffer. */
        private interface Elements {
            /** Takes {@code count} of them, of which the first is element {@code from} of the tensor. */
            void take(ByteBuffer chunk, int from, int count) throws ModelFormatException;
        }

        private void read(Elements elements) throws IOException {
            CRC32C crc = checksum == null ? null : new CRC32C();
            long bytes = end - begin;
            try (Arena arena = Arena.ofConfined()) {
                ByteBuffer chunk = arena.allocate(Math.min(bytes, CHUNK_BYTES), Long.BYTES).asByteBuffer()
                        .order(BYTE_ORDER);
                for (long at = 0; at < bytes; at += chunk.limit()) {
                    chunk.clear().limit((int) Math.min(CHUNK_BYTES, bytes - at));
                    data.read(dataStart + begin + at, chunk);
                    if (crc != null) {
                        crc.update(chunk.flip());
                    }
                    chunk.rewind();
                    elements.take(chunk, (int) (at / dtype.bytes()), chunk.limit() / dtype.bytes());
                }
            }
            if (crc != null && (int) crc.getValue() != checksum) {
                throw error("is damaged: its checksum is %08x, that of its bytes %08x".formatted(checksum,
                        (int) crc.getValue()));
            }
        }

        /**
         * Reads the data, only to check it.
         *
         * @throws ModelFormatException if it is damaged, as far as the file has checksums
         */
        void verify() throws IOException {
            read((_, _, _) -> {
            });
        }

        @Override
        public String toString() {
            return name + " " + dtype + Arrays.toString(shape);
        }
    }
}
