package dev.gru.format.keras;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.gru.format.KerasReader;
import dev.gru.format.file.ModelFormatException;
import dev.gru.format.fixture.Fixtures;
import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer;

/** How functional models are connected, and what is said of those that cannot be: the layer, and what it takes. */
class KerasGraphTest {

    private static Graph read(byte[] file) throws IOException {
        return KerasReader.read("m.keras", new ByteArrayInputStream(file));
    }

    private static void assertRefused(byte[] file, String part) {
        ModelFormatException refused = assertThrows(ModelFormatException.class, () -> read(file));
        String message = refused.getMessage();
        assertTrue(message.startsWith("m.keras: ") && message.contains(part), message);
        assertEquals(1, message.lines().count(), message);
    }

    /** The model: input_layer, embedding, gru (with states), gru_1, dense; not_equal is the mask. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            "keras_history": ["gru", 0, 0]  | "keras_history": ["embedding", 0, 0] | layers/gru_1/cell/vars/0: has the shape [4, 9], but the model asks for [3, 9]
            "keras_history": ["gru", 0, 0]  | "keras_history": ["nobody", 0, 0] | layer "gru_1": takes the output of "nobody", but there is no such layer
            "keras_history": ["gru", 0, 0]  | "keras_history": ["gru", 1, 0] | layer "gru_1": takes the output of call 1 of "gru", which is not there
            "keras_history": ["gru", 0, 0]  | "keras_history": ["gru", 0, 1] | layer "gru_1": is given the mask "not_equal", which is not the one that comes with its input
            "keras_history": ["gru", 0, 0]  | "keras_history": ["gru", 0, 2] | layer "gru": has no output 2, which the next layer takes
            "keras_history": ["gru", 0, 0]  | "keras_history": ["gru", 0]    | layer "gru_1": takes an object of class __keras_tensor__, but only outputs of layers
            "keras_history": ["gru_1", 0, 0]  | "keras_history": ["gru_1", 0, 1] | layer "gru_1": has no output 1, which the next layer takes
            "output_layers": [["dense", 0, 0], ["gru", 0, 1]] | "output_layers": [["dense", 0, 1]] | layer "dense": has no output 1
            "output_layers": [["dense", 0, 0], ["gru", 0, 1]] | "output_layers": [["nobody", 0, 0]] | output_layers: there is no layer "nobody"
            "output_layers": [["dense", 0, 0], ["gru", 0, 1]] | "output_layers": []      | has no outputs
            "output_layers": [["dense", 0, 0], ["gru", 0, 1]] | "output_layers": [[["dense", 0, 0]]] | output_layers: takes a list of 1
            "output_layers": [["dense", 0, 0], ["gru", 0, 1]] | "output_layers": 3 | output_layers must be a list, is 3
            "input_layers": ["input_layer", 0, 0] | "input_layers": ["embedding", 0, 0] | input_layers: there is no input "embedding"
            "input_layers": ["input_layer", 0, 0] | "input_layers": [] | must have an input and name all in input_layers
            "inbound_nodes": []             | "inbound_nodes": [], "shared": 1 | layer "input_layer": shared = 1
            "inbound_nodes": [{"args": [{"class_name": "__keras_tensor__", "config": {"shape": [null, 6, 3] | "inbound_nodes": [{}, {"args": [{"class_name": "__keras_tensor__", "config": {"shape": [null, 6, 3] | layer "gru": has no args
            "kwargs": {"training": false    | "kwargs": {"training": true    | layer "gru": training = true is not supported
            "kwargs": {"training": false    | "kwargs": {"initial_state": {}, "training": false | layer "gru": has no class_name
            "name": "gru_1", "inbound_nodes" | "name": "gru", "inbound_nodes" | layer "gru_1": there are two layers of this name
            "class_name": "NotEqual"        | "class_name": "Equal"          | layer "not_equal": the operation "Equal" between layers is not supported
            "module": "keras.src.ops.numpy" | "module": "mine"               | layer "not_equal": is not an operation of Keras's own
            }}, 0], "kwargs"                | }}, 1], "kwargs"               | layer "gru": is given the mask "not_equal", which is not the one that comes with its input
            }}, 0], "kwargs"                | }}], "kwargs"                  | layer "not_equal": is an operation that does not make a mask
            "mask_zero": true               | "mask_zero": false             | layer "gru": is given the mask "not_equal"
            "registered_name": "Functional" | "registered_name": "My>Model"  | the registered custom class "My>Model"
            "module": "keras.src.models.functional" | "module": "mine.models" | module "mine.models" is not supported, only keras
            "class_name": "InputLayer"      | "class_name": "Dropout"        | layer "input_layer": is called 0 times
            """)
    void whatDoesNotConnectIsRefused(String from, String to, String part) {
        assertRefused(Fixtures.withConfig("functional_state", from, to), part);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            "axis": -1          | "axis": 1             | layer "any": is an operation that does not make a mask
            "mask_value": 0.5   | "mask_value": 0.25    | layer "bidirectional": is given the mask "any", which is not the one
            "mask_value": 0.5   | "mask_value": "0.5"   | layer "masking": mask_value must be a number
            "keras_history": ["bidirectional", 0, 0] | "keras_history": ["bidirectional", 0, 1] | layer "gru_3": is given the mask "any", which is not the one that comes with its input
            "return_state": true | "return_state": false | layer "bidirectional": forward and backward must have the same return_state
            """)
    void pairsAndMaskingAreHeldToTheirOptions(String from, String to, String part) {
        assertRefused(Fixtures.withConfig("functional_masking", from, to), part);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            "go_backwards": false  | "go_backwards": true | which reads masked steps backwards; that is not supported
            "merge_mode": "concat" | "merge_mode": "sum"  | whose merge_mode leaves no states in its output
            """)
    void statesThatNoOutputHoldsAreRefused(String from, String to, String part) {
        assertRefused(Fixtures.withConfig("graphs/mask_shown_states", from, to), part);
    }

    /** An output that another layer takes makes a graph of a chain. */
    @Test
    void anOutputWithinIsAnOutput() throws IOException {
        Graph model = read(Fixtures.withConfig("functional_state",
                "\"output_layers\": [[\"dense\", 0, 0], [\"gru\", 0, 1]]",
                "\"output_layers\": {\"a\": [\"dense\", 0, 0], \"b\": [\"gru\", 0, 0]}"));
        assertFalse(model.isChain());
        assertEquals("[y (BATCH, STEP, FEATURE), y1 (BATCH, STEP, FEATURE)]", model.signature().outputs().toString());
    }

