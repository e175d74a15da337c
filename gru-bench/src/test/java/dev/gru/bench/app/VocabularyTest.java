package dev.gru.bench.app;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.List;

import org.junit.jupiter.api.Test;

class VocabularyTest {

    @Test
    void idIsTheLine() {
        Vocabulary vocabulary = new Vocabulary(List.of("<pad>", "<unk>", "(", "int"));
        assertArrayEquals(new int[]{3, Vocabulary.UNKNOWN, 2}, vocabulary.ids(JavaTokenizer.tokenize("int x(")));
    }

    @Test
    void namesOfTheFirstTwoLinesAreNoTokens() {
        assertEquals(Vocabulary.UNKNOWN, new Vocabulary(List.of("pad", "unk")).id("pad"));
    }

    @Test
    void damagedVocabularyIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Vocabulary(List.of("<pad>")));
        assertThrows(IllegalArgumentException.class, () -> new Vocabulary(List.of("<pad>", "<unk>", "a", "a")));
    }

    @Test
    void vocabularyOfTheTaggerKnowsWhatTheTokenizerMakes() throws IOException {
        Vocabulary vocabulary = JavaTagger.vocabulary();
        assertEquals(2, vocabulary.id("("));
        for (JavaToken token : JavaTokenizer.tokenize("\"s\" 'c' 0 7 > >= >>>= ... -> :: @ String int return")) {
            assertEquals(true, vocabulary.id(token.text()) != Vocabulary.UNKNOWN, token.text());
        }
    }
}
