package dev.gru.train.network;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

import dev.gru.internal.Shapes;
import dev.gru.kernel.GruKernel;
import dev.gru.kernel.ThreadTeam;
import dev.gru.kernel.training.Rows;
import dev.gru.kernel.training.TrainingKernel;
import dev.gru.layer.Graph;
import dev.gru.layer.ModelInput;
import dev.gru.train.math.LossFunction;
import dev.gru.train.math.LossSums;
import dev.gru.train.math.Parameters;
import dev.gru.train.math.TargetValues;
import dev.gru.train.math.TrailingPadding;
import dev.gru.train.reference.ScalarBackpropagation;

/**
 * The gradients of a model by backpropagation through time, in floats, on a kernel: what {@link ScalarBackpropagation}
 * says in double, at the speed of the kernel.
 *
 * <p>Masked steps carry the state, and its derivative, through. Which steps count for the loss is what the model hands
 * on to its output, as in a compiled Keras model, and what the targets say. The loss of a model with several outputs is
 * the sum of theirs; to it comes what activity regularization adds.
 *
 * <p>{@link TrailingPadding} is not computed: the loss and the gradients are the same without it. (0 times it is no
 * term in sums any more, so zeros may differ in their signs.)
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
    private final Passages passages;
    private final TrailingPadding padding;
    /** Whether the last pass computed outputs, from which there may be a backward pass; and whether there was one. */
    private boolean hasOutputs;
    private boolean hasGradients;
    /** What moments are multiplied by where they go out with gradients: the steps that these are sums over. */
    private double ofMoments = 1;
    private ModelInput batch;

    /**
     * Copies the weights of a model.
     *
     * @param model its layers
     * @param kernel has the arithmetic
     * @param threads the largest number of threads, including the calling one, from 1 to {@link ThreadTeam#MAX_SIZE}
     * @throws IllegalArgumentException if the model cannot be trained: dropout stands before an embedding, or two
     *     layers with weights have the same name; or {@code threads} is out of range
     */
    public Backpropagation(Graph model, GruKernel kernel, int threads) {
        network = new Network(Objects.requireNonNull(model, "model"));
        this.kernel = Objects.requireNonNull(kernel, "kernel").training();
        passages = new Passages(network, this.kernel, threads);
        padding = new TrailingPadding(model);
    }

    /** Returns all weights that are learnt, with their gradients, in the order of the layers. */
    public List<WeightArray> arrays() {
        return network.arrays();
    }

    /** Returns the threads that help, or null if there are none. */
    public ThreadTeam team() {
        return passages.threads();
    }

    /** Has to be called when values of {@link #arrays} have been changed. */
    public void weightsChanged() {
        arrays().forEach(WeightArray::transpose);
    }

    /** Returns the weights. */
    public Parameters parameters() {
        return network.parameters();
    }

    /** Returns the weights that are not learnt by name, moving averages among them: the arrays themselves. */
    public Map<String, float[]> fixed() {
        return network.fixed();
    }

    /** Returns the moments of the last batch in training, by the names of moving averages: the arrays themselves. */
    public Map<String, float[]> moments() {
        return network.moments();
    }

    /**
     * Moves the moving averages towards the moments of the last batch in training, or those of
     * {@link #loadGradientSums}, which are forgotten: one step of training moves them once.
     */
    public void moveAverages() {
        network.moveAverages();
    }

    /** Returns copies of the gradients as the last pass left them, as {@link Network#gradients} has them. */
    public Map<String, float[]> gradients() {
        return network.gradients(ofMoments);
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
     * Computes the first output of the model, without dropout.
     *
     * @param input the batch
     * @return (batch, steps, outputSize) or, if the output has no steps, (batch, outputSize)
     * @throws IllegalArgumentException if the input is not such as the model takes
     */
    public float[] forward(ModelInput input) {
        return outputs(input).getFirst();
    }

    /** Computes all outputs of the model; otherwise the same as {@link #forward}. */
    public List<float[]> outputs(ModelInput input) {
        forward(input, 0, null, network.plan().outputs());
        List<float[]> all = new ArrayList<>();
        for (int end : passages.ends()) {
            List<Features> parts = parts(end);
            Features like = parts.getFirst();
            float[] y = new float[Shapes.requireArray("outputs", input.batch(), like.steps, like.size)];
            for (int part = 0; part < parts.size(); part++) {
                Features out = parts.get(part);
                for (int i = 0; i < out.count(); i++) {
                    System.arraycopy(out.values.values(), out.values.place(i), y, index(out, part, i) * out.size,
                            out.size);
                }
            }
            all.add(y);
        }
        hasOutputs = true;
        return all;
    }

    private void forward(ModelInput input, int removedSteps, Long dropoutSeed, List<Integer> values) {
        hasOutputs = false;
        hasGradients = false;
        batch = Objects.requireNonNull(input, "input");
        passages.forward(input, removedSteps, dropoutSeed, values);
    }

    /** Returns a value in all parts of the batch. */
    private List<Features> parts(int value) {
        return passages.parts().stream().map(passage -> passage.value(value)).toList();
    }

    /** Where step {@code i} of an output of a part is in the order of the batch, row by row. */
    private static int index(Features out, int part, int i) {
        return (part * ROWS + i % out.rows) * out.steps + i / out.rows;
    }

    /**
     * Computes the backward pass of the last {@link #forward} pass of a model with one output, whose input and weights
     * must not have changed since. The gradients are those of this pass alone.
     *
     * @param dy the derivatives of a loss with respect to the output, in its shape
     * @throws IllegalArgumentException if {@code dy} has another length than the output
     * @throws IllegalStateException if there was no forward pass
     */
    public void backward(float[] dy) {
        backward(List.of(Objects.requireNonNull(dy, "dy")));
    }

    /** Computes the backward pass from all outputs; otherwise the same as {@link #backward(float[])}. */
    public void backward(List<float[]> dy) {
        if (!hasOutputs) {
            throw new IllegalStateException("backward needs a forward pass before it");
        }
        List<Integer> ends = passages.ends();
        TargetValues.requireLength("dy", dy.size(), ends.size());
        List<List<Rows>> ofOutputs = new ArrayList<>();
        for (int output = 0; output < ends.size(); output++) {
            ofOutputs.add(ofParts(dy.get(output), parts(ends.get(output))));
        }
        passages.backward(true, part -> {
            Passage passage = passages.parts().get(part);
            for (int output = 0; output < ofOutputs.size(); output++) {
                passage.add(ofOutputs.get(output).get(part), ends.get(output));
            }
            // What leads to penalties alone has derivatives too, which are 0.
            passage.addPenalties(0);
        });
        ofMoments = 1;
        hasGradients = true;
        hasOutputs = false;
    }

    private static List<Rows> ofParts(float[] dy, List<Features> parts) {
        int size = parts.getFirst().size;
        TargetValues.requireLength("dy", dy.length, parts.stream().mapToLong(Features::count).sum() * size);
        int stride = TrainingKernel.padded(size);
        List<Rows> all = new ArrayList<>();
        for (int part = 0; part < parts.size(); part++) {
            Features out = parts.get(part);
            Rows d = new Rows(new float[out.count() * stride], 0, stride);
            for (int i = 0; i < out.count(); i++) {
                System.arraycopy(dy, index(out, part, i) * size, d.values(), d.place(i), size);
            }
            all.add(d);
        }
        return all;
    }

    /**
     * Returns the derivatives with respect to the features of the first input, (batch, steps, features), as
     * {@link #backward} left them; empty if it takes tokens.
     *
     * @throws IllegalStateException if there was none
     */
    public double[] inputGradient() {
        return inputGradient(0);
    }

    /** Returns the derivatives with respect to an input; otherwise the same as {@link #inputGradient()}. */
    public double[] inputGradient(int input) {
        requireBackwardPass();
        int inputSteps = batch.steps(input);
        int size = network.model().inputs().get(input).shape().features();
        double[] dx = new double[batch.tokens(input) != null ? 0 : batch.features(input).length];
        for (int i = 0; i < dx.length; i++) {
            int row = i / (inputSteps * size);
            int rows = passages.ofRow(row).context().rows();
            Rows d = passages.ofRow(row).derivatives(input);
            dx[i] = d == null ? 0 : d.values()[d.place(i / size % inputSteps * rows + row % ROWS) + i % size];
        }
        return dx;
    }

    /**
     * Returns the derivatives with respect to the states that the model's {@link Graph#recurrentLayers} began
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
                passages.ofRow(row).recurrent().get(layer).copyInitialStateGradient(row % ROWS, d,
                        row * stateSize);
            }
            all.add(d);
        }
        return all;
    }

    private void requireBackwardPass() {
        if (!hasGradients) {
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
        return loss(input, one(targets), loss);
    }

    /** Computes the sum of the losses of several outputs; otherwise the same as for one. */
    public LossSums loss(ModelInput input, List<TargetValues> targets, LossFunction loss) {
        return loss(input, targets, loss, null, BatchLoss.Derivatives.NONE);
    }

    private static List<TargetValues> one(TargetValues targets) {
        return List.of(Objects.requireNonNull(targets, "targets"));
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
        return lossAndGradients(input, one(targets), loss, dropoutSeed);
    }

    /** Computes the sum of the losses of several outputs, and its gradients; otherwise the same as for one. */
    public LossSums lossAndGradients(ModelInput input, List<TargetValues> targets, LossFunction loss,
            long dropoutSeed) {
        return loss(input, targets, loss, dropoutSeed, BatchLoss.Derivatives.OF_MEAN);
    }

    /**
     * Computes the gradients of the sum Σ w ℓ instead of those of the mean, and lets moments go out multiplied by its
     * steps; otherwise the same as {@link #lossAndGradients}. With several outputs the sum is as {@link BatchLoss} has
     * it.
     */
    public LossSums lossAndGradientSums(ModelInput input, List<TargetValues> targets, LossFunction loss,
            long dropoutSeed) {
        return loss(input, targets, loss, dropoutSeed, BatchLoss.Derivatives.OF_SUM);
    }

    private LossSums loss(ModelInput input, List<TargetValues> targets, LossFunction loss, Long dropoutSeed,
            BatchLoss.Derivatives derivatives) {
        boolean gradients = derivatives != BatchLoss.Derivatives.NONE;
        Objects.requireNonNull(input, "input");
        Objects.requireNonNull(targets, "targets");
        List<Integer> from = network.ends(Objects.requireNonNull(loss, "loss"));
        input.requireFits(network.model());
        loss.requireFits(targets, network.model(), input.batch(),
                IntStream.range(0, input.inputs()).mapToObj(input::steps).toList());
        TrailingPadding.Trimmed trimmed = padding.trim(input, targets);
        forward(trimmed.input(), trimmed.removed(), dropoutSeed, from);
        BatchLoss ofBatch = new BatchLoss(kernel, loss, trimmed.targets(),
                passages.parts().stream().map(passage -> from.stream().map(passage::value).toList()).toList(),
                derivatives);
        IntConsumer ofPart = part -> {
            Passage passage = passages.parts().get(part);
            for (int output = 0; output < from.size(); output++) {
                Rows d = passage.outputGradient(output, passage.value(from.get(output)));
                passage.add(ofBatch.of(part, output, d), from.get(output));
            }
            ofBatch.addPenalty(part, passage.addPenalties(ofBatch.ofMean() / input.batch()) / input.batch());
        };
        if (gradients) {
            ofMoments = derivatives == BatchLoss.Derivatives.OF_SUM ? ofBatch.counted() : 1;
            passages.backward(false, ofPart);
        } else {
            passages.forParts(part -> {
                passages.parts().get(part).beginBackward();
                ofPart.accept(part);
            });
        }
        return ofBatch.result().plus(new LossSums(0, 0, 0, trimmed.removedOutputs(), 0));
    }

    /**
     * Checks that the model ends as a loss needs it.
     *
     * @throws IllegalArgumentException if it does not
     */
    public void requireEndsWith(LossFunction loss) {
        network.ends(loss);
    }

    @Override
    public void close() {
        passages.close();
    }
}
