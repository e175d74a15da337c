package dev.gru.train;

import static dev.gru.train.TrainerCase.assertSameBits;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.gru.format.ModelFile;
import dev.gru.kernel.KernelSelection;
import dev.gru.layer.Graph;
import dev.gru.layer.ModelInput;
import dev.gru.layer.Sequential;
import dev.gru.train.Optimizer.Adam;
import dev.gru.train.Optimizer.Sgd;
import dev.gru.train.TrainingOptions.BatchOrder;
import dev.gru.train.TrainingResult.Ending;
import dev.gru.train.network.Backpropagation;
import dev.gru.weights.Activation;

/** What a training does with rows, validation, callbacks and options; what it refuses. */
class TrainerTest {
    @TempDir
    private Path directory;

    private static TrainingResult fit(TrainingOptions.Builder options) throws IOException {
        return new Trainer(options.build()).fit(TrainerCase.model(), TrainerCase.data());
    }

    private static TrainingCallback onBatch(Consumer<TrainingCallback.Progress> action) {
        return new TrainingCallback() {
            @Override
            public void onBatch(TrainingCallback.Progress progress) {
                action.accept(progress);
            }
        };
    }

    private static TrainingCallback onEpoch(Consumer<TrainingCallback.Progress> action) {
        return new TrainingCallback() {
            @Override
            public void onEpoch(TrainingCallback.Progress progress) {
                action.accept(progress);
            }
        };
    }

