package dev.gru.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.gru.format.Safetensors.DType;

/**
 * Collects arrays and writes them as a {@code .safetensors} file.
 *
 * <p>For use by one thread. Arrays are not copied: they must not change before they are written. Needs the library
 * {@code com.fasterxml.jackson.core:jackson-core}.
 */
public final class SafetensorsWriter {
    private static final int BUFFER_BYTES = 1 << 16;

    /** Data begins at a multiple of this, so that it can be mapped into memory as an array of any type. */
    private static final int ALIGNMENT = 8;

    private record Entry(DType dtype, List<Long> shape, int elements, ElementWriter data) {
    }

    /** Puts one element into a buffer. */
    private interface ElementWriter {
        void put(int index, ByteBuffer buffer);
    }

    private final Map<String, Entry> entries = new LinkedHashMap<>();

    /** Makes a writer without any arrays. */
    public SafetensorsWriter() {
    }

    /**
     * Adds a tensor of type F32.
     *
     * @param name its name, one that is not there yet
     * @param values its elements, row-major
     * @param shape its dimensions, slowest first; none for a single number
     * @return this
     * @throws IllegalArgumentException if the name is taken or the shape does not have as many elements as the array
     */
    public SafetensorsWriter add(String name, float[] values, int... shape) {
        return add(name, DType.F32, values.length, shape, (index, buffer) -> buffer.putFloat(values[index]));
    }

    /**
     * Adds a tensor of type I32; otherwise the same as {@link #add(String, float[], int...)}.
     *
     * @param name its name, one that is not there yet
     * @param values its elements, row-major
     * @param shape its dimensions, slowest first; none for a single number
     * @return this
     */
    public SafetensorsWriter add(String name, int[] values, int... shape) {
        return add(name, DType.I32, values.length, shape, (index, buffer) -> buffer.putInt(values[index]));
    }

    private SafetensorsWriter add(String name, DType dtype, int elements, int[] shape, ElementWriter data) {
        long expected = 1;
        for (int dimension : shape) {
            if (dimension < 0) {
                throw new IllegalArgumentException(
                        "shape must not have negative dimensions, was " + Arrays.toString(shape));
            }
            // No array is as long as this; a later dimension may still be 0.
            expected = Math.min(expected * dimension, 1L << 31);
        }
        if (expected != elements) {
            throw new IllegalArgumentException("shape " + Arrays.toString(shape) + " of " + name
                    + " must have as many elements as the array, " + elements);
        }
        List<Long> dimensions = Arrays.stream(shape).asLongStream().boxed().toList();
        if (name.equals(Safetensors.METADATA)
                || entries.putIfAbsent(name, new Entry(dtype, dimensions, elements, data)) != null) {
            throw new IllegalArgumentException("name must be a new one, was " + name);
        }
        return this;
    }

    /**
     * Writes the file. It appears under its name only when it is whole: it is written beside it first, and moved.
     *
     * @param file where it is to be; a file that is there is replaced
     * @throws IOException if it cannot be written
     * @throws IllegalStateException if a library is missing; the message gives its Maven coordinates
     */
    public void write(Path file) throws IOException {
        byte[] header = header();
        Path directory = file.toAbsolutePath().getParent();
        if (directory == null) {
            throw new IOException(file + ": is not the name of a file");
        }
        Path whole = Files.createTempFile(directory, ".writing-", ".safetensors");
        try {
            try (FileChannel channel = FileChannel.open(whole, StandardOpenOption.WRITE)) {
                writeTo(channel, header);
            }
            move(whole, file);
        } finally {
            Files.deleteIfExists(whole);
        }
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private byte[] header() {
        Map<String, Object> object = new LinkedHashMap<>();
        long offset = 0;
        for (Map.Entry<String, Entry> named : entries.entrySet()) {
            Entry entry = named.getValue();
            long end = offset + (long) entry.elements() * entry.dtype().bytes();
            Map<String, Object> description = new LinkedHashMap<>();
            description.put("dtype", entry.dtype().name());
            description.put("shape", entry.shape());
            description.put("data_offsets", List.of(offset, end));
            object.put(named.getKey(), description);
            offset = end;
        }
        byte[] json = Json.write(object);
        byte[] padded = Arrays.copyOf(json, (json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
        Arrays.fill(padded, json.length, padded.length, (byte) ' ');
        return padded;
    }

    private void writeTo(FileChannel channel, byte[] header) throws IOException {
        ByteBuffer prefix = ByteBuffer.allocate(Safetensors.PREFIX_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        writeFully(channel, prefix.putLong(header.length).flip());
        writeFully(channel, ByteBuffer.wrap(header));
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (Entry entry : entries.values()) {
            for (int i = 0; i < entry.elements(); i++) {
                if (buffer.remaining() < entry.dtype().bytes()) {
                    writeFully(channel, buffer.flip());
                    buffer.clear();
                }
                entry.data().put(i, buffer);
            }
        }
        writeFully(channel, buffer.flip());
    }

    private static void writeFully(FileChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }
}
