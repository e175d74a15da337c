package dev.gru.bench.terminal;

/** When to write colours. */
public enum ColorMode {
    /** On a terminal that supports them, unless NO_COLOR is set. */
    AUTO,
    /** Always. */
    ALWAYS,
    /** Never. */
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
