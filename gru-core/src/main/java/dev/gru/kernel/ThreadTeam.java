package dev.gru.kernel;

import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

import dev.gru.internal.Shapes;
import dev.gru.internal.StackSpace;

/**
 * A fixed number of threads that run one task together, with a barrier cheap enough for the middle of one step of a
 * network.
 *
 * <p>Member 0 is the thread that calls {@link #tryRun}; the others are daemon threads that the team starts when it is
 * made and ends when it is closed. A team runs one task at a time; a caller who finds it busy is told so, and does the
 * work alone rather than wait.
 *
 * <p>Members wait for work and for each other by spinning for about as long as it takes to put a thread to sleep and to
 * wake it up, and by sleeping then: a wait costs at most twice what the better of the two would have cost. Where there
 * are fewer processors than members they sleep at once, since the one that they wait for may need the processor.
 * Running a task and meeting at a barrier allocate nothing.
 *
 * <p>Safe for use by any number of threads. The team's threads hold no reference to the team itself, nor, between
 * tasks, to a task; but they do not end before the team is closed.
 */
public final class ThreadTeam implements AutoCloseable {
    /** Work that the members of a team do at once. */
    @FunctionalInterface
    public interface Task {
        /**
         * Does one member's share.
         *
         * @param member which one, from 0, the thread that called {@link ThreadTeam#tryRun}, to one below the team's
         *     size
         */
        void run(int member);
    }

    /** The most members of a team, well beyond the threads of any processor. */
    public static final int MAX_SIZE = 1024;

    /** Stack frames: several times those of this class around a task or while it ends the threads. */
    private static final int CALLS = 64;

    /** Permits one task at a time. Not reentrant, unlike a lock: a task that calls its own team finds it busy. */
    private final Semaphore free = new Semaphore(1);
    private final Crew crew;
    private volatile boolean closed;

    /**
     * Starts the threads.
     *
     * @param threads members, the calling thread among them, from 1 to {@link #MAX_SIZE}
     * @throws IllegalArgumentException if there are fewer or more
     */
    public ThreadTeam(int threads) {
        crew = new Crew(Shapes.requireFrom1To("threads", threads, MAX_SIZE));
        crew.start();
    }

    /** Returns the number of members, the calling thread among them. */
    public int size() {
        return crew.size;
    }

    /**
     * Runs a task on all members at once, this thread among them, and returns when the last of them has ended.
     *
     * <p>An exception of a member ends the task for those who wait for it at a barrier, and is rethrown from here once
     * all have ended; further ones are suppressed in it. The team may be used again then. An interrupt of this thread
     * is kept for afterwards. If its stack overflows, it does so before anything begins, or in the task.
     *
     * @param task what to do; what it reads and writes is visible to all members at the beginning and to the caller at
     *     the end
     * @return false, and nothing has been run, if the team is busy: for another thread, or because this is its task
     * @throws IllegalStateException if the team is closed, or a member ended while others waited for it at a barrier
     */
    public boolean tryRun(Task task) {
        Objects.requireNonNull(task, "task");
        requireOpen();
        StackSpace.require(CALLS);
        if (!free.tryAcquire()) {
            return false;
        }
        try {
            requireOpen();
            crew.run(task);
        } finally {
            free.release();
        }
        return true;
    }

    /**
     * Waits, inside a task, until all members have come to this barrier. What any of them wrote before is visible to
     * all after it.
     *
     * @param member the calling member, as its task was told
     * @throws IllegalArgumentException if there is no such member
     * @throws IllegalStateException if a member has ended without coming here, or no task is being run
     */
    public void await(int member) {
        crew.await(member);
    }

    /**
     * Ends the threads, after the task that is being run, if there is one. Does nothing if the team is closed already.
     *
     * @throws IllegalStateException if a member calls this from inside a task
     */
    @Override
    public void close() {
        if (crew.isMember(Thread.currentThread())) {
            throw new IllegalStateException("a member of a team cannot close it from inside a task");
        }
        StackSpace.require(CALLS);
        free.acquireUninterruptibly();
        try {
            if (!closed) {
                closed = true;
                crew.end();
            }
        } finally {
            free.release();
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the team is closed");
        }
    }

