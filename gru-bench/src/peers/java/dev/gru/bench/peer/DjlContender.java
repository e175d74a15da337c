package dev.gru.bench.peer;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.util.Platform;
import ai.djl.util.Utils;

import dev.gru.weights.GruWeights;
import dev.gru.weights.Precision;

/** The block {@code GRU} of the Deep Java Library on its PyTorch engine. */
public final class DjlContender implements Contender {
    /** Creates the contender; the native library is loaded by {@link #prepare}. */
    public DjlContender() {
    }

    @Override
    public String name() {
        return "djl";
    }

    @Override
    public String version() {
        return "DJL " + Engine.getDjlVersion() + ", " + DjlLayer.ENGINE + " "
                + Platform.detectPlatform("pytorch").getVersion();
    }

    @Override
    public boolean isOurs() {
        return false;
    }

    @Override
    public Precision precision() {
        return Precision.FP32;
    }

    @Override
    public PreparedLayer prepare(GruWeights weights, int batch, int steps) {
        if (!Utils.isOfflineMode()) {
            // It would report its start to a server, and fetch native code that is not there.
            throw new UnsupportedOperationException(
                    "DJL runs only where it is told to stay offline: start the JVM with -Dai.djl.offline=true");
        }
        try {
            return new DjlLayer(weights, batch, steps);
        } catch (EngineException | LinkageError e) {
            throw new UnsupportedOperationException("DJL cannot run a GRU here: " + e.getMessage(), e);
        }
    }
}
