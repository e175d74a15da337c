package dev.gru.format.hdf5;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

import dev.gru.format.file.ModelFormatException;

/**
 * A walk over all that an HDF5 library follows in a file, before it does.
 *
 * <p>In a file made to do harm, an index leads in circles, a few dozen nodes unfold into billions of paths, or
 * thousands of names are all the ends of one long text: no library survives that. In a file that an HDF5 library wrote,
 * every object, node and block is pointed to once, and no two of them overlap. So this walk refuses a file in which it
 * visits one address twice, or more bytes than the file has. What is left takes time and memory in proportion to the
 * file.
 *
 * <p>Structures that Keras does not write are refused too: shared attribute types, compound and array types. The names
 * in comments are those of the HDF5 file format specification, version 3. Indexes of chunks are not walked over:
 * {@link ChunkReader} reads them itself.
 */
public final class Walk {
    private static final int MIN_BYTES = 16;
    private static final long FILE_SIGNATURE = 0x0A1A0A0D46444889L;

    private static final int TREE = VisitedBytes.signature("TREE");
    private static final int LEAF = VisitedBytes.signature("SNOD");
    private static final int HEAP = VisitedBytes.signature("HEAP");
    private static final int HEADER_2 = VisitedBytes.signature("OHDR");
    private static final int CHUNK_2 = VisitedBytes.signature("OCHK");

    /** How messages of an object header are laid out. */
    private enum Messages {
        VERSION_1, VERSION_2, VERSION_2_ORDERED
    }

    /** A part of an object header: from an address on, so many bytes. */
    private record Chunk(long from, long length) {
    }

    private final VisitedBytes bytes;
    private final Deque<Long> headers = new ArrayDeque<>();
    private final Deque<Chunk> chunks = new ArrayDeque<>();
    private final Found found = new Found(new HashMap<>(), new HashMap<>(), new HashMap<>());
    private long header;

    /**
     * What a walk has found, by the address of the object.
     *
     * @param opaqueTypes of each object of an opaque type without a tag, in an object header without a checksum: where
     *     its type stands
     * @param chunks of each data set that is cut into chunks: how
     * @param filters of each data set with filters: which
     */
    record Found(Map<Long, Integer> opaqueTypes, Map<Long, Chunks> chunks, Map<Long, Filters> filters) {
    }

    private Walk(String where, byte[] content) {
        bytes = new VisitedBytes(where, content);
    }

    /**
     * Walks over a file.
     *
     * @param where names the file, for messages
     * @param content all of it
     * @throws ModelFormatException if it is not an HDF5 file, is damaged or cut off, or is not one that Keras writes
     */
    static Found check(String where, byte[] content) throws ModelFormatException {
        Walk walk = new Walk(where, content);
        walk.superblock();
        while (!walk.headers.isEmpty()) {
            walk.header(walk.headers.remove());
        }
        return walk.found;
    }