    @Override
    public String toString() {
        return "ThreadTeam[" + size() + (closed ? ", closed]" : "]");
    }

    /** Thrown by members that wait for one that has ended: most often the echo of an exception of that one. */
    private static final class MissedBarrierException extends IllegalStateException {
        private static final long serialVersionUID = 1;

        MissedBarrierException(int missing) {
            super("member " + missing + " of the team ended without coming to the barrier");
        }
    }

    /**
     * The state that the threads share.
     *
     * <p>Each member tells the others how far it is by one number, its progress, which nobody else writes: the number
     * of the run, whether it has ended there, and how many barriers it has come to. It never decreases, so to wait, for
     * the next run, at a barrier, or for the end, is always to wait until another member's progress has reached a
     * certain number; and there is nothing that would have to be reset between runs or after a failure.
     */
    private static final class Crew {
        /** Progress: the run from this bit on, below it whether the member has ended, below that the barriers. */
        private static final int RUN_SHIFT = 40;
        private static final long RUN = 1L << RUN_SHIFT;
        private static final long ENDED = 1L << (RUN_SHIFT - 1);
        private static final long BARRIERS = ENDED - 1;

        /**
         * Elements from one member's progress to the next one's, 128 bytes: a processor fetches memory in lines of 64
         * bytes, often two at a time, and members that write their progress must not take lines on which others wait.
         */
        private static final int STRIDE = 16;
        /** Offset from a member's progress to the member that it sleeps for, plus 1; 0 if it does not sleep. */
        private static final int SLEEPS_FOR = 1;

        /**
         * How long to spin. A sleeping thread runs again some 10 to 50 µs after it was woken, the later the deeper its
         * processor slept; a spin of that order is never much worse.
         */
        private static final long SPIN_NANOS = TimeUnit.MICROSECONDS.toNanos(25);
        /** Spins between two reads of the clock, each of which takes as long as a few of them. */
        private static final int SPINS = 32;

        final int size;
        private final boolean spins;
        private final AtomicLongArray progress;
        private final Thread[] threads;
        private Task task;
        private Throwable failure;

        Crew(int size) {
            this.size = size;
            spins = size <= Runtime.getRuntime().availableProcessors();
            // One stride more on either side, as what lies beside the array may be somebody's too.
            progress = new AtomicLongArray((size + 2) * STRIDE);
            threads = new Thread[size];
            for (int member = 0; member < size; member++) {
                progress.set(at(member), ENDED);
            }
        }

        private static int at(int member) {
            return (member + 1) * STRIDE;
        }

        void start() {
            for (int member = 1; member < size; member++) {
                threads[member] = new Worker(this, member);
            }
            int started = 1;
            try {
                for (; started < size; started++) {
                    threads[started].start();
                }
            } finally {
                if (started < size) {
                    // The system gives no more threads; those that it gave must not stay.
                    end();
                }
            }
        }

        @SuppressWarnings("ReferenceEquality") // identity is the question
        boolean isMember(Thread thread) {
            for (Thread member : threads) {
                if (member == thread) {
                    return true;
                }
            }
            return false;
        }

        /** Runs a task; callers make sure that there is no other. */
        void run(Task next) {
            threads[0] = Thread.currentThread();
            task = next;
            long run = nextRun();
            publish(0, run);
            execute(0, next);
            for (int member = 1; member < size; member++) {
                waitFor(0, member, run | ENDED);
            }
            Throwable thrown = failure;
            failure = null;
            task = null;
            threads[0] = null;
            switch (thrown) {
                case null -> {
                }
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                default -> throw new IllegalStateException("a member of the team failed", thrown);
            }
        }

