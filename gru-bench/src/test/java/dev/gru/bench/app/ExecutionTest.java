package dev.gru.bench.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine;

import dev.gru.bench.ChildJvm;
import dev.gru.bench.execution.CommandFiles;
import dev.gru.bench.terminal.PrintableWriter;
import dev.gru.format.ModelFile;
import dev.gru.format.SafetensorsWriter;
import dev.gru.layer.Dense;
import dev.gru.layer.Sequential;
import dev.gru.layer.Signature.Axis;
import dev.gru.layer.Signature.Port;
import dev.gru.layer.Signature.Role;
import dev.gru.layer.Signature;
import dev.gru.layer.TimeDistributed;
import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;
import dev.gru.weights.Precision;

/** How commands end, and what their output may do to a terminal. */
class ExecutionTest {
    private static final String ESCAPES = "a\u001b[2J\u009b\nb\u202e";
    private static final String PRINTED = "a?[2J??b?";

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path directory;
    private Path model;

    /** Prints a line and ends as it is told to. */
    @Command(name = "end")
    private record End(Callable<Integer> how, Spoken spoken) implements Callable<Integer> {
        @Override
        public Integer call() throws Exception {
            spoken.spec.commandLine().getOut().println(ESCAPES);
            return how.call();
        }
    }

    /** Where picocli tells the command what it belongs to. */
    private static final class Spoken {
        private CommandSpec spec;
    }

    @BeforeEach
    void copyModel() throws IOException {
        model = directory.resolve("model.keras");
        try (InputStream in = ExecutionTest.class.getResourceAsStream("/predict/stacked_dense.keras")) {
            Files.copy(in, model);
        }
    }

    private CommandLine line() {
        return GruCommand.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    }

    private int end(Callable<Integer> how, String... args) {
        Spoken spoken = new Spoken();
        CommandLine line = line();
        line.addSubcommand(new End(how, spoken));
        spoken.spec = line.getSubcommands().get("end").getCommandSpec();
        String[] all = Stream.concat(Stream.of(args), Stream.of("end")).toArray(String[]::new);
        return line.execute(all);
    }

