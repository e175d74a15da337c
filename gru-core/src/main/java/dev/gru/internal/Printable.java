package dev.gru.internal;

/**
 * Text that comes out of a file or from a user, fit to stand in a message of one line or a table: nothing in it ends
 * the line, moves the cursor of a terminal, or changes the direction or order of what is beside it.
 */
public final class Printable {
    /** Longer names are cut: a message must stay readable whatever a file holds. */
    private static final int MAX_LENGTH = 120;
    private static final char REPLACEMENT = '?';

    private Printable() {
    }

    /**
     * Returns whether a character may stand in a line as it is. Those that may not are the control characters, C1 and
     * tabs among them, what ends lines and paragraphs, what is not seen itself (such as zero-width characters and those
     * that turn the direction of text), halves of surrogate pairs, and code points that are no characters.
     */
    public static boolean is(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.FORMAT,
                    Character.SURROGATE, Character.UNASSIGNED ->
                false;
            default -> true;
        };
    }

    /** Returns all of {@code text}, with every character replaced that may not stand in a line. */
    public static String line(String text) {
        return text.codePoints().allMatch(Printable::is) ? text : replaced(text, Integer.MAX_VALUE);
    }

    /** Returns the name of a file as {@link #line} does: all of it, since a part of it names no file. */
    public static String path(String name) {
        return line(name);
    }

    /** Returns {@code text} cut to a readable length, with every character replaced that may not stand in a line. */
    public static String of(String text) {
        return of(text, MAX_LENGTH);
    }

    /**
     * Returns {@code text} with every character replaced that may not stand in a line, and all after the first
     * {@code most} by an ellipsis.
     */
    public static String of(String text, int most) {
        return replaced(text, most);
    }

    private static String replaced(String text, int limit) {
        StringBuilder out = new StringBuilder();
        int at = 0;
        while (at < text.length() && out.length() < limit) {
            int codePoint = text.codePointAt(at);
            out.appendCodePoint(is(codePoint) ? codePoint : REPLACEMENT);
            at += Character.charCount(codePoint);
        }
        return at < text.length() ? out + "…" : out.toString();
    }

    /** Returns {@code text} as {@link #of(String)} does, in quotation marks. */
    public static String quoted(String text) {
        return '"' + of(text) + '"';
    }

    /** Returns what a throwable of a library says, or else its name, on one line. */
    public static String of(Throwable thrown) {
        return of(thrown.getMessage() == null ? thrown.getClass().getSimpleName() : thrown.getMessage());
    }
}
