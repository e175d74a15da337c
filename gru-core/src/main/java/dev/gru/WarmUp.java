package dev.gru;

import java.time.Duration;
import java.util.Arrays;

/** Runs a model on zeros until the JVM has had reason to compile all of it. */
final class WarmUp {
    /** HotSpot takes 5,000 calls of a method for reason to compile it for good; the rest is for what waits in its queue. */
    private static final int CALLS = 30_000;
    private static final int SEQUENCE_EVERY = 32;

    private final Runnable step;
    private final Runnable sequence;

    /** Prepares for a model: in a session, unless it needs whole sequences. */
    WarmUp(GruModel model) {
        int[] tokens = new int[GruSession.CHUNK];
        if (model.takesTokens()) {
            // Padding would be skipped, so the tokens are others where there are others.
            Arrays.fill(tokens, model.requireTokens().vocabularySize() > 1 ? 1 : 0);
        }
        float[] x = Pipeline.newFeatures(1, GruSession.CHUNK, model.inputSize());
        if (model.layers().wholeSequences().isPresent()) {
            step = () -> predict(model, 1, tokens, x);
            sequence = () -> predict(model, GruSession.CHUNK, tokens, x);
            return;
        }
        GruSession session = model.newSession();
        float[] y = Pipeline.newFeatures(1, GruSession.CHUNK, model.outputSize());
        if (model.takesTokens()) {
            step = () -> session.step(tokens[0], y);
            sequence = () -> session.sequence(GruSession.CHUNK, tokens, y);
        } else {
            step = () -> session.step(x, y);
            sequence = () -> session.sequence(GruSession.CHUNK, x, y);
        }
    }

    private static void predict(GruModel model, int steps, int[] tokens, float[] x) {
        if (model.takesTokens()) {
            model.predict(1, steps, Arrays.copyOf(tokens, steps));
        } else {
            model.predict(1, steps, Arrays.copyOf(x, steps * model.inputSize()));
        }
    }

    /** Runs until enough has been run, which is true, or until the time is over. */
    boolean run(Duration limit) {
        long begin = System.nanoTime();
        for (int call = 0; call < CALLS; call++) {
            step.run();
            if (call % SEQUENCE_EVERY == 0) {
                sequence.run();
            }
            if (Duration.ofNanos(System.nanoTime() - begin).compareTo(limit) > 0) {
                return false;
            }
        }
        return true;
    }
}
