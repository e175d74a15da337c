package dev.gru.bench.app;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

import dev.gru.bench.execution.ExitStatus;
import dev.gru.bench.tagging.TaggedFileWriter;
import dev.gru.bench.tagging.TaggedSequence;
import dev.gru.format.CheckpointFile;
import dev.gru.format.ModelFile;
import dev.gru.train.math.Parameters;

/** Small models on data whose label is the token before: what only a model with a memory can learn. */
class TrainCommandTest {
    private static final int SIGINT = 2;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path directory;
    private Path data;

    @BeforeEach
    void makeData() throws IOException {
        data = directory.resolve("d.tsv.gz");
        Random random = new Random(3);
        TaggedFileWriter.write(data, writer -> {
            for (int i = 0; i < 60; i++) {
                List<String> tokens = new ArrayList<>();
                List<String> labels = new ArrayList<>();
                for (int t = 0; t < 10 + i % 20; t++) {
                    labels.add(t == 0 ? "NONE" : "AFTER_" + tokens.getLast());
                    tokens.add(String.valueOf((char) ('a' + random.nextInt(3))));
                }
                writer.add(new TaggedSequence(tokens, labels));
            }
        });
    }

    private List<String> arguments(String name, String... more) {
        List<String> arguments = new ArrayList<>(List.of("train", "--data", data.toString(), "--out",
                directory.resolve(name).toString(), "--embedding", "8", "--units", "16", "--layers", "1", "--dropout",
                "0.1", "--batch", "8", "--length", "16", "--learning-rate", "0.02", "--kernel", "portable"));
        arguments.addAll(List.of(more));
        return arguments;
    }

    private int train(String name, String... more) {
        return execute(arguments(name, more).toArray(String[]::new));
    }

    private int execute(String... args) {
        CommandLine commandLine = GruCommand.commandLine();
        commandLine.setOut(new PrintWriter(out));
        commandLine.setErr(new PrintWriter(err));
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return commandLine.execute(args);
    }

    private byte[] bytes(String name) throws IOException {
        return Files.readAllBytes(directory.resolve(name));
    }

    @Test
    void aTrainedModelIsEvaluatedWithWhatIsInItsFile() throws IOException {
        assertEquals(0, train("m.safetensors", "--epochs", "12"), err.toString());
        List<String> lines = out.toString().lines().toList();
        assertTrue(
                lines.getFirst()
                        .startsWith(data + ": 1,170 tokens of 60 sequences in 99 rows of up to 16; 5 ids, 4 labels;"
                                + " "),
                lines.getFirst());
        assertTrue(lines.get(12).matches("epoch 12/12: loss \\d\\.\\d{4}, accuracy [\\d.]+ %, val_loss \\d\\.\\d{4},"
                + " val_accuracy [\\d.]+ %, [\\d,]+ tokens/s"), out.toString());
        assertEquals(14, lines.size(), out.toString());
        Map<String, String> notes = ModelFile.readContent(directory.resolve("m.safetensors")).notes();
        assertEquals("AFTER_a\nAFTER_b\nAFTER_c\nNONE", notes.get("tagger.labels"));
        assertEquals(5, notes.get("tagger.vocabulary").lines().count());
        try (var files = Files.list(directory)) {
            assertEquals(List.of("d.tsv.gz", "m.checkpoint.previous.safetensors", "m.checkpoint.safetensors",
                    "m.history.csv", "m.safetensors"),
                    files.map(path -> path.getFileName().toString()).sorted().toList());
        }
        Path json = directory.resolve("e.json");
        assertEquals(0, execute("evaluate", "--model", directory.resolve("m.safetensors").toString(), "--data",
                data.toString(), "--length", "16", "--kernel", "portable", "--json", json.toString()), err.toString());
        double accuracy = Double.parseDouble(
                Files.readString(json).replaceAll("(?s).*?\"accuracy\" : ([0-9.]+).*", "$1"));
        // All but the first token of the second row of a sequence can be known: of 1,170, the first ones of 39 rows
        // cannot.
        assertTrue(accuracy > 0.95, "accuracy " + accuracy);
    }

