package dev.gru.format.hdf5;

import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

import dev.gru.format.file.ModelFormatException;

/**
 * A walk over dense storage: where a file of the second or third version keeps the links of a group, or the attributes
 * of an object, once there are more than eight. Their messages are objects in a fractal heap, and a B-tree of the
 * second version is the index of their names.
 *
 * <p>Blocks and nodes are visited once, and so is every message, so this takes time in proportion to the file. The
 * names in comments are those of the HDF5 file format specification, version 3.
 *
 * <p>For use by one thread, once.
 */
final class DenseStorage {
    /** A checksum ends every structure. */
    private static final int CHECKSUM = 4;
    /** Deeper trees have more records than a file of 2 GB has bytes. */
    private static final int MAX_DEPTH = 8;
    private static final int NODE_HEAD = 6;

    /** What an index is of, with the number of its records' type and where in a record the identifier stands. */
    enum Kind {
        /** The links of a group, by name. */
        LINKS(5, 4),
        /** The attributes of an object, by name. */
        ATTRIBUTES(8, 0);

        private final int recordType;
        private final int identifier;

        Kind(int recordType, int identifier) {
            this.recordType = recordType;
            this.identifier = identifier;
        }
    }

    /** What is done with each message. */
    interface Message {
        void visit(long from, long to) throws ModelFormatException;
    }

    private record Block(long address, long size) {
    }

    private final VisitedBytes bytes;
    private final Kind kind;
    private final Message each;
    /** Direct blocks, by where they begin in the space of the heap. */
    private final NavigableMap<Long, Block> blocks = new TreeMap<>();
    private int width;
    private long firstSize;
    private long directRows;
    private int offsetBytes;
    private int lengthBytes;
    private int recordSize;
    private int countBytes;
    /** For each depth, how many bytes the number of all records below takes. */
    private final int[] totalBytes = new int[MAX_DEPTH + 1];

    private DenseStorage(VisitedBytes bytes, Kind kind, Message each) {
        this.bytes = bytes;
        this.kind = kind;
        this.each = each;
    }

    /**
     * Walks over all messages.
     *
     * @param bytes the file
     * @param heap address of the heap that they are in
     * @param index address of the index of their names
     * @param each what is done with each
     * @throws ModelFormatException if blocks, nodes or messages are cut off, overlap, or are of another form
     */
    static void walk(VisitedBytes bytes, Kind kind, long heap, long index, Message each) throws ModelFormatException {
        DenseStorage storage = new DenseStorage(bytes, kind, each);
        storage.heap(heap);
        storage.index(index);
    }

    /**
     * Signature, version, length of identifiers (2), of filters (2), flags, largest object (4), five numbers of objects
     * that are kept elsewhere and of free space (8 each), and more; then width (2), smallest and largest direct block
     * (8 each), bits of an offset (2), rows to begin with (2), root (8), rows (2).
     */
    private void heap(long at) throws ModelFormatException {
        bytes.enter(at);
        bytes.requireSignature(at, VisitedBytes.signature("FRHP"));
        bytes.take(at, 142 + CHECKSUM);
        if (bytes.u2(at + 7) != 0 || bytes.u8(at + 86) != 0) {
            throw bytes.error(at, "is a heap with filters or huge objects, which is not supported");
        }
        width = bytes.u2(at + 110);
        firstSize = bytes.u8(at + 112);
        long largest = bytes.u8(at + 120);
        int bits = bytes.u2(at + 128);
        if (width < 1 || Long.bitCount(firstSize) != 1 || Long.bitCount(largest) != 1 || firstSize < 1
                || largest < firstSize || bits < 1 || bits >= Long.SIZE) {
            throw bytes.error(at, "is a heap of impossible sizes");
        }
        directRows = log2(largest) - log2(firstSize) + 2L;
        offsetBytes = (bits + 7) / 8;
        lengthBytes = Math.min((log2(largest) + 7) / 8, log2(Math.max(1, bytes.u4(at + 10))) / 8 + 1);
        long root = bytes.u8(at + 132);
        int rows = bytes.u2(at + 140);
        if (root == VisitedBytes.UNDEFINED_ADDRESS) {
            return;
        }
        if (rows == 0) {
            direct(root, 0, firstSize);
        } else {
            indirect(root, 0, rows);
        }
    }

    private static int log2(long value) {
        return Long.SIZE - 1 - Long.numberOfLeadingZeros(value);
    }

    private void direct(long at, long offset, long size) throws ModelFormatException {
        bytes.enter(at);
        bytes.requireSignature(at, VisitedBytes.signature("FHDB"));
        bytes.take(at, size);
        blocks.put(offset, new Block(at, size));
    }

