package dev.gru.format.hdf5;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.Set;

import dev.gru.format.file.ModelFormatException;

/**
 * The bytes of an HDF5 file, and how many of them have been visited: no address twice, and no more bytes than there
 * are.
 *
 * <p>For use by one thread.
 */
final class VisitedBytes {
    /** In place of the address of something that is not there. */
    static final long UNDEFINED_ADDRESS = -1;

    private final String where;
    private final ByteBuffer content;
    /** The addresses that have been visited. */
    private final Set<Long> seen = new HashSet<>();
    /** How many bytes may still be visited. */
    private long left;
    /** How many bytes of parts may still be visited. */
    private long partsLeft;

    /**
     * Begins with no byte visited.
     *
     * @param where names the file, for messages
     * @param content all of it; not copied
     */
    VisitedBytes(String where, byte[] content) {
        this.where = where;
        this.content = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
        left = content.length;
        partsLeft = content.length;
    }

    /** Returns the four characters that a structure begins with as a number. */
    static int signature(String name) {
        return name.charAt(0) | name.charAt(1) << 8 | name.charAt(2) << 16 | name.charAt(3) << 24;
    }

    /** Returns the size of the file. */
    int size() {
        return content.limit();
    }

    /** Returns the exception for a file of another format. */
    ModelFormatException notHdf5() {
        return new ModelFormatException(where + ": is not an HDF5 file");
    }

    /** Notes that an address is visited, which must be the first time. */
    void enter(long address) throws ModelFormatException {
        if (!seen.add(address)) {
            throw error(address, "is pointed to twice");
        }
    }

    /** Takes bytes into account that are about to be read. */
    void take(long address, long length) throws ModelFormatException {
        requireInside(address, length);
        left -= length;
        if (left < 0) {
            throw error(address, "overlaps other parts of the file");
        }
    }

    /**
     * Notes that a part of something that has been taken into account is visited, which must be the first time; and all
     * parts together must not be longer than the file.
     */
    void enterPart(long address, long length) throws ModelFormatException {
        enter(address);
        requireInside(address, length);
        partsLeft -= length;
        if (partsLeft < 0) {
            throw error(address, "overlaps other parts of the file");
        }
    }

    /** Checks that bytes are in the file. */
    void requireInside(long address, long length) throws ModelFormatException {
        if (address < 0 || length < 0 || length > content.limit() - address) {
            throw error(address, "is cut off, or not in the file");
        }
    }

    /** Checks the four characters at an address. */
    void requireSignature(long address, int signature) throws ModelFormatException {
        if (u4(address) != Integer.toUnsignedLong(signature)) {
            throw error(address, "does not have the signature of what is pointed to");
        }
    }

    /** Returns an unsigned number of one byte. */
    int u1(long at) throws ModelFormatException {
        requireInside(at, 1);
        return Byte.toUnsignedInt(content.get((int) at));
    }

    /** Returns an unsigned number of two bytes. */
    int u2(long at) throws ModelFormatException {
        requireInside(at, 2);
        return Short.toUnsignedInt(content.getShort((int) at));
    }

    /** Returns an unsigned number of four bytes. */
    long u4(long at) throws ModelFormatException {
        requireInside(at, 4);
        return Integer.toUnsignedLong(content.getInt((int) at));
    }

    /** Returns a number of eight bytes. */
    long u8(long at) throws ModelFormatException {
        requireInside(at, 8);
        return content.getLong((int) at);
    }

    /** Returns a number of one to eight bytes. */
    long number(long at, int width) throws ModelFormatException {
        requireInside(at, width);
        long number = 0;
        for (int i = width - 1; i >= 0; i--) {
            number = number << Byte.SIZE | u1(at + i);
        }
        return number;
    }

    /** Returns an exception that names the file and an address. */
    ModelFormatException error(long address, String problem) {
        return new ModelFormatException(
                where + ": what is at byte " + Long.toUnsignedString(address) + " " + problem);
    }
}
