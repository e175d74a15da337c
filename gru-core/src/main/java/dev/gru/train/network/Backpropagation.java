package dev.gru.train.network;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import dev.gru.internal.Shapes;
import dev.gru.kernel.GruKernel;
import dev.gru.kernel.ThreadTeam;
import dev.gru.kernel.training.Rows;
import dev.gru.kernel.training.TrainingKernel;
import dev.gru.layer.Graph;
import dev.gru.layer.ModelInput;
import dev.gru.layer.Sequential;
import dev.gru.train.math.LossFunction;
import dev.gru.train.math.LossSums;
import dev.gru.train.math.Parameters;
import dev.gru.train.math.TargetValues;
import dev.gru.train.reference.ScalarBackpropagation;
import dev.gru.weights.Activation;

/**
 * The gradients of a model by backpropagation through time, in floats, on a kernel: what {@link ScalarBackpropagation}
 * says in double, at the speed of the kernel.
 *
 * <p>Masked steps carry the state, and its
 * derivative, through. Which steps count for the loss is what the model hands on to its output, as in a compiled Keras
 * model, and what the targets say.
 *
 * <p><b>Same bits.</b> Gradients are sums over rows and steps, each in one fixed order, and what dropout draws depends
 * on its seed and the place in the batch alone: so with one kernel the results do not depend on the number of threads,
 * and kernels other than the reference have the same ones. Without dropout outputs are those of
 * {@link dev.gru.GruModel#predict}, if both run on the same of these kernels.
 *
 * <p>Rows of a batch go through by eights; for a batch of 32 more than four threads are of no use. Keeps all
 * intermediate values of the last pass, which takes memory in proportion to rows · steps. Not safe for use by two
 * threads at once. To be closed, if it has more than one thread.
 */
public final class Backpropagation implements AutoCloseable {
    private static final int ROWS = TrainingKernel.ROWS_AT_ONCE;

    private final Network network;
    private final TrainingKernel kernel;
    private final TaskTeam tasks;
    private final List<Network.Passage> passages = new ArrayList<>();
    /** The outputs of the last pass, in parts; empty if there is no backward pass to be made of it. */
    private List<Features> outputs = List.of();
    private List<Rows> dInputs = List.of();
    private ModelInput batch;

    /**
     * Copies the weights of a model.
     *
     * @param model its layers
     * @param kernel has the arithmetic
     * @param threads the largest number of threads, including the calling one, from 1 to {@link ThreadTeam#MAX_SIZE}
     * @throws IllegalArgumentException if the model cannot be trained: a GRU layer has other activations than the
     *     standard ones, dropout stands before an embedding, or two layers with weights have the same name; or
     *     {@code threads} is out of range
     */
    public Backpropagation(Graph model, GruKernel kernel, int threads) {
        network = new Network(Objects.requireNonNull(model, "model"));
        this.kernel = Objects.requireNonNull(kernel, "kernel").training();
        tasks = new TaskTeam(threads);
    }

    /** Returns all weights with their gradients, in the order of the layers. */
    public List<WeightArray> arrays() {
        return network.arrays();
    }

    /** Returns the threads that help, or null if there are none. */
    public ThreadTeam team() {
        return tasks.threads();
    }

    /** Has to be called when values of {@link #arrays} have been changed. */
    public void weightsChanged() {
        arrays().forEach(WeightArray::transpose);
    }

    /** Returns the weights. */
    public Parameters parameters() {
        return network.parameters();
    }

    /** Returns copies of the gradients as the last pass left them, as {@link Network#gradients} has them. */
    public Map<String, float[]> gradients() {
        return network.gradients();
    }

    /**
     * Replaces the gradients by others, as {@link #lossAndGradientSums} and {@link #gradients} give them, divided by a
     * number of steps.
     *
     * @param sums the arrays
     * @param steps how many steps they are sums over; 0 for none
     * @throws IllegalArgumentException if these are not the arrays of {@link #gradients}; then nothing is changed
     */
    public void loadGradientSums(Map<String, float[]> sums, long steps) {
        network.loadGradients(sums, steps == 0 ? 0 : 1.0 / steps);
    }

    /** Returns a model with the weights as they are now. */
    public Graph toModel() {
        return parameters().toModel(network.model());
    }

