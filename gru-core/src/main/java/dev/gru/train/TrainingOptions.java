package dev.gru.train;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import dev.gru.internal.Shapes;
import dev.gru.kernel.GruKernel;
import dev.gru.kernel.KernelSelection;
import dev.gru.kernel.ThreadTeam;
import dev.gru.train.Optimizer.Adam;
import dev.gru.train.math.FiniteFloats;

/**
 * How a model is to be trained.
 *
 * <p>Immutable; callbacks are whatever they are.
 */
public final class TrainingOptions {
    private final Builder set;

    /** Which rows make a batch together, and in which order batches go through. */
    public enum BatchOrder {
        /** Rows in the order of the data, the same in every epoch: Keras's {@code shuffle=False}. */
        AS_GIVEN,
        /** Rows in a random order, another one in every epoch: Keras's default. */
        SHUFFLED,
        /**
         * Rows in a random order, of which those of like lengths are brought together in batches, and these in a random
         * order too, another one in every epoch. As a batch is computed as far as its longest row goes, rows of
         * different lengths take less time so. Rows for validation are sorted by length.
         *
         * <p>The steps of the optimizer are others than with {@link #SHUFFLED}: a batch of short rows is a step as much
         * as one of long rows. If no steps of rows can be left out, as {@link Trainer} says, batches are random ones.
         */
        BUCKETED_BY_LENGTH
    }

    private TrainingOptions(Builder builder) {
        set = builder;
    }

    /**
     * Returns a builder with Keras's defaults: {@link Adam}, one epoch, batches of 32 rows, shuffled, no validation;
     * and no checkpoints, the best kernel, one thread, and the seed 0.
     *
     * @param loss the loss to be made small
     */
    public static Builder builder(Loss loss) {
        return new Builder(loss);
    }

    /** Collects options. Not safe for use by two threads at once. */
    public static final class Builder {
        private final Loss loss;
        private Optimizer optimizer = new Adam();
        private LearningRateSchedule schedule = new LearningRateSchedule.Constant();
        private double maxGradientNorm = Double.POSITIVE_INFINITY;
        private int epochs = 1;
        private int batchSize = 32;
        private BatchOrder batchOrder = BatchOrder.SHUFFLED;
        private long seed;
        private double validationSplit;
        private EarlyStopping earlyStopping;
        private List<TrainingCallback> callbacks = new ArrayList<>();
        private Path checkpoint;
        private int checkpointBatches;
        private boolean overwriteCheckpoint;
        private GruKernel kernel;
        private int threads = 1;

        private Builder(Loss loss) {
            this.loss = Objects.requireNonNull(loss, "loss");
        }

        private Builder(Builder from) {
            loss = from.loss;
            optimizer = from.optimizer;
            schedule = from.schedule;
            maxGradientNorm = from.maxGradientNorm;
            epochs = from.epochs;
            batchSize = from.batchSize;
            batchOrder = from.batchOrder;
            seed = from.seed;
            validationSplit = from.validationSplit;
            earlyStopping = from.earlyStopping;
            callbacks = new ArrayList<>(from.callbacks);
            checkpoint = from.checkpoint;
            checkpointBatches = from.checkpointBatches;
            overwriteCheckpoint = from.overwriteCheckpoint;
            kernel = from.kernel;
            threads = from.threads;
        }

        /** Sets how weights are changed along their gradients. */
        public Builder optimizer(Optimizer other) {
            optimizer = Objects.requireNonNull(other, "optimizer");
            return this;
        }

        /** Sets how the optimizer's learning rate changes; without this it stays. */
        public Builder schedule(LearningRateSchedule other) {
            schedule = Objects.requireNonNull(other, "schedule");
            return this;
        }

        /**
         * Sets a bound on the length of the gradient of all weights together, to which longer ones are cut.
         *
         * @param maxNorm above 0; infinite for no bound, which is the default
         * @throws IllegalArgumentException if it is not
         */
        public Builder maxGradientNorm(double maxNorm) {
            if (!(maxNorm > 0)) {
                throw new IllegalArgumentException("maxNorm must be above 0, was " + maxNorm);
            }
            maxGradientNorm = maxNorm;
            return this;
        }

