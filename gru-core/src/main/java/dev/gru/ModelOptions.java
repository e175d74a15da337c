package dev.gru;

import java.util.Objects;

import dev.gru.internal.Shapes;
import dev.gru.kernel.GruKernel;
import dev.gru.kernel.KernelSelection;
import dev.gru.kernel.ThreadTeam;
import dev.gru.weights.Precision;

/**
 * How a {@link GruModel} is to run: on which kernel, with weights of which precision, on how many threads.
 *
 * <p>Immutable; each {@code with} method returns other options. None of them changes what a model means: kernels agree
 * within their error bounds, threads in every bit, and the precision costs one rounding of the weights.
 */
public final class ModelOptions {
    private static final ModelOptions DEFAULTS = new ModelOptions(null, Precision.FP32, 1, true);

    /** Null for the best one, which is not looked for until it is asked for: that is logged, and may fail. */
    private final GruKernel kernel;
    private final Precision precision;
    private final int threads;
    private final boolean keepsLayers;

    private ModelOptions(GruKernel kernel, Precision precision, int threads, boolean keepsLayers) {
        this.kernel = kernel;
        this.precision = precision;
        this.threads = threads;
        this.keepsLayers = keepsLayers;
    }

    /** Returns what holds unless something else is asked for: the best kernel, {@link Precision#FP32}, one thread. */
    public static ModelOptions defaults() {
        return DEFAULTS;
    }

    /**
     * Returns these options with another kernel.
     *
     * @param name {@code simd}, which needs the module {@code dev.gru.simd} and the incubator's Vector API; {@code portable},
     *     which has the same bits and needs neither; or {@code scalar}, the slow reference in double
     * @throws IllegalStateException if there is no such kernel or it cannot run here; the message says why
     */
    public ModelOptions withKernel(String name) {
        return onKernel(KernelSelection.named(name));
    }

    /** Returns these options with a kernel that need not have a name that others know. */
    ModelOptions onKernel(GruKernel other) {
        return new ModelOptions(Objects.requireNonNull(other, "kernel"), precision, threads, keepsLayers);
    }

    /**
     * Returns these options with another precision.
     *
     * @param other how the weights of GRU and dense layers are kept; the tables of embeddings stay as they are
     */
    public ModelOptions withPrecision(Precision other) {
        return new ModelOptions(kernel, Objects.requireNonNull(other, "precision"), threads, keepsLayers);
    }

    /**
     * Returns these options with another number of threads.
     *
     * @param count the largest number of threads that one call into the model may use, the calling one among them: from 1,
     *     which is no other than the calling thread, to {@link ThreadTeam#MAX_SIZE}. More than there are processors make
     *     nothing faster. The others are started when the model is made
     * @throws IllegalArgumentException if there are fewer or more
     */
    public ModelOptions withThreads(int count) {
        return new ModelOptions(kernel, precision, Shapes.requireFrom1To("threads", count, ThreadTeam.MAX_SIZE),
                keepsLayers);
    }

    /**
     * Returns these options for a model that lets its layers go once they are packed, and with them the weights in full
     * precision on the heap; only the tables of embeddings stay, from which it runs. Such a model has no
     * {@link GruModel#layers} and cannot be {@linkplain GruModel#save saved}; its {@link GruModel#fingerprint} is computed
     * when it is made. The memory is free once nobody else has the layers either: {@link GruModel#load} keeps none.
     */
    public ModelOptions withoutLayers() {
        return new ModelOptions(kernel, precision, threads, false);
    }

    /** Returns whether the model keeps the layers that it was made of. */
    public boolean keepsLayers() {
        return keepsLayers;
    }

    /**
     * Returns the name of the kernel that runs the model: the one that was set, or else the fastest that this JVM can run. That
     * one is chosen once, at the first call, with one log line that says what was chosen and why. The system property
     * {@code dev.gru.kernel} names another.
     *
     * @throws IllegalStateException if the system property asks for a kernel that cannot run here
     */
    public String kernel() {
        return selectedKernel().name();
    }

    GruKernel selectedKernel() {
        return kernel == null ? KernelSelection.best() : kernel;
    }

    /** Returns how the weights of GRU and dense layers are kept. */
    public Precision precision() {
        return precision;
    }

    /** Returns the largest number of threads that one call into the model may use, the calling one among them. */
    public int threads() {
        return threads;
    }

    @Override
    public String toString() {
        return "ModelOptions[" + (kernel == null ? "best kernel" : kernel.name()) + ", " + precision + ", " + threads
                + (threads == 1 ? " thread" : " threads")
                + (keepsLayers ? "]" : ", without layers]");
    }
}
