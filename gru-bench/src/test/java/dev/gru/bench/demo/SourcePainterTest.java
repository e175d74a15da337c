package dev.gru.bench.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.gru.bench.javasource.JavaTokenizer;
import dev.gru.bench.javasource.SourceFile;
import dev.gru.bench.javasource.TokenClass;
import dev.gru.bench.terminal.ColorMode;

class SourcePainterTest {
    private static final String SOURCE = "/* a\n b */\nint\tx = \"\"\"\n  y\n  \"\"\"; // z\n\nint q;";

    private static final List<TokenClass> PREDICTED = List.of(TokenClass.KEYWORD, TokenClass.FIELD, TokenClass.OPERATOR,
            TokenClass.LITERAL, TokenClass.OPERATOR, TokenClass.KEYWORD, TokenClass.LOCAL, TokenClass.OPERATOR);

    private static SourceFile file(String source, List<TokenClass> truth) {
        return new SourceFile(Path.of("A.java"), source, JavaTokenizer.tokenize(source), Optional.ofNullable(truth));
    }

    private static String paint(int lines, boolean colors, boolean marks) {
        return SourcePainter.paint(file(SOURCE, PREDICTED), PREDICTED, lines, colors, marks);
    }

    @Test
    void plainIsTheSource() {
        assertEquals(SOURCE + "\n", paint(0, false, false));
        assertEquals(7, SourcePainter.countLines(SOURCE));
    }

    @Test
    void coloursTakeNothingAwayAndEndWithTheirLine() {
        String painted = paint(0, true, false);
        assertEquals(SOURCE + "\n", painted.replaceAll("\u001b\\[[0-9;]*m", ""));
        painted.lines().filter(line -> line.contains("\u001b"))
                .forEach(line -> assertTrue(line.indexOf("\u001b[0m") > line.indexOf("\u001b["), line));
        assertTrue(painted.startsWith("\u001b[2m/* a\u001b[0m\n\u001b[2m b */\u001b[0m\n\u001b[35mint\u001b[0m\t"),
                painted);
        assertFalse(painted.contains(";4m"));
    }

    @Test
    void disagreementIsUnderlined() {
        var file = file("a b", List.of(TokenClass.TYPE, TokenClass.FIELD));
        assertEquals("\u001b[31;4ma\u001b[0m \u001b[31mb\u001b[0m\n",
                SourcePainter.paint(file, List.of(TokenClass.FIELD, TokenClass.FIELD), 0, true, false));
    }

    @Test
    void marksStandBelowTheirTokens() {
        assertEquals(
                "/* a\n b */\nint\tx = \"\"\"\nkkk\tf . \"\"\"\n  y\n\"\"\"\n  \"\"\"; // z\n\"\"\"\"\".\n\n"
                        + "int q;\nkkk v.\n",
                paint(0, false, true));
    }

    @Test
    void onlyTheFirstLines() {
        assertEquals("/* a\n b */\nint\tx = \"\"\"\n", paint(3, false, false));
        assertEquals("/* a\n", paint(1, false, false));
        assertEquals(SOURCE + "\n", paint(99, false, false));
    }

    @Test
    void tokensWithoutPredictionStayPlain() {
        assertEquals("a b\n", SourcePainter.paint(file("a b", null), List.of(), 0, false, false));
        assertEquals("", SourcePainter.paint(file("", null), List.of(), 0, true, true));
    }

    @Test
    void controlCharactersDoNotReachTheTerminal() {
        assertEquals("// [2J\nab\n",
                SourcePainter.paint(file("// \u001b[2J\r\na\u0007b", null), List.of(), 0, false, false));
    }

    @Test
    void legendNamesEveryClass() {
        String marks = SourcePainter.legend(false, true);
        assertTrue(marks.startsWith("k keyword, t type"), marks);
        assertFalse(marks.contains("\u001b"));
        assertTrue(SourcePainter.legend(true, false).contains("\u001b[36mtype\u001b[0m"));
    }

    @ParameterizedTest
    @CsvSource({"AUTO, true, , xterm, true", "AUTO, true, '', xterm, true", "AUTO, true, 1, xterm, false",
            "AUTO, true, , dumb, false", "AUTO, false, , xterm, false", "ALWAYS, false, 1, dumb, true",
            "NEVER, true, , xterm, false"})
    void coloursDependOnTheTerminalAndTheEnvironment(ColorMode mode, boolean terminal, String noColor, String term,
            boolean expected) {
        assertEquals(expected, mode.colors(terminal, noColor, term));
    }
}
