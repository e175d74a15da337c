package dev.gru.bench.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;

import org.junit.jupiter.api.Test;

import dev.gru.bench.javasource.JavaToken;
import dev.gru.bench.javasource.JavaTokenizer;
import dev.gru.bench.tagging.Vocabulary;

class JavaTaggerTest {

    @Test
    void vocabularyOfTheTaggerKnowsWhatTheTokenizerMakes() throws IOException {
        Vocabulary vocabulary = JavaTagger.vocabulary();
        assertEquals(2, vocabulary.id("("));
        for (JavaToken token : JavaTokenizer.tokenize("\"s\" 'c' 0 7 > >= >>>= ... -> :: @ String int return")) {
            assertNotEquals(Vocabulary.UNKNOWN, vocabulary.id(token.text()), token.text());
        }
    }
}
