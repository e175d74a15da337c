package dev.gru.bench.tagging;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VocabularyTest {
    private static TaggedSequence sequence(String... tokens) {
        return new TaggedSequence(List.of(tokens), Collections.nCopies(tokens.length, "X"));
    }

    @Test
    void idIsTheLine() {
        Vocabulary vocabulary = new Vocabulary(List.of("<pad>", "<unk>", "(", "int"));
        assertArrayEquals(new int[]{3, Vocabulary.UNKNOWN, 2}, vocabulary.ids(List.of("int", "x", "(")));
        assertEquals(4, vocabulary.size());
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
    void whatComesMostOftenGetsTheFirstIdsAndTiesAreInOrder() {
        var sequences = List.of(sequence("b", "c", "c", "<pad>"), sequence("a", "c", "b", "B"));
        Vocabulary vocabulary = Vocabulary.of(sequences, 100);
        assertArrayEquals(new int[]{2, 3, 4, 5, 6, Vocabulary.UNKNOWN},
                vocabulary.ids(List.of("c", "b", "<pad>", "B", "a", "d")));
        assertEquals(7, vocabulary.size());
        Vocabulary small = Vocabulary.of(sequences, 4);
        assertArrayEquals(new int[]{2, 3, Vocabulary.UNKNOWN}, small.ids(List.of("c", "b", "a")));
        assertEquals(4, small.size());
        assertThrows(IllegalArgumentException.class, () -> Vocabulary.of(sequences, 2));
    }

    @Test
    void comesBackFromAFile(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("m.vocab.txt");
        Files.write(file, Vocabulary.of(List.of(sequence("été", " ", "\"", "été", "\u0085")), 100).lines());
        assertEquals(List.of("<pad>", "<unk>", "été", " ", "\"", "\u0085"), Vocabulary.read(file).lines());
        assertEquals(2, Vocabulary.read(file).id("été"));
        assertEquals(6, Vocabulary.read(file).size());
        Files.writeString(file, "<pad>\n<unk>\na\na\n");
        String message = assertThrows(IOException.class, () -> Vocabulary.read(file)).getMessage();
        assertEquals(file + ": the vocabulary has a twice", message);
    }
}
