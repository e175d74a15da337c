package dev.gru.bench.bits;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import dev.gru.layer.ActivationLayer;
import dev.gru.layer.Dense;
import dev.gru.layer.GlobalPooling1D;
import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Layer;
import dev.gru.layer.Merge;
import dev.gru.layer.Sequential;
import dev.gru.layer.Shape;
import dev.gru.train.Initializer;
import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;
import dev.gru.weights.GruActivations;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;

/** Small models of the layers that {@link OutputBits} has no others of, with fixed weights. */
final class SampleModels {
    private static final int FEATURES = 5;

    /** One, around the lanes of vectors of 128, 256 and 512 bits, and more than a tile. */
    private static final int[] UNITS = {1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 24, 32, 33, 48, 64, 65, 100};
    private static final Activation RELU_UP_TO_2 = Activation.relu(0.125f, 2, 0.25f);

    private SampleModels() {
    }

    /** Returns the models by their names. */
    static Map<String, Graph> all() {
        Map<String, Graph> models = new LinkedHashMap<>();
        for (GruVariant variant : GruVariant.values()) {
            for (int units : UNITS) {
                models.put(units + " units " + variant, Sequential.builder().input(FEATURES)
                        .gru(gru(variant, GruActivations.STANDARD, units)).returnSequences().build());
            }
            models.put("other activations " + variant, Sequential.builder().input(FEATURES).gru(gru(variant,
                    new GruActivations(Activation.hardSigmoid(0.2f, 0.5f), RELU_UP_TO_2, 3), 21)).build());
        }
        models.put("functions", functions());
        models.put("stream", stream());
        models.put("joined", joined());
        return models;
    }

    /** Every function, each of the one before. */
    private static Graph functions() {
        List<Layer> layers = new ArrayList<>();
        int size = 19;
        layers.add(new Dense("first", dense(FEATURES, size, Activation.LINEAR)));
        for (Activation.Function function : Activation.Function.values()) {
            Activation activation = switch (function.parameters()) {
                case 0 -> new Activation(function, 1, 0);
                case 1 -> new Activation(function, 0.5f, 0);
                case 2 -> new Activation(function, 0.5f, 0.75f);
                default -> RELU_UP_TO_2;
            };
            layers.add(new Dense(function + " dense", dense(size, size, activation)));
            layers.add(new ActivationLayer(function.toString(), activation));
        }
        return new Sequential(layers);
    }

    private static Graph stream() {
        return Initializer.KERAS.initialize(Sequential.builder().input(FEATURES).conv1d(20, 3, Activation.LINEAR)
                .causal().dilation(2).batchNormalization().activation(Activation.RELU).gru(18).returnSequences()
                .layerNormalization().dense(3, Activation.TANH).build(), 7);
    }

    /** A sum of two paths and its mean and maximum over the steps. */
    private static Graph joined() {
        Graph.Builder graph = new Graph.Builder();
        int x = graph.input("x", Shape.sequence(FEATURES));
        int h = graph.add(new GruLayer("gru", gru(GruVariant.RESET_AFTER, GruActivations.STANDARD, FEATURES))
                .withReturnSequences(true), x);
        int sum = graph.add(new Merge("sum", Merge.Kind.ADD), x, h);
        int mean = graph.add(new GlobalPooling1D("mean", GlobalPooling1D.Kind.AVERAGE), sum);
        int largest = graph.add(new GlobalPooling1D("largest", GlobalPooling1D.Kind.MAX), sum);
        return graph.build(graph.add(new Merge("both", Merge.Kind.CONCATENATE), mean, largest), sum);
    }

    private static GruWeights gru(GruVariant variant, GruActivations activations, int units) {
        Random random = new Random(units);
        return new GruWeights(variant, activations, FEATURES, units, floats(3 * units * FEATURES, random),
                floats(3 * units * units, random), floats(3 * units, random), floats(3 * units, random));
    }

    private static DenseWeights dense(int inputs, int outputs, Activation activation) {
        Random random = new Random(outputs);
        return new DenseWeights(inputs, outputs, activation, floats(inputs * outputs, random), floats(outputs, random));
    }

    /** Numbers from −0.5 to 0.5, by a generator that is the same in every Java. */
    private static float[] floats(int count, Random random) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = random.nextFloat() - 0.5f;
        }
        return values;
    }
}
