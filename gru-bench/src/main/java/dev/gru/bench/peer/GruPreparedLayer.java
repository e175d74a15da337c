package dev.gru.bench.peer;

import java.lang.foreign.Arena;

import dev.gru.kernel.GruKernel;
import dev.gru.kernel.GruRunner;
import dev.gru.kernel.PackedGru;
import dev.gru.weights.GruWeights;
import dev.gru.weights.Precision;

/** A layer of this library. Each run continues from the final states of the one before. */
final class GruPreparedLayer implements PreparedLayer {
    private final int batch;
    private final int steps;
    private final Arena arena;
    private final PackedGru layer;
    private final GruRunner runner;
    private final float[] x;
    private final float[] state;
    private final float[] y;

    GruPreparedLayer(GruKernel kernel, GruWeights weights, Precision precision, int batch, int steps) {
        this.batch = batch;
        this.steps = steps;
        arena = Arena.ofShared();
        layer = kernel.pack(weights, precision, arena);
        runner = layer.newRunner(batch);
        x = new float[batch * steps * layer.inputSize()];
        state = new float[batch * layer.stateSize()];
        y = new float[batch * steps * layer.hiddenSize()];
    }

    @Override
    public void set(float[] newX, float[] h0) {
        System.arraycopy(newX, 0, x, 0, x.length);
        System.arraycopy(h0, 0, state, 0, state.length);
    }

    @Override
    public void run() {
        if (isOneStep()) {
            runner.forwardStep(x, state, state);
        } else {
            runner.forwardBatch(batch, steps, x, null, state, y);
        }
    }

    @Override
    public void get(float[] toY, float[] hn) {
        float[] outputs = isOneStep() ? state : y;
        System.arraycopy(outputs, 0, toY, 0, outputs.length);
        System.arraycopy(state, 0, hn, 0, state.length);
    }

    private boolean isOneStep() {
        return batch == 1 && steps == 1;
    }

    @Override
    public void close() {
        arena.close();
    }
}
