package dev.gru.bench.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

import dev.gru.bench.execution.Failure;
import dev.gru.bench.javasource.SourceFinder;

class GruCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path directory;

    private int execute(String... args) {
        CommandLine commandLine = GruCommand.commandLine();
        commandLine.setOut(new PrintWriter(out));
        commandLine.setErr(new PrintWriter(err));
        return commandLine.execute(args);
    }

    @Test
    void helpAndVersion() {
        assertEquals(0, execute("--help"));
        assertTrue(out.toString().contains("demo"), out.toString());
        assertEquals(0, execute("demo", "--help"));
        assertTrue(out.toString().contains("--lines"), out.toString());
        assertEquals(0, execute("--version"));
        assertTrue(out.toString().contains(Runtime.version().toString()), out.toString());
    }

    @Test
    void usageErrorsExitWithTwo() {
        assertEquals(2, execute());
        assertEquals(2, execute("no-such-command"));
        assertEquals(2, execute("demo", "--lines=-1"));
        assertTrue(err.toString().contains("--lines must be at least 0, was -1"), err.toString());
        assertEquals(2, execute("demo", "--reference-tokens=0"));
        assertEquals(2, execute("demo", "--color=sometimes"));
    }

    @Test
    void badNumbersOfMeasurementsAreRefused() {
        for (String[] refused : new String[][]{{"latency", "--rate=0"}, {"latency", "--rate=2e7"},
                {"latency", "--seconds=0"}, {"latency", "--streams=0"}, {"coldstart", "--runs=0"},
                {"coldstart", "--warm-up=0"}, {"soak", "--minutes=0"}, {"soak", "--minutes=NaN"}}) {
            assertEquals(2, execute(refused), () -> String.join(" ", refused));
            String option = refused[1].substring(0, refused[1].indexOf('='));
            assertTrue(err.toString().contains(option + " must be "), err.toString());
            err.getBuffer().setLength(0);
        }
    }

    @Test
    void missingModelsAreOneLine() {
        String missing = directory.resolve("m.keras").toString();
        assertEquals(2, execute("latency", "--model", missing));
        assertEquals("gru: no such file: " + missing, err.toString().strip());
        err.getBuffer().setLength(0);
        assertEquals(2, execute("coldstart", "--model", missing));
        assertEquals("gru: no such file: " + missing, err.toString().strip());
    }

    @Test
    void missingFileIsOneLine() {
        String missing = directory.resolve("A.java").toString();
        assertEquals(2, execute("demo", missing));
        assertEquals("gru: no such file: " + missing, err.toString().strip());
    }

    @Test
    void emptyDirectoryIsOneLine() {
        assertEquals(2, execute("demo", directory.toString()));
        assertEquals("gru: no Java source below the directory " + directory, err.toString().strip());
    }

    @Test
    void fileThatIsNoTextIsOneLine() throws IOException {
        Path file = Files.write(directory.resolve("A.java"), new byte[]{'a', (byte) 0xFF});
        assertEquals(2, execute("demo", file.toString()));
        assertEquals("gru: " + file + ": is not text in UTF-8", err.toString().strip());
    }

    @Test
    void failuresReadWell() {
        assertEquals("no such file: x", Failure.describe(new NoSuchFileException("x")));
        assertEquals("no permission for x", Failure.describe(new AccessDeniedException("x")));
        assertEquals("cannot read or write x (FileSystemException)", Failure.describe(new FileSystemException("x")));
        assertEquals("x: too long", Failure.describe(new FileSystemException("x", null, "too long")));
        assertEquals("no such file: x", Failure.describe(new UncheckedIOException(new NoSuchFileException("x"))));
        assertEquals("a; b", Failure.describe(new IllegalStateException("a\n  b")));
        assertEquals("IllegalStateException", Failure.describe(new IllegalStateException()));
    }

    @Test
    void sourcesAreFoundBelowDirectoriesInOrder() throws IOException {
        for (String name : List.of("b/B.java", "a/A.java", "a/x.txt", "a/target/T.java", ".git/G.java", "C.java")) {
            Path file = directory.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, "");
        }
        Path given = directory.resolve("a/x.txt");
        assertEquals(List.of(given, directory.resolve("C.java"), directory.resolve("a/A.java"),
                directory.resolve("b/B.java")),
                SourceFinder.find(List.of(given, directory, directory.resolve("C.java"))));
        assertThrows(NoSuchFileException.class, () -> SourceFinder.find(List.of(directory.resolve("missing"))));
    }
}
