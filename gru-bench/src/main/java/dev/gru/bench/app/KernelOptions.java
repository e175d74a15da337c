package dev.gru.bench.app;

import picocli.CommandLine.Option;

import dev.gru.ModelOptions;
import dev.gru.bench.execution.Arguments;

/** Options that choose the kernel and the number of threads. */
final class KernelOptions {
    /** More than the processors of any machine. */
    private static final int MAX_THREADS = 4096;

    @Option(names = "--kernel", paramLabel = "K", description = "scalar, portable or simd; default: the"
            + " fastest that can run here")
    private String kernel;

    @Option(names = "--threads", paramLabel = "N", defaultValue = "1", description = "threads to use, at most; default:"
            + " ${DEFAULT-VALUE}")
    private int threads;

    /**
     * Returns options with the kernel and the number of threads that were given.
     *
     * @throws IllegalArgumentException if there is no such kernel, or the number of threads is out of range
     * @throws IllegalStateException if the kernel cannot run here
     */
    ModelOptions options() {
        ModelOptions options = ModelOptions.defaults()
                .withThreads(Arguments.within("--threads", 1, MAX_THREADS, threads));
        return kernel == null ? options : options.withKernel(kernel);
    }
}
