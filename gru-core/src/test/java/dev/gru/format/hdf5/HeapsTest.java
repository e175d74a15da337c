package dev.gru.format.hdf5;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import org.junit.jupiter.api.Test;

/** Texts in global heaps: each is found, and none is counted twice. */
class HeapsTest {
    private static final int SIZE = 96;
    private static final int FIRST = 16;
    private static final int SECOND = 40;

    /** A heap at byte 0 with the object 1, "one", the object 7, "seven", and the rest, which is free. */
    private final ByteBuffer file = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN).putLong(8, SIZE);

    HeapsTest() {
        object(FIRST, 1, "one");
        object(SECOND, 7, "seven");
        file.putLong(SECOND + 24 + 8, SIZE - SECOND - 24);
    }

    private void object(int at, int number, String text) {
        file.putShort(at, (short) number).putLong(at + 8, text.length()).put(at + 16,
                text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String text(Heaps heaps, int length, long heap, int number) {
        return new String(heaps.text(length, heap, number), StandardCharsets.US_ASCII);
    }

    private static void assertRefused(String message, Heaps heaps, int length, long heap, int number) {
        assertEquals(message, assertThrows(IllegalArgumentException.class,
                () -> heaps.text(length, heap, number)).getMessage());
    }

    @Test
    void objectsAreFoundByTheirNumber() {
        Heaps heaps = new Heaps(file.array());
        assertEquals("seven", text(heaps, 5, 0, 7));
        assertEquals("on", text(heaps, 2, 0, 1));
        assertRefused("no text 2 in the heap at byte 0", heaps, 1, 0, 2);
        assertRefused("no text 1 in the heap at byte 0", heaps, 4, 0, 1);
        assertRefused("no text 0 in the heap at byte 0", heaps, 1, 0, 0);
    }

    @Test
    void textsThatAreLongerThanTheFileAreRefused() {
        Heaps heaps = new Heaps(file.array());
        for (int i = 0; i < SIZE / 5; i++) {
            heaps.text(5, 0, 7);
        }
        assertRefused("the texts are longer than the file", heaps, 5, 0, 7);
    }

    @Test
    void heapsThatOverlapOrAreCutOffAreRefused() {
        file.putLong(FIRST + 8, SIZE - FIRST);
        Heaps heaps = new Heaps(file.array());
        assertRefused("no text 1 in the heap at byte 0", heaps, 1, 0, 1);
        assertRefused("the heap at byte 16 overlaps another", heaps, 1, FIRST, 1);
        file.putLong(FIRST + 8, SIZE - FIRST + 1);
        assertRefused("the heap at byte 16 is cut off", new Heaps(file.array()), 1, FIRST, 1);
        assertRefused("the heap at byte 16 is cut off",
                new Heaps(Arrays.copyOf(file.putLong(FIRST + 8, -1).array(), SIZE)), 1, FIRST, 1);
    }
}
