package dev.gru.train;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

import dev.gru.format.file.FileReplacement;

/**
 * The right of one training to write checkpoints to a file: a lock on a file beside it, {@code .name.lock}.
 *
 * <p>The operating system releases the lock when the process ends, however it does: a file that a killed process left
 * is locked by nobody, and the next training takes it. Within a process the paths that are locked are in a set, since
 * locks of files are held by whole processes, and closing any channel of a file releases them.
 *
 * <p>To be closed by the training that holds it.
 */
final class CheckpointLock implements AutoCloseable {
    /** Behind all that is in the file, so that it can be read where locks are mandatory. */
    private static final long LOCKED_BYTE = 1 << 16;

    private static final String NO_LOCK = "stands where the lock of a training would, and is none";

    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path lock;
    private final FileChannel locked;
    /** The same file, found by its name. */
    private final FileChannel found;

    private CheckpointLock(Path lock, FileChannel locked, FileChannel found) {
        this.lock = lock;
        this.locked = locked;
        this.found = found;
    }

    /**
     * Locks a checkpoint. Where files cannot be locked at all, that is logged, and nothing keeps other processes out.
     *
     * @param file the checkpoint, which need not be there
     * @throws FileSystemException if another training holds the lock, or there cannot be one; it names the checkpoint
     * @throws ClosedByInterruptException if the thread is interrupted
     */
    static CheckpointLock of(Path file) throws FileSystemException, ClosedByInterruptException {
        try {
            Path real = FileReplacement.realPath(file);
            return of(file, real.resolveSibling("." + real.getFileName() + ".lock"));
        } catch (InUseException | ClosedByInterruptException e) {
            throw e;
        } catch (NoSuchFileException e) {
            throw failure(file, "there is no directory " + e.getFile(), e);
        } catch (IOException e) {
            boolean saysWhy = !(e instanceof FileSystemException other && other.getReason() == null);
            throw failure(file, "cannot be locked: " + e.getMessage()
                    + (saysWhy ? "" : " (" + e.getClass().getSimpleName() + ")"), e);
        }
    }

    private static FileSystemException failure(Path file, String reason, Exception cause) {
        FileSystemException failure = new FileSystemException(file.toString(), null, reason);
        failure.initCause(cause);
        return failure;
    }

    /** Another training holds the lock. */
    private static final class InUseException extends FileSystemException {
        private static final long serialVersionUID = 1;

        InUseException(Path file) {
            super(file.toString(), null, "another training is writing its checkpoints there");
        }
    }

    private static CheckpointLock of(Path file, Path lock) throws IOException {
        if (!HELD.add(lock)) {
            throw new InUseException(file);
        }
        CheckpointLock taken = null;
        try {
            while (taken == null) {
                taken = tryTake(file, lock);
            }
            return taken;
        } finally {
            if (taken == null) {
                HELD.remove(lock);
            }
        }
    }

    /** Returns the lock, or null if the file that was locked is not the one that has the name now. */
    private static CheckpointLock tryTake(Path file, Path lock) throws IOException {
        // The name can be guessed: what a link or a pipe of that name leads to is not touched.
        if (Files.exists(lock, LinkOption.NOFOLLOW_LINKS) && !Files.isRegularFile(lock, LinkOption.NOFOLLOW_LINKS)) {
            throw failure(lock, NO_LOCK, null);
        }
        FileChannel locked = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS);
        FileChannel found = null;
        boolean taken = false;
        try {
            if (!lock(file, locked)) {
                throw new InUseException(file);
            }
            // The one that held the lock may have removed the file after it was opened here. Whoever holds that of the
            // file that has the name now finds there what it has written itself.
            ByteBuffer written = ByteBuffer.wrap(UUID.randomUUID().toString().getBytes(StandardCharsets.US_ASCII));
            if (locked.size() != 0 && locked.size() != written.remaining()) {
                throw failure(lock, NO_LOCK, null);
            }
            locked.write(written.duplicate(), 0);
            found = FileChannel.open(lock, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
            ByteBuffer there = ByteBuffer.allocate(written.remaining());
            found.read(there, 0);
            taken = there.flip().equals(written);
            return taken ? new CheckpointLock(lock, locked, found) : null;
        } catch (NoSuchFileException _) {
            return null;
        } finally {
            if (!taken) {
                locked.close();
                if (found != null) {
                    found.close();
                }
            }
        }
    }

    private static boolean lock(Path file, FileChannel channel) throws ClosedByInterruptException {
        try {
            return channel.tryLock(LOCKED_BYTE, 1, false) != null;
        } catch (OverlappingFileLockException _) {
            return false;
        } catch (ClosedByInterruptException e) {
            throw e;
        } catch (IOException e) {
            System.getLogger("dev.gru").log(System.Logger.Level.WARNING, failure(file, "cannot be locked ("
                    + e.getMessage() + "), so nothing keeps another training from writing there", e).getMessage());
            return true;
        }
    }

    /** Removes the file while it is locked: afterwards it might be that of the next training. */
    @Override
    public void close() {
        try (Closeable _ = () -> HELD.remove(lock); locked; found) {
            Files.deleteIfExists(lock);
        } catch (IOException _) {
            // A file that stays is locked by nobody, and no reason to lose what the training came to.
        }
    }
}
