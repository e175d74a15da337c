package dev.gru.bench.app;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

import dev.gru.format.Safetensors;
import dev.gru.format.SafetensorsWriter;
import dev.gru.format.file.ModelFormatException;
import dev.gru.layer.Tensor;

/** The command runs a model on an array, says how far it is off, and answers with the right exit status. */
class PredictCommandTest {
    @TempDir
    private Path directory;

    private static String fixture(String name) throws URISyntaxException {
        return Path.of(PredictCommandTest.class.getResource("/predict/" + name).toURI()).toString();
    }

    private final StringWriter out = new StringWriter();

    /** Runs the command with the reference kernel; what it throws comes out as it is. */
    private int run(String... arguments) throws Exception {
        CommandLine line = new CommandLine(new PredictCommand()).setCaseInsensitiveEnumValuesAllowed(true);
        line.setOut(new PrintWriter(out, true));
        String[] all = List.of(arguments).contains("--kernel") ? arguments : with(arguments, "--kernel", "scalar");
        line.parseArgs(all);
        return line.<PredictCommand>getCommand().call();
    }

    private static String[] with(String[] arguments, String... more) {
        return Stream.concat(Arrays.stream(arguments), Arrays.stream(more))
                .toArray(String[]::new);
    }

    private String file(String name, SafetensorsWriter writer) throws IOException {
        Path file = directory.resolve(name);
        writer.write(file);
        return file.toString();
    }

    @Test
    void tokensAgreeWithKeras() throws Exception {
        Path result = directory.resolve("out.safetensors");
        assertEquals(0, run("--model", fixture("article_model.keras"), "--input", fixture("article_model.safetensors"),
                "--output", result.toString()));
        List<String> lines = out.toString().lines().toList();
        assertTrue(lines.getFirst().startsWith("y [4, 7, 10]: "), out.toString());
        assertTrue(lines.getLast().matches("max \\|Δ\\| = \\d\\.\\de-0[678] \\(relative \\d\\.\\de-0[678]\\)"),
                out.toString());
        Safetensors written = Safetensors.read(result);
        assertArrayEquals(new int[]{4, 7, 10}, written.tensor("y").shape());
        assertArrayEquals(Safetensors.read(Path.of(fixture("article_model.safetensors"))).tensor("y").floats(),
                written.tensor("y").floats(), 1e-5f);
    }

    @Test
    void featuresAgreeWithKeras() throws Exception {
        assertEquals(0,
                run("--model", fixture("stacked_dense.keras"), "--input", fixture("stacked_dense.safetensors")));
        assertTrue(out.toString().startsWith("y [3, 1]: "), out.toString());
    }

    @Test
    void everyArrayOfAPyTorchStateDictAgreesByName() throws Exception {
        Path result = directory.resolve("out.safetensors");
        assertEquals(0, run("--model", fixture("gru_two_layers.safetensors"), "--input",
                fixture("gru_two_layers.io.safetensors"), "--output", result.toString()));
        List<String> lines = out.toString().lines().toList();
        assertEquals(3, lines.size(), out.toString());
        assertTrue(lines.get(0).matches("y \\[3, 7, 12\\]: \\d\\.\\de-0[678] \\(relative .*\\)"), out.toString());
        assertTrue(lines.get(1).matches("hn \\[2, 3, 12\\]: \\d\\.\\de-0[678] \\(relative .*\\)"), out.toString());
        assertTrue(lines.get(2).startsWith("max |Δ| = "), out.toString());
        assertEquals(List.of("y", "hn"), List.copyOf(Safetensors.read(result).tensors().keySet()));
    }

    @Test
    void everyArrayOfAnOnnxGraphAgreesByName() throws Exception {
        assertEquals(0,
                run("--model", fixture("sequence_lens.onnx"), "--input", fixture("sequence_lens.safetensors")));
        List<String> lines = out.toString().lines().toList();
        assertTrue(lines.get(0).matches("Y \\[7, 1, 3, 12\\]: \\d\\.\\de-0[678] \\(relative .*\\)"), out.toString());
        assertTrue(lines.get(1).matches("Y_h \\[1, 3, 12\\]: \\d\\.\\de-0[678] \\(relative .*\\)"), out.toString());
    }

