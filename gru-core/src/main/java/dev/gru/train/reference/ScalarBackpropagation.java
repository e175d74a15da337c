package dev.gru.train.reference;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

import dev.gru.layer.Graph;
import dev.gru.train.math.LossFunction;
import dev.gru.train.math.Parameters;
import dev.gru.train.math.Plan;
import dev.gru.train.math.TargetValues;
import dev.gru.train.math.TrainableModel;

/**
 * The gradients of a model by backpropagation through time, in double: the reference.
 *
 * <p>Masked steps carry the state, and its derivative, through. A pass that is given a random generator is one in
 * training: dropout and noise draw anew, and batch normalization takes the moments of the batch. In one that is not,
 * dropout is the identity, and batch normalization takes its moving averages.
 *
 * <p>The loss of a model with several outputs is the sum of theirs; to it comes what activity regularization adds.
 *
 * <p>Keeps all intermediate values of the last pass, which takes memory in proportion to rows · steps. Not safe for use
 * by two threads at once.
 */
public final class ScalarBackpropagation {
    private final Graph model;
    /** The dimensions of its parameters by name, and those of its gradients. */
    private final Map<String, List<Integer>> shapes;
    private final Map<String, List<Integer>> learntShapes;
    private final ScalarGraph layers;
    /** The lengths of the last pass's outputs; empty if there was none. */
    private List<Integer> lengths = List.of();

    /**
     * Makes the gradients of a model computable.
     *
     * @param model its layers; their weights do not matter
     * @throws IllegalArgumentException if dropout stands before an embedding, where there are ids to drop and no
     *     features, or two layers with weights have the same name
     */
    public ScalarBackpropagation(Graph model) {
        this.model = Objects.requireNonNull(model, "model");
        Parameters parameters = Parameters.of(model);
        shapes = parameters.shapes();
        learntShapes = parameters.learntShapes();
        TrainableModel.require(model);
        layers = new ScalarGraph(model);
    }

    /**
     * Computes the first output of the model, without dropout.
     *
     * @param parameters the weights
     * @param input the batch, which must fit the model
     * @return (batch, steps, outputSize) or, if the output has no steps, (batch, outputSize)
     * @throws IllegalArgumentException if the parameters are not those of such a model
     */
    public double[] forward(Parameters parameters, ScalarInput input) {
        return outputs(parameters, input, null).getFirst();
    }

    /** Computes the first output with what a generator draws; otherwise the same as {@link #forward}. */
    double[] forward(Parameters parameters, ScalarInput input, RandomGenerator random) {
        return outputs(parameters, input, random).getFirst();
    }

    /** Computes all outputs, in training if there is a generator; otherwise the same as {@link #forward}. */
    List<double[]> outputs(Parameters parameters, ScalarInput input, RandomGenerator random) {
        List<double[]> y = forward(parameters, input, random, layers.plan().outputs()).stream()
                .map(features -> features.values).toList();
        lengths = y.stream().map(values -> values.length).toList();
        return y;
    }

    private List<ScalarFeatures> forward(Parameters parameters, ScalarInput input, RandomGenerator random,
            List<Integer> ends) {
        Objects.requireNonNull(parameters, "parameters");
        Objects.requireNonNull(input, "input");
        Parameters.requireSame("parameters", parameters.shapes(), shapes);
        lengths = List.of();
        return layers.forward(ends, new ScalarLayer.Pass(parameters, input, random));
    }

    /**
     * Computes the backward pass of the last forward pass of a model with one output, whose input and parameters must
     * not have changed since.
     *
     * @param dy the derivatives of a loss with respect to the output, in its shape
     * @param gradients to which those with respect to the parameters are added
     * @throws IllegalArgumentException if {@code dy} has another length than the output, or the gradients are not those
     *     of this model
     * @throws IllegalStateException if there was no forward pass
     */
    public void backward(double[] dy, ScalarGradients gradients) {
        backward(List.of(Objects.requireNonNull(dy, "dy")), gradients);
    }

    /** Computes the backward pass from all outputs; otherwise the same as that from one. */
    void backward(List<double[]> dy, ScalarGradients gradients) {
        if (lengths.isEmpty()) {
            throw new IllegalStateException("backward needs a forward pass before it");
        }
        TargetValues.requireLength("dy", dy.size(), lengths.size());
        for (int i = 0; i < dy.size(); i++) {
            TargetValues.requireLength("dy", dy.get(i).length, lengths.get(i));
        }
        requireFits(gradients);
        layers.backward(layers.plan().outputs(), dy, 0, gradients);
    }

    private void requireFits(ScalarGradients gradients) {
        Parameters.requireSame("gradients", Objects.requireNonNull(gradients, "gradients").shapes(), learntShapes);
    }

