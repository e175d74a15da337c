package dev.gru.bench.demo;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.gru.bench.javasource.JavaToken;
import dev.gru.bench.javasource.SourceFile;
import dev.gru.bench.javasource.TokenClass;
import dev.gru.internal.Printable;

/** Formats source text with the class of every token: in colour, or with marks below the lines. */
public final class SourcePainter {
    private static final String DIM = "2";

    /** Added to a token's colour if javac disagrees with the class. */
    private static final String UNDERLINED = ";4";

    private final boolean colors;
    private final boolean marks;
    private final StringBuilder out = new StringBuilder();
    private final StringBuilder markLine = new StringBuilder();

    private SourcePainter(boolean colors, boolean marks) {
        this.colors = colors;
        this.marks = marks;
    }

    /**
     * Paints the first lines of a file.
     *
     * @param file the file
     * @param predicted the class of each token, or of the first tokens
     * @param lines the number of lines; 0 for all
     * @param colors whether to write ANSI colours
     * @param marks whether to write a line of marks below each line that has tokens
     */
    public static String paint(SourceFile file, List<TokenClass> predicted, int lines, boolean colors, boolean marks) {
        return new SourcePainter(colors, marks).paint(file, predicted, endOfLines(file.text(), lines));
    }

    /** Returns the number of lines of a text. */
    public static int countLines(String text) {
        return (int) text.lines().count();
    }

    /** Returns a line that explains the colours or the marks. */
    public static String legend(boolean colors, boolean marks) {
        return Stream.of(TokenClass.values())
                .map(label -> (marks ? label.mark() + " " : "")
                        + (colors ? styled(label.label(), label.sgr()) : label.label()))
                .collect(Collectors.joining(marks ? ", " : " "))
                + (colors ? "; " + styled("underlined", "0" + UNDERLINED) + " where javac disagrees" : "");
    }

    private static int endOfLines(String text, int lines) {
        int end = 0;
        for (int line = 0; line < lines && end < text.length(); line++) {
            int newline = text.indexOf('\n', end);
            end = newline < 0 ? text.length() : newline + 1;
        }
        return lines == 0 ? text.length() : end;
    }

    private String paint(SourceFile file, List<TokenClass> predicted, int end) {
        int at = 0;
        for (int i = 0; i < predicted.size() && file.tokens().get(i).start() < end; i++) {
            JavaToken token = file.tokens().get(i);
            TokenClass label = predicted.get(i);
            boolean differs = file.truth().isPresent() && file.truth().get().get(i) != label;
            add(file.text(), at, token.start(), DIM, ' ');
            add(file.text(), token.start(), Math.min(token.end(), end), label.sgr() + (differs ? UNDERLINED : ""),
                    label.mark());
            at = token.end();
        }
        if (at < end) {
            add(file.text(), at, end, DIM, ' ');
        }
        if (!out.isEmpty() && out.charAt(out.length() - 1) != '\n') {
            endLine();
        }
        return out.toString();
    }

    /** Adds a piece of the source; a style ends with its line, so that pagers keep it. */
    private void add(String text, int from, int to, String style, char mark) {
        int at = from;
        while (at < to) {
            int newline = text.indexOf('\n', at);
            int end = newline < 0 || newline >= to ? to : newline;
            String piece = printable(text.substring(at, end));
            out.append(colors && !piece.isBlank() ? styled(piece, style) : piece);
            piece.chars().forEach(c -> markLine.append(c == '\t' ? '\t' : mark));
            at = end;
            if (end < to) {
                endLine();
                at++;
            }
        }
    }

    private void endLine() {
        out.append('\n');
        if (marks && !markLine.toString().isBlank()) {
            out.append(markLine.toString().stripTrailing()).append('\n');
        }
        markLine.setLength(0);
    }

    /** Removes characters that would move the cursor of a terminal or change the direction of text. */
    private static String printable(String text) {
        StringBuilder printable = new StringBuilder(text.length());
        text.codePoints().filter(c -> c == '\t' || Printable.is(c))
                .forEach(printable::appendCodePoint);
        return printable.toString();
    }

    private static String styled(String text, String style) {
        return "\u001b[" + style + "m" + text + "\u001b[0m";
    }
}
