package dev.gru.engine;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.stream.IntStream;

import dev.gru.internal.Shapes;
import dev.gru.layer.ModelInput;

/** Runs a model on zeros, in every way that it can be run, until the JVM has had reason to compile all of it. */
public final class WarmUp {
    /** HotSpot takes 5,000 calls of a method for reason to compile it for good; the rest is for what waits in its queue. */
    private static final int CALLS = 10_000;
    /** With loops of some length in it, 600 are enough: so it is with layers whose calls take longer than this. */
    private static final int MIN_CALLS = 1_000;
    private static final long NANOS = Duration.ofMillis(100).toNanos();

    /**
     * Rows at once: kernels multiply as many as fill tiles of some heights, and then what is left, and treat many otherwise
     * than few. Each number up to two tiles of the highest has other tiles; the last ones are for many, and for a full page
     * of a group.
     */
    private static final int[] ROWS = IntStream
            .concat(IntStream.rangeClosed(1, 2 * Batching.TILE), IntStream.of(39, Batching.ROWS)).toArray();
    /** Enough for a chunk and a rest. */
    private static final int STEPS = Batching.CHUNK + 7;
    /** Steps of batches, which are not the same with one and with several. */
    private static final int BATCH_STEPS = 3;

    /** One way to run a engine. */
    private static final class Use {
        private final Runnable call;
        private int calls;
        private long nanos;

        Use(Runnable call) {
            this.call = call;
        }

        boolean isWarm() {
            return calls >= CALLS || (calls >= MIN_CALLS && nanos >= NANOS);
        }

        void run() {
            long begin = System.nanoTime();
            call.run();
            nanos += System.nanoTime() - begin;
            calls++;
        }
    }

    private final Engine engine;
    private final int[] tokens = new int[Batching.ROWS * BATCH_STEPS];
    private final float[] x;
    private final List<Use> uses = new ArrayList<>();

    /** Prepares for a engine. */
    public WarmUp(Engine engine) {
        this.engine = engine;
        if (engine.takesTokens()) {
            // Padding would be skipped, so the tokens are others where there are others.
            Arrays.fill(tokens, engine.requireTokens().vocabularySize() > 1 ? 1 : 0);
        }
        x = new float[Shapes.requireArray("features", tokens.length, engine.takesTokens() ? 0 : engine.inputSize())];
        if (engine.wholeSequenceLayer().isEmpty()) {
            addSession();
            addGroup();
        }
        IntSupplier rows = rows();
        uses.add(new Use(() -> predict(rows.getAsInt(), BATCH_STEPS)));
        uses.add(new Use(() -> predict(1, STEPS)));
    }

    /** Numbers of rows, one after the other. */
    private static IntSupplier rows() {
        return new IntSupplier() {
            private int next;

            @Override
            public int getAsInt() {
                next = (next + 1) % ROWS.length;
                return ROWS[next];
            }
        };
    }

    private void addSession() {
        SingleStream stream = new SingleStream(engine);
        float[] y = new float[Shapes.requireArray("outputs", STEPS, engine.outputSize())];
        Object in = engine.takesTokens() ? tokens : x;
        if (engine.takesTokens()) {
            uses.add(new Use(() -> stream.step(tokens[0], y, 0)));
        } else {
            uses.add(new Use(() -> stream.run(1, x, 0, y, 0)));
        }
        uses.add(new Use(() -> stream.run(STEPS, in, 0, y, 0)));
    }

    private void addGroup() {
        StreamGroup group = new StreamGroup(engine);
        int[] streams = IntStream.range(0, Batching.ROWS).map(i -> group.add()).toArray();
        // Out of their order streams have to be collected.
        int[] reversed = IntStream.range(0, streams.length).map(i -> streams[streams.length - 1 - i]).toArray();
        float[] y = new float[Shapes.requireArray("outputs", streams.length, engine.outputSize())];
        int[] groupTokens = engine.takesTokens() ? tokens : null;
        float[] groupX = engine.takesTokens() ? null : x;
        for (int[] order : List.of(streams, reversed)) {
            IntSupplier rows = rows();
            uses.add(new Use(() -> group.step(rows.getAsInt(), order, groupTokens, groupX, y)));
        }
    }

    private void predict(int batch, int steps) {
        Prediction.run(engine, engine.takesTokens()
                ? ModelInput.tokens(batch, steps, Arrays.copyOf(tokens, batch * steps))
                : ModelInput.features(batch, steps, Arrays.copyOf(x, batch * steps * engine.inputSize())));
    }

    /**
     * Runs until enough has been run, or until the time is over. What comes first, which is a step of a session where the
     * model has sessions, is warm before the rest begins: it is what a service waits for, and all else is made of it and so
     * begins faster. The rest takes turns, so that one runs while another waits for the compiler.
     *
     * @return how long it took
     */
    public Duration run(Duration limit) {
        long begin = System.nanoTime();
        long nanos = TimeUnit.NANOSECONDS.convert(limit);
        Deque<Use> cold = new ArrayDeque<>(uses);
        while (!cold.isEmpty() && System.nanoTime() - begin <= nanos) {
            Use use = cold.removeFirst();
            use.run();
            if (use.isWarm()) {
                continue;
            }
            if (use == uses.getFirst()) {
                cold.addFirst(use);
            } else {
                cold.addLast(use);
            }
        }
        return Duration.ofNanos(System.nanoTime() - begin);
    }
}
