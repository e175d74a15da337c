package dev.gru.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.gru.kernel.TrainingKernel.Rows;
import dev.gru.kernel.TrainingKernel;
import dev.gru.layer.ActivationLayer;
import dev.gru.layer.Bidirectional;
import dev.gru.layer.Dense;
import dev.gru.layer.Dropout;
import dev.gru.layer.Embedding;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Layer;
import dev.gru.layer.Masking;
import dev.gru.layer.Sequential;
import dev.gru.layer.TimeDistributed;
import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;
import dev.gru.weights.GruActivations;
import dev.gru.weights.GruWeights;

/** The layers of a model in training, in floats, and passes through all of them. */
final class FloatNetwork {
    private final Sequential model;
    private final List<FloatLayer> layers = new ArrayList<>();
    private final List<TrainedArray> arrays;
    /** The dimensions of the model's parameters by name. */
    private final Map<String, List<Integer>> shapes;

    /**
     * Takes the layers and weights of a model.
     *
     * @throws IllegalArgumentException if a GRU layer has other activations than the standard ones, dropout stands before
     *     an embedding, or two layers with weights have the same name
     */
    FloatNetwork(Sequential model) {
        this.model = model;
        Parameters parameters = Parameters.of(model);
        shapes = parameters.shapes();
        requireTrainable(model);
        int recurrent = 0;
        for (Layer layer : model.layers()) {
            add(layer, recurrent);
            recurrent += layer instanceof GruLayer ? 1 : layer instanceof Bidirectional ? 2 : 0;
        }
        arrays = layers.stream().flatMap(layer -> layer.arrays().stream()).toList();
        load(parameters);
    }

    /**
     * Returns without doing anything if a model can be trained.
     *
     * @throws IllegalArgumentException if it cannot
     */
    static void requireTrainable(Sequential model) {
        boolean tokens = model.embedding().isPresent();
        for (Layer layer : model.layers()) {
            if (tokens && layer instanceof Dropout dropout && dropout.rate() > 0) {
                throw new IllegalArgumentException(
                        "layer " + layer.name() + ": dropout before an embedding is not supported in training");
            }
            tokens &= !(layer instanceof Embedding);
            if (layer instanceof GruLayer gru) {
                requireStandard(layer, gru.weights());
            } else if (layer instanceof Bidirectional both) {
                requireStandard(layer, both.forward().weights());
                requireStandard(layer, both.backward().weights());
            }
        }
    }

    private static void requireStandard(Layer layer, GruWeights weights) {
        if (!weights.activations().areStandard()) {
            throw new IllegalArgumentException("layer " + layer.name() + ": training needs the activations "
                    + GruActivations.STANDARD + ", had " + weights.activations());
        }
    }

    private void add(Layer layer, int recurrent) {
        switch (layer) {
            case Embedding table -> layers.add(new FloatEmbedding(table));
            case Masking masking -> layers.add(new FloatMasking(masking));
            case GruLayer gru ->
                layers.add(new FloatGru(gru.name(), gru, gru.direction(), gru.zeroOutputForMask(), recurrent));
            case Bidirectional both -> layers.add(new FloatBidirectional(both, recurrent));
            case Dropout dropout -> {
                if (dropout.rate() > 0) {
                    layers.add(new FloatDropout(dropout, layers.size()));
                }
            }
            case Dense dense -> add(dense.name(), dense.weights());
            case TimeDistributed each -> add(each.name(), each.layer().weights());
            case ActivationLayer alone -> add(alone.activation());
        }
    }

    private void add(String prefix, DenseWeights weights) {
        layers.add(new FloatLinear(prefix, weights));
        add(weights.activation());
    }

    private void add(Activation activation) {
        if (!activation.isIdentity()) {
            layers.add(new FloatActivation(activation));
        }
    }

    Sequential model() {
        return model;
    }

    /** Returns all weights with their gradients, in the order of the layers. */
    List<TrainedArray> arrays() {
        return arrays;
    }

    /** Returns how many layers there are; activations of dense layers are layers of their own. */
    int layerCount() {
        return layers.size();
    }

    /** Returns the function that the model ends with, or null if its last layer is something else. */
    Activation.Function lastFunction() {
        return layers.getLast() instanceof FloatActivation last ? last.function() : null;
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
        for (TrainedArray array : arrays) {
            array.pack(canonical, array.values());
            array.transpose();
        }
    }

    /** Memory for passes over some rows of a batch. */
    final class Passage {
        private final List<FloatLayer.Pass> passes = layers.stream().map(FloatLayer::newPass).toList();
        private FloatLayer.Context context;
        private float[] outputGradient;

        /** Returns the passes, one for each layer. */
        List<FloatLayer.Pass> passes() {
            return passes;
        }

        /** Returns the part of the batch that goes through. */
        FloatLayer.Context context() {
            return context;
        }

        /** Returns those of all GRU layers, as {@link Sequential#recurrentLayers} has them. */
        List<FloatGru.GruPass> recurrent() {
            List<FloatGru.GruPass> recurrent = new ArrayList<>();
            for (FloatLayer.Pass pass : passes) {
                if (pass instanceof FloatGru.GruPass gru) {
                    recurrent.add(gru);
                } else if (pass instanceof FloatBidirectional.BothPass both) {
                    recurrent.addAll(both.recurrent());
                }
            }
            return recurrent;
        }

        /** Returns room for the derivatives of outputs, whose padding is 0. */
        Rows outputGradient(FloatFeatures out) {
            int stride = TrainingKernel.padded(out.size);
            outputGradient = FloatLayer.room(outputGradient, (long) out.count() * stride);
            return new Rows(outputGradient, 0, stride);
        }

        /** Runs the first {@code count} layers. */
        FloatFeatures forward(FloatLayer.Context part, int count) {
            context = part;
            FloatFeatures features = input();
            for (FloatLayer.Pass pass : passes.subList(0, count)) {
                features = pass.forward(features, context);
            }
            return features;
        }

        private FloatFeatures input() {
            TrainingInput batch = context.batch();
            int size = model.inputSize();
            int steps = batch.steps();
            float[] x = batch.tokens() != null ? new float[0] : new float[context.rows() * steps * size];
            for (int row = 0; row < context.rows() && x.length > 0; row++) {
                for (int t = 0; t < steps; t++) {
                    int from = ((context.first() + row) * steps + t) * size;
                    int to = (t * context.rows() + row) * size;
                    for (int i = 0; i < size; i++) {
                        x[to + i] = (float) batch.features()[from + i];
                    }
                }
            }
            FloatFeatures in = new FloatFeatures(context.rows(), steps, size, new Rows(x, 0, size), null);
            return batch.within() == null
                    ? in
                    : new FloatFeatures(context.rows(), steps, size, in.values, FloatMasking.within(context, in));
        }

        /** Goes back from what the first {@code count} layers put out; returns the derivatives of the input, if wanted. */
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
