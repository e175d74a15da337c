package dev.gru.train.reference;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;

import dev.gru.layer.ActivationLayer;
import dev.gru.layer.Bidirectional;
import dev.gru.layer.Dense;
import dev.gru.layer.Dropout;
import dev.gru.layer.Embedding;
import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Layer;
import dev.gru.layer.Masking;
import dev.gru.layer.Sequential;
import dev.gru.layer.TimeDistributed;
import dev.gru.train.math.LossFunction;
import dev.gru.train.math.Parameters;
import dev.gru.train.math.TargetValues;
import dev.gru.train.math.TrainableModel;
import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;

/**
 * The gradients of a model by backpropagation through time, in double: the reference.
 *
 * <p>Masked steps carry the state, and its
 * derivative, through. Dropout draws anew in every pass that is given a random generator, and is the identity in one
 * that is not.
 *
 * <p>Keeps all intermediate values of the last pass, which takes memory in proportion to rows · steps. Not safe for use
 * by two threads at once.
 */
public final class ScalarBackpropagation {
    private final Graph model;
    /** The dimensions of its parameters by name. */
    private final Map<String, List<Integer>> shapes;
    private final List<ScalarLayer> layers = new ArrayList<>();
    private final List<ScalarGru> recurrent = new ArrayList<>();
    /** The length of the last pass's output, or −1 if there was none. */
    private int outputs = -1;
    private double[] dInput;

    /**
     * Makes the gradients of a model computable.
     *
     * @param model its layers; their weights do not matter
     * @throws IllegalArgumentException if a GRU layer has other activations than the standard ones, dropout stands
     *     before an embedding, where there are ids to drop and no features, or two layers with weights have the same
     *     name
     */
    public ScalarBackpropagation(Graph model) {
        this.model = Objects.requireNonNull(model, "model");
        shapes = Parameters.of(model).shapes();
        TrainableModel.require(model);
        model.layers().forEach(this::add);
    }

    private void add(Layer layer) {
        switch (layer) {
            case Embedding table -> layers.add(new ScalarEmbedding(table));
            case Masking masking -> layers.add(new ScalarMasking(masking.maskValue()));
            case GruLayer gru -> {
                ScalarGru trained = new ScalarGru(gru.name(), gru, gru.direction(), gru.zeroOutputForMask(),
                        recurrent.size());
                layers.add(trained);
                recurrent.add(trained);
            }
            case Bidirectional both -> {
                ScalarBidirectional trained = new ScalarBidirectional(both, recurrent.size());
                layers.add(trained);
                recurrent.addAll(trained.recurrent());
            }
            case Dropout dropout -> {
                if (dropout.rate() > 0) {
                    layers.add(new ScalarDropout(dropout.rate()));
                }
            }
            case Dense dense -> add(Parameters.names(dense.name(), dense), dense.weights());
            case TimeDistributed each -> add(Parameters.names(each.name(), each), each.weights());
            case ActivationLayer alone -> add(alone.activation());
            default -> throw new IllegalArgumentException("layer " + layer.name() + ": layers of the type "
                    + layer.type() + " are not trained yet");
        }
    }

    private void add(List<String> names, DenseWeights weights) {
        layers.add(new ScalarLinear(names, weights));
        add(weights.activation());
    }

    private void add(Activation activation) {
        if (!activation.isIdentity()) {
            layers.add(new ScalarActivation(activation));
        }
    }

    /**
     * Computes the outputs of the model, without dropout.
     *
     * @param parameters the weights
     * @param input the batch, which must fit the model
     * @return (batch, steps, outputSize) or, if the model returns its last output only, (batch, outputSize)
     * @throws IllegalArgumentException if the parameters are not those of such a model
     */
    public double[] forward(Parameters parameters, ScalarInput input) {
        return forward(parameters, input, null, layers.size()).values;
    }

    /** Computes the outputs with the dropout that a generator draws; otherwise the same as {@link #forward}. */
    double[] forward(Parameters parameters, ScalarInput input, RandomGenerator random) {
        return forward(parameters, input, random, layers.size()).values;
    }

