package dev.gru.train;

import static dev.gru.train.TrainerCase.assertSameBits;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
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

import dev.gru.GruModel;
import dev.gru.ModelOptions;
import dev.gru.kernel.RandomWeights;
import dev.gru.layer.Conv1D;
import dev.gru.layer.Dense;
import dev.gru.layer.Dropout;
import dev.gru.layer.Embedding;
import dev.gru.layer.GlobalPooling1D;
import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Merge;
import dev.gru.layer.ModelInput;
import dev.gru.layer.Normalization.BatchNormalization;
import dev.gru.layer.Normalization.Learnt;
import dev.gru.layer.Regularization;
import dev.gru.layer.Scale;
import dev.gru.layer.Shape;
import dev.gru.train.Optimizer.Adam;
import dev.gru.train.Optimizer.Sgd;
import dev.gru.train.TrainingResult.Ending;
import dev.gru.train.math.Parameters;
import dev.gru.weights.Activation;
import dev.gru.weights.GruVariant;

/** Training of graphs with batch normalization, several inputs and several outputs, from loading to saving. */
class GraphTrainerTest {
    private static final int ROWS = 21;
    private static final int STEPS = 5;
    private static final int VOCABULARY = 9;
    private static final float MOMENTUM = 0.7f;

    @TempDir
    private Path directory;

    /** Kept here: the log manager alone would let it go, and its level with it. */
    private final Logger logger = Logger.getLogger("dev.gru");
    private Level levelBefore;

    @BeforeEach
    void beQuiet() {
        levelBefore = logger.getLevel();
        logger.setLevel(Level.OFF);
    }

    @AfterEach
    void speakAgain() {
        logger.setLevel(levelBefore);
    }

    private static BatchNormalization batch(String name, int size) {
        float[] ones = new float[size];
        Arrays.fill(ones, 1);
        return new BatchNormalization(name, size, 1e-3f, MOMENTUM, Learnt.BOTH,
                List.of(ones, new float[size], new float[size], ones));
    }

    /** Tokens, some of them masked, and a vector; a class for each step, and two for the whole. */
    private static Graph model() {
        Graph.Builder graph = new Graph.Builder();
        int tokens = graph.input("tokens", Shape.tokens());
        int fixed = graph.input("static", Shape.vector(3));
        int x = graph.add(new Embedding("table", VOCABULARY, 6, RandomWeights.floats(VOCABULARY * 6, new Random(1)))
                .withMaskZero(true), tokens);
        x = graph.add(new Regularization("spatial", Regularization.Kind.SPATIAL_DROPOUT1D, 0.2f, 0), x);
        x = graph.add(batch("batch", 6), x);
        int gru = graph.add(new GruLayer("gru", RandomWeights.gru(GruVariant.RESET_AFTER, 6, 5, 2))
                .withReturnSequences(true), x);
        int conv = graph.add(new Conv1D("conv", 6, 3, RandomWeights.dense(18, 5, Activation.TANH, 3))
                .withPadding(Conv1D.Padding.SAME), x);
        int noisy = graph.add(new Regularization("noise", Regularization.Kind.GAUSSIAN_NOISE, 0.1f, 0), conv);
        int sum = graph.add(new Merge("add", Merge.Kind.ADD), gru, noisy);
        int ofSteps = graph.add(new Dense("steps", RandomWeights.dense(5, 3, Activation.SOFTMAX, 4)), sum);
        int pooled = graph.add(new GlobalPooling1D("pooled", GlobalPooling1D.Kind.AVERAGE), gru);
        int scaled = graph.add(new Scale("scaled", 3, new float[]{1, 0, 1}, new float[]{2, 2, 2}, new float[3]), fixed);
        int dense = graph.add(new Dense("dense", RandomWeights.dense(3, 4, Activation.TANH, 5)), scaled);
        int joined = graph.add(new Merge("joined", Merge.Kind.CONCATENATE), pooled, dense);
        joined = graph.add(batch("last", 9), joined);
        joined = graph.add(new Dropout("dropout", 0.3), joined);
        int ofAll = graph.add(new Dense("all", RandomWeights.dense(9, 2, Activation.SOFTMAX, 6)), joined);
        return graph.build(ofSteps, ofAll);
    }

    private static TrainingData data(int rows, long seed) {
        Random random = new Random(seed);
        int[] tokens = new int[rows * STEPS];
        int[] classes = new int[tokens.length];
        int[] ofAll = new int[rows];
        float[] fixed = new float[rows * 3];
        for (int row = 0; row < rows; row++) {
            int length = 1 + random.nextInt(STEPS);
            for (int i = row * STEPS; i < row * STEPS + length; i++) {
                tokens[i] = 1 + random.nextInt(VOCABULARY - 1);
                classes[i] = tokens[i] % 3;
            }
            ofAll[row] = random.nextInt(2);
            for (int i = 0; i < 3; i++) {
                fixed[row * 3 + i] = random.nextFloat() + ofAll[row];
            }
        }
        return new TrainingData(ModelInput.tokens(rows, STEPS, tokens).and(ModelInput.vector(rows, fixed)),
                Targets.labels(classes).and(Targets.labels(ofAll)));
    }

