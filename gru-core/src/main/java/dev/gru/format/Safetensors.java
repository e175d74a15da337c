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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
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

    private static final Set<String> TENSOR_KEYS = Set.of("dtype", "shape", "data_offsets");

    private final String where;
    private final Map<String, Tensor> tensors;
    private final Map<String, String> metadata;

    private Safetensors(String where, Map<String, Tensor> tensors, Map<String, String> metadata) {
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
        String where = Printable.path(name);
        byte[] header;
        long dataBytes;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size < PREFIX_BYTES) {
                throw new ModelFormatException(where + ": is not a safetensors file: it has only " + size + " bytes");
            }
            long headerBytes = readFully(where, channel, 0, PREFIX_BYTES).getLong();
            if (headerBytes < 0 || headerBytes > MAX_HEADER_BYTES || headerBytes > size - PREFIX_BYTES) {
                throw new ModelFormatException(where + ": is not a safetensors file, or is cut off: its header has "
                        + Long.toUnsignedString(headerBytes) + " bytes, the file " + size);
            }
            header = readFully(where, channel, PREFIX_BYTES, (int) headerBytes).array();
            dataBytes = size - PREFIX_BYTES - headerBytes;
        }
        if (header.length == 0 || header[0] != '{') {
            throw new ModelFormatException(where + ": is not a safetensors file: its header is not a JSON object");
        }
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        Map<String, String> metadata = new LinkedHashMap<>();
        for (Map.Entry<String, Object> entry : Json.parseObject(where + ": header", header).entrySet()) {
            String key = entry.getKey();
            if (key.equals(METADATA)) {
                readMetadata(where, entry.getValue(), metadata);
            } else {
                tensors.put(key, tensor(where, file, PREFIX_BYTES + (long) header.length, key, entry.getValue()));
            }
        }
        requireNoHoles(where, tensors.values(), dataBytes);
        return new Safetensors(where, tensors, metadata);
    }

    private static void readMetadata(String where, Object value, Map<String, String> metadata)
            throws ModelFormatException {
        if (!(value instanceof Map<?, ?> map)) {
            throw new ModelFormatException(where + ": " + METADATA + " must be an object");
        }
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (!(entry.getValue() instanceof String text)) {
                throw new ModelFormatException(where + ": " + METADATA + ": " + Printable.of((String) entry.getKey())
                        + " must be a string");
            }
            metadata.put((String) entry.getKey(), text);
        }
    }

    private static Tensor tensor(String container, Path file, long dataStart, String name, Object value)
            throws ModelFormatException {
        String where = container + ": tensor " + Printable.quoted(name);
        if (!(value instanceof Map<?, ?> map) || !map.keySet().equals(TENSOR_KEYS)) {
            throw new ModelFormatException(where + ": must be an object with dtype, shape and data_offsets");
        }
        ConfigObject object = new ConfigObject(where, map);
        DType dtype = DType.find(object.string("dtype"));
        if (dtype == null) {
            throw object.error("the dtype " + ConfigObject.show(object.get("dtype")) + " is not supported");
        }
        List<?> dimensions = object.list("shape");
        int[] shape = new int[dimensions.size()];
        long bytes = dtype.bytes();
        for (int i = 0; i < shape.length; i++) {
            if (!(dimensions.get(i) instanceof Long size) || size < 0 || size > Integer.MAX_VALUE) {
                throw object.error("a dimension must be a whole number from 0 to " + Integer.MAX_VALUE + ", is "
                        + ConfigObject.show(dimensions.get(i)));
            }
            shape[i] = size.intValue();
            if (Math.multiplyHigh(bytes, size) != 0 || bytes * size < 0) {
                throw object.error("the shape is larger than any file");
            }
            bytes *= size;
        }
        List<?> offsets = object.list("data_offsets");
        if (offsets.size() != 2 || !(offsets.get(0) instanceof Long begin) || !(offsets.get(1) instanceof Long end)
                || begin < 0 || end < begin) {
            throw object.error("data_offsets must be two whole numbers, begin and end");
        }
        if (end - begin != bytes) {
            throw object.error("data_offsets span " + (end - begin) + " bytes, but dtype and shape ask for " + bytes);
        }
        return new Tensor(file, where, name, dtype, shape, dataStart, begin, end);
    }

    private static void requireNoHoles(String where, Collection<Tensor> tensors, long dataBytes)
            throws ModelFormatException {
        List<Tensor> inOrder = new ArrayList<>(tensors);
        inOrder.sort(Comparator.<Tensor>comparingLong(tensor -> tensor.begin).thenComparingLong(tensor -> tensor.end));
        long end = 0;
        for (Tensor tensor : inOrder) {
            if (tensor.begin != end) {
                throw new ModelFormatException(tensor.where + ": its data begins at offset " + tensor.begin
                        + ", but that before it ends at " + end);
            }
            end = tensor.end;
        }
        if (end != dataBytes) {
            throw new ModelFormatException(where + ": the tensors have " + end + " bytes of data, but the file has "
                    + dataBytes + (end > dataBytes ? ": it is cut off" : ""));
        }
    }

    private static ByteBuffer readFully(String where, FileChannel channel, long position, int count)
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
            throw new ModelFormatException(where + ": has no tensor " + Printable.quoted(name));
        }
        return tensor;
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

        private static DType find(String name) {
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
        private final String where;
        private final String name;
        private final DType dtype;
        private final int[] shape;
        private final long dataStart;
        private final long begin;
        private final long end;

        private Tensor(Path file, String where, String name, DType dtype, int[] shape, long dataStart, long begin,
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
                        throw new ModelFormatException(
                                where + ": element " + i + " is " + value + ", more than an int holds");
                    }
                    values[i] = (int) value;
                }
                return values;
            });
        }

        private int arrayLength(String wanted, Set<DType> types) throws ModelFormatException {
            if (!types.contains(dtype)) {
                throw new ModelFormatException(where + ": is of type " + dtype + ", not one of " + wanted);
            }
            if (elements() > MAX_ARRAY) {
                throw new ModelFormatException(where + ": has " + elements() + " elements, more than an array holds");
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
