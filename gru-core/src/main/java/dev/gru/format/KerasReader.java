package dev.gru.format;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.gru.layer.Sequential;

/** Reads Keras 3 model files. */
public final class KerasReader {
    private KerasReader() {
    }

    /** Reads a {@code .keras} file. */
    public static Sequential read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return read(file.toString(), in);
        }
    }

    /** Reads a {@code .keras} file from a stream; {@code name} is what messages call it. */
    public static Sequential read(String name, InputStream in) throws IOException {
        if (in.read() < 0) {
            throw new ModelFormatException(name + ": is empty");
        }
        throw new ModelFormatException(name + ": not read yet");
    }
}
