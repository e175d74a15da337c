package dev.gru.bench.coldstart;

import java.util.List;
import java.util.Locale;

import dev.gru.bench.coldstart.ColdStart.Run;
import dev.gru.bench.coldstart.ColdStart.Runs;

/** Starts as a table of plain text. */
final class ColdStartReport {
    private static final String ROW = "%-46s%14s%10s%10s%14s%18s%n";

    private ColdStartReport() {
    }

    static String format(List<Runs> all) {
        StringBuilder out = new StringBuilder(String.format(Locale.ROOT,
                "From the start of the process, medians of %d, in ms; the time of a step in the end, with that of the"
                        + " slowest start, in µs%n%n",
                all.getFirst().runs().size()));
        out.append(String.format(Locale.ROOT, ROW, "", "first result", "loading", "warm-up", "within 1.5×",
                "step (slowest)"));
        for (Runs runs : all) {
            out.append(String.format(Locale.ROOT, ROW, runs.name(), number(runs.median(Run::firstResult)),
                    number(runs.median(Run::loading)), number(runs.median(Run::warmUp)),
                    number(runs.median(Run::nearSteady)), String.format(Locale.ROOT, "%.2f (%.2f)",
                            runs.median(Run::stepMicros), runs.most(Run::stepMicros))));
        }
        return out.toString();
    }

    private static String number(double millis) {
        return String.format(Locale.ROOT, "%,.0f", millis);
    }
}
