package dev.gru.format.keras;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.hdf5.WeightStore;
import dev.gru.format.keras.variables.LegacyVariables;
import dev.gru.format.keras.variables.SavedVariables;
import dev.gru.format.keras.variables.Variables;
import dev.gru.layer.ActivationLayer.PReLU;
import dev.gru.layer.Attention;
import dev.gru.layer.Bidirectional;
import dev.gru.layer.Conv1D;
import dev.gru.layer.Dense;
import dev.gru.layer.Embedding;
import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Layer;
import dev.gru.layer.Normalization.BatchNormalization;
import dev.gru.layer.Normalization.LayerNormalization;
import dev.gru.layer.Parameter;
import dev.gru.layer.Scale;
import dev.gru.layer.TimeDistributed;
import dev.gru.weights.DenseWeights;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;

/** Puts the variables of a file of weights alone into a model that was made in code. */
final class Architecture {
    /**
     * Keras's classes of layers that have variables here; RNN has them too, but no layer made in code stands for it.
     */
    private static final Set<String> CLASSES = Set.of("Embedding", "GRU", "RNN", "Bidirectional", "Dense",
            "TimeDistributed", "Conv1D", "BatchNormalization", "LayerNormalization", "PReLU", "Attention",
            "AdditiveAttention");

    private final String where;
    private final WeightStore store;

    /**
     * Starts on a file.
     *
     * @param where names the file, for messages
     * @param store what is in it
     */
    Architecture(String where, WeightStore store) {
        this.where = where;
        this.store = store;
    }

    /** Returns whether a file is one of Keras 2's {@code save_weights}, with the names of layers at its root. */
    static boolean isLegacy(WeightStore store) throws ModelFormatException {
        return store.hasAttribute("", LegacyVariables.LAYERS);
    }

    /**
     * Returns a model with the variables of the file in the place of its weights.
     *
     * @throws ModelFormatException if the file has other layers or shapes
     * @throws IllegalArgumentException if the model has a recurrence that Keras does not have
     */
    Graph withWeights(Graph architecture) throws ModelFormatException {
        return isLegacy(store) ? withLegacy(architecture) : withSaved(architecture);
    }

    private Graph withSaved(Graph architecture) throws ModelFormatException {
        SavedVariables variables = new SavedVariables(where, store);
        variables.requireLayers();
        List<Layer> layers = new ArrayList<>();
        for (Layer layer : architecture.layers()) {
            // Layers without weights count, too.
            Variables.Layer found = variables.layer(className(layer), layer.name());
            layers.add(hasNone(layer) ? layer : withWeights(layer, found));
        }
        variables.requireNoOther(CLASSES);
        return architecture.withLayers(layers);
    }

    /** Returns whether a layer has no weights that Keras stores under its own class. */
    private static boolean hasNone(Layer layer) {
        return layer.parameters().isEmpty() || layer instanceof Scale;
    }

    /** The names of types are those of Keras's classes. */
    private static String className(Layer layer) {
        return layer instanceof Attention attention && attention.score() == Attention.Score.ADDITIVE
                ? "AdditiveAttention"
                : layer.type().toString();
    }

    /** Layers stand in the order of the model, whatever their names are. */
    private Graph withLegacy(Graph architecture) throws ModelFormatException {
        LegacyVariables variables = new LegacyVariables(where, store, "");
        Iterator<String> names = variables.layersWithVariables().iterator();
        List<Layer> layers = new ArrayList<>();
        for (Layer layer : architecture.layers()) {
            if (hasNone(layer)) {
                layers.add(layer);
                continue;
            }
            if (!names.hasNext()) {
                throw new ModelFormatException(where + ": has fewer layers with weights than the model");
            }
            Variables.Layer found = variables.layer(className(layer), names.next());
            layers.add(withWeights(layer, found));
            found.end();
        }
        if (names.hasNext()) {
            throw new ModelFormatException(where + ": has more layers with weights than the model");
        }
        return architecture.withLayers(layers);
    }

