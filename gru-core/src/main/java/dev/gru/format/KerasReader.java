package dev.gru.format;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

import dev.gru.layer.Sequential;

/**
 * Reads Keras 3 model files: {@code .keras}, a zip file with the configuration in JSON and the weights in HDF5.
 *
 * <p>The model must be a {@code Sequential} of {@code InputLayer}, {@code Embedding}, {@code GRU},
 * {@code Bidirectional(GRU)}, {@code Dropout}, {@code Dense} and {@code TimeDistributed(Dense)} in float32. What is not supported is refused by name, and so is every
 * option that this reader does not know; options that matter in training only are passed over. A compiled model's
 * optimizer and loss are not read.
 *
 * <p>Needs the library {@code io.jhdf:jhdf}. Files need not be trusted: they take no more memory than a fixed multiple of their size, and what is wrong with one is said in a single
 * line. Safe for use by any number of threads.
 */
public final class KerasReader {
    private static final String CONFIG = "config.json";
    private static final String METADATA = "metadata.json";
    private static final String WEIGHTS = "model.weights.h5";

    /** A model of a thousand layers has about a megabyte of JSON. */
    private static final int MAX_JSON_BYTES = 1 << 24;

    private KerasReader() {
    }

    /**
     * Reads a {@code .keras} file.
     *
     * @param file where it is
     * @return the model
     * @throws ModelFormatException if the file is damaged or holds something that is not supported
     * @throws IOException if the file is not there or cannot be read
     * @throws IllegalStateException if a library is missing; the message gives its Maven coordinates
     */
    public static Sequential read(Path file) throws IOException {
        if (file.getFileSystem().equals(FileSystems.getDefault())) {
            return read(file.toString(), file);
        }
        // ZipFile, which sees where a file is cut off, opens files of the default file system only.
        try (InputStream in = Files.newInputStream(file)) {
            return read(file.toString(), in);
        }
    }

    /**
     * Reads a {@code .keras} file from a stream, by way of a temporary file.
     *
     * @param name what messages call it
     * @param in the content of the file, read to its end but not closed
     * @return the model
     * @throws ModelFormatException if the content is damaged or holds something that is not supported
     * @throws IOException if the stream cannot be read or the temporary file cannot be written
     * @throws IllegalStateException if a library is missing; the message gives its Maven coordinates
     */
    public static Sequential read(String name, InputStream in) throws IOException {
        Path spool = Files.createTempFile("model", ".keras");
        try {
            Files.copy(in, spool, StandardCopyOption.REPLACE_EXISTING);
            return read(name, spool);
        } finally {
            Files.deleteIfExists(spool);
        }
    }

    /** Reads a file of the default file system that messages call {@code name}. */
    static Sequential read(String name, Path file) throws IOException {
        try (ModelArchive archive = new ModelArchive(Printable.path(name), file)) {
            String prefix = Printable.path(name) + ": ";
            requireKeras3(json(archive, prefix, METADATA));
            ConfigObject config = json(archive, prefix, CONFIG);
            byte[] content = archive.read(WEIGHTS, Integer.MAX_VALUE);
            WeightStore weights;
            try {
                weights = new JhdfWeights(prefix + WEIGHTS, content);
                return new KerasModel(Printable.path(name), weights).build(config);
            } catch (NoClassDefFoundError e) {
                throw OptionalLibrary.JHDF.missing("reading " + Printable.path(name), e);
            }
        }
    }

    private static ConfigObject json(ModelArchive archive, String prefix, String entry) throws ModelFormatException {
        byte[] document = archive.read(entry, MAX_JSON_BYTES);
        return new ConfigObject(prefix + entry, Json.parseObject(prefix + entry, document));
    }

    private static void requireKeras3(ConfigObject metadata) throws ModelFormatException {
        String version = metadata.string("keras_version");
        if (!version.startsWith("3.")) {
            throw metadata.error("keras_version " + Printable.quoted(version)
                    + " is not supported, only 3.x; load the model in Keras 3 and save it again");
        }
    }
}
