package dev.gru.bench.javasource;

/**
 * A token of Java source.
 *
 * @param start offset of its first character in the source
 * @param end offset after its last character
 * @param kind how the tokeniser recognised it
 * @param text its text in the model's vocabulary: an identifier, keyword or operator as it is, with unicode escapes
 *     translated; of a literal only its form
 */
public record JavaToken(int start, int end, Kind kind, String text) {

    /** The lexical kind of a token. */
    enum Kind {
        /** An identifier or a keyword, contextual or not. */
        WORD,
        /** A number, character, string or text block. */
        LITERAL,
        /** Punctuation, or a character without meaning in Java. */
        OPERATOR
    }
}
