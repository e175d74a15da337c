package dev.gru;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import dev.gru.kernel.RandomWeights;
import dev.gru.layer.Bidirectional;
import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer.Direction;
import dev.gru.layer.GruLayer;
import dev.gru.layer.ModelInput;
import dev.gru.layer.ModelOutput;
import dev.gru.layer.Sequential;
import dev.gru.weights.GruVariant;

/** What {@code run} refuses, where its states are, and what it leaves alone. */
class ModelRunTest {
    private final float[] x = RandomWeights.floats(2 * 3 * Models.FEATURES, new Random(1));
    private final ModelInput input = ModelInput.features(2, 3, x);

    private static void assertRefused(String message, ModelInput input) {
        int[] calls = new int[1];
        ScalarInDisguise kernel = new ScalarInDisguise(() -> calls[0]++);
        try (GruModel model = GruModel.of(Models.features(GruVariant.DUAL_STATE, true),
                ModelOptions.defaults().onKernel(kernel))) {
            assertEquals(message, assertThrows(IllegalArgumentException.class, () -> model.run(input)).getMessage());
        }
        assertEquals(0, calls[0]);
    }

    @Test
    void whatDoesNotFitIsRefusedByNameBeforeAnythingRuns() {
        assertRefused("the model takes features, not tokens", ModelInput.tokens(2, 3, new int[6]));
        assertRefused("batch must be at least 1, was 0", ModelInput.features(0, 3, new float[0]));
        assertRefused("steps must be at least 1, was 0", ModelInput.features(2, 0, new float[0]));
        assertRefused("x must have batch × steps × inputSize = 27 elements, had 18", ModelInput.features(3, 3, x));
        assertRefused("lengths must have batch = 2 elements, had 3", input.withLengths(new int[3]));
        assertRefused("lengths[1] must be from 0 to 3, was 4", input.withLengths(new int[]{3, 4}));
        assertRefused("lengths[0] must be from 0 to 3, was -1", input.withLengths(new int[]{-1, 3}));
        assertRefused("initialStates must be 2 arrays, one for each state of the model, were 1",
                input.withInitialStates(List.of(new float[20])));
        assertRefused("initialStates[1] must have batch × stateSize = 16 elements, had 15",
                input.withInitialStates(List.of(new float[20], new float[15])));
    }

    @Test
    void tokensOfPaddingMustBeInTheTableToo() {
        GruModel tokens = Models.scalar(Models.tokens(GruVariant.RESET_AFTER, true, true));
        ModelInput padded = ModelInput.tokens(1, 2, new int[]{1, 7}).withLengths(new int[]{1});
        assertEquals("token must be from 0 to 6, was 7",
                assertThrows(IllegalArgumentException.class, () -> tokens.run(padded)).getMessage());
    }

    @Test
    void missingArraysAreNamed() {
        assertEquals("tokens",
                assertThrows(NullPointerException.class, () -> ModelInput.tokens(1, 1, null)).getMessage());
        assertEquals("x",
                assertThrows(NullPointerException.class, () -> ModelInput.features(1, 1, null)).getMessage());
        assertEquals("lengths", assertThrows(NullPointerException.class, () -> input.withLengths(null)).getMessage());
    }

    @Test
    void whatGoesInStaysAsItIs() {
        GruModel model = Models.scalar(Models.features(GruVariant.RESET_AFTER, true));
        float[] first = RandomWeights.floats(10, new Random(2));
        float[] second = RandomWeights.floats(8, new Random(3));
        ModelInput withStates = input.withInitialStates(List.of(first, second));
        ModelOutput output = model.run(withStates);
        assertArrayEquals(RandomWeights.floats(10, new Random(2)), first);
        assertArrayEquals(RandomWeights.floats(8, new Random(3)), second);
        ModelRunProperties.assertSameBits(output, model.run(withStates));
    }

    @Test
    void aRowOfLengthZeroKeepsItsStatesAndPutsThemOut() {
        GruModel model = Models.scalar(
                new Sequential(List.of(new GruLayer("gru", RandomWeights.gru(GruVariant.RESET_AFTER, 3, 2, 1))
                        .withReturnSequences(true))));
        ModelOutput output = model.run(input.withLengths(new int[]{0, 0})
                .withInitialStates(List.of(new float[]{1, 2, 3, 4})));
        assertArrayEquals(new float[]{1, 2, 1, 2, 1, 2, 3, 4, 3, 4, 3, 4}, output.y());
        assertArrayEquals(new float[]{1, 2, 3, 4}, output.finalStates().get(0));
    }

    @Test
    void theStatesOfABidirectionalLayerAreThatOfItsForwardThenThatOfItsBackwardLayer() {
        GruLayer forward = new GruLayer("f", RandomWeights.gru(GruVariant.RESET_AFTER, 3, 2, 1))
                .withReturnSequences(true);
        GruLayer backward = new GruLayer("b", RandomWeights.gru(GruVariant.DUAL_STATE, 3, 4, 2))
                .withReturnSequences(true).withDirection(Direction.BACKWARD);
        GruLayer after = new GruLayer("after", RandomWeights.gru(GruVariant.RESET_BEFORE, 6, 3, 3));
        Graph both = new Sequential(
                List.of(new Bidirectional("both", forward.weights(), backward.weights()).withNames("f", "b")
                        .withReturnSequences(true), after));
        assertEquals(List.of(forward, backward, after), both.recurrentLayers());
        List<float[]> states = RandomModel.states(both, 2, new Random(4));
        ModelOutput output = Models.scalar(both).run(input.withInitialStates(states));
        for (int i = 0; i < 2; i++) {
            ModelOutput alone = Models.scalar(new Sequential(List.of(i == 0 ? forward : backward)))
                    .run(input.withInitialStates(states.subList(i, i + 1)));
            assertArrayEquals(alone.finalStates().get(0), output.finalStates().get(i));
        }
        assertArrayEquals(output.y(), output.finalStates().get(2));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "FORWARD")
    void aModelThatReadsFromTheEndHasNoSession(Direction direction) {
        GruModel model = Models
                .scalar(new Sequential(List.of(new GruLayer("gru", RandomWeights.gru(GruVariant.RESET_AFTER, 3, 2, 1))
                        .withReturnSequences(true).withDirection(direction))));
        assertEquals(
                "layer gru reads sequences from their end, so the model needs whole sequences; use run or predict",
                assertThrows(IllegalStateException.class, model::newSession).getMessage());
    }

    @Test
    void aClosedModelRunsNothing() {
        GruModel model = Models.scalar(Models.features(GruVariant.RESET_AFTER, true));
        model.close();
        assertEquals("the model is closed",
                assertThrows(IllegalStateException.class, () -> model.run(input)).getMessage());
    }
}
