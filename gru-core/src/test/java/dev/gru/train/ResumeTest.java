package dev.gru.train;

import static dev.gru.train.TrainerCase.assertSameBits;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.logging.Level;
import java.util.logging.Logger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.gru.format.CheckpointFile;
import dev.gru.format.file.ModelFormatException;
import dev.gru.layer.Graph;
import dev.gru.layer.ModelInput;
import dev.gru.layer.Sequential;
import dev.gru.train.Optimizer.Adam;
import dev.gru.train.Optimizer.Sgd;
import dev.gru.train.TrainingOptions.BatchOrder;
import dev.gru.train.TrainingResult.Ending;
import dev.gru.train.math.RandomTraining;
import dev.gru.weights.Activation;

/** A training that ended somewhere goes on to the same bits as if it had not. */
class ResumeTest {
    private static final int EPOCHS = 3;

    @TempDir
    private Path directory;

    private Path file;
    private final Random random = new Random(1);
    /** Kept here: the log manager alone would let it go, and its level with it. */
    private final Logger logger = Logger.getLogger("dev.gru");
    private Level levelBefore;

    @BeforeEach
    void beQuiet() {
        file = directory.resolve("run.safetensors");
        levelBefore = logger.getLevel();
        logger.setLevel(Level.OFF);
    }

    @AfterEach
    void speakAgain() {
        logger.setLevel(levelBefore);
    }

    /** What all of the state takes part in. */
    private static List<TrainingOptions.Builder> variety() {
        return List.of(TrainerCase.options(), TrainerCase.options().optimizer(new Sgd(0.5, 0.9)).maxGradientNorm(0.3),
                TrainerCase.options().validationSplit(0.2).batchOrder(BatchOrder.AS_GIVEN)
                        .schedule(new LearningRateSchedule.Cosine(10, 0.1))
                        .earlyStopping(new EarlyStopping(Metric.LOSS, 1, 0, true)),
                TrainerCase.options().validationSplit(0.2).batchOrder(BatchOrder.BUCKETED_BY_LENGTH),
                // The best epoch is not the last one.
                TrainerCase.options().optimizer(new Adam(0.3)).validationSplit(0.3).epochs(9)
                        .schedule(new LearningRateSchedule.Plateau(Metric.VAL_LOSS, 1, 0.5, 0))
                        .earlyStopping(new EarlyStopping(Metric.VAL_LOSS, 2, 0, true)));
    }

    /** Trains from the beginning, whatever checkpoint the training before has left. */
    private static TrainingResult fit(TrainingOptions options) throws IOException {
        return new Trainer(TrainerCase.copy(options).overwriteCheckpoint().build()).fit(TrainerCase.model(),
                TrainerCase.data());
    }

    private static TrainingResult resume(TrainingOptions options) throws IOException {
        return new Trainer(options).resume(TrainerCase.data());
    }

    private interface End {
        void end(TrainingCallback.Progress progress);
    }

    private static TrainingCallback atStep(long step, End end) {
        return new TrainingCallback() {
            @Override
            public void onBatch(TrainingCallback.Progress progress) {
                if (progress.steps() == step) {
                    end.end(progress);
                }
            }
        };
    }

    @Test
    void amongThemIsOneWhoseBestModelIsOlderThanItsLastCheckpoints() throws IOException {
        TrainingResult result = fit(variety().getLast().build());
        assertEquals(Ending.STOPPED_EARLY, result.ending());
        assertTrue(result.history().best(Metric.VAL_LOSS).orElseThrow().epoch() < result.history().epochs().size());
    }

    @Test
    void stoppedAfterAnyBatch() throws IOException {
        for (TrainingOptions.Builder options : variety()) {
            TrainingResult expected = fit(options.build());
            long steps = expected.history().epochs().getLast().steps();
            for (int step = 1; step <= steps; step++) {
                TrainingOptions stopping = TrainerCase.copy(options.build()).checkpoint(file)
                        .callback(atStep(step, TrainingCallback.Progress::stop)).build();
                assertEquals(Ending.STOPPED, fit(stopping).ending());
                assertSameBits(expected, resume(TrainerCase.copy(options.build()).checkpoint(file).build()));
            }
        }
    }

