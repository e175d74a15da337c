package dev.gru.format.keras.variables;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.hdf5.WeightStore;
import dev.gru.internal.Printable;

/**
 * The variables in a legacy {@code .h5} file. Layers are found by their names; each lists the names of its variables,
 * those that are trained before the others. A model that is a layer lists those of all its layers, whose names are part
 * of theirs.
 */
public final class LegacyVariables implements Variables {
    /** The group of the variables in a file of a whole model. */
    public static final String WEIGHTS = "model_weights";
    /** The attribute that lists the layers. */
    public static final String LAYERS = "layer_names";
    private static final String NAMES = "weight_names";

    private final String where;
    private final WeightStore store;
    private final String root;

    /**
     * Starts on a file.
     *
     * @param where names the file, for messages
     * @param store what is in it
     * @param root the group that the layers are in; empty in a file of weights alone
     */
    public LegacyVariables(String where, WeightStore store, String root) {
        this.where = where;
        this.store = store;
        this.root = root;
    }

    /** Returns the names of the layers that have variables, in the order of the model. */
    public List<String> layersWithVariables() throws ModelFormatException {
        List<String> layers = new ArrayList<>();
        for (String name : store.names(root, LAYERS)) {
            if (!store.names(group(name), NAMES).isEmpty()) {
                layers.add(name);
            }
        }
        return layers;
    }

    /**
     * Returns the same variables, but of the layers of a model that has other names: its first layer with variables has
     * those of the first that the file lists, and so on. So its layers must be made in the order of the model.
     */
    public Variables inOrder() throws ModelFormatException {
        Iterator<String> listed = layersWithVariables().iterator();
        return (className, name) -> new LegacyLayer(group(name), null, listed);
    }

    private String group(String name) {
        return root.isEmpty() ? name : root + "/" + name;
    }

    @Override
    public LegacyLayer layer(String className, String name) {
        return new LegacyLayer(group(name), null, null);
    }

    /** The variables of one layer. */
    public final class LegacyLayer implements Layer {
        private String group;
        /** The names of the variables; null until they are read. */
        private List<String> names;
        /** The layers that are left, if the file calls this one something else; null if it does not. */
        private final Iterator<String> listed;
        private int used;

        private LegacyLayer(String group, List<String> names, Iterator<String> listed) {
            this.group = group;
            this.names = names;
            this.listed = listed;
        }

        private List<String> names() throws ModelFormatException {
            if (names == null) {
                if (listed != null) {
                    if (!listed.hasNext()) {
                        throw new ModelFormatException(where + ": has fewer layers with weights than the model");
                    }
                    group = group(listed.next());
                }
                names = store.names(group, NAMES);
            }
            return names;
        }

        @Override
        public int count(String path) throws ModelFormatException {
            return names().size() - used;
        }

        @Override
        public Part part(String path, int count) throws ModelFormatException {
            int first = used;
            used += count;
            if (used > names().size()) {
                throw wrongCount("at least " + used);
            }
            return new Part() {
                @Override
                public float[] read(int index, long... dimensions) throws ModelFormatException {
                    return store.read(group + "/" + names.get(first + index), dimensions);
                }

                @Override
                public List<Integer> shape(int index) throws ModelFormatException {
                    return store.shape(group + "/" + names.get(first + index));
                }
            };
        }

        @Override
        public Variables nested(String part) throws ModelFormatException {
            used = names().size();
            Map<String, List<String>> byPart = new HashMap<>();
            for (String variable : names()) {
                for (String layer : new HashSet<>(Arrays.asList(variable.split("/", -1)))) {
                    byPart.computeIfAbsent(layer, _ -> new ArrayList<>()).add(variable);
                }
            }
            return (className, name) -> new LegacyLayer(group, byPart.getOrDefault(name, List.of()), null);
        }

        @Override
        public void end() throws ModelFormatException {
            if (used < names().size()) {
                throw wrongCount(Integer.toString(used));
            }
        }

        private ModelFormatException wrongCount(String expected) {
            return new ModelFormatException(where + ": " + Printable.of(group) + ": holds " + names.size()
                    + " variables, but the model asks for " + expected);
        }
    }
}
