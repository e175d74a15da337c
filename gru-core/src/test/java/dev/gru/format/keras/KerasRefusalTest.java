package dev.gru.format.keras;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.gru.format.KerasReader;
import dev.gru.format.file.ModelFormatException;
import dev.gru.format.fixture.Fixtures;

/** What is not supported is refused by name: the message holds the layer, the option and its value. */
class KerasRefusalTest {

    private static String refusal(byte[] file) {
        ModelFormatException refused = assertThrows(ModelFormatException.class,
                () -> KerasReader.read("m.keras", new ByteArrayInputStream(file)));
        String message = refused.getMessage();
        assertTrue(message.startsWith("m.keras: "), message);
        assertEquals(1, message.lines().count(), message);
        return message;
    }

    private static void assertRefused(byte[] file, String part) {
        String message = refusal(file);
        assertTrue(message.contains(part), message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            "class_name": "Sequential"    | "class_name": "Subclass"      | the model is of class Subclass, only Sequential and Functional
            "class_name": "Sequential"    | "class_name": "Functional"    | config.json: build_input_shape = a list of 3
            "class_name": "GRU"           | "class_name": "LSTM"          | layer "gru": the class LSTM
            "class_name": "InputLayer"    | "class_name": "GRU"           | layer "input_layer": batch_shape = a list of 3 is not supported
            "recurrent_activation": "sigmoid" | "recurrent_activation": {"class_name": "Mine"} | layer "gru": recurrent_activation an object of class Mine
            "recurrent_activation": "sigmoid" | "recurrent_activation": "softmax" | layer "gru": recurrent_activation "softmax" is not supported in a GRU
            "activation": "tanh"          | "activation": "glu"           | layer "gru": activation "glu" is not supported, as it halves the features
            "reset_after": true           | "reset_after": "yes"          | layer "gru": reset_after must be true or false, is "yes"
            "reset_after": true           | "trainable": true             | the name "trainable" appears twice
            "reset_after": true           | "_": null                     | layer "gru": has no reset_after
            "reset_after": true           | "reset_after": true, "peephole": 1 | layer "gru": peephole = 1
            "reset_after": true           | "reset_after": true, "quantization_config": {} | layer "gru": quantization_config = an object
            "config": {"name": "float32"} | "config": {"name": "float64"} | dtype "float64"
            "class_name": "DTypePolicy"   | "class_name": "QuantizedDTypePolicy" | "QuantizedDTypePolicy" is not supported
            "module": "keras.layers", "class_name": "GRU" | "module": "mine", "class_name": "GRU" | layer "gru": module "mine"
            "registered_name": null, "build_config": {"input_shape": [null, 7, 5]}}] | "registered_name": "Mine>GRU"}] | layer "gru": the registered custom class "Mine>GRU"
            "sparse": false               | "sparse": true                | layer "input_layer": sparse = true
            "ragged": false               | "ragged": true                | layer "input_layer": ragged = true
            "optional": false             | "optional": true              | layer "input_layer": optional = true
            "batch_shape": [null, 7, 5]   | "batch_shape": [null, 5]      | layer "gru": its input is (batch, steps)
            "batch_shape": [null, 7, 5]   | "batch_shape": [null, 7, 5, 1] | layer "input_layer": batch_shape has 4 dimensions
            "batch_shape": [null, 7, 5]   | "batch_shape": [null, 7, null] | the last dimension of batch_shape must be
            "dtype": "float32"            | "dtype": "float64"            | layer "input_layer": dtype "float64"
            "units": 12                   | "units": 2147483648           | layer "gru": units must be a whole number from 1 to 2147483647, is 2147483648
            "units": 12                   | "units": 0                    | units must be
            "units": 12                   | "units": -3                   | units must be
            "units": 12                   | "units": 12.5                 | units must be
            "units": 12                   | "units": 1e400                | units must be
            "units": 12                   | "units": 99999999999999999999 | units must be
            "units": 12                   | "units": 2147483647           | layers/gru/cell/vars/0: has the shape [5, 36], but the model asks for [5, 6442450941]
            "units": 12                   | "units": 13                   | layers/gru/cell/vars/0: has the shape [5, 36], but the model asks for [5, 39]
            "use_bias": true              | "use_bias": false             | layers/gru/cell/vars: holds 3 variables, but the model asks for 2
            "reset_after": true           | "reset_after": false          | layers/gru/cell/vars/2: has the shape [2, 36], but the model asks for [36]
            "units": 12                   | "units": NaN                  | units must be a whole number from 1 to 2147483647, is NaN
            """)
    void editedConfigurationsAreRefused(String from, String to, String part) {
        assertRefused(Fixtures.withConfig("gru_default", from, to), part);
    }

    @Test
    void aPolicyMayBeAString() throws IOException {
        Map<String, byte[]> entries = Fixtures.entries(Fixtures.file("keras/gru_default/model.keras"));
        String config = new String(entries.get(Fixtures.CONFIG), StandardCharsets.UTF_8);
        String edited = config.replaceAll("\"dtype\": \\{.*?\\}, [^}]*\\}", "\"dtype\": \"float32\"");
        assertFalse(edited.contains("DTypePolicy"));
        entries.put(Fixtures.CONFIG, edited.getBytes(StandardCharsets.UTF_8));
        assertEquals(1, KerasReader.read("m.keras", new ByteArrayInputStream(Fixtures.zip(entries))).layers().size());

        entries.put(Fixtures.CONFIG, edited.replace("\"dtype\": \"float32\", \"return_sequences\"",
                "\"dtype\": \"float64\", \"return_sequences\"").getBytes(StandardCharsets.UTF_8));
        assertRefused(Fixtures.zip(entries), "layer \"gru\": dtype \"float64\" is not supported");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            "input_dim": 50   | "input_dim": 2147483647  | layers/embedding/vars/0: has the shape [50, 16]
            "dtype": "int32"  | "dtype": "string"        | layer "input_layer_8": dtype "string"
            "rate": 0.5       | "rate": 1.0              | layer "dropout": rate must be at least 0 and below 1
            "return_sequences": true | "return_sequences": false   | layer "gru_10": needs a sequence, but a layer before it returns its last output only
            "class_name": "Dense"    | "class_name": "LSTMCell"    | layer "time_distributed": TimeDistributed of LSTMCell
            """)
    void editedStacksAreRefused(String from, String to, String part) {
        assertRefused(Fixtures.withConfig("article_model", from, to), part);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            "merge_mode": "concat" | "merge_mode": "max"  | layer "bidirectional": merge_mode "max"
            "class_name": "GRU"    | "class_name": "LSTM" | layer "bidirectional": Bidirectional of LSTM is not supported, only of GRU and RNN
            "go_backwards": false  | "go_backwards": true | layer "bidirectional": layer: go_backwards = true
            "go_backwards": true   | "go_backwards": false | layer "bidirectional": backward_layer: go_backwards = false
            "return_sequences": true | "return_sequences": false | layer "bidirectional": forward and backward must have the same return_sequences
            "return_state": false  | "return_state": true | layer "bidirectional": forward and backward must have the same return_state
            "stateful": false      | "stateful": true     | layer "bidirectional": forward and backward must have the same stateful
            "merge_mode"           | "zip": 1, "merge_mode" | layer "bidirectional": zip = 1
            "units": 12            | "units": 13          | layers/bidirectional/forward_layer/cell/vars/0: has the shape [5, 36]
            """)
    void editedPairsAreRefused(String from, String to, String part) {
        assertRefused(Fixtures.withConfig("bidirectional_concat", from, to), part);
    }

    /** What is read where nothing is masked need not be where something is. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            masked_last_output | "return_sequences": false, "return_state": false, "go_backwards": false, "stateful": false, "unroll": false, "zero_output_for_mask": false | "return_sequences": false, "zero_output_for_mask": true | layer "gru_3": zero_output_for_mask without return_sequences
            functions          | "axis": -1                    | "axis": 3                      | layer "softmax": axis 3 is not supported, only -1 and 1
            functions          | "axis": -1                    | "axis": [1, 2]                 | layer "softmax": axis a list of 2
            functions          | "negative_slope": 0.0         | "negative_slope": "steep"      | layer "re_lu": negative_slope must be a number, is "steep"
            functions          | "max_value": null             | "max_value": -6.0              | layer "re_lu":
            functions          | "activation": "hard_sigmoid"  | "activation": "threshold"      | layer "activation": activation "threshold" is not supported
            functions          | "class_name": "TimeDistributed" | "class_name": "Cropping2D"   | layer "time_distributed": the class Cropping2D is not supported
            functions          | "class_name": "Softmax"       | "class_name": "Masking"        | layer "softmax": axis = -1
            rnn_cells          | "class_name": "GRUCell"       | "class_name": "LSTMCell"       | layer "rnn": RNN of LSTMCell is not supported, only of GRUCell
            rnn_cells          | "class_name": "GRUCell"       | "class_name": "StackedRNNCells" | RNN of StackedRNNCells
            rnn_cells          | "unroll": false               | "unroll": false, "constants": 1 | layer "rnn": constants = 1
            """)
    void otherLayersAreHeldToTheirOptions(String name, String from, String to, String part) {
        assertRefused(Fixtures.withConfig(name, from, to), part);
    }

    /** Keras takes the mask for one of features, or fails. */
    @Test
    void aSoftmaxLayerOfMaskedStepsIsRefused() {
        Map<String, byte[]> entries = Fixtures.entries(Fixtures.file("keras/article_model/model.keras"));
        String config = new String(entries.get(Fixtures.CONFIG), StandardCharsets.UTF_8)
                .replaceFirst("\"class_name\": \"Dropout\"", "\"class_name\": \"Softmax\"")
                .replaceFirst("\"rate\": 0.5, \"seed\": null, \"noise_shape\": null", "\"axis\": -1");
        entries.put(Fixtures.CONFIG, config.getBytes(StandardCharsets.UTF_8));
        assertRefused(Fixtures.zip(entries), "layer \"dropout\": Softmax takes the mask of steps that comes to it "
                + "for one of features, which is not supported; use Activation(\"softmax\")");
    }

    @Test
    void aNameCannotBreakAMessage() {
        byte[] file = Fixtures.withConfig("article_model", "\"name\": \"dropout\"",
                "\"name\": \"drop\\nout\", \"o\\rdd\": 1");
        assertRefused(file, "layer \"drop?out\": o?dd = 1 is not supported");
    }

    @Test
    void anEmbeddingOfFeaturesIsRefused() {
        byte[] file = Fixtures.withConfig("masked_last_output", "\"batch_shape\": [null, 6]",
                "\"batch_shape\": [null, 6, 1]");
        assertRefused(file, "an Embedding must be the first layer, and its input (batch, steps)");
    }

    @Test
    void anArchiveOfAVersionThatHadNoneIsRefused() {
        byte[] metadata = "{\"keras_version\": \"2.11.0\"}".getBytes(StandardCharsets.UTF_8);
        assertRefused(Fixtures.withEntry("gru_default", Fixtures.METADATA, metadata),
                "metadata.json: keras_version \"2.11.0\" is not supported, only 2.12 to 2.15 and 3.x");
    }
}
