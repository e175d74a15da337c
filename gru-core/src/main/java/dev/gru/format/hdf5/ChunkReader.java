package dev.gru.format.hdf5;

import java.util.Arrays;

import dev.gru.format.file.ModelFormatException;
import dev.gru.internal.Shapes;

/**
 * Puts the chunks of data sets together again.
 *
 * <p>Each part of an index and each chunk is visited once, and all arrays of a file together inflate to at most
 * {@value #MAX_INFLATION} times its size plus {@value #INFLATION_SLACK} bytes: weights hardly compress, so more is an
 * attack.
 *
 * <p>For use by one thread.
 */
final class ChunkReader {
    static final int MAX_INFLATION = 8;
    static final int INFLATION_SLACK = 1 << 20;
    private static final int CHECKSUM = 4;
    /** A fixed array of more entries is cut into pages. */
    private static final int MAX_PAGE_BITS = 30;

    private final byte[] content;
    private final VisitedBytes bytes;
    /** How many bytes may still be put together. */
    private long left;

    /**
     * Starts on a file.
     *
     * @param where names the file, for messages
     * @param content all of it; not copied
     */
    ChunkReader(String where, byte[] content) {
        this.content = content;
        bytes = new VisitedBytes(where, content);
        left = bound(content.length);
    }

    /** Returns what all arrays of a file of a size may inflate to. */
    static long bound(int size) {
        return Math.min((long) MAX_INFLATION * size + INFLATION_SLACK, Shapes.MAX_ARRAY);
    }

    /** One array on its way. */
    private final class Assembly {
        private final Chunks chunks;
        private final Filters filters;
        private final int[] dimensions;
        private final int elementBytes;
        private final int chunkBytes;
        private final byte[] array;
        /** How many chunks there are along each dimension. */
        private final int[] counts;
        private final boolean[] filled;
        private int missing;

        Assembly(Chunks chunks, Filters filters, int[] dimensions, int elementBytes) throws ModelFormatException {
            this.chunks = chunks;
            this.filters = filters;
            this.dimensions = dimensions;
            this.elementBytes = elementBytes;
            counts = new int[dimensions.length];
            long oneChunk = elementBytes;
            long number = 1;
            for (int i = 0; i < dimensions.length; i++) {
                long size = chunks.sizes().get(i);
                counts[i] = Math.toIntExact((dimensions[i] + size - 1) / size);
                number = Math.multiplyExact(number, counts[i]);
                oneChunk = Math.multiplyExact(oneChunk, size);
            }
            // An index has at least an address for each; chunks without one are in the file themselves.
            if (number > content.length) {
                throw bytes.error(chunks.address(), "are more chunks than the file has room for");
            }
            long all = Math.multiplyExact(oneChunk, number);
            if (all > left) {
                throw bytes.error(chunks.address(), "inflates to more than " + MAX_INFLATION
                        + " times the size of the file, the bound for weights");
            }
            left -= all;
            chunkBytes = Math.toIntExact(oneChunk);
            array = new byte[Math.toIntExact(Arrays.stream(dimensions).asLongStream().reduce(elementBytes,
                    Math::multiplyExact))];
            filled = new boolean[Math.toIntExact(number)];
            missing = filled.length;
        }

        /** Puts a chunk in its place. */
        void put(int[] place, long address, long size, long mask) throws ModelFormatException {
            int number = 0;
            for (int i = 0; i < place.length; i++) {
                if (place[i] < 0 || place[i] >= counts[i]) {
                    return; // left over from when the data set was larger
                }
                number = number * counts[i] + place[i];
            }
            if (filled[number]) {
                throw bytes.error(address, "is a second chunk for one place");
            }
            filled[number] = true;
            missing--;
            bytes.take(address, size);
            byte[] stored = Arrays.copyOfRange(content, (int) address, (int) (address + size));
            scatter(place, filters.undo(stored, chunkBytes, mask));
        }

        private void scatter(int[] place, byte[] chunk) {
            int rank = dimensions.length;
            int[] at = new int[rank];
            int last = rank - 1;
            int size = chunks.sizes().get(last).intValue();
            int from = place[last] * size;
            int run = Math.min(size, dimensions[last] - from) * elementBytes;
            for (int source = 0; source < chunk.length; source += size * elementBytes) {
                long target = 0;
                boolean inside = true;
                for (int i = 0; i < last; i++) {
                    long index = place[i] * chunks.sizes().get(i) + at[i];
                    inside &= index < dimensions[i];
                    target = target * dimensions[i] + index;
                }
                if (inside) {
                    target = target * dimensions[last] + from;
                    System.arraycopy(chunk, source, array, (int) target * elementBytes, run);
                }
                for (int i = last - 1; i >= 0 && ++at[i] == chunks.sizes().get(i); i--) {
                    at[i] = 0;
                }
            }
        }

        /** Returns where the chunk of a number is among the others. */
        int[] place(int number) {
            int[] place = new int[counts.length];
            int rest = number;
            for (int i = counts.length - 1; i >= 0; i--) {
                place[i] = rest % counts[i];
                rest /= counts[i];
            }
            return place;
        }
    }

