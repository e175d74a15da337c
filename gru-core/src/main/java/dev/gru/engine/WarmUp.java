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

/** Runs a model on zeros, in every way that it can be used, until the JVM has compiled the code for all of them. */
public final class WarmUp {
    /** HotSpot compiles a method with C2 after 5,000 calls; the rest is for the queue of its compiler. */
    private static final int CALLS = 10_000;
    /** For methods with long loops 600 calls are enough: so it is with layers whose calls take longer than this. */
    private static final int MIN_CALLS = 1_000;
    private static final long NANOS = Duration.ofMillis(100).toNanos();

    /**
     * Numbers of rows: kernels use tiles of several heights, and treat many rows differently from few. Each number up to two of
     * the highest tiles has another combination of tiles; the last ones stand for many rows, and a full page of a group.
     */
    private static final int[] ROWS = IntStream
            .concat(IntStream.rangeClosed(1, 2 * Batching.TILE), IntStream.of(39, Batching.ROWS)).toArray();
    /** A chunk and a remainder. */
    private static final int STEPS = Batching.CHUNK + 7;
    /** Steps of batches: the code for one step and for several differs. */
    private static final int BATCH_STEPS = 3;

    /** One way to use a model. */
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

    /** Prepares the uses of a model. */
    public WarmUp(Engine engine) {
        this.engine = engine;
        if (engine.takesTokens()) {
            // Padding would be masked, so other tokens are used if there are any.
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

    /** Numbers of rows, in turn. */
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
        // Streams that are not in order have to be gathered.
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
     * Runs until everything is warm, or the time is over. The first use, a step of a session if the model has sessions, is warm
     * before the others begin: services wait for it, and the others share its code. The others take turns, so that one runs while
     * another waits for the compiler.
     *
     * @return the time it took
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
