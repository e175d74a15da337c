package dev.gru.train;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import dev.gru.engine.Digest;
import dev.gru.kernel.GruKernel;
import dev.gru.kernel.KernelSelection;
import dev.gru.layer.Graph;
import dev.gru.layer.ModelInput;
import dev.gru.train.math.AdamFormula;
import dev.gru.train.math.FiniteFloats;
import dev.gru.train.math.LossSums;
import dev.gru.train.math.OptimizerFormula;
import dev.gru.train.math.SgdFormula;
import dev.gru.train.math.TargetValues;
import dev.gru.train.network.Backpropagation;
import dev.gru.train.network.WeightArray;
import dev.gru.train.optimizer.OptimizerState;
import dev.gru.weights.Precision;

/**
 * A model and an optimizer, for those who bring the batches themselves: each {@link #step} is one step of the
 * optimizer, as Keras's {@code train_on_batch}. {@link Trainer} does the rest, epochs, validation and checkpoints.
 *
 * <p>In a step batch normalization takes the moments of the batch, over its rows and unmasked steps, and its moving
 * averages move towards these once; {@link #evaluate} and {@link #toModel} take the averages.
 *
 * <p>With the same model and steps the weights are the same, bit for bit, on any number of threads, and on every kernel
 * but the scalar reference. Not safe for use by two threads at once. To be closed, if it has more than one thread.
 *
 * <p><b>Finite.</b> Every step checks the weights and the averages that the optimizer keeps: none that is infinite or
 * NaN leaves this class. After a step that made one, the trainer can only be closed.
 */
public final class BatchTrainer implements AutoCloseable {
    private final Backpropagation network;
    private final OptimizerState optimizer;
    private final Loss loss;
    /** The weight or average that a step made infinite or NaN, or null. */
    private String diverged;

    /** Copies the weights of a model, to be trained on the best kernel and one thread. */
    public BatchTrainer(Graph model, Loss loss, Optimizer optimizer) {
        this(model, loss, optimizer, KernelSelection.best(), 1);
    }

    /**
     * Copies the weights of a model.
     *
     * @param model its layers and first weights
     * @param loss the loss to be made small
     * @param optimizer how the weights are changed
     * @param kernel the name of the kernel that the network runs on: {@code simd}, {@code portable} or {@code scalar}
     * @param threads the largest number of threads, including the calling one, from 1 to 1024
     * @throws IllegalArgumentException if the model cannot be trained: dropout stands before an embedding, two layers
     *     with weights have the same name, or a weight is infinite or NaN; if the loss needs a model that ends with
     *     another function; or if {@code threads} is out of range
     * @throws IllegalStateException if there is no such kernel or it cannot run here; the message says why
     */
    public BatchTrainer(Graph model, Loss loss, Optimizer optimizer, String kernel, int threads) {
        this(model, loss, optimizer, KernelSelection.named(kernel), threads);
    }

    BatchTrainer(Graph model, Loss loss, Optimizer optimizer, GruKernel kernel, int threads) {
        this.loss = Objects.requireNonNull(loss, "loss");
        Objects.requireNonNull(optimizer, "optimizer");
        network = new Backpropagation(model, kernel, threads);
        try {
            network.requireEndsWith(loss.arithmetic());
            requireFinite(network.arrays());
            requireFinite(network.fixed());
            this.optimizer = new OptimizerState(formula(optimizer), network.arrays(), kernel.training());
        } catch (RuntimeException | Error e) {
            network.close();
            throw e;
        }
    }

    private static OptimizerFormula formula(Optimizer optimizer) {
        return switch (optimizer) {
            case Optimizer.Adam adam -> new AdamFormula(adam.weightDecay(), adam.beta1(), adam.beta2(), adam.epsilon(),
                    adam.squaresOfTerms());
            case Optimizer.Sgd sgd -> new SgdFormula(sgd.momentum());
        };
    }

    private static void requireFinite(List<WeightArray> arrays) {
        arrays.forEach(array -> requireFinite(array.unpack(array.values())));
    }

    private static void requireFinite(Map<String, float[]> arrays) {
        FiniteFloats.firstNotFinite(arrays).ifPresent(other -> {
            throw new IllegalArgumentException("weights of the model must be finite, but " + other);
        });
    }

    /**
     * Makes one step along the gradients of a batch.
     *
     * @param input the batch
     * @param targets the wanted outputs
     * @param dropoutSeed determines what is dropped; another one for every step
     * @param learningRate lr in this step, at least 0 and finite as a float
     * @param maxGradientNorm a bound on the norm of all gradients together, above which they are made shorter; infinite
     *     for none
     * @return the loss before the step, with dropout
     * @throws IllegalArgumentException if the arguments do not fit each other or the model; then nothing has been
     *     changed
     * @throws TrainingDivergedException if the loss or a gradient is infinite or NaN, then no weight has been changed;
     *     or if the step made a weight or a value that the optimizer keeps so, then this trainer can only be closed
     * @throws IllegalStateException if a step before this one did that
     */
    public BatchResult step(ModelInput input, Targets targets, long dropoutSeed, double learningRate,
            double maxGradientNorm) {
        requireUsable();
        requireRates(learningRate, maxGradientNorm);
        BatchResult result = finite(network.lossAndGradients(input, arrays(targets), loss.arithmetic(), dropoutSeed));
        update(learningRate, maxGradientNorm);
        return result;
    }

