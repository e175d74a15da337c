package dev.gru;

import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.util.Objects;

import dev.gru.internal.Shapes;
import dev.gru.kernel.GruKernel;
import dev.gru.kernel.KernelSelection;
import dev.gru.kernel.ThreadTeam;
import dev.gru.weights.Precision;

/**
 * How a {@link GruModel} runs: the kernel, the precision of its weights, the memory that tables of gates may take, the
 * number of threads, and whether it keeps its layers.
 *
 * <p>Immutable, and serialisable with the name of the kernel; each {@code with} method returns new options. None of
 * them changes the meaning of a model: the outputs of kernels agree within their error bounds, those of any number of
 * threads and with or without tables in every bit, and a precision rounds each weight once.
 */
public final class ModelOptions implements Serializable {
    private static final long serialVersionUID = 1;

    private static final ModelOptions DEFAULTS = new ModelOptions(null, Precision.FP32, 0, 1, true);

    /** Null for the best one, which is chosen when it is needed: the choice is logged, and may fail. */
    private final transient GruKernel kernel;
    private final transient Precision precision;
    private final transient long gateTableBytes;
    private final transient int threads;
    private final transient boolean keepsLayers;

    private ModelOptions(GruKernel kernel, Precision precision, long gateTableBytes, int threads,
            boolean keepsLayers) {
        this.kernel = kernel;
        this.precision = precision;
        this.gateTableBytes = gateTableBytes;
        this.threads = threads;
        this.keepsLayers = keepsLayers;
    }

    /** Returns the defaults: the best kernel, {@link Precision#FP32}, no tables of gates, one thread, layers kept. */
    public static ModelOptions defaults() {
        return DEFAULTS;
    }

    /**
     * Returns these options with another kernel.
     *
     * @param name {@code simd}, which needs the module {@code dev.gru.simd} and the incubator's Vector API;
     *     {@code portable}, which has the same bits and needs neither; or {@code scalar}, the slow reference in double
     * @throws IllegalStateException if there is no such kernel or it cannot run here; the message says why
     */
    public ModelOptions withKernel(String name) {
        return onKernel(KernelSelection.named(name));
    }

    /** Returns these options with a kernel that need not have a name that others know. */
    ModelOptions onKernel(GruKernel other) {
        return new ModelOptions(Objects.requireNonNull(other, "kernel"), precision, gateTableBytes, threads,
                keepsLayers);
    }

    /**
     * Returns these options with another precision.
     *
     * @param other the precision in which the weights of GRU and dense layers are stored; biases and the tables of
     *     embeddings stay in full precision
     */
    public ModelOptions withPrecision(Precision other) {
        return new ModelOptions(kernel, Objects.requireNonNull(other, "precision"), gateTableBytes, threads,
                keepsLayers);
    }

    /**
     * Returns these options for a model with tables of gates: what each row of an embedding adds to the gates of a GRU
     * layer right behind it, multiplied once, when the model is made, so that steps look the sums up and multiply no
     * inputs. Outputs keep every bit.
     *
     * <p>A table takes vocabulary × 3 × units × 4 bytes, units rounded up to whole vectors on the kernel {@code simd},
     * and twice that of a bidirectional layer: 7.7 MB for 10,000 tokens and 64 units. It lies outside the heap, where
     * {@link GruModel#nativeBytes} counts it, or in the heap on the kernel {@code portable}; the kernel {@code scalar}
     * makes none. Making it takes as long as a step's inputs for each row. What it saves is the larger, the more
     * features a row has for each unit; a table far larger than the processor's caches can save less.
     *
     * @param maxBytes the most that all tables of the model may take together. A layer whose tables would take more
     *     than is left runs without. 0 for none
     * @throws IllegalArgumentException if {@code maxBytes} is negative
     */
    public ModelOptions withGateTables(long maxBytes) {
        if (maxBytes < 0) {
            throw new IllegalArgumentException("maxBytes must be 0 or more, was " + maxBytes);
        }
        return new ModelOptions(kernel, precision, maxBytes, threads, keepsLayers);
    }

