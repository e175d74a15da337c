package dev.gru.bench.app;

/** What the commands that train and evaluate taggers say alike. */
final class TaggerOptions {
    /** The description of an option that names data. */
    static final String DATA = "labelled tokens, gzipped or not: on each line a token, a tab and its label, and a blank"
            + " line between sequences; or CoNLL-U, of which the label is UPOS";

    /** How many tokens a row has by default. */
    static final String LENGTH = "100";

    private TaggerOptions() {
    }
}
