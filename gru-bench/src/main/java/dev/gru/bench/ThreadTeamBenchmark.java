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

/** How long does it take to run a task on a team, and to pass a barrier in a task? */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class ThreadTeamBenchmark {
    private static final int BARRIERS = 1000;

    /** Members, including the thread of the benchmark. With more members than processors, sleeping is measured, too. */
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

    /** Ends the team. */
    @TearDown
    public void stop() {
        team.close();
    }

    /** An empty task, repeatedly, so that the members do not fall asleep. */
    @Benchmark
    public boolean emptyTask() {
        return team.tryRun(nothing);
    }

    /** One barrier, at which all members arrive at the same time. */
    @Benchmark
    @OperationsPerInvocation(BARRIERS)
    public boolean barrier() {
        return team.tryRun(barriers);
    }
}
