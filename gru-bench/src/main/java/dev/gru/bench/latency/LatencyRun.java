package dev.gru.bench.latency;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import dev.gru.bench.latency.OpenLoop.Result;

/**
 * Measures targets at one rate in turn, for a second each, so that other load of the machine affects all of them alike.
 */
public final class LatencyRun {
    private static final Duration SLICE = Duration.ofSeconds(1);
    /** Not measured: it brings the target back into the caches. */
    private static final Duration LEAD_IN = Duration.ofMillis(100);
    private static final Duration WARM_UP = Duration.ofSeconds(2);

    private final OpenLoop loop;
    private final List<StepTarget> targets;

    /**
     * The measurements at one rate.
     *
     * @param rate requests per second
     * @param reason the reason for this rate
     * @param targets the names of the targets
     * @param results the results of the targets, in their order
     */
    public record Rated(double rate, String reason, List<String> targets, List<Result> results) {
        /** Copies the lists. */
        public Rated {
            targets = List.copyOf(targets);
            results = List.copyOf(results);
        }
    }

    /** Creates a run of these targets, each with a number of streams. */
    public LatencyRun(List<StepTarget> targets, int streams) {
        this.targets = List.copyOf(targets);
        loop = new OpenLoop(streams);
    }

    /** Warms a target up and returns the time of its step without any pause between steps, in ns. */
    public double stepNanos(StepTarget target) {
        loop.stepNanos(target, WARM_UP);
        return loop.stepNanos(target, SLICE);
    }

    /**
     * Measures all targets.
     *
     * @param rate requests per second
     * @param reason the reason for this rate
     * @param seconds the duration of the measurement of each target
     * @param progress receives lines about the progress
     */
    public Rated run(double rate, String reason, int seconds, Consumer<String> progress) {
        progress.accept(String.format("%,.0f requests/s for %d s on each of %d, in turn ...", rate, seconds,
                targets.size()));
        List<Result> results = targets.stream().map(target -> new Result()).toList();
        // The loop itself is compiled before the measurement.
        for (StepTarget target : targets) {
            loop.run(target, rate, SLICE, new Result());
        }
        for (int second = 0; second < seconds; second++) {
            for (int i = 0; i < targets.size(); i++) {
                loop.run(targets.get(i), rate, LEAD_IN, new Result());
                loop.run(targets.get(i), rate, SLICE, results.get(i));
            }
        }
        List<String> names = new ArrayList<>();
        targets.forEach(target -> names.add(target.name()));
        return new Rated(rate, reason, names, results);
    }
}
