package dev.gru.bench.javasource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class JavaTokenizerProperties {

    /** Text in which everything that the tokeniser looks for is likely, closed or not. */
    @Provide
    Arbitrary<String> texts() {
        return Arbitraries
                .of("a", "Bc", "_", "$", "0", "17", "1.5e-3", "0x", ".", "\"", "'", "\\", "\\u0041", "\\u002f",
                        "\\u", "/", "*", "/*", "*/", "//", "\n", "\r\n", " ", "\t", "\uFEFF", "\"\"\"", ">", "<", "=",
                        "-", "+",
                        "::", "...", "@", "#", "é", "\uD835", "\uDC00", "\u001A", "{", "}")
                .list().ofMaxSize(40)
                .map(parts -> String.join("", parts));
    }

    @Property
    void tokensStandInOrderAndWhatIsBetweenIsCommentOrWhiteSpace(@ForAll("texts") String source) {
        int at = 0;
        StringBuilder joined = new StringBuilder();
        for (JavaToken token : JavaTokenizer.tokenize(source)) {
            assertTrue(at <= token.start() && token.start() < token.end() && token.end() <= source.length());
            String gap = source.substring(at, token.start());
            assertTrue(JavaTokenizer.tokenize((at == 0 ? "" : " ") + gap).isEmpty(), gap);
            joined.append(gap).append(source, token.start(), token.end());
            at = token.end();
        }
        assertEquals(source, joined + source.substring(at));
    }

    @Property
    void textsAreWhatTheVocabularyHolds(@ForAll("texts") String source) {
        for (JavaToken token : JavaTokenizer.tokenize(source)) {
            assertFalse(token.text().isEmpty());
            if (token.kind() == JavaToken.Kind.LITERAL) {
                assertTrue(List.of("\"\"", "\"\"\"", "''").contains(token.text())
                        || (token.text().length() == 1 && Character.isDigit(token.text().charAt(0))), token.text());
            }
        }
    }

    @Property
    void tokensOfTokensAreTheSame(@ForAll("texts") String source) {
        List<String> texts = JavaTokenizer.tokenize(source).stream()
                .filter(token -> token.kind() == JavaToken.Kind.WORD)
                .map(JavaToken::text).toList();
        assertEquals(texts, JavaTokenizer.tokenize(String.join(" ", texts)).stream().map(JavaToken::text).toList());
    }
}
