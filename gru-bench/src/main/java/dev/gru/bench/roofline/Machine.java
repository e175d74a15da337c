package dev.gru.bench.roofline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * The machine and the JVM of a measurement.
 *
 * @param cpu the model of the processor, or its architecture if the operating system does not report the model
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
        if (Files.isReadable(CPU_INFO)) {
            try (Stream<String> lines = Files.lines(CPU_INFO)) {
                return lines.filter(line -> line.startsWith("model name")).findFirst()
                        .map(line -> line.substring(line.indexOf(':') + 1).strip())
                        .orElse(System.getProperty("os.arch"));
            } catch (IOException e) {
                return System.getProperty("os.arch");
            }
        }
        return System.getProperty("os.arch");
    }
}
