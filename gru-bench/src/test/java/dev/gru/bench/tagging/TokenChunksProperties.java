package dev.gru.bench.tagging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class TokenChunksProperties {
    private static final List<String> NAMES = List.of("A", "B", "C", "D", "E");
    private static final LabelSet LABELS = new LabelSet(NAMES);

    /**
     * Each token is in its place, and nothing else is: the rows of a sequence follow each other, and only the last is
     * padded.
     */
    @Property(tries = 200)
    void rowsHaveTheTokensInOrder(@ForAll @Size(min = 1, max = 6) List<@IntRange(min = 1, max = 25) Integer> lengths,
            @ForAll @IntRange(min = 1, max = 12) int length) {
        List<TaggedSequence> sequences = new ArrayList<>();
        for (int n : lengths) {
            List<String> texts = IntStream.range(0, n).mapToObj(i -> NAMES.get((i * 7 + n) % NAMES.size())).toList();
            sequences.add(new TaggedSequence(texts, texts.reversed()));
        }
        Vocabulary vocabulary = new Vocabulary(List.of("", "", "A", "B", "C"));
        TokenChunks chunks = TokenChunks.of(sequences, vocabulary, LABELS, length);
        int row = 0;
        for (TaggedSequence sequence : sequences) {
            int n = sequence.tokens().size();
            int end = row + (n - 1) / length + 1;
            for (int i = row * length; i < end * length; i++) {
                int t = i - row * length;
                assertEquals(t < n ? vocabulary.id(sequence.tokens().get(t)) : 0, chunks.tokens()[i]);
                assertEquals(t < n ? NAMES.indexOf(sequence.labels().get(t)) : -1, chunks.labels()[i]);
            }
            row = end;
        }
        assertEquals(row, chunks.rows());
        assertEquals(row * length, chunks.tokens().length);
        assertEquals(row * length, chunks.labels().length);
    }

    @Test
    void sizesThatCannotBeAreRefused() {
        Vocabulary vocabulary = new Vocabulary(List.of("", "", "A"));
        TaggedSequence one = new TaggedSequence(List.of("A"), List.of("A"));
        assertThrows(IllegalArgumentException.class, () -> TokenChunks.of(List.of(one), vocabulary, LABELS, 0));
        List<TaggedSequence> many = Collections.nCopies(3, one);
        String message = assertThrows(IllegalArgumentException.class,
                () -> TokenChunks.of(many, vocabulary, LABELS, 1_000_000_000)).getMessage();
        assertEquals("3 rows of length 1000000000 are more than an array holds", message);
    }
}
