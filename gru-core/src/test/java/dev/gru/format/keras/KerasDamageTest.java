package dev.gru.format.keras;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.gru.format.KerasReader;
import dev.gru.format.file.ModelFormatException;
import dev.gru.format.fixture.Fixtures;
import dev.gru.format.shared.HeldFile;

/** A damaged or hostile file gives one line that says where it is damaged, quickly and in little memory. */
class KerasDamageTest {
    /** Far more than any of this takes, even on a busy machine; an endless loop or a large allocation takes longer. */
    private static final Duration QUICKLY = Duration.ofSeconds(20);

    private static void assertRefused(byte[] file, String... parts) {
        ModelFormatException refused = assertThrows(ModelFormatException.class,
                () -> KerasReader.read("m.keras", new ByteArrayInputStream(file)));
        String message = refused.getMessage();
        assertTrue(message.startsWith("m.keras: "), message);
        assertEquals(1, message.lines().count(), message);
        for (String part : parts) {
            assertTrue(message.contains(part), message);
        }
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void whatIsNoZipFileIsRefused() {
        assertRefused(new byte[0], "is empty");
        assertRefused(text("{\"class_name\": \"Sequential\"}"), "is not a .keras file");
        assertRefused(text("PK"), "is not a .keras file");
        assertRefused(Fixtures.entries(Fixtures.file("keras/gru_default/model.keras")).get(Fixtures.WEIGHTS),
                "has no attribute model_config; a file of weights alone is read into a model made in code");
    }

    @Test
    void sizesWhoseProductIsBeyondAllSizesAreRefused() {
        assertRefused(Fixtures.withConfig("graphs/conv_separable", "\"depth_multiplier\": 2",
                "\"depth_multiplier\": 2147483647"), "integer overflow");
    }

    @Test
    void aFileThatIsCutOffIsRefusedWhereverItIsCut() {
        byte[] whole = Fixtures.bytes("keras/gru_default/model.keras");
        for (int length = 0; length < whole.length; length += 97) {
            assertRefused(Arrays.copyOf(whole, length));
        }
        assertRefused(Arrays.copyOf(whole, whole.length - 1), "cut off");
    }

    @Test
    void aMissingFileIsNotADamagedOne(@TempDir Path directory) {
        assertThrows(NoSuchFileException.class, () -> KerasReader.read(directory.resolve("none.keras")));
        ModelFormatException refused = assertThrows(ModelFormatException.class, () -> KerasReader.read(directory));
        assertTrue(refused.getMessage().contains("is a directory"), refused.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {Fixtures.CONFIG, Fixtures.METADATA, Fixtures.WEIGHTS})
    void aMissingEntryIsNamed(String entry) {
        assertRefused(Fixtures.withEntry("gru_default", entry, null), "has no entry " + entry);
    }

    @Test
    void anEntryThatIsThereTwiceIsRefused() {
        Map<String, byte[]> entries = Fixtures.entries(Fixtures.file("keras/gru_default/model.keras"));
        entries.put("konfig.json", text("{}"));
        byte[] file = Fixtures.zip(entries);
        byte[] other = text("konfig.json");
        for (int i = 0; i <= file.length - other.length; i++) {
            if (Arrays.equals(file, i, i + other.length, other, 0, other.length)) {
                file[i] = 'c';
                file[i + 1] = 'o';
            }
        }
        assertRefused(file, "config.json appears twice");
    }

    @Test
    void aFlippedBitInTheWeightsIsSeen() {
        byte[] file = Fixtures.bytes("keras/gru_default/model.keras");
        byte[] weights = Fixtures.entries(Fixtures.file("keras/gru_default/model.keras")).get(Fixtures.WEIGHTS);
        // The archive stores its entries as they are; the last array is near the end of the last entry.
        int start = indexOf(file, Arrays.copyOf(weights, 64));
        file[start + weights.length - 100] ^= 1;
        assertRefused(file, "model.weights.h5: is damaged: its checksum does not match");
    }

    private static int indexOf(byte[] array, byte[] part) {
        for (int i = 0; i <= array.length - part.length; i++) {
            if (Arrays.equals(array, i, i + part.length, part, 0, part.length)) {
                return i;
            }
        }
        throw new AssertionError("not there");
    }

    @ParameterizedTest
    @ValueSource(strings = {Fixtures.CONFIG, Fixtures.METADATA, Fixtures.WEIGHTS})
    void aZipBombIsStoppedAtTheBound(String entry) {
        byte[] bomb = Fixtures.withEntry("gru_default", entry, new byte[32 << 20]);
        assertTrue(bomb.length < 1 << 20);
        assertTimeout(QUICKLY, () -> assertRefused(bomb, entry + ": is larger than"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "3", "{", "{}", "{\"class_name\": 3}", "{\"class_name\": \"Sequential\"}",
            "{\"a\": NaN}", "{\"a\": Infinity}", "{\"a\": 01}", "{} {}", "{\"a\": 1, \"a\": 2}", "\uFEFF{}",
            "{'a': 1}"})
    void aConfigurationThatIsNoneIsRefused(String config) {
        assertRefused(Fixtures.withEntry("gru_default", Fixtures.CONFIG, text(config)), "config.json");
    }

    @Test
    void aConfigurationThatIsNotUtf8IsRefused() {
        byte[] config = {'{', '"', (byte) 0xC0, (byte) 0x80, '"', ':', '1', '}'};
        assertRefused(Fixtures.withEntry("gru_default", Fixtures.CONFIG, config), "config.json: is not UTF-8");
    }

    @Test
    void deepNestingIsRefused() {
        byte[] config = text("{\"a\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}");
        assertRefused(Fixtures.withEntry("gru_default", Fixtures.CONFIG, config), "config.json", "nest");
    }

    @Test
    void aFloodOfValuesIsRefused() {
        byte[] config = text("{\"a\":[" + "[],".repeat(1_000_000) + "0]}");
        assertRefused(Fixtures.withEntry("gru_default", Fixtures.CONFIG, config), "config.json");
    }

    @Test
    void layersWithoutNamesAreCalledByTheirPlace() {
        String config = """
                {"class_name": "Sequential", "module": "keras", "config": {"name": "m", "layers": [17]}}""";
        assertRefused(Fixtures.withEntry("gru_default", Fixtures.CONFIG, text(config)), "layer 0: must be an object");
    }

    @Test
    void weightsThatAreNotHdf5AreRefused() {
        assertRefused(Fixtures.withEntry("gru_default", Fixtures.WEIGHTS, new byte[0]), "model.weights.h5");
        assertRefused(Fixtures.withEntry("gru_default", Fixtures.WEIGHTS, text("x".repeat(5000))),
                "model.weights.h5: is not an HDF5 file");
    }

    @Test
    void weightsOfAnotherModelAreRefused() {
        byte[] others = Fixtures.entries(Fixtures.file("keras/article_model/model.keras")).get(Fixtures.WEIGHTS);
        assertRefused(Fixtures.withEntry("gru_default", Fixtures.WEIGHTS, others),
                "layers/gru/cell/vars/0: has the shape [16, 36], but the model asks for [5, 36]");
        assertRefused(Fixtures.withEntry("stacked_dense", Fixtures.WEIGHTS,
                Fixtures.entries(Fixtures.file("keras/gru_default/model.keras")).get(Fixtures.WEIGHTS)),
                "layers/gru_1/cell/vars: is not there");
    }

    @Test
    void weightsThatAreCutOffAreRefusedWhereverTheyAreCut() {
        byte[] whole = Fixtures.entries(Fixtures.file("keras/gru_default/model.keras")).get(Fixtures.WEIGHTS);
        int readable = 0;
        for (int length = 0; length < whole.length; length += 211) {
            byte[] file = Fixtures.withEntry("gru_default", Fixtures.WEIGHTS, Arrays.copyOf(whole, length));
            readable += readsOrIsRefused(file) ? 1 : 0;
        }
        // The last object header has room to spare, and nothing there is needed.
        assertTrue(readable <= 4, "cut off, but readable: " + readable);
    }

    /** A chain of nodes, each of which points twice to the next, has a path for every subset of them. */
    @Test
    void anIndexThatUnfoldsIntoBillionsOfPathsIsRefused() {
        byte[] ordinary = Fixtures.entries(Fixtures.file("keras/gru_default/model.keras")).get(Fixtures.WEIGHTS);
        int root = indexOf(ordinary, text("TREE"));
        int nodeBytes = 64;
        int depth = 32;
        ByteBuffer file = ByteBuffer.allocate(ordinary.length + (depth + 1) * nodeBytes)
                .order(ByteOrder.LITTLE_ENDIAN).put(ordinary);
        for (int level = 0; level < depth; level++) {
            putNode(file, ordinary.length + level * nodeBytes, depth - level,
                    ordinary.length + (level + 1) * nodeBytes);
        }
        file.put(ordinary.length + depth * nodeBytes, ordinary, root, nodeBytes);
        putNode(file, root, depth + 1, ordinary.length);
        assertTimeout(QUICKLY, () -> assertRefused(Fixtures.withEntry("gru_default", Fixtures.WEIGHTS, file.array()),
                "model.weights.h5: what is at byte", "is pointed to twice"));
    }

    private static void putNode(ByteBuffer file, int at, int level, long child) {
        file.position(at).put(text("TREE")).put((byte) 0).put((byte) level).putShort((short) 2).putLong(-1).putLong(-1)
                .putLong(0).putLong(child).putLong(8).putLong(child).putLong(16);
    }

    private static boolean readsOrIsRefused(byte[] file) {
        try {
            assertFalse(KerasReader.read("m.keras", new ByteArrayInputStream(file)).layers().isEmpty());
            return true;
        } catch (ModelFormatException e) {
            assertTrue(e.getMessage().startsWith("m.keras: "), e.getMessage());
            assertEquals(1, e.getMessage().lines().count(), e.getMessage());
            return false;
        } catch (IOException e) {
            throw new AssertionError("not a fault of the file", e);
        }
    }

    @Test
    void nothingIsLeftBehind() throws IOException, InterruptedException {
        Set<Path> before = spools();
        assertRefused(Fixtures.withEntry("gru_default", Fixtures.CONFIG, text("{}")));
        KerasReader.read("m.keras", new ByteArrayInputStream(Fixtures.bytes("keras/gru_default/model.keras")));
        // Other tests may be reading, too; what they make goes away again.
        Set<Path> left = spools();
        left.removeAll(before);
        for (int i = 0; i < 100 && left.stream().anyMatch(Files::exists); i++) {
            Thread.sleep(100);
        }
        assertEquals(List.of(), left.stream().filter(Files::exists).toList());
    }

    private static Set<Path> spools() throws IOException {
        try (var files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(file -> file.getFileName().toString().endsWith(HeldFile.SPOOL_SUFFIX))
                    .collect(Collectors.toSet());
        }
    }
}
