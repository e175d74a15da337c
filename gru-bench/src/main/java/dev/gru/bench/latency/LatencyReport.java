package dev.gru.bench.latency;

import java.util.List;
import java.util.Locale;

import dev.gru.bench.latency.LatencyRun.Rated;
import dev.gru.bench.latency.OpenLoop.Result;

/** Latencies as tables of plain text. */
public final class LatencyReport {
    private static final List<Double> PERCENTILES = Result.PERCENTILES;
    /** The number of those, from the median on, that are compared: up to p99.9. */
    private static final int COMPARED = 4;
    private static final double TAIL = PERCENTILES.get(COMPARED - 1);
    private static final int LABEL = 24;
    private static final int COLUMN = 11;

    private LatencyReport() {
    }

    /** Returns a table of the measurements at one rate; the first target is ours. */
    public static String format(Rated rated) {
        StringBuilder out = new StringBuilder(
                String.format(Locale.ROOT, "%,.0f requests/s, %s; latency from the time at which a step was due, in"
                        + " µs%n%n",
                        rated.rate(), rated.reason()));
        out.append(" ".repeat(LABEL)).append(right("busy"));
        PERCENTILES.forEach(percentile -> out.append(right(name(percentile))));
        out.append(System.lineSeparator());
        for (int i = 0; i < rated.results().size(); i++) {
            Result result = rated.results().get(i);
            out.append(String.format(Locale.ROOT, "%-" + LABEL + "s", rated.targets().get(i)))
                    .append(right(String.format(Locale.ROOT, "%.0f %%", 100 * result.load())));
            PERCENTILES.forEach(percentile -> out.append(right(number(result.micros(percentile)))));
            if (result.unserved() > 0) {
                out.append(String.format(Locale.ROOT, "   %,d of %,d never served", result.unserved(),
                        result.latencies().getTotalCount()));
            }
            out.append(System.lineSeparator());
            if (result.runs() > 1) {
                out.append(String.format(Locale.ROOT, "%-" + (LABEL + COLUMN) + "s", "  in the median second"));
                PERCENTILES.forEach(percentile -> out.append(right(number(result.medianMicros(percentile)))));
                out.append(System.lineSeparator());
            }
        }
        return out.append(System.lineSeparator()).append(verdict(rated)).toString();
    }

    private static String verdict(Rated rated) {
        Result ours = rated.results().getFirst();
        String name = rated.targets().getFirst();
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < rated.results().size(); i++) {
            Result result = rated.results().get(i);
            out.append(String.format(Locale.ROOT, "%s: p99.9 is %.1f times p50, %.1f times in the median second%n",
                    rated.targets().get(i), result.micros(TAIL) / result.micros(50),
                    result.medianMicros(TAIL) / result.medianMicros(50)));
        }
        for (int i = 1; i < rated.results().size(); i++) {
            Result other = rated.results().get(i);
            String peer = rated.targets().get(i);
            if (isMachine(peer)) {
                continue;
            }
            List<Double> above = PERCENTILES.subList(0, COMPARED).stream()
                    .filter(percentile -> ours.micros(percentile) >= other.micros(percentile)).toList();
            out.append(name).append(above.isEmpty()
                    ? " is below " + peer + " at every percentile from p50 to p99.9"
                    : " is not below " + peer + " at " + String.join(", ",
                            above.stream().map(LatencyReport::name).toList()))
                    .append(System.lineSeparator());
        }
        return out.toString();
    }

    private static boolean isMachine(String target) {
        return target.equals(BusyLoop.NAME);
    }

    private static String name(double percentile) {
        return percentile == 100 ? "max" : "p" + (percentile % 1 == 0 ? "%.0f" : "%s").formatted(percentile);
    }

    private static String number(double micros) {
        return String.format(Locale.ROOT, micros < 100 ? "%.2f" : "%,.0f", micros);
    }

    private static String right(String text) {
        return " ".repeat(Math.max(1, COLUMN - text.length())) + text;
    }
}
