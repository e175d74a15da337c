package dev.gru.bench.compare;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import dev.gru.GruModel;
import dev.gru.bench.peer.ModelContender;
import dev.gru.format.ModelReader;
import dev.gru.layer.Tensor;

/** Both libraries get the same inputs, of the sizes that the file fixes, and their outputs are compared. */
class ModelComparisonTest {
    /** This library as the other one. */
    private record Same(Map<String, List<Long>> inputs, List<Map<String, Tensor>> given) implements ModelContender {
        @Override
        public String version() {
            return "the same";
        }

        @Override
        public OpenedModel open(Path file) throws IOException {
            GruModel model = GruModel.load(file);
            return new OpenedModel() {
                @Override
                public Map<String, List<Long>> inputs() {
                    return inputs;
                }

                @Override
                public PreparedModel prepare(Map<String, Tensor> arrays) {
                    given.add(arrays);
                    return new PreparedModel() {
                        @Override
                        public void run() {
                            model.run(arrays);
                        }

                        @Override
                        public Map<String, Tensor> outputs() {
                            return model.run(arrays);
                        }

                        @Override
                        public void close() {
                        }
                    };
                }

                @Override
                public void close() {
                    model.close();
                }
            };
        }
    }

    private static Path file() throws Exception {
        return Path.of(ModelComparisonTest.class.getResource("/predict/sequence_lens.onnx").toURI());
    }

    @Test
    void oneRowAndABatchAreComparedOnTheSameInputs() throws Exception {
        Same peer = new Same(Map.of("X", List.of(-1L, -1L, 5L), "sequence_lens", List.of(-1L), "initial_h",
                List.of(1L, -1L, 12L)), new ArrayList<>());
        List<String> progress = new ArrayList<>();
        ModelComparison comparison = new ModelComparison(file(),
                new ModelComparison.Settings(List.of(1, 3), 4, 2, 1), peer, progress::add);
        List<ModelComparison.Line> lines = comparison.run();
        assertEquals(2, lines.size());
        assertEquals(new Difference(0, 0), lines.getFirst().difference());
        assertArrayEquals(new int[]{4, 3, 5}, peer.given.getLast().get("X").shape());
        assertArrayEquals(new int[]{4, 4, 4}, peer.given.getLast().get("sequence_lens").ints());
        String table = comparison.format(lines);
        assertTrue(table.contains("X[4, 3, 5]") && table.contains("peer: the same"), table);
    }

    @Test
    void whatAFileFixesIsNotChosen() throws Exception {
        var model = ModelReader.read(file());
        Map<String, List<Long>> declared = Map.of("X", List.of(7L, 2L, 5L), "sequence_lens", List.of(2L), "initial_h",
                List.of(1L, 2L, 12L));
        assertEquals(2, ModelInputs.fixedBatch(model, declared));
        assertThrows(IllegalArgumentException.class, () -> ModelInputs.random(model, declared, 3, 4));
        Map<String, Tensor> inputs = ModelInputs.random(model, declared, 2, 4);
        assertArrayEquals(new int[]{7, 2, 5}, inputs.get("X").shape());
        assertTrue(Arrays.stream(inputs.get("sequence_lens").ints()).allMatch(length -> length == 7));
    }
}
