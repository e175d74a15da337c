package dev.gru.train.math;

import dev.gru.layer.Dropout;
import dev.gru.layer.Embedding;
import dev.gru.layer.Graph;
import dev.gru.layer.Layer;

/** Which models can be trained. */
public final class TrainableModel {
    private TrainableModel() {
    }

    /**
     * Checks that a model can be trained.
     *
     * @throws IllegalArgumentException if dropout stands before an embedding, where there are ids to drop and no
     *     features
     */
    public static void require(Graph model) {
        boolean tokens = model.embedding().isPresent();
        for (Layer layer : model.layers()) {
            if (tokens && layer instanceof Dropout dropout && dropout.rate() > 0) {
                throw new IllegalArgumentException(
                        "layer " + layer.name() + ": dropout before an embedding is not supported in training");
            }
            tokens &= !(layer instanceof Embedding);
        }
    }
}
