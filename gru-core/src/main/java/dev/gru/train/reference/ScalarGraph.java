package dev.gru.train.reference;

import java.util.ArrayList;
import java.util.List;

import dev.gru.layer.ActivationLayer.PReLU;
import dev.gru.layer.ActivationLayer;
import dev.gru.layer.Attention;
import dev.gru.layer.Bidirectional;
import dev.gru.layer.Conv1D;
import dev.gru.layer.Dense;
import dev.gru.layer.Dropout;
import dev.gru.layer.Embedding;
import dev.gru.layer.GlobalPooling1D;
import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Layer;
import dev.gru.layer.Masking.SetMask;
import dev.gru.layer.Masking;
import dev.gru.layer.Merge;
import dev.gru.layer.Normalization;
import dev.gru.layer.Pooling1D;
import dev.gru.layer.Regularization;
import dev.gru.layer.Reshaping;
import dev.gru.layer.Scale;
import dev.gru.layer.Shape;
import dev.gru.layer.TimeDistributed;
import dev.gru.train.math.Parameters;
import dev.gru.train.math.Plan;
import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;

/** The layers of a model in training, and passes through all of them. */
final class ScalarGraph {
    private final Plan<ScalarLayer> plan;
    private final List<Shape> inputs;
    /** The number of the next recurrent layer's state, while layers are made. */
    private int states;
    /** The values of the last pass. */
    private ScalarFeatures[] values;
    private double[][] derivatives;

    ScalarGraph(Graph model) {
        inputs = model.inputs().stream().map(Graph.Input::shape).toList();
        plan = new Plan<>(model, this::layers);
    }

    private List<ScalarLayer> layers(Layer layer, List<Shape> shapes) {
        int state = states;
        states += layer.stateSizes(shapes).size();
        return switch (layer) {
            case Embedding table -> List.of(new ScalarEmbedding(table));
            case Masking masking -> List.of(new ScalarMasking(masking.maskValue()));
            case SetMask _ -> List.of(new ScalarMasking.ScalarSetMask());
            case GruLayer gru ->
                List.of(new ScalarGru(gru.name(), gru, gru.direction(), gru.zeroOutputForMask(), state));
            case Bidirectional both -> List.of(new ScalarBidirectional(both, state));
            case Dropout dropout -> dropout.rate() > 0 ? List.of(new ScalarDropout(dropout.rate())) : List.of();
            case Regularization noise ->
                noise.kind() != Regularization.Kind.ACTIVITY_REGULARIZATION && noise.amount() > 0
                        ? List.of(new ScalarRegularization(noise))
                        : List.of();
            case Dense dense -> linear(dense.name(), dense, dense.weights());
            case TimeDistributed each -> linear(each.name(), each, each.weights());
            case ActivationLayer alone -> then(List.of(), alone.activation());
            case ActivationLayer.StepSoftmax _ -> List.of(new ScalarStepSoftmax());
            case PReLU rectifier -> List.of(new ScalarPReLU(rectifier));
            case Conv1D conv -> then(List.of(new ScalarConv(conv)), conv.weights().activation());
            case Pooling1D pooling -> List.of(new ScalarPooling(pooling));
            case GlobalPooling1D pooling -> List.of(new ScalarGlobalPooling(pooling));
            case Normalization.BatchNormalization batch -> List.of(new ScalarBatchNormalization(batch));
            case Scale scale -> List.of(new ScalarScale(scale));
            case Normalization ofStep -> List.of(new ScalarStepNormalization(ofStep));
            case Reshaping reshaping -> List.of(new ScalarReshaping(reshaping));
            case Merge merge -> List.of(new ScalarMerge(merge));
            case Attention attention -> List.of(new ScalarAttention(attention));
        };
    }

    private static List<ScalarLayer> linear(String name, Layer layer, DenseWeights weights) {
        return then(List.of(new ScalarLinear(Parameters.names(name, layer), weights)), weights.activation());
    }

