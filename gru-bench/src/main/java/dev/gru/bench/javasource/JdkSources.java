package dev.gru.bench.javasource;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.ProviderNotFoundException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipException;

/** The sources of a JDK in its {@code src.zip}, which has a directory for each module. */
public final class JdkSources implements Closeable {
    private final Path file;
    private final FileSystem zip;

    private JdkSources(Path file, FileSystem zip) {
        this.file = file;
        this.zip = zip;
    }

    /** Returns the file in which a JDK has its sources, if it has them. */
    public static Path inJdk(Path javaHome) {
        return javaHome.resolve("lib").resolve("src.zip");
    }

    /**
     * Opens the sources of the JDK that this program runs on.
     *
     * @throws IOException if it has none; the message says how to get them
     */
    public static JdkSources ofThisJdk() throws IOException {
        Path file = inJdk(Path.of(System.getProperty("java.home")));
        if (!Files.exists(file)) {
            throw new IOException("this JDK has no sources: there is no " + file + "; install them (the package"
                    + " openjdk-25-source on Debian and Ubuntu, java-25-openjdk-src on Fedora), run on a JDK that comes"
                    + " with them, such as Eclipse Temurin, or name a src.zip with --src");
        }
        return open(file);
    }

    /** Opens a {@code src.zip}. */
    public static JdkSources open(Path file) throws IOException {
        // Throws a better exception than "provider not found" if the file does not exist.
        file.getFileSystem().provider().checkAccess(file);
        try {
            return new JdkSources(file, FileSystems.newFileSystem(file));
        } catch (ProviderNotFoundException | ZipException e) {
            throw new IOException(file + ": is not a zip file", e);
        }
    }

    /**
     * Returns directories of sources.
     *
     * @param modules names of modules, such as {@code java.base}, or directories in them, such as
     *     {@code java.base/java/io}
     * @throws IllegalArgumentException if one does not exist
     */
    public List<Path> directories(List<String> modules) {
        List<Path> directories = new ArrayList<>();
        for (String module : modules) {
            Path root = zip.getPath("/");
            Path directory = root.resolve(module).normalize();
            if (directory.equals(root) || !Files.isDirectory(directory)) {
                throw new IllegalArgumentException(file + " has no " + module + "; --modules must be names of modules,"
                        + " such as java.base, or directories in them, such as java.base/java/io");
            }
            directories.add(directory);
        }
        return directories;
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
