package dev.gru.bench.javasource;

/**
 * A token of Java source.
 *
 * @param start offset of its first character in the source
 * @param end offset after its last character
 * @param kind how the tokeniser recognised it
 * @param text what the model's vocabulary calls it: an identifier, keyword or operator as it is, unicode escapes
 *     translated; literals by their form only
 */
public record JavaToken(int start, int end, Kind kind, String text) {

    /** How a token is recognised, before anything is known about its meaning. */
    enum Kind {
        /** An identifier or a keyword, contextual or not. */
        WORD,
        /** A number, character, string or text block. */
        LITERAL,
        /** Punctuation, or a character that Java has no use for. */
        OPERATOR
    }
}
