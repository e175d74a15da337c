package dev.gru.engine;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.stream.IntStream;

import dev.gru.internal.Shapes;
import dev.gru.kernel.Tiling;
import dev.gru.layer.ModelInput;

/** Runs a model on zeros, in every way that it can be used, until the JVM has compiled the code for all of them. */
public final class WarmUp {
    /** HotSpot compiles a method with C2 after 5,000 calls; the rest is for the queue of its compiler. */
    private static final int CALLS = 10_000;
    /** For methods with long loops 600 calls are enough: so it is with layers whose calls take longer than this. */
    private static final int MIN_CALLS = 1_000;
    private static final long NANOS = Duration.ofMillis(100).toNanos();

    /** Steps of batches: the code for one step and for several differs. */
    private static final int BATCH_STEPS = 3;
    private static final int REMAINDER = 7;

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
    private final List<Integer> rowsToWarm;
    /** The steps of a sequence: a chunk and a remainder. */
    private final int steps;
    private final int[] tokens;
    private final float[] x;
    private final List<Use> uses = new ArrayList<>();

    /** Prepares the uses of a model. */
    public WarmUp(Engine engine) {
        this.engine = engine;
        Tiling tiling = engine.model().tiling();
        rowsToWarm = tiling.warmUpRows();
        steps = tiling.stepsAtOnce() + REMAINDER;
        tokens = new int[Math.max(Collections.max(rowsToWarm) * BATCH_STEPS, steps)];
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
        uses.add(new Use(() -> predict(1, steps)));
    }

    /** Numbers of rows, in turn. */
    private IntSupplier rows() {
        return new IntSupplier() {
            private int next;

            @Override
            public int getAsInt() {
                next = (next + 1) % rowsToWarm.size();
                return rowsToWarm.get(next);
            }
        };
    }

    private void addSession() {
        SingleStream stream = new SingleStream(engine);
        float[] y = new float[Shapes.requireArray("outputs", steps, engine.outputSize())];
        Object in = engine.takesTokens() ? tokens : x;
        if (engine.takesTokens()) {
            uses.add(new Use(() -> stream.step(tokens[0], y, 0)));
        } else {
            uses.add(new Use(() -> stream.run(1, x, 0, y, 0)));
        }
        uses.add(new Use(() -> stream.run(steps, in, 0, y, 0)));
    }

    private void addGroup() {
        StreamGroup group = new StreamGroup(engine);
        int[] streams = IntStream.range(0, Collections.max(rowsToWarm)).map(i -> group.add()).toArray();
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

    private void predict(int batch, int ofSteps) {
        Prediction.run(engine, engine.takesTokens()
                ? ModelInput.tokens(batch, ofSteps, Arrays.copyOf(tokens, batch * ofSteps))
                : ModelInput.features(batch, ofSteps, Arrays.copyOf(x, batch * ofSteps * engine.inputSize())));
    }

    /**
     * Runs until everything is warm, or the time is over. The first use, a step of a session if the model has sessions,
     * is warm before the others begin: services wait for it, and the others share its code. The others take turns, so
     * that one runs while another waits for the compiler.
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
