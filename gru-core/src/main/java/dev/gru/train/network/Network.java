package dev.gru.train.network;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import dev.gru.kernel.training.TrainingKernel;
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
import dev.gru.layer.TimeDistributed;
import dev.gru.train.math.LossFunction;
import dev.gru.train.math.Parameters;
import dev.gru.train.math.Plan;
import dev.gru.train.math.TrainableModel;
import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;

/** The layers of a model in training, in floats, and their weights. */
final class Network {
    private final Graph model;
    private final Plan<Node> plan;
    /** All of them, each once. */
    private final List<Node> nodes = new ArrayList<>();
    private final List<WeightArray> arrays;
    /** The dimensions of the model's parameters by name, and of those that are learnt. */
    private final Map<String, List<Integer>> shapes;
    private final Map<String, List<Integer>> learntShapes;
    /** Which values need derivatives, without those with respect to the inputs and with them. */
    private final boolean[] needed;
    private final boolean[] neededWithInputs;

    /**
     * Takes the layers and weights of a model.
     *
     * @throws IllegalArgumentException if dropout stands before an embedding, or two layers with weights have the same
     *     name
     */
    Network(Graph model) {
        this.model = model;
        Parameters parameters = Parameters.of(model);
        shapes = parameters.shapes();
        learntShapes = parameters.learntShapes();
        TrainableModel.require(model);
        IdentityHashMap<Layer, List<Node>> shared = new IdentityHashMap<>();
        plan = new Plan<>(model, (layer, _) -> shared.computeIfAbsent(layer, this::nodes));
        arrays = nodes.stream().flatMap(node -> node.arrays().stream()).toList();
        needed = plan.needDerivatives(node -> !node.arrays().isEmpty(), false);
        neededWithInputs = plan.needDerivatives(node -> !node.arrays().isEmpty(), true);
        load(parameters);
    }

    private List<Node> nodes(Layer layer) {
        List<Node> made = make(layer);
        nodes.addAll(made);
        return made;
    }

    private static List<Node> make(Layer layer) {
        return switch (layer) {
            case Embedding table -> List.of(new EmbeddingNode(table));
            case Masking masking -> List.of(new MaskingNode(masking));
            case SetMask _ -> List.of(new MaskingNode.SetMaskNode());
            case GruLayer gru ->
                List.of(new GruNode(gru.name(), gru, gru.direction(), gru.zeroOutputForMask()));
            case Bidirectional both -> List.of(new BidirectionalNode(both));
            case Dropout dropout -> dropout.rate() > 0 ? List.of(new DropoutNode(dropout)) : List.of();
            case Regularization noise ->
                noise.kind() != Regularization.Kind.ACTIVITY_REGULARIZATION && noise.amount() > 0
                        ? List.of(new RegularizationNode(noise))
                        : List.of();
            case Dense dense -> linear(dense.name(), dense, dense.weights());
            case TimeDistributed each -> linear(each.name(), each, each.weights());
            case ActivationLayer alone -> activation(alone.activation()).toList();
            case ActivationLayer.StepSoftmax _ -> List.of(new StepSoftmaxNode());
            case PReLU rectifier -> List.of(new PReLUNode(rectifier));
            case Conv1D conv ->
                Stream.concat(Stream.of(new ConvNode(conv)), activation(conv.weights().activation())).toList();
            case Pooling1D pooling -> List.of(new PoolingNode(pooling));
            case GlobalPooling1D pooling -> List.of(new GlobalPoolingNode(pooling));
            case Normalization.BatchNormalization batch -> List.of(new BatchNormalizationNode(batch));
            case Scale scale -> List.of(new ScaleNode(scale));
            case Normalization ofStep -> List.of(new StepNormalizationNode(ofStep));
            case Reshaping reshaping -> List.of(new ReshapingNode(reshaping));
            case Merge merge -> List.of(new MergeNode(merge));
            case Attention attention -> List.of(new AttentionNode(attention));
        };
    }

    private static List<Node> linear(String name, Layer layer, DenseWeights weights) {
        return Stream.concat(Stream.of(new LinearNode(Parameters.names(name, layer), weights)),
                activation(weights.activation())).toList();
    }

    private static Stream<Node> activation(Activation activation) {
        return activation.isIdentity() ? Stream.of() : Stream.of(new ActivationNode(activation));
    }

    Graph model() {
        return model;
    }

    /** Returns the order of the layers; activations of dense layers are layers of their own. */
    Plan<Node> plan() {
        return plan;
    }

    /** Returns all weights that are learnt, with their gradients, in the order of the layers. */
    List<WeightArray> arrays() {
        return arrays;
    }

    /** Returns which values need derivatives, those with respect to the inputs among them or not. */
    boolean[] needed(boolean ofInputs) {
        return ofInputs ? neededWithInputs : needed;
    }

    /**
     * Returns the values that a loss is computed from: one that takes sums, from those that go into the last functions.
     *
     * @throws IllegalArgumentException if the model does not end as the loss needs it
     */
    List<Integer> ends(LossFunction loss) {
        List<Integer> ends = plan.ends(loss.function().isEmpty()
                ? null
                : node -> node instanceof ActivationNode last && last.function() == loss.function().get());
        for (int i = 0; i < ends.size(); i++) {
            loss.requireFunction(!ends.get(i).equals(plan.outputs().get(i)), model, i);
        }
        return ends;
    }

    /** Returns the batch normalizations, each once. */
    private Stream<BatchNormalizationNode> normalizations() {
        return nodes.stream().filter(BatchNormalizationNode.class::isInstance).map(BatchNormalizationNode.class::cast);
    }

