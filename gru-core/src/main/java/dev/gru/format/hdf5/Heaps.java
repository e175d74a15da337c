package dev.gru.format.hdf5;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The texts of variable length in an HDF5 file, which are objects of its global heaps. A heap is gone through once,
 * however many of its objects are asked for.
 *
 * <p>Heaps do not overlap, and each of their objects belongs to one text. So all heaps together are no longer than the
 * file, and all texts together neither; a file in which they are longer is refused.
 *
 * <p>The heap: signature, version, reserved (3), size of all (8), objects. An object: number (2), references (2),
 * reserved (4), size (8), data, padded to a multiple of 8. For use by one thread.
 */
final class Heaps {
    private static final int HEAP_HEAD = 16;
    private static final int OBJECT_HEAD = 16;

    /** Where an object is and how long: its data. */
    private record Place(int from, long length) {
    }

    private final byte[] content;
    private final ByteBuffer file;
    private final Map<Long, Map<Integer, Place>> heaps = new HashMap<>();
    /** How many bytes of heaps may still be gone through. */
    private long heapBytes;
    /** How many bytes of texts may still be copied. */
    private long textBytes;

    /**
     * Starts on a file.
     *
     * @param content all of it; not copied
     */
    Heaps(byte[] content) {
        this.content = content;
        file = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
        heapBytes = content.length;
        textBytes = content.length;
    }

    /**
     * Returns the beginning of an object.
     *
     * @param length how much of it
     * @param heap address of its heap
     * @param number its number there
     * @throws IllegalArgumentException if there is no such object, or it is shorter, or texts or heaps overlap
     */
    byte[] text(int length, long heap, int number) {
        Map<Integer, Place> objects = heaps.get(heap);
        if (objects == null) {
            objects = objects(heap);
            heaps.put(heap, objects);
        }
        Place place = objects.get(number);
        if (place == null || length > place.length) {
            throw new IllegalArgumentException("no text " + number + " in the heap at byte " + heap);
        }
        textBytes -= length;
        if (textBytes < 0) {
            throw new IllegalArgumentException("the texts are longer than the file");
        }
        return Arrays.copyOfRange(content, place.from, place.from + length);
    }

    private Map<Integer, Place> objects(long heap) {
        int from = Math.toIntExact(heap);
        long size = file.getLong(Math.addExact(from, Long.BYTES));
        if (size < HEAP_HEAD || size > content.length - (long) from) {
            throw new IllegalArgumentException("the heap at byte " + heap + " is cut off");
        }
        heapBytes -= size;
        if (heapBytes < 0) {
            throw new IllegalArgumentException("the heap at byte " + heap + " overlaps another");
        }
        Map<Integer, Place> objects = new HashMap<>();
        long end = from + size;
        long object = from + (long) HEAP_HEAD;
        while (object <= end - OBJECT_HEAD) {
            int at = (int) object;
            long length = file.getLong(at + Long.BYTES);
            long left = end - object - OBJECT_HEAD;
            int number = Short.toUnsignedInt(file.getShort(at));
            // The object 0 is what is free, up to the end.
            if (number == 0 || length < 0 || length > left) {
                break;
            }
            objects.putIfAbsent(number, new Place(at + OBJECT_HEAD, length));
            object += OBJECT_HEAD + ((length + 7) & ~7L);
        }
        return objects;
    }
}
