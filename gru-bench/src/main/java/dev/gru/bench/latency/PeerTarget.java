package dev.gru.bench.latency;

import java.util.Random;

import dev.gru.bench.peer.Contender;
import dev.gru.bench.peer.PreparedLayer;
import dev.gru.weights.GruWeights;

/**
 * A layer of another library, with the state of each stream kept beside it, since such a library has no sessions: a
 * step copies the state in and the new one out.
 */
public final class PeerTarget implements StepTarget {
    private final String name;
    private final PreparedLayer layer;
    private final float[][] x;
    private final float[][] states;
    private final float[] y;
    private int next;

    /**
     * Prepares the layer.
     *
     * @param contender the library
     * @param weights the layer
     * @param streams the number of streams
     * @throws UnsupportedOperationException if the library cannot run here
     */
    public PeerTarget(Contender contender, GruWeights weights, int streams) {
        name = contender.version();
        layer = contender.prepare(weights, 1, 1);
        x = SessionsTarget.inputs(new Random(20), weights.inputSize());
        states = new float[streams][weights.hiddenSize()];
        y = new float[weights.hiddenSize()];
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void step(int stream) {
        float[] state = states[stream];
        layer.set(x[next], state);
        layer.run();
        layer.get(y, state);
        next = (next + 1) % x.length;
    }

    @Override
    public void close() {
        layer.close();
    }
}
