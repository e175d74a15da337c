package dev.gru.format.keras;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

import org.junit.jupiter.api.Test;

import dev.gru.format.KerasReader;
import dev.gru.format.file.ModelFormatException;
import dev.gru.format.fixture.Fixtures;
import dev.gru.layer.Embedding;

/** A refusal names all layers that are not supported, in Keras's words, and says what can be done. */
class KerasUnsupportedTest {

    private static String refusal(byte[] file) {
        String message = assertThrows(ModelFormatException.class,
                () -> KerasReader.read("m.keras", new ByteArrayInputStream(file))).getMessage();
        assertEquals(1, message.lines().count(), message);
        return message;
    }

    private static byte[] edited(String name, String... replacements) {
        Map<String, byte[]> entries = Fixtures.entries(Fixtures.file("keras/" + name + "/model.keras"));
        String config = new String(entries.get(Fixtures.CONFIG), StandardCharsets.UTF_8);
        for (int i = 0; i < replacements.length; i += 2) {
            assertTrue(config.contains(replacements[i]), config);
            config = config.replace(replacements[i], replacements[i + 1]);
        }
        entries.put(Fixtures.CONFIG, config.getBytes(StandardCharsets.UTF_8));
        return Fixtures.storedZip(entries);
    }

    @Test
    void allLayersAreNamed() {
        assertEquals("m.keras: 4 layers are not supported: \"gru_9\" (LSTM), \"dropout\" (Lambda), \"gru_10\" (LSTM), "
                + "\"dropout_1\" (Lambda)",
                refusal(edited("article_model", "\"class_name\": \"GRU\"", "\"class_name\": \"LSTM\"",
                        "\"class_name\": \"Dropout\"", "\"class_name\": \"Lambda\"")));
    }

    @Test
    void layersInModelsAndInOtherLayersAreNamedToo() {
        String message = refusal(edited("graphs/graph_nested_twice", "\"class_name\": \"GRU\"",
                "\"class_name\": \"SimpleRNN\"", "\"class_name\": \"Conv1D\"", "\"class_name\": \"Conv2D\""));
        assertTrue(message.startsWith("m.keras: 4 layers are not supported: ") && message.contains("(SimpleRNN)")
                && message.contains("(Conv2D)"), message);
        assertTrue(refusal(edited("graphs/mask_average", "\"class_name\": \"GRU\"", "\"class_name\": \"LSTM\"",
                "\"class_name\": \"LayerNormalization\"", "\"class_name\": \"GroupNormalization\""))
                .contains("2 layers are not supported: \"bidirectional"));
    }

    @Test
    void theOnlyOneIsToldWhy() {
        assertEquals("m.keras: layer \"gru\": the class LSTM is not supported: it has another recurrence than a GRU",
                refusal(edited("gru_default", "\"class_name\": \"GRU\"", "\"class_name\": \"LSTM\"")));
    }

    @Test
    void aSubclassedModelIsToldWhatToDo() {
        String message = refusal(edited("gru_default", "\"class_name\": \"Sequential\"", "\"class_name\": \"Mine\""));
        assertTrue(message.contains("the model is of class Mine") && message.contains("and save that"), message);
    }

    @Test
    void aListForAConfigurationIsAnOldKeras() {
        String message = refusal(edited("gru_default", "\"class_name\": \"Sequential\", \"config\": {",
                "\"class_name\": \"Sequential\", \"config\": [], \"backend\": {"));
        assertTrue(message.contains("its config is a list, which only versions of Keras before 2.2.3 write"), message);
    }

    /** Newer versions of Keras leave out of a product or a maximum what is masked; the others do not. */
    @Test
    void whatVersionsOfKerasMakeOfMasksInDifferentWaysIsRefused() {
        assertTrue(refusal(edited("graphs/mask_gated", "\"class_name\": \"GlobalAveragePooling1D\"",
                "\"class_name\": \"GlobalMaxPooling1D\"")).contains("computes from masked steps of a Multiply"));
        assertTrue(refusal(edited("graphs/mask_different", "\"class_name\": \"Average\"",
                "\"class_name\": \"Maximum\"")).contains("joins arrays with different masks"));
    }

    /** However large the table is that an embedding began as. */
    @Test
    void aConstantTableInTheConfigurationIsSkipped() throws IOException {
        StringBuilder table = new StringBuilder("[[0.5, NaN]");
        for (int i = 0; i < 400_000; i++) {
            table.append(",[0.25,-").append(i).append(']');
        }
        byte[] file = edited("article_model", "\"embeddings_initializer\": {",
                "\"embeddings_initializer\": {\"value\": " + table + "], ");
        assertTrue(KerasReader.read("m.keras", new ByteArrayInputStream(file)).layers()
                .getFirst() instanceof Embedding);
    }
}
