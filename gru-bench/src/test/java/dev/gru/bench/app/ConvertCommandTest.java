package dev.gru.bench.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

import dev.gru.format.Safetensors;
import dev.gru.format.SafetensorsWriter;

/** A converted model predicts what the original does, and the summary of both is the same. */
class ConvertCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path directory;

    private static String fixture(String name) throws URISyntaxException {
        return Path.of(ConvertCommandTest.class.getResource("/predict/" + name).toURI()).toString();
    }

    private int execute(String command, String[] args) {
        return execute(Stream.concat(Stream.of(command), Stream.of(args)).toArray(String[]::new));
    }

    private int execute(String... args) {
        CommandLine commandLine = GruCommand.commandLine();
        commandLine.setOut(new PrintWriter(out));
        commandLine.setErr(new PrintWriter(err));
        out.getBuffer().setLength(0);
        return commandLine.execute(args);
    }

    @ParameterizedTest
    @CsvSource({"article_model.keras, article_model.safetensors",
            "gru_two_layers.safetensors, gru_two_layers.io.safetensors"})
    void aConvertedModelIsTheSameModel(String name, String arrays) throws Exception {
        Path converted = directory.resolve("model.safetensors");
        assertEquals(0, execute("convert", "--model", fixture(name), "--out", converted.toString()));
        assertTrue(out.toString().matches("(?s)\\Q" + converted + "\\E: [\\d,]+ bytes, FP32\\R"), out.toString());
        assertEquals(0, execute("predict", "--model", converted.toString(), "--input", fixture(arrays)));
        assertEquals(0, execute("summary", "--model", fixture(name)));
        String summary = out.toString();
        assertTrue(summary.contains("Layer (type)") && summary.contains("Input: x (BATCH, STEP"), summary);
        assertTrue(summary.contains("Output: y (BATCH, STEP, FEATURE)"), summary);
        assertEquals(0, execute("summary", "--model", converted.toString()));
        assertEquals(summary, out.toString());
    }

    @Test
    void inBfloat16AFileIsSmallerAndOffByTheRoundingOfItsWeights() throws Exception {
        String whole = directory.resolve("whole").toString();
        String narrow = directory.resolve("narrow").toString();
        assertEquals(0, execute("convert", "--model", fixture("stacked_dense.keras"), "--out", whole));
        assertEquals(0, execute("convert", "--model", fixture("stacked_dense.keras"), "--out", narrow, "--precision",
                "bf16"));
        assertTrue(Files.size(Path.of(narrow)) < 0.7 * Files.size(Path.of(whole)));
        String arrays = fixture("stacked_dense.safetensors");
        assertEquals(1, execute("predict", "--model", narrow, "--input", arrays));
        assertEquals(0, execute("predict", "--model", narrow, "--input", arrays, "--tolerance", "0.05"));
    }

    @Test
    void oneGruOfALargerStateDictIsNamed() throws Exception {
        SafetensorsWriter module = new SafetensorsWriter().add("fc.bias", new float[2], 2);
        Safetensors gru = Safetensors.read(Path.of(fixture("gru_two_layers.safetensors")));
        for (Safetensors.Tensor tensor : gru.tensors().values()) {
            module.add("gru." + tensor.name(), tensor.floats(), tensor.shape());
        }
        String whole = directory.resolve("module").toString();
        module.write(Path.of(whole));
        String out = directory.resolve("out").toString();
        assertEquals(2, execute("convert", "--model", whole, "--out", out));
        assertEquals(0, execute("convert", "--model", whole, "--out", out, "--prefix", "gru."));
        assertEquals(0, execute("predict", "--model", out, "--input", fixture("gru_two_layers.io.safetensors")));
    }

    @Test
    void aModuleOfPyTorchIsConvertedByItsArchitecture() throws Exception {
        String[] module = {"--model", fixture("tagger.safetensors"), "--architecture", fixture("tagger.json")};
        String out = directory.resolve("out").toString();
        assertEquals(0, execute("convert", module[0], module[1], module[2], module[3], "--out", out));
        assertEquals(0, execute("predict", "--model", out, "--input", fixture("tagger.io.safetensors")));
        assertEquals(0, execute("summary", module));
    }

    /** What a graph is made of does not depend on its weights. */
    @Test
    void aGraphWhoseWeightsAreInputsIsSummarised() throws Exception {
        assertEquals(0, execute("summary", "--model", fixture("weights_as_inputs.onnx")));
        String summary = out.toString();
        assertTrue(summary.contains("(GRU)") && summary.contains("Input: X (STEP, BATCH, FEATURE)"), summary);
        String weights = fixture("weights_as_inputs.safetensors");
        assertEquals(0, execute("summary", "--model", fixture("weights_as_inputs.onnx"), "--weights", weights));
        assertEquals(summary, out.toString());
        String converted = directory.resolve("out").toString();
        assertEquals(2, execute("convert", "--model", fixture("weights_as_inputs.onnx"), "--out", converted));
        assertEquals(0, execute("convert", "--model", fixture("weights_as_inputs.onnx"), "--out", converted,
                "--weights", weights));
        assertEquals(0, execute("predict", "--model", converted, "--input", weights));
    }

    @Test
    void badArgumentsAreOneLine() throws Exception {
        String arrays = fixture("stacked_dense.safetensors");
        String out = directory.resolve("out").toString();
        assertEquals(2, execute("convert", "--model", arrays, "--out", out));
        assertTrue(err.toString().startsWith("gru: " + arrays + ": holds no torch.nn.GRU"), err.toString());
        assertFalse(Files.exists(Path.of(out)));
        assertEquals(2, execute("summary", "--model", out));
        assertTrue(err.toString().contains("gru: no such file: " + out), err.toString());
        Path model = Files.copy(Path.of(fixture("gru_two_layers.safetensors")), directory.resolve("model"));
        assertEquals(2, execute("convert", "--model", model.toString(), "--out", model.toString()));
        assertTrue(err.toString().contains("--out must be another file than --model"), err.toString());
    }
}
