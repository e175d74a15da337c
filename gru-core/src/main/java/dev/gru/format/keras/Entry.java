package dev.gru.format.keras;

import java.util.List;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.json.ConfigObject;
import dev.gru.format.keras.variables.Variables;
import dev.gru.layer.Layer;

/**
 * A layer of a Keras model: its configuration, its variables, and what has been made of them. A layer that is called
 * several times is one entry, and is made once.
 *
 * <p>For one model and one thread.
 */
final class Entry {
    private final String className;
    private final ConfigObject config;
    private final String name;
    private final Variables.Layer variables;
    private final String path;
    private final Entry inner;
    private List<Layer> made;

    /**
     * Describes a layer.
     *
     * @param className its class, in the words of Keras 2 and 3
     * @param config its configuration
     * @param name its name in the graph
     * @param variables its variables, or those of the layer that it is in; null for an operation between layers
     * @param path where they are in these
     * @param inner the layer that it applies to each step, or null
     */
    Entry(String className, ConfigObject config, String name, Variables.Layer variables, String path, Entry inner) {
        this.className = className;
        this.config = config;
        this.name = name;
        this.variables = variables;
        this.path = path;
        this.inner = inner;
    }

    String className() {
        return className;
    }

    ConfigObject config() {
        return config;
    }

    /** Returns whether it is no layer, but an operation between layers. */
    boolean isOperation() {
        return variables == null;
    }

    /** Returns its name in the graph, with those of the models that it is in before it. */
    String name() {
        return name;
    }

    Variables.Layer variables() {
        return variables;
    }

    /** Returns the layer that it applies to each step, or null. */
    Entry inner() {
        return inner;
    }

    /** Returns where a part is among the variables; an empty part is the layer itself. */
    String path(String part) {
        return path.isEmpty() || part.isEmpty() ? path + part : path + "/" + part;
    }

    /** Returns how many variables there are. */
    int count() throws ModelFormatException {
        return variables.count(path);
    }

    /** Returns variables of the layer itself. */
    Variables.Part variables(int count) throws ModelFormatException {
        return variables.part(path, count);
    }

    /** Returns the layers that have been made of it, first to last, or null if none has been yet. */
    List<Layer> made() {
        return made;
    }

    /** Notes what has been made of it, and that what has weights has no more variables. */
    List<Layer> made(List<Layer> layers) throws ModelFormatException {
        if (layers.stream().anyMatch(layer -> !layer.parameters().isEmpty())) {
            variables.end();
        }
        made = layers;
        return layers;
    }
}
