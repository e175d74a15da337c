package dev.gru.bench.peer;

import java.util.Locale;

import dev.gru.GruModel;
import dev.gru.ModelOptions;
import dev.gru.kernel.GruKernel;
import dev.gru.kernel.KernelSelection;
import dev.gru.layer.Graph;
import dev.gru.layer.ModelInput;
import dev.gru.weights.GruWeights;
import dev.gru.weights.Precision;

/** The kernel {@code simd} of this library, with tables of gates or without. */
final class GruContender implements Contender {
    private static final String KERNEL = "simd";

    /** More than any of the models needs. */
    private static final long TABLE_BYTES = 64 << 20;

    private final Precision precision;
    private final boolean tables;

    GruContender(Precision precision, boolean tables) {
        this.precision = precision;
        this.tables = tables;
    }

    @Override
    public String name() {
        return "gru" + (precision == Precision.FP32 ? "" : " " + precision.name().toLowerCase(Locale.ROOT))
                + (tables ? "" : " without tables");
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

    @Override
    public boolean runsModels() {
        return true;
    }

    @Override
    public PreparedModel prepare(Graph model, ModelInput input) {
        ModelOptions options = ModelOptions.defaults().withPrecision(precision)
                .withGateTables(tables ? TABLE_BYTES : 0);
        try {
            return new GruPreparedModel(GruModel.of(model, options.withKernel(KERNEL)), input);
        } catch (IllegalStateException e) {
            throw new UnsupportedOperationException(e.getMessage(), e);
        }
    }
}
