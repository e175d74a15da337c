package dev.gru.format.pytorch;

import java.io.IOException;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.safetensors.DType;
import dev.gru.format.safetensors.StoredTensor;
import dev.gru.format.safetensors.TensorFile;
import dev.gru.internal.Printable;

/**
 * The tensors of a PyTorch module by name, as {@code state_dict()} gives them, with a note of which have been asked
 * for.
 *
 * <p>For use by one thread.
 */
public final class StateDict {
    /** Types that weights are read from. */
    private static final Set<DType> TYPES = Set.of(DType.F32, DType.F16, DType.BF16);
    /** Types that weights have, also where they are not read from them. */
    private static final Set<DType> FLOATS = Set.of(DType.F64, DType.F32, DType.F16, DType.BF16, DType.F8_E4M3,
            DType.F8_E5M2);

    /** How many names a message lists. */
    private static final int LISTED = 8;

    private final TensorFile file;
    /** In alphabetical order, so that those of a module stand together. */
    private final NavigableSet<String> sorted;
    private final Set<String> asked = new HashSet<>();

    /** Starts on an opened file. */
    public StateDict(TensorFile file) {
        this.file = file;
        sorted = new TreeSet<>(file.tensors().keySet());
    }

    /** Returns the names of all tensors, in their order. */
    public Set<String> names() {
        return file.tensors().keySet();
    }

    /** Returns an exception that names the file. */
    public ModelFormatException error(String problem) {
        return file.error(problem);
    }

    /** Returns the first names for a message, and how many more there are. */
    public static String list(Collection<String> names) {
        String first = names.stream().limit(LISTED).map(Printable::quoted).collect(Collectors.joining(", "));
        return names.size() > LISTED ? first + " and " + (names.size() - LISTED) + " more" : first;
    }

    /** Returns the tensors of a module whose names begin with its own and a dot, or all if it has no name. */
    Module module(String name) {
        return new Module(name, name.isEmpty() ? "" : name + ".");
    }

    /** Returns tensors by what their names begin with. */
    Module prefixed(String prefix) {
        return new Module(prefix, prefix);
    }

    /**
     * Checks that all weights have been asked for. Tensors of other types than floating-point numbers, such as counters
     * and what is of a type that is not known, are none.
     *
     * @throws ModelFormatException if there are others; the message lists them
     */
    void requireAllAsked() throws ModelFormatException {
        List<String> others = file.tensors().values().stream().filter(tensor -> FLOATS.contains(tensor.dtype()))
                .map(StoredTensor::name).filter(name -> !asked.contains(name)).toList();
        if (!others.isEmpty()) {
            throw error("holds weights that no layer of the architecture takes: " + list(others));
        }
    }

    /** Some tensors of a file, under shorter names. */
    final class Module {
        private final String name;
        private final String prefix;

        private Module(String name, String prefix) {
            this.name = name;
            this.prefix = prefix;
        }

        String name() {
            return name;
        }

        boolean has(String tensor) {
            return names().contains(prefix + tensor);
        }

        /** Returns the names of this module's tensors without what they begin with. */
        List<String> tensors() {
            return sorted.subSet(prefix, prefix + Character.MAX_VALUE).stream()
                    .map(tensor -> tensor.substring(prefix.length())).toList();
        }

        ModelFormatException error(String problem) {
            return StateDict.this.error((name.isEmpty() ? "" : "module " + Printable.quoted(name) + ": ") + problem);
        }

        /**
         * Returns a tensor of so many dimensions, none of them 0.
         *
         * @param axes what the dimensions are, for messages
         */
        StoredTensor tensor(String tensor, String... axes) throws ModelFormatException {
            StoredTensor stored = stored(tensor);
            int[] shape = stored.shape();
            boolean fits = shape.length == axes.length;
            for (int size : shape) {
                fits &= size > 0;
            }
            if (!fits) {
                throw stored.error("has the shape " + Arrays.toString(shape) + ", but must have ("
                        + String.join(", ", axes) + ")");
            }
            return stored;
        }

        private StoredTensor stored(String tensor) throws ModelFormatException {
            StoredTensor stored = file.tensors().get(prefix + tensor);
            if (stored == null) {
                List<String> others = names().stream().filter(other -> other.startsWith(prefix)).toList();
                throw error("there is no tensor " + Printable.quoted(prefix + tensor)
                        + (others.isEmpty() ? ", nor any other of the module" : ", but " + list(others)));
            }
            asked.add(stored.name());
            return stored;
        }

        /** Reads a tensor of that shape. */
        float[] floats(String tensor, long... shape) throws IOException {
            StoredTensor stored = stored(tensor);
            stored.requireShape(shape);
            if (!TYPES.contains(stored.dtype())) {
                throw stored.error("is of type " + Printable.of(stored.typeName())
                        + ", but weights must be F32, F16 or BF16; model.float() makes them F32");
            }
            return stored.floats();
        }

        /** Reads a tensor of one dimension, or returns zeros if there is none. */
        float[] floatsOrZeros(String tensor, int size) throws IOException {
            return has(tensor) ? floats(tensor, size) : new float[size];
        }

        /** Notes that a tensor is not needed. */
        void skip(String tensor) {
            asked.add(prefix + tensor);
        }
    }
}
