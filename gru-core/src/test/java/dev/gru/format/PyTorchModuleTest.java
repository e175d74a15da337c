package dev.gru.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.fixture.Fixtures;
import dev.gru.layer.Bidirectional;
import dev.gru.layer.Conv1D;
import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Layer;
import dev.gru.layer.Normalization.BatchNormalization;
import dev.gru.layer.Parameter;
import dev.gru.layer.Sequential;
import dev.gru.layer.Shape;
import dev.gru.layer.Signature.Axis;

/** A whole module is read by its architecture, in JSON or in code, and what does not fit is refused by name. */
class PyTorchModuleTest {
    @TempDir
    private Path directory;

    private static Path file(String name, String file) {
        return Fixtures.file("pytorch_modules/" + name + "/" + file);
    }

    private static Graph read(String name) throws IOException {
        return PyTorchReader.read(file(name, "model.safetensors"), file(name, "architecture.json"));
    }

    private static float[] floats(FloatBuffer view) {
        float[] values = new float[view.remaining()];
        view.get(values);
        return values;
    }

    private static Graph zeros(Graph model) {
        return model.withLayers(model.layers().stream().map(layer -> layer.withParameters(
                layer.parameters().stream().map(parameter -> new float[(int) parameter.size()]).toList())).toList());
    }

    /** Reads the tensors of a case by another architecture, which is refused. */
    private String refusal(String name, String architecture) throws IOException {
        Path json = Files.writeString(directory.resolve("m.json"), architecture);
        String message = assertThrows(ModelFormatException.class,
                () -> PyTorchReader.read(file(name, "model.safetensors"), json)).getMessage();
        assertEquals(1, message.lines().count(), message);
        return message.replace(json.toString(), "m.json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tagger", "conv_stream", "conv_pool", "branches", "encoder_decoder", "functions"})
    void whatIsReadByJsonIsReadByTheSameModelInCode(String name) throws IOException {
        Graph model = read(name);
        Graph again = PyTorchReader.readWeights(file(name, "model.safetensors"), zeros(model));
        assertEquals(model.layers().size(), again.layers().size());
        for (int i = 0; i < model.layers().size(); i++) {
            List<Parameter> expected = model.layers().get(i).parameters();
            List<Parameter> found = again.layers().get(i).parameters();
            for (int k = 0; k < expected.size(); k++) {
                assertArrayEquals(floats(expected.get(k).values()), floats(found.get(k).values()));
            }
        }
    }

    @Test
    void aChainIsAChainWithPyTorchsOptions() throws IOException {
        Graph model = read("conv_stream");
        assertInstanceOf(Sequential.class, model);
        Conv1D conv = (Conv1D) model.layers().getFirst();
        assertEquals(Conv1D.Padding.CAUSAL, conv.padding());
        assertEquals(2, conv.dilation());
        Safetensors file = Safetensors.read(file("conv_stream", "model.safetensors"));
        float[] stored = file.tensor("conv.weight").floats();
        float[] weight = floats(conv.weights().weight());
        for (int filter = 0; filter < 8; filter++) {
            for (int channel = 0; channel < 5; channel++) {
                for (int step = 0; step < 3; step++) {
                    assertEquals(stored[(filter * 5 + channel) * 3 + step], weight[(filter * 3 + step) * 5 + channel]);
                }
            }
        }
        BatchNormalization norm = (BatchNormalization) model.layers().get(1);
        assertEquals(0.001f, norm.epsilon());
        assertEquals(0.99f, norm.momentum());
        assertArrayEquals(file.tensor("bn.running_var").floats(), norm.movingVariance());
        assertEquals("relu", model.layers().get(2).name());
        assertEquals(false, ((GruLayer) model.layers().get(3)).returnSequences());
        assertTrue(model.wholeSequences().isEmpty(), "it streams");
    }

    @Test
    void layersOfAGruHaveItsNameAndTheirNumber() throws IOException {
        Graph model = read("tagger");
        assertEquals(List.of("embedding", "gru.l0", "gru.dropout0", "gru.l1", "dropout", "head.fc", "softmax"),
                model.layers().stream().map(Layer::name).toList());
        assertInstanceOf(Bidirectional.class, model.layers().get(1));
        assertEquals(Shape.tokens(), model.inputShape());
    }