    @Test
    void stoppedAgainAndAgainAtRandomBatches() throws IOException {
        for (TrainingOptions.Builder options : variety()) {
            TrainingResult expected = fit(options.build());
            TrainingResult actual = null;
            while (actual == null || actual.ending() == Ending.STOPPED) {
                long[] left = {1 + random.nextInt(5)};
                TrainingOptions stopping = TrainerCase.copy(options.build()).checkpoint(file)
                        .threads(1 + random.nextInt(2)).callback(new TrainingCallback() {
                            @Override
                            public void onBatch(TrainingCallback.Progress progress) {
                                if (--left[0] == 0) {
                                    progress.stop();
                                }
                            }
                        }).build();
                actual = actual == null ? fit(stopping) : resume(stopping);
            }
            assertSameBits(expected, actual);
        }
    }

    /** What a callback throws leaves the training as a crash does: it goes on from a checkpoint some batches before. */
    @Test
    void brokenOffAfterAnyBatch() throws IOException {
        for (TrainingOptions.Builder options : variety()) {
            TrainingResult expected = fit(options.build());
            long steps = expected.history().epochs().getLast().steps();
            for (int step = 1; step <= steps; step++) {
                TrainingOptions.Builder again = TrainerCase.copy(options.build()).checkpoint(file,
                        1 + random.nextInt(4));
                TrainingOptions broken = TrainerCase.copy(again.build()).callback(atStep(step, _ -> {
                    throw new UncheckedIOException(new IOException("broken off"));
                })).build();
                assertThrows(UncheckedIOException.class, () -> fit(broken));
                assertSameBits(expected, resume(again.build()));
            }
        }
    }

    @Test
    void interruptedByAnotherThreadsRequestOrByTheThreadsOwnInterrupt() throws IOException {
        TrainingOptions options = TrainerCase.options().validationSplit(0.2).build();
        TrainingResult expected = fit(options);
        int perEpoch = 5;
        for (int step = 1; step < perEpoch * EPOCHS; step++) {
            List<Trainer> trainers = new ArrayList<>();
            Trainer trainer = new Trainer(TrainerCase.copy(options).checkpoint(file).overwriteCheckpoint()
                    .callback(atStep(step, _ -> trainers.getFirst().interrupt())).build());
            trainers.add(trainer);
            assertEquals(Ending.INTERRUPTED, trainer.fit(TrainerCase.model(), TrainerCase.data()).ending());
            // The request is for one training only.
            assertSameBits(expected, trainer.resume(TrainerCase.data()));

            TrainingOptions ownInterrupt = TrainerCase.copy(options).checkpoint(file)
                    .callback(atStep(step, _ -> Thread.currentThread().interrupt())).build();
            TrainingResult interrupted = fit(ownInterrupt);
            assertTrue(Thread.interrupted(), "still interrupted");
            assertEquals(Ending.INTERRUPTED, interrupted.ending());
            assertEquals((step - 1) / perEpoch, interrupted.history().epochs().size());
            assertSameBits(expected, resume(TrainerCase.copy(options).checkpoint(file).build()));
        }
    }

    @Test
    void interruptedInAnEpochsEnd() throws IOException {
        TrainingOptions options = TrainerCase.options().validationSplit(0.2).build();
        TrainingResult expected = fit(options);
        TrainingOptions interrupting = TrainerCase.copy(options).checkpoint(file).callback(new TrainingCallback() {
            @Override
            public void onEpoch(TrainingCallback.Progress progress) {
                if (progress.epoch() == 2) {
                    Thread.currentThread().interrupt();
                }
            }
        }).callback(new TrainingCallback.SaveBest(directory.resolve("best.safetensors"), Metric.LOSS)).build();
        TrainingResult result = fit(interrupting);
        assertTrue(Thread.interrupted(), "still interrupted");
        assertEquals(Ending.INTERRUPTED, result.ending());
        assertEquals(2, result.history().epochs().size());
        assertSameBits(expected, resume(TrainerCase.copy(options).checkpoint(file).build()));
    }

