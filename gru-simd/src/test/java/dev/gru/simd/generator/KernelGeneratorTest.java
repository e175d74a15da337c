package dev.gru.simd.generator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

/** The generated classes in the repository are those that the templates make. */
class KernelGeneratorTest {
    private static final Path SOURCES = Path.of("src/main/java");
    private static final int MAX_LINES = 400;

    @Test
    void theGeneratedClassesAreThoseOfTheTemplates() throws IOException {
        for (Map.Entry<String, String> source : KernelGenerator.sources().entrySet()) {
            assertEquals(source.getValue(), Files.readString(KernelGenerator.file(SOURCES, source.getKey())),
                    source.getKey() + " is not what its template makes; run KernelGenerator, whose package says how");
        }
    }

    @Test
    void nothingElseIsInTheirPackage() throws IOException {
        Set<String> expected = new TreeSet<>(KernelGenerator.sources().keySet());
        expected.addAll(Set.of("Lanes", "package-info", "small/package-info", "streams/package-info"));
        Path folder = KernelGenerator.file(SOURCES, "Lanes").getParent();
        Set<String> found = new TreeSet<>();
        try (Stream<Path> files = Files.walk(folder).filter(Files::isRegularFile)) {
            files.forEach(file -> found
                    .add(folder.relativize(file).toString().replace(File.separatorChar, '/').replace(".java", "")));
        }
        assertEquals(expected, found);
    }

    @Test
    void noClassIsLong() throws IOException {
        KernelGenerator.sources().forEach((name, source) -> assertTrue(source.lines().count() <= MAX_LINES, name));
    }
}