    /**
     * Computes a loss, without dropout.
     *
     * @param parameters the weights
     * @param input the batch
     * @param loss which loss
     * @param targets the wanted outputs
     * @return the mean, as {@link LossFunction} takes it
     * @throws IllegalArgumentException if the arguments do not fit each other or the model
     */
    public double loss(Parameters parameters, ScalarInput input, LossFunction loss, TargetValues targets) {
        return loss(parameters, input, loss, List.of(Objects.requireNonNull(targets, "targets")), null, null);
    }

    /** Computes the loss of a model with several outputs; otherwise the same as the other. */
    double loss(Parameters parameters, ScalarInput input, LossFunction loss, List<TargetValues> targets,
            RandomGenerator random) {
        return loss(parameters, input, loss, targets, random, null);
    }

    /**
     * Computes a loss in training, and its gradients.
     *
     * @param parameters the weights
     * @param input the batch
     * @param loss which loss
     * @param targets the wanted outputs
     * @param random what draws the features that are dropped
     * @param gradients to which the derivatives with respect to the parameters are added
     * @return the mean, as {@link LossFunction} takes it
     * @throws IllegalArgumentException if the arguments do not fit each other or the model
     */
    public double lossAndGradients(Parameters parameters, ScalarInput input, LossFunction loss, TargetValues targets,
            RandomGenerator random, ScalarGradients gradients) {
        return lossAndGradients(parameters, input, loss, List.of(Objects.requireNonNull(targets, "targets")), random,
                gradients);
    }

    /** Computes the sum of the losses of several outputs; otherwise the same as for one. */
    public double lossAndGradients(Parameters parameters, ScalarInput input, LossFunction loss,
            List<TargetValues> targets, RandomGenerator random, ScalarGradients gradients) {
        Objects.requireNonNull(random, "random");
        requireFits(gradients);
        return loss(parameters, input, loss, targets, random, gradients);
    }

    private double loss(Parameters parameters, ScalarInput input, LossFunction loss, List<TargetValues> targets,
            RandomGenerator random, ScalarGradients gradients) {
        Objects.requireNonNull(parameters, "parameters");
        Objects.requireNonNull(input, "input");
        Objects.requireNonNull(loss, "loss").requireFits(targets, model, input.batch(),
                input.parts().stream().map(ScalarInput.Part::steps).toList());
        List<Integer> ends = ends(loss);
        List<ScalarFeatures> out = forward(parameters, input, random, ends);
        List<double[]> d = out.stream().map(each -> new double[each.values.length]).toList();
        double sum = layers.penalty();
        for (int i = 0; i < out.size(); i++) {
            sum += loss.mean(out.get(i).values, out.get(i).size, targets.get(i), d.get(i));
        }
        if (gradients != null) {
            layers.backward(ends, d, 1.0 / input.batch(), gradients);
        }
        return sum;
    }

    /** Returns the values that a loss is computed from: one that takes sums, from those that go into the functions. */
    private List<Integer> ends(LossFunction loss) {
        Plan<ScalarLayer> plan = layers.plan();
        List<Integer> ends = plan.ends(loss.function().isEmpty()
                ? null
                : layer -> layer instanceof ScalarActivation last && last.function() == loss.function().get());
        IntStream.range(0, ends.size()).forEach(
                i -> loss.requireFunction(!ends.get(i).equals(plan.outputs().get(i)), model, i));
        return ends;
    }

    /**
     * Moves the moving averages of batch normalizations towards the moments of the batch of the last pass, if that was
     * one in training. Keras does so at every step.
     *
     * @param parameters which have them
     */
    public void moveAverages(Parameters parameters) {
        layers.moveAverages(parameters);
    }

    /**
     * Returns the derivatives with respect to the features of the first input, (batch, steps, features), as the last
     * backward pass left them; empty if it takes tokens.
     *
     * @throws IllegalStateException if there was none
     */
    public double[] inputGradient() {
        return inputGradient(0);
    }

    /** Returns the derivatives with respect to the features of an input; otherwise the same as for the first. */
    public double[] inputGradient(int input) {
        requireBackwardPass();
        return layers.inputGradient(input).clone();
    }

    /**
     * Returns the derivatives with respect to the states that the model's {@link Graph#recurrentLayers} began with, as
     * the last backward pass left them: one array for each, (batch, stateSize).
     *
     * @throws IllegalStateException if there was none
     */
    public List<double[]> initialStateGradients() {
        requireBackwardPass();
        return layers.recurrent().stream().map(layer -> layer.initialStateGradient().clone()).toList();
    }

    private void requireBackwardPass() {
        if (layers.inputGradient(0) == null) {
            throw new IllegalStateException("there are no gradients before the first backward pass");
        }
    }
}
