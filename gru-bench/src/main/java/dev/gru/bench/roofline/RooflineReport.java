package dev.gru.bench.roofline;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.IntStream;

import dev.gru.bench.roofline.MachineLimits.Level;
import dev.gru.bench.roofline.MachineLimits.Rate;

/** A machine and its limits as tables of plain text. */
public final class RooflineReport {
    private static final String FACT = "%-20s%s%n";
    private static final long KILOBYTE = 1 << 10;
    private static final long MEGABYTE = 1 << 20;

    private RooflineReport() {
    }

    /** Returns the lines about a machine. */
    public static String machine(Machine machine) {
        CacheSizes caches = machine.caches();
        return String.format(Locale.ROOT, FACT, "machine", machine.cpu() + ", " + machine.processors() + " processors")
                + String.format(Locale.ROOT, FACT, "caches",
                        "L1 " + bytes(caches.l1()) + ", L2 " + bytes(caches.l2()) + ", L3 " + bytes(caches.l3()))
                + String.format(Locale.ROOT, FACT, "system", machine.os())
                + String.format(Locale.ROOT, FACT, "Java", machine.jvm());
    }

    /** Returns a table of limits that were measured once or more on the same machine. */
    public static String limits(List<MachineLimits> limits) {
        MachineLimits first = limits.getFirst();
        StringBuilder out = new StringBuilder(String.format(Locale.ROOT,
                "One core, vectors of %d bits: the best window and the median of each measurement, in turn%n%n",
                first.vectorBits()));
        out.append(row("FMA in registers", "", "GFLOP/s", limits, MachineLimits::peak));
        for (int i : IntStream.range(0, first.levels().size()).toArray()) {
            Level level = first.levels().get(i);
            out.append(row("load + FMA, " + level.name(), bytes(level.workingSet()), "GB/s", limits,
                    one -> one.levels().get(i).bandwidth()));
        }
        return out.toString();
    }

    /** Returns a table of bandwidths by working set. */
    public static String curve(List<Level> curve) {
        StringBuilder out = new StringBuilder();
        for (Level level : curve) {
            out.append(String.format(Locale.ROOT, "%-20s%10s  GB/s   %s%n", "load + FMA", bytes(level.workingSet()),
                    rate(level.bandwidth())));
        }
        return out.toString();
    }

    private static String row(String label, String size, String unit, List<MachineLimits> limits,
            Function<MachineLimits, Rate> rate) {
        StringBuilder row = new StringBuilder(String.format(Locale.ROOT, "%-20s%10s  %-7s", label, size, unit));
        limits.forEach(one -> row.append(rate(rate.apply(one))));
        return row.append(System.lineSeparator()).toString();
    }

    private static String rate(Rate rate) {
        return String.format(Locale.ROOT, "%7.1f (%.1f)", rate.best(), rate.median());
    }

    private static String bytes(long bytes) {
        return bytes < MEGABYTE - KILOBYTE
                ? Math.round((double) bytes / KILOBYTE) + " KB"
                : Math.round((double) bytes / MEGABYTE) + " MB";
    }
}
