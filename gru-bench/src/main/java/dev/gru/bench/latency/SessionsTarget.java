package dev.gru.bench.latency;

import java.util.Random;
import java.util.stream.Stream;

import dev.gru.GruModel;
import dev.gru.GruSession;

/** A session of a model for each stream. */
public final class SessionsTarget implements StepTarget {
    private static final int INPUTS = 256;

    private final GruSession[] sessions;
    private final int[] tokens;
    private final float[][] x;
    private final float[] y;
    private int next;

    /**
     * Creates the sessions.
     *
     * @param model the model; not closed with this target
     * @param streams the number of sessions
     */
    public SessionsTarget(GruModel model, int streams) {
        sessions = Stream.generate(model::newSession).limit(streams).toArray(GruSession[]::new);
        Random random = new Random(20);
        if (model.takesTokens()) {
            int vocabulary = model.layers().embedding().orElseThrow().vocabularySize();
            // Token 0 may be padding, which would be skipped.
            tokens = random.ints(INPUTS, vocabulary > 1 ? 1 : 0, vocabulary).toArray();
            x = null;
        } else {
            tokens = null;
            x = inputs(random, model.inputSize());
        }
        y = new float[model.outputSize()];
    }

    /** Returns vectors of numbers from -1 to 1. */
    static float[][] inputs(Random random, int inputSize) {
        float[][] inputs = new float[INPUTS][inputSize];
        for (float[] input : inputs) {
            for (int i = 0; i < inputSize; i++) {
                input[i] = 2 * random.nextFloat() - 1;
            }
        }
        return inputs;
    }

    @Override
    public String name() {
        return "gru";
    }

    @Override
    public void step(int stream) {
        if (tokens != null) {
            sessions[stream].step(tokens[next], y);
        } else {
            sessions[stream].step(x[next], y);
        }
        next = (next + 1) % INPUTS;
    }

    @Override
    public void close() {
    }
}
