package dev.gru;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.stream.IntStream;

/** Runs a model on zeros, in every way that it can be run, until the JVM has had reason to compile all of it. */
final class WarmUp {
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
            .concat(IntStream.rangeClosed(1, 2 * Prediction.TILE), IntStream.of(39, PipelinePool.ROWS)).toArray();
    /** Enough for a chunk and a rest. */
    private static final int STEPS = GruSession.CHUNK + 7;
    /** Steps of batches, which are not the same with one and with several. */
    private static final int BATCH_STEPS = 3;

    /** One way to run a model. */
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

    private final GruModel model;
    private final int[] tokens = new int[PipelinePool.ROWS * BATCH_STEPS];
    private final float[] x;
    private final List<Use> uses = new ArrayList<>();

    /** Prepares for a model. */
    WarmUp(GruModel model) {
        this.model = model;
        if (model.takesTokens()) {
            // Padding would be skipped, so the tokens are others where there are others.
            Arrays.fill(tokens, model.requireTokens().vocabularySize() > 1 ? 1 : 0);
        }
        x = Pipeline.newFeatures(1, tokens.length, model.takesTokens() ? 0 : model.inputSize());
        if (model.layers().wholeSequences().isEmpty()) {
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
        GruSession session = model.newSession();
        float[] y = Pipeline.newFeatures(1, STEPS, model.outputSize());
        if (model.takesTokens()) {
            uses.add(new Use(() -> session.step(tokens[0], y)));
            uses.add(new Use(() -> session.sequence(STEPS, tokens, y)));
        } else {
            uses.add(new Use(() -> session.step(x, y)));
            uses.add(new Use(() -> session.sequence(STEPS, x, y)));
        }
    }

    private void addGroup() {
        GruGroup group = model.newGroup();
        int[] streams = IntStream.range(0, PipelinePool.ROWS).map(i -> group.add()).toArray();
        // Out of their order streams have to be collected.
        int[] reversed = IntStream.range(0, streams.length).map(i -> streams[streams.length - 1 - i]).toArray();
        float[] y = Pipeline.newFeatures(1, streams.length, model.outputSize());
        for (int[] order : List.of(streams, reversed)) {
            IntSupplier rows = rows();
            uses.add(new Use(() -> {
                if (model.takesTokens()) {
                    group.step(rows.getAsInt(), order, tokens, y);
                } else {
                    group.step(rows.getAsInt(), order, x, y);
                }
            }));
        }
    }

    private void predict(int batch, int steps) {
        if (model.takesTokens()) {
            model.predict(batch, steps, Arrays.copyOf(tokens, batch * steps));
        } else {
            model.predict(batch, steps, Arrays.copyOf(x, batch * steps * model.inputSize()));
        }
    }

    /**
     * Runs until enough has been run, or until the time is over. What comes first, which is a step of a session where the
     * model has sessions, is warm before the rest begins: it is what a service waits for, and all else is made of it and so
     * begins faster. The rest takes turns, so that one runs while another waits for the compiler.
     *
     * @return how long it took
     */
    Duration run(Duration limit) {
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
