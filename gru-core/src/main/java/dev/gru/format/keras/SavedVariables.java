package dev.gru.format.keras;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.hdf5.WeightStore;
import dev.gru.internal.Printable;

/**
 * The variables in a {@code .weights.h5} file of Keras 3, alone or in a {@code .keras} file. Layers are found under
 * their class, with a number from the second of a class on; the names of layers do not matter.
 */
final class SavedVariables implements Variables {
    private static final String LAYERS = "layers";

    private final String where;
    private final WeightStore store;
    private final Map<String, Integer> used = new HashMap<>();
    private final Set<String> asked = new HashSet<>();

    /**
     * Starts on a file.
     *
     * @param where names the file, for messages
     * @param store what is in it
     */
    SavedVariables(String where, WeightStore store) {
        this.where = where;
        this.store = store;
    }

    @Override
    public SavedLayer layer(String className, String name) {
        String key = snakeCase(className);
        int before = used.merge(key, 1, Integer::sum) - 1;
        String group = key + (before == 0 ? "" : "_" + before);
        asked.add(group);
        return new SavedLayer(LAYERS + "/" + group);
    }

    /** TimeDistributed becomes time_distributed, GRU becomes gru. */
    private static String snakeCase(String className) {
        return className.replaceAll("(.)([A-Z][a-z]+)", "$1_$2").replaceAll("([a-z])([A-Z])", "$1_$2")
                .toLowerCase(Locale.ROOT);
    }

    /**
     * Checks that the file has no layers of the given classes beside those that were asked for.
     *
     * @throws ModelFormatException if it has
     */
    void requireNoOther(Set<String> classNames) throws ModelFormatException {
        for (String className : classNames) {
            String key = snakeCase(className);
            for (String group : store.children(LAYERS)) {
                if (group.matches(key + "(_\\d+)?") && !asked.contains(group)) {
                    throw new ModelFormatException(where + ": " + LAYERS + "/" + Printable.of(group)
                            + ": the model has no such layer");
                }
            }
        }
    }

    /** The variables of one layer. */
    final class SavedLayer implements Layer {
        private final String path;

        private SavedLayer(String path) {
            this.path = path;
        }

        /** Returns how many variables a part of the layer has. */
        int count(String part) throws ModelFormatException {
            return store.children(variables(part)).size();
        }

        private String variables(String part) {
            return path + (part.isEmpty() ? "" : "/" + part) + "/vars";
        }

        @Override
        public Part part(String part, int count) throws ModelFormatException {
            int found = count(part);
            String variables = variables(part);
            if (found != count) {
                throw new ModelFormatException(where + ": " + variables + ": holds " + found
                        + " variables, but the model asks for " + count);
            }
            return (index, dimensions) -> store.read(variables + "/" + index, dimensions);
        }

        @Override
        public void end() {
            // Each part has been counted.
        }
    }
}
