package dev.gru.format.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.gru.format.ModelReader;
import dev.gru.format.OnnxReader;
import dev.gru.format.file.ModelFormatException;
import dev.gru.format.fixture.Fixtures;
import dev.gru.layer.Layer;
import dev.gru.layer.Parameter;

/** Weights in files beside the model are read from inside its folder, whatever the model asks for. */
class ExternalDataTest {
    private static final ModelProto WHOLE = RefusedGraphs.gru().outputs("y").model();
    private static final long FROM = 64;

    @TempDir
    Path folder;

    /** Writes the data of all constants to a file, and returns the model that asks for them there. */
    static ModelProto moved(ModelProto whole, Path data, String location) throws IOException {
        List<byte[]> parts = new ArrayList<>(List.of(new byte[(int) FROM]));
        GraphProto.Builder graph = whole.getGraph().toBuilder();
        long offset = FROM;
        for (TensorProto.Builder tensor : graph.getInitializerBuilderList()) {
            byte[] bytes = tensor.getRawData().toByteArray();
            parts.add(bytes);
            tensor.clearRawData().setDataLocation(TensorProto.DataLocation.EXTERNAL).addExternalData(
                    entry("location", location)).addExternalData(entry("offset", Long.toString(offset)))
                    .addExternalData(entry("length", Integer.toString(bytes.length)));
            offset += bytes.length;
        }
        byte[] all = new byte[(int) offset];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        Files.createDirectories(data.getParent());
        Files.write(data, all);
        return whole.toBuilder().setGraph(graph).build();
    }

