package dev.gru.format.keras;

import java.util.List;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.hdf5.WeightStore;
import dev.gru.internal.Printable;

/**
 * The variables in a legacy {@code .h5} file. Layers are found by their names; each lists the names of its variables,
 * those that are trained before the others.
 */
final class LegacyVariables implements Variables {
    private static final String WEIGHTS = "model_weights";

    private final String where;
    private final WeightStore store;

    /**
     * Starts on a file.
     *
     * @param where names the file, for messages
     * @param store what is in it
     */
    LegacyVariables(String where, WeightStore store) {
        this.where = where;
        this.store = store;
    }

    @Override
    public Layer layer(String className, String name) throws ModelFormatException {
        String group = WEIGHTS + "/" + name;
        return new LegacyLayer(group, store.names(group, "weight_names"));
    }

    private final class LegacyLayer implements Layer {
        private final String group;
        private final List<String> names;
        private int used;

        LegacyLayer(String group, List<String> names) {
            this.group = group;
            this.names = names;
        }

        @Override
        public Part part(String path, int count) throws ModelFormatException {
            int first = used;
            used += count;
            if (used > names.size()) {
                throw wrongCount("at least " + used);
            }
            return (index, dimensions) -> store.read(group + "/" + names.get(first + index), dimensions);
        }

        @Override
        public void end() throws ModelFormatException {
            if (used < names.size()) {
                throw wrongCount(Integer.toString(used));
            }
        }

        private ModelFormatException wrongCount(String expected) {
            return new ModelFormatException(where + ": " + Printable.of(group) + ": holds " + names.size()
                    + " variables, but the model asks for " + expected);
        }
    }
}
