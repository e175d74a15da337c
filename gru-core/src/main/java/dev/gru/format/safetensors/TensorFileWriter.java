package dev.gru.format.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

import dev.gru.format.file.FileReplacement;
import dev.gru.format.json.Json;
import dev.gru.internal.Printable;
import dev.gru.layer.Tensor;
import dev.gru.weights.Precision;

/**
 * Collects arrays and writes them as a {@code .safetensors} file.
 *
 * <p>For use by one thread. Arrays are not copied: they must not change before they are written.
 */
public final class TensorFileWriter {
    private static final int BUFFER_BYTES = 1 << 16;

    /** Data begins at a multiple of this, so that it can be mapped into memory as an array of any type. */
    private static final int ALIGNMENT = 8;

    /** One array; {@code offset} is where its data begins, counted from the first byte of data. */
    private record Entry(DType dtype, List<Long> shape, int elements, long offset, RunWriter data) {
        Entry at(long place) {
            return new Entry(dtype, shape, elements, place, data);
        }

        long end() {
            return offset + (long) elements * dtype.bytes();
        }
    }

    /** Puts a run of elements into a buffer that has room for them. */
    private interface RunWriter {
        void put(int from, int count, ByteBuffer buffer);
    }

    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();
    /** Of the bytes that have been written since it was reset. */
    private final CRC32C checksum = new CRC32C();
    private final Map<String, Integer> dataChecksums = new HashMap<>();
    private int headerChecksum;

    /** Makes a writer without any arrays. */
    public TensorFileWriter() {
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
    public TensorFileWriter add(String name, float[] values, int... shape) {
        return add(name, Precision.FP32, FloatBuffer.wrap(values), shape);
    }

    /**
     * Adds a tensor of type I32; otherwise the same as {@link #add(String, float[], int...)}.
     *
     * @param name its name, one that is not there yet
     * @param values its elements, row-major
     * @param shape its dimensions, slowest first; none for a single number
     * @return this
     */
    public TensorFileWriter add(String name, int[] values, int... shape) {
        return add(name, DType.I32, values.length, shape, (from, count, buffer) -> {
            buffer.asIntBuffer().put(values, from, count);
            buffer.position(buffer.position() + count * Integer.BYTES);
        });
    }

    /**
     * Adds a tensor of floats with its dimensions, F32, or of ints, I32; otherwise the same as
     * {@link #add(String, float[], int...)}.
     *
     * @param name its name, one that is not there yet
     * @param tensor elements and dimensions
     * @return this
     */
    public TensorFileWriter add(String name, Tensor tensor) {
        return tensor.isInts()
                ? add(name, tensor.ints(), tensor.shape())
                : add(name, tensor.floats(), tensor.shape());
    }

    /**
     * Adds a tensor of type F32 or BF16; otherwise the same as {@link #add(String, float[], int...)}.
     *
     * @param name its name, one that is not there yet
     * @param precision what the elements are rounded to
     * @param values its elements from the buffer's first on, row-major
     * @param shape its dimensions, slowest first; none for a single number
     * @return this
     */
    public TensorFileWriter add(String name, Precision precision, FloatBuffer values, int... shape) {
        return switch (precision) {
            case FP32 -> add(name, DType.F32, values.limit(), shape, (from, count, buffer) -> {
                // As a whole, so that the bits of a NaN stay as they are.
                buffer.asFloatBuffer().put(values.slice(from, count));
                buffer.position(buffer.position() + count * Float.BYTES);
            });
            case BF16 -> add(name, DType.BF16, values.limit(), shape, (from, count, buffer) -> {
                for (int i = from; i < from + count; i++) {
                    buffer.putShort((short) (Float.floatToRawIntBits(precision.round(values.get(i))) >>> 16));
                }
            });
        };
    }

    /**
     * Adds free text.
     *
     * @param key what it goes by
     * @param text the text; replaces what the key had before
     * @return this
     */
    public TensorFileWriter metadata(String key, String text) {
        metadata.put(key, text);
        return this;
    }

    /**
     * Adds checksums of all that is in the file, as {@link TensorFile} describes them. Nothing can be added afterwards.
     */
    public TensorFileWriter withChecksums() {
        metadata(TensorFile.CHECKSUMS, Format.CRC_32C);
        // Single bytes come last in a file, and of these what was added last: all else has been written by then.
        int rows = entries.size() + 1;
        return add(TensorFile.CHECKSUMS, DType.U8, rows * Integer.BYTES, new int[]{rows, Integer.BYTES},
                (from, count, buffer) -> buffer.put(checksums(), from, count));
    }

    private byte[] checksums() {
        ByteBuffer all = ByteBuffer.allocate(entries.size() * Integer.BYTES).order(Format.BYTE_ORDER);
        all.putInt(headerChecksum);
        for (String name : entries.keySet()) {
            if (!name.equals(TensorFile.CHECKSUMS)) {
                all.putInt(dataChecksums.get(name));
            }
        }
        return all.array();
    }

    private TensorFileWriter add(String name, DType dtype, int elements, int[] shape, RunWriter data) {
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
            throw new IllegalArgumentException("shape " + Arrays.toString(shape) + " of " + Printable.of(name)
                    + " must have as many elements as the array, " + elements);
        }
        List<Long> dimensions = Arrays.stream(shape).asLongStream().boxed().toList();
        if (name.equals(Format.METADATA)
                || entries.putIfAbsent(name, new Entry(dtype, dimensions, elements, 0, data)) != null) {
            throw new IllegalArgumentException("name must be a new one, was " + Printable.of(name));
        }
        return this;
    }

