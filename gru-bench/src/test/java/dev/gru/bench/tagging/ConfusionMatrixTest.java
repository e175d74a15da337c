package dev.gru.bench.tagging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfusionMatrixTest {
    /**
     * Of A, 3 are right and 1 is taken for B; of B, 2 are taken for A and 1 is right; C and D are nowhere right, C is
     * given once.
     */
    private static ConfusionMatrix matrix() {
        ConfusionMatrix matrix = new ConfusionMatrix(new LabelSet(List.of("A", "B", "C", "D")));
        int[][] tokens = {{0, 0}, {0, 0}, {0, 0}, {0, 1}, {1, 0}, {1, 0}, {1, 1}, {1, 2}};
        for (int[] token : tokens) {
            matrix.add(token[0], token[1]);
        }
        return matrix;
    }

    @Test
    void figuresAreThoseOfTheirDefinitions() {
        ConfusionMatrix matrix = matrix();
        assertEquals(new Accuracy(4, 8), matrix.accuracy());
        assertEquals(OptionalDouble.of(3.0 / 5), matrix.precision(0));
        assertEquals(OptionalDouble.of(3.0 / 4), matrix.recall(0));
        assertEquals(OptionalDouble.of(6.0 / 9), matrix.f1(0));
        assertEquals(4, matrix.support(1));
        assertEquals(OptionalDouble.of(1.0 / 2), matrix.precision(1));
        assertEquals(OptionalDouble.of(1.0 / 4), matrix.recall(1));
        assertEquals(OptionalDouble.of(2.0 / 6), matrix.f1(1));
        assertEquals(OptionalDouble.of(0), matrix.precision(2));
        assertEquals(OptionalDouble.empty(), matrix.recall(2));
        assertEquals(OptionalDouble.of(0), matrix.f1(2));
        assertEquals(OptionalDouble.empty(), matrix.f1(3));
        assertEquals(OptionalDouble.of(0.5), matrix.macro(matrix::f1));
        assertEquals(OptionalDouble.empty(), new ConfusionMatrix(matrix.labels()).macro(matrix::precision));
    }

    @Test
    void reportHasARowForEachLabelAndTheMatrix() {
        List<String> lines = EvaluationReport.format(matrix()).lines().toList();
        assertEquals("accuracy 50.0 %: 4 of 8 tokens", lines.get(0));
        assertEquals("      precision     recall         F1     tokens", lines.get(2));
        assertEquals("A        60.0 %     75.0 %     66.7 %          4", lines.get(3));
        assertEquals("D             -          -          -          0", lines.get(6));
        assertEquals("mean     55.0 %     50.0 %     50.0 %          8", lines.get(7));
        assertEquals(List.of("      A  B  C  D", "A     3  1  0  0", "B     2  1  1  0", "C     0  0  0  0",
                "D     0  0  0  0"), lines.subList(10, lines.size()));
    }

    @Test
    void jsonHasTheSameFigures(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("e.json");
        EvaluationReport.write(matrix(), file);
        String json = Files.readString(file).replaceAll("\\s", "");
        assertTrue(json.startsWith("{\"tokens\":8,\"correct\":4,\"accuracy\":0.5,\"macroPrecision\":0.55,"
                + "\"macroRecall\":0.5,\"macroF1\":0.5,\"labels\":[{\"label\":\"A\",\"precision\":0.6,\"recall\":0.75,"
                + "\"f1\":0.6666666666666666,\"tokens\":4,\"given\":[3,1,0,0]},"), json);
        assertTrue(json.endsWith("{\"label\":\"D\",\"precision\":null,\"recall\":null,\"f1\":null,\"tokens\":0,"
                + "\"given\":[0,0,0,0]}]}"), json);
    }
}
