package dev.gru.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import dev.gru.GruModel;
import dev.gru.format.file.ModelFormatException;
import dev.gru.format.fixture.Fixtures;
import dev.gru.format.fixture.Justified;
import dev.gru.format.fixture.Structure;
import dev.gru.format.keras.KerasStructures;
import dev.gru.format.onnx.OnnxStructures;

/** Files that once led to an exception of another kind, to minutes, or to gigabytes: what becomes of each. */
class FaultsTest {
    @TempDir
    private Path folder;

    private static Arguments fault(String name, byte[] content, String outcome) {
        return Arguments.of(name, content, outcome);
    }

    /** A file as it is. */
    private static Arguments kept(String name, String outcome) {
        return fault(name, Fixtures.bytes("faults/" + name), outcome);
    }

    /** The smallest of some files that grow. */
    private static Stream<Arguments> small(String suffix, Iterable<Structure> structures,
            Map<String, String> outcomes) {
        Stream.Builder<Arguments> faults = Stream.builder();
        for (Structure structure : structures) {
            if (outcomes.containsKey(structure.name())) {
                faults.add(fault(structure.name() + suffix, structure.content(0), outcomes.get(structure.name())));
            }
        }
        return faults.build();
    }

    /** Keras writes the value of a mask into the layer, and into the operation that makes the mask. */
    private static byte[] maskValue(String value) {
        Map<String, byte[]> entries = new LinkedHashMap<>(
                Fixtures.entries(Fixtures.file("keras/functional_masking/model.keras")));
        entries.compute(Fixtures.CONFIG, (_, config) -> new String(config, StandardCharsets.UTF_8)
                .replace("0.5", value).getBytes(StandardCharsets.UTF_8));
        return Fixtures.storedZip(entries);
    }

    private static final String TOO_MUCH = "asks for more than a file of this size justifies";

    static Stream<Arguments> faults() {
        Stream<Arguments> files = Stream.of(
                kept("onnx_direction_overflow.onnx", "input \"h\": holds states that no layer takes"),
                kept("own_mask_inf.safetensors", "layer 0 \"m\": maskValue must be finite, was Infinity"),
                kept("own_port.safetensors",
                        "architecture: array y: it has features up to 2147483647, but the output of "
                                + "the model has 1"),
                fault("keras_mask_1e39.keras", maskValue("1e39"),
                        "layer \"masking\": maskValue must be finite, was Infinity"),
                fault("keras_mask_inf.keras", maskValue("1e999"),
                        "layer \"masking\": maskValue must be finite, was Infinity"));
        return Stream.of(files, small(".onnx", OnnxStructures.ALL, Map.of(
                "operands that are one constant", "node \"Concat/y\" (Concat): " + TOO_MUCH,
                "dropouts that share the constant of their training mode", "",
                "joined shapes of 64 numbers", "node \"Concat/y\" (Concat): " + TOO_MUCH,
                "products of shapes of 64 numbers", "(Mul): " + TOO_MUCH,
                "slices that share their list of axes",
                "node \"Slice/s1\" (Slice): has numbers for 8192 dimensions, at most 16 are supported",
                "places in an array without elements", "(Gather): " + TOO_MUCH,
                "layers with initial and final states", "",
                "outputs", "")),
                small(".keras", KerasStructures.ALL, Map.of(
                        "names in one heap", "model_weights/d/d: is not there",
                        "names that are one long text", "the texts are longer than the file",
                        "layers of an archive", "",
                        "layers of a functional model, all of them outputs", "")),
                small(".safetensors", SafetensorsStructures.Own.ALL, Map.of(
                        "activations of many features", "",
                        "layers beside one of a long name", "",
                        "states that go in and come out", "")),
                small(".safetensors", SafetensorsStructures.ALL, Map.of(
                        "a long prefix", "",
                        "lists within lists", "header: is nested more than 64 levels deep")))
                .flatMap(all -> all);
    }

    /** The outcome is part of the message of the refusal, or empty for a model that loads. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void aFileLoadsOrIsRefusedByName(String name, byte[] content, String outcome) throws IOException {
        Path file = Files.write(folder.resolve("fault" + name.substring(name.lastIndexOf('.'))), content);
        if (outcome.isEmpty()) {
            Justified.use(ModelReader.read(file));
            return;
        }
        String message = assertThrows(ModelFormatException.class, () -> GruModel.load(file)).getMessage();
        assertTrue(message.startsWith(file + ": ") && message.contains(outcome), message);
        assertEquals(1, message.lines().count(), message);
    }
}
