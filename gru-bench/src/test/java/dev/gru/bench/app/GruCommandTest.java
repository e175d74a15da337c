package dev.gru.bench.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

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
}
