package dev.gru.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import dev.gru.format.CheckpointFile;
import dev.gru.format.ModelFile;
import dev.gru.layer.Graph;
import dev.gru.layer.ModelInput;
import dev.gru.layer.Sequential;
import dev.gru.layer.Tensor;
import dev.gru.train.Optimizer.Adam;
import dev.gru.train.Optimizer.Sgd;
import dev.gru.train.math.Parameters;
import dev.gru.weights.Activation;

/** Numbers that are infinite or NaN end a training, and are in nothing that it leaves. */
class DivergenceTest {
    private static final int STEPS = 3;

    @TempDir
    private Path directory;

    private static TrainingOptions.Builder options(Loss loss, Optimizer optimizer) {
        return TrainingOptions.builder(loss).optimizer(optimizer).kernel("portable");
    }

    /** y = 2 x, to be trained with x and t that are all the same. */
    private static Graph twice() {
        Graph model = Sequential.builder().input(1).dense(1, Activation.LINEAR).build();
        Parameters parameters = Parameters.of(model);
        parameters.get("dense/weight")[0] = 2;
        return parameters.toModel(model);
    }

    private static TrainingData pairs(int count, double x, double t) {
        float[] features = new float[count];
        double[] values = new double[count];
        Arrays.fill(features, (float) x);
        Arrays.fill(values, t);
        return new TrainingData(ModelInput.features(count, 1, features), Targets.values(values));
    }

    private static String divergence(TrainingOptions.Builder options, TrainingData data, TrainingData validation) {
        Trainer trainer = new Trainer(options.batchSize(1).build());
        return assertThrows(TrainingDivergedException.class, () -> trainer.fit(twice(), data, validation)).getMessage();
    }

    @Test
    void theMessageSaysWhatBecameInfiniteAndWhere() {
        TrainingData good = pairs(2, 1, 1);
        String help = "; a lower learning rate or a bound on the gradient's norm may help";
        Optimizer slow = new Sgd(0.1);
        // y = 2 x is infinite as a float.
        assertEquals("the training diverged in batch 1 of epoch 1: the loss is Infinity" + help,
                divergence(options(Loss.MEAN_SQUARED_ERROR, slow), pairs(2, 3e38, 1), good));
        // (y − t)² is finite as a double, and its derivative 2 (y − t) is infinite as a float.
        for (double maxNorm : new double[]{1, Double.POSITIVE_INFINITY}) {
            assertEquals("the training diverged in batch 1 of epoch 1: the gradient of dense/weight[0] is -Infinity"
                    + help,
                    divergence(options(Loss.MEAN_SQUARED_ERROR, slow).maxGradientNorm(maxNorm), pairs(2, 1, 3e38),
                            good));
        }
        // dw = 2, db = 2: w = 2 − 2e38, and the next gradient is about −4e38.
        assertEquals(
                "the training diverged in batch 1 of epoch 1: the weight dense/weight[0] is -Infinity after the step"
                        + help,
                divergence(options(Loss.MEAN_SQUARED_ERROR, new Sgd(3e38)), good, good));
        // v = 0.001 g² is infinite as a float, so that the weights stay as they are.
        assertEquals(
                "the training diverged in batch 1 of epoch 1: the optimizer's v of dense/weight[0] is Infinity after"
                        + " the step" + help,
                divergence(options(Loss.MEAN_SQUARED_ERROR, new Adam(0.001)), pairs(2, 1, 1e25), good));
        // w = (1 − 1e38) w, twice.
        assertEquals(
                "the training diverged in batch 2 of epoch 1: the weight dense/weight[0] is Infinity after the step"
                        + help,
                divergence(options(Loss.MEAN_SQUARED_ERROR, new Adam(1e-10).withWeightDecay(3e38)), pairs(2, 1e-9, 1),
                        pairs(2, 1e-9, 1)));
        assertEquals("the training diverged after epoch 1: val_loss is Infinity" + help,
                divergence(options(Loss.MEAN_SQUARED_ERROR, slow), good, pairs(1, 3e38, 1)));
    }

