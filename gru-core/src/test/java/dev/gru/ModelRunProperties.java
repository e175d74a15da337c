package dev.gru;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer;
import dev.gru.layer.ModelInput;
import dev.gru.layer.ModelOutput;

/** Runs of random models, with masks, lengths, directions and states, against {@link LayerByLayer} and against others. */
class ModelRunProperties {

    static void assertSameBits(ModelOutput expected, ModelOutput output) {
        assertArrayEquals(expected.y(), output.y());
        assertEquals(expected.finalStates().size(), output.finalStates().size());
        for (int i = 0; i < expected.finalStates().size(); i++) {
            assertArrayEquals(expected.finalStates().get(i), output.finalStates().get(i), "state " + i);
        }
    }

    @Property(tries = 400)
    void aRunHasTheBitsOfThePlainestOne(@ForAll @IntRange(min = 1, max = 20) int batch,
            @ForAll @IntRange(min = 1, max = 70) int steps, @ForAll long seed) {
        Random random = new Random(seed);
        Graph layers = RandomModel.layers(random);
        ModelInput input = RandomModel.input(layers, batch, steps, random);
        try (GruModel model = Models.scalar(layers)) {
            assertSameBits(LayerByLayer.run(layers, input), model.run(input));
        }
    }

    /** Part of an array of rows: some of the {@code steps} of each, of {@code size} elements. */
    private static float[] cut(float[] all, int steps, int size, int from, int to) {
        int rows = all.length / (steps * size);
        float[] part = new float[rows * (to - from) * size];
        for (int row = 0; row < rows; row++) {
            System.arraycopy(all, (row * steps + from) * size, part, row * (to - from) * size, (to - from) * size);
        }
        return part;
    }

    private static ModelInput cut(Graph layers, ModelInput input, int from, int to) {
        int steps = input.steps();
        int[] tokens = input.tokens();
        ModelInput part = tokens == null
                ? ModelInput.features(input.batch(), to - from,
                        cut(input.features(), steps, layers.inputSize(), from, to))
                : ModelInput.tokens(input.batch(), to - from, IntStream.range(0, input.batch())
                        .flatMap(row -> Arrays.stream(tokens, row * steps + from, row * steps + to)).toArray());
        return input.lengths() == null
                ? part
                : part.withLengths(
                        Arrays.stream(input.lengths()).map(n -> Math.clamp(n - from, 0, to - from)).toArray());
    }

    @Property(tries = 200)
    void twoHalvesWithTheStatesCarriedOnHaveTheBitsOfTheWhole(@ForAll @IntRange(min = 1, max = 9) int batch,
            @ForAll @IntRange(min = 2, max = 70) int steps, @ForAll long seed) {
        Random random = new Random(seed);
        Graph layers = RandomModel.forwardLayers(random);
        ModelInput input = RandomModel.input(layers, batch, steps, random);
        int middle = 1 + random.nextInt(steps - 1);
        try (GruModel model = GruModel.of(layers, ModelOptions.defaults().withKernel("portable"))) {
            ModelOutput whole = model.run(input);
            ModelInput begin = cut(layers, input, 0, middle);
            ModelOutput first = model.run(
                    input.initialStates() == null ? begin : begin.withInitialStates(input.initialStates()));
            ModelOutput second = model.run(
                    cut(layers, input, middle, steps).withInitialStates(first.finalStates()));
            if (model.returnsSequences()) {
                assertArrayEquals(cut(whole.y(), steps, model.outputSize(), 0, middle), first.y());
                assertArrayEquals(cut(whole.y(), steps, model.outputSize(), middle, steps), second.y());
            } else {
                assertArrayEquals(whole.y(), second.y());
            }
            assertSameBits(new ModelOutput(second.outputs(), whole.finalStates()), second);
        }
    }

    @Property(tries = 200)
    void aLengthLeavesWhatIsBehindItOut(@ForAll @IntRange(min = 2, max = 70) int steps, @ForAll long seed) {
        Random random = new Random(seed);
        Graph layers = RandomModel.layers(random);
        ModelInput input = RandomModel.plainInput(layers, 1, steps, random);
        int length = 1 + random.nextInt(steps - 1);
        // Outputs in the order of reading begin with those of the padding.
        Assume.that(layers.layers().stream().noneMatch(layer -> layer instanceof GruLayer gru
                && gru.direction() == GruLayer.Direction.BACKWARD_AS_READ));
        try (GruModel model = Models.scalar(layers)) {
            ModelOutput shorter = model.run(cut(layers, input, 0, length));
            ModelOutput padded = model.run(input.withLengths(new int[]{length}));
            assertSameBits(shorter, new ModelOutput(List.of(Arrays.copyOf(padded.y(), shorter.y().length)),
                    padded.finalStates()));
        }
    }

    @Property(tries = 100)
    void theRowsOfABatchAndTheirStatesDoNotDependOnEachOther(@ForAll @IntRange(min = 2, max = 90) int batch,
            @ForAll @IntRange(min = 1, max = 40) int steps, @ForAll long seed) {
        Random random = new Random(seed);
        Graph layers = RandomModel.layers(random);
        ModelInput input = RandomModel.input(layers, batch, steps, random);
        int row = random.nextInt(batch);
        try (GruModel model = GruModel.of(layers, ModelOptions.defaults().withKernel("portable"))) {
            ModelOutput together = model.run(input);
            ModelInput alone = input.tokens() == null
                    ? ModelInput.features(1, steps, row(input.features(), batch, row))
                    : ModelInput.tokens(1, steps, Arrays.copyOfRange(input.tokens(), row * steps, (row + 1) * steps));
            if (input.lengths() != null) {
                alone = alone.withLengths(new int[]{input.lengths()[row]});
            }
            if (input.initialStates() != null) {
                alone = alone.withInitialStates(rows(input.initialStates(), batch, row));
            }
            assertSameBits(
                    new ModelOutput(List.of(row(together.y(), batch, row)), rows(together.finalStates(), batch, row)),
                    model.run(alone));
        }
    }

    private static float[] row(float[] all, int batch, int row) {
        int size = all.length / batch;
        return Arrays.copyOfRange(all, row * size, (row + 1) * size);
    }

    private static List<float[]> rows(List<float[]> states, int batch, int row) {
        return states.stream().map(state -> row(state, batch, row)).toList();
    }
}