    /**
     * Computes the outputs of the model, without dropout.
     *
     * @param input the batch
     * @return (batch, steps, outputSize) or, if the model returns its last output only, (batch, outputSize)
     * @throws IllegalArgumentException if the input is not such as the model takes
     */
    public float[] forward(ModelInput input) {
        forward(input, null, true, network.layerCount());
        Graph model = network.model();
        int steps = model.returnsSequences() ? input.steps() : 1;
        int size = model.outputSize();
        float[] y = new float[Shapes.requireArray("outputs", input.batch(), steps, size)];
        for (int part = 0; part < outputs.size(); part++) {
            Features out = outputs.get(part);
            for (int i = 0; i < out.count(); i++) {
                System.arraycopy(out.values.values(), out.values.place(i), y, index(part, i) * size, size);
            }
        }
        return y;
    }

    /** Where output {@code i} of a part is in the order of the batch, row by row. */
    private int index(int part, int i) {
        Features out = outputs.get(part);
        return (part * ROWS + i % out.rows) * out.steps + i / out.rows;
    }

    /**
     * Computes the backward pass of the last {@link #forward} pass, whose input and weights must not have changed
     * since. The gradients are those of this pass alone.
     *
     * @param dy the derivatives of a loss with respect to the outputs, in their shape
     * @throws IllegalArgumentException if {@code dy} has another length than the outputs
     * @throws IllegalStateException if there was no forward pass
     */
    public void backward(float[] dy) {
        if (outputs.isEmpty()) {
            throw new IllegalStateException("backward needs a forward pass before it");
        }
        int size = network.model().outputSize();
        int elements = outputs.stream().mapToInt(Features::count).sum() * size;
        TargetValues.requireLength("dy", Objects.requireNonNull(dy, "dy").length, elements);
        int stride = TrainingKernel.padded(size);
        List<Rows> parts = new ArrayList<>();
        for (int part = 0; part < outputs.size(); part++) {
            Rows d = new Rows(new float[outputs.get(part).count() * stride], 0, stride);
            for (int i = 0; i < outputs.get(part).count(); i++) {
                System.arraycopy(dy, index(part, i) * size, d.values(), d.place(i), size);
            }
            parts.add(d);
        }
        Rows[] ofInput = new Rows[parts.size()];
        tasks.forAll(parts.size(),
                part -> ofInput[part] = passages.get(part).backward(parts.get(part), network.layerCount()));
        dInputs = Arrays.asList(ofInput);
        sumGradients(network.layerCount());
        outputs = List.of();
    }

    /**
     * Returns the derivatives with respect to the features that went in, (batch, steps, features), as {@link #backward}
     * left them; empty if the model takes tokens.
     *
     * @throws IllegalStateException if there was none
     */
    public double[] inputGradient() {
        requireBackwardPass();
        int steps = batch.steps();
        int size = network.model().inputSize();
        double[] dx = new double[batch.tokens() != null ? 0 : batch.features().length];
        for (int i = 0; i < dx.length; i++) {
            int row = i / (steps * size);
            int rows = passages.get(row / ROWS).context().rows();
            Rows part = dInputs.get(row / ROWS);
            dx[i] = part.values()[part.place(i / size % steps * rows + row % ROWS) + i % size];
        }
        return dx;
    }

    /**
     * Returns the derivatives with respect to the states that the model's {@link Sequential#recurrentLayers} began
     * with, as {@link #backward} left them: one array for each, (batch, stateSize).
     *
     * @throws IllegalStateException if there was none
     */
    public List<double[]> initialStateGradients() {
        requireBackwardPass();
        List<double[]> all = new ArrayList<>();
        for (int layer = 0; layer < network.model().recurrentLayers().size(); layer++) {
            int stateSize = network.model().recurrentLayers().get(layer).stateSize();
            double[] d = new double[batch.batch() * stateSize];
            for (int row = 0; row < batch.batch(); row++) {
                passages.get(row / ROWS).recurrent().get(layer).copyInitialStateGradient(row % ROWS, d,
                        row * stateSize);
            }
            all.add(d);
        }
        return all;
    }

    private void requireBackwardPass() {
        if (dInputs.isEmpty()) {
            throw new IllegalStateException("there are no gradients before the first backward pass");
        }
    }

