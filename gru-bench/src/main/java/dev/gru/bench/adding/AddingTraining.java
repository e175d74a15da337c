package dev.gru.bench.adding;

import java.io.IOException;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Consumer;

import dev.gru.GruModel;
import dev.gru.ModelOptions;
import dev.gru.kernel.KernelSelection;
import dev.gru.layer.Graph;
import dev.gru.train.EarlyStopping;
import dev.gru.train.History;
import dev.gru.train.Loss;
import dev.gru.train.Metric;
import dev.gru.train.Optimizer.Adam;
import dev.gru.train.Trainer;
import dev.gru.train.TrainingCallback;
import dev.gru.train.TrainingData;
import dev.gru.train.TrainingDivergedException;
import dev.gru.train.TrainingOptions;
import dev.gru.train.TrainingResult;

/**
 * The training of a model on the adding problem, the same for every {@link RecurrentUnit}: with Adam and gradients
 * clipped to a norm of 1, at one learning rate after the other until the model has learned to add. The result is the
 * best epoch of all learning rates.
 *
 * @param steps steps of the sequences, from 2 to {@link #MAX_STEPS}
 * @param units units of the recurrent layer, at least 1
 * @param batches largest number of batches of {@value #BATCH} sequences per learning rate, at least 1; rounded up to
 *     whole epochs
 * @param seed seed of the sequences and the initial weights
 */
public record AddingTraining(int steps, int units, int batches, long seed) {
    /** Sequences in a batch. */
    public static final int BATCH = 32;
    /** Batches in an epoch, after each of which the model is validated. */
    public static final int EPOCH = 400;
    /** Sequences for validation, and as many others for the final loss. */
    public static final int HELD_BACK = 2000;

    /** The largest number for which the training data of an epoch fits into an array. */
    public static final int MAX_STEPS = Integer.MAX_VALUE / (EPOCH * BATCH * AddingProblem.FEATURES);

    private static final double[] LEARNING_RATES = {0.005, 0.001, 0.0002};
    private static final double MAX_GRADIENT_NORM = 1;
    /** The validation loss at which a training ends. */
    private static final double ENOUGH = 0.002;
    /** Sequences whose gradients are shown. */
    private static final int SHOWN = 64;

    /** Checks the numbers. */
    public AddingTraining {
        if (steps < 2 || steps > MAX_STEPS) {
            throw new IllegalArgumentException("steps must be from 2 to " + MAX_STEPS + ", was " + steps);
        }
        if (units < 1) {
            throw new IllegalArgumentException("units must be at least 1, was " + units);
        }
        if (batches < 1) {
            throw new IllegalArgumentException("batches must be at least 1, was " + batches);
        }
    }

    /**
     * The result of the training of a unit.
     *
     * @param unit which unit
     * @param learningRate that of the best model
     * @param history the epochs at that learning rate
     * @param loss the mean squared error of the best model on sequences that neither trained nor selected it
     * @param untrained the model before the training
     * @param trained the best model
     */
    public record Outcome(RecurrentUnit unit, double learningRate, History history, double loss, Graph untrained,
            Graph trained) {
        /** Checks that nothing is null. */
        public Outcome {
            Objects.requireNonNull(unit, "unit");
            Objects.requireNonNull(history, "history");
            Objects.requireNonNull(untrained, "untrained");
            Objects.requireNonNull(trained, "trained");
        }
    }

    /**
     * Trains a unit.
     *
     * @param unit which one
     * @param progress takes a line after each epoch
     * @throws IOException never
     */
    public Outcome train(RecurrentUnit unit, Consumer<String> progress) throws IOException {
        TrainingData data = problem(EPOCH * BATCH, 0).data();
        TrainingData validation = problem(HELD_BACK, 1).data();
        Graph untrained = unit.model(units, seed);
        double best = Double.POSITIVE_INFINITY;
        double rate = Double.NaN;
        TrainingResult result = null;
        for (int i = 0; i < LEARNING_RATES.length && best >= ENOUGH; i++) {
            TrainingResult next;
            try {
                next = new Trainer(options(LEARNING_RATES[i], line -> progress.accept(unit + line)))
                        .fit(untrained, data, validation);
            } catch (TrainingDivergedException e) {
                progress.accept(unit + ": " + e.getMessage());
                continue;
            }
            double loss = next.history().best(Metric.VAL_LOSS).orElseThrow().value(Metric.VAL_LOSS);
            if (loss < best) {
                best = loss;
                rate = LEARNING_RATES[i];
                result = next;
            }
        }
        if (result == null) {
            throw new ArithmeticException("no training of the " + unit + " had a finite loss");
        }
        return new Outcome(unit, rate, result.history(), loss(result.model()), untrained, result.model());
    }

    private TrainingOptions options(double learningRate, Consumer<String> progress) {
        int epochs = Math.ceilDiv(batches, EPOCH);
        return TrainingOptions.builder(Loss.MEAN_SQUARED_ERROR).optimizer(new Adam(learningRate))
                .maxGradientNorm(MAX_GRADIENT_NORM).batchSize(BATCH).epochs(epochs).seed(seed)
                .earlyStopping(new EarlyStopping(Metric.VAL_LOSS, epochs, 0, true))
                .callback(new TrainingCallback() {
                    @Override
                    public void onEpoch(TrainingCallback.Progress training) {
                        History.Epoch epoch = training.history().epochs().getLast();
                        double loss = epoch.value(Metric.VAL_LOSS);
                        progress.accept(String.format(Locale.ROOT,
                                ", learning rate %.4f: %5d batches, loss %.4f, validation %.4f", learningRate,
                                epoch.steps(), epoch.value(Metric.LOSS), loss));
                        if (loss < ENOUGH) {
                            training.stop();
                        }
                    }
                }).build();
    }

    private double loss(Graph layers) {
        try (GruModel model = GruModel.of(layers, ModelOptions.defaults())) {
            return problem(HELD_BACK, 2).loss(model);
        }
    }

    /**
     * Computes the gradient of the loss with respect to the state after each step.
     *
     * @param model a model of an {@link Outcome}
     * @return |dL/dh_t| for every t from 0 to one below the number of steps, the mean over some sequences
     */
    public double[] gradientNorms(Graph model) {
        return GradientNorms.of(model, problem(SHOWN, 3), KernelSelection.best());
    }

    /** Draws sequences, which are independent for different indices. */
    private AddingProblem problem(int count, int index) {
        return new AddingProblem(count, steps, 4 * seed + index);
    }
}
