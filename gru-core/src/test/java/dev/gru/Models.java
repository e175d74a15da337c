package dev.gru;

import java.util.List;
import java.util.Random;

import dev.gru.kernel.RandomWeights;
import dev.gru.layer.ActivationLayer;
import dev.gru.layer.Dense;
import dev.gru.layer.Dropout;
import dev.gru.layer.Embedding;
import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Masking;
import dev.gru.layer.Sequential;
import dev.gru.layer.TimeDistributed;
import dev.gru.weights.Activation;
import dev.gru.weights.GruVariant;

/** Small models for tests. */
final class Models {
    static final int VOCABULARY = 7;
    static final int FEATURES = 3;
    static final String SCALAR = "scalar";

    private Models() {
    }

    /** Two GRU layers and a dense one, from features. */
    static Graph features(GruVariant variant, boolean sequences) {
        return new Sequential(List.of(
                new GruLayer("first", RandomWeights.gru(variant, FEATURES, 5, 1)).withReturnSequences(true),
                new Dropout("dropout", 0.5),
                new GruLayer("second", RandomWeights.gru(variant, 5, 4, 2)).withReturnSequences(sequences),
                new Dense("out", RandomWeights.dense(4, 2, Activation.SOFTMAX, 3))));
    }

    /** The same with a table before it. */
    static Graph tokens(GruVariant variant, boolean maskZero, boolean sequences) {
        Dense out = new Dense("out", RandomWeights.dense(4, 6, Activation.TANH, 3));
        return new Sequential(List.of(
                new Embedding("table", VOCABULARY, FEATURES, RandomWeights.floats(VOCABULARY * FEATURES, new Random(4)))
                        .withMaskZero(maskZero),
                new GruLayer("first", RandomWeights.gru(variant, FEATURES, 5, 1)).withReturnSequences(true),
                new GruLayer("second", RandomWeights.gru(variant, 5, 4, 2)).withReturnSequences(sequences),
                sequences ? new TimeDistributed("each", out) : out));
    }

    /** Two GRU layers that skip the steps whose features are all 0, the first of them with zeros for outputs, and a tanh. */
    static Graph masked(GruVariant variant, boolean sequences) {
        return new Sequential(List.of(
                new Masking("masking", 0),
                new GruLayer("first", RandomWeights.gru(variant, FEATURES, 5, 1)).withReturnSequences(true)
                        .withZeroOutputForMask(true),
                new ActivationLayer("tanh", Activation.TANH),
                new GruLayer("second", RandomWeights.gru(variant, 5, 4, 2)).withReturnSequences(sequences)));
    }

    static GruModel scalar(Graph layers) {
        return GruModel.of(layers, ModelOptions.defaults().withKernel(SCALAR));
    }
}
