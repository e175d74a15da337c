package dev.gru.format.file;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

import dev.gru.internal.Printable;

/**
 * Writes files so that each appears under its name only when it is whole, and the one that was there stays until then.
 *
 * <p>The content goes into a temporary file in the same directory, whose name begins with a dot and cannot be guessed, is
 * forced to the disk, and then takes the place of the file in one step, if the file system can do that. If anything fails –
 * the disk is full, the content throws – the temporary file is removed and nothing else has changed. One that a killed
 * process left behind is removed when the same file is written again; one that a process is still writing is not.
 *
 * <p>A symbolic link stays, and the file that it points to is replaced. A file that is replaced passes its permissions on,
 * where the file system has such. Directories, devices and pipes are refused.
 *
 * <p>Safe for use by any number of threads and processes, which may also write the same file: it is then whole, and one of
 * theirs.
 */
public final class FileReplacement {
    private static final int RANDOM_BYTES = 8;
    private static final String SUFFIX = ".tmp";
    private static final int MAX_LINKS = 40;

    private static final SecureRandom RANDOM = new SecureRandom();

    /**
     * What this process is writing: locks of files are held by whole processes, and closing any channel of a file would
     * release them.
     */
    private static final Set<Path> UNFINISHED = ConcurrentHashMap.newKeySet();

    private FileReplacement() {
    }

    /** What is to be in a file. */
    @FunctionalInterface
    public interface Content {
        /**
         * Writes all of it.
         *
         * @param out where to, buffered; need not be flushed or closed
         * @throws IOException if it cannot be written
         */
        void writeTo(OutputStream out) throws IOException;
    }

    /** What is to be in a file, written to a channel. */
    @FunctionalInterface
    public interface ChannelContent {
        /** Writes all of it, from the channel's position on. */
        void writeTo(FileChannel channel) throws IOException;
    }

    /**
     * Writes a file.
     *
     * @param file where it is to be; a file that is there is replaced
     * @param content what is to be in it
     * @throws IOException if it cannot be written; the message names the file. What the content throws is passed on as it is
     */
    public static void write(Path file, Content content) throws IOException {
        Objects.requireNonNull(content, "content");
        replace(file, channel -> {
            OutputStream to = Channels.newOutputStream(channel);
            OutputStream out = new BufferedOutputStream(new OutputStream() {
                @Override
                public void write(int b) throws IOException {
                    write(new byte[]{(byte) b}, 0, 1);
                }

                @Override
                public void write(byte[] bytes, int offset, int count) throws IOException {
                    named(file, () -> to.write(bytes, offset, count));
                }
            });
            content.writeTo(out);
            out.flush();
        }, _ -> {
        });
    }

    /**
     * Writes a file by a channel, and does something before it takes its place; otherwise the same as
     * {@link #write(Path, Content)}, but every exception names the file.
     */
    public static void writeByChannel(Path file, ChannelContent content, BeforeMove before) throws IOException {
        replace(file, channel -> named(file, () -> content.writeTo(channel)), before);
    }

    /** Something to do with a channel or a file. */
    @FunctionalInterface
    private interface Action {
        void run() throws IOException;
    }

    /** What happens once a file is whole on the disk, and before it takes its place. */
    @FunctionalInterface
    public interface BeforeMove {
        /** Does it, with the file that links lead to. */
        void run(Path target) throws IOException;
    }

    private static void replace(Path file, ChannelContent content, BeforeMove before) throws IOException {
        Path target = requireTarget(file);
        named(file, () -> removeAbandoned(target));
        try (Temporary temporary = Temporary.of(file, target)) {
            content.writeTo(temporary.channel);
            named(file, () -> {
                temporary.channel.force(true);
                before.run(target);
                // Still open, and so locked: nobody takes it for one that was left behind.
                move(temporary.path, target);
            });
        }
        forceDirectory(target);
    }

    /**
     * Checks that a file may be replaced: that it is a regular file or not there, and in a directory that is.
     *
     * @param file where it is to be
     * @throws IOException if it may not; the message names the file
     */
    public static void requireReplaceable(Path file) throws IOException {
        Path directory = requireTarget(file).getParent();
        named(file, () -> {
            if (!Files.isWritable(directory)) {
                throw new IOException("its directory cannot be written to");
            }
        });
    }