    /** As in ONNX's own tests of the operator: the file of inputs has the weights too. */
    @Test
    void weightsThatAreInputsOfAGraphAreTakenFromTheFile() throws Exception {
        ModelProto model = ModelProto.parseFrom(Files.readAllBytes(Path.of(fixture("sequence_lens.onnx"))));
        GraphProto.Builder graph = model.getGraph().toBuilder().clearInitializer();
        Safetensors io = Safetensors.read(Path.of(fixture("sequence_lens.safetensors")));
        SafetensorsWriter arrays = new SafetensorsWriter();
        for (Safetensors.Tensor array : io.tensors().values()) {
            arrays.add(array.name(), array.dtype().equals("I32")
                    ? Tensor.of(array.ints(), array.shape())
                    : Tensor.of(array.floats(), array.shape()));
        }
        for (TensorProto weights : model.getGraph().getInitializerList()) {
            TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
            weights.getDimsList().forEach(size -> shape.addDimBuilder().setDimValue(size));
            graph.addInput(ValueInfoProto.newBuilder().setName(weights.getName()).setType(TypeProto.newBuilder()
                    .setTensorType(TypeProto.Tensor.newBuilder().setElemType(weights.getDataType()).setShape(shape))));
            float[] values = new float[weights.getRawData().size() / Float.BYTES];
            weights.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
            arrays.add(weights.getName(), values,
                    weights.getDimsList().stream().mapToInt(Long::intValue).toArray());
        }
        Path stripped = Files.write(directory.resolve("m.onnx"),
                model.toBuilder().setGraph(graph).build().toByteArray());
        assertEquals(0, run("--model", stripped.toString(), "--input", file("all.safetensors", arrays)));
        assertTrue(out.toString().startsWith("Y [7, 1, 3, 12]: "), out.toString());
        String message = assertThrows(ModelFormatException.class,
                () -> run("--model", stripped.toString(), "--input", fixture("sequence_lens.safetensors")))
                .getMessage();
        assertTrue(message.contains("its weights are inputs of the graph: \"W\", \"R\", \"B\""), message);
    }

    @Test
    void whatIsOptionalMayBeMissingAndTheWorstArrayDecides() throws Exception {
        Safetensors io = Safetensors.read(Path.of(fixture("gru_two_layers.io.safetensors")));
        String model = fixture("gru_two_layers.safetensors");
        SafetensorsWriter zeros = new SafetensorsWriter()
                .add("x", io.tensor("x").floats(), io.tensor("x").shape())
                .add("h0", new float[2 * 3 * 12], 2, 3, 12).add("lengths", new int[]{7, 7, 7}, 3);
        String in = file("zeros.safetensors", zeros);
        String expected = directory.resolve("expected.safetensors").toString();
        assertEquals(0, run("--model", model, "--input", in, "--output", expected));
        assertTrue(out.toString().contains("holds no y or hn, so there is nothing to compare"), out.toString());
        Safetensors outputs = Safetensors.read(Path.of(expected));
        SafetensorsWriter plain = new SafetensorsWriter().add("x", io.tensor("x").floats(), io.tensor("x").shape())
                .add("y", outputs.tensor("y").floats(), 3, 7, 12).add("hn", outputs.tensor("hn").floats(), 2, 3, 12);
        assertEquals(0, run("--model", model, "--input", file("plain.safetensors", plain), "--tolerance", "0"));
        SafetensorsWriter wrong = new SafetensorsWriter().add("x", io.tensor("x").floats(), io.tensor("x").shape())
                .add("y", outputs.tensor("y").floats(), 3, 7, 12).add("hn", new float[2 * 3 * 12], 2, 3, 12);
        assertEquals(1, run("--model", model, "--input", file("wrong.safetensors", wrong)));
        String noX = file("no-x.safetensors", new SafetensorsWriter().add("h0", new float[2 * 3 * 12], 2, 3, 12));
        assertTrue(assertThrows(ModelFormatException.class, () -> run("--model", model, "--input", noX)).getMessage()
                .contains("has no tensor \"x\""));
    }

    @Test
    void aDifferenceAboveTheToleranceIsStatus1() throws Exception {
        assertEquals(1, run("--model", fixture("article_model.keras"), "--input", fixture("article_model.safetensors"),
                "--tolerance", "1e-12"));
    }

    @Test
    void weightsInBfloat16AreOffByTheirRoundingAndNoMore() throws Exception {
        String[] files = {"--model", fixture("article_model.keras"), "--input", fixture("article_model.safetensors")};
        assertEquals(1, run(with(files, "--precision", "bf16")));
        assertEquals(0, run(with(files, "--precision", "bf16", "--tolerance", "0.05")));
    }

    @Test
    void moreThreadsPutOutWhatOneDoes() throws Exception {
        Path one = directory.resolve("one.safetensors");
        Path three = directory.resolve("three.safetensors");
        String[] files = {"--model", fixture("article_model.keras"), "--input", fixture("article_model.safetensors")};
        assertEquals(0, run(with(files, "--output", one.toString())));
        assertEquals(0, run(with(files, "--output", three.toString(), "--threads", "3")));
        assertArrayEquals(Files.readAllBytes(one), Files.readAllBytes(three));
        assertThrows(IllegalArgumentException.class, () -> run(with(files, "--threads", "0")));
    }

    @Test
    void anotherOutputThanExpectedIsStatus1() throws Exception {
        Safetensors io = Safetensors.read(Path.of(fixture("stacked_dense.safetensors")));
        float[] y = io.tensor("y").floats();
        y[1] = Float.NaN;
        String in = file("in.safetensors", new SafetensorsWriter()
                .add("x", io.tensor("x").floats(), io.tensor("x").shape()).add("y", y, 3, 1));
        assertEquals(1, run("--model", fixture("stacked_dense.keras"), "--input", in));
        assertTrue(out.toString().endsWith("max |Δ| = Infinity (relative Infinity)" + System.lineSeparator()),
                out.toString());
    }

