package dev.gru.bench.tagging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabelSetTest {
    private static final TaggedSequence ONE = new TaggedSequence(List.of("a", "b"), List.of("V", "N"));

    private static TaggedData data() {
        Map<String, Long> lines = new LinkedHashMap<>();
        lines.put("V", 3L);
        lines.put("N", 4L);
        return new TaggedData(Path.of("d.tsv"), List.of(ONE), lines);
    }

    @Test
    void labelsOfDataAreInOrderWhicheverComesFirst() {
        assertEquals(List.of("N", "V"), data().labels().names());
        assertEquals(1, data().labels().index("V"));
    }

    @Test
    void aFileKeepsItsOrder(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("labels.txt");
        Files.writeString(file, "V\r\nN\r\nX");
        assertEquals(List.of("V", "N", "X"), LabelSet.read(file).names());
        for (String bad : List.of("", "V\nV\n", "V\n\nN\n")) {
            Files.writeString(file, bad);
            String message = assertThrows(IOException.class, () -> LabelSet.read(file)).getMessage();
            assertEquals(true, message.startsWith(file + ": "), message);
        }
    }

    @Test
    void aLabelThatIsNotInTheSetIsNamedWithItsLine() throws IOException {
        data().requireLabels(new LabelSet(List.of("X", "N", "V")));
        String message = assertThrows(IOException.class, () -> data().requireLabels(new LabelSet(List.of("V", "X"))))
                .getMessage();
        assertEquals("d.tsv: line 4: the label N is none of [V, X]", message);
        assertThrows(IllegalArgumentException.class, () -> new LabelSet(List.of("X")).index("V"));
    }
}