    private static Path requireTarget(Path file) throws IOException {
        Path[] target = new Path[1];
        named(file, () -> target[0] = target(file));
        return target[0];
    }

    /** Returns the file that a name stands for, behind all links; it need not be there. */
    private static Path target(Path file) throws IOException {
        Path target = file.toAbsolutePath();
        for (int links = 0; Files.isSymbolicLink(target); links++) {
            if (links == MAX_LINKS) {
                throw new FileSystemLoopException(file.toString());
            }
            target = target.resolveSibling(Files.readSymbolicLink(target));
        }
        if (target.getFileName() == null || Files.isDirectory(target)) {
            throw new IOException("is a directory, not the name of a file");
        }
        if (Files.exists(target) && !Files.isRegularFile(target)) {
            throw new IOException("is not a regular file, so nothing can take its place");
        }
        if (!Files.isDirectory(target.getParent())) {
            throw new IOException("there is no directory " + target.getParent());
        }
        return target;
    }

    private static String prefix(Path target) {
        return "." + target.getFileName() + ".";
    }

    /** A file that is being written. */
    private static final class Temporary implements AutoCloseable {
        private final Path path;
        private final FileChannel channel;

        private Temporary(Path path) throws IOException {
            this.path = path;
            UNFINISHED.add(path);
            try {
                // Not by createTempFile: those are for the eyes of their owner only, and this one stays.
                channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            } catch (IOException | RuntimeException e) {
                UNFINISHED.remove(path);
                throw e;
            }
        }

        static Temporary of(Path file, Path target) throws IOException {
            Temporary[] made = new Temporary[1];
            named(file, () -> made[0] = of(target));
            return made[0];
        }

        private static Temporary of(Path target) throws IOException {
            byte[] random = new byte[RANDOM_BYTES];
            while (true) {
                RANDOM.nextBytes(random);
                Temporary temporary;
                try {
                    temporary = new Temporary(
                            target.resolveSibling(prefix(target) + HexFormat.of().formatHex(random) + SUFFIX));
                } catch (FileAlreadyExistsException _) {
                    continue; // one in 2^64, or somebody who guesses: another name
                }
                try {
                    temporary.lock();
                    if (Files.exists(temporary.path)) {
                        temporary.takePermissions(target);
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

        private void takePermissions(Path target) throws IOException {
            PosixFileAttributeView view = Files.getFileAttributeView(path, PosixFileAttributeView.class);
            if (view != null && Files.exists(target)) {
                view.setPermissions(Files.getPosixFilePermissions(target));
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
    }

    /** Moves a file, and replaces the one that is there at once, if the file system can do that. */
    public static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** Makes the new name last, where directories can be opened. */
    private static void forceDirectory(Path target) {
        try (FileChannel directory = FileChannel.open(target.getParent(), StandardOpenOption.READ)) {
            directory.force(true);
        } catch (IOException | UnsupportedOperationException _) {
            // The file has taken its place; on such systems nothing more can be done for it.
        }
    }

    /** Removes what killed processes have left of a file. */
    private static void removeAbandoned(Path target) throws IOException {
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

    /** Does something whose exceptions are to name the file. */
    private static void named(Path file, Action action) throws IOException {
        try {
            action.run();
        } catch (ClosedByInterruptException e) {
            throw e; // whoever interrupted the thread knows why
        } catch (IOException e) {
            throw naming(file, e);
        }
    }

    /** Returns an exception that names the file rather than the temporary one, or none. */
    private static IOException naming(Path file, IOException e) {
        String reason = switch (e) {
            case NoSuchFileException _ -> "the directory is not there any more";
            case FileSystemException other when other.getReason() != null -> other.getReason();
            case FileSystemException other -> "cannot be written (" + other.getClass().getSimpleName() + ")";
            default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        };
        return new IOException(Printable.path(file.toString()) + ": " + reason, e);
    }
}
