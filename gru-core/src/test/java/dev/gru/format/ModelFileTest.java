package dev.gru.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.gru.GruModel;
import dev.gru.ModelOptions;
import dev.gru.format.file.ModelFormatException;
import dev.gru.format.fixture.Fixtures;
import dev.gru.format.json.Json;
import dev.gru.kernel.GruKernel;
import dev.gru.kernel.Kernels;
import dev.gru.layer.Graph;
import dev.gru.weights.Precision;

/** A saved model puts out what it did, and a file that is not what one writes is refused by name. */
class ModelFileTest {
    @TempDir
    private Path directory;

    private Path file;
    private Graph tagger;

    @BeforeEach
    void save() throws IOException {
        file = directory.resolve("tagger.safetensors");
        tagger = KerasReader.read(Fixtures.file("keras/article_model/model.keras"));
        ModelFile.write(tagger, file, Precision.FP32);
    }

    private static float[] predict(GruModel model) {
        return model.predict(2, 5, new int[]{1, 2, 3, 4, 5, 6, 7, 8, 0, 0});
    }

    @Test
    void aSavedModelPutsOutTheSameBits() throws IOException {
        for (GruKernel kernel : Kernels.all().toList()) {
            ModelOptions options = ModelOptions.defaults().withKernel(kernel.name());
            Path saved = directory.resolve(kernel.name());
            try (GruModel model = GruModel.of(tagger, options)) {
                model.save(saved);
                try (GruModel read = GruModel.load(saved, options)) {
                    assertArrayEquals(predict(model), predict(read));
                }
            }
        }
    }

    @Test
    void aModelSavedInBfloat16PutsOutTheBitsOfOneThatRunsInIt() throws IOException {
        for (GruKernel kernel : Kernels.all().toList()) {
            ModelOptions options = ModelOptions.defaults().withKernel(kernel.name());
            ModelOptions narrow = options.withPrecision(Precision.BF16);
            Path saved = directory.resolve(kernel.name());
            try (GruModel model = GruModel.of(tagger, narrow)) {
                model.save(saved, Precision.BF16);
                try (GruModel read = GruModel.load(saved, options); GruModel both = GruModel.load(saved, narrow)) {
                    assertArrayEquals(predict(model), predict(read));
                    assertArrayEquals(predict(model), predict(both));
                }
                // Whatever a model runs in, it is saved as it was given.
                model.save(saved);
                assertArrayEquals(Files.readAllBytes(file), Files.readAllBytes(saved));
            }
        }
    }

    @Test
    void weightsInBfloat16TakeHalfTheSpace() throws IOException {
        Path narrow = directory.resolve("narrow");
        ModelFile.write(tagger, narrow, Precision.BF16);
        Safetensors wide = Safetensors.read(file);
        Safetensors half = Safetensors.read(narrow);
        assertEquals("F32", wide.tensor("1/gru_9/weight_ih").dtype());
        assertEquals("BF16", half.tensor("1/gru_9/weight_ih").dtype());
        assertEquals("F32", half.tensor("1/gru_9/bias_ih").dtype());
        assertEquals("F32", half.tensor("0/embedding/table").dtype());
        assertEquals(List.copyOf(wide.tensors().keySet()), List.copyOf(half.tensors().keySet()));
    }

    @Test
    void aFileIsReplacedAsAWholeOrNotAtAll() throws IOException {
        Path missing = directory.resolve("none/m.safetensors");
        IOException refused = assertThrows(IOException.class, () -> ModelFile.write(tagger, missing, Precision.FP32));
        assertEquals(missing + ": there is no directory " + missing.getParent(), refused.getMessage());
        Path taken = Files.createDirectories(directory.resolve("taken/inside")).getParent();
        assertThrows(IOException.class, () -> ModelFile.write(tagger, taken, Precision.FP32));
        byte[] before = Files.readAllBytes(file);
        Files.writeString(file, "something older");
        ModelFile.write(tagger, file, Precision.FP32);
        assertArrayEquals(before, Files.readAllBytes(file));
        try (var files = Files.list(directory)) {
            assertEquals(List.of(file, taken), files.sorted().toList());
        }
    }

    /** Returns the file without its checksums, which would find every change first. */
    private byte[] unchecked() throws IOException {
        return Fixtures.withoutChecksums(Files.readAllBytes(file));
    }

    private String refusal(String header) throws IOException {
        Path damaged = directory.resolve("damaged");
        Files.write(damaged, Fixtures.withHeader(unchecked(), header));
        String message = assertThrows(ModelFormatException.class, () -> ModelFile.read(damaged)).getMessage();
        assertTrue(message.startsWith(damaged + ": "), message);
        assertEquals(1, message.lines().count(), message);
        return message;
    }

