package dev.gru.bench.compare;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

import dev.gru.bench.ChildJvm;
import dev.gru.bench.ContenderBenchmark;
import dev.gru.bench.LayerWork;
import dev.gru.bench.ModelBenchmark;
import dev.gru.bench.ModelWork;
import dev.gru.bench.PeersBenchmark;
import dev.gru.bench.Work;
import dev.gru.bench.compare.Comparison.Entrant;
import dev.gru.bench.compare.Comparison.Failure;
import dev.gru.bench.compare.Comparison.Fork;
import dev.gru.bench.compare.Comparison.Settings;
import dev.gru.bench.peer.Contender;
import dev.gru.bench.roofline.CacheSizes;
import dev.gru.bench.roofline.Machine;
import dev.gru.bench.roofline.MachineLimits;
import dev.gru.bench.roofline.Roofline;

/**
 * Runs a comparison: in each round every contender does every work once, in a JVM of its own, so that other load of the
 * machine affects all of them alike. Before each round and after the last, the machine's limits are measured.
 */
public final class ComparisonRunner {
    private final Settings settings;
    private final List<Entrant> entrants;
    private final List<Work> works;
    private final CacheSizes caches;
    private final Consumer<String> progress;
    private final List<Fork> forks = new ArrayList<>();
    private final List<Failure> failures = new ArrayList<>();

    /**
     * Prepares a comparison.
     *
     * @param progress receives lines about the progress
     */
    public ComparisonRunner(Settings settings, List<Contender> contenders, List<Work> works, CacheSizes caches,
            Consumer<String> progress) {
        this.settings = settings;
        this.entrants = contenders.stream().map(Entrant::of).toList();
        this.works = List.copyOf(works);
        this.caches = caches;
        this.progress = progress;
    }

    /**
     * Runs the comparison; to be called once.
     *
     * @throws IllegalStateException if JMH cannot run, for example because another JMH is running
     */
    public Comparison run() {
        List<MachineLimits> limits = new ArrayList<>();
        int all = settings.rounds()
                * works.stream().mapToInt(work -> (int) entrants.stream().filter(one -> one.does(work)).count()).sum();
        int done = 0;
        long start = System.nanoTime();
        for (int round = 0; round < settings.rounds(); round++) {
            limits.add(measureLimits());
            for (Work work : works) {
                List<Entrant> order = new ArrayList<>(entrants.stream().filter(one -> one.does(work)).toList());
                // No contender always runs after the same one.
                Collections.rotate(order, round);
                for (Entrant entrant : order) {
                    String result = isHopeless(entrant, work) ? "left out" : run(round, entrant, work);
                    done++;
                    long left = Math.round((System.nanoTime() - start) / 1e9 / done * (all - done));
                    progress.accept(String.format(Locale.ROOT, "%d of %d, round %d, %s, %s: %s (%d:%02d left)", done,
                            all, round + 1, work, entrant.name(), result, left / 60, left % 60));
                }
            }
        }
        limits.add(measureLimits());
        return new Comparison(Machine.here(caches), settings, entrants, works, limits, forks, failures);
    }

    private MachineLimits measureLimits() {
        progress.accept("measuring the machine's limits ...");
        return new Roofline(caches).measure();
    }

    /** Returns whether it failed before: it is not tried again. */
    private boolean isHopeless(Entrant entrant, Work work) {
        return failures.stream()
                .anyMatch(failure -> failure.entrant().equals(entrant.name()) && failure.work().equals(work));
    }

    private String run(int round, Entrant entrant, Work work) {
        Class<? extends ContenderBenchmark> benchmark = switch (work) {
            case LayerWork _ -> PeersBenchmark.class;
            case ModelWork _ -> ModelBenchmark.class;
        };
        Options options = new OptionsBuilder()
                .include("^" + benchmark.getName().replace(".", "\\.") + "\\.run$")
                .param("contender", entrant.name()).param("work", work.parameter()).forks(1)
                .warmupIterations(settings.warmUpIterations())
                .warmupTime(TimeValue.milliseconds(settings.warmUpMillis()))
                .measurementIterations(settings.iterations())
                .measurementTime(TimeValue.milliseconds(settings.millis())).shouldFailOnError(false).build();
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        Collection<RunResult> results;
        try (PrintStream out = new PrintStream(log, true, StandardCharsets.UTF_8)) {
            results = new Runner(options, OutputFormatFactory.createFormatInstance(out, VerboseMode.NORMAL)).run();
        } catch (RunnerException e) {
            throw new IllegalStateException("JMH cannot run: " + e.getMessage(), e);
        }
        List<Double> iterations = results.stream().flatMap(result -> result.getBenchmarkResults().stream())
                .flatMap(result -> result.getIterationResults().stream())
                .map(result -> result.getPrimaryResult().getScore()).toList();
        if (iterations.isEmpty()) {
            String reason = ChildJvm.reason(log.toString(StandardCharsets.UTF_8));
            failures.add(new Failure(entrant.name(), work, reason));
            return "failed: " + reason;
        }
        double micros = Spread.of(iterations.stream().mapToDouble(Double::doubleValue).toArray()).median();
        forks.add(new Fork(round, entrant.name(), work, micros, iterations));
        return ComparisonReport.number(micros) + " µs";
    }
}
