package dev.gru.format.hdf5;

import java.util.List;

import dev.gru.format.file.ModelFormatException;

/**
 * How a data set is stored that is cut into chunks: the layout message of its object header.
 *
 * @param index how chunks are found
 * @param address where the index is, or the only chunk
 * @param sizes the sizes of a chunk, slowest dimension first
 * @param bytes of an only chunk that is filtered, its size; otherwise 0
 * @param mask of an only chunk that is filtered, which filters were left out; otherwise 0
 */
record Chunks(Index index, long address, List<Long> sizes, long bytes, long mask) {
    /** The class of a data set in chunks, in layout messages. */
    private static final int CHUNKED = 2;
    private static final int FILTERED_SINGLE = 2;

    /** How chunks are found. */
    enum Index {
        /** A B-tree of the first version. */
        TREE("a B-tree"),
        /** There is one. */
        SINGLE("one chunk"),
        /** They stand one after the other. */
        IMPLICIT("no index"),
        /** A list of their addresses. */
        FIXED_ARRAY("a fixed array"),
        /** As {@link #FIXED_ARRAY}, for a data set that grows in one dimension. */
        EXTENSIBLE_ARRAY("an extensible array"),
        /** A B-tree of the second version, for a data set that grows in several. */
        TREE_2("a B-tree of version 2");

        private final String printed;

        Index(String printed) {
            this.printed = printed;
        }

        @Override
        public String toString() {
            return printed;
        }
    }

    /**
     * Reads a layout message.
     *
     * <p>Version 3: version, class, dimensions + 1, address (8), sizes (4 each, the last that of an element). Version
     * 4: version, class, flags, dimensions + 1, width of a size, sizes, index, what the index needs, address (8).
     *
     * @return null if the data set is not cut into chunks
     */
    static Chunks read(VisitedBytes bytes, long at) throws ModelFormatException {
        int version = bytes.u1(at);
        // The versions before the third have other fields first.
        int layoutClass = bytes.u1(at + (version < 3 ? 2 : 1));
        if (layoutClass != CHUNKED) {
            return null;
        }
        if (version == 3) {
            int dimensions = bytes.u1(at + 2);
            return new Chunks(Index.TREE, bytes.u8(at + 3), sizes(bytes, at + 11, dimensions, Integer.BYTES), 0, 0);
        }
        if (version != 4) {
            throw bytes.error(at, "is a data layout of version " + version + ", which is not supported for chunks");
        }
        boolean filtered = (bytes.u1(at + 2) & FILTERED_SINGLE) != 0;
        int dimensions = bytes.u1(at + 3);
        int width = bytes.u1(at + 4);
        if (width < 1 || width > Long.BYTES) {
            throw bytes.error(at, "has sizes of " + width + " bytes");
        }
        List<Long> sizes = sizes(bytes, at + 5, dimensions, width);
        long next = at + 5 + (long) dimensions * width;
        int number = bytes.u1(next++);
        return switch (number) {
            case 1 -> filtered
                    ? new Chunks(Index.SINGLE, bytes.u8(next + 12), sizes, bytes.u8(next), bytes.u4(next + 8))
                    : new Chunks(Index.SINGLE, bytes.u8(next), sizes, 0, 0);
            case 2 -> new Chunks(Index.IMPLICIT, bytes.u8(next), sizes, 0, 0);
            case 3 -> new Chunks(Index.FIXED_ARRAY, bytes.u8(next + 1), sizes, 0, 0);
            case 4 -> new Chunks(Index.EXTENSIBLE_ARRAY, bytes.u8(next + 5), sizes, 0, 0);
            case 5 -> new Chunks(Index.TREE_2, bytes.u8(next + 6), sizes, 0, 0);
            default -> throw bytes.error(at, "has an index of chunks of the unknown kind " + number);
        };
    }

    private static List<Long> sizes(VisitedBytes bytes, long at, int dimensions, int width)
            throws ModelFormatException {
        Long[] sizes = new Long[Math.max(0, dimensions - 1)];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = bytes.number(at + (long) i * width, width);
            if (sizes[i] < 1) {
                throw bytes.error(at, "has chunks without elements");
            }
        }
        return List.of(sizes);
    }
}
