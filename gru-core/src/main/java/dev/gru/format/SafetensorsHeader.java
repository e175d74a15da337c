package dev.gru.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32C;

import dev.gru.format.Safetensors.DType;
import dev.gru.format.Safetensors.Tensor;
import dev.gru.format.file.ModelFormatException;
import dev.gru.format.json.ConfigObject;
import dev.gru.format.json.Json;
import dev.gru.format.shared.HeldFile;
import dev.gru.internal.Printable;

/**
 * Reads and checks what a safetensors file begins with: a length of 8 bytes, then JSON that says of every tensor its type,
 * its shape and where its data is. The data of all tensors together is the rest of the file, without gaps or overlaps.
 */
final class SafetensorsHeader {
    private static final Set<String> TENSOR_KEYS = Set.of("dtype", "shape", "data_offsets");

    private SafetensorsHeader() {
    }

    /**
     * Reads the header of a file.
     *
     * @throws ModelFormatException if it breaks a rule of the format, does not fit the length of the file, or is damaged, as
     *     far as the file has checksums
     */
    static Safetensors read(HeldFile file) throws IOException {
        String where = file.where();
        if (file.size() < Safetensors.PREFIX_BYTES) {
            throw file.error("is not a safetensors file: it has only " + file.size() + " bytes");
        }
        byte[] prefix = file.bytes(0, Safetensors.PREFIX_BYTES);
        long headerBytes = ByteBuffer.wrap(prefix).order(Safetensors.BYTE_ORDER).getLong();
        if (headerBytes < 0 || headerBytes > Safetensors.MAX_HEADER_BYTES
                || headerBytes > file.size() - Safetensors.PREFIX_BYTES) {
            throw file.error("is not a safetensors file, or is cut off: its header has "
                    + Long.toUnsignedString(headerBytes) + " bytes, the file " + file.size());
        }
        byte[] header = file.bytes(Safetensors.PREFIX_BYTES, (int) headerBytes);
        long dataStart = Safetensors.PREFIX_BYTES + headerBytes;
        if (header.length == 0 || header[0] != '{') {
            throw file.error("is not a safetensors file: its header is not a JSON object");
        }
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        Map<String, String> metadata = new LinkedHashMap<>();
        for (Map.Entry<String, Object> entry : Json.parseObject(where + ": header", header).entrySet()) {
            String key = entry.getKey();
            if (key.equals(Safetensors.METADATA)) {
                readMetadata(where, entry.getValue(), metadata);
            } else {
                tensors.put(key, tensor(file, dataStart, key, entry.getValue()));
            }
        }
        requireNoHoles(where, tensors.values(), file.size() - dataStart);
        Safetensors read = new Safetensors(where, tensors, metadata);
        return read.hasChecksums() ? checked(read, prefix, header) : read;
    }

    /** Checks the header, and gives every tensor its checksum. */
    private static Safetensors checked(Safetensors file, byte[] prefix, byte[] header) throws IOException {
        if (!Safetensors.CRC_32C.equals(file.metadata().get(Safetensors.CHECKSUMS))) {
            throw file.error("has checksums of an unknown kind, "
                    + Printable.quoted(file.metadata().get(Safetensors.CHECKSUMS)));
        }
        Tensor tensor = file.tensor(Safetensors.CHECKSUMS);
        tensor.requireShape(file.tensors().size(), Integer.BYTES);
        ByteBuffer checksums = tensor.bytes();
        CRC32C crc = new CRC32C();
        crc.update(prefix);
        crc.update(header);
        int expected = checksums.getInt();
        if (expected != (int) crc.getValue()) {
            throw file.error("is damaged: the checksum of its header is %08x, that of its bytes %08x"
                    .formatted(expected, (int) crc.getValue()));
        }
        return file.with(each -> each == tensor ? each : each.withChecksum(checksums.getInt()));
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

    private static Tensor tensor(HeldFile file, long dataStart, String name, Object value)
            throws ModelFormatException {
        String where = file.where() + ": tensor " + Printable.quoted(name);
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
        return new Tensor(file::readFully, where, name, dtype, shape, dataStart, begin, end, null);
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
