package dev.gru.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import com.sun.management.ThreadMXBean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who runs a {@link ThreadTeam}'s tasks, what wakes them, and what ends them. */
@Timeout(120)
class ThreadTeamTest {
    private final ThreadTeam team = new ThreadTeam(3);
    private final Thread[] members = new Thread[3];

    @AfterEach
    void close() {
        team.close();
    }

    private void remember(int member) {
        members[member] = Thread.currentThread();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Returns once a thread sleeps; the test's time limit is for one that never does. */
    private static void untilAsleep(Thread thread) {
        while (thread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
    }

    private static Thread start(Runnable task) {
        return Thread.ofPlatform().start(task);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void everyMemberRunsOnItsOwnThreadAndTheFirstOnTheCallers(int size) {
        try (ThreadTeam some = new ThreadTeam(size)) {
            assertEquals(size, some.size());
            Thread[] first = new Thread[size];
            Thread[] second = new Thread[size];
            assertTrue(some.tryRun(member -> first[member] = Thread.currentThread()));
            assertTrue(some.tryRun(member -> second[member] = Thread.currentThread()));
            assertSame(Thread.currentThread(), first[0]);
            assertEquals(List.of(first), List.of(second));
            assertEquals(size, new HashSet<>(List.of(first)).size());
            for (int member = 1; member < size; member++) {
                assertTrue(first[member].isDaemon());
                assertFalse(first[member].isVirtual());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1})
    void aTeamOfNobodyIsRefused(int size) {
        assertEquals("threads must be from 1 to 1024, was " + size,
                assertThrows(IllegalArgumentException.class, () -> new ThreadTeam(size)).getMessage());
    }

    @Test
    void aVirtualThreadMayBeTheFirstMember() throws InterruptedException {
        AtomicInteger runs = new AtomicInteger();
        Thread.ofVirtual().start(() -> team.tryRun(member -> {
            team.await(member);
            runs.incrementAndGet();
        })).join();
        assertEquals(3, runs.get());
    }

    @Test
    void sleepingMembersWakeForWork() {
        AtomicInteger runs = new AtomicInteger();
        team.tryRun(this::remember);
        for (int round = 1; round <= 20; round++) {
            untilAsleep(members[1]);
            untilAsleep(members[2]);
            assertTrue(team.tryRun(_ -> runs.incrementAndGet()));
            assertEquals(3 * round, runs.get());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void membersThatSleepAtABarrierWakeWhenTheLastOneComes(int last) {
        team.tryRun(this::remember);
        AtomicInteger before = new AtomicInteger();
        AtomicInteger[] seen = {new AtomicInteger(), new AtomicInteger(), new AtomicInteger()};
        team.tryRun(member -> {
            if (member == last) {
                for (int other = 0; other < 3; other++) {
                    if (other != last) {
                        untilAsleep(members[other]);
                    }
                }
            }
            before.incrementAndGet();
            team.await(member);
            seen[member].set(before.get());
        });
        for (AtomicInteger one : seen) {
            assertEquals(3, one.get());
        }
    }

    @Test
    void aCallerThatSleepsUntilTheOthersHaveEndedWakes() {
        Thread caller = Thread.currentThread();
        AtomicInteger runs = new AtomicInteger();
        team.tryRun(member -> {
            if (member != 0) {
                untilAsleep(caller);
            }
            runs.incrementAndGet();
        });
        assertEquals(3, runs.get());
    }

    @Test
    void aSecondCallerFindsTheTeamAtWorkAndSoDoItsOwnMembers() throws InterruptedException {
        CountDownLatch inside = new CountDownLatch(3);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicInteger nested = new AtomicInteger();
        Thread other = start(() -> team.tryRun(_ -> {
            if (team.tryRun(_ -> nested.incrementAndGet())) {
                nested.incrementAndGet();
            }
            inside.countDown();
            await(goOn);
        }));
        await(inside);
        AtomicInteger runs = new AtomicInteger();
        assertFalse(team.tryRun(_ -> runs.incrementAndGet()));
        goOn.countDown();
        other.join();
        assertEquals(0, runs.get());
        assertEquals(0, nested.get());
        assertTrue(team.tryRun(_ -> runs.incrementAndGet()));
        assertEquals(3, runs.get());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void whatAMemberThrowsComesOutAsItIs(int who) {
        for (Throwable thrown : List.of(new ArithmeticException(), new AssertionError(), new StackOverflowError())) {
            Throwable got = assertThrows(Throwable.class, () -> team.tryRun(member -> {
                if (member == who) {
                    ThreadTeamTest.<RuntimeException>throwAny(thrown);
                }
            }));
            assertSame(thrown, got);
            assertEquals(0, got.getSuppressed().length);
        }
    }

    @SuppressWarnings("unchecked") // the compiler believes it, the virtual machine does not care
    private static <E extends Throwable> void throwAny(Throwable e) throws E {
        throw (E) e;
    }

    @Test
    void aCheckedExceptionThatATaskHidComesOutAsTheCause() {
        Exception hidden = new Exception("hidden");
        IllegalStateException e = assertThrows(IllegalStateException.class,
                () -> team.tryRun(_ -> ThreadTeamTest.<RuntimeException>throwAny(hidden)));
        assertSame(hidden, e.getCause());
    }

    @Test
    void whatOthersThrowTooIsSuppressedInIt() {
        Throwable e = assertThrows(RuntimeException.class, () -> team.tryRun(member -> {
            throw new ArithmeticException("of " + member);
        }));
        Set<String> messages = new HashSet<>(Set.of(e.getMessage()));
        for (Throwable other : e.getSuppressed()) {
            messages.add(other.getMessage());
        }
        assertEquals(Set.of("of 0", "of 1", "of 2"), messages);
    }

    @Test
    void aBarrierThatAMemberLeavesOutIsAnErrorAndNotAHang() {
        IllegalStateException e = assertThrows(IllegalStateException.class, () -> team.tryRun(member -> {
            if (member != 1) {
                team.await(member);
            }
        }));
        assertEquals("member 1 of the team ended without coming to the barrier", e.getMessage());
        assertTrue(team.tryRun(team::await));
    }

    @Test
    void aBarrierOutsideATaskIsRefused() {
        assertThrows(IllegalStateException.class, () -> team.await(0));
        assertThrows(IllegalArgumentException.class, () -> team.await(3));
        team.tryRun(team::await);
        assertThrows(IllegalStateException.class, () -> team.await(0));
        assertTrue(team.tryRun(team::await));
    }

    @Test
    void anInterruptedCallerGoesOnAndIsInterruptedStill() {
        Thread caller = Thread.currentThread();
        AtomicInteger after = new AtomicInteger();
        caller.interrupt();
        team.tryRun(member -> {
            if (member == 1) {
                untilAsleep(caller);
                caller.interrupt();
                untilAsleep(caller);
            }
            team.await(member);
            if (member == 2) {
                untilAsleep(caller);
            }
            after.incrementAndGet();
        });
        assertTrue(Thread.interrupted());
        assertEquals(3, after.get());
    }

    @Test
    void anInterruptThatATaskLeavesBehindDoesNotReachTheNextOne() {
        boolean[] interrupted = new boolean[3];
        team.tryRun(member -> {
            if (member != 0) {
                Thread.currentThread().interrupt();
            }
        });
        team.tryRun(member -> interrupted[member] = Thread.currentThread().isInterrupted());
        assertFalse(interrupted[1] || interrupted[2]);
    }

    @Test
    void closingEndsTheThreadsAndTheTeam() {
        team.tryRun(this::remember);
        team.close();
        assertFalse(members[1].isAlive() || members[2].isAlive());
        assertEquals("the team is closed",
                assertThrows(IllegalStateException.class, () -> team.tryRun(_ -> {
                })).getMessage());
        team.close();
        assertEquals("ThreadTeam[3, closed]", team.toString());
    }

    @Test
    void closingWaitsForTheTask() throws InterruptedException {
        CountDownLatch inside = new CountDownLatch(3);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicInteger ended = new AtomicInteger();
        AtomicInteger endedWhenClosed = new AtomicInteger();
        Thread runner = start(() -> team.tryRun(member -> {
            remember(member);
            inside.countDown();
            await(goOn);
            team.await(member);
            ended.incrementAndGet();
        }));
        await(inside);
        Thread closer = start(() -> {
            team.close();
            endedWhenClosed.set(ended.get());
        });
        untilAsleep(closer);
        assertTrue(members[1].isAlive());
        goOn.countDown();
        closer.join();
        runner.join();
        assertEquals(3, endedWhenClosed.get());
        assertFalse(members[1].isAlive() || members[2].isAlive());
    }

    @Test
    void aMemberCannotCloseItsTeam() {
        for (int who = 0; who < 3; who++) {
            int closer = who;
            assertEquals("a member of a team cannot close it from inside a task",
                    assertThrows(IllegalStateException.class, () -> team.tryRun(member -> {
                        if (member == closer) {
                            team.close();
                        }
                    })).getMessage());
        }
        assertTrue(team.tryRun(team::await));
    }

    @Test
    void aTaskThatHasEndedIsForgotten() {
        WeakReference<Object> content = contentOfATaskThatHasEnded();
        while (content.get() != null) {
            System.gc();
        }
        assertTrue(team.tryRun(team::await));
    }

    private WeakReference<Object> contentOfATaskThatHasEnded() {
        Object content = new Object();
        team.tryRun(_ -> assertTrue(content.toString().startsWith("java")));
        return new WeakReference<>(content);
    }

    @Test
    void tasksAndBarriersAllocateNothing() {
        ThreadMXBean beans = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        team.tryRun(this::remember);
        ThreadTeam.Task task = member -> {
            team.await(member);
            team.await(member);
        };
        long least = Long.MAX_VALUE;
        for (int count = 0; count < 5; count++) {
            long before = allocated(beans);
            for (int run = 0; run < 2000; run++) {
                team.tryRun(task);
            }
            least = Math.min(least, allocated(beans) - before);
        }
        // An object a run would be 32,000 bytes; counting costs some.
        assertTrue(least < 2048, least + " bytes");
    }

    private long allocated(ThreadMXBean beans) {
        long sum = 0;
        for (Thread member : members) {
            sum += beans.getThreadAllocatedBytes(member.threadId());
        }
        return sum;
    }
}
