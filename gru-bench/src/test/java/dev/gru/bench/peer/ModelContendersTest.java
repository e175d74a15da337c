package dev.gru.bench.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import dev.gru.GruModel;
import dev.gru.ModelOptions;
import dev.gru.bench.model.WholeModel;
import dev.gru.layer.Graph;
import dev.gru.layer.ModelInput;

/** All contenders of this build that run models compute the same: with the profile {@code peers}, the peers too. */
class ModelContendersTest {
    private static final int STEPS = 4;

    /**
     * Of one step of a model whose layers have up to 256 inputs: each sum is off by less than 256 roundings of 6e-8 of
     * sums within 4, six layers one after the other add theirs, and four steps that follow one another do so again.
     */
    private static final double TOLERANCE = 256 * 6e-8 * 4 * 6 * STEPS / 4;

    static Stream<Arguments> contendersModelsAndBatches() {
        return Stream.concat(Contenders.all().stream(), Stream.of(Contenders.named("gru without tables")))
                .filter(Contender::runsModels)
                .flatMap(contender -> Arrays.stream(WholeModel.values())
                        .flatMap(model -> Stream.of(1, 3).flatMap(batch -> Stream.of(1, STEPS)
                                .map(steps -> Arguments.of(contender.name(), model, batch, steps)))));
    }

    @ParameterizedTest
    @MethodSource("contendersModelsAndBatches")
    void outputsAreThoseOfTheReference(String name, WholeModel which, int batch, int steps) {
        Contender contender = Contenders.named(name);
        Graph graph = which.graph();
        ModelInput input = WholeModel.input(graph, batch, steps);
        try (GruModel reference = GruModel.of(graph,
                ModelOptions.defaults().withKernel("scalar").withPrecision(contender.precision()));
                PreparedModel model = contender.prepare(graph, input)) {
            float[] expected = reference.run(input).y();
            model.run();
            float[] y = model.output();
            assertEquals(expected.length, y.length);
            for (int i = 0; i < y.length; i++) {
                assertEquals(expected[i], y[i], TOLERANCE, "element " + i);
            }
        }
    }

    @Test
    void whoRunsLayersOnlySaysSo() {
        Graph graph = WholeModel.WAKE_WORD.graph();
        ModelInput input = WholeModel.input(graph, 1, 1);
        for (Contender contender : Contenders.all()) {
            if (!contender.runsModels()) {
                assertThrows(UnsupportedOperationException.class, () -> contender.prepare(graph, input),
                        contender.name());
            }
        }
    }
}
