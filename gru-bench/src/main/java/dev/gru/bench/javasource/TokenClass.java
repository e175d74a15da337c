package dev.gru.bench.javasource;

import java.util.Locale;

/** The class of a token of Java source, in the order of the tagger's outputs. */
public enum TokenClass {
    KEYWORD("35", 'k'), TYPE("36", 't'), METHOD("33", 'm'), FIELD("31", 'f'), PARAMETER("94", 'p'), LOCAL("34",
            'v'), ANNOTATION("93", '@'), LITERAL("32", '"'), OPERATOR("37", '.'), PACKAGE("95", '/');

    private final String sgr;
    private final char mark;

    TokenClass(String sgr, char mark) {
        this.sgr = sgr;
        this.mark = mark;
    }

    /** Returns the parameters of the ANSI sequence (select graphic rendition) that shows this class. */
    public String sgr() {
        return sgr;
    }

    /** Returns the character that stands for this class where there are no colours. */
    public char mark() {
        return mark;
    }

    /** Returns the name in lower case, for text. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
