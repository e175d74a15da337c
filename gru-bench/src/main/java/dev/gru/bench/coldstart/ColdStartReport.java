package dev.gru.bench.coldstart;

import java.util.List;
import java.util.Locale;

import dev.gru.bench.coldstart.Starts.Start;

/** The starts as a table of plain text. */
final class ColdStartReport {
    private static final String ROW = "%-46s%14s%10s%10s%14s%18s%n";

    private ColdStartReport() {
    }

    static String format(List<Starts> all) {
        StringBuilder out = new StringBuilder(String.format(Locale.ROOT,
                "Times from the start of the process in ms, medians of %d; the time of a step at the end in µs, with"
                        + " that of the slowest start%n%n",
                all.getFirst().starts().size()));
        out.append(String.format(Locale.ROOT, ROW, "", "first result", "loading", "warm-up", "within 1.5×",
                "step (slowest)"));
        for (Starts starts : all) {
            out.append(String.format(Locale.ROOT, ROW, starts.way(), number(starts.median(Start::firstResult)),
                    number(starts.median(Start::loading)), number(starts.median(Start::warmUp)),
                    number(starts.median(Start::nearSteady)), String.format(Locale.ROOT, "%.2f (%.2f)",
                            starts.median(Start::stepMicros), starts.most(Start::stepMicros))));
        }
        return out.toString();
    }

    private static String number(double millis) {
        return String.format(Locale.ROOT, "%,.0f", millis);
    }
}