    /**
     * Returns an array.
     *
     * @param chunks where its chunks are
     * @param filters what was done with them
     * @param dimensions its shape, of which all elements together are in bounds that the caller has
     * @param elementBytes the size of an element
     * @return its bytes, row-major; null if any of it was never written
     * @throws ModelFormatException if chunks are cut off, overlap, or inflate to more than the file justifies
     * @throws RuntimeException if they are damaged in another way
     */
    byte[] read(Chunks chunks, Filters filters, int[] dimensions, int elementBytes) throws ModelFormatException {
        if (dimensions.length == 0 || dimensions.length != chunks.sizes().size()) {
            throw bytes.error(chunks.address(), "has chunks of " + chunks.sizes().size() + " dimensions, where "
                    + dimensions.length + " should be");
        }
        if (chunks.address() == VisitedBytes.UNDEFINED_ADDRESS) {
            return null;
        }
        Assembly assembly = new Assembly(chunks, filters, dimensions, elementBytes);
        switch (chunks.index()) {
            case TREE -> tree(assembly, chunks.address(), -1);
            case SINGLE -> assembly.put(new int[dimensions.length], chunks.address(),
                    chunks.bytes() == 0 ? assembly.chunkBytes : chunks.bytes(), chunks.mask());
            case IMPLICIT -> {
                for (int i = 0; i < assembly.filled.length; i++) {
                    assembly.put(assembly.place(i), chunks.address() + (long) i * assembly.chunkBytes,
                            assembly.chunkBytes, 0);
                }
            }
            case FIXED_ARRAY -> fixedArray(assembly, chunks.address());
            case EXTENSIBLE_ARRAY, TREE_2 -> throw bytes.error(chunks.address(), "is " + chunks.index()
                    + ", the index of a data set that can grow, which is not supported");
        }
        return assembly.missing == 0 ? assembly.array : null;
    }

    /**
     * Signature, type, level, number of branches (2), two siblings (8 each), then key and branch (8) in turn, and one
     * more key. A key: size (4) and mask (4) of a chunk, and where it begins (8 for each dimension and for the bytes of
     * an element).
     */
    private void tree(Assembly assembly, long node, int expectedLevel) throws ModelFormatException {
        bytes.enter(node);
        bytes.requireSignature(node, VisitedBytes.signature("TREE"));
        int level = bytes.u1(node + 5);
        if (bytes.u1(node + 4) != 1 || (expectedLevel >= 0 && level != expectedLevel)) {
            throw bytes.error(node, "is not the node of an index of chunks that it should be");
        }
        int branches = bytes.u2(node + 6);
        int rank = assembly.dimensions.length;
        long key = 8 + 8L * (rank + 1);
        bytes.take(node, 24 + branches * (key + 8) + key);
        for (int i = 0; i < branches; i++) {
            long at = node + 24 + i * (key + 8);
            long branch = bytes.u8(at + key);
            if (level > 0) {
                tree(assembly, branch, level - 1);
                continue;
            }
            int[] place = new int[rank];
            for (int d = 0; d < rank; d++) {
                long size = assembly.chunks.sizes().get(d);
                long offset = bytes.u8(at + 8 + 8L * d);
                if (offset < 0 || offset % size != 0) {
                    throw bytes.error(at, "is a chunk that begins at " + offset + ", between others of " + size);
                }
                place[d] = (int) Math.min(offset / size, Integer.MAX_VALUE);
            }
            assembly.put(place, branch, bytes.u4(at), bytes.u4(at + 4));
        }
    }

    /**
     * Signature, version, client, size of an entry, bits of a page, entries (8), address of the data block (8). The
     * data block: signature, version, client, address of this (8), if it has pages a bit for each, entries, checksum;
     * a page: entries, checksum. An entry: address (8), and, if there are filters, size and mask (4).
     */
    private void fixedArray(Assembly assembly, long header) throws ModelFormatException {
        bytes.enter(header);
        bytes.requireSignature(header, VisitedBytes.signature("FAHD"));
        bytes.take(header, 24 + CHECKSUM);
        boolean filtered = bytes.u1(header + 5) == 1;
        int entryBytes = bytes.u1(header + 6);
        int pageBits = bytes.u1(header + 7);
        long entries = bytes.u8(header + 8);
        long block = bytes.u8(header + 16);
        int sizeBytes = entryBytes - Long.BYTES - Integer.BYTES;
        if (entries != assembly.filled.length || pageBits > MAX_PAGE_BITS || (filtered
                ? sizeBytes < 1 || sizeBytes > Long.BYTES
                : entryBytes != Long.BYTES)) {
            throw bytes.error(header, "is not the index of the chunks of its data set");
        }
        if (block == VisitedBytes.UNDEFINED_ADDRESS) {
            return;
        }
        bytes.enter(block);
        bytes.requireSignature(block, VisitedBytes.signature("FADB"));
        long page = 1L << pageBits;
        boolean paged = entries > page;
        long pages = (entries + page - 1) / page;
        long first = block + 14 + (paged ? (pages + 7) / 8 + CHECKSUM : 0);
        bytes.take(block, first - block + entries * entryBytes + (paged ? pages : 1) * CHECKSUM);
        for (int i = 0; i < entries; i++) {
            if (paged && (bytes.u1(block + 14 + i / page / 8) >> (7 - i / page % 8) & 1) == 0) {
                continue;
            }
            long at = first + (long) i * entryBytes + (paged ? i / page * CHECKSUM : 0);
            long address = bytes.u8(at);
            if (address != VisitedBytes.UNDEFINED_ADDRESS) {
                assembly.put(assembly.place(i), address,
                        filtered ? bytes.number(at + 8, sizeBytes) : assembly.chunkBytes,
                        filtered ? bytes.u4(at + 8 + sizeBytes) : 0);
            }
        }
    }
}
