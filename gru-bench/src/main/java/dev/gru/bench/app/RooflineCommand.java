package dev.gru.bench.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import dev.gru.bench.execution.CommandFiles;
import dev.gru.bench.execution.ExitStatus;
import dev.gru.bench.report.JsonFile;
import dev.gru.bench.roofline.CacheSizes;
import dev.gru.bench.roofline.Machine;
import dev.gru.bench.roofline.MachineLimits.Level;
import dev.gru.bench.roofline.MachineLimits;
import dev.gru.bench.roofline.Roofline;
import dev.gru.bench.roofline.RooflineJson;
import dev.gru.bench.roofline.RooflineReport;

/** Measures the limits of one core of this machine. */
@Command(name = "roofline", mixinStandardHelpOptions = true, description = {
        "Measures the limits of one core with the Vector API: multiply-adds in registers, and with one load each from"
                + " every level of the memory hierarchy. Nothing else should run meanwhile."})
final class RooflineCommand implements Callable<Integer> {
    private static final long CURVE_FROM = 16 << 10;
    private static final long CURVE_TO = 256 << 20;

    @Spec
    private CommandSpec spec;

    @Mixin
    private CacheOptions caches;

    @Option(names = "--curve", description = "also measure working sets from 16 KB to 256 MB")
    private boolean curve;

    @Option(names = "--json", paramLabel = "FILE", description = "also write the figures to a file")
    private Path file;

    @Override
    public Integer call() throws IOException {
        CacheSizes sizes = caches.sizes();
        new CommandFiles().writes("--json", file);
        Roofline roofline = new Roofline(sizes);
        Machine machine = Machine.here(sizes);
        MachineLimits limits = roofline.measure();
        List<Level> levels = curve ? roofline.curve(CURVE_FROM, CURVE_TO) : List.of();
        PrintWriter out = spec.commandLine().getOut();
        out.println(RooflineReport.machine(machine));
        out.print(RooflineReport.limits(List.of(limits)));
        if (curve) {
            out.println();
            out.print(RooflineReport.curve(levels));
        }
        out.flush();
        if (file != null) {
            JsonFile.write(file, json -> {
                RooflineJson.machine(json, machine);
                RooflineJson.limits(json, limits);
                RooflineJson.levels(json, "curve", levels);
            });
        }
        return ExitStatus.OK;
    }
}
