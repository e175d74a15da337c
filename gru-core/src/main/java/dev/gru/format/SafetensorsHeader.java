package dev.gru.format;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.gru.format.Safetensors.DType;
import dev.gru.format.Safetensors.Tensor;

/**
 * Reads and checks what a safetensors file begins with: a length of 8 bytes, then JSON that says of every tensor its type,
 * its shape and where its data is. The data of all tensors together is the rest of the file, without gaps or overlaps.
 */
final class SafetensorsHeader {
    private static final Set<String> TENSOR_KEYS = Set.of("dtype", "shape", "data_offsets");

    private SafetensorsHeader() {
    }

    /**
     * Opens a file.
     *
     * @param where what messages call it
     * @param file where it is
     * @throws ModelFormatException if the header breaks a rule of the format or does not fit the length of the file
     * @throws IOException if the file is not there or cannot be read
     */
    static Safetensors read(String where, Path file) throws IOException {
        byte[] header;
        long dataBytes;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size < Safetensors.PREFIX_BYTES) {
                throw new ModelFormatException(where + ": is not a safetensors file: it has only " + size + " bytes");
            }
            long headerBytes = Safetensors.readFully(where, channel, 0, Safetensors.PREFIX_BYTES).getLong();
            if (headerBytes < 0 || headerBytes > Safetensors.MAX_HEADER_BYTES
                    || headerBytes > size - Safetensors.PREFIX_BYTES) {
                throw new ModelFormatException(where + ": is not a safetensors file, or is cut off: its header has "
                        + Long.toUnsignedString(headerBytes) + " bytes, the file " + size);
            }
            header = Safetensors.readFully(where, channel, Safetensors.PREFIX_BYTES, (int) headerBytes).array();
            dataBytes = size - Safetensors.PREFIX_BYTES - headerBytes;
        }
        if (header.length == 0 || header[0] != '{') {
            throw new ModelFormatException(where + ": is not a safetensors file: its header is not a JSON object");
        }
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        Map<String, String> metadata = new LinkedHashMap<>();
        for (Map.Entry<String, Object> entry : Json.parseObject(where + ": header", header).entrySet()) {
            String key = entry.getKey();
            if (key.equals(Safetensors.METADATA)) {
                readMetadata(where, entry.getValue(), metadata);
            } else {
                tensors.put(key,
                        tensor(where, file, Safetensors.PREFIX_BYTES + (long) header.length, key, entry.getValue()));
            }
        }
        requireNoHoles(where, tensors.values(), dataBytes);
        return new Safetensors(where, tensors, metadata);
    }

    private static void readMetadata(String where, Object value, Map<String, String> metadata)
            throws ModelFormatException {
        if (!(value instanceof Map<?, ?> map)) {
            throw new ModelFormatException(where + ": " + Safetensors.METADATA + " must be an object");
        }
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (!(entry.getValue() instanceof String text)) {
                throw new ModelFormatException(
                        where + ": " + Safetensors.METADATA + ": " + Printable.of((String) entry.getKey())
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
        // A comparator made of others takes the JVM longer, at its first use, than all that is read here.
        inOrder.sort((a, b) -> a.begin != b.begin ? Long.compare(a.begin, b.begin) : Long.compare(a.end, b.end));
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
}