        /**
         * Sets how often all rows go through.
         *
         * @throws IllegalArgumentException if it is below 1
         */
        public Builder epochs(int count) {
            epochs = Shapes.requirePositive("epochs", count);
            return this;
        }

        /**
         * Sets how many rows go through between two steps of the optimizer; the last batch of an epoch may have fewer.
         *
         * @throws IllegalArgumentException if it is below 1
         */
        public Builder batchSize(int rows) {
            batchSize = Shapes.requirePositive("batchSize", rows);
            return this;
        }

        /** Sets which rows make a batch together, and the order of batches. */
        public Builder batchOrder(BatchOrder other) {
            batchOrder = Objects.requireNonNull(other, "batchOrder");
            return this;
        }

        /** Sets what the order of rows, and what dropout drops, come from. */
        public Builder seed(long other) {
            seed = other;
            return this;
        }

        /**
         * Sets which part of the rows is for validation: the last ones, in the order of the data, as in Keras; the
         * others, {@code floor(rows · (1 − share))}, are trained with.
         *
         * @param share at least 0, which is the default, and below 1
         * @throws IllegalArgumentException if it is not
         */
        public Builder validationSplit(double share) {
            validationSplit = FiniteFloats.requireFrom0("share", share, 1);
            return this;
        }

        /** Sets when the training ends before its last epoch. */
        public Builder earlyStopping(EarlyStopping when) {
            earlyStopping = Objects.requireNonNull(when, "earlyStopping");
            return this;
        }

        /** Adds a callback; they are called in the order in which they were added. */
        public Builder callback(TrainingCallback callback) {
            callbacks.add(Objects.requireNonNull(callback, "callback"));
            return this;
        }

        /**
         * Sets where checkpoints are written: at the beginning, after every epoch, and when the training is stopped or
         * interrupted. {@link dev.gru.format.CheckpointFile} says what is in the file, and where the one before it is.
         *
         * <p>{@link Trainer#fit} refuses to begin where a checkpoint is already, unless {@link #overwriteCheckpoint}
         * says otherwise. While it trains, the file is its own: it holds a lock, on a file beside it whose
         * name is {@code .name.lock}, and another training that would write there is refused, also in another process.
         */
        public Builder checkpoint(Path file) {
            return checkpoint(file, 0);
        }

        /**
         * Sets where checkpoints are written, and that there are some within epochs; otherwise the same as
         * {@link #checkpoint(Path)}.
         *
         * @param everyBatches batches of an epoch after which there is one, again and again; 0 for none
         * @throws IllegalArgumentException if that is below 0
         */
        public Builder checkpoint(Path file, int everyBatches) {
            Shapes.requireNotNegative("everyBatches", everyBatches);
            checkpoint = Objects.requireNonNull(file, "file");
            checkpointBatches = everyBatches;
            return this;
        }

        /**
         * Lets {@link Trainer#fit} begin where a checkpoint of a training is already, which is lost then: from the
         * first checkpoint on it is the one before the newest, and after the second it is gone.
         */
        public Builder overwriteCheckpoint() {
            overwriteCheckpoint = true;
            return this;
        }

        /**
         * Sets the kernel that the network runs on; without this it is the fastest that this JVM can run.
         *
         * @param name {@code simd}, {@code portable} or {@code scalar}
         * @throws IllegalStateException if there is no such kernel or it cannot run here; the message says why
         */
        public Builder kernel(String name) {
            kernel = KernelSelection.named(name);
            return this;
        }

        /**
         * Sets the largest number of threads, including the calling one. It changes no bit of the
         * results.
         *
         * @param count from 1 to 1024
         * @throws IllegalArgumentException if it is out of that range
         */
        public Builder threads(int count) {
            threads = Shapes.requireFrom1To("threads", count, ThreadTeam.MAX_SIZE);
            return this;
        }