    @Test
    void aModelLearns() throws IOException {
        TrainingData data = TrainerCase.data(200, 1);
        TrainingResult result = new Trainer(TrainerCase.options().epochs(30).batchSize(16).maxGradientNorm(1).build())
                .fit(TrainerCase.model(), data, TrainerCase.data(50, 2));
        assertEquals(Ending.COMPLETED, result.ending());
        History.Epoch last = result.history().epochs().getLast();
        assertEquals(30, last.epoch());
        assertEquals(30 * 13, last.steps());
        // Padding is not counted, and is right only where its label, 0, is put out.
        assertTrue(last.value(Metric.VAL_MASKED_ACCURACY) > 0.97, last.toString());
        assertTrue(last.value(Metric.LOSS) < result.history().values(Metric.LOSS)[0] / 3);
        try (Backpropagation network = new Backpropagation(result.model(), KernelSelection.named("portable"), 1)) {
            TrainingData validation = TrainerCase.data(50, 2);
            BatchResult again = BatchResult.of(network.loss(validation.input(), validation.targets().arrays(),
                    Loss.CATEGORICAL_CROSS_ENTROPY.arithmetic()));
            assertEquals(again.loss(), last.value(Metric.VAL_LOSS), 1e-12);
            assertEquals(again.correct(), last.validation().orElseThrow().correct());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void threadsDoNotChangeABit(int threads) throws IOException {
        TrainingOptions.Builder options = TrainerCase.options().validationSplit(0.2).maxGradientNorm(0.5).batchSize(10);
        assertSameBits(fit(options), fit(options.threads(threads)));
    }

    @Test
    void aSeedHasOneTrainingAndAnotherSeedAnother() throws IOException {
        assertSameBits(fit(TrainerCase.options()), fit(TrainerCase.options()));
        assertNotEquals(fit(TrainerCase.options()).history(), fit(TrainerCase.options().seed(6)).history());
    }

    /** A model that stays as it is, and features of rows that can be told by their loss. */
    private static double[] lossesOfRows(TrainingOptions.Builder options, int rows) throws IOException {
        List<Double> losses = new ArrayList<>();
        Graph model = Initializer.KERAS
                .initialize(Sequential.builder().input(1).dense(1, Activation.LINEAR).build(), 1);
        float[] zeros = new float[rows];
        double[] squares = IntStream.range(0, rows).mapToDouble(Math::sqrt).toArray();
        new Trainer(options.optimizer(new Sgd(0)).batchSize(1)
                .callback(onBatch(progress -> losses.add((double) Math.round(progress.lastBatch().loss())))).build())
                .fit(model, new TrainingData(ModelInput.features(rows, 1, zeros), Targets.values(squares)));
        return losses.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private static TrainingOptions.Builder squaredError() {
        return TrainingOptions.builder(Loss.MEAN_SQUARED_ERROR).kernel("portable");
    }

    @Test
    void rowsGoThroughOnceAnEpochInAnOrderOfItsOwn() throws IOException {
        double[] seen = lossesOfRows(squaredError().epochs(3), 20);
        double[] inOrder = IntStream.range(0, 20).asDoubleStream().toArray();
        List<List<Double>> orders = new ArrayList<>();
        for (int epoch = 0; epoch < 3; epoch++) {
            double[] order = Arrays.copyOfRange(seen, 20 * epoch, 20 * epoch + 20);
            orders.add(Arrays.stream(order).boxed().toList());
            Arrays.sort(order);
            assertArrayEquals(inOrder, order);
        }
        orders.add(Arrays.stream(inOrder).boxed().toList());
        assertEquals(4, orders.stream().distinct().count());
        assertArrayEquals(inOrder, lossesOfRows(squaredError().batchOrder(BatchOrder.AS_GIVEN), 20));
    }

    @Test
    void validationRowsAreTheLastOnesAndAreNotTrainedWith() throws IOException {
        History[] history = new History[1];
        double[] seen = lossesOfRows(squaredError().validationSplit(0.25)
                .callback(onEpoch(progress -> history[0] = progress.history())), 10);
        Arrays.sort(seen);
        // floor(10 · 0.75) = 7
        assertArrayEquals(IntStream.range(0, 7).asDoubleStream().toArray(), seen);
        BatchResult validation = history[0].epochs().getFirst().validation().orElseThrow();
        assertEquals(3, validation.counted());
        assertEquals((7 + 8 + 9) / 3.0, validation.loss(), 1e-6);
    }

    @Test
    void aSplitIsTheSameAsTheTwoPartsGivenApart() throws IOException {
        int[] all = IntStream.range(0, TrainerCase.ROWS).toArray();
        TrainingData data = TrainerCase.data();
        TrainingResult split = fit(TrainerCase.options().validationSplit(0.3));
        TrainingResult apart = new Trainer(TrainerCase.options().build()).fit(TrainerCase.model(),
                data.rows(all, 0, 16),
                data.rows(all, 16, all.length));
        assertSameBits(split, apart);
        assertNotEquals(Optional.empty(), split.history().epochs().getFirst().validation());
    }

    @Test
    void sumsOfAnEpochAreThoseOfItsBatches() throws IOException {
        List<BatchResult> batches = new ArrayList<>();
        List<String> calls = new ArrayList<>();
        TrainingCallback log = new TrainingCallback() {
            @Override
            public void onBegin(TrainingCallback.Progress progress) {
                calls.add("begin");
                assertEquals(0, progress.steps());
                assertEquals(BatchResult.NONE, progress.lastBatch());
                assertEquals(6, progress.batches());
                assertEquals(0.02, progress.learningRate());
            }

            @Override
            public void onBatch(TrainingCallback.Progress progress) {
                calls.add(progress.epoch() + "/" + progress.batch());
                batches.add(progress.lastBatch());
                assertEquals(batches.size(), progress.steps());
            }

            @Override
            public void onEpoch(TrainingCallback.Progress progress) {
                calls.add("epoch " + progress.epoch() + " of " + progress.epochs());
                assertEquals(progress.running(), progress.history().epochs().getLast().training());
            }
        };
        TrainingResult result = fit(TrainerCase.options().epochs(2).callback(log));
        assertEquals(List.of("begin", "1/1", "1/2", "1/3", "1/4", "1/5", "1/6", "epoch 1 of 2", "2/1", "2/2", "2/3",
                "2/4", "2/5", "2/6", "epoch 2 of 2"), calls);
        assertEquals(batches.subList(0, 6).stream().reduce(BatchResult.NONE, BatchResult::plus),
                result.history().epochs().getFirst().training());
        // The last batch has the rows that are left: 23 = 5 · 4 + 3.
        assertEquals(3 * TrainerCase.STEPS, batches.get(5).steps());
        assertEquals(TrainerCase.ROWS * TrainerCase.STEPS, result.history().epochs().getFirst().training().steps());
    }

    @Test
    void earlyStoppingEndsTheTrainingAndGivesTheBestWeightsBack() throws IOException {
        List<Graph> models = new ArrayList<>();
        EarlyStopping when = new EarlyStopping(Metric.VAL_LOSS, 2, 0, true);
        TrainingOptions.Builder options = TrainerCase.options().optimizer(new Adam(0.3)).epochs(50).validationSplit(0.4)
                .callback(onEpoch(progress -> models.add(progress.model())));
        TrainingResult result = fit(options.earlyStopping(when));
        assertEquals(Ending.STOPPED_EARLY, result.ending());
        double[] values = result.history().values(Metric.VAL_LOSS);
        assertEquals(models.size(), values.length);
        int best = result.history().best(Metric.VAL_LOSS).orElseThrow().epoch() - 1;
        assertEquals(Arrays.stream(values).min().orElseThrow(), values[best]);
        assertEquals(best + 2, values.length - 1);
        assertSameBits(models.get(best), result.model());
        models.clear();
        TrainingResult last = fit(options.earlyStopping(new EarlyStopping(Metric.VAL_LOSS, 2, 0, false)));
        assertEquals(result.history(), last.history());
        assertSameBits(models.getLast(), last.model());
    }

    @Test
    void theBestModelIsInItsFile() throws IOException {
        Path file = directory.resolve("best.safetensors");
        List<Graph> models = new ArrayList<>();
        TrainingResult result = fit(TrainerCase.options().optimizer(new Adam(0.3)).epochs(6).validationSplit(0.4)
                .callback(new TrainingCallback.SaveBest(file, Metric.VAL_LOSS))
                .callback(onEpoch(progress -> models.add(progress.model()))));
        int best = result.history().best(Metric.VAL_LOSS).orElseThrow().epoch() - 1;
        assertTrue(best < 5, "the last epoch should not be the best");
        assertSameBits(models.get(best), ModelFile.read(file));
    }

    @Test
    void callbacksStopATraining() throws IOException {
        TrainingResult result = fit(TrainerCase.options().callback(onBatch(progress -> {
            if (progress.steps() == 8) {
                progress.stop();
            }
        })));
        assertEquals(Ending.STOPPED, result.ending());
        assertEquals(1, result.history().epochs().size());
        TrainingResult afterEpoch = fit(TrainerCase.options().callback(onEpoch(TrainingCallback.Progress::stop)));
        assertEquals(Ending.STOPPED, afterEpoch.ending());
        assertSameBits(fit(TrainerCase.options().epochs(1)).model(), afterEpoch.model());
    }

    @Test
    void learningRatesAreThoseOfTheSchedule() throws IOException {
        List<Double> rates = new ArrayList<>();
        TrainingResult result = fit(TrainerCase.options().schedule(new LearningRateSchedule.Cosine(12, 0.5))
                .callback(onBatch(progress -> rates.add(progress.learningRate()))));
        assertEquals(18, rates.size());
        assertEquals(0.02, rates.getFirst());
        assertEquals(0.02 * 0.75, rates.get(6), 1e-15);
        assertEquals(0.01, rates.get(12), 1e-15);
        assertEquals(0.01, rates.get(17), 1e-15);
        assertEquals(List.of(rates.get(5), rates.get(11), rates.get(17)),
                result.history().epochs().stream().map(History.Epoch::learningRate).toList());
    }

    private String refusal(TrainingOptions.Builder options, Graph model, TrainingData data) throws IOException {
        Path checkpoint = directory.resolve("refused.safetensors");
        TrainingOptions built = options.checkpoint(checkpoint).build();
        String message = assertThrows(IllegalArgumentException.class, () -> new Trainer(built).fit(model, data))
                .getMessage();
        assertFalse(Files.exists(checkpoint));
        return message;
    }

    @Test
    void whatDoesNotGoTogetherIsRefusedBeforeAnythingIsDone() throws IOException {
        Graph model = Sequential.builder().input(2).gru(2).returnSequences().dense(3, Activation.SOFTMAX).build();
        float[] features = new float[2 * 3 * 2];
        ModelInput input = ModelInput.features(2, 3, features);
        Targets labels = Targets.labels(new int[6]);
        TrainingData good = new TrainingData(input, labels);
        features[7] = Float.POSITIVE_INFINITY;
        assertEquals("features[7] must be finite, was Infinity",
                refusal(TrainerCase.options(), model, good));
        features[7] = 0;
        assertEquals("weights[1] must be finite as a float, was NaN", refusal(TrainerCase.options(), model,
                new TrainingData(input, labels.withWeights(new double[]{1, Double.NaN, 1, 1, 1, 1}))));
        assertEquals("values[17] must be finite as a float, was NaN", refusal(TrainerCase.options(), model,
                new TrainingData(input, Targets.values(IntStream.range(0, 18).mapToDouble(i -> i == 17 ? Double.NaN : 0)
                        .toArray()))));
        assertEquals("labels[5] must be from 0 to 2, was 3", refusal(TrainerCase.options(), model,
                new TrainingData(input, Targets.labels(new int[]{0, 0, 0, 0, 0, 3}))));
        assertTrue(refusal(TrainerCase.options(), model, TrainerCase.data())
                .equals("the model takes features, not tokens"));
        assertTrue(refusal(TrainerCase.options(), Sequential.builder().input(2).gru(3).returnSequences().build(), good)
                .startsWith("loss CATEGORICAL_CROSS_ENTROPY needs a model whose last layer applies SOFTMAX"));
        assertEquals("validationSplit must leave rows on both sides, was 0.6 of 2 rows",
                refusal(TrainerCase.options().validationSplit(0.6), model, good));
        assertEquals("monitor val_loss needs validation data, and there is none", refusal(
                TrainerCase.options().earlyStopping(new EarlyStopping(Metric.VAL_LOSS, 1, 0, false)), model, good));
        assertEquals("monitor val_accuracy needs validation data, and there is none",
                refusal(TrainerCase.options()
                        .schedule(new LearningRateSchedule.Plateau(Metric.VAL_ACCURACY, 1, 0.5, 0)), model, good));
        assertEquals("monitor val_loss needs validation data, and there is none", refusal(
                TrainerCase.options().callback(new TrainingCallback.SaveBest(directory.resolve("m"), Metric.VAL_LOSS)),
                model,
                good));
        assertTrue(refusal(squaredError().earlyStopping(new EarlyStopping(Metric.ACCURACY, 1, 0, false)),
                Sequential.builder().input(2).gru(3).returnSequences().build(),
                new TrainingData(input, Targets.values(new double[18]))).startsWith("monitor accuracy needs a loss"));
        TrainingOptions split = TrainerCase.options().validationSplit(0.5).build();
        assertTrue(assertThrows(IllegalArgumentException.class, () -> new Trainer(split).fit(model, good, good))
                .getMessage().startsWith("validationSplit must be 0"));
    }

    @Test
    void optionsOutOfRangeAreRefused() {
        TrainingOptions.Builder options = TrainerCase.options();
        for (Runnable call : List.<Runnable>of(() -> options.epochs(0), () -> options.batchSize(0),
                () -> options.threads(0), () -> options.validationSplit(1), () -> options.validationSplit(-0.1),
                () -> options.maxGradientNorm(0), () -> options.checkpoint(directory, -1),
                () -> new EarlyStopping(Metric.LOSS, 0, 0, false), () -> new EarlyStopping(Metric.LOSS, 1, -1, false),
                () -> new LearningRateSchedule.Cosine(0, 0), () -> new LearningRateSchedule.Cosine(1, 1.5),
                () -> new LearningRateSchedule.Plateau(Metric.LOSS, 0, 0.5, 0),
                () -> new LearningRateSchedule.Plateau(Metric.LOSS, 1, 2, 0))) {
            assertThrows(IllegalArgumentException.class, call::run);
        }
    }

    @Test
    void builtOptionsStayAsTheyWere() {
        TrainingOptions.Builder builder = TrainerCase.options();
        TrainingOptions built = builder.build();
        String before = built.toString();
        builder.epochs(77).callback(new TrainingCallback() {
        });
        assertEquals(before, built.toString());
        assertEquals(List.of(), built.callbacks());
    }

    @Test
    void aTrainerTrainsOneModelAtATime() throws IOException {
        List<Trainer> trainers = new ArrayList<>();
        Trainer trainer = new Trainer(TrainerCase.options().epochs(1)
                .callback(onEpoch(progress -> assertThrows(IllegalStateException.class,
                        () -> trainers.getFirst().fit(TrainerCase.model(), TrainerCase.data()))))
                .build());
        trainers.add(trainer);
        trainer.fit(TrainerCase.model(), TrainerCase.data());
        assertEquals(Ending.COMPLETED, trainer.fit(TrainerCase.model(), TrainerCase.data()).ending());
    }
}
