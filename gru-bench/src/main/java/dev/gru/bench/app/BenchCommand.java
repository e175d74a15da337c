package dev.gru.bench.app;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

import org.openjdk.jmh.Main;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Runs the JMH benchmarks in this jar. All arguments are JMH's own. */
@Command(name = "bench", description = {"Runs the JMH benchmarks: gru bench [JMH option or benchmark]...",
        "-h lists JMH's options, -l the benchmarks."})
final class BenchCommand implements Callable<Integer> {

    @Parameters(paramLabel = "JMH", description = "JMH's own arguments, such as: StepBenchmark -p layer=64x64 -prof gc")
    private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() throws IOException {
        Main.main(arguments.toArray(String[]::new));
        return 0;
    }
}