    @Test
    void theHistoryHasALineForEachEpoch() throws IOException {
        assertEquals(0, train("m.safetensors", "--epochs", "2"), err.toString());
        List<String> lines = Files.readAllLines(directory.resolve("m.history.csv"));
        assertEquals("epoch,steps,learning_rate,loss,accuracy,val_loss,val_accuracy", lines.getFirst());
        assertEquals(3, lines.size());
        assertTrue(lines.get(1).startsWith("1,10,0.02,"), lines.get(1));
        assertTrue(lines.get(2).matches("2,20,0\\.02(,\\d\\.\\d+){4}"), lines.get(2));
        assertEquals(0, train("m.safetensors", "--epochs", "1", "--validation-split", "0", "--overwrite"),
                err.toString());
        lines = Files.readAllLines(directory.resolve("m.history.csv"));
        assertEquals("epoch,steps,learning_rate,loss,accuracy", lines.getFirst());
        assertTrue(lines.get(1).matches("1,13,0\\.02(,\\d\\.\\d+){2}"), lines.get(1));
    }

    @Test
    void moreEpochsLaterMakeTheModelThatAllAtOnceMake() throws IOException {
        assertEquals(0, train("all.safetensors", "--epochs", "3"), err.toString());
        assertEquals(0, train("parts.safetensors", "--epochs", "1"), err.toString());
        assertEquals(0, train("parts.safetensors", "--epochs", "3", "--threads", "2", "--resume"), err.toString());
        assertTrue(out.toString().contains("continuing in epoch 2/3 after 0 of 10 batches"), out.toString());
        assertArrayEquals(bytes("all.safetensors"), bytes("parts.safetensors"));
        assertArrayEquals(bytes("all.history.csv"), bytes("parts.history.csv"));
    }

    @Test
    void aResumedTrainingMustBeTheSame() throws IOException {
        assertEquals(2, train("m.safetensors", "--resume"));
        assertEquals("gru: --resume needs a checkpoint to continue from, and there is no "
                + directory.resolve("m.checkpoint.safetensors"), err.toString().strip());
        assertEquals(0, train("m.safetensors", "--epochs", "1"), err.toString());
        byte[] model = bytes("m.safetensors");
        for (List<String> other : List.of(List.of("--units", "8"), List.of("--seed", "8"), List.of("--length", "8"),
                List.of("--vocabulary", "3"), List.of("--dropout", "0.2"), List.of("--patience", "2"),
                List.of("--batch-order", "bucketed"))) {
            assertEquals(2,
                    execute(replaced(arguments("m.safetensors", "--epochs", "2", "--resume"), other.get(0),
                            other.get(1))),
                    other.toString());
            assertTrue(err.toString().contains("that of the training that is resumed"), err.toString());
        }
        assertArrayEquals(model, bytes("m.safetensors"));
    }

    @Test
    void aCompleteTrainingIsResumedToItsModel() throws IOException {
        assertEquals(0, train("m.safetensors", "--epochs", "2"), err.toString());
        byte[] model = bytes("m.safetensors");
        byte[] history = bytes("m.history.csv");
        Files.delete(directory.resolve("m.safetensors"));
        for (String epochs : List.of("2", "1")) {
            assertEquals(0, train("m.safetensors", "--epochs", epochs, "--resume"), err.toString());
            List<String> lines = out.toString().lines().toList();
            assertEquals("the training is complete, after 2 epochs", lines.get(1));
            assertEquals(3, lines.size(), lines.toString());
            assertArrayEquals(model, bytes("m.safetensors"));
            assertArrayEquals(history, bytes("m.history.csv"));
        }
    }

    @Test
    void whatIsThereIsNotReplacedUnlessThatIsAskedFor() throws IOException {
        assertEquals(0, train("m.safetensors", "--epochs", "1"), err.toString());
        Path model = directory.resolve("m.safetensors");
        Path checkpoint = directory.resolve("m.checkpoint.safetensors");
        Path previous = directory.resolve("m.checkpoint.previous.safetensors");
        String options = " already: --resume continues from the last checkpoint, --overwrite starts from the beginning"
                + " and replaces it";
        byte[] before = Files.readAllBytes(checkpoint);
        for (List<Path> there : List.of(List.of(model, checkpoint), List.of(checkpoint), List.of(previous))) {
            for (Path path : List.of(model, checkpoint, previous)) {
                Files.deleteIfExists(path);
                if (there.contains(path)) {
                    Files.write(path, before);
                }
            }
            assertEquals(2, train("m.safetensors", "--epochs", "3"));
            assertEquals("gru: a training has written checkpoints to " + checkpoint + options, err.toString().strip());
            assertEquals("", out.toString());
            for (Path path : List.of(model, checkpoint, previous)) {
                assertEquals(there.contains(path), Files.exists(path));
            }
            for (Path path : there) {
                assertArrayEquals(before, Files.readAllBytes(path));
            }
        }
        Files.delete(previous);
        Files.writeString(model, "a model");
        assertEquals(2, train("m.safetensors"));
        assertEquals("gru: there is a model " + model + options, err.toString().strip());
        assertEquals(2, train("m.safetensors", "--overwrite", "--resume"));
        assertTrue(err.toString().startsWith("gru: --resume and --overwrite cannot be given both"), err.toString());
        assertEquals("a model", Files.readString(model));
        assertEquals(0, train("m.safetensors", "--epochs", "1", "--overwrite"), err.toString());
    }

