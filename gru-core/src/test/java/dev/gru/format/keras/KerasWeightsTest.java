package dev.gru.format.keras;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.gru.format.KerasReader;
import dev.gru.format.ModelReader;
import dev.gru.format.file.ModelFormatException;
import dev.gru.format.fixture.Fixtures;
import dev.gru.format.hdf5.Hdf5Files;
import dev.gru.layer.Graph;
import dev.gru.layer.Layer;

/** Files of weights alone, of Keras 3 and 2, with the architecture in JSON, in the short form, or made in code. */
class KerasWeightsTest {
    private static final Path LEGACY = Fixtures.file("keras/files/weights_only_legacy.h5");
    private static final Path SAVED = Fixtures.file("keras/files/weights_only_keras3.weights.h5");
    private static final Path JSON = Fixtures.file("keras/files/weights_only_legacy.json");
    private static final Path IO = Fixtures.file("keras/files/weights_only.io.safetensors");
    private static final String SHORT = """
            # what weights_only_legacy.json says
            Input(12, 5)

            GRU(9, return_sequences=True,
                recurrent_activation='sigmoid')
            GRU(7)  # the last output
            Dense(2, "linear")
            """;

    @TempDir
    private Path directory;

    private Path file(String text) throws IOException {
        return Files.writeString(directory.resolve("architecture"), text);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anArchitectureInJsonIsRead(boolean legacy) throws IOException {
        KerasFieldTest.assertOutputs(KerasReader.readWeights(legacy ? LEGACY : SAVED, JSON), IO, 1e-5f);
        KerasFieldTest.assertOutputs(ModelReader.read(legacy ? LEGACY : SAVED, JSON), IO, 1e-5f);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anArchitectureInTheShortFormIsRead(boolean legacy) throws IOException {
        KerasFieldTest.assertOutputs(KerasReader.readWeights(legacy ? LEGACY : SAVED, file(SHORT)), IO, 1e-5f);
    }

    /** The names of a model that was made again are others; then the order counts, as in Keras. */
    @Test
    void layersOfOtherNamesAreFoundByTheirOrder() throws IOException {
        String renamed = Files.readString(JSON).replace("\"gru\"", "\"encoder\"").replace("\"gru_1\"", "\"gru\"");
        KerasFieldTest.assertOutputs(KerasReader.readWeights(LEGACY, file(renamed)), IO, 1e-5f);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anArchitectureMadeInCodeTakesBothForms(boolean legacy) throws IOException {
        Graph blank = blank(KerasReader.readWeights(SAVED, JSON));
        KerasFieldTest.assertOutputs(KerasReader.readWeights(legacy ? LEGACY : SAVED, blank), IO, 1e-5f);
    }

    /** The same layers with weights of 0. */
    private static Graph blank(Graph model) {
        return model.withLayers(model.layers().stream().map(KerasWeightsTest::blank).toList());
    }

    private static Layer blank(Layer layer) {
        return layer.withParameters(layer.parameters().stream().map(array -> new float[(int) array.size()]).toList());
    }

    /** Keras 2's form, of a functional model with a model in it. */
    @Test
    void aLegacyFileOfAModelInAModelIsRead() throws IOException {
        Path folder = Fixtures.file("keras/old/keras_2_1_nested");
        KerasFieldTest.assertOutputs(
                KerasReader.readWeights(folder.resolve("weights.h5"), folder.resolve("model.json")),
                folder.resolve("io.safetensors"), 1e-5f);
    }

    /** Every layer with weights that Keras stores under its own class. */
    @ParameterizedTest
    @ValueSource(strings = {"field/normalised", "field/conv_valid_stride", "graphs/prelu_variants",
            "graphs/conv_groups_of_channels", "graphs/norm_layer_variants", "graphs/graph_residual_stack"})
    void weightsOfOtherLayersAreReadToo(String name) throws IOException {
        Path folder = Fixtures.file("keras/" + name);
        byte[] weights = Fixtures.entries(folder.resolve("model.keras")).get(Fixtures.WEIGHTS);
        Path alone = Files.write(directory.resolve("alone.weights.h5"), weights);
        Graph model = KerasReader.read(folder.resolve("model.keras"));
        Graph read = KerasReader.readWeights(alone, blank(model));
        for (int i = 0; i < model.layers().size(); i++) {
            assertEquals(model.layers().get(i).parameters().toString(),
                    read.layers().get(i).parameters().toString());
        }
        KerasFieldTest.assertOutputs(read, folder.resolve("io.safetensors"), 1e-5f);
    }

    @ParameterizedTest
    @ValueSource(strings = {"functional_state_gzip.weights.h5", "functional_state_latest.weights.h5"})
    void compressedWeightsAreWhatTheyWere(String name) throws IOException {
        Graph model = KerasReader.read(Fixtures.file("keras/functional_state/model.keras"));
        Graph read = KerasReader.readWeights(Fixtures.file("hdf5/" + name), blank(model));
        for (int i = 0; i < model.layers().size(); i++) {
            for (int j = 0; j < model.layers().get(i).parameters().size(); j++) {
                assertEquals(model.layers().get(i).parameters().get(j).values(),
                        read.layers().get(i).parameters().get(j).values());
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            GRU(7)                     | GRU(8)              | layers/gru_1/cell/vars/0: has the shape [9, 21], but the model asks for [9, 24]
            GRU(7)                     | LSTM(7)             | line 6: has the class LSTM, which is not one of Activation, ActivityRegularization,
            GRU(7)                     | GRU(7               | line 7: has "D" where ')' should be
            GRU(7)                     | GRU(7, 1, 2, 3, 4, 5, 6) | gives GRU more than 6 arguments without names
            GRU(7)                     | GRU(units)          | line 6: has ")" where '(' should be
            GRU(7)                     | GRU(7, peephole=1)  | layer "gru_1": peephole = 1 is not supported
            GRU(7)                     | GRU(1e)             | has the number 1e
            GRU(7)                     | GRU("7              | has a text that does not end
            Input(12, 5)               | Input(12, 5, 1)     | batch_shape has 4 dimensions
            Dense(2, "linear")         | Dense(2, "linear"); | has ";" where a name should be
            """)
    void whatIsWrongInTheShortFormIsNamed(String from, String to, String part) throws IOException {
        assertTrue(SHORT.contains(from));
        Path architecture = file(SHORT.replace(from, to));
        String message = assertThrows(ModelFormatException.class,
                () -> KerasReader.readWeights(SAVED, architecture)).getMessage();
        assertTrue(message.contains(part), message);
        assertEquals(1, message.lines().count(), message);
    }

    @Test
    void aVersionThatIsNotSaidIsAskedForWhereItMatters() throws IOException {
        byte[] config = Fixtures.entries(Fixtures.file("keras/article_model/model.keras")).get(Fixtures.CONFIG);
        String json = new String(config, StandardCharsets.UTF_8);
        Path weights = Fixtures.file("keras/article_model/model.weights.h5");
        Path without = file(json);
        assertTrue(assertThrows(ModelFormatException.class, () -> KerasReader.readWeights(weights, without))
                .getMessage().contains("the configuration must say which version it is of"));
        Path with = file("{\"keras_version\": \"3.15.1\"," + json.substring(1));
        KerasFieldTest.assertOutputs(KerasReader.readWeights(weights, with),
                Fixtures.file("keras/article_model/io.safetensors"), 1e-5f);
    }

    /** What a subclassed model saves is under the names of its attributes. */
    @Test
    void weightsOfASubclassedModelAreRefusedWithWhatToDoInstead() throws IOException {
        Path other = Files.write(directory.resolve("other.weights.h5"), Hdf5Files.write(directory,
                Map.of("encoder", Map.of("vars", Map.of("0", new float[]{1})))));
        String message = assertThrows(ModelFormatException.class, () -> KerasReader.readWeights(other, JSON))
                .getMessage();
        assertTrue(message.contains("has no group \"layers\"") && message.contains("save that"), message);
    }
}
