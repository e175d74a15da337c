package dev.gru.format;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.safetensors.StoredTensor;
import dev.gru.format.safetensors.TensorFile;
import dev.gru.format.shared.HeldFile;

/**
 * The arrays of a {@code .safetensors} file, by name.
 *
 * <p>Reading a file checks its header and takes its bytes into memory outside the heap, where they stay as long as this
 * is reachable; an array is made each time it is asked for. So what a file holds later does not matter. Immutable and
 * safe for use by any number of threads. {@link SafetensorsWriter} writes such files. Files need not be trusted.
 */
public final class Safetensors {
    private final TensorFile file;
    private final Map<String, Tensor> tensors;

    private Safetensors(TensorFile file) {
        this.file = file;
        Map<String, Tensor> all = new LinkedHashMap<>();
        file.tensors().forEach((name, tensor) -> all.put(name, new Tensor(tensor)));
        tensors = Collections.unmodifiableMap(all);
    }

    /**
     * Reads a file.
     *
     * @param file where it is
     * @throws ModelFormatException if the header breaks a rule of the format or does not fit the length of the file
     * @throws IOException if the file is not there or cannot be read
     */
    public static Safetensors read(Path file) throws IOException {
        return new Safetensors(HeldFile.read(file, held -> TensorFile.open(held).inMemory(held)));
    }

    /** Returns all tensors by name, in the order of the header. */
    public Map<String, Tensor> tensors() {
        return tensors;
    }

    /** Returns the free text that the file carries, by key. */
    public Map<String, String> metadata() {
        return file.metadata();
    }

    /**
     * Returns the tensor of the given name.
     *
     * @throws ModelFormatException if there is none
     */
    public Tensor tensor(String name) throws ModelFormatException {
        file.tensor(name);
        return tensors.get(name);
    }

    @Override
    public String toString() {
        return "Safetensors[" + file.where() + ", " + tensors.values() + "]";
    }

    /** One array of a file. Immutable and safe for use by any number of threads. */
    public static final class Tensor {
        private final StoredTensor stored;

        private Tensor(StoredTensor stored) {
            this.stored = stored;
        }

        /** Returns the name. */
        public String name() {
            return stored.name();
        }

        /** Returns the type of the elements as the file calls it: F32, BF16, I64 and so on. */
        public String dtype() {
            return stored.typeName();
        }

        /** Returns a copy of the dimensions, slowest first; none for a single number. */
        public int[] shape() {
            return stored.shape();
        }

        /** Returns the number of elements. */
        public long elements() {
            return stored.elements();
        }

        /**
         * Reads a tensor of floating-point numbers: F32 and the narrower F16 and BF16 as they are, F64 rounded.
         *
         * @return a new array of all elements, row-major
         * @throws ModelFormatException if the tensor is of another type or has more elements than an array
         */
        public float[] floats() throws IOException {
            return stored.floats();
        }

        /**
         * Reads a tensor of signed integers of 8 to 64 bits.
         *
         * @return a new array of all elements, row-major
         * @throws ModelFormatException if the tensor is of another type, has more elements than an array, or one of
         *     them does not fit an int
         */
        public int[] ints() throws IOException {
            return stored.ints();
        }

        @Override
        public String toString() {
            return stored.toString();
        }
    }
}