    private Map<String, Object> header() throws IOException {
        return new LinkedHashMap<>(Json.parseObject("header", Fixtures.header(unchecked())));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"version":1                | {"version":4                | architecture: version 4 is not supported, only 1 to 3
            {"version":1                | {"version":1.0              | architecture: version 1.0 is not supported
            {"version":1                | {"revision":1               | architecture: version null is not supported
            {"version":1,               | {"version":1,"more":false,  | architecture: "more" is not supported
            "precision":"FP32"          | "precision":"FP8"           | architecture: precision "FP8" is not supported, only [FP32, BF16]
            "precision":"FP32"          | "precision":"BF16"          | tensor "1/gru_9/weight_ih": is of type F32, but must be BF16
            "layers":[{                 | "layers":[7,{               | architecture: layers[0] must be an object, is 7
            "type":"dropout"            | "type":"lstm"               | layer 2 "dropout": the type "lstm" is not supported
            "type":"dropout"            | "type":"dense"              | layer 2 "dropout": "rate" is not supported
            "type":"dense"              | "type":"gru"                | layer: type "gru" is not supported, only dense
            "name":"gru_9"              | "name":"other"              | has no tensor "1/other/weight_ih"
            "mask_zero":true            | "mask_zero":null            | layer 0 "embedding": mask_zero must be true or false, is null
            "vocabulary_size":50        | "vocabulary_size":51        | tensor "0/embedding/table": has the shape [50, 16], but must have [51, 16]
            "vocabulary_size":50        | "vocabulary_size":0         | vocabulary_size must be a whole number from 1
            "hidden_size":12            | "hidden_size":2147483647    | "1/gru_9/weight_ih": has the shape [36, 16], but must have [6442450941, 16]
            "variant":"RESET_AFTER"     | "variant":"RESET"           | layer 1 "gru_9": variant "RESET" is not supported, only [RESET_AFTER, RESET_BEFORE, DUAL_STATE]
            "clip":null                 | "clip":-1                   | layer 1 "gru_9": clip must be above 0, was -1.0
            "clip":null,                |                             | layer 1 "gru_9": has no clip
            "rate":0.5                  | "rate":1.5                  | layer 2 "dropout": rate must be at least 0 and below 1
            "function":"SIGMOID"        | "function":"SOFTMAX"        | must be functions of one number, not softmax
            "function":"SOFTMAX"        | "function":"GLU"            | activation: function "GLU" is not supported, only [LINEAR
            "role":"INPUT"              | "role":"INPUTS"             | inputs[0]: role "INPUTS" is not supported, only [INPUT
            "axes":["BATCH"             | "axes":["ROW"               | axes "ROW" is not supported, only [BATCH
            "first":0                   | "first":-1                  | first must be a whole number from 0
            """)
    void anArchitectureThatIsNotKnownIsRefusedByName(String from, String to, String part) throws IOException {
        Map<String, Object> header = header();
        String architecture = (String) ((Map<?, ?>) header.get("__metadata__")).get(ModelMetadata.KEY);
        int at = architecture.indexOf(from);
        assertTrue(at >= 0, architecture);
        header.put("__metadata__", Map.of(ModelMetadata.KEY, architecture.substring(0, at) + (to == null ? "" : to)
                + architecture.substring(at + from.length())));
        String message = refusal(Json.write(header));
        assertTrue(message.contains(part), message);
    }

    @Test
    void layersThatDoNotFitEachOtherAreRefused() throws IOException {
        Map<String, Object> header = header();
        String architecture = (String) ((Map<?, ?>) header.get("__metadata__")).get(ModelMetadata.KEY);
        header.put("__metadata__", Map.of(ModelMetadata.KEY,
                architecture.replaceFirst("\"return_sequences\":true", "\"return_sequences\":false")));
        String message = refusal(Json.write(header));
        assertTrue(message.contains("it needs a sequence, but a layer before it returns its last output only"),
                message);
    }

    @Test
    void tensorsThatNoLayerAsksForAreRefused() throws IOException {
        String more = Fixtures.header(unchecked()).replaceFirst("\\{",
                "{\"more\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]},");
        assertTrue(refusal(more).contains("has the tensor \"more\", which no layer asks for"));
    }

    @Test
    void anArchitectureThatIsNoJsonIsRefused() throws IOException {
        Map<String, Object> header = header();
        header.put("__metadata__", Map.of(ModelMetadata.KEY, "[]"));
        assertTrue(refusal(Json.write(header)).contains("architecture: is not a JSON object"));
    }

    @Test
    void otherSafetensorsAreNoModelFiles() {
        Path other = Fixtures.file("pytorch/gru/model.safetensors");
        assertTrue(assertThrows(ModelFormatException.class, () -> ModelFile.read(other)).getMessage()
                .contains("is not a model file"));
    }
}