    @Test
    void whatDivergesEndsWithAStatusAndOneLineAndWritesNoModel() throws IOException {
        Path checkpoint = directory.resolve("m.checkpoint.safetensors");
        String[][] runs = {{"--learning-rate", "3e38"}, {"--learning-rate", "1e38", "--units", "4"},
                {"--weight-decay", "3e38"}, {"--weight-decay", "1e37", "--layers", "2"},
                {"--weight-decay", "3e38", "--schedule", "cosine", "--patience", "1"}};
        for (String[] run : runs) {
            List<String> arguments = arguments("m.safetensors", "--epochs", "40", "--overwrite");
            String[] all = {};
            for (int i = 0; i < run.length; i += 2) {
                all = replaced(arguments, run[i], run[i + 1]);
            }
            assertEquals(ExitStatus.NO, execute(all), List.of(run).toString());
            assertTrue(err.toString().matches("gru: the training diverged in batch \\d+ of epoch \\d+: .*; no model was"
                    + " written, and \\Q" + checkpoint + "\\E is from before the divergence\\R"), err.toString());
            assertFalse(Files.exists(directory.resolve("m.safetensors")));
            CheckpointFile.Content last = new CheckpointFile(checkpoint).read();
            last.arrays().forEach((name, array) -> assertFinite(name, array.floats()));
            Parameters parameters = Parameters.of(last.model());
            for (String name : parameters.names()) {
                for (double value : parameters.get(name)) {
                    assertTrue(Double.isFinite(value), name);
                }
            }
        }
        byte[] before = Files.readAllBytes(checkpoint);
        for (String[] run : new String[][]{{"--learning-rate", "1e39"}, {"--weight-decay", "1e300"}}) {
            assertEquals(2, execute(replaced(arguments("m.safetensors", "--overwrite"), run[0], run[1])));
            assertTrue(err.toString().contains(" must be at least 0 and finite as a float, was "), err.toString());
            assertArrayEquals(before, Files.readAllBytes(checkpoint));
        }
    }

    private static void assertFinite(String name, float[] values) {
        for (float value : values) {
            assertTrue(Float.isFinite(value), name);
        }
    }

    @Test
    void whatGetsNoBetterEndsEarly() throws IOException {
        assertEquals(0,
                execute(replaced(arguments("m.safetensors", "--epochs", "50", "--patience", "1"), "--learning-rate",
                        "0.5")),
                err.toString());
        int epochs = Files.readAllLines(directory.resolve("m.history.csv")).size() - 1;
        assertTrue(epochs < 50, out.toString());
        assertTrue(out.toString().contains("val_loss has not improved for 1 epochs: the weights are those of epoch "
                + (epochs - 1)), out.toString());
    }

    @Test
    void labelsMayHaveAnOrderOfTheirOwn() throws IOException {
        Path labels = Files.write(directory.resolve("l.txt"), List.of("NONE", "X", "AFTER_c", "AFTER_b", "AFTER_a"));
        assertEquals(0, train("m.safetensors", "--epochs", "1", "--labels", labels.toString()), err.toString());
        assertEquals("NONE\nX\nAFTER_c\nAFTER_b\nAFTER_a",
                ModelFile.readContent(directory.resolve("m.safetensors")).notes().get("tagger.labels"));
        Files.write(labels, List.of("NONE"));
        assertEquals(2, train("m.safetensors", "--labels", labels.toString(), "--overwrite"));
        assertTrue(err.toString().startsWith("gru: " + data + ": line 2: the label AFTER_"), err.toString());
    }

    @Test
    void badArgumentsAreOneLineAndNothingIsWritten() throws IOException {
        String[][] runs = {{"--embedding", "0"}, {"--units", "0"}, {"--layers", "0"}, {"--layers", "2147483647"},
                {"--dropout", "1"},
                {"--epochs", "0"}, {"--batch", "0"}, {"--length", "0"}, {"--validation-split", "1"},
                {"--learning-rate", "-1"}, {"--learning-rate", "NaN"}, {"--vocabulary", "2"}, {"--threads", "0"},
                {"--patience", "0"},
                {"--data", "missing.tsv"}, {"--kernel", "none"}};
        for (String[] run : runs) {
            assertEquals(2, execute(replaced(arguments("m.safetensors"), run[0], run[1])), run[0]);
            assertEquals(1, err.toString().lines().count(), err.toString());
            assertTrue(err.toString().startsWith("gru: "), err.toString());
        }
        assertEquals(2, train("missing/m.safetensors"));
        assertTrue(err.toString().contains("missing/m.safetensors: there is no directory "), err.toString());
        try (var files = Files.list(directory)) {
            assertEquals(List.of(data), files.toList());
        }
    }

