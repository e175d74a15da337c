package dev.gru.bench.roofline;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * The sizes of the data caches of one core, in bytes.
 *
 * @param l1 size of the L1 cache, at least {@value #LEAST}
 * @param l2 size of the L2 cache, larger than L1
 * @param l3 size of the L3 cache, larger than L2 and at most 4 GB; usually shared with other cores
 */
public record CacheSizes(long l1, long l2, long l3) {
    private static final long LEAST = 4096;
    /** The largest size of L3: the measurement of memory allocates four times as much. */
    private static final long MOST = 4L << 30;
    private static final int LEVELS = 3;
    private static final Path LINUX = Path.of("/sys/devices/system/cpu/cpu0/cache");

    /** The sizes that are assumed if the operating system reports none. */
    static final CacheSizes USUAL = new CacheSizes(32 << 10, 1 << 20, 32 << 20);

    /** Checks the sizes. */
    public CacheSizes {
        if (l1 < LEAST || l2 <= l1 || l3 <= l2 || l3 > MOST) {
            throw new IllegalArgumentException(
                    "the caches must grow from level to level, and have from " + LEAST + " to "
                            + MOST + " bytes, were " + l1 + ", " + l2 + " and " + l3 + " bytes");
        }
    }

    /**
     * Returns the sizes that the operating system reports for the first core, and usual sizes for those that it does
     * not.
     */
    public static CacheSizes detect() {
        return detect(LINUX);
    }

    static CacheSizes detect(Path directory) {
        long[] sizes = {USUAL.l1, USUAL.l2, USUAL.l3};
        if (Files.isDirectory(directory)) {
            try (DirectoryStream<Path> caches = Files.newDirectoryStream(directory, "index*")) {
                for (Path cache : caches) {
                    readInto(sizes, cache);
                }
            } catch (IOException | NumberFormatException e) {
                return USUAL;
            }
        }
        boolean growing = sizes[0] >= LEAST && sizes[1] > sizes[0] && sizes[2] > sizes[1]
                && sizes[2] <= MOST;
        return growing ? new CacheSizes(sizes[0], sizes[1], sizes[2]) : USUAL;
    }

    private static void readInto(long[] sizes, Path cache) throws IOException {
        int level = Integer.parseInt(Files.readString(cache.resolve("level")).strip());
        boolean forData = !Files.readString(cache.resolve("type")).strip().equals("Instruction");
        OptionalLong size = parse(Files.readString(cache.resolve("size")).strip());
        if (forData && level >= 1 && level <= LEVELS && size.isPresent()) {
            sizes[level - 1] = size.getAsLong();
        }
    }

    /** Parses a number of bytes such as {@code 32K}, {@code 1024K} or {@code 2M}; empty if the text is none. */
    public static OptionalLong parse(String text) {
        String upper = text.toUpperCase(Locale.ROOT);
        int shift = upper.endsWith("K") ? 10 : upper.endsWith("M") ? 20 : 0;
        String digits = shift == 0 ? upper : upper.substring(0, upper.length() - 1);
        return digits.matches("[0-9]{1,9}") ? OptionalLong.of(Long.parseLong(digits) << shift) : OptionalLong.empty();
    }
}