    /** Returns whether a file that begins with these bytes is an HDF5 file. */
    public static boolean isHdf5(byte[] start) {
        return start.length >= Long.BYTES
                && ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).getLong(0) == FILE_SIGNATURE;
    }

    private void superblock() throws ModelFormatException {
        if (bytes.size() < MIN_BYTES || bytes.u8(0) != FILE_SIGNATURE) {
            throw bytes.notHdf5();
        }
        int version = bytes.u1(8);
        if (version > 3) {
            throw bytes.error(8, "has a superblock of version " + version + ", which is not known");
        }
        // The sizes of addresses and of lengths stand one after the other.
        int sizes = version < 2 ? 13 : 9;
        if (bytes.u1(sizes) != Long.BYTES || bytes.u1(sizes + 1L) != Long.BYTES) {
            throw bytes.error(sizes, "has other addresses than Keras writes, which have 8 bytes");
        }
        visit(bytes.u8(version == 0 ? 64 : version == 1 ? 68 : 36));
    }

    /** Notes that an object is to be walked over. */
    private void visit(long address) throws ModelFormatException {
        bytes.enter(address);
        headers.add(address);
    }

    private void header(long address) throws ModelFormatException {
        header = address;
        if (bytes.u1(address) == 1) {
            // Version, reserved, number of messages (2), references (4), size of the messages (4), padding (4).
            bytes.take(address, 16);
            chunks.add(new Chunk(address + 16, bytes.u4(address + 8)));
            messages(Messages.VERSION_1);
        } else {
            bytes.requireSignature(address, HEADER_2);
            // Signature, version, flags, perhaps times (16), perhaps limits of attributes (4), size of the messages.
            int flags = bytes.u1(address + 5);
            long at = address + 6 + ((flags & 32) != 0 ? 16 : 0) + ((flags & 16) != 0 ? 4 : 0);
            int width = 1 << (flags & 3);
            bytes.take(address, at + width - address);
            chunks.add(new Chunk(at + width, bytes.number(at, width)));
            messages((flags & 4) != 0 ? Messages.VERSION_2_ORDERED : Messages.VERSION_2);
        }
    }

    /** Walks over the messages in the chunks of one object header. */
    private void messages(Messages layout) throws ModelFormatException {
        int head = switch (layout) {
            case VERSION_1 -> 8; // type (2), size (2), flags, reserved (3)
            case VERSION_2 -> 4; // type, size (2), flags
            case VERSION_2_ORDERED -> 6; // and the order of creation (2)
        };
        while (!chunks.isEmpty()) {
            Chunk chunk = chunks.remove();
            bytes.take(chunk.from, chunk.length);
            long at = chunk.from;
            long end = chunk.from + chunk.length;
            while (end - at >= 8) {
                boolean first = layout == Messages.VERSION_1;
                int type = first ? bytes.u2(at) : bytes.u1(at);
                int size = first ? bytes.u2(at + 2) : bytes.u2(at + 1);
                long data = at + head;
                at = data + size;
                if (at > end) {
                    throw bytes.error(data, "is a message that is cut off");
                }
                message(type, data, at, layout);
                if (first) {
                    at = chunk.from + aligned(at - chunk.from);
                }
            }
        }
    }

    private static long aligned(long offset) {
        return (offset + 7) & ~7L;
    }

    private void message(int type, long at, long end, Messages layout) throws ModelFormatException {
        switch (type) {
            case 2 -> linkInfo(at);
            case 3 -> {
                requirePlainType(at, end);
                if (layout == Messages.VERSION_1 && (bytes.u1(at) & 15) == 5 && bytes.u1(at + 1) == 0) {
                    found.opaqueTypes.put(header, (int) at);
                }
            }
            case 6 -> link(at, end);
            case 8 -> {
                Chunks chunks = Chunks.read(bytes, at);
                if (chunks != null) {
                    found.chunks.put(header, chunks);
                }
            }
            case 11 -> found.filters.put(header, Filters.read(bytes, at));
            case 12 -> attribute(at, end);
            case 16 -> continuation(bytes.u8(at), bytes.u8(at + 8), layout);
            case 17 -> group(bytes.u8(at), bytes.u8(at + 8));
            case 21 -> attributeInfo(at);
            default -> {
                // It says something of the object and leads nowhere.
            }
        }
    }

    private void continuation(long address, long length, Messages layout) throws ModelFormatException {
        bytes.enter(address);
        if (layout == Messages.VERSION_1) {
            chunks.add(new Chunk(address, length));
        } else {
            bytes.requireSignature(address, CHUNK_2);
            chunks.add(new Chunk(address + Integer.BYTES, length - Integer.BYTES));
        }
    }

    /** Version, flags, perhaps the largest index (8), address of the heap (8), address of the index of names (8). */
    private void linkInfo(long at) throws ModelFormatException {
        dense(DenseStorage.Kind.LINKS, at + 2 + ((bytes.u1(at + 1) & 1) != 0 ? 8 : 0));
    }

    /** Version, flags, perhaps the largest index (2), address of the heap (8), address of the index of names (8). */
    private void attributeInfo(long at) throws ModelFormatException {
        dense(DenseStorage.Kind.ATTRIBUTES, at + 2 + ((bytes.u1(at + 1) & 1) != 0 ? 2 : 0));
    }

    private void dense(DenseStorage.Kind kind, long addresses) throws ModelFormatException {
        long heap = bytes.u8(addresses);
        long index = bytes.u8(addresses + 8);
        if (heap != VisitedBytes.UNDEFINED_ADDRESS && index != VisitedBytes.UNDEFINED_ADDRESS) {
            DenseStorage.walk(bytes, kind, heap, index,
                    kind == DenseStorage.Kind.LINKS ? this::link : this::attribute);
        } else if (heap != VisitedBytes.UNDEFINED_ADDRESS || index != VisitedBytes.UNDEFINED_ADDRESS) {
            throw bytes.error(addresses, "is a heap without an index, or an index without a heap");
        }
    }

    /**
     * Version, flags, perhaps type, order (8) and encoding, length of the name, the name, and, of a hard link, where
     * to.
     */
    private void link(long at, long end) throws ModelFormatException {
        int flags = bytes.u1(at + 1);
        long next = at + 2;
        boolean hard = (flags & 8) == 0 || bytes.u1(next++) == 0;
        next += ((flags & 4) != 0 ? 8 : 0) + ((flags & 16) != 0 ? 1 : 0);
        int width = 1 << (flags & 3);
        long length = bytes.number(next, width);
        bytes.requireInside(next + width, length);
        next += width + length;
        if (hard) {
            if (next + 8 > end) {
                throw bytes.error(at, "is a link that is cut off");
            }
            visit(bytes.u8(next));
        }
    }

    /**
     * Version, flags (reserved in version 1), sizes of name, type and space (2 each), perhaps an encoding, then these
     * three; in version 1, each is padded to a multiple of 8.
     */
    private void attribute(long at, long end) throws ModelFormatException {
        int version = bytes.u1(at);
        if (version != 1 && (bytes.u1(at + 1) & 3) != 0) {
            throw bytes.error(at, "has a shared attribute type, which Keras does not write");
        }
        long type = switch (version) {
            case 1 -> at + aligned(8L + bytes.u2(at + 2));
            case 2 -> at + 8 + bytes.u2(at + 2);
            default -> at + 9 + bytes.u2(at + 2);
        };
        requirePlainType(type, Math.min(end, type + bytes.u2(at + 4)));
    }

    /**
     * Class and version, bits (3), size (4), and more; of an enumeration and a variable length, the type of its parts.
     */
    private void requirePlainType(long at, long end) throws ModelFormatException {
        for (long part = at; part < end; part += 8) {
            int typeClass = bytes.u1(part) & 15;
            if (typeClass == 6 || typeClass == 10) {
                throw bytes.error(at, "has a compound or array type, which Keras does not write");
            }
            if (typeClass != 8 && typeClass != 9) {
                return;
            }
        }
    }

    private void group(long tree, long heap) throws ModelFormatException {
        bytes.enter(heap);
        // Signature, version, reserved (3), size of the names (8), free list (8), where the names are (8).
        bytes.take(heap, 32);
        bytes.requireSignature(heap, HEAP);
        long namesSize = bytes.u8(heap + 8);
        long names = bytes.u8(heap + 24);
        bytes.requireInside(names, namesSize);
        tree(tree, -1, names, names + namesSize);
    }

    /** Signature, type, level, number of branches (2), two siblings (8 each), then key and branch in turn (8 each). */
    private void tree(long node, int expectedLevel, long names, long namesEnd) throws ModelFormatException {
        bytes.enter(node);
        bytes.requireSignature(node, TREE);
        int level = bytes.u1(node + 5);
        if (expectedLevel >= 0 && level != expectedLevel) {
            throw bytes.error(node,
                    "is a node of the level " + level + ", where one of " + expectedLevel + " should be");
        }
        int branches = bytes.u2(node + 6);
        bytes.take(node, 32 + 16L * branches);
        for (int i = 0; i < branches; i++) {
            long branch = bytes.u8(node + 32 + 16L * i);
            if (level > 0) {
                tree(branch, level - 1, names, namesEnd);
            } else {
                leaf(branch, names, namesEnd);
            }
        }
    }

    /**
     * Signature, version, reserved, number of links (2), then links of 40: name (8), object (8), kind (4), and more.
     */
    private void leaf(long node, long names, long namesEnd) throws ModelFormatException {
        bytes.enter(node);
        bytes.requireSignature(node, LEAF);
        int links = bytes.u2(node + 6);
        bytes.take(node, 8 + 40L * links);
        for (int i = 0; i < links; i++) {
            long link = node + 8 + 40L * i;
            name(bytes.u8(link), names, namesEnd);
            boolean soft = bytes.u4(link + 16) == 2;
            if (soft) {
                name(bytes.u4(link + 24), names, namesEnd);
            } else {
                visit(bytes.u8(link + 8));
            }
        }
    }

    private void name(long offset, long names, long namesEnd) throws ModelFormatException {
        bytes.requireInside(offset, 0);
        long end = names + offset;
        while (end < namesEnd && bytes.u1(end) != 0) {
            end++;
        }
        if (end >= namesEnd) {
            throw bytes.error(names + offset, "is a name that does not end");
        }
        bytes.take(names + offset, end + 1 - names - offset);
    }
}