    /**
     * A limit on the size of files is what a full disk is, at the moment when the model is written: there is nothing
     * left to be trained, so the only other file is the history, which is shorter than the limit.
     */
    @Test
    void aModelThatCannotBeWrittenLeavesTheOldTaggerAsItWas() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "the limit is set by bash");
        assertEquals(0, train("old.safetensors", "--epochs", "3"), err.toString());
        Path model = directory.resolve("old.safetensors");
        byte[] before = Files.readAllBytes(model);
        List<String> evaluation = List.of("evaluate", "--model", model.toString(), "--data", data.toString());
        assertEquals(0, execute(evaluation.toArray(String[]::new)), err.toString());
        String expected = out.toString();

        try (InputStream in = new GZIPInputStream(Files.newInputStream(data))) {
            data = Files.writeString(directory.resolve("other.tsv"),
                    new String(in.readAllBytes(), StandardCharsets.UTF_8).replaceAll("(?m)^a\t", "other\t"));
        }
        assertEquals(0, train("new.safetensors", "--epochs", "1"), err.toString());
        Files.move(directory.resolve("new.checkpoint.safetensors"), directory.resolve("old.checkpoint.safetensors"),
                StandardCopyOption.REPLACE_EXISTING);
        List<String> command = new ArrayList<>(List.of("/bin/bash", "-c", "ulimit -f 4 && exec \"$0\" \"$@\""));
        command.addAll(java());
        command.addAll(arguments("old.safetensors", "--epochs", "1", "--resume"));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        List<String> lines = process.inputReader(StandardCharsets.UTF_8).lines().toList();
        assertEquals(2, process.waitFor(), lines.toString());
        assertTrue(lines.getLast().startsWith("gru: " + model + ": "), lines.toString());

        assertArrayEquals(before, Files.readAllBytes(model));
        assertEquals(0, execute(evaluation.toArray(String[]::new)), err.toString());
        assertEquals(expected, out.toString());
    }

    private static String[] replaced(List<String> arguments, String option, String value) {
        int at = arguments.indexOf(option);
        if (at < 0) {
            arguments.addAll(List.of(option, value));
        } else {
            arguments.set(at + 1, value);
        }
        return arguments.toArray(String[]::new);
    }

    /** Returns the beginning of the command line of another process. */
    private static List<String> java() {
        return List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC",
                "-XX:-UsePerfData", "-Xmx256m", "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                GruCommand.class.getName());
    }

    private static boolean ignoresSignal(int signal) throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return false;
        }
        String ignored = Files.readAllLines(status).stream().filter(line -> line.startsWith("SigIgn:")).findFirst()
                .orElse("SigIgn:\t0").split("\t", 2)[1].strip();
        return (Long.parseUnsignedLong(ignored, 16) >>> (signal - 1) & 1) == 1;
    }

    @Test
    void ctrlCLeavesACheckpointAndTheTrainingGoesOnFromIt() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/kill")), "signals are sent by /bin/kill");
        assumeFalse(ignoresSignal(SIGINT), "what runs in the background of a shell script knows no Ctrl-C");
        assertEquals(0, train("all.safetensors", "--epochs", "400"), err.toString());
        List<String> command = new ArrayList<>(java());
        command.addAll(arguments("parts.safetensors", "--epochs", "400"));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        List<String> lines = new ArrayList<>();
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(line);
                if (line.startsWith("epoch 2/")) {
                    assertEquals(0, new ProcessBuilder("/bin/kill", "-INT", String.valueOf(process.pid())).start()
                            .waitFor());
                }
            }
        }
        assertTrue(process.waitFor(1, TimeUnit.MINUTES));
        assertEquals(ExitStatus.INTERRUPTED, process.exitValue(), lines.toString());
        assertEquals("interrupted; the same command with --resume continues from "
                + directory.resolve("parts.checkpoint.safetensors"), lines.getLast());
        assertFalse(Files.exists(directory.resolve("parts.safetensors")));
        assertEquals(0, train("parts.safetensors", "--epochs", "400", "--resume"), err.toString());
        assertArrayEquals(bytes("all.safetensors"), bytes("parts.safetensors"));
    }
}