    private static Callable<Integer> throwing(Throwable thrown) {
        return () -> ExecutionTest.<RuntimeException>sneak(thrown);
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> Integer sneak(Throwable thrown) throws T {
        throw (T) thrown;
    }

    private static Stream<Map.Entry<Throwable, Integer>> thrown() {
        return Map.<Throwable, Integer>ofEntries(Map.entry(new OutOfMemoryError("Java heap space"), 3),
                Map.entry(new StackOverflowError(), 3), Map.entry(new NoClassDefFoundError("a/B"), 3),
                Map.entry(new ExceptionInInitializerError("x"), 3), Map.entry(new AssertionError("x"), 3),
                Map.entry(new InternalError("x"), 3), Map.entry(new ArithmeticException("integer overflow"), 3),
                Map.entry(new NullPointerException(), 3), Map.entry(new IndexOutOfBoundsException("1"), 3),
                Map.entry(new NegativeArraySizeException("-1"), 3), Map.entry(new IllegalArgumentException(ESCAPES), 2),
                Map.entry(new IllegalStateException(), 2), Map.entry(new IOException("f: is bad\n\tat x"), 2),
                Map.entry(new UncheckedIOException(new IOException("x")), 2),
                Map.entry(new InterruptedException(), 130)).entrySet().stream();
    }

    @ParameterizedTest
    @MethodSource("thrown")
    void whateverIsThrownIsOneLineAndAStatus(Map.Entry<Throwable, Integer> thrown) {
        assertEquals(thrown.getValue(), end(throwing(thrown.getKey())));
        assertTrue(err.toString().matches("gru: \\P{Cntrl}+\\R"), err.toString());
        assertEquals(thrown.getValue(), end(throwing(thrown.getKey()), "--stacktrace"));
        assertTrue(err.toString().contains("\tat " + ExecutionTest.class.getName()), err.toString());
    }

    @Test
    void everyHelpListsTheStatuses() {
        CommandLine line = line();
        for (Map.Entry<String, CommandLine> command : line.getSubcommands().entrySet()) {
            String help = command.getValue().getUsageMessage();
            assertTrue(help.contains("Exit status:") && help.contains("130") && help.contains("--stacktrace"), help);
        }
        assertTrue(line.getSubcommands().get("predict").getUsageMessage().matches("(?s).*\\R +1 +an output differs.*"));
    }

    @Test
    void whatIsPrintedStaysInItsLine() {
        assertEquals(0, end(() -> 0));
        assertEquals("a?[2J?\nb?\n", out.toString().replace(System.lineSeparator(), "\n"));
        PrintWriter printable = PrintableWriter.of(new PrintWriter(out));
        out.getBuffer().setLength(0);
        printable.print('\ud83d');
        printable.print("\ude00\td\ud83d.\ude00");
        PrintableWriter.raw(printable).print("\u001b[1mü");
        printable.flush();
        assertEquals("😀\td?.?\u001b[1mü", out.toString());
    }

    @Test
    void namesOutOfAModelArePrintable() throws IOException {
        Path escapes = directory.resolve("escapes.safetensors");
        Port in = new Port(ESCAPES, Role.INPUT, 0, 0, List.of(Axis.BATCH, Axis.STEP, Axis.FEATURE));
        Port put = new Port(ESCAPES, Role.OUTPUT, 0, 1, List.of(Axis.BATCH, Axis.STEP, Axis.FEATURE));
        Dense dense = new Dense("dense", new DenseWeights(1, 1, Activation.LINEAR, new float[]{2}, new float[]{1}));
        ModelFile.write(new Sequential(List.of(new TimeDistributed(ESCAPES, dense)),
                new Signature(List.of(in), List.of(put))), escapes, Precision.FP32);
        assertEquals(0, line().execute("summary", "--model", escapes.toString()), err.toString());
        assertTrue(out.toString().contains(PRINTED + " (TimeDistributed)"), out.toString());
        assertTrue(out.toString().contains("Input: " + PRINTED + " (BATCH, STEP, FEATURE)"), out.toString());
        Path arrays = directory.resolve("arrays.safetensors");
        new SafetensorsWriter().add(ESCAPES, new float[]{1}, 1, 1, 1).write(arrays);
        assertEquals(1, line().execute("predict", "--model", escapes.toString(), "--input", arrays.toString()));
        assertTrue(out.toString().contains(PRINTED + " [1, 1, 1]: 2.0e+00"), out.toString());
        assertEquals(2, line().execute("predict", "--model", escapes.toString(), "--input", model.toString()));
        new SafetensorsWriter().add("x", new float[]{1}, 1, 1, 1).write(arrays);
        assertEquals(2, line().execute("predict", "--model", escapes.toString(), "--input", arrays.toString()));
        assertTrue((out.toString() + err).replaceAll("\\R|\\P{Cntrl}", "").isEmpty(), out.toString() + err);
    }

    @Test
    void outputThatCannotBeWrittenIsNoSuccess() {
        CommandLine line = GruCommand.commandLine().setErr(new PrintWriter(err)).setOut(new PrintWriter(new Writer() {
            @Override
            public void write(char[] buffer, int offset, int count) throws IOException {
                throw new IOException("No space left on device");
            }

            @Override
            public void flush() {
            }

            @Override
            public void close() {
            }
        }));
        for (String[] args : new String[][]{{"summary", "--model", model.toString()}, {"--help"},
                {"train", "--help"}}) {
            err.getBuffer().setLength(0);
            assertEquals(2, line.execute(args));
            assertEquals("gru: standard output: cannot be written", err.toString().strip());
        }
    }

    private Process start(Path to, String... args) throws IOException {
        ProcessBuilder builder = ChildJvm.command(List.of("-XX:TieredStopAtLevel=1"), GruCommand.class, List.of(args))
                .redirectError(directory.resolve("err").toFile());
        return to == null ? builder.start() : builder.redirectOutput(to.toFile()).start();
    }

    @Test
    void aFullDeviceIsSaid() throws Exception {
        assumeTrue(Files.exists(Path.of("/dev/full")));
        Process process = start(Path.of("/dev/full"), "summary", "--model", model.toString());
        assertTrue(process.waitFor(2, TimeUnit.MINUTES));
        assertEquals(2, process.exitValue());
        assertTrue(
                Files.readString(directory.resolve("err")).contains("gru: standard output: No space left on device"));
    }

    @Test
    void aPipeThatNobodyReadsEndsQuietly() throws Exception {
        Process process = start(null, "summary", "--model", model.toString());
        process.getInputStream().close();
        assertTrue(process.waitFor(2, TimeUnit.MINUTES));
        assertEquals(141, process.exitValue());
        assertFalse(Files.readString(directory.resolve("err")).contains("gru:"));
    }

    @Test
    void outputsAreNeitherInputsNorEachOther() throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("link"), model);
        Path dangling = Files.createSymbolicLink(directory.resolve("dangling"), directory.resolve("new"));
        Path hard = Files.createLink(directory.resolve("hard"), model);
        for (Path same : List.of(model, link, hard, directory.resolve("./model.keras"))) {
            assertRefused("--out must be another file than --in, was " + same,
                    () -> new CommandFiles().reads("--in", model).writes("--out", same));
            assertRefused("--in must be another file than --out, was " + same,
                    () -> new CommandFiles().writes("--out", model).reads("--in", same));
        }
        assertRefused("--chart must be another file than --json, was " + dangling,
                () -> new CommandFiles().writes("--json", directory.resolve("new")).writes("--chart", dangling));
        new CommandFiles().reads("--in", model).reads("--more", model).writes("--out", directory.resolve("new"))
                .writes("--none", null);
    }

    private void assertRefused(String message, Callable<?> call) {
        err.getBuffer().setLength(0);
        assertEquals(2, end(() -> {
            call.call();
            return 0;
        }));
        assertEquals("gru: " + message, err.toString().strip());
    }
}
