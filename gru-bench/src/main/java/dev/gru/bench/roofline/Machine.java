package dev.gru.bench.roofline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The machine and the JVM of a measurement.
 *
 * @param cpu the model of the processor and its kind, or its architecture if the operating system does not report them
 * @param processors the processors that the JVM may use
 * @param os name, version and architecture of the operating system
 * @param jvm name and version of the JVM
 * @param caches sizes of the caches
 */
public record Machine(String cpu, int processors, String os, String jvm, CacheSizes caches) {
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

    /** Returns the machine that this program runs on. */
    public static Machine here(CacheSizes caches) {
        return new Machine(modelOfCpu(), Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name") + " " + System.getProperty("os.version") + ", "
                        + System.getProperty("os.arch"),
                System.getProperty("java.vendor.version", System.getProperty("java.vm.name")) + ", "
                        + Runtime.version(),
                caches);
    }

    private static String modelOfCpu() {
        try {
            return CpuKind.describe(Files.readAllLines(CPU_INFO)).orElse(System.getProperty("os.arch"));
        } catch (IOException e) {
            // There is no such file on other systems.
            return System.getProperty("os.arch");
        }
    }
}
