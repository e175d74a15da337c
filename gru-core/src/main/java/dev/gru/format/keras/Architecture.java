package dev.gru.format.keras;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import dev.gru.format.file.ModelFormatException;
import dev.gru.layer.ActivationLayer;
import dev.gru.layer.Bidirectional;
import dev.gru.layer.Dense;
import dev.gru.layer.Dropout;
import dev.gru.layer.Embedding;
import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Layer;
import dev.gru.layer.Masking;
import dev.gru.layer.TimeDistributed;
import dev.gru.weights.DenseWeights;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;

/** Puts the variables of a {@code .weights.h5} file into a model that was made in code. */
final class Architecture {
    /**
     * Keras's classes of layers that have variables here; RNN has them too, but no layer made in code stands for it.
     */
    private static final Set<String> CLASSES = Set.of("Embedding", "GRU", "RNN", "Bidirectional", "Dense",
            "TimeDistributed");

    private final SavedVariables variables;

    /**
     * Starts on a file.
     *
     * @param variables what is in it
     */
    Architecture(SavedVariables variables) {
        this.variables = variables;
    }

    /**
     * Returns a model with the variables of the file in the place of its weights.
     *
     * @throws ModelFormatException if the file has other layers or shapes
     * @throws IllegalArgumentException if the model has a recurrence that Keras does not have
     */
    Graph withWeights(Graph architecture) throws ModelFormatException {
        List<Layer> layers = new ArrayList<>();
        for (Layer layer : architecture.layers()) {
            layers.add(withWeights(layer));
        }
        variables.requireNoOther(CLASSES);
        return architecture.withLayers(layers);
    }

    private Layer withWeights(Layer layer) throws ModelFormatException {
        return switch (layer) {
            case Embedding embedding -> embedding.withParameters(List.of(Weights.table(
                    found(embedding), embedding.vocabularySize(), embedding.outputSize())));
            case GruLayer gru -> gru.withWeights(weights(gru, found(gru), Recurrent.CELL));
            case Bidirectional both -> {
                SavedVariables.SavedLayer found = found(both);
                yield both.withWeights(weights(both.forward(), found, Recurrent.FORWARD_CELL),
                        weights(both.backward(), found, Recurrent.BACKWARD_CELL));
            }
            case Dense dense -> new Dense(dense.name(), weights(dense.weights(), found(dense), ""));
            case TimeDistributed each -> new TimeDistributed(each.name(),
                    new Dense(each.layer().name(), weights(each.weights(), found(each), "layer")));
            case Masking _,Dropout _,ActivationLayer _ -> layer;
            default -> throw new IllegalArgumentException("layer " + layer.name() + ": layers of the type "
                    + layer.type() + " are not read yet");
        };
    }

    /** Returns the variables of a layer; the names of types are those of Keras's classes. */
    private SavedVariables.SavedLayer found(Layer layer) {
        return variables.layer(layer.type().toString(), layer.name());
    }

    private static GruWeights weights(GruLayer gru, SavedVariables.SavedLayer found, String path)
            throws ModelFormatException {
        GruWeights old = gru.weights();
        if (old.variant() != GruVariant.RESET_AFTER && old.variant() != GruVariant.RESET_BEFORE) {
            throw new IllegalArgumentException("layer " + gru.name()
                    + " must be of the variant RESET_AFTER or RESET_BEFORE, as Keras has no other, was "
                    + old.variant());
        }
        return Weights.gru(found, path, old.variant(), old.activations(), old.inputSize(),
                old.hiddenSize(), found.count(path) != Weights.GRU_WITHOUT_BIAS);
    }

    private static DenseWeights weights(DenseWeights old, SavedVariables.SavedLayer found, String path)
            throws ModelFormatException {
        return Weights.dense(found, path, old.activation(), old.inputSize(), old.outputSize(),
                found.count(path) != Weights.DENSE_WITHOUT_BIAS);
    }
}
