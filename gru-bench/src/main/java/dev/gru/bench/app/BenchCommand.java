package dev.gru.bench.app;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

import org.openjdk.jmh.Main;
import org.openjdk.jmh.runner.NoBenchmarksException;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

import dev.gru.bench.execution.ExitStatus;

/** Runs the JMH benchmarks in this jar. All arguments are JMH's own. */
@Command(name = "bench", description = {"Runs the JMH benchmarks: gru bench [JMH option or benchmark]...",
        "-h lists JMH's options, -l the benchmarks."})
final class BenchCommand implements Callable<Integer> {

    @Parameters(paramLabel = "JMH", description = "JMH's own arguments, such as: StepBenchmark -p layer=64x64 -prof gc")
    private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() throws IOException {
        String[] args = arguments.toArray(String[]::new);
        CommandLineOptions options;
        try {
            options = new CommandLineOptions(args);
        } catch (CommandLineOptionException e) {
            throw new IllegalArgumentException("JMH: " + e.getMessage(), e);
        }
        if (options.shouldHelp() || options.shouldList() || options.shouldListWithParams()
                || options.shouldListProfilers() || options.shouldListResultFormats()) {
            Main.main(args);
            return ExitStatus.OK;
        }
        // JMH's own main would print stack traces, and end the JVM.
        try {
            new Runner(options).run();
        } catch (NoBenchmarksException e) {
            throw new IllegalArgumentException("JMH: no benchmark matches; gru bench -l lists them", e);
        } catch (RunnerException e) {
            throw new IllegalStateException("JMH: " + e.getMessage(), e);
        }
        return ExitStatus.OK;
    }
}
