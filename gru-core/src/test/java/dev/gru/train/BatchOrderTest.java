package dev.gru.train;

import static dev.gru.train.TrainerCase.assertSameBits;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.gru.layer.Graph;
import dev.gru.layer.ModelInput;
import dev.gru.layer.Sequential;
import dev.gru.train.TrainingOptions.BatchOrder;
import dev.gru.train.math.RandomStream;
import dev.gru.weights.Activation;

/** The rows of batches, and batches that are as long as their longest row. */
class BatchOrderTest {
    private static final int BATCH = 4;

    /** Lengths of rows: of all kinds, all equal, all of nothing, one long one among short ones. */
    private static List<int[]> lengths(int rows) {
        int[] oneLong = new int[rows];
        Arrays.fill(oneLong, 2);
        oneLong[rows / 2] = 90;
        int[] equal = new int[rows];
        Arrays.fill(equal, 100);
        return List.of(new Random(rows).ints(rows, 0, 101).toArray(), equal, new int[rows], oneLong);
    }

    private static int[] shuffled(int[] lengths, int batchSize, long seed) {
        return LengthBuckets.shuffled(lengths, batchSize, new RandomStream(seed));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 7, 8, 199, 200, 201, 203, 1003})
    void bucketsHaveEachRowOnceInAnOrderOfTheSeed(int rows) {
        for (int[] lengths : lengths(rows)) {
            int[] order = shuffled(lengths, BATCH, 5);
            assertArrayEquals(order, shuffled(lengths, BATCH, 5));
            assertArrayEquals(IntStream.range(0, rows).toArray(), Arrays.stream(order).sorted().toArray());
            assertTrue(rows < 7 || !Arrays.equals(order, shuffled(lengths, BATCH, 6)));
        }
    }

    /** In a window the batches cover ranges of lengths that do not overlap; windows are of 50 batches. */
    @Test
    void batchesHaveLikeLengths() {
        int[] lengths = lengths(50 * BATCH + 3).getFirst();
        int[] order = shuffled(lengths, BATCH, 1);
        List<int[]> ranges = new ArrayList<>();
        for (int batch = 0; batch < 50; batch++) {
            int[] sorted = Arrays.stream(order, batch * BATCH, (batch + 1) * BATCH).map(row -> lengths[row]).sorted()
                    .toArray();
            ranges.add(new int[]{sorted[0], sorted[BATCH - 1]});
        }
        assertTrue(IntStream.range(1, 50).anyMatch(i -> ranges.get(i)[0] < ranges.get(i - 1)[0]), "shuffled");
        ranges.sort((a, b) -> a[0] != b[0] ? a[0] - b[0] : a[1] - b[1]);
        for (int i = 1; i < ranges.size(); i++) {
            assertTrue(ranges.get(i)[0] >= ranges.get(i - 1)[1]);
        }
    }

    @Test
    void rowsThatDoNotFillABatchAreRandomOnes() {
        int[] lengths = IntStream.range(0, 11).toArray();
        List<List<Integer>> last = new ArrayList<>();
        for (int seed = 0; seed < 50; seed++) {
            last.add(Arrays.stream(shuffled(lengths, BATCH, seed), 8, 11).boxed().toList());
        }
        assertTrue(last.stream().distinct().count() > 40);
        assertEquals(11, last.stream().flatMap(List::stream).distinct().count());
    }

    /** Rows that grow by one token, so that a row is told by its length; those behind it are padding. */
    private static TrainingData data(int rows, int steps) {
        int[] tokens = new int[rows * steps];
        int[] labels = new int[tokens.length];
        boolean[] mask = new boolean[tokens.length];
        Random random = new Random(4);
        for (int row = 0; row < rows; row++) {
            for (int i = row * steps; i < row * steps + row % 7; i++) {
                tokens[i] = 1 + random.nextInt(TrainerCase.VOCABULARY - 1);
                labels[i] = tokens[i] % TrainerCase.CLASSES;
                mask[i] = true;
            }
        }
        return new TrainingData(ModelInput.tokens(rows, steps, tokens), Targets.labels(labels).withMask(mask));
    }

    private static TrainingResult fit(TrainingOptions.Builder options, Graph model, int steps) throws IOException {
        return new Trainer(options.validationSplit(0.2).build()).fit(model, data(40, steps));
    }

    /** Without dropout, that is: what is dropped depends on the place in the padded batch. */
    @ParameterizedTest
    @EnumSource
    void paddingAndThreadsChangeNoBits(BatchOrder order) throws IOException {
        Graph model = Initializer.KERAS.initialize(Sequential.builder().embedding(TrainerCase.VOCABULARY, 6).maskZero()
                .gru(5).returnSequences().bidirectional(4).returnSequences()
                .dense(TrainerCase.CLASSES, Activation.SOFTMAX).build(), 11);
        TrainingResult expected = fit(TrainerCase.options().batchOrder(order), model, 7);
        for (int threads = 1; threads <= 3; threads++) {
            TrainingResult actual = fit(TrainerCase.options().batchOrder(order).threads(threads), model,
                    6 + 6 * threads);
            assertSameBits(expected.model(), actual.model());
            BatchResult training = actual.history().epochs().getLast().training();
            assertEquals(expected.history().epochs().getLast().training().loss(), training.loss());
            assertEquals(32L * (6 + 6 * threads), training.steps());
        }
    }

    /** To rounding, since rows are summed in another order; of other weights, the losses would be others. */
    @Test
    void validationRowsMayBeSorted() throws IOException {
        Graph model = TrainerCase.model();
        List<BatchResult> validations = new ArrayList<>();
        for (BatchOrder order : BatchOrder.values()) {
            validations.add(
                    fit(TrainerCase.options().batchOrder(order).optimizer(new Optimizer.Sgd(0)), model, 8).history()
                            .epochs().getLast().validation().orElseThrow());
        }
        for (BatchResult each : validations) {
            assertEquals(validations.getFirst().loss(), each.loss(), 1e-12);
            assertEquals(validations.getFirst().counted(), each.counted());
            assertEquals(validations.getFirst().correct(), each.correct());
        }
    }

    @Test
    void epochsHaveOrdersOfTheirOwn() throws IOException {
        TrainingResult bucketed = fit(TrainerCase.options().batchOrder(BatchOrder.BUCKETED_BY_LENGTH),
                TrainerCase.model(), 8);
        assertSameBits(bucketed, fit(TrainerCase.options().batchOrder(BatchOrder.BUCKETED_BY_LENGTH),
                TrainerCase.model(), 8));
        assertNotEquals(bucketed.history(),
                fit(TrainerCase.options().batchOrder(BatchOrder.SHUFFLED), TrainerCase.model(), 8).history());
        List<Long> counted = new ArrayList<>();
        fit(TrainerCase.options().batchOrder(BatchOrder.BUCKETED_BY_LENGTH).optimizer(new Optimizer.Sgd(0)).callback(
                new TrainingCallback() {
                    @Override
                    public void onBatch(Progress progress) {
                        counted.add(progress.lastBatch().counted());
                    }
                }), TrainerCase.model(), 8);
        assertEquals(24, counted.size());
        assertEquals(3,
                List.of(counted.subList(0, 8), counted.subList(8, 16), counted.subList(16, 24)).stream().distinct()
                        .count());
    }

    /** A model whose steps cannot be left out has rows of one length: random batches. */
    @Test
    void withoutMasksBucketsAreRandom() throws IOException {
        Graph model = Initializer.KERAS.initialize(Sequential.builder().embedding(TrainerCase.VOCABULARY, 6)
                .bidirectional(4).returnSequences().dense(TrainerCase.CLASSES, Activation.SOFTMAX).build(), 11);
        List<Long> counted = new ArrayList<>();
        fit(TrainerCase.options().batchOrder(BatchOrder.BUCKETED_BY_LENGTH).callback(new TrainingCallback() {
            @Override
            public void onBatch(Progress progress) {
                counted.add(progress.lastBatch().counted());
            }
        }), model, 8);
        // Of sorted rows there would be batches of nothing, and of the longest rows alone.
        assertTrue(counted.stream().allMatch(count -> count > 0 && count < 24), counted.toString());
    }
}
