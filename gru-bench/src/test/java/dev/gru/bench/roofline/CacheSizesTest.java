package dev.gru.bench.roofline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheSizesTest {
    @TempDir
    private Path directory;

    private void cache(int index, int level, String type, String size) throws IOException {
        Path cache = Files.createDirectories(directory.resolve("index" + index));
        Files.writeString(cache.resolve("level"), level + "\n");
        Files.writeString(cache.resolve("type"), type + "\n");
        Files.writeString(cache.resolve("size"), size + "\n");
    }

    @Test
    void dataCachesAreReadAndInstructionCachesAreNot() throws IOException {
        cache(0, 1, "Data", "48K");
        cache(1, 1, "Instruction", "64K");
        cache(2, 2, "Unified", "2048K");
        cache(3, 3, "Unified", "36864K");
        assertEquals(new CacheSizes(48 << 10, 2 << 20, 36 << 20), CacheSizes.detect(directory));
    }

    @Test
    void whatIsNotToldIsUsual() throws IOException {
        assertEquals(CacheSizes.USUAL, CacheSizes.detect(directory.resolve("missing")));
        cache(0, 1, "Data", "64K");
        assertEquals(new CacheSizes(64 << 10, CacheSizes.USUAL.l2(), CacheSizes.USUAL.l3()),
                CacheSizes.detect(directory));
    }

    @Test
    void nonsenseIsUsual() throws IOException {
        cache(0, 1, "Data", "64M");
        assertEquals(CacheSizes.USUAL, CacheSizes.detect(directory));
        Files.writeString(directory.resolve("index0/level"), "?");
        assertEquals(CacheSizes.USUAL, CacheSizes.detect(directory));
    }

    @Test
    void sizesHaveUnits() {
        assertEquals(OptionalLong.of(32768), CacheSizes.parse("32K"));
        assertEquals(OptionalLong.of(2 << 20), CacheSizes.parse("2m"));
        assertEquals(OptionalLong.of(4096), CacheSizes.parse("4096"));
        assertEquals(OptionalLong.empty(), CacheSizes.parse("K"));
        assertEquals(OptionalLong.empty(), CacheSizes.parse("-1K"));
    }

    @Test
    void cachesGrow() {
        assertThrows(IllegalArgumentException.class, () -> new CacheSizes(32 << 10, 32 << 10, 1 << 20));
        assertThrows(IllegalArgumentException.class, () -> new CacheSizes(0, 32 << 10, 1 << 20));
    }

    @Test
    void theThirdLevelIsMeasuredAboveTheSecondAndBelowItself() {
        assertEquals(4 << 20, Roofline.workingSetOfL3(new CacheSizes(32 << 10, 1 << 20, 32 << 20)));
        assertEquals(4 << 20, Roofline.workingSetOfL3(new CacheSizes(32 << 10, 2 << 20, 8 << 20)));
    }
}
