package dev.gru.train.math;

import dev.gru.layer.Bidirectional;
import dev.gru.layer.Dropout;
import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Layer;
import dev.gru.layer.ModelInput;
import dev.gru.layer.Shape;

/** Which models can be trained. */
public final class TrainableModel {
    private TrainableModel() {
    }

    /**
     * Checks that a model can be trained.
     *
     * @throws IllegalArgumentException if dropout stands before an embedding, where there are ids to drop and no
     *     features, or the model returns ids
     */
    public static void require(Graph model) {
        for (Graph.Node node : model.nodes()) {
            Layer layer = node.layer();
            boolean tokens = model.inputShapes(node).getFirst().kind() == Shape.Kind.TOKENS;
            if (tokens && layer instanceof Dropout dropout && dropout.rate() > 0) {
                throw new IllegalArgumentException(
                        "layer " + layer.name() + ": dropout before an embedding is not supported in training");
            }
        }
        for (int output : model.outputs()) {
            if (model.shape(output).kind() == Shape.Kind.TOKENS) {
                throw new IllegalArgumentException("a model that returns token ids has nothing to train");
            }
        }
    }

    /**
     * Checks that an input begins at states that training knows: those of GRU layers.
     *
     * @throws IllegalArgumentException if it gives states to a model in which other layers have some too
     */
    public static void requireStates(Graph model, ModelInput input) {
        if (input.initialStates() == null) {
            return;
        }
        for (Graph.Node node : model.nodes()) {
            boolean recurrent = node.layer() instanceof GruLayer || node.layer() instanceof Bidirectional;
            if (!recurrent && !node.layer().stateSizes(model.inputShapes(node)).isEmpty()) {
                throw new IllegalArgumentException("initialStates are not supported in training of a model in which"
                        + " other layers than GRUs have states, as layer " + node.layer().name() + " has");
            }
        }
    }
}