    /** Forgets the moments of a batch. */
    void clearMoments() {
        normalizations().forEach(BatchNormalizationNode::clearMoments);
    }

    /** Returns the moments of the last batch, by the names of the moving averages: the arrays themselves. */
    Map<String, float[]> moments() {
        Map<String, float[]> moments = new LinkedHashMap<>();
        normalizations().forEach(node -> moments.putAll(node.moments()));
        return moments;
    }

    /** Moves the moving averages towards the moments of the last batch in training, which are forgotten. */
    void moveAverages() {
        normalizations().forEach(BatchNormalizationNode::moveAverages);
    }

    /**
     * Replaces all weights, each rounded to the nearest float.
     *
     * @throws IllegalArgumentException if these are not the parameters of such a model
     */
    void load(Parameters parameters) {
        Parameters.requireSame("parameters", parameters.shapes(), shapes);
        Map<String, float[]> canonical = new LinkedHashMap<>();
        parameters.names().forEach(name -> canonical.put(name, parameters.floats(name)));
        for (WeightArray array : arrays) {
            array.pack(canonical, array.values());
            array.transpose();
        }
        fixed().forEach((name, values) -> System.arraycopy(canonical.get(name), 0, values, 0, values.length));
    }

    /** Returns the arrays that no gradient changes, by name: themselves. */
    Map<String, float[]> fixed() {
        Map<String, float[]> fixed = new LinkedHashMap<>();
        nodes.forEach(node -> fixed.putAll(node.fixed()));
        return fixed;
    }

    /** Returns the weights. */
    Parameters parameters() {
        Map<String, float[]> canonical = fixed();
        for (WeightArray array : arrays) {
            canonical.putAll(array.unpack(array.values()));
        }
        Parameters parameters = Parameters.of(model);
        for (String name : parameters.names()) {
            float[] from = canonical.get(name);
            Arrays.setAll(parameters.get(name), i -> from[i]);
        }
        return parameters;
    }

    /**
     * Returns copies of the gradients as the last pass left them, by the names of {@link Parameters}; of tables whose
     * {@link TableGradient#keepSquares squares} are kept, these too, under the table's name and
     * {@link Parameters#SQUARES}; and under the names of moving averages the moments of the batch.
     *
     * @param ofMoments multiplies the moments
     */
    Map<String, float[]> gradients(double ofMoments) {
        Map<String, float[]> gradients = new LinkedHashMap<>();
        for (WeightArray array : arrays) {
            gradients.putAll(array.unpack(array.gradient()));
            float[] squares = array.squares();
            if (squares != null) {
                gradients.put(array.name() + Parameters.SQUARES, array.unpack(squares).get(array.name()));
            }
        }
        moments().forEach((name, values) -> {
            float[] copy = values.clone();
            for (int i = 0; i < copy.length; i++) {
                copy[i] = (float) (copy[i] * ofMoments);
            }
            gradients.put(name, copy);
        });
        return gradients;
    }

    /**
     * Replaces all gradients, and the moments of the batch.
     *
     * @param gradients the arrays of {@link #gradients}
     * @param factor multiplies them, and twice the squares; 0 if they are of no steps
     * @throws IllegalArgumentException if these are not such arrays; then nothing is changed
     */
    void loadGradients(Map<String, float[]> gradients, double factor) {
        Map<String, List<Integer>> expected = new LinkedHashMap<>();
        learntShapes.forEach((name, shape) -> expected.put(name, List.of(elements(shape))));
        moments().forEach((name, values) -> expected.put(name, List.of(values.length)));
        for (WeightArray array : arrays) {
            if (array.isTable() && array.ofRows().squares() != null) {
                expected.put(array.name() + Parameters.SQUARES, expected.get(array.name()));
            }
        }
        Map<String, List<Integer>> actual = new LinkedHashMap<>();
        gradients.forEach((name, values) -> actual.put(name, List.of(values.length)));
        Parameters.requireSame("gradients", actual, expected);
        for (WeightArray array : arrays) {
            array.loadGradient(gradients, factor);
        }
        normalizations().forEach(node -> node.loadMoments(gradients, factor, factor == 0 ? 0 : uses(node)));
    }

    private int uses(Node node) {
        return (int) plan.steps().stream().filter(step -> step.part() == node).count();
    }

    private static int elements(List<Integer> shape) {
        return shape.stream().reduce(1, Math::multiplyExact);
    }

    /** Returns memory for passes over some rows. */
    Passage newPassage() {
        return new Passage(model, plan);
    }

    /**
     * Returns what is left to be done for the gradients after the backward passes of some steps, in tasks to be run in
     * any order and by any threads.
     *
     * @param passages those of some parts of the batch, or of all
     * @param ofAll whether those layers are wanted which need all parts at once, because they sum over several steps
     *     or over tokens; or the others, which may take one after the other
     */
    List<Runnable> gradientTasks(List<Plan.Step<Node>> steps, List<Passage> passages, boolean ofAll,
            TrainingKernel kernel) {
        Map<Node, List<Node.Pass>> ofNodes = new LinkedHashMap<>();
        for (Plan.Step<Node> step : steps) {
            List<Node.Pass> passes = ofNodes.computeIfAbsent(step.part(), _ -> new ArrayList<>());
            passages.forEach(passage -> passes.add(passage.pass(step)));
        }
        List<Runnable> tasks = new ArrayList<>();
        ofNodes.forEach((node, passes) -> {
            boolean needsAll = passes.size() > passages.size() || node.needsAllPasses();
            if (needsAll == ofAll) {
                node.addTasks(passes, kernel, tasks);
            }
        });
        return tasks;
    }
}
