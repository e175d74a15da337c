package dev.gru.bench.latency;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

import dev.gru.bench.latency.LatencyRun.Rated;
import dev.gru.bench.report.LineChart.Dash;
import dev.gru.bench.report.LineChart.Hue;
import dev.gru.bench.report.LineChart.Scale;
import dev.gru.bench.report.LineChart;

/** A chart of latencies by percentile, with the rarest at the right. */
public final class LatencyChart {
    /** The rarest percentile is one in ten to this power. */
    private static final int MAX_NINES = 5;
    private static final int POINTS = 200;
    private static final List<Hue> HUES = List.of(Hue.BLUE, Hue.VERMILION, Hue.GREEN);

    private LatencyChart() {
    }

    /** Writes an SVG file with a line for each target at each rate, a solid one at the first rate. */
    public static void write(List<Rated> all, Path file) throws IOException {
        double[] nines = IntStream.rangeClosed(0, POINTS).mapToDouble(i -> (double) i * MAX_NINES / POINTS).toArray();
        LineChart chart = new LineChart("Latency of a step from the time at which it was due",
                "nines of the percentile: 1 is p90, 2 is p99, 3 is p99.9", "µs", Scale.LOGARITHMIC);
        for (int rate = 0; rate < all.size(); rate++) {
            Rated rated = all.get(rate);
            for (int i = 0; i < rated.results().size(); i++) {
                OpenLoop.Result result = rated.results().get(i);
                chart.line(String.format(Locale.ROOT, "%s, %,.0f/s", rated.targets().get(i), rated.rate()),
                        HUES.get(i % HUES.size()), rate == 0 ? Dash.SOLID : Dash.DASHED, nines,
                        IntStream.range(0, nines.length)
                                .mapToDouble(at -> result.micros(100 - 100 * Math.pow(10, -nines[at]))).toArray());
            }
        }
        chart.write(file);
    }
}
