package dev.gru.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.fixture.Fixtures;

/** Every rule of the format is checked, and every element type reads as what it means. */
class SafetensorsTest {
    @TempDir
    Path directory;

    private Path write(String header, byte... data) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer buffer = ByteBuffer.allocate(Long.BYTES + json.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
        return Files.write(directory.resolve("t.safetensors"),
                buffer.putLong(json.length).put(json).put(data).array());
    }

    private static String refusal(Path file) {
        ModelFormatException refused = assertThrows(ModelFormatException.class, () -> Safetensors.read(file));
        String message = refused.getMessage();
        assertTrue(message.startsWith(file + ": "), message);
        assertEquals(1, message.lines().count(), message);
        return message;
    }

    @Test
    void namesShapesAndTypesAreThoseOfTheFramework() throws IOException {
        Safetensors io = Safetensors.read(Fixtures.file("keras/article_model/io.safetensors"));
        assertEquals("[4, 7]", Arrays.toString(io.tensor("x").shape()));
        assertEquals("I32", io.tensor("x").dtype());
        assertEquals("[4, 7, 10]", Arrays.toString(io.tensor("y").shape()));
        assertEquals(280, io.tensor("y").elements());
        assertTrue(assertThrows(ModelFormatException.class, () -> io.tensor("z")).getMessage()
                .contains("has no tensor \"z\""));
    }

    @Test
    void everyTypeThatIsReadMeansWhatItSays() throws IOException {
        ByteBuffer data = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
        data.putDouble(1.5).putDouble(-1e300);
        data.putFloat(0.1f).putFloat(Float.NaN);
        data.putShort(Float.floatToFloat16(-2.5f)).putShort(Float.floatToFloat16(65504));
        data.putShort((short) (Float.floatToRawIntBits(-3) >>> 16)).putShort((short) 0x7F80);
        data.putLong(-5).putLong(7);
        data.putInt(Integer.MIN_VALUE).putShort((short) -9).put((byte) -1).put((byte) 1);
        Path file = write("""
                {"f64":{"dtype":"F64","shape":[2],"data_offsets":[0,16]},
                 "f32":{"dtype":"F32","shape":[1,2],"data_offsets":[16,24]},
                 "f16":{"dtype":"F16","shape":[2],"data_offsets":[24,28]},
                 "bf16":{"dtype":"BF16","shape":[2],"data_offsets":[28,32]},
                 "i64":{"dtype":"I64","shape":[2],"data_offsets":[32,48]},
                 "i32":{"dtype":"I32","shape":[],"data_offsets":[48,52]},
                 "i16":{"dtype":"I16","shape":[1],"data_offsets":[52,54]},
                 "i8":{"dtype":"I8","shape":[2],"data_offsets":[54,56]},
                 "none":{"dtype":"F32","shape":[3,0],"data_offsets":[56,56]},
                 "bool":{"dtype":"BOOL","shape":[8],"data_offsets":[56,64]},
                 "__metadata__":{"made by":"a test"}}\s\s\s""", data.array());
        Safetensors read = Safetensors.read(file);
        assertArrayEquals(new float[]{1.5f, Float.NEGATIVE_INFINITY}, read.tensor("f64").floats());
        assertArrayEquals(new float[]{0.1f, Float.NaN}, read.tensor("f32").floats());
        assertArrayEquals(new float[]{-2.5f, 65504}, read.tensor("f16").floats());
        assertArrayEquals(new float[]{-3, Float.POSITIVE_INFINITY}, read.tensor("bf16").floats());
        assertArrayEquals(new int[]{-5, 7}, read.tensor("i64").ints());
        assertArrayEquals(new int[]{Integer.MIN_VALUE}, read.tensor("i32").ints());
        assertArrayEquals(new int[]{-9}, read.tensor("i16").ints());
        assertArrayEquals(new int[]{-1, 1}, read.tensor("i8").ints());
        assertEquals(0, read.tensor("none").floats().length);
        assertEquals(Map.of("made by", "a test"), read.metadata());
        assertEquals(List.of("f64", "f32", "f16", "bf16", "i64", "i32", "i16", "i8", "none", "bool"),
                List.copyOf(read.tensors().keySet()));
        assertThrows(ModelFormatException.class, () -> read.tensor("f32").ints());
        assertThrows(ModelFormatException.class, () -> read.tensor("i32").floats());
        assertThrows(ModelFormatException.class, () -> read.tensor("bool").ints());
    }

    @Test
    void aLongThatDoesNotFitAnIntIsRefused() throws IOException {
        Path file = write("{\"ids\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[0,8]}}",
                new byte[]{0, 0, 0, 0, 1,
                        0, 0, 0});
        Safetensors.Tensor ids = Safetensors.read(file).tensor("ids");
        String message = assertThrows(ModelFormatException.class, ids::ints).getMessage();
        assertTrue(message.contains("tensor \"ids\": element 0 is 4294967296"), message);
    }

