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

/** The sources of a JDK, in the {@code src.zip} that comes with it: a directory for each module. */
public final class JdkSources implements Closeable {
    private final Path file;
    private final FileSystem zip;

    private JdkSources(Path file, FileSystem zip) {
        this.file = file;
        this.zip = zip;
    }

    /** Returns where a JDK has its sources, if it has them. */
    public static Path inJdk(Path javaHome) {
        return javaHome.resolve("lib").resolve("src.zip");
    }

    /**
     * Opens the sources of the JDK that this program runs on.
     *
     * @throws IOException if it comes without them; the message says how to get them
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
        // What is not there is no "provider not found".
        file.getFileSystem().provider().checkAccess(file);
        try {
            return new JdkSources(file, FileSystems.newFileSystem(file));
        } catch (ProviderNotFoundException | ZipException e) {
            throw new IOException(file + ": is not a zip file", e);
        }
    }

    /**
     * Returns where sources are.
     *
     * @param modules names of modules, such as {@code java.base}, or directories within, such as {@code java.base/java/io}
     * @throws IllegalArgumentException if one is not there
     */
    public List<Path> directories(List<String> modules) {
        List<Path> directories = new ArrayList<>();
        for (String module : modules) {
            Path root = zip.getPath("/");
            Path directory = root.resolve(module).normalize();
            if (directory.equals(root) || !Files.isDirectory(directory)) {
                throw new IllegalArgumentException(file + " has no " + module + "; --modules must be names of modules,"
                        + " such as java.base, or directories within, such as java.base/java/io");
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