    /** Signature, version, address of the heap (8), offset, then the addresses of blocks (8 each), row by row. */
    private void indirect(long at, long offset, long rows) throws ModelFormatException {
        bytes.enter(at);
        bytes.requireSignature(at, VisitedBytes.signature("FHIB"));
        long head = 13L + offsetBytes;
        bytes.take(at, head + rows * width * Long.BYTES + CHECKSUM);
        long next = offset;
        for (int row = 0; row < rows; row++) {
            int doublings = Math.max(0, row - 1);
            if (doublings + log2(firstSize) + log2(width) >= Long.SIZE - 2) {
                throw bytes.error(at, "is a block of impossible size");
            }
            long size = firstSize << doublings;
            for (int column = 0; column < width; column++) {
                long child = bytes.u8(at + head + ((long) row * width + column) * Long.BYTES);
                if (child != VisitedBytes.UNDEFINED_ADDRESS && row < directRows) {
                    direct(child, next, size);
                } else if (child != VisitedBytes.UNDEFINED_ADDRESS) {
                    indirect(child, next, log2(size) - log2(firstSize * width) + 1L);
                }
                next += size;
            }
        }
    }

    /**
     * Signature, version, type, size of a node (4), of a record (2), depth (2), two percentages, root (8), records of
     * the root (2), of all (8).
     */
    private void index(long at) throws ModelFormatException {
        bytes.enter(at);
        bytes.requireSignature(at, VisitedBytes.signature("BTHD"));
        bytes.take(at, 34 + CHECKSUM);
        if (bytes.u1(at + 5) != kind.recordType) {
            throw bytes.error(at, "is an index of another kind than of " + kind);
        }
        long space = bytes.u4(at + 6) - NODE_HEAD - CHECKSUM;
        recordSize = bytes.u2(at + 10);
        int depth = bytes.u2(at + 12);
        if (recordSize < kind.identifier + 1 + offsetBytes + lengthBytes || space < recordSize || depth > MAX_DEPTH) {
            throw bytes.error(at, "is an index of impossible sizes");
        }
        long most = space / recordSize;
        countBytes = log2(most) / 8 + 1;
        double all = most;
        for (int level = 1; level <= depth; level++) {
            int pointer = pointerBytes(level);
            most = (space - pointer) / (recordSize + pointer);
            all = (most + 1) * all + most;
            totalBytes[level] = all < 0x1p56 ? log2((long) Math.max(1, all)) / 8 + 1 : Long.BYTES;
        }
        long root = bytes.u8(at + 16);
        if (root != VisitedBytes.UNDEFINED_ADDRESS) {
            node(root, bytes.u2(at + 24), depth);
        }
    }

    /** Returns the size of what points to a node below one of that depth. */
    private int pointerBytes(int depth) {
        return Long.BYTES + countBytes + totalBytes[depth - 1];
    }

    /** Signature, version, type, records, and, above the leaves, one more pointer than records. */
    private void node(long at, long records, int depth) throws ModelFormatException {
        bytes.enter(at);
        bytes.requireSignature(at, VisitedBytes.signature(depth == 0 ? "BTLF" : "BTIN"));
        int pointer = depth == 0 ? 0 : pointerBytes(depth);
        bytes.take(at, NODE_HEAD + records * recordSize + (records + 1) * pointer + CHECKSUM);
        for (long i = 0; i < records; i++) {
            object(at + NODE_HEAD + i * recordSize + kind.identifier);
        }
        long child = at + NODE_HEAD + records * recordSize;
        for (long i = 0; i <= records && depth > 0; i++) {
            node(bytes.u8(child), bytes.number(child + Long.BYTES, countBytes), depth - 1);
            child += pointer;
        }
    }

    /** An identifier: version and type, offset, length. */
    private void object(long at) throws ModelFormatException {
        if (bytes.u1(at) != 0) {
            throw bytes.error(at, "is the identifier of an object that is not managed by its heap");
        }
        long offset = bytes.number(at + 1, offsetBytes);
        long length = bytes.number(at + 1 + offsetBytes, lengthBytes);
        Map.Entry<Long, Block> block = blocks.floorEntry(offset);
        long inBlock = block == null ? 0 : offset - block.getKey();
        if (block == null || length < 1 || inBlock > block.getValue().size - length) {
            throw bytes.error(at, "is the identifier of an object that is not in its heap");
        }
        long from = block.getValue().address + inBlock;
        bytes.enterPart(from, length);
        each.visit(from, from + length);
    }
}
