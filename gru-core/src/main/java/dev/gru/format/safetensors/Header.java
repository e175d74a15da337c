package dev.gru.format.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32C;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.json.ConfigObject;
import dev.gru.format.json.Json;
import dev.gru.format.shared.HeldFile;
import dev.gru.internal.Printable;

/**
 * The header of a safetensors file, checked: JSON that says of every tensor its type, its shape and where its data is,
 * after 8 bytes that say how long it is. The data of all tensors together is the rest of the file, without gaps or
 * overlaps.
 */
final class Header {
    private static final Set<String> TENSOR_KEYS = Set.of("dtype", "shape", "data_offsets");

    private final byte[] prefix;
    private final byte[] json;
    private final Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();

    private Header(byte[] prefix, byte[] json) {
        this.prefix = prefix;
        this.json = json;
    }

    /**
     * Reads the header of a file.
     *
     * @throws ModelFormatException if it breaks a rule of the format or does not fit the length of the file
     */
    static Header read(HeldFile file) throws IOException {
        String where = file.where();
        if (file.size() < Format.PREFIX_BYTES) {
            throw file.error("is not a safetensors file: it has only " + file.size() + " bytes");
        }
        byte[] prefix = file.bytes(0, Format.PREFIX_BYTES);
        long headerBytes = ByteBuffer.wrap(prefix).order(Format.BYTE_ORDER).getLong();
        if (headerBytes < 0 || headerBytes > Format.MAX_HEADER_BYTES
                || headerBytes > file.size() - Format.PREFIX_BYTES) {
            throw file.error("is not a safetensors file, or is cut off: its header has "
                    + Long.toUnsignedString(headerBytes) + " bytes, the file " + file.size());
        }
        byte[] header = file.bytes(Format.PREFIX_BYTES, (int) headerBytes);
        long dataStart = Format.PREFIX_BYTES + headerBytes;
        if (header.length == 0 || header[0] != '{') {
            throw file.error("is not a safetensors file: its header is not a JSON object");
        }
        Header read = new Header(prefix, header);
        for (Map.Entry<String, Object> entry : Json.parseObject(where + ": header", header).entrySet()) {
            String key = entry.getKey();
            if (key.equals(Format.METADATA)) {
                readMetadata(where, entry.getValue(), read.metadata);
            } else {
                read.tensors.put(key, tensor(file, dataStart, key, entry.getValue()));
            }
        }
        requireNoHoles(where, read.tensors.values(), file.size() - dataStart);
        return read;
    }

    /** Returns the CRC-32C of all that is before the data. */
    int checksum() {
        CRC32C crc = new CRC32C();
        crc.update(prefix);
        crc.update(json);
        return (int) crc.getValue();
    }

    /** Returns the position of the first byte of data. */
    long dataStart() {
        return Format.PREFIX_BYTES + (long) json.length;
    }

    /** Returns all tensors by name, in the order of the header. */
    Map<String, StoredTensor> tensors() {
        return tensors;
    }

    /** Returns the free text, by key. */
    Map<String, String> metadata() {
        return metadata;
    }

    private static void readMetadata(String where, Object value, Map<String, String> metadata)
            throws ModelFormatException {
        if (!(value instanceof Map<?, ?> map)) {
            throw new ModelFormatException(where + ": " + Format.METADATA + " must be an object");
        }
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (!(entry.getValue() instanceof String text)) {
                throw new ModelFormatException(
                        where + ": " + Format.METADATA + ": " + Printable.of((String) entry.getKey())
                                + " must be a string");
            }
            metadata.put((String) entry.getKey(), text);
        }
    }

    private static StoredTensor tensor(HeldFile file, long dataStart, String name, Object value)
            throws ModelFormatException {
        String where = file.where() + ": tensor " + Printable.quoted(name);
        if (!(value instanceof Map<?, ?> map) || !map.keySet().equals(TENSOR_KEYS)) {
            throw new ModelFormatException(where + ": must be an object with dtype, shape and data_offsets");
        }
        ConfigObject object = new ConfigObject(where, map);
        String typeName = object.string("dtype");
        DType dtype = DType.find(typeName);
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
        if (dtype != DType.OTHER && end - begin != bytes) {
            throw object.error("data_offsets span " + (end - begin) + " bytes, but dtype and shape ask for " + bytes);
        }
        return new StoredTensor(file::readFully, where, name, typeName, shape, dataStart, begin, end, null);
    }

    private static void requireNoHoles(String where, Collection<StoredTensor> tensors, long dataBytes)
            throws ModelFormatException {
        List<StoredTensor> inOrder = new ArrayList<>(tensors);
        // A comparator made of others takes the JVM longer, at its first use, than all that is read here.
        inOrder.sort((a, b) -> a.begin != b.begin ? Long.compare(a.begin, b.begin) : Long.compare(a.end, b.end));
        long end = 0;
        for (StoredTensor tensor : inOrder) {
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