        /** Returns the options. */
        public TrainingOptions build() {
            return new TrainingOptions(new Builder(this));
        }
    }

    /** Returns the loss to be made small. */
    public Loss loss() {
        return set.loss;
    }

    /** Returns how weights are changed along their gradients. */
    public Optimizer optimizer() {
        return set.optimizer;
    }

    /** Returns how the optimizer's learning rate changes. */
    public LearningRateSchedule schedule() {
        return set.schedule;
    }

    /** Returns the bound on the length of the gradient; infinite if there is none. */
    public double maxGradientNorm() {
        return set.maxGradientNorm;
    }

    /** Returns how often all rows go through. */
    public int epochs() {
        return set.epochs;
    }

    /** Returns how many rows go through between two steps of the optimizer. */
    public int batchSize() {
        return set.batchSize;
    }

    /** Returns which rows make a batch together, and the order of batches. */
    public BatchOrder batchOrder() {
        return set.batchOrder;
    }

    /** Returns what the order of rows, and what dropout drops, come from. */
    public long seed() {
        return set.seed;
    }

    /** Returns which part of the rows is for validation. */
    public double validationSplit() {
        return set.validationSplit;
    }

    /** Returns when the training ends before its last epoch, or nothing if it does not. */
    public Optional<EarlyStopping> earlyStopping() {
        return Optional.ofNullable(set.earlyStopping);
    }

    /** Returns the callbacks. */
    public List<TrainingCallback> callbacks() {
        return List.copyOf(set.callbacks);
    }

    /** Returns where checkpoints are written, or nothing if none are. */
    public Optional<Path> checkpoint() {
        return Optional.ofNullable(set.checkpoint);
    }

    /** Returns the batches of an epoch after which there is a checkpoint; 0 if there is none within epochs. */
    public int checkpointBatches() {
        return set.checkpointBatches;
    }

    /** Returns whether a training may begin where a checkpoint is already. */
    public boolean overwritesCheckpoint() {
        return set.overwriteCheckpoint;
    }

    /**
     * Returns the name of the kernel that the network runs on.
     *
     * @throws IllegalStateException if the system property {@code dev.gru.kernel} asks for a kernel that cannot run
     *     here
     */
    public String kernel() {
        return selectedKernel().name();
    }

    GruKernel selectedKernel() {
        return set.kernel == null ? KernelSelection.best() : set.kernel;
    }

    /** Returns the largest number of threads. */
    public int threads() {
        return set.threads;
    }

    /** Returns how many of so many rows are trained with; the others, the last ones, are for validation. */
    int trainingRows(int rows) {
        return (int) Math.floor(rows * (1 - set.validationSplit));
    }

    /** Returns how many steps the optimizer makes in all epochs, for a {@link LearningRateSchedule}. */
    public long steps(TrainingData data) {
        return (long) set.epochs
                * Math.ceilDiv(trainingRows(Objects.requireNonNull(data, "data").rows()), set.batchSize);
    }

    /** Returns those of the options that change the result of an epoch, or whether there is another one, by name. */
    Map<String, String> decisive() {
        Map<String, String> options = new LinkedHashMap<>();
        options.put("loss", set.loss.toString());
        options.put("optimizer", set.optimizer.toString());
        options.put("schedule", set.schedule.toString());
        options.put("maxGradientNorm", String.valueOf(set.maxGradientNorm));
        options.put("batchSize", String.valueOf(set.batchSize));
        options.put("batchOrder", set.batchOrder.toString());
        options.put("seed", String.valueOf(set.seed));
        options.put("validationSplit", String.valueOf(set.validationSplit));
        options.put("earlyStopping", String.valueOf(set.earlyStopping));
        return options;
    }

    @Override
    public String toString() {
        return "TrainingOptions[epochs=" + set.epochs + ", " + decisive() + "]";
    }
}
