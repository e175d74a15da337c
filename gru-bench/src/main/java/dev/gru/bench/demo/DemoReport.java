package dev.gru.bench.demo;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;

import dev.gru.bench.javasource.SourceFile;
import dev.gru.bench.tagging.Accuracy;

/**
 * The figures of a demonstration, as a table with a column for each kernel.
 *
 * @param files the files
 * @param runs a run for each kernel; the first is the one over all tokens
 */
public record DemoReport(List<SourceFile> files, List<TaggerRun> runs) {
    private static final String LABEL = "%-22s";

    /** Returns the lines of the report. */
    public String format() {
        StringBuilder out = new StringBuilder();
        long tokens = files.stream().mapToLong(file -> file.tokens().size()).sum();
        out.append(fact("files", number(files.size())));
        out.append(fact("tokens", number(tokens)));
        if (!runs.isEmpty()) {
            Accuracy accuracy = runs.getFirst().accuracy(files);
            out.append(fact("accuracy", accuracy + ": " + number(accuracy.correct()) + " of "
                    + number(accuracy.tokens()) + " tokens have the class that javac gives them"));
            out.append('\n');
            out.append(row("kernel", TaggerRun::kernel));
            out.append(row("tokens per second", run -> number(Math.round(run.tokensPerSecond()))));
            out.append(row("p50 µs per token", run -> micros(run.nanosAtPercentile(50))));
            out.append(row("p99 µs per token", run -> micros(run.nanosAtPercentile(99))));
            out.append(row("tokens timed", run -> number(run.tokens())));
            out.append(row("accuracy over these", run -> run.accuracy(files).toString()));
        }
        if (runs.size() > 1) {
            out.append('\n');
        }
        for (TaggerRun run : runs.subList(Math.min(1, runs.size()), runs.size())) {
            out.append(difference(runs.getFirst(), run));
        }
        return out.toString();
    }

    private String row(String label, Function<TaggerRun, String> value) {
        StringBuilder row = new StringBuilder(String.format(Locale.ROOT, LABEL, label));
        runs.forEach(run -> row.append(String.format(Locale.ROOT, "%12s", value.apply(run))));
        return row.append('\n').toString();
    }

    private static String fact(String label, String value) {
        return String.format(Locale.ROOT, LABEL, label) + value + "\n";
    }

    private static String difference(TaggerRun first, TaggerRun second) {
        double largest = first.largestDifference(second);
        return String.format(Locale.ROOT, "The outputs of %s and %s %s, over the %s tokens that both ran.%n",
                first.kernel(), second.kernel(),
                largest == 0 ? "are the same" : String.format(Locale.ROOT, "differ by at most %.2g", largest),
                number(first.tokensInCommon(second)));
    }

    /** Formats a number with its digits in groups of three. */
    private static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value).replace(',', ' ');
    }

    private static String micros(long nanos) {
        return String.format(Locale.ROOT, "%.1f", nanos / 1e3);
    }
}
