package dev.gru.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * A look at the search trees of an HDF5 file before a library follows them.
 *
 * <p>The nodes of a tree point to each other by address. In a file made to do harm, many point to the same one: a few
 * dozen nodes then unfold into billions of paths, which no library survives. In a file that an HDF5 library wrote, every
 * node and every object is pointed to once, and trees are flat. So all nodes are found by their signatures, wherever
 * they are, and a file that has others than such is refused. For a weight to be taken for a node it would have to be
 * exactly 829.22 or 3157.14, and what follows it no less unlikely.
 */
final class Hdf5Shape {
    /** Branches of a node and links of a leaf in all files that do not ask for other sizes; h5py never does. */
    private static final int MAX_BRANCHES = 32;
    private static final int MAX_LINKS = 8;

    /** Enough for tens of thousands of names in a group. */
    private static final int MAX_LEVEL = 3;

    /** The size of the nodes of the newer kind of tree, which is the same in all files: some 46 names fit. */
    private static final int TREE_2_NODE_BYTES = 512;

    private static final int MIN_BYTES = 16;
    private static final long FILE_SIGNATURE = 0x0A1A0A0D46444889L;

    private static final int TREE = signature("TREE");
    private static final int LEAF = signature("SNOD");
    private static final int TREE_2 = signature("BTHD");

    private final ByteBuffer content;
    private final Set<Long> targets = new HashSet<>();

    private Hdf5Shape(byte[] content) {
        this.content = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Returns what is wrong with a file, or nothing if all its trees are of the kind that HDF5 libraries write. */
    static Optional<String> objection(byte[] content) {
        Hdf5Shape shape = new Hdf5Shape(content);
        if (content.length < MIN_BYTES || shape.content.getLong(0) != FILE_SIGNATURE) {
            return Optional.of("is not an HDF5 file");
        }
        return shape.hasLongAddresses() && shape.hasOrdinaryTrees()
                ? Optional.empty()
                : Optional.of("its index is not one that Keras would have written");
    }

    private static int signature(String name) {
        return name.charAt(0) | name.charAt(1) << 8 | name.charAt(2) << 16 | name.charAt(3) << 24;
    }

    /** The sizes of addresses and lengths stand in the first block, in one of two places that depend on its version. */
    private boolean hasLongAddresses() {
        int sizes = content.get(8) < 2 ? 13 : 9;
        return content.get(sizes) == Long.BYTES && content.get(sizes + 1) == Long.BYTES;
    }

    private boolean hasOrdinaryTrees() {
        for (int at = 0; at <= content.limit() - Integer.BYTES; at++) {
            if (!isOrdinary(at, content.getInt(at))) {
                return false;
            }
        }
        return true;
    }

    private boolean isOrdinary(int at, int signature) {
        if (signature == TREE) {
            return isOrdinaryNode(at);
        }
        if (signature == LEAF) {
            return isOrdinaryLeaf(at);
        }
        return signature != TREE_2 || isOrdinaryTree2(at);
    }

    /** Signature, type, level, number of branches (2), two siblings (8 each), then key and branch in turn (8 each). */
    private boolean isOrdinaryNode(int at) {
        if (!has(at, 24)) {
            return true; // cut off: whoever reads it fails
        }
        int branches = content.getShort(at + 6) & 0xFFFF;
        return content.get(at + 5) <= MAX_LEVEL && branches <= MAX_BRANCHES && areNew(at + 32, 16, branches);
    }

    /** Signature, version, a spare byte, number of links (2), then links of 40: name (8), address (8), and more. */
    private boolean isOrdinaryLeaf(int at) {
        if (!has(at, 8)) {
            return true; // cut off: whoever reads it fails
        }
        int links = content.getShort(at + 6) & 0xFFFF;
        return links <= MAX_LINKS && areNew(at + 16, 40, links);
    }

    /** Returns whether addresses that stand at a distance of {@code stride} have not been seen before. */
    private boolean areNew(int at, int stride, int count) {
        for (int i = 0; i < count; i++) {
            int target = at + stride * i;
            if (has(target, Long.BYTES) && !targets.add(content.getLong(target))) {
                return false;
            }
        }
        return true;
    }

    /** Signature, version, type, size of a node (4), size of a record (2), depth (2), and more. */
    private boolean isOrdinaryTree2(int at) {
        if (!has(at, 34)) {
            return true; // cut off: whoever reads it fails
        }
        int nodeBytes = content.getInt(at + 6);
        int depth = content.getShort(at + 12) & 0xFFFF;
        long records = content.getLong(at + 26);
        return nodeBytes == TREE_2_NODE_BYTES && depth <= MAX_LEVEL
                && Long.compareUnsigned(records, content.limit()) < 0;
    }

    private boolean has(int at, int count) {
        return count <= content.limit() - at;
    }
}