    /** What a type that is not known looks like cannot be checked, so only who asks for its elements is refused. */
    @Test
    void aTensorOfAnUnknownTypeIsThereButCannotBeRead() throws IOException {
        Path file = write("{\"a\":{\"dtype\":\"Q4\",\"shape\":[3],\"data_offsets\":[0,2]},"
                + "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[2,6]}}", new byte[6]);
        Safetensors read = Safetensors.read(file);
        assertEquals("Q4", read.tensor("a").dtype());
        assertEquals(3, read.tensor("a").elements());
        assertEquals(0, read.tensor("b").floats()[0]);
        for (Executable asks : List.<Executable>of(read.tensor("a")::floats, read.tensor("a")::ints)) {
            String message = assertThrows(ModelFormatException.class, asks).getMessage();
            assertTrue(message.contains("tensor \"a\": is of type Q4"), message);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}                   | tensor "a": data_offsets span 4 bytes, but dtype and shape ask for 8
            {"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}                  | 12 bytes of data, but the file has 8: it is cut off
            {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}                   | 4 bytes of data, but the file has 8
            {"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}                   | tensor "a": its data begins at offset 4
            {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}} | tensor "b": its data begins at offset 4, but that before it ends at 8
            {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} | "a" appears twice
            {"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}                   | tensor "a": data_offsets must be
            {"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}                     | tensor "a": data_offsets must be
            {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,99999999999999999999]}} | tensor "a": data_offsets must be
            {"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}                  | tensor "a": a dimension must be
            {"a":{"dtype":"F32","shape":[2147483647,2147483647,2147483647],"data_offsets":[0,8]}} | tensor "a": the shape is larger than any file
            {"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}                 | tensor "a": a dimension must be
            {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"more":1}}          | tensor "a": must be an object with dtype
            {"a":{"dtype":"F32","shape":[2]}}                                        | tensor "a": must be an object with dtype
            {"a":3}                                                                  | tensor "a": must be an object with dtype
            {"__metadata__":3}                                                       | __metadata__ must be an object
            {"__metadata__":{"k":3}}                                                 | __metadata__: k must be a string
            {"a":                                                                    | header: is not valid JSON
            ["a"]                                                                    | its header is not a JSON object
            """)
    void aBrokenRuleIsNamed(String header, String part) throws IOException {
        String message = refusal(write(header, new byte[8]));
        assertTrue(message.contains(part), message);
    }

    @Test
    void aHeaderThatTheFileHasNoRoomForIsRefused() throws IOException {
        Path file = directory.resolve("t.safetensors");
        for (byte[] content : new byte[][]{{}, {1, 2, 3}, {1, 0, 0, 0, 0, 0, 0, 0}, {0, 0, 0, 0, 0, 0, 0, 0},
                {-1, -1, -1, -1, -1, -1, -1, -1}, {-1, -1, -1, 127, 0, 0, 0, 0, '{', '}'}}) {
            Files.write(file, content);
            assertTrue(refusal(file).contains("is not a safetensors file"));
        }
    }

    @Test
    void mutatedFilesReadOrAreRefused() throws IOException {
        byte[] whole = Fixtures.bytes("pytorch/gru/model.safetensors");
        int headerEnd = Long.BYTES + ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).getInt();
        Path file = directory.resolve("t.safetensors");
        Random random = new Random(20);
        for (int i = 0; i < 500; i++) {
            byte[] mutated = random.nextInt(8) == 0
                    ? Arrays.copyOf(whole, random.nextInt(whole.length))
                    : whole.clone();
            int end = Math.min(mutated.length, headerEnd);
            for (int flips = end == 0 ? 0 : random.nextInt(4); flips > 0; flips--) {
                mutated[random.nextInt(end)] = (byte) random.nextInt();
            }
            Files.write(file, mutated);
            try {
                for (Safetensors.Tensor tensor : Safetensors.read(file).tensors().values()) {
                    tensor.floats();
                }
            } catch (ModelFormatException e) {
                assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
                assertEquals(1, e.getMessage().lines().count(), e.getMessage());
            }
        }
    }

    @Test
    void whatIsWrittenIsThereAsAWholeAndAlone() throws IOException {
        Path file = directory.resolve("out.safetensors");
        Files.writeString(file, "something older");
        new SafetensorsWriter().add("y", new float[]{1, 2, 3, 4, 5, 6}, 2, 3).add("n", new int[]{7}).write(file);
        Safetensors read = Safetensors.read(file);
        assertArrayEquals(new float[]{1, 2, 3, 4, 5, 6}, read.tensor("y").floats());
        assertArrayEquals(new int[]{2, 3}, read.tensor("y").shape());
        assertArrayEquals(new int[]{7}, read.tensor("n").ints());
        assertEquals(0, Files.size(file) % 4);
        try (var files = Files.list(directory)) {
            assertEquals(List.of(file), files.toList());
        }
    }

    @Test
    void aShapeThatDoesNotFitIsNotWritten() {
        SafetensorsWriter writer = new SafetensorsWriter().add("y", new float[2], 2);
        assertThrows(IllegalArgumentException.class, () -> writer.add("y", new float[2], 2));
        assertThrows(IllegalArgumentException.class, () -> writer.add("__metadata__", new float[2], 2));
        assertThrows(IllegalArgumentException.class, () -> writer.add("z", new float[2], 3));
        assertThrows(IllegalArgumentException.class, () -> writer.add("z", new float[2], -1, -2));
        assertThrows(IllegalArgumentException.class, () -> writer.add("z", new float[0], 1 << 30, 1 << 30, 16));
        assertFalse(Files.exists(directory.resolve("out.safetensors")));
    }

    @Test
    void metadataThatNoReaderWouldTakeAreNotWritten() {
        SafetensorsWriter writer = new SafetensorsWriter().metadata("notes",
                "x".repeat(100_000_001));
        String message = assertThrows(IOException.class, () -> writer.write(directory.resolve("t"))).getMessage();
        assertTrue(message.endsWith("more than the 100000000 that the format allows"), message);
        assertFalse(Files.exists(directory.resolve("t")));
    }
}
