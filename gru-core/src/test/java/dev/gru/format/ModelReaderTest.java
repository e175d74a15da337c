package dev.gru.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.fixture.Fixtures;
import dev.gru.format.onnx.OnnxGraphs;
import dev.gru.format.onnx.OnnxRuns;
import dev.gru.layer.Graph;
import dev.gru.layer.Sequential;
import dev.gru.layer.Tensor;
import dev.gru.weights.Activation;
import dev.gru.weights.Precision;

/** What a file is is seen from its content, whatever its name; what is no model is described. */
class ModelReaderTest {
    @TempDir
    private Path directory;

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private String refusal(byte[] content) throws IOException {
        Path file = Files.write(directory.resolve("model.keras"), content);
        String message = assertThrows(ModelFormatException.class, () -> ModelReader.read(file)).getMessage();
        assertTrue(message.startsWith(file + ": "), message);
        assertEquals(1, message.lines().count(), message);
        assertEquals(message, file + assertThrows(ModelFormatException.class,
                () -> ModelReader.read("m", new ByteArrayInputStream(content))).getMessage().substring(1));
        assertEquals(message, file
                + assertThrows(ModelFormatException.class, () -> ModelReader.read("m", content)).getMessage()
                        .substring(1));
        return message;
    }

    @ParameterizedTest
    @ValueSource(strings = {"keras/article_model/model.keras", "keras/stacked_dense/model.h5", "onnx/lbr0/model.onnx",
            "pytorch/gru/model.safetensors"})
    void everyFormatIsKnownByItsContent(String fixture) throws IOException {
        Path original = Fixtures.file(fixture);
        String expected = switch (fixture.substring(0, fixture.indexOf('/'))) {
            case "keras" -> KerasReader.read(original).toString();
            case "onnx" -> OnnxReader.read(original).toString();
            default -> PyTorchReader.read(original).toString();
        };
        byte[] content = Fixtures.bytes(fixture);
        Path nameless = Files.write(directory.resolve("model"), content);
        assertEquals(expected, ModelReader.read(nameless).toString());
        assertEquals(expected, ModelReader.read("m", new ByteArrayInputStream(content)).toString());
        assertEquals(expected, ModelReader.read("m", content).toString());
        ModelFile.write(ModelReader.read(nameless), nameless, Precision.FP32);
        assertEquals(expected, ModelReader.read(nameless).toString());
    }

    /** A model of more than 64 MB, whose first bytes are read again from the file. */
    @Test
    void aLargeStreamIsReadByWayOfAFile() throws IOException {
        float[] table = new float[17 << 20];
        table[0] = 1;
        table[table.length - 1] = 2;
        Path file = directory.resolve("large");
        ModelFile.write(Sequential.builder().embedding(17 << 10, 1 << 10, table).build(), file, Precision.FP32);
        try (InputStream in = Files.newInputStream(file)) {
            assertEquals(FloatBuffer.wrap(table),
                    ModelReader.read("m", in).layers().getFirst().parameters().getFirst().values());
            assertEquals(-1, in.read());
        }
    }

    /** Only arrays of which a node takes weights become constants, and only if nothing was done to them before. */
    @Test
    void weightsThatAGraphTakesAsInputsComeFromArrays() throws IOException {
        OnnxGraphs graph = OnnxGraphs.opset(14).input("x", OnnxGraphs.FLOAT, "steps", "batch", 3)
                .input("W", OnnxGraphs.FLOAT, 1, 9, 3).input("R", OnnxGraphs.FLOAT, 1, 9, 3)
                .input("V", OnnxGraphs.FLOAT, 3, 3).input("b", OnnxGraphs.FLOAT, 3)
                .node("GRU", "x W R", "h", OnnxGraphs.attribute("hidden_size", 3))
                .node("Squeeze", "h one", "s").ints("one", 1)
                .node("MatMul", "s V", "m").node("Add", "b m", "y").outputs("y");
        Map<String, Tensor> weights = Map.of("W", OnnxRuns.features(1, 9, 3), "R", OnnxRuns.features(1, 9, 3), "V",
                OnnxRuns.features(3, 3), "b", OnnxRuns.features(3));
        Map<String, Tensor> all = new HashMap<>(weights);
        all.put("x", OnnxRuns.features(5, 2, 3));
        all.put("y", OnnxRuns.features(5, 2, 3));
        Path file = Files.write(directory.resolve("m"), graph.model().toByteArray());
        Graph model = ModelReader.read(file, all);
        assertEquals(OnnxReader.read(file, weights).toString(), model.toString());
        assertEquals(List.of("x"), model.signature().inputs().stream().map(port -> port.name()).toList());
        assertThrows(ModelFormatException.class, () -> ModelReader.read(file));
        OnnxGraphs transposed = OnnxGraphs.opset(14).input("x", OnnxGraphs.FLOAT, "steps", "batch", 3)
                .input("V", OnnxGraphs.FLOAT, 3, 3).weights("W", 1, 9, 3).weights("R", 1, 9, 3)
                .node("GRU", "x W R", "h", OnnxGraphs.attribute("hidden_size", 3))
                .node("Squeeze", "h one", "s").ints("one", 1)
                .node("Transpose", "V", "T").node("MatMul", "s T", "y").outputs("y");
        Path other = Files.write(directory.resolve("t"), transposed.model().toByteArray());
        assertThrows(ModelFormatException.class, () -> ModelReader.read(other, all));
    }

