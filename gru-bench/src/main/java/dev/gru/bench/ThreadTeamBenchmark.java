package dev.gru.bench;

import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import dev.gru.kernel.ThreadTeam;

/** What does it cost to give a team a task, and to meet at a barrier inside one? */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class ThreadTeamBenchmark {
    private static final int BARRIERS = 1000;

    /** Members, the benchmark's own thread among them. More than the machine has processors measure how they sleep. */
    @Param({"1", "2"})
    public int threads;

    private ThreadTeam team;
    private ThreadTeam.Task nothing;
    private ThreadTeam.Task barriers;

    /** Starts the team. */
    @Setup
    public void start() {
        team = new ThreadTeam(threads);
        nothing = _ -> {
        };
        barriers = member -> {
            for (int i = 0; i < BARRIERS; i++) {
                team.await(member);
            }
        };
    }

    /** Ends it. */
    @TearDown
    public void stop() {
        team.close();
    }

    /** A task with nothing to do, again and again: the members do not fall asleep between. */
    @Benchmark
    public boolean emptyTask() {
        return team.tryRun(nothing);
    }

    /** One barrier, where all members arrive at once. */
    @Benchmark
    @OperationsPerInvocation(BARRIERS)
    public boolean barrier() {
        return team.tryRun(barriers);
    }
}