    private static TrainingOptions.Builder options() {
        return TrainingOptions.builder(Loss.CATEGORICAL_CROSS_ENTROPY).kernel("portable").optimizer(new Adam(0.02))
                .batchSize(9).epochs(3).seed(5).validationSplit(0.2)
                .earlyStopping(new EarlyStopping(Metric.VAL_LOSS, 9, 0, true));
    }

    private static TrainingResult fit(TrainingOptions options) throws IOException {
        return new Trainer(TrainerCase.copy(options).overwriteCheckpoint().build()).fit(model(), data(ROWS, 3));
    }

    @Test
    void itLearnsAndItsMovingAveragesMove() throws IOException {
        TrainingResult result = fit(options().epochs(25).build());
        List<History.Epoch> epochs = result.history().epochs();
        assertTrue(epochs.getLast().training().loss() < 0.7 * epochs.getFirst().training().loss());
        assertNotEquals(0, Parameters.of(result.model()).get("batch/moving_mean")[0]);
        assertArrayEquals(Parameters.of(model()).get("scaled/scale"),
                Parameters.of(result.model()).get("scaled/scale"));
    }

    @Test
    void aTrainingThatWasStoppedGoesOnToTheSameBits() throws IOException {
        TrainingResult expected = fit(options().build());
        Path file = directory.resolve("run.safetensors");
        long steps = expected.history().epochs().getLast().steps();
        for (long step = 1; step <= steps; step++) {
            long at = step;
            TrainingOptions stopping = options().checkpoint(file).callback(new TrainingCallback() {
                @Override
                public void onBatch(TrainingCallback.Progress progress) {
                    if (progress.steps() == at) {
                        progress.stop();
                    }
                }
            }).build();
            assertEquals(Ending.STOPPED, fit(stopping).ending());
            assertSameBits(expected, new Trainer(options().checkpoint(file).build()).resume(data(ROWS, 3)));
        }
    }

    @Test
    void anyNumberOfThreadsTrainsToTheSameBits() throws IOException {
        assertSameBits(fit(options().build()), fit(options().threads(3).build()));
    }

    /** Loaded, trained further, saved and loaded: the outputs of what was trained, with its moving averages. */
    @Test
    void aModelIsTunedFurther() throws IOException {
        Path before = directory.resolve("before.safetensors");
        Path after = directory.resolve("after.safetensors");
        ModelOptions portable = ModelOptions.defaults().withKernel("portable");
        try (GruModel model = GruModel.of(model(), portable)) {
            model.save(before);
        }
        TrainingData data = data(ROWS, 3);
        try (GruModel loaded = GruModel.load(before, portable)) {
            TrainingResult result = new Trainer(options().build()).fit(loaded.layers(), data);
            try (GruModel trained = GruModel.of(result.model(), portable)) {
                trained.save(after);
                List<float[]> expected = trained.run(data.input()).outputs();
                try (GruModel again = GruModel.load(after, portable)) {
                    List<float[]> actual = again.run(data.input()).outputs();
                    for (int i = 0; i < expected.size(); i++) {
                        assertArrayEquals(expected.get(i), actual.get(i));
                    }
                }
            }
            assertNotEquals(Parameters.of(loaded.layers()).get("last/moving_mean")[0],
                    Parameters.of(result.model()).get("last/moving_mean")[0]);
        }
    }

    /** Without what is drawn: two shares of the same rows have the moments, and the gradients, of all of them. */
    @Test
    void sharesCarryTheirMoments() {
        Graph.Builder graph = new Graph.Builder();
        int x = graph.add(batch("batch", 2), graph.input("x", Shape.sequence(2)));
        x = graph.add(new GruLayer("gru", RandomWeights.gru(GruVariant.RESET_AFTER, 2, 3, 2)), x);
        Graph model = graph.build(graph.add(new Dense("out", RandomWeights.dense(3, 2, Activation.SOFTMAX, 6)), x));
        ModelInput rows = ModelInput.features(3, 2, RandomWeights.floats(12, new Random(7)));
        Targets labels = Targets.labels(new int[]{0, 1, 1});
        float[] twice = Arrays.copyOf(rows.features(), 24);
        System.arraycopy(rows.features(), 0, twice, 12, 12);
        try (BatchTrainer whole = trainer(model); BatchTrainer share = trainer(model)) {
            whole.step(ModelInput.features(6, 2, twice), Targets.labels(new int[]{0, 1, 1, 0, 1, 1}), 0, 0.1, 1);
            Gradients half = share.gradients(rows, labels, 0);
            assertSameBits(model, share.toModel());
            share.step(half.plus(share.gradients(rows, labels, 0)), 0.1, 1);
            Parameters expected = Parameters.of(whole.toModel());
            Parameters actual = Parameters.of(share.toModel());
            for (String name : expected.names()) {
                assertArrayEquals(expected.get(name), actual.get(name), 1e-6, name);
            }
            assertNotEquals(0, actual.get("batch/moving_mean")[1]);
            Map<String, float[]> without = new LinkedHashMap<>(half.arrays());
            without.remove("batch/moving_variance");
            refused("batch/moving_variance", () -> share.step(new Gradients(half.result(), without), 0.1, 1));
        }
    }

