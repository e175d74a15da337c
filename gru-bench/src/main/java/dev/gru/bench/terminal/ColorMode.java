package dev.gru.bench.terminal;

/** When to write colours. */
public enum ColorMode {
    /** On a terminal that can show them, unless the user does not want any. */
    AUTO,
    /** Whatever the output is. */
    ALWAYS,
    /** Not at all. */
    NEVER;

    /**
     * Returns whether to write colours.
     *
     * @param terminal whether the output is a terminal
     * @param noColor the environment variable {@code NO_COLOR}, or null
     * @param term the environment variable {@code TERM}, or null
     */
    public boolean colors(boolean terminal, String noColor, String term) {
        return switch (this) {
            case AUTO -> terminal && (noColor == null || noColor.isEmpty()) && !"dumb".equals(term);
            case ALWAYS -> true;
            case NEVER -> false;
        };
    }
}
