package dev.gru.bench.execution;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

import dev.gru.format.file.FileReplacement;

/**
 * The files that a command reads and writes, checked before any work: inputs exist, outputs can be written, and no
 * output is an input or another output, by whatever name or link.
 *
 * <p>For use by one thread.
 */
public final class CommandFiles {
    private final Map<Path, String> inputs = new LinkedHashMap<>();
    private final Map<Path, String> outputs = new LinkedHashMap<>();

    /**
     * Adds a file that the command reads.
     *
     * @param option the option that names it, for messages
     * @param file the file, or null for none
     * @return this
     * @throws IOException if it does not exist, is a directory or cannot be read
     * @throws IllegalArgumentException if the command also writes it
     */
    public CommandFiles reads(String option, Path file) throws IOException {
        if (file != null) {
            if (!Files.exists(file)) {
                throw new NoSuchFileException(file.toString());
            }
            if (Files.isDirectory(file)) {
                throw new IOException(option + " " + file + ": is a directory, not a file");
            }
            if (!Files.isReadable(file)) {
                throw new AccessDeniedException(file.toString());
            }
            requireOther(option, file, outputs);
            inputs.put(file, option);
        }
        return this;
    }

    /**
     * Adds a file that the command writes.
     *
     * @param option the option that names it, for messages
     * @param file the file, which need not exist, or null for none
     * @return this
     * @throws IOException if it is not be written: it is no regular file, or its directory does not exist or is not
     *     writable
     * @throws IllegalArgumentException if the command also reads it, or writes it as another output
     */
    public CommandFiles writes(String option, Path file) throws IOException {
        if (file != null) {
            try {
                FileReplacement.requireReplaceable(file);
            } catch (IOException e) {
                throw new IOException(option + " " + e.getMessage(), e);
            }
            requireOther(option, file, inputs);
            requireOther(option, file, outputs);
            outputs.put(file, option);
        }
        return this;
    }

    /**
     * Requires that a directory is writable or can be created.
     *
     * @throws IOException if it is not
     */
    public static void requireDirectory(String option, Path directory) throws IOException {
        Path there = directory.toAbsolutePath();
        while (!Files.exists(there)) {
            there = there.getParent();
        }
        if (!Files.isDirectory(there) || !Files.isWritable(there)) {
            throw new IOException(option + " " + directory + ": " + there
                    + (Files.isDirectory(there) ? " cannot be written to" : " is not a directory"));
        }
    }

    private static void requireOther(String option, Path file, Map<Path, String> others) throws IOException {
        for (Map.Entry<Path, String> other : others.entrySet()) {
            if (isSame(file, other.getKey())) {
                throw new IllegalArgumentException(
                        option + " must be another file than " + other.getValue() + ", was " + file);
            }
        }
    }

    private static boolean isSame(Path one, Path other) throws IOException {
        boolean there = Files.exists(one) && Files.exists(other);
        return there
                ? Files.isSameFile(one, other)
                : FileReplacement.realPath(one).equals(FileReplacement.realPath(other));
    }
}