    @Test
    void numbersThatAreNotFiniteAsFloatsAreRefusedAtOnce() {
        for (double bad : new double[]{1e39, 1e300, Double.POSITIVE_INFINITY, Double.NaN, -1}) {
            String problem = " must be at least 0 and finite as a float, was " + bad;
            assertEquals("learningRate" + problem, refusal(() -> new Adam(bad)));
            assertEquals("learningRate" + problem, refusal(() -> new Sgd(bad)));
            assertEquals("weightDecay" + problem, refusal(() -> new Adam().withWeightDecay(bad)));
        }
        for (double bad : new double[]{1e39, 1e-50, 0, Double.NaN}) {
            assertEquals("epsilon must be above 0 and finite as a float, was " + bad,
                    refusal(() -> new Adam(1, 0, 0.9, 0.999, bad, true)));
        }
        Trainer trainer = new Trainer(options(Loss.MEAN_SQUARED_ERROR, new Sgd(0.1)).build());
        assertEquals("features[0] must be finite, was Infinity",
                refusal(() -> trainer.fit(twice(), pairs(1, 1e39, 1))));
        assertEquals("values[0] must be finite as a float, was -1.0E39",
                refusal(() -> trainer.fit(twice(), pairs(1, 1, -1e39))));
        Parameters broken = Parameters.of(twice());
        broken.get("dense/bias")[0] = Double.NaN;
        assertEquals("weights of the model must be finite, but dense/bias[0] is NaN",
                refusal(() -> trainer.fit(broken.toModel(twice()), pairs(1, 1, 1))));
    }

    private interface Call {
        void run() throws IOException;
    }

    private static String refusal(Call call) {
        return assertThrows(IllegalArgumentException.class, call::run).getMessage();
    }

    @Test
    void aBatchThatDivergesChangesNothingUnlessItIsTheStepThatDoes() {
        try (BatchTrainer trainer = new BatchTrainer(twice(), Loss.MEAN_SQUARED_ERROR, new Sgd(1),
                "portable", 1)) {
            TrainingData good = pairs(1, 1, 1);
            for (TrainingData bad : List.of(pairs(1, 3e38, 1), pairs(1, 1, 3e38))) {
                for (double maxNorm : new double[]{1, Double.POSITIVE_INFINITY}) {
                    assertThrows(TrainingDivergedException.class,
                            () -> trainer.step(bad.input(), bad.targets(), 0, 0.1, maxNorm));
                }
            }
            TrainerCase.assertSameBits(twice(), trainer.toModel());
            assertEquals(0, trainer.steps());
            trainer.step(good.input(), good.targets(), 0, 0.1, 1);
            assertEquals("learningRate must be at least 0 and finite as a float, was 1.0E39",
                    refusal(() -> trainer.step(good.input(), good.targets(), 0, 1e39, 1)));
            assertThrows(TrainingDivergedException.class,
                    () -> trainer.step(good.input(), good.targets(), 0, 3e38, Double.POSITIVE_INFINITY));
            for (Call call : List.<Call>of(trainer::toModel, () -> trainer.evaluate(good.input(), good.targets()),
                    () -> trainer.step(good.input(), good.targets(), 0, 0.1, 1))) {
                String message = assertThrows(IllegalStateException.class, call::run).getMessage();
                assertTrue(message.startsWith("the training has diverged: the weight dense/"), message);
            }
        }
    }

    @Test
    void gradientsWhoseNormIsNotFiniteChangeNoGradientAndNoWeight() {
        TrainingData good = pairs(1, 1, 1);
        try (BatchTrainer trainer = new BatchTrainer(twice(), Loss.MEAN_SQUARED_ERROR, new Sgd(1), "portable", 1)) {
            for (float bad : new float[]{Float.POSITIVE_INFINITY, Float.NaN}) {
                Gradients gradients = trainer.gradients(good.input(), good.targets(), 0);
                float[] weight = gradients.arrays().get("dense/weight");
                float[] bias = gradients.arrays().get("dense/bias");
                weight[0] = bad;
                bias[0] = 1;
                assertThrows(TrainingDivergedException.class, () -> trainer.step(gradients, 0.1, 1));
                assertArrayEquals(new float[]{bad}, weight);
                assertArrayEquals(new float[]{1}, bias);
            }
            TrainerCase.assertSameBits(twice(), trainer.toModel());
            assertEquals(0, trainer.steps());
        }
    }

    @Test
    void aCheckpointOfBrokenNumbersIsRefused() throws IOException {
        Path file = directory.resolve("run.safetensors");
        TrainingOptions options = options(Loss.MEAN_SQUARED_ERROR, new Sgd(0.1)).checkpoint(file).build();
        TrainingData data = pairs(1, 1, 1);
        new Trainer(options).fit(twice(), data);
        CheckpointFile checkpoint = new CheckpointFile(file);
        CheckpointFile.Content whole = checkpoint.read();
        Tensor nan = Tensor.of(new float[]{Float.NaN}, 1);
        whole.arrays().put("optimizer/m/dense/bias", nan);
        checkpoint.write(whole);
        assertEquals("what an optimizer keeps must be finite, but the optimizer's m of dense/bias[0] is NaN",
                refusal(() -> new Trainer(options).resume(data)));
    }

    /** What makes a training diverge, whatever its other numbers are. */
    enum Cause {
        RATE_OF_SGD, RATE_WITH_MOMENTUM, RATE_OF_ADAM, WEIGHT_DECAY, TARGETS, FEATURES
    }