    /** Runs the first {@code count} layers. */
    private ScalarFeatures forward(Parameters parameters, ScalarInput input, RandomGenerator random, int count) {
        Objects.requireNonNull(parameters, "parameters");
        Objects.requireNonNull(input, "input");
        Parameters.requireSame("parameters", parameters.shapes(), shapes);
        ScalarLayer.Pass pass = new ScalarLayer.Pass(parameters, input, random);
        boolean ofTokens = input.tokens() != null;
        outputs = -1;
        ScalarFeatures features = new ScalarFeatures(input.batch(), input.steps(), model.inputSize(),
                ofTokens ? new double[0] : input.features(), input.within());
        for (ScalarLayer layer : layers.subList(0, count)) {
            features = layer.forward(features, pass);
        }
        outputs = features.rows * features.steps * model.outputSize();
        return features;
    }

    /**
     * Computes the backward pass of the last forward pass, whose input and parameters must not have changed since.
     *
     * @param dy the derivatives of a loss with respect to the outputs, in their shape
     * @param gradients to which those with respect to the parameters are added
     * @throws IllegalArgumentException if {@code dy} has another length than the outputs, or the gradients are not
     *     those of this model
     * @throws IllegalStateException if there was no forward pass
     */
    public void backward(double[] dy, ScalarGradients gradients) {
        if (outputs < 0) {
            throw new IllegalStateException("backward needs a forward pass before it");
        }
        TargetValues.requireLength("dy", Objects.requireNonNull(dy, "dy").length, outputs);
        requireFits(gradients);
        backward(dy, gradients, layers.size());
    }

    private void requireFits(ScalarGradients gradients) {
        Parameters.requireSame("gradients", Objects.requireNonNull(gradients, "gradients").shapes(), shapes);
    }

    /** Computes the backward pass of the first {@code count} layers. */
    private void backward(double[] dy, ScalarGradients gradients, int count) {
        double[] d = dy;
        for (ScalarLayer layer : layers.subList(0, count).reversed()) {
            d = layer.backward(d, gradients);
        }
        dInput = d;
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
        return loss(parameters, input, loss, targets, null, null);
    }

    /**
     * Computes a loss with dropout, and its gradients.
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
        Objects.requireNonNull(random, "random");
        requireFits(gradients);
        return loss(parameters, input, loss, targets, random, gradients);
    }

    private double loss(Parameters parameters, ScalarInput input, LossFunction loss, TargetValues targets,
            RandomGenerator random,
            ScalarGradients gradients) {
        Objects.requireNonNull(parameters, "parameters");
        Objects.requireNonNull(input, "input");
        Objects.requireNonNull(targets, "targets");
        requireEndsWith(Objects.requireNonNull(loss, "loss"));
        loss.requireFits(targets, (long) input.batch() * (model.returnsSequences() ? input.steps() : 1),
                model.outputSize());
        // A loss that takes sums is computed from those that go into the last function.
        int count = layers.size() - (loss.function().isPresent() ? 1 : 0);
        ScalarFeatures out = forward(parameters, input, random, count);
        double[] d = new double[out.values.length];
        double mean = loss.mean(out.values, out.size, targets, d);
        if (gradients != null) {
            backward(d, gradients, count);
        }
        // A backward pass from the outputs needs a forward pass of all layers.
        outputs = -1;
        return mean;
    }

    private void requireEndsWith(LossFunction loss) {
        if (loss.function().isPresent() && !(layers.getLast() instanceof ScalarActivation last
                && last.function() == loss.function().get())) {
            throw new IllegalArgumentException("loss " + loss + " needs a model whose last layer applies "
                    + loss.function().get() + ", the last layer was " + model.layers().getLast());
        }
    }

    /**
     * Returns the derivatives with respect to the features of the input, (batch, steps, features), as the last backward
     * pass left them; empty if the model takes tokens.
     *
     * @throws IllegalStateException if there was none
     */
    public double[] inputGradient() {
        requireBackwardPass();
        return dInput.clone();
    }

    /**
     * Returns the derivatives with respect to the states that the model's {@link Sequential#recurrentLayers} began
     * with, as the last backward pass left them: one array for each, (batch, stateSize).
     *
     * @throws IllegalStateException if there was none
     */
    public List<double[]> initialStateGradients() {
        requireBackwardPass();
        return recurrent.stream().map(layer -> layer.initialStateGradient().clone()).toList();
    }

    private void requireBackwardPass() {
        if (dInput == null) {
            throw new IllegalStateException("there are no gradients before the first backward pass");
        }
    }
}
