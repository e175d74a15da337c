package dev.gru.bench.app;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

import dev.gru.bench.javasource.JdkSources;
import dev.gru.bench.tagging.TaggedFileReader;
import dev.gru.bench.tagging.TaggedSequence;

class TaggerDataCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path directory;

    private int execute(String... args) {
        CommandLine commandLine = GruCommand.commandLine();
        commandLine.setOut(new PrintWriter(out));
        commandLine.setErr(new PrintWriter(err));
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        String[] all = Arrays.copyOf(args, args.length + 1);
        System.arraycopy(args, 0, all, 1, args.length);
        all[0] = "tagger-data";
        return commandLine.execute(all);
    }

    /** A src.zip as a JDK has it: a class A0 … A9 in module a, others in b. */
    private Path zip() throws IOException {
        Path file = directory.resolve("src.zip");
        try (OutputStream stream = Files.newOutputStream(file); ZipOutputStream zip = new ZipOutputStream(stream)) {
            for (int i = 0; i < 10; i++) {
                put(zip, "a/p/A" + i + ".java",
                        "package p; class A" + i + " { int f; int m(int g) { return f + g; } }");
            }
            put(zip, "a/module-info.java", "module a { exports p; }");
            put(zip, "a/p/package-info.java", "package p;");
            put(zip, "b/q/Bad.java", "class {");
            put(zip, "b/q/Empty.java", "// nothing");
            put(zip, "b/q/B.java", "@Deprecated record B(String s) { }");
        }
        return file;
    }

    private static void put(ZipOutputStream zip, String name, String text) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(text.getBytes(StandardCharsets.UTF_8));
        zip.closeEntry();
    }

    private List<TaggedSequence> made(String name) throws IOException {
        return TaggedFileReader.read(directory.resolve(name)).sequences();
    }

    @Test
    void everyTokenHasTheClassThatTheParseTreeGivesIt() throws IOException {
        String file = directory.resolve("d.tsv").toString();
        assertEquals(0, execute("--src", zip().toString(), "--modules", "b", "--out", file), err.toString());
        assertEquals(file + ": 10 tokens of 1 files; javac could not parse 1", out.toString().strip());
        assertEquals("""
                @	ANNOTATION
                Deprecated	ANNOTATION
                record	KEYWORD
                B	TYPE
                (	OPERATOR
                String	TYPE
                s	PARAMETER
                )	OPERATOR
                {	OPERATOR
                }	OPERATOR
                """, Files.readString(Path.of(file)));
    }

    @Test
    void theSameSeedMakesTheSameFileAndAnotherAnotherOrder() throws IOException {
        String src = zip().toString();
        for (String[] run : new String[][]{{"1.tsv.gz", "7"}, {"2.tsv.gz", "7"}, {"3.tsv.gz", "8"}}) {
            assertEquals(0, execute("--src", src, "--modules", "a", "--seed", run[1], "--out",
                    directory.resolve(run[0]).toString()), err.toString());
        }
        assertArrayEquals(Files.readAllBytes(directory.resolve("1.tsv.gz")),
                Files.readAllBytes(directory.resolve("2.tsv.gz")));
        List<TaggedSequence> one = made("1.tsv.gz");
        List<TaggedSequence> other = made("3.tsv.gz");
        assertEquals(10, one.size());
        assertNotEquals(one, other);
        assertEquals(Set.copyOf(one), Set.copyOf(other));
    }

    @Test
    void someFilesAreTheFirstOfAll() throws IOException {
        String src = zip().toString();
        assertEquals(0, execute("--src", src, "--modules", "a/p,b", "--out", directory.resolve("all").toString()));
        assertEquals(0, execute("--src", src, "--modules", "a/p,b", "--files", "4", "--out",
                directory.resolve("some").toString()));
        assertEquals(11, made("all").size());
        assertEquals(made("all").subList(0, 4), made("some"));
        assertFalse(Files.readString(directory.resolve("some")).startsWith("\037\213"));
    }

    @Test
    void directoriesWillDoAsWell() throws IOException {
        Path sources = Files.createDirectory(directory.resolve("s"));
        Files.writeString(sources.resolve("A.java"), "class A { }");
        Files.writeString(sources.resolve("B.java"), "class B { }");
        assertEquals(0, execute(sources.toString(), "--out", directory.resolve("d").toString()), err.toString());
        Set<String> classes = new HashSet<>();
        made("d").forEach(sequence -> classes.add(sequence.tokens().get(1)));
        assertEquals(Set.of("A", "B"), classes);
    }

    @Test
    void aFileThatCannotBeTakenIsSkippedWithAWarningAndNotTheWholeRun() throws IOException {
        Path sources = Files.createDirectory(directory.resolve("s"));
        Files.writeString(sources.resolve("A.java"), "class A { }");
        Path latin = Files.write(sources.resolve("Latin.java"),
                "class \u00c4 { }".getBytes(StandardCharsets.ISO_8859_1));
        // More than the stack of javac holds.
        Path deep = Files.writeString(sources.resolve("Deep.java"),
                "class D { int i = " + "(".repeat(100_000) + "1" + ")".repeat(100_000) + "; }");
        String file = directory.resolve("d").toString();
        assertEquals(0, execute(sources.toString(), "--out", file), err.toString());
        assertEquals(file + ": 4 tokens of 1 files; skipped 2", out.toString().strip());
        assertEquals(Set.of("gru: skipped: " + latin + ": is not text in UTF-8",
                "gru: skipped: " + deep + ": javac fails on it: java.lang.StackOverflowError"),
                Set.copyOf(err.toString().lines()
                        .toList()));
        assertEquals(1, made("d").size());
    }

    @Test
    void theSourcesOfThisJdkAreTakenOrItsLackIsExplained() throws IOException {
        Path file = directory.resolve("d.tsv");
        int status = execute("--jdk", "--modules", "java.logging", "--files", "2", "--out", file.toString());
        if (Files.exists(JdkSources.inJdk(Path.of(System.getProperty("java.home"))))) {
            assertEquals(0, status, err.toString());
            assertEquals(2, made("d.tsv").size());
        } else {
            assertEquals(2, status);
            assertTrue(err.toString().contains("this JDK has no sources") && err.toString().contains("--src"),
                    err.toString());
        }
    }

    @Test
    void whatCannotBeIsOneLineAndLeavesNoFile() throws IOException {
        String src = zip().toString();
        String file = directory.resolve("d.tsv").toString();
        Path notZip = Files.writeString(directory.resolve("not.zip"), "text");
        Path bad = Files.writeString(directory.resolve("Bad.java"), "class {");
        String[][] runs = {
                {"must be either files and directories, or --jdk or --src, were neither"},
                {"must be either files and directories, or --jdk or --src, were both", src, "--jdk"},
                {"src.zip has no c; --modules must be", "--src", src, "--modules", "a,c"},
                {"--files must be at most 10, as many as there are, was 11", "--src", src, "--modules", "a", "--files",
                        "11"},
                {"--files must be at most 1, as many as there are, was 3", "--src", src, "--modules", "b", "--files",
                        "3"},
                {"--files must be at least 1, was 0", "--src", src, "--files", "0"},
                {"not.zip: is not a zip file", "--src", notZip.toString()},
                {"no such file: " + src + "x", "--src", src + "x"},
                {"there is no source that javac can parse", bad.toString()}};
        for (String[] run : runs) {
            String[] args = Arrays.copyOfRange(run, 1, run.length + 2);
            args[run.length - 1] = "--out";
            args[run.length] = file;
            assertEquals(2, execute(args), run[0]);
            assertTrue(err.toString().contains(run[0]), err.toString());
            assertEquals(1, err.toString().lines().count());
        }
        try (var files = Files.list(directory)) {
            assertTrue(files.noneMatch(path -> path.toString().endsWith(".tsv")));
        }
    }
}
