package dev.gru.bench.compare;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Predicate;
import java.util.stream.IntStream;

import dev.gru.bench.LayerWork;
import dev.gru.bench.Work;
import dev.gru.bench.peer.Contender;
import dev.gru.bench.roofline.LayerLimit;
import dev.gru.bench.roofline.Machine;
import dev.gru.bench.roofline.MachineLimits;
import dev.gru.weights.Precision;

/**
 * The measurements of a comparison, and the figures computed from them.
 *
 * @param machine the machine
 * @param settings number and length of the forks
 * @param entrants the contenders
 * @param works the work of each
 * @param limits the machine's limits, measured before each round and after the last; at least one
 * @param forks all forks that succeeded
 * @param failures all forks that failed
 */
public record Comparison(Machine machine, Settings settings, List<Entrant> entrants, List<Work> works,
        List<MachineLimits> limits, List<Fork> forks, List<Failure> failures) {

    /**
     * Number and length of the forks.
     *
     * @param rounds the forks of each contender for each work
     * @param warmUpIterations iterations before the measurement
     * @param warmUpMillis the length of each, in ms
     * @param iterations measured iterations
     * @param millis the length of each, in ms
     */
    public record Settings(int rounds, int warmUpIterations, int warmUpMillis, int iterations, int millis) {
    }

    /**
     * A contender without its implementation.
     *
     * @param name as {@link Contender#name}
     * @param version as {@link Contender#version}
     * @param ours as {@link Contender#isOurs}
     * @param precision as {@link Contender#precision}
     * @param runsModels as {@link Contender#runsModels}
     */
    public record Entrant(String name, String version, boolean ours, Precision precision, boolean runsModels) {
        static Entrant of(Contender contender) {
            return new Entrant(contender.name(), contender.version(), contender.isOurs(), contender.precision(),
                    contender.runsModels());
        }

        /** Returns whether it takes part in some work. */
        boolean does(Work work) {
            return runsModels || work instanceof LayerWork;
        }
    }

    /**
     * The figure of one JVM.
     *
     * @param round the round, from 0 on
     * @param entrant name of the contender
     * @param work the work
     * @param micros time for all steps in µs, the median over the iterations
     * @param iterations the mean of each iteration, in µs
     */
    public record Fork(int round, String entrant, Work work, double micros, List<Double> iterations) {
        /** Copies the iterations. */
        public Fork {
            iterations = List.copyOf(iterations);
        }
    }

    /**
     * A fork that failed.
     *
     * @param entrant name of the contender
     * @param work the work
     * @param reason the reason, one line
     */
    public record Failure(String entrant, Work work, String reason) {
    }

    /**
     * The time of the fastest peer in relation to ours.
     *
     * @param peer the fastest peer by the median over the rounds
     * @param ratio the time of the fastest peer divided by ours, within each round; above 1 if ours is faster
     */
    public record Lead(String peer, Spread ratio) {
    }

    /** Copies the lists. */
    public Comparison {
        entrants = List.copyOf(entrants);
        works = List.copyOf(works);
        limits = List.copyOf(limits);
        forks = List.copyOf(forks);
        failures = List.copyOf(failures);
    }

    /** Returns the best of the measured limits. */
    public MachineLimits limit() {
        return limits.stream().reduce(MachineLimits::best).orElseThrow();
    }

    /** Returns the library's own entrant of a precision. */
    public Optional<Entrant> ours(Precision precision) {
        return entrants.stream().filter(entrant -> entrant.ours() && entrant.precision() == precision).findFirst();
    }

    /** Returns the times of an entrant over the rounds, in µs; empty if all its forks failed. */
    public Optional<Spread> micros(Entrant entrant, Work work) {
        double[] micros = forks.stream().filter(fork -> isOf(fork, entrant, work)).mapToDouble(Fork::micros).toArray();
        return micros.length == 0 ? Optional.empty() : Optional.of(Spread.of(micros));
    }

    /** Returns the limit as a share of the time of one of ours: 1 if nothing could be faster. */
    public Optional<Spread> shareOfLimit(Entrant ours, Work work) {
        double least = LayerLimit.of(work, ours.precision(), limit()).micros();
        return micros(ours, work).map(
                micros -> new Spread(least / micros.median(), least / micros.most(), least / micros.least()));
    }

    /** Returns the lead of ours in fp32 over the fastest peer in fp32. */
    public Optional<Lead> leadInFp32(Work work) {
        return ours(Precision.FP32)
                .flatMap(ours -> lead(ours, work, peer -> peer.precision() == Precision.FP32));
    }

    /** Returns the lead of ours in bf16 over the fastest peer in any precision. */
    public Optional<Lead> leadInBf16(Work work) {
        return ours(Precision.BF16).flatMap(ours -> lead(ours, work, peer -> true));
    }

    private Optional<Lead> lead(Entrant ours, Work work, Predicate<Entrant> which) {
        List<Entrant> peers = entrants.stream().filter(entrant -> !entrant.ours()).filter(which)
                .filter(entrant -> micros(entrant, work).isPresent()).toList();
        List<Double> ratios = new ArrayList<>();
        for (int round : IntStream.range(0, settings.rounds()).toArray()) {
            OptionalDouble own = micros(round, ours, work);
            OptionalDouble fastest = peers.stream().flatMapToDouble(peer -> micros(round, peer, work).stream()).min();
            if (own.isPresent() && fastest.isPresent()) {
                ratios.add(fastest.getAsDouble() / own.getAsDouble());
            }
        }
        if (ratios.isEmpty()) {
            return Optional.empty();
        }
        Entrant fastest = peers.stream()
                .min(Comparator.comparingDouble(peer -> micros(peer, work).orElseThrow().median())).orElseThrow();
        return Optional
                .of(new Lead(fastest.name(), Spread.of(ratios.stream().mapToDouble(Double::doubleValue).toArray())));
    }

    private OptionalDouble micros(int round, Entrant entrant, Work work) {
        return forks.stream().filter(fork -> fork.round() == round && isOf(fork, entrant, work))
                .mapToDouble(Fork::micros).findFirst();
    }

    private static boolean isOf(Fork fork, Entrant entrant, Work work) {
        return fork.entrant().equals(entrant.name()) && fork.work().equals(work);
    }
}
