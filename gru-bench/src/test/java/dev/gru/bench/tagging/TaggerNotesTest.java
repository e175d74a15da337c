package dev.gru.bench.tagging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.gru.format.ModelFile;
import dev.gru.format.ModelReader;
import dev.gru.layer.Sequential;
import dev.gru.weights.Precision;

/** A vocabulary and labels come back from a model's file as they were. */
class TaggerNotesTest {
    private static final Path MODEL = Path.of("m.safetensors");

    @Test
    void comeBackFromAModelFile(@TempDir Path directory) throws IOException {
        Vocabulary vocabulary = new Vocabulary(
                List.of("<pad>", "<unk>", "été", " ", "\"", "\u0085", "\t", "a\\nb", ""));
        LabelSet labels = new LabelSet(List.of("NOUN", "a\u2028b", "x y"));
        Path file = directory.resolve("m.safetensors");
        ModelFile.write(Sequential.builder().input(1).gru(1).returnSequences().build(),
                TaggerNotes.of(vocabulary, labels), file,
                Precision.FP32);
        Map<String, String> notes = ModelReader.readContent(file).notes();
        assertEquals(vocabulary.lines(), TaggerNotes.vocabulary(file, notes).orElseThrow().lines());
        assertEquals(labels.names(), TaggerNotes.labels(file, notes).orElseThrow().names());
        // One entry a line, so that they can be taken out by hand.
        Files.writeString(file, notes.get("tagger.labels"));
        assertEquals(labels.names(), LabelSet.read(file).names());
    }

    @Test
    void needNotBeThereButMustBeSuch() throws IOException {
        assertTrue(TaggerNotes.vocabulary(MODEL, Map.of()).isEmpty());
        assertTrue(TaggerNotes.labels(MODEL, Map.of()).isEmpty());
        assertEquals("m.safetensors: note tagger.vocabulary: the vocabulary has a twice",
                assertThrows(IOException.class,
                        () -> TaggerNotes.vocabulary(MODEL, Map.of("tagger.vocabulary", "<pad>\n<unk>\na\na")))
                        .getMessage());
        assertEquals("m.safetensors: note tagger.labels: labels must not be blank, number 1 was", assertThrows(
                IOException.class, () -> TaggerNotes.labels(MODEL, Map.of("tagger.labels", "A\n"))).getMessage());
        assertThrows(IllegalArgumentException.class,
                () -> TaggerNotes.of(new Vocabulary(List.of("", "", "a\nb")), new LabelSet(List.of("A"))));
    }
}
