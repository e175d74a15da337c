package dev.gru.train.network;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.gru.kernel.training.Rows;
import dev.gru.kernel.training.TrainingKernel;
import dev.gru.layer.ActivationLayer;
import dev.gru.layer.Bidirectional;
import dev.gru.layer.Dense;
import dev.gru.layer.Dropout;
import dev.gru.layer.Embedding;
import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Layer;
import dev.gru.layer.Masking;
import dev.gru.layer.ModelInput;
import dev.gru.layer.Sequential;
import dev.gru.layer.TimeDistributed;
import dev.gru.train.math.Parameters;
import dev.gru.train.math.TrainableModel;
import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;

/** The layers of a model in training, in floats, and passes through all of them. */
final class Network {
    private final Graph model;
    private final List<Node> layers = new ArrayList<>();
    private final List<WeightArray> arrays;
    /** The dimensions of the model's parameters by name. */
    private final Map<String, List<Integer>> shapes;

    /**
     * Takes the layers and weights of a model.
     *
     * @throws IllegalArgumentException if a GRU layer has other activations than the standard ones, dropout stands
     *     before an embedding, or two layers with weights have the same name
     */
    Network(Graph model) {
        this.model = model;
        Parameters parameters = Parameters.of(model);
        shapes = parameters.shapes();
        TrainableModel.require(model);
        int recurrent = 0;
        for (Layer layer : model.layers()) {
            add(layer, recurrent);
            recurrent += layer instanceof GruLayer ? 1 : layer instanceof Bidirectional ? 2 : 0;
        }
        arrays = layers.stream().flatMap(layer -> layer.arrays().stream()).toList();
        load(parameters);
    }