    @Test
    void fromTheOneBeforeIfTheNewestIsDamaged() throws IOException {
        TrainingOptions options = TrainerCase.options().checkpoint(file, 2).build();
        TrainingResult expected = fit(options);
        byte[] newest = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(newest, newest.length / 2));
        assertSameBits(expected, resume(options));
        newest[newest.length / 3]++;
        Files.write(file, newest);
        Files.delete(new CheckpointFile(file).previous());
        assertThrows(ModelFormatException.class, () -> resume(options));
    }

    @Test
    void aCompletedTrainingIsNotRepeatedButGoesOnWithMoreEpochs() throws IOException {
        TrainingOptions options = TrainerCase.options().validationSplit(0.2)
                .earlyStopping(new EarlyStopping(Metric.LOSS, 5, 0, true)).checkpoint(file).build();
        TrainingResult expected = fit(options);
        TrainingOptions watched = TrainerCase.copy(options).callback(atStep(1, _ -> {
            throw new AssertionError("nothing is left to be done");
        })).build();
        assertSameBits(expected, resume(watched));
        TrainingOptions longer = TrainerCase.copy(options).epochs(EPOCHS + 2).build();
        TrainingResult more = resume(longer);
        assertEquals(EPOCHS + 2, more.history().epochs().size());
        assertSameBits(fit(longer), more);
    }

    @Test
    void featuresStatesLengthsAndWeightsToo() throws IOException {
        int rows = 13;
        Graph model = Initializer.PYTORCH.initialize(
                Sequential.builder().input(2).gru(3).dropout(0.5).dense(2, Activation.SIGMOID).build(), 3);
        TrainingData data = new TrainingData(
                ModelInput.features(rows, 4, RandomTraining.floats(rows * 8, random))
                        .withLengths(random.ints(rows, 0, 5).toArray())
                        .withInitialStates(List.of(RandomTraining.floats(rows * 3, random))),
                Targets.values(random.doubles(rows * 2L).toArray()).withWeights(random.doubles(rows).toArray())
                        .withMask(maskOf(rows)));
        TrainingOptions options = TrainingOptions.builder(Loss.BINARY_CROSS_ENTROPY).batchSize(5).epochs(4)
                .kernel("portable").build();
        TrainingResult expected = new Trainer(options).fit(model, data, data);
        for (int step = 1; step <= 12; step++) {
            new Trainer(TrainerCase.copy(options).checkpoint(file).overwriteCheckpoint()
                    .callback(atStep(step, TrainingCallback.Progress::stop)).build())
                    .fit(model, data, data);
            assertSameBits(expected,
                    new Trainer(TrainerCase.copy(options).checkpoint(file).build()).resume(data, data));
        }
    }

    @Test
    void aCheckpointIsOverwrittenOnlyIfThatIsSaid() throws IOException {
        TrainingOptions options = TrainerCase.options().checkpoint(file).build();
        fit(options);
        byte[] newest = Files.readAllBytes(file);
        Path previous = new CheckpointFile(file).previous();
        for (Path there : List.of(file, previous)) {
            String message = assertThrows(FileAlreadyExistsException.class,
                    () -> new Trainer(options).fit(TrainerCase.model(), TrainerCase.data())).getMessage();
            assertTrue(message.startsWith(there + ": is there already; resume goes on with"), message);
            assertTrue(message.contains("overwriteCheckpoint"), message);
            if (there.equals(file)) {
                assertArrayEquals(newest, Files.readAllBytes(file));
                Files.delete(file);
            }
        }
        assertFalse(Files.exists(file));
        assertTrue(TrainerCase.copy(TrainerCase.copy(options).overwriteCheckpoint().build()).build()
                .overwritesCheckpoint());
        fit(options);
        assertArrayEquals(newest, Files.readAllBytes(file));
    }

    private boolean[] maskOf(int rows) {
        boolean[] mask = new boolean[rows];
        for (int row = 0; row < rows; row++) {
            mask[row] = random.nextInt(4) > 0;
        }
        return mask;
    }

    @Test
    void otherOptionsAndDataAreRefusedByName() throws IOException {
        TrainingOptions options = TrainerCase.options().checkpoint(file).build();
        assertThrows(NoSuchFileException.class, () -> resume(options));
        assertThrows(IllegalStateException.class, () -> resume(TrainerCase.options().build()));
        fit(options);
        byte[] before = Files.readAllBytes(file);
        refused("batchSize must be that of the training that is resumed, 4, was 5",
                TrainerCase.copy(options).batchSize(5),
                TrainerCase.data());
        refused("optimizer must be that", TrainerCase.copy(options).optimizer(new Adam(0.01)), TrainerCase.data());
        refused("schedule must be that", TrainerCase.copy(options).schedule(new LearningRateSchedule.Cosine(9, 0)),
                TrainerCase.data());
        refused("maxGradientNorm must be that", TrainerCase.copy(options).maxGradientNorm(1), TrainerCase.data());
        refused("seed must be that", TrainerCase.copy(options).seed(6), TrainerCase.data());
        refused("batchOrder must be that", TrainerCase.copy(options).batchOrder(BatchOrder.AS_GIVEN),
                TrainerCase.data());
        refused("validationSplit must be that", TrainerCase.copy(options).validationSplit(0.5), TrainerCase.data());
        refused("earlyStopping must be that",
                TrainerCase.copy(options).earlyStopping(new EarlyStopping(Metric.LOSS, 1, 0, true)),
                TrainerCase.data());
        refused("data must be that of the training that is resumed, 23 rows of 5 steps, checksum ",
                TrainerCase.copy(options),
                TrainerCase.data(22, 3));
        refused("data must be that", TrainerCase.copy(options), TrainerCase.data(TrainerCase.ROWS, 4));
        assertThrows(IllegalArgumentException.class,
                () -> new Trainer(options).resume(TrainerCase.data(), TrainerCase.data()));
        assertArrayEquals(before, Files.readAllBytes(file));
        assertFalse(Thread.interrupted());
    }

    /** Checkpoints of before there were more orders than two say whether rows are shuffled. */
    @Test
    void aCheckpointOfBeforeThereWereMoreOrdersGoesOn() throws IOException {
        for (BatchOrder order : List.of(BatchOrder.AS_GIVEN, BatchOrder.SHUFFLED)) {
            TrainingOptions options = TrainerCase.options().batchOrder(order).checkpoint(file).build();
            TrainingResult expected = fit(options);
            CheckpointFile checkpoint = new CheckpointFile(file);
            CheckpointFile.Content content = checkpoint.read();
            Map<String, String> notes = new LinkedHashMap<>(content.notes());
            notes.remove("option.batchOrder");
            notes.put("option.shuffle", String.valueOf(order == BatchOrder.SHUFFLED));
            checkpoint.write(new CheckpointFile.Content(file, content.model(), content.arrays(), notes));
            assertSameBits(expected, resume(options));
            refused("batchOrder must be that of the training that is resumed, " + order,
                    TrainerCase.copy(options).batchOrder(BatchOrder.BUCKETED_BY_LENGTH), TrainerCase.data());
        }
    }

    private static void refused(String part, TrainingOptions.Builder options, TrainingData data) {
        String message = assertThrows(IllegalArgumentException.class, () -> new Trainer(options.build()).resume(data))
                .getMessage();
        assertTrue(message.contains(part), message);
    }

    @Test
    void everyPartOfTheDataIsInItsFingerprint() {
        ModelInput input = ModelInput.features(2, 1, new float[]{1, 2});
        Targets targets = Targets.labels(new int[]{1, 0});
        List<String> fingerprints = new ArrayList<>();
        for (ModelInput in : List.of(input, ModelInput.features(2, 1, new float[]{1, 3}),
                ModelInput.tokens(2, 1, new int[]{1, 2}), input.withLengths(new int[]{1, 1}),
                input.withLengths(new int[]{1, 0}), input.withInitialStates(List.of(new float[2])))) {
            fingerprints.add(new TrainingData(in, targets).fingerprint());
        }
        for (Targets of : List.of(Targets.labels(new int[]{0, 1}), Targets.values(new double[]{1, 0}),
                targets.withWeights(new double[]{1, 1}), targets.withWeights(new double[]{1, 2}),
                targets.withMask(new boolean[]{true, true}), targets.withMask(new boolean[]{true, false}))) {
            fingerprints.add(new TrainingData(input, of).fingerprint());
        }
        assertEquals(12, fingerprints.stream().distinct().count());
        assertEquals(new TrainingData(input, targets).fingerprint(), fingerprints.getFirst());
    }
}
