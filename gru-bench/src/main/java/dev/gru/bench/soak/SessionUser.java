package dev.gru.bench.soak;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.function.BooleanSupplier;

import dev.gru.GruSession;

/**
 * Uses some sessions from one thread: steps and sequences, arrays and segments, snapshots, bad arguments, interrupts,
 * memory that is freed during a call, and stack overflows.
 */
final class SessionUser implements Runnable {
    private static final int MAX_SEQUENCE = 40;
    /** More frames than a stack has. */
    private static final int MAX_DEPTH = 10_000_000;
    /** After this many attempts no other thread can be using the session. */
    private static final int BUSY_ATTEMPTS = 1000;
    private static final String SESSION = "a session";
    static final String BUSY = "another thread is using this session";
    static final String CLOSED = "the model is closed";

    /** A session and its position. */
    static final class Stream {
        private volatile GruSession session;
        private Position at;

        private Stream(GruSession session, Position at) {
            this.session = session;
            this.at = at;
        }

        GruSession session() {
            return session;
        }
    }

    private final Surroundings surroundings;
    private final Random random;
    private final Stream[] streams;
    private final BooleanSupplier goesOn;
    private final boolean overflows;
    private final int inputSize;
    private final int outputSize;
    private final float[] x;
    private final float[] y;

    /**
     * Creates sessions.
     *
     * @param goesOn whether to continue; asked before each use
     * @param overflows whether to overflow the stack, too; false for virtual threads, which share the stacks of their
     *     carriers
     */
    SessionUser(Surroundings surroundings, long seed, int sessions, BooleanSupplier goesOn, boolean overflows) {
        this.surroundings = surroundings;
        this.goesOn = goesOn;
        this.overflows = overflows;
        random = new Random(seed);
        inputSize = surroundings.model().inputSize();
        outputSize = surroundings.model().outputSize();
        x = new float[MAX_SEQUENCE * inputSize + 1];
        y = new float[MAX_SEQUENCE * outputSize + 1];
        streams = new Stream[sessions];
        for (int i = 0; i < sessions; i++) {
            streams[i] = new Stream(surroundings.model().newSession(), anyStart());
        }
    }

    private Position anyStart() {
        return new Position(random.nextInt(surroundings.replay().streams()), 0);
    }

    /** Returns the sessions, for threads that disturb them. */
    Stream[] streams() {
        return streams;
    }

    @Override
    public void run() {
        try {
            while (goesOn.getAsBoolean()) {
                Stream stream = streams[random.nextInt(streams.length)];
                if (Replay.left(stream.at) == 0) {
                    reset(stream);
                } else {
                    try {
                        use(stream, random.nextInt(1000));
                    } catch (IllegalStateException e) {
                        // Another thread was taking a snapshot; the stream has not moved.
                        if (!BUSY.equals(e.getMessage())) {
                            throw e;
                        }
                        surroundings.findings().count("sessions found busy");
                    }
                }
                surroundings.betweenUses();
            }
        } catch (IllegalStateException e) {
            if (CLOSED.equals(e.getMessage())) {
                surroundings.findings().count("sessions that met a closed model");
            } else {
                surroundings.findings().problem(SESSION + " failed", e);
            }
        } catch (RuntimeException | Error e) {
            surroundings.findings().problem(SESSION + " failed", e);
        }
    }

    private void use(Stream stream, int what) {
        if (what < 550) {
            step(stream, what % 2);
        } else if (what < 650) {
            stepOfSegments(stream);
        } else if (what < 830) {
            sequence(stream);
        } else if (what < 850) {
            reset(stream);
        } else if (what < 900) {
            snapshot(stream);
        } else if (what < 950) {
            restore(stream);
        } else if (what < 980) {
            badArgument(stream);
        } else if (what < 996) {
            interrupted(stream);
        } else if (what < 998) {
            memoryTakenAway(stream);
        } else if (overflows) {
            overflow(stream);
        }
    }

    private void done(String what) {
        surroundings.findings().count(what);
    }

    private void step(Stream stream, int offset) {
        surroundings.replay().input(stream.at, x, offset);
        stream.session.step(x, offset, y, offset);
        surroundings.check(SESSION, stream.at, y, offset);
        stream.at = stream.at.plus(1);
        done("steps");
    }

