package dev.gru;

import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

import dev.gru.engine.Digest;

/**
 * A model that can be sent to other JVMs, each of which loads it once: what a job of Spark or Flink captures.
 *
 * <pre>{@code
 * SharedModel shared = SharedModel.load(Path.of("model.safetensors"), ModelOptions.defaults());
 * rows.mapPartitions(part -> {
 *     GruModel model = shared.get();          // loaded at the first call in each JVM, the same one at all others
 *     …
 * });
 * }</pre>
 *
 * <p>Its serial form is the content of the model's file and the {@link ModelOptions}. Handles of the same content and
 * options, however many were deserialised, share one model in each JVM, or in each class loader that has its own copy
 * of this library. It stays loaded until {@link #release}.
 *
 * <p>Immutable and safe for use by any number of threads.
 */
public final class SharedModel implements Serializable {
    private static final long serialVersionUID = 1;

    private static final Map<String, GruModel> LOADED = new ConcurrentHashMap<>();

    private final transient byte[] content;
    private final transient ModelOptions options;
    private final transient Duration warmUp;
    /** What handles of the same model have in common. */
    private final transient String key;

    private SharedModel(byte[] content, ModelOptions options, Duration warmUp) {
        this.content = content;
        this.options = options;
        this.warmUp = warmUp;
        key = HexFormat.of().formatHex(Digest.sha256().digest(content)) + " " + options;
    }

    /**
     * Makes a handle of the content of a model file, which is not looked at before {@link #get}.
     *
     * @param content all bytes of a file of any format that {@link GruModel#load} takes; copied
     * @param options kernel, precision, threads, in every JVM
     */
    public static SharedModel of(byte[] content, ModelOptions options) {
        Objects.requireNonNull(content, "content");
        return new SharedModel(content.clone(), Objects.requireNonNull(options, "options"), Duration.ZERO);
    }

    /**
     * Makes a handle of a file, which is read now and not needed any more afterwards.
     *
     * @param file where it is
     * @param options kernel, precision, threads, in every JVM
     * @throws IOException if it cannot be read
     */
    public static SharedModel load(Path file, ModelOptions options) throws IOException {
        Objects.requireNonNull(file, "file");
        Objects.requireNonNull(options, "options");
        return new SharedModel(Files.readAllBytes(file), options, Duration.ZERO);
    }

    /**
     * Returns a handle that {@linkplain GruModel#warmUp(Duration) warms the model up} when a JVM has loaded it.
     *
     * @param limit the longest that it may take; 0 for no warm-up
     * @throws IllegalArgumentException if it is negative
     */
    public SharedModel withWarmUp(Duration limit) {
        if (Objects.requireNonNull(limit, "limit").isNegative()) {
            throw new IllegalArgumentException("limit must not be negative, was " + limit);
        }
        return new SharedModel(content, options, limit);
    }

    /**
     * Returns the model. The first call in a JVM loads it, and others wait until it has.
     *
     * @throws UncheckedIOException if the content is damaged or holds something that is not supported; its cause, a
     *     {@link dev.gru.format.file.ModelFormatException}, says what
     * @throws IllegalStateException if a library that the format needs is missing, or a kernel that was asked for
     *     cannot run
     */
    public GruModel get() {
        return LOADED.computeIfAbsent(key, _ -> load());
    }

    private GruModel load() {
        GruModel model;
        try {
            model = GruModel.load("the shared model", content, options);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try {
            if (warmUp.isPositive()) {
                model.warmUp(warmUp);
            }
            return model;
        } catch (RuntimeException | Error e) {
            model.close();
            throw e;
        }
    }

    /**
     * Closes the model in this JVM, if it was loaded. Calls under way end as usual; sessions of it are of no use any
     * more; {@link #get} loads it again.
     */
    public void release() {
        GruModel loaded = LOADED.remove(key);
        if (loaded != null) {
            loaded.close();
        }
    }

    /** Returns the options that the model runs with. */
    public ModelOptions options() {
        return options;
    }

    private Object writeReplace() {
        return new Form(content, options, warmUp);
    }

    private void readObject(ObjectInputStream in) throws InvalidObjectException {
        throw new InvalidObjectException("only its serial form is read");
    }

    @Override
    public String toString() {
        return "SharedModel[" + content.length + " bytes, " + options + "]";
    }

    /** The serial form. */
    private static final class Form implements Serializable {
        private static final long serialVersionUID = 1;

        private final byte[] content;
        private final ModelOptions options;
        private final Duration warmUp;

        Form(byte[] content, ModelOptions options, Duration warmUp) {
            this.content = content;
            this.options = options;
            this.warmUp = warmUp;
        }

        private Object readResolve() throws InvalidObjectException {
            if (content == null || options == null || warmUp == null) {
                throw new InvalidObjectException("a part is missing");
            }
            return new SharedModel(content, options, warmUp);
        }
    }
}
