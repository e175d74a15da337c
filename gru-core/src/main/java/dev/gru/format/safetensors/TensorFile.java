package dev.gru.format.safetensors;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.shared.HeldFile;
import dev.gru.internal.Printable;

/**
 * The arrays of an opened safetensors file, by name. Its header has been checked; arrays are read when they are asked
 * for.
 *
 * <p>A file may have checksums: its metadata has the key {@value #CHECKSUMS}, of the value {@value Format#CRC_32C}, and
 * its tensor {@value #CHECKSUMS}, U8, of shape (n + 1, 4), has the CRC-32C, little-endian, of all that is before the
 * data, and of the data of each of the n other tensors, in the order of the header. They are checked: the first one
 * when the file is opened, that of a tensor when it is read.
 *
 * <p>Immutable.
 */
public final class TensorFile {
    /** The key in the metadata, and the name of the tensor. */
    public static final String CHECKSUMS = "checksums";

    private final String where;
    private final long dataStart;
    private final Map<String, StoredTensor> tensors;
    private final Map<String, String> metadata;

    private TensorFile(String where, long dataStart, Map<String, StoredTensor> tensors, Map<String, String> metadata) {
        this.where = where;
        this.dataStart = dataStart;
        this.tensors = Collections.unmodifiableMap(tensors);
        this.metadata = Collections.unmodifiableMap(metadata);
    }

    /**
     * Reads the header of a file; arrays can be read as long as it is held.
     *
     * @throws ModelFormatException if the header breaks a rule of the format, does not fit the length of the file, or
     *     is damaged, as far as the file has checksums
     */
    public static TensorFile open(HeldFile file) throws IOException {
        Header header = Header.read(file);
        TensorFile opened = new TensorFile(file.where(), header.dataStart(), header.tensors(), header.metadata());
        return opened.hasChecksums() ? opened.checked(header) : opened;
    }

    /**
     * Returns whether a file that begins with these bytes may be a safetensors file: a length that a header may have,
     * and the beginning of a JSON object. It may be cut off after that.
     */
    public static boolean maybe(byte[] start) {
        if (start.length <= Format.PREFIX_BYTES || start[Format.PREFIX_BYTES] != '{') {
            return false;
        }
        long headerBytes = ByteBuffer.wrap(start).order(Format.BYTE_ORDER).getLong();
        return headerBytes >= 0 && headerBytes <= Format.MAX_HEADER_BYTES;
    }

    /** Checks the header, and gives every tensor its checksum. */
    private TensorFile checked(Header header) throws IOException {
        if (!Format.CRC_32C.equals(metadata.get(CHECKSUMS))) {
            throw error("has checksums of an unknown kind, " + Printable.quoted(metadata.get(CHECKSUMS)));
        }
        StoredTensor tensor = tensor(CHECKSUMS);
        tensor.requireShape(tensors.size(), Integer.BYTES);
        ByteBuffer checksums = tensor.bytes();
        int expected = checksums.getInt();
        int actual = header.checksum();
        if (expected != actual) {
            throw error("is damaged: the checksum of its header is %08x, that of its bytes %08x".formatted(expected,
                    actual));
        }
        return with(each -> each == tensor ? each : each.withChecksum(checksums.getInt()));
    }

    /**
     * Returns the arrays with all their bytes in memory outside the heap, where they stay as long as this is reachable.
     * So what the file holds later does not matter.
     *
     * @param file the file that this was opened from
     */
    public TensorFile inMemory(HeldFile file) throws IOException {
        MemorySegment copy = Arena.ofAuto().allocate(file.size() - dataStart, Long.BYTES);
        for (long at = 0; at < copy.byteSize(); at += StoredTensor.CHUNK_BYTES) {
            ByteBuffer chunk = copy.asSlice(at, Math.min(StoredTensor.CHUNK_BYTES, copy.byteSize() - at))
                    .asByteBuffer();
            file.readFully(dataStart + at, chunk);
        }
        StoredTensor.Data data = (position, buffer) -> buffer
                .put(copy.asSlice(position - dataStart, buffer.remaining()).asByteBuffer());
        return with(tensor -> tensor.in(data));
    }

    private TensorFile with(UnaryOperator<StoredTensor> change) {
        Map<String, StoredTensor> changed = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> changed.put(name, change.apply(tensor)));
        return new TensorFile(where, dataStart, changed, metadata);
    }

    /** Returns whether the file has checksums. */
    public boolean hasChecksums() {
        return metadata.containsKey(CHECKSUMS);
    }

    /** Returns all tensors by name, in the order of the header. */
    public Map<String, StoredTensor> tensors() {
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
    public StoredTensor tensor(String name) throws ModelFormatException {
        StoredTensor tensor = tensors.get(name);
        if (tensor == null) {
            throw error("has no tensor " + Printable.quoted(name));
        }
        return tensor;
    }

    /** Returns what messages call this file. */
    public String where() {
        return where;
    }

    /** Returns an exception that names this file. */
    public ModelFormatException error(String problem) {
        return new ModelFormatException(where + ": " + problem);
    }
}