    private void add(Layer layer, int recurrent) {
        switch (layer) {
            case Embedding table -> layers.add(new EmbeddingNode(table));
            case Masking masking -> layers.add(new MaskingNode(masking));
            case GruLayer gru ->
                layers.add(new GruNode(gru.name(), gru, gru.direction(), gru.zeroOutputForMask(), recurrent));
            case Bidirectional both -> layers.add(new BidirectionalNode(both, recurrent));
            case Dropout dropout -> {
                if (dropout.rate() > 0) {
                    layers.add(new DropoutNode(dropout, layers.size()));
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
        layers.add(new LinearNode(names, weights));
        add(weights.activation());
    }

    private void add(Activation activation) {
        if (!activation.isIdentity()) {
            layers.add(new ActivationNode(activation));
        }
    }

    Graph model() {
        return model;
    }

    /** Returns all weights with their gradients, in the order of the layers. */
    List<WeightArray> arrays() {
        return arrays;
    }

    /** Returns how many layers there are; activations of dense layers are layers of their own. */
    int layerCount() {
        return layers.size();
    }

    /** Returns the function that the model ends with, or null if its last layer is something else. */
    Activation.Function lastFunction() {
        return layers.getLast() instanceof ActivationNode last ? last.function() : null;
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
    }

    /** Returns the weights. */
    Parameters parameters() {
        Map<String, float[]> canonical = new LinkedHashMap<>();
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
     * {@link WeightArray#keepSquares squares} are kept, these too, under the table's name and
     * {@link Parameters#SQUARES}.
     */
    Map<String, float[]> gradients() {
        Map<String, float[]> gradients = new LinkedHashMap<>();
        for (WeightArray array : arrays) {
            gradients.putAll(array.unpack(array.gradient()));
            if (array.squares() != null) {
                gradients.put(array.name() + Parameters.SQUARES, array.unpack(array.squares()).get(array.name()));
            }
        }
        return gradients;
    }

    /**
     * Replaces all gradients.
     *
     * @param gradients the arrays of {@link #gradients}
     * @param factor multiplies them, and twice the squares
     * @throws IllegalArgumentException if these are not such arrays; then nothing is changed
     */
    void loadGradients(Map<String, float[]> gradients, double factor) {
        Map<String, List<Integer>> expected = new LinkedHashMap<>();
        shapes.forEach((name, shape) -> expected.put(name, List.of(elements(shape))));
        for (WeightArray array : arrays) {
            if (array.squares() != null) {
                expected.put(array.name() + Parameters.SQUARES, expected.get(array.name()));
            }
        }
        Map<String, List<Integer>> actual = new LinkedHashMap<>();
        gradients.forEach((name, values) -> actual.put(name, List.of(values.length)));
        Parameters.requireSame("gradients", actual, expected);
        for (WeightArray array : arrays) {
            array.loadGradient(gradients, factor);
        }
    }

    private static int elements(List<Integer> shape) {
        return shape.stream().reduce(1, Math::multiplyExact);
    }

    /** Memory for passes over some rows of a batch. */
    final class Passage {
        private final List<Node.Pass> passes = layers.stream().map(Node::newPass).toList();
        private Node.Context context;
        private float[] outputGradient;

        /** Returns the passes, one for each layer. */
        List<Node.Pass> passes() {
            return passes;
        }

        /** Returns the part of the batch that goes through. */
        Node.Context context() {
            return context;
        }

        /** Returns those of all GRU layers, as {@link Sequential#recurrentLayers} has them. */
        List<GruNode.GruPass> recurrent() {
            List<GruNode.GruPass> recurrent = new ArrayList<>();
            for (Node.Pass pass : passes) {
                if (pass instanceof GruNode.GruPass gru) {
                    recurrent.add(gru);
                } else if (pass instanceof BidirectionalNode.BothPass both) {
                    recurrent.addAll(both.recurrent());
                }
            }
            return recurrent;
        }

        /** Returns room for the derivatives of outputs, whose padding is 0. */
        Rows outputGradient(Features out) {
            int stride = TrainingKernel.padded(out.size);
            outputGradient = Node.room(outputGradient, (long) out.count() * stride);
            return new Rows(outputGradient, 0, stride);
        }

        /** Runs the first {@code count} layers. */
        Features forward(Node.Context part, int count) {
            context = part;
            Features features = input();
            for (Node.Pass pass : passes.subList(0, count)) {
                features = pass.forward(features, context);
            }
            return features;
        }

        private Features input() {
            ModelInput batch = context.batch();
            int size = model.inputSize();
            int steps = batch.steps();
            float[] x = batch.tokens() != null ? new float[0] : new float[context.rows() * steps * size];
            for (int row = 0; row < context.rows() && x.length > 0; row++) {
                for (int t = 0; t < steps; t++) {
                    int from = ((context.first() + row) * steps + t) * size;
                    int to = (t * context.rows() + row) * size;
                    System.arraycopy(batch.features(), from, x, to, size);
                }
            }
            Features in = new Features(context.rows(), steps, size, new Rows(x, 0, size), null);
            return batch.lengths() == null
                    ? in
                    : new Features(context.rows(), steps, size, in.values, MaskingNode.within(context, in));
        }

        /**
         * Computes the backward pass of the first {@code count} layers; returns the derivatives of the input, if
         * wanted.
         */
        Rows backward(Rows dy, int count) {
            Rows d = dy;
            for (int i = count - 1; i >= 0; i--) {
                d = passes.get(i).backward(d, i > 0 || context.inputGradient());
            }
            return d;
        }
    }

    /** Returns memory for passes over some rows. */
    Passage newPassage() {
        return new Passage();
    }

    /** Returns what is left to be done for the gradients, in tasks to be run in any order and by any threads. */
    List<Runnable> gradientTasks(List<Passage> passages, TrainingKernel kernel, int count) {
        List<Runnable> tasks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int index = i;
            layers.get(i).addTasks(passages.stream().map(passage -> passage.passes().get(index)).toList(), kernel,
                    tasks);
        }
        return tasks;
    }
}
