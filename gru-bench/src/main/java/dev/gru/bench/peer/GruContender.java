package dev.gru.bench.peer;

import java.util.Locale;

import dev.gru.kernel.GruKernel;
import dev.gru.kernel.KernelSelection;
import dev.gru.weights.GruWeights;
import dev.gru.weights.Precision;

/** The kernel {@code simd} of this library. */
final class GruContender implements Contender {
    private static final String KERNEL = "simd";

    private final Precision precision;

    GruContender(Precision precision) {
        this.precision = precision;
    }

    @Override
    public String name() {
        return precision == Precision.FP32 ? "gru" : "gru " + precision.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String version() {
        String version = GruContender.class.getPackage().getImplementationVersion();
        return "gru " + (version == null ? "(not from a jar)" : version);
    }

    @Override
    public boolean isOurs() {
        return true;
    }

    @Override
    public Precision precision() {
        return precision;
    }

    @Override
    public PreparedLayer prepare(GruWeights weights, int batch, int steps) {
        GruKernel kernel;
        try {
            kernel = KernelSelection.named(KERNEL);
        } catch (IllegalStateException e) {
            throw new UnsupportedOperationException(e.getMessage(), e);
        }
        return new GruPreparedLayer(kernel, weights, precision, batch, steps);
    }
}
