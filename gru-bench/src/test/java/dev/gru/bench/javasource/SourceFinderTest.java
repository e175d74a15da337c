package dev.gru.bench.javasource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceFinderTest {
    @TempDir
    private Path directory;

    @Test
    void sourcesAreFoundBelowDirectoriesInOrder() throws IOException {
        for (String name : List.of("b/B.java", "a/A.java", "a/x.txt", "a/target/T.java", ".git/G.java", "C.java")) {
            Path file = directory.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, "");
        }
        Path given = directory.resolve("a/x.txt");
        assertEquals(List.of(given, directory.resolve("C.java"), directory.resolve("a/A.java"),
                directory.resolve("b/B.java")),
                SourceFinder.find(List.of(given, directory, directory.resolve("C.java"))));
        assertThrows(NoSuchFileException.class, () -> SourceFinder.find(List.of(directory.resolve("missing"))));
    }
}