    /** Which output is the first is a matter of the model, and one may be there twice. */
    @Test
    void outputsComeInTheOrderOfTheModel() throws IOException {
        Graph model = read(Fixtures.withConfig("functional_state",
                "\"output_layers\": [[\"dense\", 0, 0], [\"gru\", 0, 1]]",
                "\"output_layers\": [[\"gru\", 0, 1], [\"dense\", 0, 0], [\"gru\", 0, 1]]"));
        assertEquals("[y (BATCH, FEATURE), y1 (BATCH, STEP, FEATURE), y2 (BATCH, FEATURE)]",
                model.signature().outputs().toString());
    }

    /** What a layer within puts out is an array of the model if it is a state, and so is a last output. */
    @Test
    void aLastOutputWithinIsAState() throws IOException {
        Graph model = read(Fixtures.withConfig("functional_encoder", "\"output_layers\": [\"dense_1\", 0, 0]",
                "\"output_layers\": [[\"gru_4\", 0, 1], [\"dense_1\", 0, 0]]"));
        assertEquals("[Port[y, FINAL_STATE], Port[y1, OUTPUT]]", model.signature().outputs().stream()
                .map(port -> "Port[" + port.name() + ", " + port.role() + "]").toList().toString());
    }

    @Test
    void aSingleArrayMayHaveAName() throws IOException {
        read(Fixtures.withConfig("functional_state", "\"input_layers\": [\"input_layer\", 0, 0]",
                "\"input_layers\": {\"text\": [\"input_layer\", 0, 0]}"));
    }

    @Test
    void onlyTheLastLayerOfASequentialHasSeveralOutputs() {
        assertRefused(Fixtures.withConfig("article_model", "\"return_state\": false", "\"return_state\": true"),
                "layer \"gru_9\": has several outputs, which only the last layer of a Sequential may have");
    }

    /** A GRU of which only the state is used puts out what one that returns its last output does. */
    @Test
    void aStateAloneIsALastOutput() throws IOException {
        Graph model = read(Fixtures.bytes("keras/functional_encoder/model.keras"));
        assertFalse(((GruLayer) model.layers().getFirst()).returnSequences());
        assertFalse(model.returnsSequences());
    }

    /** Keras 3.16 does not hand masks on through recurrent layers; until then they go on to the next. */
    @Test
    void aMaskOfWhichVersionsDisagreeIsRefused() throws IOException {
        byte[] newer = "{\"keras_version\": \"3.16.0\"}".getBytes(StandardCharsets.UTF_8);
        assertRefused(Fixtures.withEntry("article_model", Fixtures.METADATA, newer),
                "layer \"gru_10\": steps are masked before the layer \"gru_9\", "
                        + "through which Keras 3.16 and later do not pass masks on");
        assertRefused(Fixtures.withEntry("bidirectional_masked_then_gru", Fixtures.METADATA, newer),
                "steps are masked before the layer \"bidirectional_4\"");
        // Where only one layer looks at the mask, or there is none, all versions agree.
        read(Fixtures.withEntry("embedding_without_mask", Fixtures.METADATA, newer));
        read(Fixtures.withEntry("stacked_dense", Fixtures.METADATA, newer));
    }
}
