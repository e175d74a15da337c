package dev.gru.format.hdf5;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.fixture.Fixtures;

/**
 * What a library would follow without an end, or into more memory than the file justifies, is refused before it does.
 */
class WalkTest {
    private static final int TYPE = 3;
    private static final int ATTRIBUTE = 12;
    private static final int CONTINUATION = 16;
    private static final int GROUP = 17;

    /** A file of the first version with one object, the outermost group, at byte 96; {@code size} bytes in all. */
    private static ByteBuffer oldFile(int size, int... messages) {
        ByteBuffer file = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(0, 0x0A1A0A0D46444889L).put(13, (byte) 8).put(14, (byte) 8).putLong(64, 96);
        file.put(96, (byte) 1).putShort(98, (short) messages.length).putInt(104, 24 * messages.length);
        for (int i = 0; i < messages.length; i++) {
            file.putShort(112 + 24 * i, (short) messages[i]).putShort(114 + 24 * i, (short) 16);
        }
        return file;
    }

    /** Where the data of a message of {@link #oldFile} is. */
    private static int message(int number) {
        return 120 + 24 * number;
    }

    private static void assertRefused(ByteBuffer file, String message) {
        assertEquals("f: what is at byte " + message, assertThrows(ModelFormatException.class,
                () -> Walk.check("f", content(file))).getMessage());
    }

    private static byte[] content(ByteBuffer file) {
        byte[] content = new byte[file.capacity()];
        file.get(0, content);
        return content;
    }

