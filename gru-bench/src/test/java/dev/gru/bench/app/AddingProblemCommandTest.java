package dev.gru.bench.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

import dev.gru.bench.adding.AddingReport;

/** The command reports the results of both units, and its exit status tells whether only the GRU has learned to add. */
class AddingProblemCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int execute(String... args) {
        CommandLine commandLine = GruCommand.commandLine();
        commandLine.setOut(new PrintWriter(out));
        commandLine.setErr(new PrintWriter(err));
        return commandLine.execute(args);
    }

    @Test
    void fewStepsAreNoDifficultyForThePlainUnit(@TempDir Path directory) throws Exception {
        Path charts = directory.resolve("charts");
        assertEquals(1, execute("adding-problem", "--steps", "4", "--units", "16", "--batches", "2000", "--out",
                charts.toString()));
        String text = out.toString();
        assertTrue(
                text.matches("(?s).*GRU, learning rate 0\\.0050:   400 batches, loss [\\d.]+, validation [\\d.]+\\R.*"),
                text);
        assertTrue(text.endsWith(
                String.format("The plain unit has learned something, too: so few steps are not difficult.%n")), text);
        assertTrue(Files.readString(charts.resolve(AddingReport.CHART)).contains("plain unit, trained"));
    }

    @Test
    void badArgumentsAreOneLine() {
        assertEquals(2, execute("adding-problem", "--steps", "1"));
        assertEquals(String.format("gru: --steps must be from 2 to 83886, was 1%n"), err.toString());
    }
}