    private void stepOfSegments(Stream stream) {
        surroundings.replay().input(stream.at, x, 0);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment in = arena.allocate(ValueLayout.JAVA_FLOAT, inputSize)
                    .copyFrom(MemorySegment.ofArray(x).asSlice(0, (long) inputSize * Float.BYTES));
            // With an offset of one float.
            MemorySegment out = MemorySegment.ofArray(y).asSlice(Float.BYTES);
            stream.session.step(in, out);
        }
        surroundings.check(SESSION, stream.at, y, 1);
        stream.at = stream.at.plus(1);
        done("steps of segments");
    }

    private int prepareSequence(Stream stream) {
        int steps = Math.min(Replay.left(stream.at), 1 + random.nextInt(MAX_SEQUENCE));
        for (int i = 0; i < steps; i++) {
            surroundings.replay().input(stream.at.plus(i), x, i * inputSize);
        }
        return steps;
    }

    private void sequence(Stream stream) {
        int steps = prepareSequence(stream);
        if (random.nextBoolean()) {
            stream.session.sequence(steps, x, y);
        } else {
            stream.session.sequence(steps, MemorySegment.ofArray(x), MemorySegment.ofArray(y));
        }
        for (int i = 0; i < steps; i++) {
            surroundings.check("a sequence", stream.at.plus(i), y, i * outputSize);
        }
        stream.at = stream.at.plus(steps);
        done("sequences");
    }

    private void reset(Stream stream) {
        stream.session.reset();
        stream.at = anyStart();
        done("resets");
    }

    private void snapshot(Stream stream) {
        byte[] bytes;
        if (random.nextBoolean()) {
            bytes = stream.session.snapshot();
        } else {
            ByteBuffer buffer = ByteBuffer.allocate(surroundings.model().snapshotSize());
            stream.session.snapshot(buffer);
            bytes = buffer.array();
        }
        surroundings.snapshots().offer(new Saved(bytes, stream.at));
        done("snapshots");
    }

    private void restore(Stream stream) {
        Saved saved = surroundings.snapshots().poll();
        if (saved == null) {
            return;
        }
        if (random.nextInt(4) == 0) {
            byte[] damaged = saved.bytes().clone();
            damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            expectRefusal(() -> stream.session.restore(damaged), "a damaged snapshot");
        } else {
            stream.session.restore(saved.bytes());
            stream.at = saved.at();
            done("restores");
        }
    }

    private void badArgument(Stream stream) {
        switch (random.nextInt(3)) {
            case 0 -> expectRefusal(() -> stream.session.step(x, new float[outputSize - 1]), "a short output");
            case 1 -> expectRefusal(() -> stream.session.sequence(-1, x, y), "a negative number of steps");
            default -> expectRefusal(() -> stream.session.step(1, y), "a token");
        }
    }

    /** Expects an exception; that the stream has not moved the next step will show. */
    private void expectRefusal(Runnable call, String what) {
        try {
            call.run();
            surroundings.findings().problem(SESSION + " accepted " + what);
        } catch (IllegalArgumentException e) {
            done("bad arguments");
        }
    }

    private void interrupted(Stream stream) {
        Thread.currentThread().interrupt();
        step(stream, 0);
        if (!Thread.currentThread().isInterrupted()) {
            surroundings.findings().problem("a step cleared an interrupt");
        }
    }

    /** Runs a sequence while another thread frees the memory of its outputs. */
    private void memoryTakenAway(Stream stream) {
        int steps = prepareSequence(stream);
        Arena arena = Arena.ofShared();
        MemorySegment out = arena.allocate(ValueLayout.JAVA_FLOAT, (long) steps * outputSize);
        Thread closer = Thread.ofVirtual().start(arena::close);
        try {
            stream.session.sequence(steps, MemorySegment.ofArray(x), out);
            stream.at = stream.at.plus(steps);
            done("memory freed after a sequence");
        } catch (IllegalArgumentException e) {
            done("memory freed before a sequence");
        } catch (IllegalStateException e) {
            if (BUSY.equals(e.getMessage()) || CLOSED.equals(e.getMessage())) {
                throw e;
            }
            expectLost(stream);
            done("memory freed during a sequence");
        } finally {
            joinUninterruptibly(closer);
        }
    }

    private void expectLost(Stream stream) {
        while (true) {
            try {
                stream.session.step(x, y);
                surroundings.findings().problem(SESSION + " continued after a call that had failed halfway");
                return;
            } catch (IllegalStateException e) {
                if (!BUSY.equals(e.getMessage())) {
                    break;
                }
            }
        }
        reset(stream);
    }

    private static void joinUninterruptibly(Thread thread) {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Fills the stack, then tries a step in every frame from the last one up, until a step has enough stack or the
     * session refuses.
     */
    private void overflow(Stream stream) {
        surroundings.replay().input(stream.at, x, 0);
        try {
            descend(stream.session, MAX_DEPTH);
            surroundings.check("a step near the end of the stack", stream.at, y, 0);
            stream.at = stream.at.plus(1);
            done("overflows before a step");
        } catch (IllegalStateException e) {
            if (CLOSED.equals(e.getMessage())) {
                throw e;
            }
            recover(stream);
        }
    }

    private void descend(GruSession session, int depth) {
        boolean stepped = false;
        try {
            if (depth > 0) {
                descend(session, depth - 1);
                stepped = true;
            }
        } catch (StackOverflowError e) {
            // The calling frame tries again.
        }
        if (!stepped) {
            session.step(x, y);
        }
    }

    private void recover(Stream stream) {
        for (int attempts = 0; attempts < BUSY_ATTEMPTS; attempts++) {
            try {
                reset(stream);
                done("overflows in a step");
                return;
            } catch (IllegalStateException e) {
                if (!BUSY.equals(e.getMessage())) {
                    throw e;
                }
                surroundings.betweenUses();
            }
        }
        // The session stays in use for ever: broken, but with no wrong output.
        done("overflows that left a session in use");
        stream.session = surroundings.model().newSession();
        stream.at = anyStart();
    }
}