    private static void put(ByteBuffer file, int at, String text) {
        file.put(at, text.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void whatIsNoHdf5FileIsRefused() {
        for (byte[] content : new byte[][]{{}, new byte[100], "HDF".getBytes(StandardCharsets.US_ASCII)}) {
            assertEquals("f: is not an HDF5 file",
                    assertThrows(ModelFormatException.class, () -> Walk.check("f", content)).getMessage());
        }
        assertRefused(oldFile(200).put(8, (byte) 9), "8 has a superblock of version 9, which is not known");
        assertRefused(oldFile(200).put(13, (byte) 4), "13 has other addresses than Keras writes, which have 8 bytes");
        assertRefused(oldFile(200).putLong(64, 5000), "5000 is cut off, or not in the file");
        assertRefused(oldFile(200).putLong(64, -1), "18446744073709551615 is cut off, or not in the file");
        assertRefused(oldFile(200).putLong(64, 16), "16 does not have the signature of what is pointed to");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gru_default", "article_model", "newest_hdf5", "bfloat16", "functional_state"})
    void whatKerasWritesIsNotRefused(String name) throws IOException {
        Walk.check("f", Fixtures.entries(Fixtures.file("keras/" + name + "/model.keras")).get(Fixtures.WEIGHTS));
    }

    @Test
    void aHeaderThatGoesOnInItselfIsRefused() {
        ByteBuffer file = oldFile(400, 0, CONTINUATION);
        file.putLong(message(1), 300).putLong(message(1) + 8, 24);
        file.putShort(300, (short) CONTINUATION).putShort(302, (short) 16).putLong(308, 300).putLong(316, 24);
        assertRefused(file, "300 is pointed to twice");
        file.putLong(308, 340).putLong(316, 1L << 40);
        assertRefused(file, "340 is cut off, or not in the file");
    }

    @Test
    void headersThatShareTheirMessagesAreRefused() {
        ByteBuffer file = oldFile(560, CONTINUATION, CONTINUATION);
        for (int i = 0; i < 2; i++) {
            file.putLong(message(i), 300 + 8 * i).putLong(message(i) + 8, 250);
        }
        assertRefused(file, "308 overlaps other parts of the file");
    }

    /** A group of links that are not followed, each of whose names is the same long text. */
    @Test
    void namesThatShareTheirTextAreRefused() {
        int links = 8;
        ByteBuffer file = oldFile(2000, GROUP);
        file.putLong(message(0), 200).putLong(message(0) + 8, 300);
        put(file, 200, "TREE");
        file.putShort(206, (short) 1).putLong(232, 400);
        put(file, 300, "HEAP");
        file.putLong(308, 1000).putLong(324, 1000);
        put(file, 1000, "n".repeat(300));
        put(file, 400, "SNOD");
        file.putShort(406, (short) links);
        for (int i = 0; i < links; i++) {
            file.putInt(408 + 40 * i + 16, 2);
        }
        assertRefused(file, "1000 overlaps other parts of the file");
        put(file, 1000, "n".repeat(1000));
        assertRefused(file, "1000 is a name that does not end");
    }

    @Test
    void anObjectThatIsItsOwnParentIsRefused() {
        byte[] weights = Fixtures.entries(Fixtures.file("keras/gru_no_bias/model.keras")).get(Fixtures.WEIGHTS);
        ByteBuffer file = ByteBuffer.wrap(weights).order(ByteOrder.LITTLE_ENDIAN);
        long root = file.getLong(64);
        int leaf = 0;
        while (file.getInt(leaf) != 0x444F4E53) { // SNOD
            leaf++;
        }
        file.putLong(leaf + 16, root);
        assertRefused(file, root + " is pointed to twice");
    }

    @ParameterizedTest
    @CsvSource({"6, a compound or array type", "10, a compound or array type"})
    void typesThatKerasDoesNotWriteAreRefused(int typeClass, String what) {
        ByteBuffer file = oldFile(200, TYPE);
        file.put(message(0), (byte) (0x10 | typeClass));
        assertRefused(file, message(0) + " has " + what + ", which Keras does not write");
        // The same within a variable length.
        file.put(message(0), (byte) 0x19).put(message(0) + 8, (byte) (0x10 | typeClass));
        assertRefused(file, message(0) + " has " + what + ", which Keras does not write");
    }

    @Test
    void attributesThatShareTheirTypeAreRefused() {
        ByteBuffer file = oldFile(200, ATTRIBUTE);
        file.put(message(0), (byte) 3).put(message(0) + 1, (byte) 1);
        assertRefused(file, message(0) + " has a shared attribute type, which Keras does not write");
    }

    /** What the library itself writes has headers of the second version. */
    private static ByteBuffer newFile(Path directory) throws IOException {
        return ByteBuffer.wrap(Hdf5Files.write(directory, Map.of("a", Map.of("b", new float[][]{{1, 2}}))))
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    @Test
    void headersOfTheSecondVersionAreWalkedOver(@TempDir Path directory) throws IOException {
        ByteBuffer file = newFile(directory);
        assertEquals(new Walk.Found(Map.of(), Map.of(), Map.of()), Walk.check("f", content(file)));
        int root = (int) file.getLong(36);
        // Signature, version, flags, size of the messages (4), then type, size (2), flags and data of each.
        int info = root + 10;
        while (file.get(info) != 2) {
            info += 4 + file.getShort(info + 1);
        }
        file.putLong(info + 4 + 10, 1234);
        assertRefused(file, info + 4 + 2 + " is a heap without an index, or an index without a heap");
        file.putLong(info + 4 + 2, 1234);
        assertRefused(file, "1234 is cut off, or not in the file");
        file.putLong(info + 4 + 2, -1);
        int attributes = root + 10;
        file.putLong(info + 4 + 10, -1);
        while (file.get(attributes) != 21) {
            attributes += 4 + file.getShort(attributes + 1);
        }
        file.putLong(attributes + 4 + 2, 1234);
        assertRefused(file, attributes + 4 + 2 + " is a heap without an index, or an index without a heap");
        file.putLong(attributes + 4 + 2, -1);
        file.put(attributes, (byte) CONTINUATION).putLong(attributes + 4, root).putLong(attributes + 12, 40);
        assertRefused(file, root + " is pointed to twice");
        file.putLong(attributes + 4, 8);
        assertRefused(file, "8 does not have the signature of what is pointed to");
    }

    @Test
    void aFileThatIsCutOffIsNamedWithThePlace() {
        byte[] weights = Fixtures.entries(Fixtures.file("keras/gru_no_bias/model.keras")).get(Fixtures.WEIGHTS);
        for (int length = 16; length < weights.length / 2; length += 61) {
            byte[] cut = Arrays.copyOf(weights, length);
            String message = assertThrows(ModelFormatException.class, () -> Walk.check("f", cut)).getMessage();
            assertTrue(message.matches("f: what is at byte \\d+ .*"), message);
        }
    }
}
