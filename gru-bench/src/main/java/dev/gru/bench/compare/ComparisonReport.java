package dev.gru.bench.compare;

import java.util.Locale;
import java.util.Optional;

import dev.gru.bench.Work;
import dev.gru.bench.compare.Comparison.Entrant;
import dev.gru.bench.compare.Comparison.Lead;
import dev.gru.bench.roofline.LayerLimit;
import dev.gru.bench.roofline.RooflineReport;

/**
 * A comparison as tables of plain text.
 *
 * @param comparison the comparison
 */
public record ComparisonReport(Comparison comparison) {
    private static final int LABEL = 28;
    private static final int COLUMN = 25;
    private static final String NOTHING = "–";

    /** Returns the lines of the report. */
    public String format() {
        StringBuilder out = new StringBuilder(RooflineReport.machine(comparison.machine()));
        comparison.entrants().forEach(entrant -> out.append(left(entrant.name())).append(entrant.version())
                .append(entrant.ours() ? "" : ", peer").append('\n'));
        out.append('\n').append(RooflineReport.limits(comparison.limits()));
        int rounds = comparison.settings().rounds();
        out.append("\nµs for all steps, one thread: median over ").append(rounds)
                .append(rounds == 1 ? " fork" : " forks (least–most)").append("\n\n");
        out.append(left("T×B, I→H or model"));
        comparison.entrants().forEach(entrant -> out.append(right(entrant.name())));
        for (Work work : comparison.works()) {
            out.append('\n').append(left(work.toString()));
            comparison.entrants().forEach(entrant -> out.append(
                    right(comparison.micros(entrant, work).map(this::spread).orElse(NOTHING))));
        }
        leads(out);
        shares(out);
        comparison.failures().forEach(failure -> out.append('\n').append(failure.entrant()).append(" did not run ")
                .append(failure.work()).append(": ").append(failure.reason()));
        return out.append(comparison.failures().isEmpty() ? "" : "\n").toString();
    }

    private void leads(StringBuilder out) {
        if (comparison.entrants().stream().allMatch(Entrant::ours)) {
            out.append("\n\nNo peer took part.\n");
            return;
        }
        out.append("\n\nThe time of the fastest peer divided by ours, above 1 if ours is faster: median over the rounds"
                + " of the ratio within a round\n\n").append(left("T×B, I→H or model"));
        out.append(right("fp32 peer / ours fp32", 2 * COLUMN)).append(right("any peer / ours bf16", 2 * COLUMN));
        for (Work work : comparison.works()) {
            out.append('\n').append(left(work.toString()))
                    .append(right(lead(comparison.leadInFp32(work)), 2 * COLUMN))
                    .append(right(lead(comparison.leadInBf16(work)), 2 * COLUMN));
        }
        out.append('\n');
    }

    private void shares(StringBuilder out) {
        var ours = comparison.entrants().stream().filter(Entrant::ours).toList();
        if (ours.isEmpty()) {
            return;
        }
        out.append("\nThe shortest time that the machine's limits allow, the limit that determines it, and its share of"
                + " our time\n\n")
                .append(left("T×B, I→H or model"));
        ours.forEach(entrant -> out.append(right(entrant.name(), 2 * COLUMN)));
        for (Work work : comparison.works()) {
            out.append('\n').append(left(work.toString()));
            for (Entrant entrant : ours) {
                LayerLimit limit = LayerLimit.of(work, entrant.precision(), comparison.limit());
                String share = comparison.shareOfLimit(entrant, work).map(spread -> percent(spread.median()))
                        .orElse(NOTHING);
                out.append(right(number(limit.micros()) + " µs by " + limit.boundBy() + ": " + share, 2 * COLUMN));
            }
        }
        out.append("\n\n").append(LayerLimit.FORMULA);
    }

    private String lead(Optional<Lead> lead) {
        return lead.map(some -> some.peer() + " " + spread(some.ratio())).orElse(NOTHING);
    }

    private String spread(Spread spread) {
        return comparison.settings().rounds() == 1
                ? number(spread.median())
                : number(spread.median()) + " (" + number(spread.least()) + "–" + number(spread.most()) + ")";
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.0f %%", 100 * share);
    }

    private static String left(String text) {
        return text + " ".repeat(Math.max(1, LABEL - text.length()));
    }

    private static String right(String text) {
        return right(text, COLUMN);
    }

    private static String right(String text, int width) {
        return " ".repeat(Math.max(1, width - text.length())) + text;
    }

    /** Returns a number with three significant digits, or with all digits before the point if these are more. */
    static String number(double value) {
        int decimals = value >= 99.95 ? 0 : value >= 9.995 ? 1 : value >= 0.9995 ? 2 : 3;
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }
}
