package dev.gru;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

import dev.gru.kernel.Shapes;

/**
 * The state of one stream, and the memory to run it on: nothing is allocated after construction.
 *
 * <p>What comes out does not depend on how the stream is cut: steps and sequences of any length give the same bits.
 *
 * <p>This is what Keras calls a stateful layer: the state stays from call to call, until {@link #reset}.
 *
 * <p>For use by one thread at a time; a call that comes while another is running fails. Threads may take turns if they
 * hand the session over safely.
 *
 * <p>Where the model leaves steps out, such a step leaves the states of its GRU layers as they are, so the output of a
 * layer is its previous one, or that of the zero state if there was none; or 0, if the layer is one that says so. If the model returns only its last output, each step
 * returns what the output would be if the sequence ended there.
 */
public final class GruSession {
    /** Steps of a sequence that go through all layers at once: enough to fill tiles, few enough to stay in cache. */
    static final int CHUNK = 32;

    private static final VarHandle BUSY;

    static {
        try {
            BUSY = MethodHandles.lookup().findVarHandle(GruSession.class, "busy", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final GruModel model;
    private final Pipeline pipeline;
    private final int inputSize;
    private final int outputSize;

    @SuppressWarnings("unused") // through BUSY
    private boolean busy;

    GruSession(GruModel model) {
        this.model = model;
        pipeline = model.newPipeline(1, CHUNK, false, model.team());
        inputSize = model.inputSize();
        outputSize = model.outputSize();
    }

    /** Returns the model that this session runs. */
    public GruModel model() {
        return model;
    }

    /**
     * Takes one token.
     *
     * @param token its id
     * @param y output, (outputSize)
     * @throws IllegalArgumentException if the model takes features, the id is not in its table, or {@code y} is too
     *     short; the stream has not moved then
     * @throws IllegalStateException if the model is closed or another thread is using the session
     */
    public void step(int token, float[] y) {
        model.requireTokens().requireToken(token);
        Shapes.requireRoom("y", y.length, 0, outputSize);
        enter();
        try {
            pipeline.step(token, y);
        } finally {
            leave();
        }
    }

    /**
     * Takes one feature vector.
     *
     * @param x input, (inputSize)
     * @param y output, (outputSize)
     * @throws IllegalArgumentException if the model takes tokens or an array is too short; the stream has not moved then
     * @throws IllegalStateException if the model is closed or another thread is using the session
     */
    public void step(float[] x, float[] y) {
        model.requireFeatures();
        Shapes.requireRoom("x", x.length, 0, inputSize);
        Shapes.requireRoom("y", y.length, 0, outputSize);
        enter();
        try {
            pipeline.step(x, y);
        } finally {
            leave();
        }
    }

    /**
     * Takes consecutive tokens.
     *
     * @param steps how many, 0 or more
     * @param tokens their ids, (steps)
     * @param y outputs, (steps, outputSize) or, if the model returns only its last output, (outputSize), which is left
     *     as it is if {@code steps} is 0
     * @throws IllegalArgumentException as for {@link #step(int, float[])}; the stream has not moved then
     * @throws IllegalStateException if the model is closed or another thread is using the session
     */
    public void sequence(int steps, int[] tokens, float[] y) {
        model.requireTokens();
        Shapes.requireRoom("tokens", tokens.length, 0, requireSteps(steps));
        model.checkTokens(tokens, steps);
        run(steps, tokens, null, y);
    }

    /**
     * Takes consecutive feature vectors.
     *
     * @param steps how many, 0 or more
     * @param x inputs, (steps, inputSize)
     * @param y outputs, as for {@link #sequence(int, int[], float[])}
     * @throws IllegalArgumentException as for {@link #step(float[], float[])}, or if {@code y} is {@code x}; the stream
     *     has not moved then
     * @throws IllegalStateException if the model is closed or another thread is using the session
     */
    public void sequence(int steps, float[] x, float[] y) {
        model.requireFeatures();
        Shapes.requireRoom("x", x.length, 0, Shapes.elements(1, requireSteps(steps), inputSize));
        Shapes.requireOtherArray("y", y, "x", x);
        run(steps, null, x, y);
    }

    private void run(int steps, int[] tokens, float[] x, float[] y) {
        Shapes.requireRoom("y", y.length, 0, Shapes.elements(1, model.returnsSequences() ? steps : 1, outputSize));
        enter();
        try {
            pipeline.run(tokens, x, null, 0, 1, steps, y);
        } finally {
            leave();
        }
    }

    /**
     * Puts the stream back to its zero state.
     *
     * @throws IllegalStateException if the model is closed or another thread is using the session
     */
    public void reset() {
        enter();
        try {
            pipeline.reset();
        } finally {
            leave();
        }
    }

    private static int requireSteps(int steps) {
        if (steps < 0) {
            throw new IllegalArgumentException("steps must be at least 0, was " + steps);
        }
        return steps;
    }

    private void enter() {
        model.requireOpen();
        if (!BUSY.compareAndSet(this, false, true)) {
            throw new IllegalStateException("another thread is using this session");
        }
    }

    private void leave() {
        BUSY.setRelease(this, false);
    }
}
