package dev.gru.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.fixture.Fixtures;
import dev.gru.format.safetensors.TensorFileWriter;
import dev.gru.layer.Dense;
import dev.gru.layer.Graph;
import dev.gru.layer.Sequential;
import dev.gru.layer.Tensor;
import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;
import dev.gru.weights.Precision;

/** A checkpoint comes back as it was; a damaged one is refused, and the one before it is there. */
class CheckpointFileTest {
    @TempDir
    private Path directory;

    private CheckpointFile checkpoint;
    /** Kept here: the log manager alone would let it go, and its level with it. */
    private final Logger logger = Logger.getLogger("dev.gru");
    private Level levelBefore;

    @BeforeEach
    void beQuiet() {
        checkpoint = new CheckpointFile(directory.resolve("run.safetensors"));
        levelBefore = logger.getLevel();
        logger.setLevel(Level.OFF);
    }

    @AfterEach
    void speakAgain() {
        logger.setLevel(levelBefore);
    }

    private static Graph model(float weight) {
        return new Sequential(List.of(new Dense("out",
                new DenseWeights(1, 2, Activation.TANH, new float[]{weight, 2}, new float[]{3, 4}))));
    }

    private CheckpointFile.Content content(float number) {
        return new CheckpointFile.Content(checkpoint.file(), model(number),
                Map.of("m/out/weight", Tensor.of(new float[]{number, Float.NaN}, 2, 1)),
                Map.of("step", String.valueOf(number)));
    }

    private static void assertContent(float number, CheckpointFile.Content actual) {
        assertEquals(number, ((Dense) actual.model().layers().getFirst()).weights().weight(0, 0));
        assertEquals(Map.of("step", String.valueOf(number)), actual.notes());
        assertEquals(Set.of("m/out/weight"), actual.arrays().keySet());
        Tensor array = actual.arrays().get("m/out/weight");
        assertArrayEquals(new float[]{number, Float.NaN}, array.floats());
        assertArrayEquals(new int[]{2, 1}, array.shape());
    }