        /** Ends the threads: a run without a task. Interrupts of the caller wait until it has done so. */
        void end() {
            publish(0, nextRun());
            boolean interrupted = false;
            for (int member = 1; member < size; member++) {
                while (threads[member].isAlive()) {
                    try {
                        threads[member].join();
                    } catch (InterruptedException e) {
                        interrupted = true;
                    }
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }

        private long nextRun() {
            return (progress.get(at(0)) & -RUN) + RUN;
        }

        /** The life of a thread of the team. */
        void work(int member) {
            for (long run = RUN;; run += RUN) {
                waitFor(member, 0, run);
                Task next = task;
                if (next == null) {
                    return;
                }
                progress.set(at(member), run);
                execute(member, next);
                // A task's interrupts are its own.
                Thread.interrupted();
            }
        }

        private void execute(int member, Task next) {
            try {
                next.run(member);
            } catch (Throwable e) {
                fail(e);
            }
            publish(member, progress.get(at(member)) | ENDED);
        }

        /** Keeps what a member threw, before it is said to have ended. */
        @SuppressWarnings("ReferenceEquality") // an exception cannot be suppressed in itself
        private synchronized void fail(Throwable e) {
            if (failure == null) {
                failure = e;
            } else if (failure != e && !(e instanceof MissedBarrierException)) {
                try {
                    failure.addSuppressed(e);
                } catch (OutOfMemoryError _) {
                    // The first failure must do: a member that ends here would leave the others waiting for ever.
                }
            }
        }

        void await(int member) {
            long here = progress.get(at(Shapes.requireIndex("member", member, size))) + 1;
            if ((here & ENDED) != 0) {
                throw new IllegalStateException("a barrier is for the members of a team inside a task");
            }
            publish(member, here);
            for (int other = 0; other < size; other++) {
                if (other != member && (waitFor(member, other, here) & BARRIERS) < (here & BARRIERS)) {
                    throw new MissedBarrierException(other);
                }
            }
        }

        /**
         * Moves a member's progress on, and wakes those who sleep for it.
         *
         * <p>None is missed: this writes the progress and then reads who sleeps; a member that goes to sleep writes
         * that and then reads the progress. These four happen in one order for all, so one of the reads sees the
         * other's write.
         */
        private void publish(int member, long value) {
            progress.set(at(member), value);
            for (int other = 0; other < size; other++) {
                if (progress.get(at(other) + SLEEPS_FOR) == member + 1) {
                    // A thread that was woken in vain looks again and goes back to sleep; that it is null does no harm.
                    LockSupport.unpark(threads[other]);
                }
            }
        }

        /** Waits until the progress of {@code other} has reached {@code value}, and returns it. */
        private long waitFor(int member, int other, long value) {
            long seen = progress.get(at(other));
            if (seen - value >= 0) {
                return seen;
            }
            if (spins) {
                long begin = System.nanoTime();
                do {
                    for (int i = 0; i < SPINS; i++) {
                        Thread.onSpinWait();
                        seen = progress.get(at(other));
                        if (seen - value >= 0) {
                            return seen;
                        }
                    }
                } while (System.nanoTime() - begin < SPIN_NANOS);
            }
            return sleepFor(member, other, value);
        }

        private long sleepFor(int member, int other, long value) {
            progress.set(at(member) + SLEEPS_FOR, other + 1);
            boolean interrupted = false;
            long seen = progress.get(at(other));
            while (seen - value < 0) {
                LockSupport.park(this);
                // An interrupted thread does not sleep.
                interrupted |= Thread.interrupted();
                seen = progress.get(at(other));
            }
            progress.set(at(member) + SLEEPS_FOR, 0);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            return seen;
        }
    }

    private static final class Worker extends Thread {
        private final Crew crew;
        private final int member;

        Worker(Crew crew, int member) {
            // No thread-locals or class loader of the thread that made the team.
            super(null, null, "gru-team-" + member, 0, false);
            setDaemon(true);
            setContextClassLoader(null);
            this.crew = crew;
            this.member = member;
        }

        @Override
        public void run() {
            crew.work(member);
        }
    }
}
