package dev.gru.bench.app;

import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import dev.gru.bench.bits.OutputBits;
import dev.gru.bench.bits.VectorWidths;
import dev.gru.bench.execution.ExitStatus;

/** Shows that this machine computes what all others do. */
@Command(name = "bits", mixinStandardHelpOptions = true, description = {
        "Runs models of all kinds on every kernel – batches, streams, groups, both precisions, training – and prints"
                + " one digest of all bits for each. It is the same on every machine and Java that runs the same"
                + " version of this library, so that a cluster of different machines can be checked."}, exitCodeList = {
                        "1:a digest is not the one of this version"})
final class BitsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--widths", description = "also in JVMs that use narrower vectors")
    private boolean widths;

    /** Whether nothing differs so far. */
    private boolean same = true;

    @Override
    public Integer call() throws InterruptedException {
        run("scalar");
        run("portable");
        boolean vectors = run("simd");
        if (vectors && widths) {
            String expected = OutputBits.digest(OutputBits.expected("simd"));
            for (Map.Entry<String, String> width : VectorWidths.digests("simd").entrySet()) {
                same &= width.getValue().equals(expected);
                print(String.format("%-9s %s  %s", "simd", width.getValue(), width.getKey()));
            }
        }
        if (!same) {
            spec.commandLine().getErr().println("gru: these are not the digests of this version, which are "
                    + OutputBits.digest(OutputBits.expected("scalar")) + " and "
                    + OutputBits.digest(OutputBits.expected("simd")));
        }
        return same ? ExitStatus.OK : ExitStatus.NO;
    }

    /** Runs a kernel and prints its digest and what differs; returns false if it cannot run. */
    private boolean run(String kernel) {
        Map<String, String> found;
        try {
            found = OutputBits.of(kernel);
        } catch (IllegalStateException e) {
            print(String.format("%-9s %s", kernel, e.getMessage()));
            return false;
        }
        print(String.format("%-9s %s", kernel, OutputBits.digest(found)));
        Map<String, String> expected = OutputBits.expected(kernel);
        found.forEach((name, checksum) -> {
            if (!checksum.equals(expected.get(name))) {
                same = false;
                print("          differs: " + name);
            }
        });
        return true;
    }

    /** At once, since each takes a while. */
    private void print(String line) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(line);
        out.flush();
    }
}
