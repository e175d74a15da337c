package dev.gru.bench.latency;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.HdrHistogram.Histogram;

/**
 * Asks for steps at a fixed rate, one stream after the other, and measures from the moment at which each was due: a step
 * that waits because others took long counts with its waiting (there is no coordinated omission).
 *
 * <p>One thread asks and steps. It waits by spinning with {@link Thread#onSpinWait}, as a thread that sleeps or is handed
 * work wakes up later than these steps take, and the tail would be that of the scheduler.
 */
public final class OpenLoop {
    /** The highest rate: above it, not even the clock could be read in time. */
    public static final double MAX_RATE = 1e7;

    /** Longer waiting counts as this much. */
    private static final long MAX_NANOS = TimeUnit.HOURS.toNanos(1);
    private static final int DIGITS = 3;

    /** From here on a request that nobody has served at the end of a run is given up. */
    private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long LEAD_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final int streams;
    private int stream;
    /** Of the run under way: always the same one, so that no run meets memory that is new. */
    private final Histogram latencies = newHistogram();

    /** What was measured of one target, in one run or several. */
    public static final class Result {
        /** What is kept of each run, which takes little memory however many there are. */
        public static final List<Double> PERCENTILES = List.of(50.0, 90.0, 99.0, 99.9, 99.99, 100.0);

        private final Histogram latencies = newHistogram();
        /** Of each run, in the order of {@link #PERCENTILES}. */
        private final List<double[]> runs = new ArrayList<>();
        private long busyNanos;
        private long nanos;
        private long unserved;

        Result() {
        }

        /** Returns the times from when a request was due to the end of its step, in ns; of those not served, so far. */
        public Histogram latencies() {
            return latencies;
        }

        /** Returns what share of the time was spent in steps, 0 to 1. */
        public double load() {
            return nanos == 0 ? 0 : (double) busyNanos / nanos;
        }

        /** Returns how many requests were given up. */
        public long unserved() {
            return unserved;
        }

        /** Returns the latency, in µs, that a percentage of the requests did not exceed. */
        public double micros(double percentile) {
            return micros(latencies, percentile);
        }

        /** Returns how many runs there were. */
        public int runs() {
            return runs.size();
        }

        /**
         * Returns the same of the median run: a machine that stands still for a moment spoils one run, but not this.
         *
         * @param percentile one of {@link #PERCENTILES}
         */
        public double medianMicros(double percentile) {
            int index = PERCENTILES.indexOf(percentile);
            double[] all = runs.stream().mapToDouble(run -> run[index]).sorted().toArray();
            return all[all.length / 2];
        }

        private static double micros(Histogram histogram, double percentile) {
            return histogram.getValueAtPercentile(percentile) / 1e3;
        }

        private void add(Histogram run) {
            latencies.add(run);
            runs.add(PERCENTILES.stream().mapToDouble(percentile -> micros(run, percentile)).toArray());
        }
    }

    private static Histogram newHistogram() {
        return new Histogram(1, MAX_NANOS, DIGITS);
    }

    /** Prepares to go round so many streams. */
    public OpenLoop(int streams) {
        this.streams = streams;
    }

    /**
     * Runs.
     *
     * @param target does the steps
     * @param rate requests per second
     * @param duration during which requests become due
     * @param result to which the times are added
     */
    public void run(StepTarget target, double rate, Duration duration, Result result) {
        long count = Math.max(1, (long) (rate * duration.toNanos() / 1e9));
        double period = 1e9 / rate;
        latencies.reset();
        long begin = System.nanoTime() + LEAD_NANOS;
        long giveUp = duration.toNanos() + GRACE_NANOS;
        long busy = 0;
        long ended = 0;
        for (long i = 0; i < count; i++) {
            long due = (long) (i * period);
            long started = System.nanoTime() - begin;
            while (started < due) {
                Thread.onSpinWait();
                started = System.nanoTime() - begin;
            }
            if (started > giveUp) {
                for (long left = i; left < count; left++) {
                    record(started - (long) (left * period));
                }
                result.unserved += count - i;
                break;
            }
            target.step(stream);
            ended = System.nanoTime() - begin;
            stream = stream + 1 == streams ? 0 : stream + 1;
            busy += ended - started;
            record(ended - due);
        }
        result.add(latencies);
        result.busyNanos += busy;
        result.nanos += Math.max(ended, duration.toNanos());
    }

    private void record(long nanos) {
        latencies.recordValue(Math.clamp(nanos, 0, MAX_NANOS));
    }

    /**
     * Measures how long a step takes when one follows the other.
     *
     * @return the median of many means of as many steps as go round all streams, in ns
     */
    public double stepNanos(StepTarget target, Duration duration) {
        Histogram means = newHistogram();
        // Long enough that the clock does not matter.
        int steps = Math.max(streams, 1000);
        long begin = System.nanoTime();
        long last = begin;
        while (last - begin < duration.toNanos()) {
            for (int i = 0; i < steps; i++) {
                target.step(stream);
                stream = stream + 1 == streams ? 0 : stream + 1;
            }
            long now = System.nanoTime();
            means.recordValue(Math.clamp(now - last, 0, MAX_NANOS));
            last = now;
        }
        return (double) means.getValueAtPercentile(50) / steps;
    }
}
