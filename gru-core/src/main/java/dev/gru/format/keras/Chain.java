package dev.gru.format.keras;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.json.ConfigObject;
import dev.gru.internal.Printable;

/**
 * The layers of a Keras model as a chain: each takes the output of the one before it.
 *
 * @param input the configuration of the input layer, or null if the model has none and its first layer or the model
 *     says what it takes
 * @param steps the other layers, first to last
 * @param outputs the model's outputs; empty if they are all outputs of the last layer
 */
record Chain(ConfigObject input, List<Step> steps, List<Output> outputs) {
    /** In place of the number of an output: whatever the layer has. */
    static final int ALL = -1;

    /**
     * One layer.
     *
     * @param className Keras's class of it
     * @param config its configuration
     * @param passed the number of the output that the next layer takes; {@link #ALL} in a Sequential
     * @param used the numbers of the outputs that the next layer takes or the model returns; empty in a Sequential,
     *     where all are
     * @param last whether there is no next layer
     */
    record Step(String className, ConfigObject config, int passed, Set<Integer> used, boolean last) {
        boolean uses(int output) {
            return used.isEmpty() || used.contains(output);
        }
    }

    /**
     * One output of the model.
     *
     * @param step the number of the layer that puts it out
     * @param index which of the layer's outputs it is
     */
    record Output(int step, int index) {
    }

    /** A layer as the configuration lists it, with the object around its own configuration. */
    record Listed(String className, ConfigObject object) {
    }

    /** Returns the chain of a {@code Sequential}. */
    static Chain sequential(String file, ConfigObject model, Dialect dialect) throws ModelFormatException {
        List<Listed> listed = listed(file, model);
        ConfigObject input = null;
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < listed.size(); i++) {
            Listed layer = listed.get(i);
            ConfigObject config = Options.open(layer.object, dialect);
            if (!layer.className.equals("InputLayer")) {
                steps.add(new Step(layer.className, config, ALL, Set.of(), i == listed.size() - 1));
            } else if (i == 0) {
                input = config;
            } else {
                throw config
                        .error("is of class InputLayer and has the index " + i + "; only the first layer may be one");
            }
        }
        return new Chain(input, steps, List.of());
    }

    /** Returns the layers of a model as they are listed. */
    static List<Listed> listed(String file, ConfigObject model) throws ModelFormatException {
        List<Listed> layers = new ArrayList<>();
        for (Object value : model.list("layers")) {
            String where = file + ": layer " + layers.size();
            if (!(value instanceof Map<?, ?> map)) {
                throw new ModelFormatException(where + ": must be an object, is " + ConfigObject.show(value));
            }
            // Messages call a layer by its own name, if it has one.
            String name = map.get("config") instanceof Map<?, ?> config && config.get("name") instanceof String own
                    ? own
                    : null;
            ConfigObject layer = new ConfigObject(
                    name == null ? where : file + ": layer " + Printable.quoted(name), map);
            layers.add(new Listed(layer.string("class_name"), layer));
        }
        return layers;
    }
}