    private static Layer withWeights(Layer layer, Variables.Layer found) throws ModelFormatException {
        return switch (layer) {
            case Embedding embedding -> embedding.withParameters(List.of(Weights.table(
                    found, embedding.vocabularySize(), embedding.outputSize())));
            case GruLayer gru -> gru.withWeights(weights(gru, found, Recurrent.CELL));
            case Bidirectional both -> both.withWeights(weights(both.forward(), found, Recurrent.FORWARD_CELL),
                    weights(both.backward(), found, Recurrent.BACKWARD_CELL));
            case Dense dense -> new Dense(dense.name(), weights(dense.weights(), found, ""));
            case TimeDistributed each -> new TimeDistributed(each.name(),
                    new Dense(each.layer().name(), weights(each.weights(), found, "layer")));
            case Conv1D conv -> conv.withParameters(Weights.convolution(found, conv));
            case BatchNormalization batch -> batch.withParameters(arrays(found, batch));
            case LayerNormalization normalization -> normalization.withParameters(arrays(found, normalization));
            case PReLU prelu -> prelu.withParameters(List.of(slope(found, prelu)));
            case Attention attention -> attention.withParameters(List.of(attention.score() == Attention.Score.ADDITIVE
                    ? found.part("", 1).read(0, attention.scale().length)
                    : found.part("", 1).read(0)));
            default -> throw new IllegalArgumentException("layer " + layer.name() + ": the type " + layer.type()
                    + " has weights that are not in files of Keras");
        };
    }

    /** Reads arrays of the shapes and in the order of a layer's own. */
    private static List<float[]> arrays(Variables.Layer found, Layer layer) throws ModelFormatException {
        List<Parameter> parameters = layer.parameters();
        Variables.Part variables = found.part("", parameters.size());
        List<float[]> arrays = new ArrayList<>();
        for (Parameter parameter : parameters) {
            arrays.add(variables.read(arrays.size(), parameter.size()));
        }
        return arrays;
    }

    /** Slopes may be shared among steps or features, and those of a vector have one dimension. */
    private static float[] slope(Variables.Layer found, PReLU prelu) throws ModelFormatException {
        Variables.Part variables = found.part("", 1);
        List<Integer> shape = variables.shape(0);
        if (shape.size() == 1 && prelu.steps() == 1) {
            return variables.read(0, prelu.size());
        }
        if (!shape.equals(List.of(prelu.steps(), 1))) {
            return variables.read(0, prelu.steps(), prelu.size());
        }
        float[] ofSteps = variables.read(0, prelu.steps(), 1);
        float[] slope = new float[prelu.steps() * prelu.size()];
        for (int i = 0; i < slope.length; i++) {
            slope[i] = ofSteps[i / prelu.size()];
        }
        return slope;
    }

    private static GruWeights weights(GruLayer gru, Variables.Layer found, String path)
            throws ModelFormatException {
        GruWeights old = gru.weights();
        if (old.variant() != GruVariant.RESET_AFTER && old.variant() != GruVariant.RESET_BEFORE) {
            throw new IllegalArgumentException("layer " + gru.name()
                    + " must be of the variant RESET_AFTER or RESET_BEFORE, as Keras has no other, was "
                    + old.variant());
        }
        // A legacy file does not tell the two of a pair apart; they have 6 variables or 4.
        boolean useBias = found.count(path) % (Weights.GRU_WITHOUT_BIAS + 1) == 0;
        return Weights.gru(found, path, old.variant(), old.activations(), old.inputSize(), old.hiddenSize(), useBias);
    }

    private static DenseWeights weights(DenseWeights old, Variables.Layer found, String path)
            throws ModelFormatException {
        return Weights.dense(found, path, old.activation(), old.inputSize(), old.outputSize(),
                found.count(path) != Weights.DENSE_WITHOUT_BIAS);
    }
}
