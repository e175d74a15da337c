package dev.gru.bench.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

import dev.gru.bench.demo.JavaTagger;

/**
 * Every command with every option at values that cannot be: each is refused before any work, in one line, with the
 * status that the help names, and with no file changed.
 */
class BadCommandLinesTest {
    private static final List<String> NO_NUMBERS = List.of("", "x", "NaN", "1.5", "2147483648");
    private static final List<String> NEGATIVE = List.of("-1", "-2147483648");
    private static final List<String> NOT_POSITIVE = List.of("0", "-1");
    private static final List<String> ABSURD = List.of("1073741824", "2147483647");
    private static final List<String> NO_REALS = List.of("", "x", "NaN", "-1", "-Infinity");
    private static final List<String> NO_CHOICES = List.of("", "none");

    @TempDir
    private Path directory;

    private final List<List<String>> lines = new ArrayList<>();

    @BeforeEach
    void makeFiles() throws Exception {
        for (String name : List.of("stacked_dense.keras", "stacked_dense.safetensors", "gru_two_layers.safetensors")) {
            try (InputStream in = BadCommandLinesTest.class.getResourceAsStream("/predict/" + name)) {
                Files.copy(in, directory.resolve(name));
            }
        }
        for (String name : List.of("java-tagger.safetensors", "java-tagger.vocab.txt", "java-tagger.labels.txt")) {
            try (InputStream in = JavaTagger.class.getResourceAsStream(name)) {
                Files.copy(in, directory.resolve(name));
            }
        }
        byte[] model = Files.readAllBytes(directory.resolve("stacked_dense.keras"));
        Files.write(directory.resolve("cut.keras"), Arrays.copyOf(model, model.length / 2));
        byte[] arrays = Files.readAllBytes(directory.resolve("stacked_dense.safetensors"));
        Files.write(directory.resolve("cut.safetensors"), Arrays.copyOf(arrays, arrays.length - 4));
        Files.write(directory.resolve("empty"), new byte[0]);
        Files.write(directory.resolve("bytes"), HexFormat.of().parseHex("ff00fe01808182ffffffffffffffff0a0d1b5b324a"));
        Files.write(directory.resolve("damaged.gz"), HexFormat.of().parseHex("1f8b0800000000000003ffff"));
        Files.writeString(directory.resolve("text"), "some text\nof two lines\n");
        Files.writeString(directory.resolve("data.tsv"), "class\tKEYWORD\nA\tTYPE\n\nint\tKEYWORD\na\tFIELD\n");
        Files.writeString(directory.resolve("unknown.tsv"), "class\tNOT_A_LABEL\n");
        Files.writeString(directory.resolve("A.java"), "class A { }\n");
        Files.writeString(directory.resolve("Bad.java"), "class {\n");
        Files.write(directory.resolve("Latin.java"), "class \u00c4 { }".getBytes(StandardCharsets.ISO_8859_1));
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(directory.resolve("src.zip")))) {
            zip.putNextEntry(new ZipEntry("m/A.java"));
            zip.write("class A { }".getBytes(StandardCharsets.UTF_8));
        }
        Files.createDirectory(directory.resolve("folder"));
        // As special as a device, and nobody's loss if it were replaced.
        try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.bind(UnixDomainSocketAddress.of(directory.resolve("socket")));
        }
        Files.createSymbolicLink(directory.resolve("link"), directory.resolve("stacked_dense.keras"));
        Files.createSymbolicLink(directory.resolve("loop"), directory.resolve("loop"));
    }

    private String file(String name) {
        return directory.resolve(name).toString();
    }

    private List<String> files(String... names) {
        return Stream.of(names).map(this::file).toList();
    }

    /** Adds lines in each of which an option has one of some values, all else being well. */
    @SafeVarargs
    private void add(List<String> well, String option, List<String>... values) {
        for (List<String> some : values) {
            for (String value : some) {
                List<String> line = new ArrayList<>(well);
                line.removeIf(argument -> argument.startsWith(option + "="));
                line.add(option + "=" + value);
                lines.add(line);
            }
        }
    }

    private void add(String... line) {
        lines.add(List.of(line));
    }

    private List<String> noFiles() {
        return List.of("", file("missing"), file("folder"), file("loop"), file("A.java/x"), "a\0b");
    }

    private List<String> noModels() {
        List<String> all = new ArrayList<>(noFiles());
        all.addAll(files("text", "empty", "bytes", "cut.keras", "cut.safetensors", "damaged.gz", "src.zip",
                "stacked_dense.safetensors"));
        return all;
    }

    /** What cannot be written, and these, which are read. */
    private List<String> noOutputs(String... inputs) {
        List<String> all = new ArrayList<>(List.of("", "a\0b"));
        all.addAll(files("folder", "missing/x", "A.java/x", "loop", "socket"));
        all.addAll(files(inputs));
        return all;
    }

    private void addAll() {
        models();
        taggers();
        sources();
        measurements();
        add();
        add("");
        add("no-such-command");
        add("--no-such-option");
        add("summery", "--model", file("stacked_dense.keras"));
        add("@" + file("text"));
        for (String command : GruCommand.commandLine().getSubcommands().keySet()) {
            if (command.equals("bench")) {
                continue; // its arguments are those of JMH
            }
            add(command, "--no-such-option=1");
            add(command, "--model", "--data");
        }
        add("demo", "--lines");
        add("summary");
        add("summary", file("stacked_dense.keras"));
        add("summary", "--model");
        add("summary", "--model=" + file("stacked_dense.keras"), "--model=" + file("stacked_dense.keras"));
        add("summary", "--model=" + file("stacked_dense.keras"), "more");
        add("summary", "--model=@" + file("text"));
    }

    private void models() {
        String model = "--model=" + file("stacked_dense.keras");
        List<String> predict = List.of("predict", model, "--input=" + file("stacked_dense.safetensors"));
        add(predict, "--model", noModels(), files("gru_two_layers.safetensors", "java-tagger.safetensors"));
        add(predict, "--input", noFiles(), files("text", "empty", "bytes", "cut.safetensors", "stacked_dense.keras",
                "gru_two_layers.safetensors"));
        add(predict, "--output", noOutputs("stacked_dense.keras", "stacked_dense.safetensors", "link",
                "folder/../stacked_dense.keras"));
        add(predict, "--threads", NO_NUMBERS, NOT_POSITIVE, ABSURD);
        add(predict, "--tolerance", NO_REALS);
        add(predict, "--precision", NO_CHOICES);
        add(predict, "--kernel", NO_CHOICES);
        add("predict", model);
        add("predict", "--input=" + file("stacked_dense.safetensors"));

        List<String> convert = List.of("convert", model, "--out=" + file("out.safetensors"));
        add(convert, "--model", noModels());
        add(convert, "--out", noOutputs("stacked_dense.keras", "link", "folder/../stacked_dense.keras"));
        add(convert, "--precision", NO_CHOICES);
        add("convert", model);

        add(List.of("summary"), "--model", noModels());
        for (List<String> command : List.of(predict, convert, List.of("summary", model))) {
            add(command, "--prefix", List.of("", "none.", "\u001b[2J"));
            add(command, "--architecture", noModels(), files("stacked_dense.keras"));
            add(command, "--weights", noFiles(), files("text", "empty", "bytes", "stacked_dense.keras"));
        }
        add("summary", model, "--prefix=gru.", "--architecture=" + file("text"));
        add("summary", model, "--weights=" + file("stacked_dense.safetensors"), "--architecture=" + file("text"));
    }

    private void taggers() {
        List<String> evaluate = List.of("evaluate", "--model=" + file("java-tagger.safetensors"),
                "--data=" + file("data.tsv"));
        add(evaluate, "--model", noModels(), files("stacked_dense.keras"));
        add(evaluate, "--data", noFiles(), files("text", "empty", "bytes", "damaged.gz", "unknown.tsv"));
        add(evaluate, "--vocabulary-file", noFiles(), files("bytes", "damaged.gz", "java-tagger.labels.txt"));
        add(evaluate, "--labels", noFiles(), files("bytes", "empty", "damaged.gz"));
        add(evaluate, "--length", NO_NUMBERS, NEGATIVE);
        add(evaluate, "--threads", NO_NUMBERS, NOT_POSITIVE, ABSURD);
        add(evaluate, "--kernel", NO_CHOICES);
        add(evaluate, "--json", noOutputs("java-tagger.safetensors", "data.tsv"));
        add("evaluate", "--model=" + file("java-tagger.safetensors"), "--data=" + file("data.tsv"),
                "--labels=" + file("java-tagger.labels.txt"), "--json=" + file("java-tagger.labels.txt"));

        List<String> train = List.of("train", "--data=" + file("data.tsv"), "--out=" + file("folder/m.safetensors"),
                "--epochs=1", "--validation-split=0");
        add(train, "--data", noFiles(), files("text", "empty", "bytes", "damaged.gz"));
        add(train, "--out", List.of("", file("folder"), file("missing/x"), file("A.java/x"), "a\0b"));
        for (String size : List.of("--embedding", "--units", "--layers", "--batch", "--epochs", "--length",
                "--threads")) {
            add(train, size, NO_NUMBERS, NOT_POSITIVE);
        }
        add(train, "--vocabulary", NO_NUMBERS, NOT_POSITIVE);
        add(train, "--patience", NO_NUMBERS, NEGATIVE);
        for (String rate : List.of("--dropout", "--validation-split", "--learning-rate", "--weight-decay")) {
            add(train, rate, NO_REALS);
        }
        add(train, "--dropout", List.of("1", "2"));
        add(train, "--validation-split", List.of("1", "2"));
        add(train, "--seed", List.of("", "x", "9223372036854775808"));
        add(train, "--schedule", NO_CHOICES);
        add(train, "--batch-order", NO_CHOICES);
        add(train, "--kernel", NO_CHOICES);
        add(train, "--labels", noFiles(), files("bytes", "empty", "text"));
    }

    private void sources() {
        List<String> demo = List.of("demo", file("A.java"));
        add(demo, "--lines", NO_NUMBERS, NEGATIVE);
        add(demo, "--reference-tokens", NO_NUMBERS, NOT_POSITIVE);
        add(demo, "--color", NO_CHOICES);
        add(demo, "--precision", NO_CHOICES);
        for (String source : noFiles()) {
            add("demo", source);
        }
        add("demo", file("Latin.java"));
        add("demo", file("A.java"), file("missing"));

        List<String> data = List.of("tagger-data", "--src=" + file("src.zip"), "--modules=m",
                "--out=" + file("out.tsv"));
        add(data, "--src", noFiles(), files("text", "empty", "bytes", "cut.keras"));
        add(data, "--modules", List.of("", ",", "none", "../..", "m/A.java", "\u001b[2J", "a\0b"));
        add(data, "--files", NO_NUMBERS, NOT_POSITIVE, ABSURD, List.of("2"));
        add(data, "--seed", List.of("", "x", "9223372036854775808"));
        add(data, "--out", noOutputs("src.zip"));
        String out = "--out=" + file("out.tsv");
        add("tagger-data", out);
        add("tagger-data", "--jdk", file("A.java"), out);
        add("tagger-data", file("A.java"));
        add("tagger-data", file("A.java"), "--out=" + file("A.java"));
        add("tagger-data", directory.toString(), "--out=" + file("A.java"));
        for (String source : noFiles()) {
            add("tagger-data", source, out);
        }
        add("tagger-data", file("Bad.java"), out);
    }

    private void measurements() {
        add(List.of("roofline"), "--json", noOutputs());
        List<String> noSizes = List.of("", "x", "-1", "0", "1", "1.5K", "999999999999", "999999999M", "16G");
        for (String cache : List.of("--l1", "--l2", "--l3")) {
            add(List.of("roofline"), cache, noSizes);
        }
        List<String> peers = List.of("peers", "--only-ours", "--work=1x1:8x8");
        add(peers, "--json", noOutputs());
        add(peers, "--forks", NO_NUMBERS, NOT_POSITIVE, ABSURD);
        add(peers, "--l1", noSizes);
        add(peers, "--contender", List.of("", "none", "gru,none"));
        add(peers, "--work", List.of("", "x", "1x1", "0x1:1x1", "1x1:1x0", "-1x1:1x1", "1x1:99999x99999",
                "99999x99999:1x1", "100000x1:1x1"));
        add("peers");

        add(List.of("latency"), "--model", noModels());
        add(List.of("latency"), "--rate", NO_REALS, List.of("0", "1e8", "Infinity"));
        add(List.of("latency"), "--seconds", NO_NUMBERS, NOT_POSITIVE, ABSURD);
        add(List.of("latency"), "--streams", NO_NUMBERS, NOT_POSITIVE, ABSURD);
        add(List.of("latency", "--model=" + file("stacked_dense.keras")), "--chart",
                noOutputs("stacked_dense.keras", "link"));

        add(List.of("coldstart"), "--model", noModels());
        add(List.of("coldstart"), "--runs", NO_NUMBERS, NOT_POSITIVE, ABSURD);
        add(List.of("coldstart"), "--warm-up", NO_NUMBERS, NOT_POSITIVE, ABSURD);

        add("bits", "--widths", "256");
        add("bits", "simd");

        add(List.of("soak"), "--minutes", NO_REALS, List.of("0", "Infinity", "1e9"));

        for (String size : List.of("--steps", "--units", "--batches")) {
            add(List.of("adding-problem"), size, NO_NUMBERS, NOT_POSITIVE, ABSURD);
        }
        add("adding-problem", "--steps=1");
        add("adding-problem", "--steps=83887");
        add(List.of("adding-problem"), "--seed", List.of("", "x"));
        add(List.of("adding-problem"), "--out", List.of("", file("A.java"), file("A.java/x"), "a\0b"));

        add("bench", "NoSuchBenchmark");
        add("bench", "(");
        add("bench", "--no-such-option");
        for (String option : List.of("-f", "-i", "-wi", "-t", "-bm", "-tu", "-p", "-prof", "-rf", "-jvm")) {
            add("bench", "StepBenchmark", option);
        }
        for (String option : List.of("-f", "-i", "-wi", "-t", "-bm", "-tu", "-rf")) {
            add("bench", "StepBenchmark", option, "-x");
        }
    }

    @Test
    void eachIsRefusedInOneLine() throws IOException {
        addAll();
        assertTrue(lines.size() >= 300, lines.size() + " lines");
        Map<String, Long> before = contents();
        List<String> wrong = new ArrayList<>();
        CommandLine commandLine = GruCommand.commandLine();
        for (List<String> line : lines) {
            check(commandLine, line, wrong);
        }
        assertEquals("", String.join("\n", wrong));
        assertEquals(before, contents());
    }

    private static void check(CommandLine commandLine, List<String> line, List<String> wrong) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        commandLine.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        String outcome;
        try {
            outcome = "status " + commandLine.execute(line.toArray(String[]::new));
        } catch (Throwable e) {
            outcome = "threw " + e;
        }
        String[] said = err.toString().split(System.lineSeparator(), -1);
        boolean oneLine = said.length == 2 && said[0].matches("gru: \\P{Cntrl}+") && said[1].isEmpty()
                && !said[0].contains("null");
        if (!outcome.equals("status 2") || !oneLine || !out.toString().isEmpty()) {
            wrong.add(line + ": " + outcome + ", " + err + ", " + out);
        }
    }

    /** Returns a checksum of each file. */
    private Map<String, Long> contents() throws IOException {
        Map<String, Long> contents = new TreeMap<>();
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path file : all.toList()) {
                CRC32 crc = new CRC32();
                if (Files.isRegularFile(file)) {
                    crc.update(Files.readAllBytes(file));
                }
                contents.put(directory.relativize(file).toString(), crc.getValue());
            }
        }
        return contents;
    }
}