    /**
     * Writes the file. It appears under its name only when it is whole, as {@link FileReplacement} has it.
     *
     * @param file where it is to be; a file that is there is replaced
     * @throws IOException if it cannot be written, or names and metadata are more than the format allows, 100 MB
     */
    public void write(Path file) throws IOException {
        FileReplacement.writeByChannel(file, content(file));
    }

    /**
     * Writes what {@link #write} does to a channel, which stays open.
     *
     * @param channel where it goes, without gaps
     * @param name what messages call it
     * @throws IOException if it cannot be written, or names and metadata are more than the format allows
     */
    public void writeTo(WritableByteChannel channel, String name) throws IOException {
        List<String> inOrder = place();
        writeTo(channel, header(name), inOrder);
    }

    /**
     * Returns what is to be in the file, for whoever replaces it in a way of its own.
     *
     * @param file what messages call it
     * @throws IOException if names and metadata are more than the format allows
     */
    public FileReplacement.ChannelContent content(Path file) throws IOException {
        List<String> inOrder = place();
        byte[] header = header(file.toString());
        return channel -> writeTo(channel, header, inOrder);
    }

    /**
     * Gives every array its place, those of large elements first so that all are aligned; returns them in that order.
     */
    private List<String> place() {
        long offset = 0;
        List<String> names = entries.keySet().stream()
                .sorted(Comparator.comparingInt(name -> -entries.get(name).dtype().bytes())).toList();
        for (String name : names) {
            Entry placed = entries.get(name).at(offset);
            entries.put(name, placed);
            offset = placed.end();
        }
        return names;
    }

    private byte[] header(String file) throws IOException {
        // Before memory is taken for it: every character takes a byte or more.
        requireHeaderFits(file, metadata.values().stream().mapToLong(String::length).sum());
        Map<String, Object> object = new LinkedHashMap<>();
        if (!metadata.isEmpty()) {
            object.put(Format.METADATA, metadata);
        }
        entries.forEach((name, entry) -> {
            Map<String, Object> description = new LinkedHashMap<>();
            description.put("dtype", entry.dtype().name());
            description.put("shape", entry.shape());
            description.put("data_offsets", List.of(entry.offset(), entry.end()));
            object.put(name, description);
        });
        byte[] json = Json.write(object).getBytes(StandardCharsets.UTF_8);
        byte[] padded = Arrays.copyOf(json, (json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
        Arrays.fill(padded, json.length, padded.length, (byte) ' ');
        requireHeaderFits(file, padded.length);
        return padded;
    }

    private static void requireHeaderFits(String file, long bytes) throws IOException {
        if (bytes > Format.MAX_HEADER_BYTES) {
            throw new IOException(Printable.path(file) + ": its names and metadata would take " + bytes
                    + " bytes, more than the " + Format.MAX_HEADER_BYTES + " that the format allows");
        }
    }

    private void writeTo(WritableByteChannel channel, byte[] header, List<String> names) throws IOException {
        checksum.reset();
        ByteBuffer prefix = ByteBuffer.allocate(Format.PREFIX_BYTES).order(Format.BYTE_ORDER);
        writeFully(channel, prefix.putLong(header.length).flip());
        writeFully(channel, ByteBuffer.wrap(header));
        headerChecksum = (int) checksum.getValue();
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).order(Format.BYTE_ORDER);
        for (String name : names) {
            Entry entry = entries.get(name);
            checksum.reset();
            int atOnce = BUFFER_BYTES / entry.dtype().bytes();
            for (int from = 0; from < entry.elements(); from += atOnce) {
                entry.data().put(from, Math.min(atOnce, entry.elements() - from), buffer.clear());
                writeFully(channel, buffer.flip());
            }
            dataChecksums.put(name, (int) checksum.getValue());
        }
    }

    private void writeFully(WritableByteChannel channel, ByteBuffer buffer) throws IOException {
        checksum.update(buffer.duplicate());
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }
}