    private static List<ScalarLayer> then(List<ScalarLayer> layers, Activation activation) {
        List<ScalarLayer> all = new ArrayList<>(layers);
        if (!activation.isIdentity()) {
            all.add(new ScalarActivation(activation));
        }
        return all;
    }

    /** Returns the order of the layers. */
    Plan<ScalarLayer> plan() {
        return plan;
    }

    /** Returns those of all recurrent layers, as {@link Graph#recurrentLayers} has them. */
    List<ScalarGru> recurrent() {
        List<ScalarGru> recurrent = new ArrayList<>();
        for (Plan.Step<ScalarLayer> step : plan.steps()) {
            if (step.part() instanceof ScalarGru gru) {
                recurrent.add(gru);
            } else if (step.part() instanceof ScalarBidirectional both) {
                recurrent.addAll(both.recurrent());
            }
        }
        return recurrent;
    }

    /** Computes some values, and all that they depend on. */
    List<ScalarFeatures> forward(List<Integer> ends, ScalarLayer.Pass pass) {
        values = new ScalarFeatures[plan.values()];
        List<ScalarFeatures> given = pass.input().values(inputs);
        for (int i = 0; i < given.size(); i++) {
            values[i] = given.get(i);
        }
        for (Plan.Step<ScalarLayer> step : plan.stepsTo(ends)) {
            values[step.output()] = step.part().forward(step.inputs().stream().map(i -> values[i]).toList(), pass);
        }
        return ends.stream().map(end -> values[end]).toList();
    }

    /**
     * Computes the backward pass of the last forward pass.
     *
     * @param ends the values that it computed
     * @param dEnds the derivatives with respect to them
     * @param ofPenalties the factor of the penalties in what is differentiated
     * @param gradients to which those with respect to the parameters are added
     */
    void backward(List<Integer> ends, List<double[]> dEnds, double ofPenalties, ScalarGradients gradients) {
        derivatives = new double[plan.values()][];
        for (int value = 0; value < derivatives.length; value++) {
            derivatives[value] = values[value] == null ? null : new double[values[value].values.length];
        }
        for (int i = 0; i < dEnds.size(); i++) {
            add(dEnds.get(i), ends.get(i));
        }
        for (Plan.Penalty penalty : plan.penalties()) {
            double[] v = values[penalty.value()].values;
            for (int j = 0; j < v.length; j++) {
                derivatives[penalty.value()][j] += ofPenalties * penalty.slope(v[j]);
            }
        }
        for (Plan.Step<ScalarLayer> step : plan.stepsTo(ends).reversed()) {
            List<double[]> dInputs = step.part().backwardToAll(derivatives[step.output()], gradients);
            for (int i = 0; i < dInputs.size(); i++) {
                add(dInputs.get(i), step.inputs().get(i));
            }
        }
    }

    private void add(double[] d, int value) {
        for (int j = 0; j < d.length; j++) {
            derivatives[value][j] += d[j];
        }
    }

    /** Returns the derivatives with respect to an input of the model, or null before the first backward pass. */
    double[] inputGradient(int input) {
        return derivatives == null ? null : derivatives[input];
    }

    /** Returns the sum of what the penalties of the last pass are, divided by the rows. */
    double penalty() {
        double sum = 0;
        for (Plan.Penalty penalty : plan.penalties()) {
            ScalarFeatures x = values[penalty.value()];
            for (double v : x.values) {
                sum += penalty.of(v) / x.rows;
            }
        }
        return sum;
    }

    /** Moves the averages of batch normalizations towards the moments of the last pass, in the order of layers. */
    void moveAverages(Parameters parameters) {
        for (Plan.Step<ScalarLayer> step : plan.steps()) {
            if (step.part() instanceof ScalarBatchNormalization batch) {
                batch.moveAverages(parameters);
            }
        }
    }
}
