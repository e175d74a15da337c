package dev.gru.train.math;

import dev.gru.layer.Bidirectional;
import dev.gru.layer.Dropout;
import dev.gru.layer.Embedding;
import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Layer;
import dev.gru.weights.GruActivations;
import dev.gru.weights.GruWeights;

/** Which models can be trained. */
public final class TrainableModel {
    private TrainableModel() {
    }

    /**
     * Checks that a model can be trained.
     *
     * @throws IllegalArgumentException if a GRU layer has other activations than the standard ones, or dropout stands
     *     before an embedding, where there are ids to drop and no features
     */
    public static void require(Graph model) {
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
}
