package dev.gru.format.keras;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import dev.gru.layer.Graph;

/** Operations between layers that no layer computes are refused; {@link KerasFieldTest} runs the others. */
class KerasOperationTest {
    private static final String ALL = "{\"class_name\": \"__slice__\", \"config\": {\"start\": null, \"stop\": null, "
            + "\"step\": null}}";

    private static Graph read(String name, String from, String to) throws IOException {
        return KerasReader.read("m.keras", new ByteArrayInputStream(Fixtures.withConfig("graphs/operation_" + name,
                from.replace("ALL", ALL), to.replace("ALL", ALL))));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            streamed   | "class_name": "Subtract"     | "class_name": "Power"       | layer "subtract": the operation "Power" between layers is not supported
            streamed   | "class_name": "Add"          | "class_name": "Sum"         | layer "add": the operation "Sum" between layers is not supported
            keras2     | "function": "math.reduce_mean" | "function": "math.reduce_sum" | layer "tf.math.reduce_mean": the operation "math.reduce_sum" between layers is not supported
            streamed   | "class_name": "Multiply"     | "class_name": "TrueDivide"  | layer "multiply": divides a constant by an array, which is not supported
            streamed   | "class_name": "Multiply"     | "class_name": "Concatenate" | layer "multiply": joins an array of the model with a constant
            streamed   | "name": "multiply"}          | "name": "multiply", "sparse": 1} | layer "multiply": sparse = 1
            streamed   | "axis": -1                   | "axis": 1                   | layer "glu": axis 1 is not supported, only -1
            streamed   | "start": 1, "stop": 4, "step": null | "start": 1, "stop": 4, "step": 2 | layer "get_item": takes parts in another way than by whole numbers and ranges
            streamed   | "start": 1, "stop": 4        | "start": 4, "stop": 1       | layer "get_item": takes no features
            streamed   | ALL, ALL, {                  | ALL, ALL, ALL, {            | layer "get_item": takes parts of 4 dimensions of an array that has 3
            streamed   | ALL, ALL, {                  | 0, ALL, {                   | layer "get_item": takes a part of the batch
            streamed   | ALL, ALL, {                  | ALL, {"class_name": "__slice__", "config": {"start": 0, "stop": 3, "step": null}}, { | layer "get_item": needs the number of steps, which the model's input leaves open
            streamed   | ALL, ALL, {                  | ALL, null, {                | layer "get_item": takes parts in another way
            arithmetic | -3.0]]                       | -3.0, 1.0]]                 | layer "multiply_3": constant must be a number or a list of 5
            arithmetic | [[0.5, 1.0, 1.5, 2.0, -3.0]] | [[[[0.5, 1.0, 1.5, 2.0, -3.0]]]] | layer "multiply_3": joins an array with a constant of more dimensions
            arithmetic | "name": "mean", "axis": 1    | "name": "mean", "axis": -1  | layer "mean": axis -1 is not supported, only that of the steps of a sequence
            arithmetic | "name": "mean", "axis": 1    | "name": "mean", "axis": null | layer "mean": axis null is not supported
            arithmetic | "initial": null              | "initial": 1.0              | layer "max": initial = 1.0
            arithmetic | "name": "concatenate", "axis": -1 | "name": "concatenate", "axis": 0 | layer "concatenate": axis 0 is not supported
            keras2     | "start": 1, "stop": -1, "step": null}] | "start": 1, "stop": -1, "step": null}, 3] | layer "tf.__operators__.getitem_4": takes a single feature
            keras2     | "slice_spec": [{"start": null, "stop": null, "step": null}, -1] | "slice_spec": [{"start": null, "stop": null, "step": null}, 99] | layer "tf.__operators__.getitem_1": it leaves out 99 steps and 0, but gets 8
            """)
    void whatNoLayerComputesIsRefused(String name, String from, String to, String part) {
        String message = assertThrows(ModelFormatException.class, () -> read(name, from, to)).getMessage();
        assertTrue(message.startsWith("m.keras: " + part), message);
        assertEquals(1, message.lines().count(), message);
    }

    @Test
    void allOperationsThatAreNotSupportedAreNamed() {
        Map<String, byte[]> entries = Fixtures.entries(Fixtures.file("keras/graphs/operation_keras2/model.keras"));
        String config = new String(entries.get(Fixtures.CONFIG), StandardCharsets.UTF_8)
                .replace("\"math.maximum\"", "\"math.atan2\"").replace("\"nn.softmax\"", "\"linalg.norm\"");
        entries.put(Fixtures.CONFIG, config.getBytes(StandardCharsets.UTF_8));
        assertEquals("m.keras: 2 layers are not supported: \"tf.math.maximum\" (the operation math.atan2), "
                + "\"tf.nn.softmax\" (the operation linalg.norm)",
                assertThrows(ModelFormatException.class,
                        () -> KerasReader.read("m.keras", new ByteArrayInputStream(Fixtures.zip(entries))))
                        .getMessage());
    }

    /** A masked array is not what an operation sees; one without a mask is taken as it is. */
    @Test
    void onlyMaskedArraysLoseTheirMask() throws IOException {
        for (String name : new String[]{"streamed", "masked"}) {
            Graph model = KerasReader.read(Fixtures.file("keras/graphs/operation_" + name + "/model.keras"));
            assertEquals(name.equals("masked"),
                    model.layers().stream().anyMatch(layer -> layer.name().endsWith("/unmasked")), name);
        }
    }
}
