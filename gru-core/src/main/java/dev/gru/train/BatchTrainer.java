package dev.gru.train;

import java.util.Objects;

import dev.gru.kernel.GruKernel;
import dev.gru.layer.Sequential;

/**
 * A model and an optimizer, for those who bring the batches themselves: each {@link #step} is one step of the optimizer, as
 * Keras's {@code train_on_batch}. {@link Trainer} does the rest, epochs, validation and checkpoints.
 *
 * <p>With the same model and steps the weights are the same, bit for bit, on any number of threads, and on every kernel but
 * the scalar reference. Not safe for use by two threads at once. To be closed, if it has more than one thread.
 */
public final class BatchTrainer implements AutoCloseable {
    private final Backpropagation network;
    private final OptimizerState optimizer;
    private final Loss loss;

    /**
     * Copies the weights of a model.
     *
     * @param model its layers and first weights
     * @param loss what is to become small
     * @param optimizer how the weights are changed
     * @param kernel has the arithmetic
     * @param threads as for {@link Backpropagation#Backpropagation}
     * @throws IllegalArgumentException as for {@link Backpropagation#Backpropagation}, or if the loss needs a model that
     *     ends with another function
     */
    public BatchTrainer(Sequential model, Loss loss, Optimizer optimizer, GruKernel kernel, int threads) {
        this.loss = Objects.requireNonNull(loss, "loss");
        Objects.requireNonNull(optimizer, "optimizer");
        network = new Backpropagation(model, kernel, threads);
        try {
            network.requireEndsWith(loss);
            this.optimizer = new OptimizerState(optimizer, network.arrays());
        } catch (RuntimeException | Error e) {
            network.close();
            throw e;
        }
    }

    /**
     * Makes one step.
     *
     * @param input the batch
     * @param targets what the model should put out
     * @param dropoutSeed from which it is drawn what is dropped; another one for every step
     * @param learningRate lr in this step
     * @param maxGradientNorm what the norm of all gradients together is cut to; infinite for no bound
     * @return what the loss was before the step, with dropout
     * @throws IllegalArgumentException if the arguments do not go together or are not such as the model has or takes; then
     *     nothing has been changed
     * @throws ArithmeticException if the loss is infinite or NaN; then no weight has been changed
     */
    public BatchResult step(TrainingInput input, Targets targets, long dropoutSeed, double learningRate,
            double maxGradientNorm) {
        Adam.requireFrom0("learningRate", learningRate, Double.POSITIVE_INFINITY);
        if (!(maxGradientNorm > 0)) {
            throw new IllegalArgumentException("maxGradientNorm must be above 0, was " + maxGradientNorm);
        }
        BatchResult result = network.lossAndGradients(input, targets, loss, dropoutSeed);
        if (!Double.isFinite(result.lossSum())) {
            throw new ArithmeticException("the loss is " + result.loss());
        }
        optimizer.step(learningRate, maxGradientNorm, network.team());
        network.weightsChanged();
        return result;
    }

    /**
     * Computes the loss and the metrics, without dropout.
     *
     * @throws IllegalArgumentException if the arguments do not go together or are not such as the model has or takes
     */
    public BatchResult evaluate(TrainingInput input, Targets targets) {
        return network.loss(input, targets, loss);
    }

    /** Returns the number of steps so far. */
    public long steps() {
        return optimizer.steps();
    }

    /** Returns a model with the weights as they are now. */
    public Sequential toModel() {
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
