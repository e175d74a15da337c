package dev.gru.format.safetensors;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Set;
import java.util.zip.CRC32C;

import dev.gru.format.file.ModelFormatException;
import dev.gru.internal.Printable;
import dev.gru.internal.Shapes;

/**
 * One array of a file. Immutable; safe for use by any number of threads, as long as the bytes can be read that it is
 * made from.
 */
public final class StoredTensor {
    /** Where the bytes of a file are. */
    interface Data {
        /** Fills the rest of a buffer with bytes, from a position in the file on. */
        void read(long position, ByteBuffer buffer) throws IOException;
    }

    /** So much is read at once: it stays in the processor's second cache from the file to the array. */
    static final int CHUNK_BYTES = 1 << 17;

    private final Data data;
    final String where;
    private final String name;
    private final String typeName;
    private final DType dtype;
    private final int[] shape;
    private final long dataStart;
    /** Counted from {@code dataStart}. */
    final long begin;
    final long end;
    /** The checksum of the data, or null if the file has none. */
    private final Integer checksum;

    StoredTensor(Data data, String where, String name, String typeName, int[] shape, long dataStart, long begin,
            long end, Integer checksum) {
        this.data = data;
        this.where = where;
        this.name = name;
        this.typeName = typeName;
        dtype = DType.find(typeName);
        this.shape = shape;
        this.dataStart = dataStart;
        this.begin = begin;
        this.end = end;
        this.checksum = checksum;
    }

    StoredTensor in(Data place) {
        return new StoredTensor(place, where, name, typeName, shape, dataStart, begin, end, checksum);
    }

    StoredTensor withChecksum(int crc) {
        return new StoredTensor(data, where, name, typeName, shape, dataStart, begin, end, crc);
    }

    /** Returns the name. */
    public String name() {
        return name;
    }

    /** Returns the type of the elements as they are in the file. */
    public DType dtype() {
        return dtype;
    }

    /** Returns the type of the elements as the file calls it, which may be one that is not known. */
    public String typeName() {
        return typeName;
    }

    /** Returns a copy of the dimensions, slowest first; none for a single number. */
    public int[] shape() {
        return shape.clone();
    }

    /**
     * Checks the dimensions.
     *
     * @throws ModelFormatException if the tensor has others
     */
    public void requireShape(long... expected) throws ModelFormatException {
        if (!Arrays.equals(Arrays.stream(shape).asLongStream().toArray(), expected)) {
            throw error("has the shape " + Arrays.toString(shape) + ", but must have " + Arrays.toString(expected));
        }
    }

    /** Returns an exception that names this tensor and its file. */
    public ModelFormatException error(String problem) {
        return new ModelFormatException(where + ": " + problem);
    }

    /** Returns the number of elements. */
    public long elements() {
        return Arrays.stream(shape).asLongStream().reduce(1, (a, b) -> a * b);
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
        ByteBuffer bytes = ByteBuffer.allocate(arrayLength("unsigned bytes", Set.of(DType.U8)))
                .order(Format.BYTE_ORDER);
        read((chunk, _, count) -> bytes.put(chunk.slice(0, count)));
        return bytes.flip();
    }

    private int arrayLength(String wanted, Set<DType> types) throws ModelFormatException {
        if (!types.contains(dtype)) {
            throw error("is of type " + Printable.of(typeName) + ", not one of " + wanted);
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
                    .order(Format.BYTE_ORDER);
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
    public void verify() throws IOException {
        read((_, _, _) -> {
        });
    }

    @Override
    public String toString() {
        return name + " " + typeName + Arrays.toString(shape);
    }
}