    private static StringStringEntryProto entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
    }

    private Path write(ModelProto model) throws IOException {
        return Fixtures.overwrite(folder.resolve("model.onnx"), model.toByteArray());
    }

    private static ModelProto with(ModelProto model, String key, String value) {
        GraphProto.Builder graph = model.getGraph().toBuilder();
        for (TensorProto.Builder tensor : graph.getInitializerBuilderList()) {
            List<StringStringEntryProto> entries = tensor.getExternalDataList().stream()
                    .filter(entry -> !entry.getKey().equals(key)).toList();
            tensor.clearExternalData().addAllExternalData(entries);
            if (value != null) {
                tensor.addExternalData(entry(key, value));
            }
        }
        return model.toBuilder().setGraph(graph).build();
    }

    private void assertRefused(ModelProto model, String part) throws IOException {
        Path file = write(model);
        String message = assertThrows(ModelFormatException.class, () -> OnnxReader.read(file)).getMessage();
        assertTrue(message.startsWith(file + ": ") && message.contains(part), message);
        assertEquals(1, message.lines().count(), message);
    }

    private static List<FloatBuffer> weights(List<Layer> layers) {
        return layers.stream().flatMap(layer -> layer.parameters().stream()).map(Parameter::values).toList();
    }

    @Test
    void weightsBesideTheModelAreThoseInside() throws IOException {
        List<FloatBuffer> expected = weights(OnnxGraphs.read(WHOLE).layers());
        for (String location : List.of("model.onnx.data", "./model.onnx.data", "a/b/weights.bin")) {
            ModelProto model = moved(WHOLE, folder.resolve(location), location);
            assertEquals(expected, weights(OnnxReader.read(write(model)).layers()), location);
            assertEquals(expected, weights(ModelReader.read(write(model)).layers()), location);
            // The length may be left out, as the dimensions say it too.
            assertEquals(expected, weights(OnnxReader.read(write(with(model, "length", null))).layers()), location);
        }
    }

    @Test
    void aModelFromAStreamHasNoFolder() throws IOException {
        byte[] model = moved(WHOLE, folder.resolve("w.bin"), "w.bin").toByteArray();
        write(WHOLE);
        for (String name : List.of("m.onnx", folder.resolve("model.onnx").toString())) {
            String message = assertThrows(ModelFormatException.class,
                    () -> OnnxReader.read(name, new ByteArrayInputStream(model))).getMessage();
            assertTrue(message.contains("which a model that is read from a stream has no folder for"), message);
            assertThrows(ModelFormatException.class, () -> ModelReader.read(name, new ByteArrayInputStream(model)));
        }
    }

    @Test
    void dataOutsideOfTheFolderAreRefused() throws IOException {
        Path outside = Files.createTempFile("outside", ".bin");
        ModelProto model = moved(WHOLE, folder.resolve("sub/w.bin"), "sub/w.bin");
        Files.copy(folder.resolve("sub/w.bin"), outside, StandardCopyOption.REPLACE_EXISTING);
        for (String location : List.of("../" + outside.getFileName(), outside.toString(), "sub/../sub/w.bin", "..", "",
                "sub\\..\\w.bin", "C:/w.bin", "file:///w.bin", "w\0.bin")) {
            assertRefused(with(model, "location", location), "which must be a path inside the model's folder");
        }
        Files.createSymbolicLink(folder.resolve("link.bin"), outside);
        assertRefused(with(model, "location", "link.bin"), "which is a link that leads out of the model's folder");
        Files.createSymbolicLink(folder.resolve("elsewhere"), outside.getParent());
        assertRefused(with(model, "location", "elsewhere/" + outside.getFileName()),
                "which is a link that leads out of the model's folder");
        assertRefused(with(model, "location", "nobody.bin"), "which is not there: it must be in the folder");
        assertRefused(with(model, "location", "sub"), "which is not a regular file");
        // Links inside are of no harm.
        Files.createSymbolicLink(folder.resolve("inside.bin"), folder.resolve("sub/w.bin"));
        assertEquals(1, OnnxReader.read(write(with(model, "location", "inside.bin"))).layers().size());
        Files.delete(outside);
    }

    @Test
    void sizesMustFit() throws IOException {
        ModelProto model = moved(WHOLE, folder.resolve("w.bin"), "w.bin");
        assertRefused(with(model, "length", "3"), "length is 3, but its type and dimensions ask for 240 bytes");
        assertRefused(with(model, "offset", "999999999999"), "from 999999999999 on");
        assertRefused(with(model, "offset", "-1"), "offset must be a whole number, is \"-1\"");
        assertRefused(with(model, "offset", "1e3"), "offset must be a whole number");
        assertRefused(with(model, "offset", "9".repeat(40)), "offset must be a whole number");
        assertRefused(with(model, "colour", "red"), "the key \"colour\" of its external data is not known");
        byte[] data = Files.readAllBytes(folder.resolve("w.bin"));
        Files.write(folder.resolve("w.bin"), Arrays.copyOf(data, 100));
        assertRefused(model, "has 100 bytes, but these are the 240 from 64 on");
        GraphProto.Builder graph = model.getGraph().toBuilder();
        graph.getInitializerBuilder(0).setRawData(ByteString.copyFrom(new byte[1]));
        assertRefused(model.toBuilder().setGraph(graph).build(), "has data of two kinds");
    }

    /** A model of a kilobyte with data of a megabyte, which a thousand tensors are. */
    @Test
    void dataThatAreSharedWithoutEndAreRefused() throws IOException {
        OnnxGraphs graph = OnnxGraphs.opset(17).input("x", OnnxGraphs.FLOAT, "s", "b", 4);
        for (int i = 0; i < 100; i++) {
            graph.initializer(TensorProto.newBuilder().setName("w" + i).setDataType(OnnxGraphs.FLOAT).addDims(1)
                    .addDims(3 << 14).addDims(4).setDataLocation(TensorProto.DataLocation.EXTERNAL)
                    .addExternalData(entry("location", "./".repeat(i) + "w.bin")).build());
            graph.node("Identity", "w" + i, "i" + i);
        }
        Files.write(folder.resolve("w.bin"), new byte[3 << 18]);
        for (int i = 0; i < 100; i++) {
            graph.node("GRU", "x i" + i + " i" + i, "Y" + i).outputs("Y" + i);
        }
        write(graph.model());
        assertThrows(ModelFormatException.class, () -> OnnxReader.read(folder.resolve("model.onnx")));
        OnnxGraphs concat = OnnxGraphs.opset(17).input("x", OnnxGraphs.FLOAT, "s", "b", 4);
        StringBuilder names = new StringBuilder();
        for (int i = 0; i < 100; i++) {
            concat.initializer(graph.model().getGraph().getInitializer(i));
            names.append(i == 0 ? "w" : " w").append(i);
        }
        assertRefused(concat.concat(names.toString(), "y", 0).outputs("y").model(),
                "tensors that share its data ask for more than 4 times its size");
    }

    /** Whatever is done to where data are, and to the data: the model is read or refused. */
    @Test
    void damagedPlacesAreReadOrRefused() throws IOException {
        Random random = new Random(16);
        ModelProto model = moved(WHOLE, folder.resolve("w.bin"), "w.bin");
        byte[] data = Files.readAllBytes(folder.resolve("w.bin"));
        List<String> words = List.of("location", "offset", "length", "checksum", "w.bin", "model.onnx", ".", "..", "/",
                "/dev/null", "w.bin/", "./w.bin", "0", "64", "240", "-240", "", "\0", "1".repeat(18), "1".repeat(19));
        int read = 0;
        int refused = 0;
        for (int i = 0; i < 10_000; i++) {
            GraphProto.Builder graph = model.getGraph().toBuilder();
            for (int edits = random.nextInt(1, 4); edits > 0; edits--) {
                TensorProto.Builder tensor = graph.getInitializerBuilder(random.nextInt(graph.getInitializerCount()));
                StringStringEntryProto changed = entry(words.get(random.nextInt(words.size())),
                        words.get(random.nextInt(words.size())));
                int at = random.nextInt(3);
                switch (random.nextInt(6)) {
                    case 0 -> tensor.addExternalData(changed);
                    case 1 -> tensor.setExternalData(at, changed);
                    case 2 -> tensor.getExternalDataBuilder(at).setValue(changed.getValue());
                    case 3 -> tensor.getExternalDataBuilder(at).setKey(changed.getKey());
                    case 4 -> tensor.setDims(0, random.nextInt(-1, 40));
                    default -> tensor.clearDataLocation();
                }
            }
            Fixtures.overwrite(folder.resolve("w.bin"), Arrays.copyOf(data, random.nextBoolean()
                    ? data.length
                    : random.nextInt(2 * data.length)));
            Path file = write(model.toBuilder().setGraph(graph).build());
            try {
                OnnxReader.read(file);
                read++;
            } catch (ModelFormatException e) {
                refused++;
                assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
                assertEquals(1, e.getMessage().lines().count(), e.getMessage());
            }
        }
        assertTrue(read > 500 && refused > 500, read + " read, " + refused + " refused");
    }
}
