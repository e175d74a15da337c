package dev.gru.engine;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.stream.IntStream;

import dev.gru.internal.Shapes;
import dev.gru.kernel.Tiling;
import dev.gru.layer.Signature.Role;
import dev.gru.layer.Tensor;

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
    /** Long calls, of models that take long sequences only, compile their loops while these run. */
    private static final long MAX_NANOS = Duration.ofSeconds(3).toNanos();
    /** Batches have no more steps, all rows together, unless one row has. */
    private static final int MAX_STEPS = 1024;

    /** One way to use a model. */
    private static final class Use {
        private final Runnable call;
        private int calls;
        private long nanos;

        Use(Runnable call) {
            this.call = call;
        }

        boolean isWarm() {
            return calls >= CALLS || (calls >= MIN_CALLS && nanos >= NANOS) || nanos >= MAX_NANOS;
        }

        void run() {
            long begin = System.nanoTime();
            call.run();
            nanos += System.nanoTime() - begin;
            calls++;
        }
    }

    private final Engine engine;
    private final PackedModel model;
    private final List<Integer> rowsToWarm;
    /** The steps of each input in batches, and in a sequence: a chunk and a remainder. */
    private final List<Integer> few;
    private final List<Integer> many;
    private final List<Use> uses = new ArrayList<>();

    /** Prepares the uses of a model. */
    public WarmUp(Engine engine) {
        this.engine = engine;
        model = engine.model();
        Tiling tiling = model.tiling();
        few = WarmUpInputs.steps(model, BATCH_STEPS);
        many = WarmUpInputs.steps(model, tiling.stepsAtOnce() + REMAINDER);
        rowsToWarm = tiling.warmUpRows().stream()
                .filter(rows -> rows == 1 || few.isEmpty() || (long) rows * model.mostSteps(few) <= MAX_STEPS).toList();
        if (engine.obstacleToStreams().isEmpty()) {
            addSession(tiling.stepsAtOnce() + REMAINDER);
            addGroup();
        }
        if (!few.isEmpty()) {
            IntSupplier rows = rows();
            uses.add(new Use(() -> Prediction.run(engine, WarmUpInputs.batch(model, rows.getAsInt(), few))));
            uses.add(new Use(() -> Prediction.run(engine, WarmUpInputs.batch(model, 1, many))));
        }
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

    private void addSession(int steps) {
        SingleStream stream = new SingleStream(engine);
        if (model.inputs() > 1 || model.outputs() > 1) {
            Map<String, Tensor> in = WarmUpInputs.byName(engine, Role.INPUT, steps);
            Map<String, Tensor> out = WarmUpInputs.byName(engine, Role.OUTPUT, steps);
            uses.add(new Use(() -> stream.run(1, in, out)));
            uses.add(new Use(() -> stream.run(steps, in, out)));
        }
        if (model.inputs() > 1) {
            return;
        }
        float[] y = new float[Shapes.requireArray("outputs", steps, engine.outputSize())];
        Object in = WarmUpInputs.array(model, 0, steps);
        if (in instanceof int[] tokens) {
            uses.add(new Use(() -> stream.step(tokens[0], y, 0)));
        } else {
            uses.add(new Use(() -> stream.run(1, in, 0, y, 0)));
        }
        uses.add(new Use(() -> stream.run(steps, in, 0, y, 0)));
    }

    private void addGroup() {
        StreamGroup group = new StreamGroup(engine);
        int[] streams = IntStream.range(0, Collections.max(rowsToWarm)).map(i -> group.add()).toArray();
        // Streams that are not in order have to be gathered.
        int[] reversed = IntStream.range(0, streams.length).map(i -> streams[streams.length - 1 - i]).toArray();
        for (int[] order : List.of(streams, reversed)) {
            IntSupplier rows = rows();
            if (model.inputs() > 1) {
                Map<String, Tensor> in = WarmUpInputs.byName(engine, Role.INPUT, streams.length);
                Map<String, Tensor> out = WarmUpInputs.byName(engine, Role.OUTPUT, streams.length);
                uses.add(new Use(() -> group.step(rows.getAsInt(), order, in, out)));
            } else {
                float[] y = new float[Shapes.requireArray("outputs", streams.length, engine.outputSize())];
                Object in = WarmUpInputs.array(model, 0, streams.length);
                int[] tokens = in instanceof int[] ids ? ids : null;
                float[] x = in instanceof float[] features ? features : null;
                uses.add(new Use(() -> group.step(rows.getAsInt(), order, tokens, x, y)));
            }
        }
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