    @Test
    void inputsAndOutputsHaveTheirNamesAndLayouts() throws IOException {
        Graph model = read("branches");
        assertEquals(List.of("series", "static"), model.inputs().stream().map(Graph.Input::name).toList());
        assertEquals(List.of("y", "y1"), model.signature().outputs().stream().map(port -> port.name()).toList());
        assertSame(model.nodes().getFirst().layer(), model.nodes().get(2).layer());
        assertEquals(List.of(Axis.BATCH, Axis.FEATURE, Axis.STEP),
                read("conv_pool").signature().inputs().getFirst().axes());
    }

    @Test
    void weightsThatNoLayerTakesAreNamed() throws IOException {
        String message = refusal("conv_stream",
                """
                        {"layers": [{"name": "conv", "type": "Conv1d", "dilation": 2}, {"name": "bn", "type": "BatchNorm1d"}]}""");
        assertTrue(message.contains("holds weights that no layer of the architecture takes: \"fc.weight\", "
                + "\"gru.bias_hh_l0\""), message);
        Graph part = Sequential.builder().add(read("conv_stream").layers().getFirst()).build();
        assertThrows(ModelFormatException.class,
                () -> PyTorchReader.readWeights(file("conv_stream", "model.safetensors"), part));
    }

    /** Counters of steps, and tensors of a type that safetensors did not have when this was written, are no weights. */
    @Test
    void aTensorOfAnUnknownTypeThatIsNotAskedForIsNoReasonToRefuse() throws IOException {
        Path gru = Fixtures.file("pytorch_modules/gru_beside_f8_e8m0.safetensors");
        assertEquals(7, PyTorchReader.read(gru, "enc.").outputSize());
        Path json = Files.writeString(directory.resolve("m.json"),
                "{\"layers\": [{\"name\": \"enc\", \"type\": \"GRU\"}]}");
        Graph whole = PyTorchReader.read(gru, json);
        assertEquals(7, whole.outputSize());
        assertEquals(7, PyTorchReader.readWeights(gru, zeros(whole)).outputSize());
        Files.writeString(json, "{\"layers\": [{\"name\": \"enc\", \"type\": \"GRU\"},"
                + " {\"name\": \"head\", \"module\": \"head.w\", \"type\": \"Linear\"}]}");
        assertThrows(ModelFormatException.class, () -> PyTorchReader.read(gru, json));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            {"name": "conv", "type": "Conv1d", "dilatation": 2}                | layers[0] (Conv1d "conv"): the field "dilatation" is not known
            {"name": "conv", "type": "Conv1d", "out_channels": 9}              | layers[0] (Conv1d "conv"): out_channels is 9, but by the file's tensors it is 8
            {"name": "conv", "type": "Conv1d", "groups": 3}                    | groups is 3, which out_channels = 8 must be a multiple of
            {"name": "conv", "type": "Conv1d", "padding": "full"}              | padding = "full" is not supported, only "valid", "same", "causal"
            {"name": "conv", "type": "Conv1d", "padding": -1}                  | padding must be a whole number from 0
            {"name": "conv", "type": "Conv1d", "padding_mode": "circular"}     | padding_mode = "circular" is not supported, only "zeros"
            {"name": "conv", "type": "Conv1d", "stride": 2, "dilation": 2}     | stride and dilation above 1 together are not supported
            {"name": "conv", "type": "Conv1d", "bias": false}                  | bias is false, but by the file's tensors it is true
            {"name": "con", "type": "Conv1d"}                                  | module "con": there is no tensor "con.weight", nor any other of the module
            {"name": "gru", "type": "Conv1d"}                                  | module "gru": there is no tensor "gru.weight", but "gru.bias_hh_l0"
            {"name": "bn", "type": "Conv1d"}                                   | tensor "bn.weight": has the shape [8], but must have (out_channels, in_channels / groups, kernel_size)
            {"name": "bn", "type": "BatchNorm1d", "eps": -1}                   | eps must be at least 0 and finite
            {"name": "bn", "type": "BatchNorm1d", "track_running_stats": false} | track_running_stats = false is not supported, only true
            {"name": "gru", "type": "GRU", "num_layers": 2}                    | num_layers is 2, but by the file's tensors it is 1
            {"name": "gru", "type": "GRU", "bidirectional": true}              | bidirectional is true, but by the file's tensors it is false
            {"name": "gru", "type": "GRU", "returns": "hidden"}                | returns = "hidden" is not supported, only "output", "h_n"
            {"name": "gru", "type": "GRU"}, {"name": "fc", "type": "LSTM"}, {"type": "Conv2d"} | the types "LSTM", "Conv2d" are not supported; of recurrent modules only GRU is
            {"name": "gru", "type": "GRU"}, {"name": "conv", "type": "Conv1d"} | layers[1] (Conv1d "conv"): its input size is 5, but it gets 7
            {"name": "gru", "type": "GRU"}, {"name": "gru", "type": "GRU"}     | two layers or inputs have this name
            {"name": "gru", "type": "GRU"}, {"type": "GRU", "module": "gru", "returns": "h_n"} | is the module "gru" as an earlier layer is
            {"name": "gru", "type": "GRU", "inputs": ["y"]}                    | inputs names "y", but before it there are only "x"
            {"name": "gru", "type": "GRU"}, {"type": "Softmax", "dim": 3}      | layers[1] (Softmax "softmax"): dim must be a whole number from -3 to 2
            {"name": "gru", "type": "GRU"}, {"type": "Softmax"}                | dim must be a whole number
            {"name": "gru", "type": "GRU"}, {"type": "mean", "dim": 2}         | dim must be 1, that of the steps
            {"name": "gru", "type": "GRU"}, {"type": "MaxPool1d", "kernel_size": 2, "padding": 1} | padding = 1 is not supported, only 0
            {"name": "gru", "type": "GRU"}, {"type": "MaxPool1d"}              | has no kernel_size
            {"name": "gru", "type": "GRU"}, {"type": "Flatten", "steps": 3}    | has no layout, which is "channels_last" or "channels_first"
            {"name": "gru", "type": "GRU"}, {"type": "select", "dim": 1, "index": 2} | index = 2 is not supported, only 0, -1
            {"type": "ReLU"}                                                   | is the first layer and does not say what it takes
            {"name": "gru"}                                                    | layers[0]: has no type
            3                                                                  | layers[0] must be an object, is 3
            """)
    void whatDoesNotFitIsNamed(String layers, String part) throws IOException {
        String message = refusal("conv_stream", "{\"layers\": [" + layers + "]}");
        assertTrue(message.contains(part), message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            {}                                              | m.json: has no layers
            {"layers": []}                                  | m.json: layers must not be empty
            {"layers": [{"name": "gru", "type": "GRU"}], "input": {}} | m.json: the field "input" is not known
            {"class_name": "Sequential", "config": {}}      | m.json: is a Keras configuration
            {"layers": [{"name": "gru", "type": "GRU"}], "inputs": ["x"]} | m.json: inputs must be an object of shapes by name
            {"layers": [{"name": "gru", "type": "GRU"}], "inputs": {"x": ["batch", "time", 5]}} | m.json: input "x": the shape must be a list of
            {"layers": [{"name": "gru", "type": "GRU"}], "inputs": {"x": ["batch", "steps", 5]}} | m.json: layers[0] (GRU "gru"): its input size is 8, but it gets 5
            {"layers": [{"name": "gru", "type": "GRU"}], "outputs": ["fc"]} | m.json: outputs names "fc", but before it there are only "x", "gru"
            [1]                                             | m.json: is not a JSON object
            """)
    void whatIsNoArchitectureIsSaid(String architecture, String part) throws IOException {
        String message = refusal("conv_stream", architecture);
        assertTrue(message.contains(part), message);
    }

    /** A window is as long as a number in the architecture says, and a stream keeps all of it. */
    @ParameterizedTest
    @ValueSource(ints = {100_000_000, 2_000_000_000})
    void statesThatNoFileJustifiesAreRefused(int dilation) throws IOException {
        String message = refusal("conv_stream", Files.readString(file("conv_stream", "architecture.json"))
                .replace("\"dilation\": 2", "\"dilation\": " + dilation));
        assertTrue(message.startsWith("m.json: ") && message.contains("conv"), message);
    }

    @Test
    void whatNoModuleHasIsAnArgumentThatDoesNotFit() throws IOException {
        Graph model = read("conv_stream");
        Graph other = Sequential.builder().add(model.layers().get(0))
                .gru(dev.gru.weights.GruVariant.RESET_BEFORE, 7).build();
        assertTrue(assertThrows(IllegalArgumentException.class,
                () -> PyTorchReader.readWeights(file("conv_stream", "model.safetensors"), other)).getMessage()
                .contains("layer gru must be of the variant RESET_AFTER"));
    }
}
