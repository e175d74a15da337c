package dev.gru.bench.latency;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.HdrHistogram.Histogram;

/**
 * Requests steps at a fixed rate, one stream after the other, and measures from the time at which each was due: the
 * latency of a step includes the time that it waits for slow ones before it (no coordinated omission).
 *
 * <p>One thread requests and runs the steps. It spins with {@link Thread#onSpinWait} while it waits: a thread that
 * sleeps or is handed work wakes up later than these steps take, and the tail would be that of the scheduler.
 */
public final class OpenLoop {
    /** The highest rate: above it not even the clock could be read in time. */
    public static final double MAX_RATE = 1e7;

    /** Longer latencies are recorded as this one. */
    private static final long MAX_NANOS = TimeUnit.HOURS.toNanos(1);
    private static final int DIGITS = 3;

    /** How long after the end of a run requests are given up. */
    private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long LEAD_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final int streams;
    private int stream;
    /** The latencies of the current run; reused, so that no run has the page faults of new memory. */
    private final Histogram latencies = newHistogram();

    /** The measurements of one target, in one run or several. */
    public static final class Result {
        /** The percentiles that are kept of each run, which take little memory even for many runs. */
        public static final List<Double> PERCENTILES = List.of(50.0, 90.0, 99.0, 99.9, 99.99, 100.0);

        private final Histogram latencies = newHistogram();
        /** The percentiles of each run, in the order of {@link #PERCENTILES}. */
        private final List<double[]> runs = new ArrayList<>();
        private long busyNanos;
        private long nanos;
        private long unserved;

        Result() {
        }

        /**
         * Returns the times from when a request was due to the end of its step, in ns; for a request that was given up,
         * the time until then.
         */
        public Histogram latencies() {
            return latencies;
        }

        /** Returns the share of the time that was spent in steps, 0 to 1. */
        public double load() {
            return nanos == 0 ? 0 : (double) busyNanos / nanos;
        }

        /** Returns the number of requests that were given up. */
        public long unserved() {
            return unserved;
        }

        /** Returns a percentile of the latencies, in µs. */
        public double micros(double percentile) {
            return micros(latencies, percentile);
        }

        /** Returns the number of runs. */
        public int runs() {
            return runs.size();
        }

        /**
         * Returns the median over the runs of a percentile, in µs: a short pause of the machine spoils one run, but not
         * this.
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

    /** Creates a loop over a number of streams. */
    public OpenLoop(int streams) {
        this.streams = streams;
    }

    /**
     * Runs.
     *
     * @param target runs the steps
     * @param rate requests per second
     * @param duration the time in which requests become due
     * @param result receives the times
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
     * Measures the time of a step without any pause between steps.
     *
     * @return the median of many means over at least one step of every stream, in ns
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
