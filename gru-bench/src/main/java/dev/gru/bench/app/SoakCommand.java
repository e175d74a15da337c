package dev.gru.bench.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import dev.gru.bench.ChildJvm;
import dev.gru.bench.execution.Arguments;
import dev.gru.bench.execution.ExitStatus;
import dev.gru.bench.soak.Soak;
import dev.gru.bench.soak.SoakResult;

/** Uses a model hard for minutes. */
@Command(name = "soak", mixinStandardHelpOptions = true, description = {
        "Uses one model from hundreds of threads at once: sessions and groups, snapshots, interrupts, stack overflows,"
                + " models that are closed in use. Compares every output with a replay, bit by bit, and watches memory."
                + " The exit status is 1 if anything is wrong, or if resident memory grows by 1 %% or more after the"
                + " first half minute (checked in runs of at least a minute)."}, exitCodeList = {
                        ExitStatus.NO + ":something was wrong, or memory grew"})
final class SoakCommand implements Callable<Integer> {
    private static final String HERE = "--here";
    /**
     * Flags by which growth of resident memory means growth of memory in use: the whole heap is resident from the
     * start, and the C library returns memory that was freed outside the heap, such as the compiler's.
     */
    private static final List<String> MEMORY = List.of("-Xms384m", "-Xmx384m", "-XX:+AlwaysPreTouch",
            "-XX:TrimNativeHeapInterval=1000");
    private static final int MAX_MINUTES = 7 * 24 * 60;

    @Option(names = "--minutes", paramLabel = "N", defaultValue = "2", description = "duration, may be a fraction;"
            + " default: ${DEFAULT-VALUE}")
    private double minutes;

    @Option(names = HERE, hidden = true, description = "run in this JVM")
    private boolean here;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Arguments.require(minutes > 0 && minutes <= MAX_MINUTES,
                "--minutes must be above 0 and at most " + MAX_MINUTES + ", was " + minutes);
        if (!here) {
            ProcessBuilder child = ChildJvm.command(MEMORY, spec.root().userObject().getClass(),
                    List.of(spec.name(), HERE, "--minutes", Double.toString(minutes))).inheritIO();
            // For the same reason as the flags: by default glibc has up to eight arenas per processor, and the holes in
            // all of them grow for a long time.
            child.environment().putIfAbsent("MALLOC_ARENA_MAX", "2");
            return child.start().waitFor();
        }
        PrintWriter err = spec.commandLine().getErr();
        SoakResult result = new Soak(Duration.ofMillis((long) Math.ceil(minutes * 60_000)), line -> {
            err.println(line);
            err.flush();
        }).run();
        PrintWriter out = spec.commandLine().getOut();
        result.done().entrySet().stream().sorted(Map.Entry.comparingByKey())
                .forEach(done -> out.printf(Locale.ROOT, "%,15d %s%n", done.getValue(), done.getKey()));
        SoakResult.Growth growth = result.growth();
        if (growth == null) {
            out.println("growth of memory was not checked: the run was too short, or the system does not report it");
        } else {
            out.printf(Locale.ROOT, "resident memory after 30 s %,d KB, at the end %,d KB: %+.2f %%%n",
                    growth.residentBefore(), growth.residentAfter(), 100 * growth.resident());
            out.printf(Locale.ROOT, "reachable on the heap %,d KB, at the end %,d KB%n", growth.reachableBefore(),
                    growth.reachableAfter());
        }
        result.problems().forEach(out::println);
        out.println(result.problemCount() == 0 ? "nothing was wrong" : result.problemCount() + " things were wrong");
        if (growth != null && !growth.isFlat()) {
            out.println("memory grew by one percent or more");
        }
        out.flush();
        return result.isGood() ? ExitStatus.OK : ExitStatus.NO;
    }
}