    private static BatchTrainer trainer(Graph model) {
        return new BatchTrainer(model, Loss.CATEGORICAL_CROSS_ENTROPY, new Sgd(0.1), "portable", 1);
    }

    @Test
    void aBoundOnTheNormOfGradientsDoesNotTouchMoments() {
        TrainingData data = data(ROWS, 3);
        try (BatchTrainer free = trainer(model()); BatchTrainer bound = trainer(model())) {
            free.step(data.input(), data.targets(), 1, 0.1, Double.POSITIVE_INFINITY);
            bound.step(data.input(), data.targets(), 1, 0.1, 1e-3);
            for (String name : List.of("batch/moving_mean", "batch/moving_variance")) {
                assertArrayEquals(Parameters.of(free.toModel()).get(name), Parameters.of(bound.toModel()).get(name));
            }
            assertNotEquals(Parameters.of(free.toModel()).get("batch/gamma")[0],
                    Parameters.of(bound.toModel()).get("batch/gamma")[0]);
        }
    }

    @Test
    void infiniteMomentsChangeNothing() {
        Graph.Builder graph = new Graph.Builder();
        int x = graph.add(batch("batch", 1), graph.input("x", Shape.vector(1)));
        Graph model = graph.build(graph.add(new Dense("out", RandomWeights.dense(1, 2, Activation.SOFTMAX, 6)), x));
        try (BatchTrainer trainer = trainer(model)) {
            String message = assertThrows(TrainingDivergedException.class,
                    () -> trainer.step(ModelInput.vector(2, new float[]{1e25f, -1e25f}),
                            Targets.labels(new int[]{0, 1}), 0, 0.1, 1))
                    .getMessage();
            assertTrue(message.contains("batch/moving_variance"), message);
            assertSameBits(model, trainer.toModel());
            assertEquals(0, trainer.steps());
        }
    }

    /** Validation takes the moving averages, and draws nothing: the loss is that of what the model returns. */
    @Test
    void theLossOfValidationIsThatOfWhatTheModelReturns() {
        TrainingData data = data(ROWS, 3);
        try (BatchTrainer trainer = trainer(model())) {
            trainer.step(data.input(), data.targets(), 1, 0.1, 1);
            BatchResult result = trainer.evaluate(data.input(), data.targets());
            try (GruModel model = GruModel.of(trainer.toModel(), ModelOptions.defaults().withKernel("portable"))) {
                List<float[]> y = model.run(data.input()).outputs();
                int[] tokens = data.input().tokens();
                // Padded steps count, with the class 0: the sum of masked steps and of others has no mask.
                double ofSteps = 0;
                for (int i = 0; i < tokens.length; i++) {
                    ofSteps -= Math.log(y.getFirst()[3 * i + tokens[i] % 3]) / tokens.length;
                }
                double ofAll = 0;
                int[] labels = data.targets().arrays().get(1).labels();
                for (int row = 0; row < ROWS; row++) {
                    ofAll -= Math.log(y.getLast()[2 * row + labels[row]]) / ROWS;
                }
                assertEquals(ofSteps + ofAll, result.loss(), 1e-5);
            }
        }
    }

    private static void refused(String part, Runnable call) {
        String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
        assertTrue(message.contains(part), message);
    }

    @Test
    void whatDoesNotFitIsRefused() {
        TrainingData data = data(ROWS, 3);
        Trainer trainer = new Trainer(options().build());
        refused("2 outputs", () -> uncheckedFit(trainer, model(),
                new TrainingData(data.input(), Targets.labels(new int[ROWS * STEPS]))));
        refused("labels", () -> uncheckedFit(trainer, model(), new TrainingData(data.input(),
                Targets.labels(new int[ROWS * STEPS]).and(Targets.labels(new int[ROWS + 1])))));
        refused("2 inputs", () -> uncheckedFit(trainer, model(), new TrainingData(
                ModelInput.tokens(ROWS, STEPS, data.input().tokens()), data.targets())));
        assertThrows(IllegalStateException.class, () -> data.targets().withWeights(new double[0]));
        assertThrows(IllegalStateException.class, () -> data.targets().withMask(new boolean[0]));
        Graph.Builder graph = new Graph.Builder();
        int conv = graph.add(new Conv1D("conv", 1, 2, RandomWeights.dense(2, 2, Activation.SOFTMAX, 1))
                .withPadding(Conv1D.Padding.CAUSAL), graph.input("x", Shape.sequence(1)));
        refused("layer conv", () -> uncheckedFit(trainer, graph.build(conv), new TrainingData(
                ModelInput.features(10, 1, new float[10]).withInitialStates(List.of(new float[10])),
                Targets.labels(new int[10]))));
    }

    private static void uncheckedFit(Trainer trainer, Graph model, TrainingData data) {
        try {
            trainer.fit(model, data);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