    /**
     * Returns these options with another number of threads.
     *
     * @param count the largest number of threads that one call of the model may use, from 1, the calling thread alone,
     *     to 1024. More threads than processors make nothing faster. The additional threads are started when the model
     *     is made
     * @throws IllegalArgumentException if {@code count} is out of that range
     */
    public ModelOptions withThreads(int count) {
        return new ModelOptions(kernel, precision, gateTableBytes,
                Shapes.requireFrom1To("threads", count, ThreadTeam.MAX_SIZE), keepsLayers);
    }

    /**
     * Returns these options for a model that drops its layers once they are packed, and with them the weights in full
     * precision on the heap; only the tables of embeddings stay, from which it runs. Such a model has no
     * {@link GruModel#layers} and cannot be {@linkplain GruModel#save saved}; its {@link GruModel#fingerprint} is
     * computed when it is made. The memory becomes free if nobody else holds the layers, as with {@link GruModel#load}.
     */
    public ModelOptions withoutLayers() {
        return new ModelOptions(kernel, precision, gateTableBytes, threads, false);
    }

    /** Returns whether the model keeps the layers that it was made of. */
    public boolean keepsLayers() {
        return keepsLayers;
    }

    /**
     * Returns the name of the kernel that runs the model: the one that was set, or else the fastest that this JVM can
     * run. That one is chosen once, at the first call, with one log line that says what was chosen and why. The system
     * property {@code dev.gru.kernel} names another.
     *
     * @throws IllegalStateException if the system property asks for a kernel that cannot run here
     */
    public String kernel() {
        return selectedKernel().name();
    }

    /**
     * Returns why that kernel runs the model, in one line: the one that was logged, or that it was set. Where a log
     * does not show, as in the workers of a cluster, a program can report it.
     *
     * @throws IllegalStateException as for {@link #kernel}
     */
    public String kernelReason() {
        return kernel == null ? KernelSelection.reason() : "GRU kernel: " + kernel.name() + ", as the options ask";
    }

    GruKernel selectedKernel() {
        return kernel == null ? KernelSelection.best() : kernel;
    }

    /** Returns the precision in which the weights of GRU and dense layers are stored. */
    public Precision precision() {
        return precision;
    }

    /** Returns the most bytes that all tables of gates may take together, 0 for none. */
    public long gateTableBytes() {
        return gateTableBytes;
    }

    /** Returns the largest number of threads that one call of the model may use, including the calling thread. */
    public int threads() {
        return threads;
    }

    private Object writeReplace() {
        return new Form(kernel == null ? null : kernel.name(), precision, gateTableBytes, threads, keepsLayers);
    }

    private void readObject(ObjectInputStream in) throws InvalidObjectException {
        throw new InvalidObjectException("only their serial form is read");
    }

    /** The serial form; the kernel is null for the best one. */
    private record Form(String kernel, Precision precision, long gateTableBytes, int threads, boolean keepsLayers)
            implements
                Serializable {
        private Object readResolve() throws InvalidObjectException {
            try {
                ModelOptions options = DEFAULTS.withPrecision(precision).withGateTables(gateTableBytes)
                        .withThreads(threads);
                options = keepsLayers ? options : options.withoutLayers();
                return kernel == null ? options : options.withKernel(kernel);
            } catch (RuntimeException e) {
                InvalidObjectException invalid = new InvalidObjectException(e.getMessage());
                invalid.initCause(e);
                throw invalid;
            }
        }
    }

    @Override
    public String toString() {
        return "ModelOptions[" + (kernel == null ? "best kernel" : kernel.name()) + ", " + precision
                + (gateTableBytes == 0 ? "" : ", tables of gates up to " + gateTableBytes + " bytes") + ", " + threads
                + (threads == 1 ? " thread" : " threads")
                + (keepsLayers ? "]" : ", without layers]");
    }
}
