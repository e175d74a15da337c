package dev.gru.bench.app;

import java.util.OptionalLong;

import picocli.CommandLine.Option;

import dev.gru.bench.roofline.CacheSizes;

/** Options for caches whose sizes the operating system reports wrongly or not at all. */
final class CacheOptions {
    @Option(names = "--l1", paramLabel = "SIZE", description = "size of the L1 data cache, such as 32K; default: as"
            + " the operating system reports it")
    private String l1;

    @Option(names = "--l2", paramLabel = "SIZE", description = "size of the L2 cache; default: likewise")
    private String l2;

    @Option(names = "--l3", paramLabel = "SIZE", description = "size of the L3 cache; default: likewise")
    private String l3;

    /** Returns the sizes that the operating system reports, each replaced by its option if there is one. */
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
