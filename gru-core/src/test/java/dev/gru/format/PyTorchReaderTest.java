package dev.gru.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.safetensors.DType;
import dev.gru.layer.Bidirectional;
import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer.Direction;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Layer;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;

/** A GRU is found by the names of its tensors and measured by their shapes, and all else is refused by name. */
class PyTorchReaderTest {
    /** The sizes of the fixtures. */
    private static final int FEATURES = 5;
    private static final int HIDDEN = 12;

    @TempDir
    private Path directory;

    private Path file(StateDict dict) throws IOException {
        return dict.write(directory.resolve("m.safetensors"));
    }

    private Graph read(StateDict dict) throws IOException {
        return PyTorchReader.read(file(dict));
    }

    private String refusal(StateDict dict) throws IOException {
        Path file = file(dict);
        String message = assertThrows(ModelFormatException.class, () -> PyTorchReader.read(file)).getMessage();
        assertTrue(message.startsWith(file + ": "), message);
        assertEquals(1, message.lines().count(), message);
        return message;
    }

    private static float[] floats(FloatBuffer view) {
        float[] values = new float[view.remaining()];
        view.get(values);
        return values;
    }

    @Test
    void layersAndDirectionsAreFoundByTheirNames() throws IOException {
        Graph one = read(StateDict.of("gru"));
        assertEquals(List.of("l0"), one.layers().stream().map(Layer::name).toList());
        Graph two = read(StateDict.of("gru_two_layers"));
        assertEquals(List.of("l0", "l1"), two.layers().stream().map(Layer::name).toList());
        Graph both = read(StateDict.of("gru_bidirectional_two_layers"));
        assertEquals(List.of("l0", "l1"), both.layers().stream().map(Layer::name).toList());
        Bidirectional last = (Bidirectional) both.layers().getLast();
        assertEquals("l1", last.forward().name());
        assertEquals("l1_reverse", last.backward().name());
        assertEquals(Direction.BACKWARD, last.backward().direction());
        assertEquals(2 * HIDDEN, last.inputSize());
        assertEquals(FEATURES, both.inputSize());
        assertEquals(2 * HIDDEN, both.outputSize());
        assertTrue(both.returnsSequences());
    }

    @Test
    void weightsAreCanonicalAsTheyStand() throws IOException {
        StateDict dict = StateDict.of("gru");
        GruLayer layer = (GruLayer) read(dict).layers().getFirst();
        GruWeights weights = layer.weights();
        assertEquals(GruVariant.RESET_AFTER, weights.variant());
        assertEquals(FEATURES, weights.inputSize());
        assertEquals(HIDDEN, weights.hiddenSize());
        assertArrayEquals(dict.values("weight_ih_l0"), floats(weights.weightIh()));
        assertArrayEquals(dict.values("weight_hh_l0"), floats(weights.weightHh()));
        assertArrayEquals(dict.values("bias_ih_l0"), floats(weights.biasIh()));
        assertArrayEquals(dict.values("bias_hh_l0"), floats(weights.biasHh()));
        assertTrue(layer.zeroOutputForMask());
    }

    @Test
    void withoutBiasesTheyAreZeros() throws IOException {
        GruLayer layer = (GruLayer) read(StateDict.of("gru_no_bias")).layers().getFirst();
        assertArrayEquals(new float[3 * HIDDEN], floats(layer.weights().biasIh()));
        assertArrayEquals(new float[3 * HIDDEN], floats(layer.weights().biasHh()));
    }

    @Test
    void theArraysAreThoseOfTheDocumentationOfPyTorch() throws IOException {
        var signature = read(StateDict.of("gru_bidirectional_two_layers")).signature();
        assertEquals(List.of("x", "h0", "lengths"), signature.inputs().stream().map(port -> port.name()).toList());
        assertEquals(List.of("y", "hn"), signature.outputs().stream().map(port -> port.name()).toList());
        assertEquals(List.of(false, true, true), signature.inputs().stream().map(port -> port.optional()).toList());
        assertEquals(4, signature.inputs().get(1).count());
        assertEquals(4, signature.outputs().get(1).count());
        assertEquals(2 * HIDDEN, signature.outputs().get(0).count());
    }

    @ParameterizedTest
    @EnumSource(names = {"F16", "BF16"})
    void narrowTensorsAreWidened(DType dtype) throws IOException {
        StateDict dict = StateDict.of("gru").converted(dtype);
        GruLayer layer = (GruLayer) read(dict).layers().getFirst();
        float[] whole = dict.values("weight_hh_l0");
        float[] expected = new float[whole.length];
        for (int i = 0; i < whole.length; i++) {
            expected[i] = dtype == DType.F16
                    ? Float.float16ToFloat(Float.floatToFloat16(whole[i]))
                    : Float.intBitsToFloat(Float.floatToRawIntBits(whole[i]) & 0xFFFF0000);
        }
        assertArrayEquals(expected, floats(layer.weights().weightHh()));
    }

    @Test
    void typesMayDifferFromTensorToTensorButNoneMayLose() throws IOException {
        read(StateDict.of("gru").converted("weight_hh_l0", DType.BF16).converted("bias_ih_l0", DType.F16));
        assertTrue(refusal(StateDict.of("gru").converted("weight_hh_l0", DType.F64))
                .contains("tensor \"weight_hh_l0\": is of type F64, but weights must be F32, F16 or BF16"));
        assertTrue(refusal(StateDict.of("gru").converted("bias_hh_l0", DType.I32))
                .contains("tensor \"bias_hh_l0\": is of type I32"));
    }

