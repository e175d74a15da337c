package dev.gru;

import java.util.Objects;

import dev.gru.internal.Shapes;
import dev.gru.kernel.GruKernel;
import dev.gru.kernel.KernelSelection;
import dev.gru.kernel.ThreadTeam;
import dev.gru.weights.Precision;

/**
 * How a {@link GruModel} runs: the kernel, the precision of its weights, the number of threads, and whether it keeps
 * its layers.
 *
 * <p>Immutable; each {@code with} method returns new options. None of them changes the meaning of a model: the outputs
 * of kernels agree within their error bounds, those of any number of threads in every bit, and a precision rounds each
 * weight once.
 */
public final class ModelOptions {
    private static final ModelOptions DEFAULTS = new ModelOptions(null, Precision.FP32, 1, true);

    /** Null for the best one, which is chosen when it is needed: the choice is logged, and may fail. */
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

    /** Returns the defaults: the best kernel, {@link Precision#FP32}, one thread, layers kept. */
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
        return new ModelOptions(Objects.requireNonNull(other, "kernel"), precision, threads, keepsLayers);
    }

    /**
     * Returns these options with another precision.
     *
     * @param other the precision in which the weights of GRU and dense layers are stored; biases and the tables of
     *     embeddings stay in full precision
     */
    public ModelOptions withPrecision(Precision other) {
        return new ModelOptions(kernel, Objects.requireNonNull(other, "precision"), threads, keepsLayers);
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
        return new ModelOptions(kernel, precision, Shapes.requireFrom1To("threads", count, ThreadTeam.MAX_SIZE),
                keepsLayers);
    }

    /**
     * Returns these options for a model that drops its layers once they are packed, and with them the weights in full
     * precision on the heap; only the tables of embeddings stay, from which it runs. Such a model has no
     * {@link GruModel#layers} and cannot be {@linkplain GruModel#save saved}; its {@link GruModel#fingerprint} is
     * computed when it is made. The memory becomes free if nobody else holds the layers, as with {@link GruModel#load}.
     */
    public ModelOptions withoutLayers() {
        return new ModelOptions(kernel, precision, threads, false);
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

    GruKernel selectedKernel() {
        return kernel == null ? KernelSelection.best() : kernel;
    }

    /** Returns the precision in which the weights of GRU and dense layers are stored. */
    public Precision precision() {
        return precision;
    }

    /** Returns the largest number of threads that one call of the model may use, including the calling thread. */
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
