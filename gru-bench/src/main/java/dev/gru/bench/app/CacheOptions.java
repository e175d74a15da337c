package dev.gru.bench.app;

import java.util.OptionalLong;

import dev.gru.bench.roofline.CacheSizes;

import picocli.CommandLine.Option;

/** Options for caches whose sizes the operating system does not tell, or not rightly. */
final class CacheOptions {
    @Option(names = "--l1", paramLabel = "SIZE", description = "Size of the first data cache, such as 32K, if the"
            + " operating system does not tell it.")
    private String l1;

    @Option(names = "--l2", paramLabel = "SIZE", description = "Size of the second cache.")
    private String l2;

    @Option(names = "--l3", paramLabel = "SIZE", description = "Size of the third cache.")
    private String l3;

    /** Returns what the operating system says, except where an option says otherwise. */
    CacheSizes sizes() {
        CacheSizes detected = CacheSizes.detect();
        return new CacheSizes(size("--l1", l1, detected.l1()), size("--l2", l2, detected.l2()),
                size("--l3", l3, detected.l3()));
    }

    private static long size(String option, String given, long detected) {
        if (given == null) {
            return detected;
        }
        OptionalLong size = CacheSizes.parse(given);
        return size.orElseThrow(() -> new IllegalArgumentException(
                option + " must be a number of bytes such as 32K or 2M, was " + given));
    }
}