    /**
     * Computes a loss and the metrics, without dropout and gradients.
     *
     * @param input the batch
     * @param targets the wanted outputs
     * @param loss which loss
     * @throws IllegalArgumentException if the arguments do not fit each other or the model
     */
    public LossSums loss(ModelInput input, TargetValues targets, LossFunction loss) {
        return loss(input, targets, loss, null, BatchLoss.Derivatives.NONE);
    }

    /**
     * Computes a loss and the metrics, and the gradients of the loss; those of before are replaced.
     *
     * @param input the batch
     * @param targets the wanted outputs
     * @param loss which loss
     * @param dropoutSeed from which it is drawn what is dropped; the same seed drops the same
     * @throws IllegalArgumentException if the arguments do not fit each other or the model
     */
    public LossSums lossAndGradients(ModelInput input, TargetValues targets, LossFunction loss, long dropoutSeed) {
        return loss(input, targets, loss, dropoutSeed, BatchLoss.Derivatives.OF_MEAN);
    }

    /**
     * Computes the gradients of the sum Σ w ℓ instead of those of the mean; otherwise the same as
     * {@link #lossAndGradients}.
     */
    public LossSums lossAndGradientSums(ModelInput input, TargetValues targets, LossFunction loss, long dropoutSeed) {
        return loss(input, targets, loss, dropoutSeed, BatchLoss.Derivatives.OF_SUM);
    }

    private LossSums loss(ModelInput input, TargetValues targets, LossFunction loss, Long dropoutSeed,
            BatchLoss.Derivatives derivatives) {
        boolean gradients = derivatives != BatchLoss.Derivatives.NONE;
        Graph model = network.model();
        Objects.requireNonNull(input, "input");
        Objects.requireNonNull(targets, "targets");
        requireEndsWith(Objects.requireNonNull(loss, "loss"));
        loss.requireFits(targets, (long) input.batch() * (model.returnsSequences() ? input.steps() : 1),
                model.outputSize());
        // A loss that takes sums is computed from those that go into the last function.
        int count = network.layerCount() - (loss.function().isPresent() ? 1 : 0);
        forward(input, dropoutSeed, false, count);
        BatchLoss ofBatch = new BatchLoss(kernel, loss, targets, outputs, derivatives);
        tasks.forAll(outputs.size(), part -> {
            Rows d = ofBatch.of(part, passages.get(part).outputGradient(outputs.get(part)));
            if (gradients) {
                passages.get(part).backward(d, count);
            }
        });
        if (gradients) {
            sumGradients(count);
        }
        // A backward pass from the outputs needs a forward pass of all layers.
        outputs = List.of();
        return ofBatch.result();
    }

    /**
     * Checks that the model ends as a loss needs it.
     *
     * @throws IllegalArgumentException if it does not
     */
    public void requireEndsWith(LossFunction loss) {
        Optional<Activation.Function> function = loss.function();
        if (function.isPresent() && network.lastFunction() != function.get()) {
            throw new IllegalArgumentException("loss " + loss + " needs a model whose last layer applies "
                    + function.get() + ", the last layer was " + network.model().layers().getLast());
        }
    }

    /** Runs the first {@code count} layers, the rows of the batch in parts. */
    private void forward(ModelInput input, Long dropoutSeed, boolean inputGradient, int count) {
        Objects.requireNonNull(input, "input").requireFits(network.model());
        batch = input;
        outputs = List.of();
        dInputs = List.of();
        int parts = Math.ceilDiv(input.batch(), ROWS);
        while (passages.size() < parts) {
            passages.add(network.newPassage());
        }
        Features[] out = new Features[parts];
        tasks.forAll(parts, part -> {
            int first = part * ROWS;
            out[part] = passages.get(part).forward(new Node.Context(kernel, input, first,
                    Math.min(ROWS, input.batch() - first), dropoutSeed, inputGradient), count);
        });
        outputs = Arrays.asList(out);
    }

    /** Sums the gradients after the backward passes of all parts. */
    private void sumGradients(int layers) {
        arrays().forEach(WeightArray::clearGradient);
        List<Runnable> sums = network.gradientTasks(passages.subList(0, outputs.size()), kernel, layers);
        tasks.forAll(sums.size(), sum -> sums.get(sum).run());
    }

    @Override
    public void close() {
        tasks.close();
    }
}
