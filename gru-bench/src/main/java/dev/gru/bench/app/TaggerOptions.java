package dev.gru.bench.app;

/** Options that the commands that train and evaluate taggers share. */
final class TaggerOptions {
    /** The description of an option that names data. */
    static final String DATA = "labelled tokens, gzipped or not: a token, a tab and its label on each line, and a blank"
            + " line between sequences; or CoNLL-U, whose labels are UPOS";

    /** The default number of tokens in a row. */
    static final String LENGTH = "100";

    private TaggerOptions() {
    }
}
