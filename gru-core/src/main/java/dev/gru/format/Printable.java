package dev.gru.format;

/** Text out of a file, fit to stand in a message of one line. */
final class Printable {
    /** Longer names are cut: a message must stay readable whatever a file holds. */
    private static final int MAX_LENGTH = 120;

    private Printable() {
    }

    /** Returns the name of a file with every character that would break a line replaced, but all of it. */
    static String path(String name) {
        return name.replaceAll("\\p{Cntrl}", "?");
    }

    /** Returns {@code text} cut to a readable length, with every character that would break a line or hide replaced. */
    static String of(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length() && out.length() < MAX_LENGTH; i++) {
            char c = text.charAt(i);
            int type = Character.getType(c);
            boolean plain = !Character.isISOControl(c) && type != Character.LINE_SEPARATOR
                    && type != Character.PARAGRAPH_SEPARATOR && type != Character.FORMAT
                    && type != Character.SURROGATE && type != Character.UNASSIGNED;
            out.append(plain ? c : '?');
        }
        return out.length() < text.length() ? out + "…" : out.toString();
    }

    /** Returns {@code text} as {@link #of} does, in quotation marks. */
    static String quoted(String text) {
        return '"' + of(text) + '"';
    }

    /** Returns what a throwable of a library says, or else its name, on one line. */
    static String of(Throwable thrown) {
        return of(thrown.getMessage() == null ? thrown.getClass().getSimpleName() : thrown.getMessage());
    }
}