    @Test
    void aPrefixIsPartOfTheLayersNames() throws IOException {
        Graph model = read(StateDict.of("gru_two_layers").renamed(name -> "encoder.rnn." + name));
        assertEquals(List.of("encoder.rnn.l0", "encoder.rnn.l1"), model.layers().stream().map(Layer::name).toList());
        assertEquals("weight_ih_l0l0",
                read(StateDict.of("gru").renamed(name -> "weight_ih_l0" + name)).layers().getFirst().name());
    }

    @Test
    void aWholeModuleIsRefusedByNamesUnlessItsGruIsAskedFor() throws IOException {
        StateDict module = StateDict.of("gru").renamed(name -> "gru." + name).with("embedding.weight", 7, FEATURES)
                .with("fc.weight", 2, HIDDEN).with("fc.bias", 2);
        String message = refusal(module);
        assertTrue(message.contains("\"embedding.weight\", \"fc.weight\", \"fc.bias\""), message);
        assertTrue(message.contains("PyTorchReader.read(file, \"gru.\")"), message);
        Path file = file(module);
        assertEquals("gru.l0", PyTorchReader.read(file, "gru.").layers().getFirst().name());
        assertTrue(assertThrows(ModelFormatException.class, () -> PyTorchReader.read(file, "gru")).getMessage()
                .contains("holds no GRU with the prefix \"gru\", but with \"gru.\""));
    }

    @Test
    void ofSeveralGrusOneMustBeChosen() throws IOException {
        StateDict two = StateDict.of("gru").renamed(name -> "a." + name)
                .with(StateDict.of("gru_two_layers").renamed(name -> "b." + name));
        assertTrue(refusal(two).contains("holds 2 recurrent modules, with the prefixes \"a.\", \"b.\""));
        assertEquals(2, PyTorchReader.read(file(two), "b.").layers().size());
    }

    @Test
    void manyNamesAreNotAllListed() throws IOException {
        StateDict module = StateDict.of("gru");
        IntStream.range(0, 1000).forEach(i -> module.with("norm" + i, 1));
        String message = refusal(module);
        assertTrue(message.contains("\"norm7\" and 992 more"), message);
        assertTrue(message.length() < 500, message);
    }

    @Test
    void otherModulesAreRefusedByName() throws IOException {
        assertTrue(refusal(new StateDict()).contains("holds no torch.nn.GRU"));
        assertTrue(
                refusal(new StateDict().with("fc.weight", 2, 3)).contains("holds no torch.nn.GRU: no tensor is called "
                        + "weight_ih_l0, whatever the prefix, but \"fc.weight\""));
        assertTrue(refusal(new StateDict().with("cell.weight_ih", 6, 2).with("cell.weight_hh", 6, 2))
                .contains("holds no torch.nn.GRU"));
        assertTrue(refusal(new StateDict().with("weight_ih_l0", 8, 3).with("weight_hh_l0", 8, 2))
                .contains("tensor \"weight_hh_l0\": has the shape [8, 2], but that of a GRU is (3 · hidden, hidden); "
                        + "(4 · hidden, hidden) looks like an LSTM"));
        assertTrue(refusal(new StateDict().with("rnn.weight_ih_l0", 4, 3).with("rnn.weight_hh_l0", 4, 4)
                .with("fc.bias", 2)).contains("looks like a plain RNN"));
    }

    @ParameterizedTest
    @CsvSource({
            "gru, weight_ih_l0", "gru, weight_hh_l0", "gru, bias_ih_l0", "gru, bias_hh_l0",
            "gru_two_layers, bias_hh_l1", "gru_two_layers, weight_hh_l1",
            "gru_bidirectional_two_layers, weight_ih_l0_reverse", "gru_bidirectional_two_layers, bias_ih_l1_reverse",
            "gru_bidirectional_two_layers, weight_ih_l1"})
    void aMissingTensorIsNamed(String pytorchCase, String name) throws IOException {
        String message = refusal(StateDict.of(pytorchCase).without(name));
        assertTrue(message.contains("there is no tensor \"" + name + "\""), message);
    }

    @ParameterizedTest
    @CsvSource({
            "weight_ih_l2, 'there is no tensor \"weight_ih_l1\"'",
            "weight_ih_l999999999, 'there is no tensor \"weight_ih_l1\"'",
            "bias_hh_l1_reverse, 'there is no tensor \"weight_ih_l0_reverse\"'",
            "weight_ih_l00, 'beside those of the GRU, which would be left out: \"weight_ih_l00\"'",
            "weight_ih_l1000000000, 'beside those of the GRU'",
            "weight_hr_l0, 'beside those of the GRU'"})
    void aTensorTooManyIsRefused(String name, String part) throws IOException {
        String message = refusal(StateDict.of("gru").with(name, 36, 12));
        assertTrue(message.contains(part), message);
    }

    @ParameterizedTest
    @CsvSource({"weight_ih_l0, 35, 5", "weight_ih_l0, 36, 0", "weight_hh_l0, 36, 11", "weight_hh_l0, 0, 0",
            "bias_ih_l0, 36, 1", "bias_hh_l0, 12, 3"})
    void aTensorOfAnotherShapeIsNamed(String name, int rows, int columns) throws IOException {
        String message = refusal(StateDict.of("gru").with(name, rows, columns));
        assertTrue(message.contains("tensor \"" + name + "\": has the shape [" + rows + ", " + columns + "], but "),
                message);
    }
}