    /** A training that diverges, with random sizes, data and options. */
    private record Case(Graph model, TrainingData data, TrainingOptions.Builder options) {
        static Case of(Cause cause, Random random) {
            int rows = 6 + random.nextInt(20);
            boolean sequences = random.nextBoolean();
            var layers = Sequential.builder().input(2);
            // The gates of a GRU make small numbers of large features.
            if (cause != Cause.FEATURES) {
                layers.gru(2 + random.nextInt(3)).returnSequences();
                boolean bidirectional = random.nextBoolean();
                if (bidirectional && sequences) {
                    layers.bidirectional(2).returnSequences();
                } else if (bidirectional) {
                    layers.bidirectional(2);
                } else if (sequences) {
                    layers.gru(2).returnSequences();
                } else {
                    layers.gru(2);
                }
            }
            boolean classes = cause == Cause.WEIGHT_DECAY && random.nextBoolean();
            Graph untrained = layers.dense(2, classes ? Activation.SOFTMAX : Activation.LINEAR).build();
            int targets = rows * (untrained.layers().size() == 1 || sequences ? STEPS : 1);
            double huge = Math.pow(10, 37 + 1.5 * random.nextDouble());
            float[] x = new float[2 * rows * STEPS];
            for (int i = 0; i < x.length; i++) {
                x[i] = (float) ((cause == Cause.FEATURES ? huge : 1) * random.nextDouble(-1, 1));
            }
            ModelInput input = ModelInput.features(rows, STEPS, x);
            Targets wanted = classes
                    ? Targets.labels(random.ints(targets, 0, 2).toArray())
                    : Targets.values(random.doubles(2L * targets, 0.5, 1)
                            .map(t -> cause == Cause.TARGETS ? 1e30 * t : t).toArray());
            Optimizer optimizer = switch (cause) {
                case RATE_OF_SGD -> new Sgd(huge);
                case RATE_WITH_MOMENTUM -> new Sgd(huge, 0.9);
                case RATE_OF_ADAM -> new Adam(huge);
                case WEIGHT_DECAY -> new Adam(0.01).withWeightDecay(huge);
                case TARGETS, FEATURES -> new Adam(0.01);
            };
            TrainingOptions.Builder options = DivergenceTest
                    .options(classes ? Loss.CATEGORICAL_CROSS_ENTROPY : Loss.MEAN_SQUARED_ERROR, optimizer)
                    .batchSize(2 + random.nextInt(4)).epochs(20).seed(random.nextInt()).threads(1 + random.nextInt(2))
                    .validationSplit(random.nextBoolean() ? 0.3 : 0);
            return new Case(Initializer.PYTORCH.initialize(untrained, random.nextInt()),
                    new TrainingData(input, wanted), options);
        }
    }

    @ParameterizedTest
    @EnumSource
    void noneOfThirtyLeavesAnythingButFiniteNumbers(Cause cause) throws IOException {
        for (int seed = 0; seed < 5; seed++) {
            Path folder = Files.createDirectory(directory.resolve(cause + "-" + seed));
            Path file = folder.resolve("run.safetensors");
            Path best = folder.resolve("best.safetensors");
            Case of = Case.of(cause, new Random(seed));
            List<Graph> seen = new ArrayList<>();
            TrainingOptions options = of.options().checkpoint(file, 1)
                    .callback(new TrainingCallback.SaveBest(best, Metric.LOSS))
                    .callback(new TrainingCallback() {
                        @Override
                        public void onBatch(TrainingCallback.Progress progress) {
                            seen.add(progress.model());
                        }
                    }).build();
            Trainer trainer = new Trainer(options);
            String message = assertThrows(TrainingDivergedException.class, () -> trainer.fit(of.model(), of.data()),
                    folder.toString()).getMessage();
            seen.forEach(model -> assertFinite(folder, Parameters.of(model)));
            if (Files.exists(best)) {
                assertFinite(folder, Parameters.of(ModelFile.read(best)));
            }
            CheckpointFile.Content last = new CheckpointFile(file).read();
            assertFinite(folder, Parameters.of(last.model()));
            last.arrays().forEach((name, array) -> assertFinite(folder + "/" + name, array.floats()));
            assertEquals(message, assertThrows(TrainingDivergedException.class, () -> trainer.resume(of.data()))
                    .getMessage(), "from its last checkpoint a training goes where it went");
        }
    }

    private static void assertFinite(Path of, Parameters parameters) {
        parameters.names().forEach(name -> assertFinite(of + "/" + name, parameters.floats(name)));
    }

    private static void assertFinite(String of, float[] values) {
        for (float value : values) {
            assertTrue(Float.isFinite(value), of);
        }
    }
}