    /**
     * Computes the gradients of a batch, or of a share of one, and changes nothing. Batch normalization takes the
     * moments of these rows.
     *
     * @param input the rows
     * @param targets the wanted outputs
     * @param dropoutSeed determines what is dropped, with the place of a row among these: shares of a batch need seeds
     *     of their own
     * @throws IllegalArgumentException if the arguments do not fit each other or the model
     * @throws TrainingDivergedException if the loss is infinite or NaN
     * @throws IllegalStateException if a step made a weight infinite or NaN
     */
    public Gradients gradients(ModelInput input, Targets targets, long dropoutSeed) {
        requireUsable();
        BatchResult result = finite(
                network.lossAndGradientSums(input, arrays(targets), loss.arithmetic(), dropoutSeed));
        return new Gradients(result, network.gradients());
    }

    /**
     * Makes one step along gradients, as {@link #gradients} of this trainer or of others with the same model and
     * optimizer computed them, and {@link Gradients#plus} added them.
     *
     * @param gradients sums over all rows of the batch
     * @param learningRate lr in this step, at least 0 and finite as a float
     * @param maxGradientNorm a bound on the norm of all gradients together, above which they are made shorter; infinite
     *     for none
     * @return the loss before the step, with dropout
     * @throws IllegalArgumentException if the gradients are not such as this trainer computes: an array is missing,
     *     those of the squares among them, is of another length, or is one too many; or if another argument is out of
     *     range; then nothing has been changed
     * @throws TrainingDivergedException as for {@link #step(ModelInput, Targets, long, double, double)}
     * @throws IllegalStateException if a step before this one diverged
     */
    public BatchResult step(Gradients gradients, double learningRate, double maxGradientNorm) {
        requireUsable();
        Objects.requireNonNull(gradients, "gradients");
        requireRates(learningRate, maxGradientNorm);
        network.loadGradientSums(gradients.arrays(), gradients.result().counted());
        update(learningRate, maxGradientNorm);
        return gradients.result();
    }

    private static List<TargetValues> arrays(Targets targets) {
        return Objects.requireNonNull(targets, "targets").arrays();
    }

    private static void requireRates(double learningRate, double maxGradientNorm) {
        FiniteFloats.requireFrom0("learningRate", learningRate);
        if (!(maxGradientNorm > 0)) {
            throw new IllegalArgumentException("maxGradientNorm must be above 0, was " + maxGradientNorm);
        }
    }

    private static BatchResult finite(LossSums sums) {
        BatchResult result = BatchResult.of(sums);
        if (!Double.isFinite(result.lossSum())) {
            throw new TrainingDivergedException("the loss is " + result.loss());
        }
        return result;
    }

    private void update(double learningRate, double maxGradientNorm) {
        FiniteFloats.firstNotFinite(network.moments()).ifPresent(other -> {
            throw new TrainingDivergedException("the moment of the batch that moves " + other);
        });
        Optional<String> notFinite = optimizer.step(learningRate, maxGradientNorm, network.team());
        if (notFinite.isPresent()) {
            throw new TrainingDivergedException(notFinite.get());
        }
        diverged = optimizer.firstNotFinite().orElse(null);
        if (diverged != null) {
            throw new TrainingDivergedException(diverged + " after the step");
        }
        network.moveAverages();
        network.weightsChanged();
    }

    private void requireUsable() {
        if (diverged != null) {
            throw new IllegalStateException("the training has diverged: " + diverged);
        }
    }

    /**
     * Computes the loss and the metrics, without dropout.
     *
     * @throws IllegalArgumentException if the arguments do not fit each other or the model
     * @throws IllegalStateException if a step made a weight infinite or NaN
     */
    public BatchResult evaluate(ModelInput input, Targets targets) {
        requireUsable();
        return BatchResult.of(network.loss(input, arrays(targets), loss.arithmetic()));
    }

    /** Returns the number of steps so far. */
    public long steps() {
        return optimizer.steps();
    }

    /**
     * Returns a hash of all that the next steps depend on, beside the batches: the weights, the moving averages, what
     * the optimizer keeps, and the number of steps; 32 hexadecimal digits. Trainers on several machines that have made
     * the same steps have the same.
     *
     * @throws IllegalStateException if a step made a weight infinite or NaN
     */
    public String fingerprint() {
        requireUsable();
        Digest digest = new Digest();
        digest.add(optimizer.steps());
        var model = dev.gru.engine.Fingerprint.of(network.toModel(), Precision.FP32);
        digest.add(model.upper());
        digest.add(model.lower());
        optimizer.kept().forEach((what, arrays) -> arrays.forEach((name, values) -> {
            digest.add(what);
            digest.add(name);
            digest.add(FloatBuffer.wrap(values), Precision.FP32);
        }));
        ByteBuffer value = digest.value();
        return new dev.gru.engine.Fingerprint(value.getLong(), value.getLong()).toString();
    }

    /**
     * Returns a model with the weights as they are now.
     *
     * @throws IllegalStateException if a step made a weight infinite or NaN
     */
    public Graph toModel() {
        requireUsable();
        return network.toModel();
    }

    /** What {@link Trainer} saves and restores. */
    OptimizerState optimizer() {
        return optimizer;
    }

    @Override
    public void close() {
        network.close();
    }
}