    @Test
    void withoutAnExpectedOutputThereIsNothingToCompare() throws Exception {
        String in = file("in.safetensors", new SafetensorsWriter().add("x", new int[]{1, 2, 3}, 1, 3));
        assertEquals(0, run("--model", fixture("article_model.keras"), "--input", in));
        assertTrue(out.toString().contains("holds no y, so there is nothing to compare"), out.toString());
    }

    @Test
    void badArgumentsAreThrownWithAReason() throws Exception {
        String model = fixture("article_model.keras");
        String tokens = file("in.safetensors", new SafetensorsWriter().add("x", new int[]{1, 2, 3}, 1, 3));
        String features = file("x.safetensors", new SafetensorsWriter().add("x", new float[]{1, 2, 3}, 1, 3, 1));
        String floats = file("f.safetensors", new SafetensorsWriter().add("x", new float[]{1, 2, 3}, 1, 3));
        String outOfRange = file("o.safetensors", new SafetensorsWriter().add("x", new int[]{1, 2, 50}, 1, 3));
        String otherShape = file("s.safetensors",
                new SafetensorsWriter().add("x", new int[]{1, 2, 3}, 1, 3).add("y", new float[30], 3, 10));

        String ints = file("i.safetensors", new SafetensorsWriter().add("x", new int[]{1, 2, 3}, 1, 3, 1));

        assertThrows(ModelFormatException.class, () -> run("--model", model, "--input", features));
        assertThrows(ModelFormatException.class, () -> run("--model", model, "--input", floats));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> run("--model", model, "--input", ints))
                .getMessage().startsWith(ints + ": array x (BATCH, STEP) must have 2 dimensions"));
        assertThrows(IllegalArgumentException.class, () -> run("--model", model, "--input", outOfRange));
        assertThrows(IllegalArgumentException.class, () -> run("--model", model, "--input", otherShape));
        assertThrows(IllegalArgumentException.class,
                () -> run("--model", model, "--input", tokens, "--tolerance", "NaN"));
        assertThrows(IllegalArgumentException.class,
                () -> run("--model", model, "--input", tokens, "--output", tokens));
        assertThrows(IllegalStateException.class, () -> run("--model", model, "--input", tokens, "--kernel", "none"));
        assertThrows(ModelFormatException.class, () -> run("--model", tokens, "--input", tokens));
        assertThrows(ModelFormatException.class, () -> run("--model", model, "--input", model));
        assertThrows(NoSuchFileException.class, () -> run("--model", model, "--input", tokens + ".none"));
        try (Stream<Path> files = Files.list(directory)) {
            assertEquals(6, files.count());
        }
    }

    @Test
    void aModuleOfPyTorchAgreesWithItsArchitecture() throws Exception {
        String[] arguments = {"--model", fixture("tagger.safetensors"), "--input", fixture("tagger.io.safetensors")};
        assertEquals(0, run(with(arguments, "--architecture", fixture("tagger.json"))));
        assertTrue(out.toString().startsWith("y [3, 11, 4]: "), out.toString());
        assertTrue(assertThrows(ModelFormatException.class, () -> run(arguments)).getMessage()
                .contains("with its architecture the whole module is read"));
    }

    /** In Keras's JSON, or a line for each layer. */
    @ParameterizedTest
    @ValueSource(strings = {"weights_only_legacy.json", "weights_only.txt"})
    void weightsOfKerasAgreeWithTheirArchitecture(String architecture) throws Exception {
        assertEquals(0, run("--model", fixture("weights_only_legacy.h5"), "--input",
                fixture("weights_only.io.safetensors"), "--architecture", fixture(architecture)));
    }

    @Test
    void oneGruOfAModuleIsRunByItsPrefix() throws Exception {
        String in = file("in.safetensors", new SafetensorsWriter().add("x", new float[3 * 2 * 6], 3, 2, 6));
        assertEquals(0, run("--model", fixture("tagger.safetensors"), "--input", in, "--prefix", "gru."));
        assertThrows(IllegalArgumentException.class, () -> run("--model", fixture("tagger.safetensors"), "--input", in,
                "--prefix", "gru.", "--architecture", fixture("tagger.json")));
    }

    @Test
    void weightsOfAGraphMayBeInAFileOfTheirOwn() throws Exception {
        String all = fixture("weights_as_inputs.safetensors");
        assertEquals(0, run("--model", fixture("weights_as_inputs.onnx"), "--input", all));
        Safetensors io = Safetensors.read(Path.of(all));
        String x = file("x.safetensors", new SafetensorsWriter()
                .add("X", io.tensor("X").floats(), io.tensor("X").shape())
                .add("Y_h", io.tensor("Y_h").floats(), io.tensor("Y_h").shape()));
        assertEquals(0, run("--model", fixture("weights_as_inputs.onnx"), "--input", x, "--weights", all));
        assertThrows(ModelFormatException.class,
                () -> run("--model", fixture("weights_as_inputs.onnx"), "--input", x));
    }
}