    private List<String> files() throws IOException {
        try (var files = Files.list(directory)) {
            return files.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    private String refusal() {
        String message = assertThrows(ModelFormatException.class, checkpoint::read).getMessage();
        assertTrue(message.startsWith(checkpoint.file() + ": "), message);
        assertEquals(1, message.lines().count(), message);
        return message;
    }

    @Test
    void theNewestIsReadAndTheOneBeforeItIsKept() throws IOException {
        assertThrows(NoSuchFileException.class, checkpoint::read);
        for (int i = 1; i <= 3; i++) {
            checkpoint.write(content(i));
            assertContent(i, checkpoint.read());
            assertEquals(checkpoint.file(), checkpoint.read().file());
        }
        assertContent(2, CheckpointFile.read(checkpoint.previous()));
        assertEquals(List.of("run.previous.safetensors", "run.safetensors"), files());
        // Between the two moves there is the one before only.
        Files.delete(checkpoint.file());
        assertContent(2, checkpoint.read());
        assertEquals(checkpoint.previous(), checkpoint.read().file());
    }

    @Test
    void names() {
        assertEquals(Path.of("a", "b.previous.c"), new CheckpointFile(Path.of("a", "b.c")).previous());
        assertEquals(Path.of("b.previous"), new CheckpointFile(Path.of("b")).previous());
        assertEquals(Path.of(".b.previous"), new CheckpointFile(Path.of(".b")).previous());
        assertThrows(IllegalArgumentException.class, () -> new CheckpointFile(Path.of("/")));
    }

    @Test
    void oneCutOffAtAnyByteIsRefusedAndTheOneBeforeItIsRead() throws IOException {
        checkpoint.write(content(1));
        checkpoint.write(content(2));
        try (FileChannel channel = FileChannel.open(checkpoint.file(), StandardOpenOption.WRITE)) {
            for (long size = channel.size() - 1; size >= 0; size--) {
                channel.truncate(size);
                assertThrows(ModelFormatException.class, () -> CheckpointFile.read(checkpoint.file()));
                assertContent(1, checkpoint.read());
            }
        }
        Files.delete(checkpoint.previous());
        assertTrue(refusal().contains("it has only 0 bytes"), refusal());
    }

    @Test
    void oneChangedAtAnyByteIsRefused() throws IOException {
        checkpoint.write(content(1));
        byte[] whole = Files.readAllBytes(checkpoint.file());
        try (FileChannel channel = FileChannel.open(checkpoint.file(), StandardOpenOption.WRITE)) {
            for (int at = 0; at < whole.length; at++) {
                for (int bit = 1; bit < 256; bit <<= 1) {
                    channel.write(ByteBuffer.wrap(new byte[]{(byte) (whole[at] ^ bit)}), at);
                    refusal();
                }
                channel.write(ByteBuffer.wrap(whole, at, 1), at);
            }
            assertContent(1, checkpoint.read());
            channel.write(ByteBuffer.wrap(new byte[1]), whole.length);
            assertTrue(refusal().contains("bytes of data, but the file has"), refusal());
        }
    }

    @Test
    void oneOfVersion1IsReadAndRefusedIfAnyBitOfItIsChanged() throws IOException {
        byte[] whole = Files.readAllBytes(Fixtures.file("own/checkpoint_version_1.safetensors"));
        Files.write(checkpoint.file(), whole);
        CheckpointFile.Content content = checkpoint.read();
        assertEquals(Map.of("steps", "3"), content.notes());
        assertEquals(Set.of("squares"), content.arrays().keySet());
        assertArrayEquals(new float[]{1, 2}, content.arrays().get("squares").floats());
        for (int bit = 0; bit < Byte.SIZE * whole.length; bit++) {
            whole[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
            Files.write(checkpoint.file(), whole);
            refusal();
            whole[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
        }
        Files.write(checkpoint.file(), whole);
        checkpoint.write(content(2));
        assertEquals("3", CheckpointFile.read(checkpoint.previous()).notes().get("steps"));
    }

    @Test
    void aDamagedOneDoesNotTakeThePlaceOfAWholeOne() throws IOException {
        checkpoint.write(content(1));
        checkpoint.write(content(2));
        Files.writeString(checkpoint.file(), "damaged");
        checkpoint.write(content(3));
        assertContent(3, checkpoint.read());
        assertContent(1, CheckpointFile.read(checkpoint.previous()));
        Files.writeString(checkpoint.file(), "damaged");
        Files.writeString(checkpoint.previous(), "damaged");
        assertTrue(refusal().contains("it has only 7 bytes"), refusal());
    }

    @Test
    void whatCannotBeWrittenLeavesWhatIsThere() throws IOException {
        checkpoint.write(content(1));
        Map<String, String> notes = Map.of("checkpoint", "2");
        assertThrows(IllegalArgumentException.class,
                () -> checkpoint.write(new CheckpointFile.Content(checkpoint.file(), model(2), Map.of(), notes)));
        Map<String, Tensor> ints = Map.of("ids", Tensor.of(new int[]{1}, 1));
        assertThrows(IllegalArgumentException.class,
                () -> checkpoint.write(new CheckpointFile.Content(checkpoint.file(), model(2), ints, Map.of())));
        CheckpointFile elsewhere = new CheckpointFile(directory.resolve("none/run"));
        assertThrows(IOException.class, () -> elsewhere.write(content(2)));
        assertContent(1, checkpoint.read());
        assertEquals(List.of("run.safetensors"), files());
    }

    @Test
    void aCheckpointIsNoModelAndAModelIsNoCheckpoint() throws IOException {
        checkpoint.write(content(1));
        String message = assertThrows(ModelFormatException.class, () -> ModelFile.read(checkpoint.file())).getMessage();
        assertTrue(message.contains("is a checkpoint of a training"), message);
        // It is a safetensors file all the same, for any program that reads those.
        assertArrayEquals(new float[]{1, 2}, Safetensors.read(checkpoint.file()).tensor("0/out/weight").floats());
        ModelFile.write(model(1), checkpoint.file(), Precision.FP32);
        refusal();
    }

    @Test
    void whatIsWholeButOfAnotherVersionIsRefusedByIt() throws IOException {
        checkpoint.write(content(1));
        checkpoint.write(content(2));
        Map<String, String> metadata = new LinkedHashMap<>(Safetensors.read(checkpoint.file()).metadata());
        metadata.put("checkpoint", "3");
        rewrite(metadata);
        assertTrue(refusal().contains("is a checkpoint of version 3, which is not supported, only 1 and 2"),
                refusal());
        metadata.remove("checkpoint");
        rewrite(metadata);
        assertTrue(refusal().endsWith("is not a checkpoint"), refusal());
        metadata.put("checkpoint", "2");
        metadata.remove("gru");
        rewrite(metadata);
        assertTrue(refusal().contains("has no architecture"), refusal());
        Files.delete(checkpoint.previous());
        new SafetensorsWriter().metadata("checkpoint", "2").write(checkpoint.file());
        assertTrue(refusal().contains("has no checksums"), refusal());
    }

    /** Writes a file with other metadata, whose checksums are right. */
    private void rewrite(Map<String, String> metadata) throws IOException {
        TensorFileWriter writer = new TensorFileWriter();
        metadata.forEach(writer::metadata);
        writer.withChecksums().write(checkpoint.file());
    }
}
