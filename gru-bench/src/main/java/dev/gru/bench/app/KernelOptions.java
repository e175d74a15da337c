package dev.gru.bench.app;

import picocli.CommandLine.Option;

import dev.gru.ModelOptions;
import dev.gru.bench.execution.Arguments;

/** Options that say what computes. */
final class KernelOptions {
    /** More than the processors of any machine. */
    private static final int MAX_THREADS = 4096;

    @Option(names = "--kernel", paramLabel = "K", description = "scalar, portable or simd; default: the best that can run here")
    private String kernel;

    @Option(names = "--threads", paramLabel = "N", defaultValue = "1", description = "how many threads may work; default: ${DEFAULT-VALUE}")
    private int threads;

    /**
     * Returns options with the kernel and the threads that were asked for.
     *
     * @throws IllegalArgumentException if there is no such kernel, or threads are fewer than 1 or absurdly many
     * @throws IllegalStateException if the kernel cannot run here
     */
    ModelOptions options() {
        ModelOptions options = ModelOptions.defaults()
                .withThreads(Arguments.within("--threads", 1, MAX_THREADS, threads));
        return kernel == null ? options : options.withKernel(kernel);
    }
}
