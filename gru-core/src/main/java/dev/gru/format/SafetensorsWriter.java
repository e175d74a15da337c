package dev.gru.format;

import java.io.IOException;
import java.nio.file.Path;

import dev.gru.format.file.FileReplacement;
import dev.gru.format.safetensors.TensorFileWriter;
import dev.gru.layer.Tensor;

/**
 * Collects arrays and writes them as a {@code .safetensors} file.
 *
 * <p>For use by one thread. Arrays are not copied: they must not change before they are written.
 */
public final class SafetensorsWriter {
    private final TensorFileWriter writer = new TensorFileWriter();

    /** Makes a writer without any arrays. */
    public SafetensorsWriter() {
    }

    /**
     * Adds a tensor of type F32.
     *
     * @param name its name, one that is not there yet
     * @param values its elements, row-major
     * @param shape its dimensions, slowest first; none for a single number
     * @return this
     * @throws IllegalArgumentException if the name is taken or the shape does not have as many elements as the array
     */
    public SafetensorsWriter add(String name, float[] values, int... shape) {
        writer.add(name, values, shape);
        return this;
    }

    /**
     * Adds a tensor of type I32; otherwise the same as {@link #add(String, float[], int...)}.
     *
     * @param name its name, one that is not there yet
     * @param values its elements, row-major
     * @param shape its dimensions, slowest first; none for a single number
     * @return this
     */
    public SafetensorsWriter add(String name, int[] values, int... shape) {
        writer.add(name, values, shape);
        return this;
    }

    /**
     * Adds a tensor of floats with its dimensions, F32, or of ints, I32; otherwise the same as
     * {@link #add(String, float[], int...)}.
     *
     * @param name its name, one that is not there yet
     * @param tensor elements and dimensions
     * @return this
     */
    public SafetensorsWriter add(String name, Tensor tensor) {
        writer.add(name, tensor);
        return this;
    }

    /**
     * Adds free text.
     *
     * @param key what it goes by
     * @param text the text; replaces what the key had before
     * @return this
     */
    public SafetensorsWriter metadata(String key, String text) {
        writer.metadata(key, text);
        return this;
    }

    /**
     * Writes the file. It appears under its name only when it is whole, as {@link FileReplacement} has it.
     *
     * @param file where it is to be; a file that is there is replaced
     * @throws IOException if it cannot be written, or names and metadata are more than the format allows, 100 MB
     */
    public void write(Path file) throws IOException {
        writer.write(file);
    }
}
