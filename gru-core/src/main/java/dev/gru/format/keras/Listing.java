package dev.gru.format.keras;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.json.ConfigObject;
import dev.gru.format.keras.forms.Keras1;
import dev.gru.format.keras.variables.Variables;
import dev.gru.internal.Printable;

/**
 * Goes over the configuration of a Keras model, and the models in it, and lists their layers, before any is made.
 *
 * <p>For one model and one thread.
 */
final class Listing {
    private static final Set<String> RECURRENT = Set.of("GRU", "RNN");

    private final String file;
    private final Dialect dialect;
    private final Unsupported unsupported;
    private final Map<Entry, Submodel> models = new HashMap<>();

    Listing(String file, Dialect dialect) {
        this.file = file;
        this.dialect = dialect;
        unsupported = new Unsupported(file);
    }

    /**
     * Lists a whole model.
     *
     * @param className its class
     * @param model its configuration
     * @param variables its variables
     * @throws ModelFormatException if it is damaged, or has layers of classes that are not supported; all are named
     */
    Submodel model(String className, ConfigObject model, Variables variables) throws ModelFormatException {
        Submodel listed;
        try {
            listed = model(className, model, variables, "");
        } catch (ModelFormatException e) {
            unsupported.requireNone(); // which says more
            throw e;
        }
        unsupported.requireNone();
        return listed;
    }

    /** Returns the models that are layers, by what they are as layers. */
    Map<Entry, Submodel> models() {
        return models;
    }

    private Submodel model(String className, ConfigObject model, Variables variables, String prefix)
            throws ModelFormatException {
        Options.requirePolicy(model);
        Options.requireKnown(className, model);
        boolean sequential = className.equals("Sequential");
        List<Entry> entries = new ArrayList<>();
        List<ConfigObject> objects = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (Object value : model.list("layers")) {
            ConfigObject object = object(value, objects.size());
            if (!sequential && !seen.add(object.string("name"))) {
                throw object.error("there are two layers of this name");
            }
            objects.add(object);
            entries.add(entry(object, variables, prefix, sequential));
        }
        if (sequential) {
            return Chain.of(entries.stream().filter(Objects::nonNull).toList());
        }
        return new Network(model, dialect, objects, entries, prefix.isEmpty());
    }

    /** Messages call a layer by its own name, if it has one. */
    private ConfigObject object(Object value, int number) throws ModelFormatException {
        String where = file + ": layer " + number;
        if (!(value instanceof Map<?, ?> map)) {
            throw new ModelFormatException(where + ": must be an object, is " + ConfigObject.show(value));
        }
        return new ConfigObject(
                map.get("config") instanceof Map<?, ?> config && config.get("name") instanceof String own
                        ? file + ": layer " + Printable.quoted(own)
                        : where,
                map);
    }

    /** Returns null for an operation that makes a mask, and for what is not supported. */
    private Entry entry(ConfigObject object, Variables variables, String prefix, boolean sequential)
            throws ModelFormatException {
        String written = object.string("class_name");
        String className = dialect.major() == 1 ? Keras1.className(written) : written;
        if (Operation.isKnown(object, dialect)) {
            ConfigObject config = object.object("config").at(object.where());
            return new Entry(className, config, prefix + Printable.of(object.string("name")), null, "", null);
        }
        if (Masks.isOperation(object, dialect)) {
            return null;
        }
        if (Operation.isOperation(object, dialect)) {
            String operation = Operation.written(object);
            unsupported.add(object, "the operation " + Printable.quoted(operation) + " between layers is not supported",
                    "the operation " + Printable.of(operation));
            return null;
        }
        if (object.get("registered_name") != null && !Options.MODELS.contains(className)) {
            unsupported.add(object, "the registered custom class " + ConfigObject.show(object.get("registered_name"))
                    + " is not supported", "the custom class " + Printable.of(className));
            return null;
        }
        if (!Options.isKnown(className)) {
            unsupported.addClass(object, className);
            return null;
        }
        if (Options.MODELS.contains(className) && object.get("config") instanceof List<?> list) {
            ConfigObject config = new ConfigObject(object.where(), Map.of("layers", list, "name",
                    object.get("name") instanceof String name ? name : className));
            return nested(className, config, variables, prefix);
        }
        ConfigObject config = sequential
                ? Options.open(object, dialect)
                : Options.open(object, dialect, "name", "inbound_nodes");
        if (dialect.major() == 1) {
            config = Keras1.translated(className, config);
        }
        if (Options.MODELS.contains(className)) {
            return nested(className, config, variables, prefix);
        }
        return layer(className, config, variables.layer(className, config.string("name")), "", prefix);
    }

    private Entry nested(String className, ConfigObject config, Variables variables, String prefix)
            throws ModelFormatException {
        String name = prefix + Options.name(config);
        Variables.Layer own = variables.layer(className, config.string("name"));
        Entry entry = new Entry(className, config, name, own, "", null);
        models.put(entry, model(className, config, own.nested(""), name + "/"));
        return entry;
    }

    private Entry layer(String className, ConfigObject config, Variables.Layer variables, String path, String prefix)
            throws ModelFormatException {
        Entry inner = null;
        if (className.equals("TimeDistributed")) {
            inner = inner(config, variables, path.isEmpty() ? "layer" : path + "/layer", prefix);
        } else if (className.equals("Bidirectional") && config.get("layer") instanceof Map<?, ?> map
                && map.get("class_name") instanceof String wrapped && !RECURRENT.contains(wrapped)) {
            unsupported.add(config, "Bidirectional of " + Printable.of(wrapped)
                    + " is not supported, only of GRU and RNN", "Bidirectional of " + Printable.of(wrapped));
        }
        return new Entry(className, config, prefix + Options.name(config), variables, path, inner);
    }

    /** Lists the layer that is applied to each step. */
    private Entry inner(ConfigObject wrapper, Variables.Layer variables, String path, String prefix)
            throws ModelFormatException {
        ConfigObject wrapped = wrapper.object("layer");
        String written = wrapped.string("class_name");
        String className = dialect.major() == 1 ? Keras1.className(written) : written;
        if (!Options.isKnown(className)) {
            unsupported.add(wrapper, "TimeDistributed of " + Printable.of(className) + " is not supported",
                    "TimeDistributed of " + Printable.of(className));
            return null;
        }
        ConfigObject config = Options.open(wrapped, dialect);
        if (dialect.major() == 1) {
            config = Keras1.translated(className, config);
        }
        String name = prefix + Options.name(className.equals("Dense") ? config : wrapper);
        if (Options.MODELS.contains(className)) {
            Entry entry = new Entry(className, config, name, variables, path, null);
            models.put(entry, model(className, config, variables.nested(path), name + "/"));
            return entry;
        }
        Entry inner = className.equals("TimeDistributed") ? inner(config, variables, path + "/layer", prefix) : null;
        return new Entry(className, config, name, variables, path, inner);
    }
}
