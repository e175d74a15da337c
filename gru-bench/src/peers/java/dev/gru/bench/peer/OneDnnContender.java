package dev.gru.bench.peer;

import java.io.IOException;
import java.io.UncheckedIOException;

import org.bytedeco.dnnl.memory;
import org.bytedeco.javacpp.Loader;

import dev.gru.weights.GruWeights;
import dev.gru.weights.Precision;

/** oneDNN's GRU primitive with linear before reset, in binary32; {@link OneDnnBf16Contender} is the one in bfloat16. */
public class OneDnnContender implements Contender {
    private final String name;
    private final Precision precision;

    /** Creates the contender; the native library is loaded by {@link #prepare}. */
    public OneDnnContender() {
        this("onednn", Precision.FP32);
    }

    OneDnnContender(String name, Precision precision) {
        this.name = name;
        this.precision = precision;
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final String version() {
        try {
            return "oneDNN " + Loader.getVersion("org.bytedeco", "dnnl");
        } catch (IOException e) {
            throw new UncheckedIOException("the version of oneDNN cannot be read", e);
        }
    }

    @Override
    public final boolean isOurs() {
        return false;
    }

    @Override
    public final Precision precision() {
        return precision;
    }

    @Override
    public final PreparedLayer prepare(GruWeights weights, int batch, int steps) {
        try {
            return new OneDnnLayer(weights, switch (precision) {
                case FP32 -> memory.data_type.f32;
                case BF16 -> memory.data_type.bf16;
            }, batch, steps);
        } catch (UnsupportedOperationException e) {
            throw e;
        } catch (LinkageError | RuntimeException e) {
            // JavaCPP throws plain RuntimeException for exceptions of oneDNN.
            if (e instanceof RuntimeException && e.getClass() != RuntimeException.class) {
                throw e;
            }
            throw new UnsupportedOperationException("oneDNN cannot run a GRU here: " + e.getMessage(), e);
        }
    }
}
