package dev.gru.train;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

import dev.gru.format.CheckpointFile;
import dev.gru.layer.Graph;
import dev.gru.train.TrainingResult.Ending;
import dev.gru.train.math.RandomStream;

/**
 * One training from its beginning, or from a checkpoint, to its end.
 *
 * <p>What it does in a step follows from the options, the data, the weights, what the optimizer keeps, the history, and
 * the numbers of epoch, batch and step alone; all of that is in a checkpoint.
 *
 * <p>For one thread.
 */
final class TrainingRun implements TrainingCallback.Progress, AutoCloseable {
    /** Of the seed, for dropout; those of weights are not negative, and -1 is that of the order of rows. */
    private static final long DROPOUT = -2;

    private final TrainingOptions options;
    private final DataSplit data;
    private final BooleanSupplier interrupted;
    private final BatchTrainer network;
    private final CheckpointFile file;
    /** {@link Checkpoint#options}, or null if there is no need of them. */
    private final Map<String, String> decisive;

    private History history = History.EMPTY;
    private int epoch = 1;
    private int batch;
    private BatchResult running = BatchResult.NONE;
    private BatchResult last = BatchResult.NONE;
    /** That of the last step; before the first one its own. */
    private double learningRate;
    private Graph best;
    private boolean stopped;

    /**
     * Checks everything, and changes nothing.
     *
     * @param options how to train
     * @param model what to train
     * @param data what to train with
     * @param validationData what to validate with, or null
     * @param interrupted whether the training is to end
     * @throws IllegalArgumentException if these do not fit each other
     */
    TrainingRun(TrainingOptions options, Graph model, TrainingData data, TrainingData validationData,
            BooleanSupplier interrupted) {
        this.options = options;
        this.interrupted = interrupted;
        this.data = new DataSplit(options, model, data, validationData);
        options.earlyStopping().ifPresent(when -> when.monitor().requireIn(options.loss(), hasValidation()));
        if (options.schedule() instanceof LearningRateSchedule.Plateau plateau) {
            plateau.monitor().requireIn(options.loss(), hasValidation());
        }
        file = options.checkpoint().map(CheckpointFile::new).orElse(null);
        decisive = file == null ? null : decisive(data, validationData);
        network = new BatchTrainer(model, options.loss(), options.optimizer(), options.selectedKernel(),
                options.threads());
        learningRate = learningRate(0);
    }

    private Map<String, String> decisive(TrainingData trainingData, TrainingData validationData) {
        Map<String, String> all = new LinkedHashMap<>(options.decisive());
        all.put("data", trainingData.fingerprint());
        all.put("validation", validationData == null ? "none" : validationData.fingerprint());
        return all;
    }

    /**
     * Goes on from a checkpoint, whose model this was made with.
     *
     * @throws IllegalArgumentException if it is one of another training
     */
    void restore(Checkpoint checkpoint) {
        checkpoint.requireSame(decisive);
        if (checkpoint.batch() < 0 || checkpoint.batch() > batches()) {
            throw new IllegalArgumentException(
                    "batch of the checkpoint must be from 0 to " + batches() + ", was " + checkpoint.batch());
        }
        network.optimizer().restore(checkpoint.steps(), checkpoint.kept());
        history = checkpoint.history();
        epoch = history.epochs().size() + 1;
        batch = checkpoint.batch();
        running = checkpoint.running();
        best = checkpoint.best();
        learningRate = learningRate(Math.max(0, checkpoint.steps() - 1));
    }

    TrainingResult run(boolean resumed) throws IOException {
        for (TrainingCallback callback : options.callbacks()) {
            callback.onBegin(this);
        }
        if (!resumed) {
            save();
        }
        while (!isComplete()) {
            if (!runBatches()) {
                save();
                return result(stopped ? Ending.STOPPED : Ending.INTERRUPTED);
            }
            Optional<BatchResult> result = validate();
            if (hasValidation() && result.isEmpty()) {
                save();
                return result(Ending.INTERRUPTED);
            }
            endEpoch(result);
            if (stopped) {
                return result(Ending.STOPPED);
            }
            if (interrupted.getAsBoolean() && !isComplete()) {
                return result(Ending.INTERRUPTED);
            }
        }
        return result(history.epochs().size() < options.epochs() ? Ending.STOPPED_EARLY : Ending.COMPLETED);
    }

