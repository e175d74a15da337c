package dev.gru.format.keras.variables;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.hdf5.WeightStore;
import dev.gru.internal.Printable;

/**
 * The variables in a {@code .weights.h5} file, alone or in a {@code .keras} file. Layers are found under their class,
 * with a number from the second of a class on; the names of layers do not matter. A model that is a layer has groups of
 * its own layers in its group.
 *
 * <p>Keras 3 and Keras 2.14 and 2.15 have all layers in a group {@code layers}. Keras 2.12 and 2.13 have them in a
 * group {@code _layer_checkpoint_dependencies}, where every layer with weights takes two numbers, as it is there under
 * two names. Before Keras 3, what is saved on Windows has backslashes in names in place of groups in groups.
 */
public final class SavedVariables implements Variables {
    /** Where the layers of a model are, newest first. */
    private static final List<String> ROOTS = List.of("layers", "_layer_checkpoint_dependencies");

    /** Longer paths lead to no variables of a model that can be read. */
    private static final int MAX_PATH = 2048;

    private final String where;
    private final WeightStore store;
    private final Layout layout;
    /** Where the layers are, with the separator at the end. */
    private final String path;
    private final Map<String, Integer> used = new HashMap<>();
    private final Set<String> asked = new HashSet<>();

    /**
     * How groups are named.
     *
     * @param root the group of a model's layers
     * @param separator what is between the names on a path
     * @param doubled whether a layer with weights takes two numbers
     * @param variables if so, the paths of all groups of variables that are not empty, with {@code /} between names
     */
    private record Layout(String root, String separator, boolean doubled, NavigableSet<String> variables) {
        Layout(WeightStore store, String root, String separator) throws ModelFormatException {
            this(root, separator, !root.equals(ROOTS.getFirst()),
                    root.equals(ROOTS.getFirst()) ? new TreeSet<>() : variables(store, root, separator));
        }

        private static NavigableSet<String> variables(WeightStore store, String root, String separator)
                throws ModelFormatException {
            NavigableSet<String> found = new TreeSet<>();
            List<String> open = new ArrayList<>();
            for (String name : store.children("")) {
                if ((name + separator).startsWith(root + separator)) {
                    open.add(name);
                }
            }
            while (!open.isEmpty()) {
                String next = open.removeLast();
                Set<String> children = store.children(next);
                if (!next.endsWith("/vars") && next.length() < MAX_PATH) {
                    children.forEach(child -> open.add(next + "/" + child));
                } else if (next.endsWith("/vars") && !children.isEmpty()) {
                    found.add(next.replace(separator, "/"));
                }
            }
            return found;
        }
    }

    /**
     * Starts on a file.
     *
     * @param where names the file, for messages
     * @param store what is in it
     */
    public SavedVariables(String where, WeightStore store) throws ModelFormatException {
        this(where, store, layout(store), "");
    }

    private SavedVariables(String where, WeightStore store, Layout layout, String outer) {
        this.where = where;
        this.store = store;
        this.layout = layout;
        path = outer + layout.root + layout.separator;
    }

    private static Layout layout(WeightStore store) throws ModelFormatException {
        Set<String> names = store.children("");
        for (String root : ROOTS) {
            if (names.contains(root)) {
                return new Layout(store, root, "/");
            }
            if (names.stream().anyMatch(name -> name.startsWith(root + "\\"))) {
                return new Layout(store, root, "\\");
            }
        }
        return new Layout(store, ROOTS.getFirst(), "/");
    }

    @Override
    public SavedLayer layer(String className, String name) throws ModelFormatException {
        String key = snakeCase(className);
        int before = used.getOrDefault(key, 0);
        String group = key + (before == 0 ? "" : "_" + before);
        SavedLayer layer = new SavedLayer(path + group);
        used.put(key, before + (layout.doubled && layer.hasVariables() ? 2 : 1));
        asked.add(group);
        return layer;
    }

    /** TimeDistributed becomes time_distributed, GRU becomes gru. */
    private static String snakeCase(String className) {
        return className.replaceAll("(.)([A-Z][a-z]+)", "$1_$2").replaceAll("([a-z])([A-Z])", "$1_$2")
                .toLowerCase(Locale.ROOT);
    }

    /**
     * Checks that there are layers at all, which there are not in the files of models of other kinds.
     *
     * @throws ModelFormatException if there are none
     */
    public void requireLayers() throws ModelFormatException {
        Set<String> names = store.children("");
        if (names.stream().noneMatch(name -> name.equals(layout.root)
                || name.startsWith(layout.root + layout.separator))) {
            throw new ModelFormatException(where + ": has no group \"layers\"; the weights of a subclassed model are "
                    + "under the names of its attributes, which do not say how it is made: in Keras, make a Sequential "
                    + "or functional model of the same layers, and save that");
        }
    }

    /**
     * Checks that the file has no layers of the given classes beside those that were asked for.
     *
     * @throws ModelFormatException if it has
     */
    public void requireNoOther(Set<String> classNames) throws ModelFormatException {
        for (String className : classNames) {
            String key = snakeCase(className);
            for (String group : groups()) {
                if (group.matches(key + "(_\\d+)?") && !asked.contains(group)) {
                    throw new ModelFormatException(where + ": " + layout.root + "/" + Printable.of(group)
                            + ": the model has no such layer");
                }
            }
        }
    }

    private List<String> groups() throws ModelFormatException {
        if (layout.separator.equals("/")) {
            return List.copyOf(store.children(layout.root));
        }
        List<String> groups = new ArrayList<>();
        for (String name : store.children("")) {
            if (name.startsWith(path)) {
                groups.add(name.substring(path.length()).split("\\\\", 2)[0]);
            }
        }
        return groups;
    }

    /** The variables of one layer. */
    public final class SavedLayer implements Layer {
        private final String group;

        private SavedLayer(String group) {
            this.group = group;
        }

        @Override
        public int count(String part) throws ModelFormatException {
            return store.children(variables(part)).size();
        }

        private String variables(String part) {
            return group + (part.isEmpty() ? "" : layout.separator + part.replace("/", layout.separator)) + "/vars";
        }

        /** Returns whether there are variables anywhere in the layer. */
        private boolean hasVariables() {
            String prefix = group.replace(layout.separator, "/") + "/";
            String first = layout.variables.ceiling(prefix);
            return first != null && first.startsWith(prefix);
        }

        @Override
        public Part part(String part, int count) throws ModelFormatException {
            int found = count(part);
            String variables = variables(part);
            if (found != count) {
                throw new ModelFormatException(where + ": " + Printable.of(variables) + ": holds " + found
                        + " variables, but the model asks for " + count);
            }
            return new Part() {
                @Override
                public float[] read(int index, long... dimensions) throws ModelFormatException {
                    return store.read(variables + "/" + index, dimensions);
                }

                @Override
                public List<Integer> shape(int index) throws ModelFormatException {
                    return store.shape(variables + "/" + index);
                }
            };
        }

        @Override
        public Variables nested(String part) {
            return new SavedVariables(where, store, layout,
                    group + layout.separator + (part.isEmpty() ? "" : part + layout.separator));
        }

        @Override
        public void end() {
            // Each part has been counted.
        }
    }
}
