package dev.gru.bench.soak;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import dev.gru.GruModel;
import dev.gru.ModelOptions;
import dev.gru.layer.Graph;

/**
 * Uses one model from platform and virtual threads, with hundreds of sessions and some groups, until the time is over,
 * while other threads interrupt those, take snapshots of their sessions, add streams, and close other models.
 */
public final class Soak {
    private static final int PLATFORM_THREADS = 8;
    private static final int SESSIONS_EACH = 16;
    private static final int VIRTUAL_THREADS = 200;
    private static final int GROUPS = 4;
    private static final long SEED = 20;

    private static final Duration SAMPLE = Duration.ofSeconds(1);
    /** The sample from which on memory must not grow: the one after half a minute. */
    private static final int FIRST = (int) Duration.ofSeconds(30).dividedBy(SAMPLE);
    /** Samples per median: those of ten seconds. */
    private static final int WINDOW = (int) Duration.ofSeconds(10).dividedBy(SAMPLE);
    private static final Duration PROGRESS = Duration.ofSeconds(10);
    private static final long END_MILLIS = TimeUnit.SECONDS.toMillis(30);
    private static final long COLLECTION_MILLIS = 50;

    private final Duration duration;
    private final Consumer<String> progress;
    private final Graph layers = Replay.layers();
    private final Replay replay;
    private final Findings findings = new Findings();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean over;

    /**
     * Creates a soak.
     *
     * @param duration its duration
     * @param progress receives lines about the progress
     */
    public Soak(Duration duration, Consumer<String> progress) {
        this(duration, progress, null);
    }

    /** Creates a soak with another replay than the right one, or the right one if it is null. */
    Soak(Duration duration, Consumer<String> progress, Replay other) {
        this.duration = duration;
        this.progress = progress;
        replay = other != null ? other : Replay.of(layers);
    }

    /** Runs the soak; to be called once. */
    public SoakResult run() throws InterruptedException {
        GruModel model = GruModel.of(layers, ModelOptions.defaults());
        try {
            Surroundings surroundings = new Surroundings(model, replay, findings);
            start(surroundings);
            SoakResult.Growth growth = watch(model);
            over = true;
            for (Thread thread : threads) {
                thread.join(END_MILLIS);
                if (thread.isAlive()) {
                    findings.problem("a thread does not end: " + thread + " at " + List.of(thread.getStackTrace()));
                }
            }
            model.close();
            requireNoMemory(model);
            return new SoakResult(findings.done(), findings.problemCount(), findings.problems(), growth);
        } finally {
            over = true;
            model.close();
        }
    }

    /**
     * Memory of calls whose stacks have overflowed is freed by the garbage collector, and the weights only after it.
     */
    private void requireNoMemory(GruModel model) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(END_MILLIS);
        while (model.nativeBytes() != 0 && System.nanoTime() < end) {
            System.gc();
            Thread.sleep(COLLECTION_MILLIS);
        }
        if (model.nativeBytes() != 0) {
            findings.problem("the closed model still has " + model.nativeBytes() + " native bytes");
        }
    }

    private void start(Surroundings surroundings) {
        Random seeds = new Random(SEED);
        BooleanSupplier goesOn = () -> !over;
        List<Thread> users = new ArrayList<>();
        List<SessionUser.Stream> sessions = new ArrayList<>();
        List<GroupUser> groups = new ArrayList<>();
        for (int i = 0; i < PLATFORM_THREADS + VIRTUAL_THREADS; i++) {
            boolean platform = i < PLATFORM_THREADS;
            SessionUser user = new SessionUser(surroundings, seeds.nextLong(), platform ? SESSIONS_EACH : 1, goesOn,
                    platform);
            sessions.addAll(Arrays.asList(user.streams()));
            users.add(platform ? Thread.ofPlatform().unstarted(user) : Thread.ofVirtual().unstarted(user));
        }
        for (int i = 0; i < GROUPS; i++) {
            GroupUser user = new GroupUser(surroundings, seeds.nextLong(), goesOn);
            groups.add(user);
            users.add(Thread.ofPlatform().unstarted(user));
        }
        threads.addAll(users);
        threads.add(Thread.ofPlatform()
                .unstarted(new ShortLivedModels(layers, surroundings, seeds.nextLong(), goesOn)));
        threads.add(Thread.ofPlatform().unstarted(() -> disturb(users, sessions, groups, new Random(SEED))));
        threads.forEach(Thread::start);
    }

    /** Interrupts, takes snapshots of sessions in use, and adds streams to groups in use. */
    private void disturb(List<Thread> users, List<SessionUser.Stream> sessions, List<GroupUser> groups,
            Random random) {
        try {
            while (!over) {
                users.get(random.nextInt(users.size())).interrupt();
                try {
                    sessions.get(random.nextInt(sessions.size())).session().snapshot();
                } catch (IllegalStateException e) {
                    findings.count("snapshots refused, as the session was in use or lost");
                }
                groups.get(random.nextInt(groups.size())).addFromOutside();
                Thread.sleep(1);
            }
        } catch (InterruptedException e) {
            findings.problem("the thread that interrupts was interrupted", e);
        } catch (RuntimeException | Error e) {
            findings.problem("a snapshot or a new stream from another thread failed", e);
        }
    }

    private SoakResult.Growth watch(GruModel model) throws InterruptedException {
        List<Long> resident = new ArrayList<>();
        List<Long> reachable = new ArrayList<>();
        long begin = System.nanoTime();
        long told = 0;
        while (System.nanoTime() - begin < duration.toNanos()) {
            Thread.sleep(SAMPLE);
            // Unreachable models have memory outside the heap until they are collected.
            reachable.add(Memory.reachable());
            Memory.resident().ifPresent(resident::add);
            long elapsed = System.nanoTime() - begin;
            if (elapsed - told >= PROGRESS.toNanos()) {
                told = elapsed;
                progress.accept(
                        String.format(Locale.ROOT, "%d s, %s KB resident, %,d KB native of the model, %d problems",
                                TimeUnit.NANOSECONDS.toSeconds(elapsed),
                                resident.isEmpty() ? "unknown" : String.format(Locale.ROOT, "%,d", resident.getLast()),
                                model.nativeBytes() >> 10, findings.problemCount()));
            }
        }
        if (resident.size() < FIRST + 2 * WINDOW) {
            return null;
        }
        return new SoakResult.Growth(first(resident), last(resident), first(reachable), last(reachable));
    }

    /** Returns the median of the first samples from which on memory must not grow. */
    private static long first(List<Long> samples) {
        return median(samples.subList(FIRST, FIRST + WINDOW));
    }

    /** Returns the median of the last samples. */
    private static long last(List<Long> samples) {
        return median(samples.subList(samples.size() - WINDOW, samples.size()));
    }

    private static long median(List<Long> values) {
        return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
    }
}