    /** Runs the batches of the epoch that are left; returns false if it is to end before the epoch does. */
    private boolean runBatches() throws IOException {
        if (batch == batches()) {
            return true;
        }
        int[] order = data.order(epoch);
        while (batch < batches()) {
            runBatch(order);
            for (TrainingCallback callback : options.callbacks()) {
                callback.onBatch(this);
            }
            boolean more = batch < batches();
            if (stopped || (more && interrupted.getAsBoolean())) {
                return false;
            }
            if (more && options.checkpointBatches() > 0 && batch % options.checkpointBatches() == 0) {
                save();
            }
        }
        return true;
    }

    private void runBatch(int[] order) {
        TrainingData rowsOfBatch = data.batch(order, batch);
        long dropoutSeed = RandomStream.seed(RandomStream.seed(options.seed(), DROPOUT), network.steps());
        double rate = learningRate(network.steps());
        BatchResult result;
        try {
            result = network.step(rowsOfBatch.input(), rowsOfBatch.targets(), dropoutSeed, rate,
                    options.maxGradientNorm());
        } catch (TrainingDivergedException e) {
            throw diverged("in batch " + (batch + 1) + " of", e.getMessage());
        }
        learningRate = rate;
        batch++;
        last = result;
        running = running.plus(result);
    }

    private TrainingDivergedException diverged(String where, String what) {
        return new TrainingDivergedException("the training diverged " + where + " epoch " + epoch + ": " + what
                + "; a lower learning rate or a bound on the gradient's norm may help");
    }

    /** Returns the learning rate of a step of this epoch. */
    private double learningRate(long step) {
        return options.optimizer().learningRate() * options.schedule().factor(step, history);
    }

    /** Returns the result of the validation data, or nothing if there is none or the training is to end. */
    private Optional<BatchResult> validate() {
        BatchResult sum = BatchResult.NONE;
        for (int part = 0; part < data.validationBatches(); part++) {
            if (interrupted.getAsBoolean()) {
                return Optional.empty();
            }
            TrainingData rows = data.validationBatch(part);
            sum = sum.plus(network.evaluate(rows.input(), rows.targets()));
        }
        if (!Double.isFinite(sum.lossSum())) {
            throw diverged("after", Metric.VAL_LOSS.key() + " is " + sum.loss());
        }
        return hasValidation() ? Optional.of(sum) : Optional.empty();
    }

    private void endEpoch(Optional<BatchResult> result) throws IOException {
        history = history.plus(new History.Epoch(epoch, network.steps(), learningRate, running, result));
        if (options.earlyStopping().map(when -> when.restoreBest() && when.isBest(history)).orElse(false)) {
            best = network.toModel();
        }
        for (TrainingCallback callback : options.callbacks()) {
            callback.onEpoch(this);
        }
        epoch++;
        batch = 0;
        running = BatchResult.NONE;
        save();
    }

    private void save() throws IOException {
        if (file != null) {
            Checkpoint now = new Checkpoint(network.toModel(), decisive, network.steps(), network.optimizer().kept(),
                    batch,
                    running, history, best);
            Uninterrupted.run(() -> now.write(file));
        }
    }

    private TrainingResult result(Ending ending) {
        boolean ended = ending == Ending.COMPLETED || ending == Ending.STOPPED_EARLY;
        return new TrainingResult(ended && best != null ? best : network.toModel(), history, ending);
    }

    @Override
    public int epoch() {
        return epoch;
    }

    @Override
    public int epochs() {
        return options.epochs();
    }

    @Override
    public int batch() {
        return batch;
    }

    @Override
    public int batches() {
        return data.batches();
    }

    @Override
    public long steps() {
        return network.steps();
    }

    @Override
    public BatchResult lastBatch() {
        return last;
    }

    @Override
    public BatchResult running() {
        return running;
    }

    @Override
    public double learningRate() {
        return learningRate;
    }

    @Override
    public History history() {
        return history;
    }

    @Override
    public boolean hasValidation() {
        return data.hasValidation();
    }

    @Override
    public boolean isComplete() {
        return history.epochs().size() >= options.epochs()
                || options.earlyStopping().map(when -> when.stops(history)).orElse(false);
    }

    @Override
    public Graph model() {
        return network.toModel();
    }

    @Override
    public void stop() {
        stopped = true;
    }

    @Override
    public void close() {
        network.close();
    }
}
