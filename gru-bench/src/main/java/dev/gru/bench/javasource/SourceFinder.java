package dev.gru.bench.javasource;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Finds Java sources in directories. */
public final class SourceFinder {
    private SourceFinder() {
    }

    /**
     * Returns the given files, and the Java sources in and below the given directories in alphabetical order, each
     * once. Directories named {@code target}, which builds create, and hidden directories are left out.
     *
     * @param paths files and directories
     * @throws NoSuchFileException if one does not exist
     * @throws IllegalArgumentException if there is no Java source in a directory
     */
    public static List<Path> find(List<Path> paths) throws IOException {
        Set<Path> found = new LinkedHashSet<>();
        for (Path path : paths) {
            if (Files.isDirectory(path)) {
                List<Path> below = below(path);
                if (below.isEmpty()) {
                    throw new IllegalArgumentException("no Java source below the directory " + path);
                }
                found.addAll(below);
            } else if (Files.exists(path)) {
                found.add(path);
            } else {
                throw new NoSuchFileException(path.toString());
            }
        }
        return List.copyOf(found);
    }

    private static List<Path> below(Path root) throws IOException {
        List<Path> found = new ArrayList<>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                String name = directory.equals(root) ? "" : directory.getFileName().toString();
                return name.startsWith(".") || name.equals("target")
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (attributes.isRegularFile() && file.toString().endsWith(".java")) {
                    found.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        found.sort(null);
        return found;
    }
}
