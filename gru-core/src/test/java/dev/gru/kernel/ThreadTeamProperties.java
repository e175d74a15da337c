package dev.gru.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Whatever the members' paces, barriers hold them together, and failures reach the caller and nobody hangs. */
class ThreadTeamProperties {

    /** Arrives now, or a little later, or so late that the others sleep. */
    private static void dawdle(Random random) {
        switch (random.nextInt(8)) {
            case 0 -> LockSupport.parkNanos(1);
            case 1 -> LockSupport.parkNanos(random.nextInt(200_000));
            case 2, 3 -> {
                for (int i = random.nextInt(2000); i > 0; i--) {
                    Thread.onSpinWait();
                }
            }
            default -> {
            }
        }
    }

    private static int value(int run, int phase, int member) {
        return (run * 1000 + phase) * 10 + member;
    }

    /**
     * After each barrier, every member sees what all wrote before it. Plain memory, so that only the team orders it.
     */
    @Property(tries = 150)
    void allThatWasWrittenBeforeABarrierIsSeenAfterIt(@ForAll @IntRange(min = 1, max = 4) int size,
            @ForAll @IntRange(min = 0, max = 8) int runs, @ForAll @IntRange(min = 0, max = 12) int barriers,
            @ForAll long seed) {
        try (ThreadTeam team = new ThreadTeam(size)) {
            for (int run = 0; run < runs; run++) {
                int number = run;
                int[] cells = new int[size];
                int[] passed = new int[size];
                assertTrue(team.tryRun(member -> {
                    Random random = new Random(seed + 31L * number + member);
                    for (int phase = 0; phase < barriers; phase++) {
                        dawdle(random);
                        cells[member] = value(number, phase, member);
                        team.await(member);
                        for (int other = 0; other < size; other++) {
                            assertEquals(value(number, phase, other), cells[other]);
                        }
                        passed[member]++;
                        team.await(member);
                    }
                    dawdle(random);
                }));
                int[] all = new int[size];
                Arrays.fill(all, barriers);
                assertEquals(Arrays.toString(all), Arrays.toString(passed));
            }
        }
    }

    @Property(tries = 150)
    void aFailureAnywhereReachesTheCallerAndEndsTheBarriersOfTheOthers(@ForAll @IntRange(min = 1, max = 4) int size,
            @ForAll @IntRange(min = 0, max = 3) int member, @ForAll @IntRange(min = 0, max = 5) int failAt,
            @ForAll boolean error, @ForAll long seed) {
        int failing = member % size;
        Throwable thrown = error ? new AssertionError("by the test") : new ArithmeticException("by the test");
        try (ThreadTeam team = new ThreadTeam(size)) {
            for (int run = 0; run < 3; run++) {
                int number = run;
                int[] passed = new int[size];
                ThreadTeam.Task task = who -> {
                    Random random = new Random(seed + 31L * number + who);
                    for (int phase = 0; phase < 6; phase++) {
                        dawdle(random);
                        if (number == 1 && who == failing && phase == failAt) {
                            if (thrown instanceof Error e) {
                                throw e;
                            }
                            throw (RuntimeException) thrown;
                        }
                        team.await(who);
                        passed[who]++;
                    }
                };
                int[] expected = new int[size];
                if (run == 1) {
                    Throwable got = assertThrows(Throwable.class, () -> team.tryRun(task));
                    assertSame(thrown, got);
                    assertEquals(0, got.getSuppressed().length);
                    Arrays.fill(expected, failAt);
                } else {
                    assertTrue(team.tryRun(task));
                    Arrays.fill(expected, 6);
                }
                assertEquals(Arrays.toString(expected), Arrays.toString(passed));
            }
        }
    }

    /** Every call either runs on all members, or on none because another one is at work; never two at once. */
    @Property(tries = 40)
    void callersNeverShareATeam(@ForAll @IntRange(min = 1, max = 3) int size,
            @ForAll @IntRange(min = 2, max = 3) int callers, @ForAll long seed) throws InterruptedException {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger ran = new AtomicInteger();
        AtomicInteger accepted = new AtomicInteger();
        try (ThreadTeam team = new ThreadTeam(size)) {
            List<Thread> threads = new ArrayList<>();
            for (int caller = 0; caller < callers; caller++) {
                Random random = new Random(seed + caller);
                threads.add(Thread.ofPlatform().start(() -> {
                    for (int call = 0; call < 20; call++) {
                        dawdle(random);
                        if (team.tryRun(member -> {
                            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                            team.await(member);
                            ran.incrementAndGet();
                            inside.decrementAndGet();
                        })) {
                            accepted.incrementAndGet();
                        }
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertEquals(0, inside.get());
            assertTrue(most.get() <= size);
            assertEquals(size * accepted.get(), ran.get());
            assertTrue(accepted.get() > 0);
        }
    }

    /** Closing at any time lets a task end whole, and none begins after it. */
    @Property(tries = 60)
    void closingAtAnyTimeCutsNoTask(@ForAll @IntRange(min = 1, max = 4) int size, @ForAll long seed)
            throws InterruptedException {
        ThreadTeam team = new ThreadTeam(size);
        AtomicInteger ran = new AtomicInteger();
        Thread runner = Thread.ofPlatform().start(() -> {
            Random random = new Random(seed);
            try {
                for (;;) {
                    // False while the team is being closed.
                    team.tryRun(member -> {
                        team.await(member);
                        ran.incrementAndGet();
                    });
                    dawdle(random);
                }
            } catch (IllegalStateException _) {
                // The team is closed.
            }
        });
        dawdle(new Random(~seed));
        dawdle(new Random(seed + 7));
        team.close();
        int atClose = ran.get();
        runner.join();
        assertEquals(atClose, ran.get());
        assertEquals(0, ran.get() % size);
    }
}
