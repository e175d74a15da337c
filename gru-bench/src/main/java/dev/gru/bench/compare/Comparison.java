package dev.gru.bench.compare;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Predicate;
import java.util.stream.IntStream;

import dev.gru.bench.LayerWork;
import dev.gru.bench.peer.Contender;
import dev.gru.bench.roofline.LayerLimit;
import dev.gru.bench.roofline.Machine;
import dev.gru.bench.roofline.MachineLimits;
import dev.gru.weights.Precision;

/**
 * What a comparison measured, and what follows from it.
 *
 * @param machine where it ran
 * @param settings how long each fork ran, and how often
 * @param entrants who took part
 * @param works what they did
 * @param limits the machine's limits, measured before each round and after the last; at least one
 * @param forks all forks that ended well
 * @param failures all that did not
 */
public record Comparison(Machine machine, Settings settings, List<Entrant> entrants, List<LayerWork> works,
        List<MachineLimits> limits, List<Fork> forks, List<Failure> failures) {

    /**
     * How long each fork runs, and how often.
     *
     * @param rounds forks of each contender for each work
     * @param warmUpIterations iterations that do not count
     * @param warmUpMillis how long each of these is
     * @param iterations iterations that count
     * @param millis how long each of these is
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
     */
    public record Entrant(String name, String version, boolean ours, Precision precision) {
        static Entrant of(Contender contender) {
            return new Entrant(contender.name(), contender.version(), contender.isOurs(), contender.precision());
        }
    }

    /**
     * The figure of one JVM.
     *
     * @param round from 0
     * @param entrant name of the contender
     * @param work what it did
     * @param micros median over the iterations, µs for all steps
     * @param iterations mean of each iteration, µs
     */
    public record Fork(int round, String entrant, LayerWork work, double micros, List<Double> iterations) {
        /** Copies the iterations. */
        public Fork {
            iterations = List.copyOf(iterations);
        }
    }

    /**
     * A fork that ended without a figure.
     *
     * @param entrant name of the contender
     * @param work what it should have done
     * @param reason why it did not, one line
     */
    public record Failure(String entrant, LayerWork work, String reason) {
    }

    /**
     * How many times as long the fastest of the peers took.
     *
     * @param peer which of them was the fastest, by the median over the rounds
     * @param ratio time of the round's fastest peer by ours, within a round; above 1 ours is faster
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

    /** Returns the best that the machine was seen to do. */
    public MachineLimits limit() {
        return limits.stream().reduce(MachineLimits::best).orElseThrow();
    }

    /** Returns the library's own entrant of a precision. */
    public Optional<Entrant> ours(Precision precision) {
        return entrants.stream().filter(entrant -> entrant.ours() && entrant.precision() == precision).findFirst();
    }

    /** Returns the times of an entrant over the rounds, in µs; empty if no fork of it ended well. */
    public Optional<Spread> micros(Entrant entrant, LayerWork work) {
        double[] micros = forks.stream().filter(fork -> isOf(fork, entrant, work)).mapToDouble(Fork::micros).toArray();
        return micros.length == 0 ? Optional.empty() : Optional.of(Spread.of(micros));
    }

    /** Returns what part of the time of one of ours the limit is: 1 if nothing could be faster. */
    public Optional<Spread> shareOfLimit(Entrant ours, LayerWork work) {
        double least = LayerLimit.of(work, ours.precision(), limit()).micros();
        return micros(ours, work).map(
                micros -> new Spread(least / micros.median(), least / micros.most(), least / micros.least()));
    }

    /** Returns the lead of ours in fp32 over the fastest peer in fp32. */
    public Optional<Lead> leadInFp32(LayerWork work) {
        return ours(Precision.FP32)
                .flatMap(ours -> lead(ours, work, peer -> peer.precision() == Precision.FP32));
    }

    /** Returns the lead of ours in bf16 over the fastest peer in any precision. */
    public Optional<Lead> leadInBf16(LayerWork work) {
        return ours(Precision.BF16).flatMap(ours -> lead(ours, work, peer -> true));
    }

    private Optional<Lead> lead(Entrant ours, LayerWork work, Predicate<Entrant> which) {
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

    private OptionalDouble micros(int round, Entrant entrant, LayerWork work) {
        return forks.stream().filter(fork -> fork.round() == round && isOf(fork, entrant, work))
                .mapToDouble(Fork::micros).findFirst();
    }

    private static boolean isOf(Fork fork, Entrant entrant, LayerWork work) {
        return fork.entrant().equals(entrant.name()) && fork.work().equals(work);
    }
}