    @Test
    void filesOfOtherFileSystemsAreRead() throws IOException {
        Path zip = directory.resolve("models.zip");
        Files.write(zip, Fixtures.zip(Map.of("gru", Fixtures.bytes("pytorch/gru/model.safetensors"), "keras",
                Fixtures.bytes("keras/gru_default/model.keras"), "onnx", Fixtures.bytes("onnx/lbr1/model.onnx"))));
        try (FileSystem inside = FileSystems.newFileSystem(zip)) {
            assertEquals(1, ModelReader.read(inside.getPath("gru")).layers().size());
            assertEquals(1, ModelReader.read(inside.getPath("keras")).layers().size());
            assertEquals(1, ModelReader.read(inside.getPath("onnx")).layers().size());
            assertEquals(1, OnnxReader.read(inside.getPath("onnx")).layers().size());
            assertEquals(12, PyTorchReader.read(inside.getPath("gru")).outputSize());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''                  | is empty
            {"class_name":"Seq  | looks like JSON
            [1, 2]              | looks like JSON
            GGUF\u0003          | looks like a GGUF file
            \u0080\u0002}q      | looks like a Python pickle
            \u0093NUMPY\u0001   | looks like a NumPy array
            hello               | is no model file of a known format: it begins with the bytes 68 65 6c 6c 6f
            """)
    void whatIsNoModelIsDescribed(String content, String part) throws IOException {
        String message = refusal(text(content));
        assertTrue(message.contains(part), message);
    }

    @Test
    void aCompressedFileIsNotUnpacked() throws IOException {
        assertTrue(refusal(new byte[]{0x1F, (byte) 0x8B, 8, 0}).contains("looks like something compressed with gzip"));
    }

    @Test
    void whatTorchSaveWritesIsRefusedWithAdvice() throws IOException {
        byte[] file = Fixtures.zip(Map.of("model/data.pkl", new byte[]{(byte) 0x80, 2}, "model/version", text("3")));
        assertTrue(refusal(file).contains("save_file(model.state_dict(), file)"));
    }

    @Test
    void otherZipFilesAndHalvesAreRefusedByWhoeverReadsThem() throws IOException {
        assertTrue(refusal(Fixtures.zip(Map.of("word/document.xml", text("<a/>")))).contains("has no entry"));
        byte[] keras = Fixtures.bytes("keras/gru_default/model.keras");
        assertTrue(refusal(Arrays.copyOf(keras, 100)).contains("cut off"));
        byte[] pytorch = Fixtures.bytes("pytorch/gru/model.safetensors");
        for (int length : new int[]{9, 100, pytorch.length - 1}) {
            assertTrue(refusal(Arrays.copyOf(pytorch, length)).contains("cut off"));
        }
    }

    @Test
    void directoriesAndMissingFilesAreNotDamagedOnes() {
        assertTrue(assertThrows(ModelFormatException.class, () -> ModelReader.read(directory)).getMessage()
                .contains("is a directory"));
        assertThrows(NoSuchFileException.class, () -> ModelReader.read(directory.resolve("none")));
    }

    /** A number in a small file makes a window, and what a stream keeps of it, as long as it likes. */
    @Test
    void statesThatAreLargerThanTheFileJustifiesAreRefused() throws IOException {
        Path file = directory.resolve("m.safetensors");
        Graph model = Sequential.builder().input(5).conv1d(1, 2, Activation.LINEAR).causal().dilation(1 << 20).build();
        ModelFile.write(model, file, Precision.FP32);
        for (Executable read : List.<Executable>of(() -> ModelReader.read(file), () -> ModelFile.read(file))) {
            String message = assertThrows(ModelFormatException.class, read).getMessage();
            assertTrue(message.contains("layer \"conv1d\": its states [5242880] are larger than a file of"), message);
        }
    }

    /** The arrays of a run are there where weights may be looked for, and are no weights. */
    @ParameterizedTest
    @ValueSource(strings = {"mask_gru_torchscript", "mask_gru_dynamo_inside", "residual_gru_torchscript"})
    void inputsOfARunAreNotTakenForWeights(String name) throws IOException {
        Path file = Fixtures.file("onnx/field/" + name + "/model.onnx");
        Safetensors io = Safetensors.read(Fixtures.file("onnx/field/" + name + "/io.safetensors"));
        Map<String, Tensor> arrays = new HashMap<>();
        for (Safetensors.Tensor array : io.tensors().values()) {
            arrays.put(array.name(), Tensor.of(array.floats(), array.shape()));
        }
        assertEquals(OnnxReader.read(file).toString(), ModelReader.read(file, arrays).toString());
        assertEquals(OnnxReader.read(file).toString(), ModelReader.readStructure(file).toString());
    }
}
