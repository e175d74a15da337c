package dev.gru.format.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * A file that is being written, beside the one whose place it is to take. Closing it removes it, unless it has done so.
 *
 * <p>It is locked as long as it is open. One that nobody has locked was left behind by a process that was killed.
 */
final class TemporaryFile implements AutoCloseable {
    private static final int RANDOM_BYTES = 8;
    private static final String SUFFIX = ".tmp";
    private static final SecureRandom RANDOM = new SecureRandom();

    /**
     * What this process is writing: locks of files are held by whole processes, and closing any channel of a file would
     * release them.
     */
    private static final Set<Path> UNFINISHED = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final Path target;
    private final FileChannel channel;

    private TemporaryFile(Path path, Path target) throws IOException {
        this.path = path;
        this.target = target;
        UNFINISHED.add(path);
        try {
            // Not by createTempFile: those are for the eyes of their owner only, and this one stays.
            channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (IOException | RuntimeException e) {
            UNFINISHED.remove(path);
            throw e;
        }
    }

    /**
     * Makes one.
     *
     * @param target the file whose place it is to take
     */
    static TemporaryFile of(Path target) throws IOException {
        byte[] random = new byte[RANDOM_BYTES];
        while (true) {
            RANDOM.nextBytes(random);
            TemporaryFile temporary;
            try {
                temporary = new TemporaryFile(
                        target.resolveSibling(prefix(target) + HexFormat.of().formatHex(random) + SUFFIX), target);
            } catch (FileAlreadyExistsException _) {
                continue; // one in 2^64, or somebody who guesses: another name
            }
            try {
                temporary.lock();
                if (Files.exists(temporary.path)) {
                    temporary.takePermissions();
                    return temporary;
                }
                // Another process took it for one that was left behind, before it was locked.
                temporary.close();
            } catch (IOException | RuntimeException e) {
                temporary.close();
                throw e;
            }
        }
    }

    /** Marks the file as one that is being written, as long as this process lives, where files can be locked. */
    private void lock() {
        try {
            channel.lock();
        } catch (IOException | UnsupportedOperationException _) {
            // Nor can anybody else lock it, and only what can be locked is removed.
        }
    }

    private void takePermissions() throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(path, PosixFileAttributeView.class);
        if (view != null && Files.exists(target)) {
            view.setPermissions(Files.getPosixFilePermissions(target));
        }
    }

    /** Returns the channel to write the content to. */
    FileChannel channel() {
        return channel;
    }

    /**
     * Forces the content to the disk, and takes the place of the target, at once if the file system can do that. The
     * file stays open and so locked until then: nobody takes it for one that was left behind.
     */
    void takePlace() throws IOException {
        channel.force(true);
        try {
            Files.move(path, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(path, target, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            Files.deleteIfExists(path);
        } finally {
            channel.close();
            UNFINISHED.remove(path);
        }
    }

    private static String prefix(Path target) {
        return "." + target.getFileName() + ".";
    }

    /** Removes what killed processes have left of a file. */
    static void removeAbandoned(Path target) throws IOException {
        Pattern name = Pattern.compile(
                Pattern.quote(prefix(target)) + "[0-9a-f]{" + 2 * RANDOM_BYTES + "}" + Pattern.quote(SUFFIX));
        try (DirectoryStream<Path> found = Files.newDirectoryStream(target.getParent(),
                entry -> name.matcher(entry.getFileName().toString()).matches()
                        && Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS) && !UNFINISHED.contains(entry))) {
            for (Path temporary : found) {
                if (isAbandoned(temporary)) {
                    Files.deleteIfExists(temporary);
                }
            }
        } catch (FileSystemException _) {
            // Not everybody who may write to a directory may list it.
        }
    }

    private static boolean isAbandoned(Path temporary) {
        try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            return lock != null;
        } catch (IOException | OverlappingFileLockException | UnsupportedOperationException _) {
            return false;
        }
    }
}
