package dev.gru.bench.coldstart;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;

import dev.gru.GruModel;
import dev.gru.GruSession;

/** The main class of a child JVM: loads a model, warms it up, and runs steps for a while. */
public final class ColdStartProbe {
    /** Precedes the numbers on stdout. */
    static final String RESULT = "coldstart:";
    /** The period over which steps are counted. */
    private static final Duration BUCKET = Duration.ofMillis(5);
    /** The buckets whose median must be fast, so that short pauses of the machine do not matter. */
    private static final int WINDOW = 10;
    /** The factor within which the speed is near the steady speed. */
    private static final double NEAR = 1.5;

    private ColdStartProbe() {
    }

    /**
     * Runs the model and prints a line: {@value #RESULT}, then the figures of {@link Starts.Start}: the time of the
     * first result in µs since the epoch, the times of loading and of the warm-up in µs, the time of a steady step in
     * ns, and the time from the first result to the steady speed in µs.
     *
     * @param args a model file, the limit of the warm-up in µs (0 for no warm-up, negative for no limit), and how long
     *     to run steps, in ms
     */
    public static void main(String[] args) throws IOException {
        long begin = System.nanoTime();
        try (GruModel model = GruModel.load(Path.of(args[0]))) {
            long loaded = System.nanoTime();
            long limit = Long.parseLong(args[1]);
            if (limit < 0) {
                model.warmUp();
            } else if (limit > 0) {
                model.warmUp(Duration.of(limit, ChronoUnit.MICROS));
            }
            long warm = System.nanoTime();
            GruSession session = model.newSession();
            float[] x = new float[model.inputSize()];
            float[] y = new float[model.outputSize()];
            step(model, session, x, y);
            Instant first = Instant.now();
            long[] steps = stepsByTime(model, session, x, y, Duration.ofMillis(Long.parseLong(args[2])));
            double steady = steady(steps);
            System.out.println(RESULT + " " + ChronoUnit.MICROS.between(Instant.EPOCH, first) + " "
                    + (loaded - begin) / 1000 + " " + (warm - loaded) / 1000 + " "
                    + Math.round(BUCKET.toNanos() / steady) + " "
                    + untilNear(steps, steady) * BUCKET.toNanos() / 1000);
        }
    }

    private static void step(GruModel model, GruSession session, float[] x, float[] y) {
        if (model.takesTokens()) {
            // Token 0 may be padding, which would be skipped.
            session.step(1, y);
        } else {
            session.step(x, y);
        }
    }

    /** Returns the number of steps that ended in each bucket. */
    private static long[] stepsByTime(GruModel model, GruSession session, float[] x, float[] y, Duration duration) {
        long[] steps = new long[(int) duration.dividedBy(BUCKET)];
        long begin = System.nanoTime();
        for (int bucket = 0; bucket < steps.length; bucket = (int) ((System.nanoTime() - begin) / BUCKET.toNanos())) {
            step(model, session, x, y);
            steps[bucket]++;
        }
        return steps;
    }

    /** Returns the steps per bucket at steady speed: the median of the last third. */
    static double steady(long[] steps) {
        return median(steps, steps.length - steps.length / 3, steps.length);
    }

    /** Returns the first bucket from which on every window is within a factor of {@value #NEAR} of the steady speed. */
    static int untilNear(long[] steps, double steady) {
        for (int from = steps.length - WINDOW; from >= 0; from--) {
            if (median(steps, from, from + WINDOW) * NEAR < steady) {
                return from + 1;
            }
        }
        return 0;
    }

    private static double median(long[] steps, int from, int to) {
        long[] sorted = Arrays.copyOfRange(steps, from, to);
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
