package dev.gru.format.file;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

import dev.gru.internal.Printable;

/**
 * Writes files so that each appears under its name only when it is whole, and the one that was there stays until then.
 *
 * <p>The content goes into a temporary file in the same directory, whose name begins with a dot and cannot be guessed,
 * is forced to the disk, and then takes the place of the file in one step, if the file system can do that. If anything
 * fails – the disk is full, the content throws – the temporary file is removed and nothing else has changed. One that a
 * killed process left behind is removed when the same file is written again; one that a process is still writing is
 * not.
 *
 * <p>A symbolic link stays, and the file that it points to is replaced. A file that is replaced passes its permissions
 * on, where the file system has such. Directories, devices and pipes are refused.
 *
 * <p>Safe for use by any number of threads and processes, which may also write the same file: it is then whole, and one
 * of theirs.
 */
public final class FileReplacement {
    private static final int MAX_LINKS = 40;

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
        /**
         * Writes all of it, from the channel's position on.
         *
         * @param channel of the temporary file, which takes the place of the file as soon as this returns
         * @throws IOException if it cannot be written
         */
        void writeTo(FileChannel channel) throws IOException;
    }

    /**
     * Writes a file.
     *
     * @param file where it is to be; a file that is there is replaced
     * @param content what is to be in it
     * @throws IOException if it cannot be written; the message names the file. What the content throws is passed on as
     *     it is
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
        });
    }

    /**
     * Writes a file by a channel; otherwise the same as {@link #write(Path, Content)}, but what the content throws is
     * made to name the file too.
     *
     * @param file where it is to be; a file that is there is replaced
     * @param content what is to be in it
     * @throws IOException if it cannot be written; the message names the file
     */
    public static void writeByChannel(Path file, ChannelContent content) throws IOException {
        replace(file, channel -> named(file, () -> content.writeTo(channel)));
    }

    /** Something to do with a channel or a file. */
    @FunctionalInterface
    private interface Action {
        void run() throws IOException;
    }

    private static void replace(Path file, ChannelContent content) throws IOException {
        Path target = requireTarget(file);
        named(file, () -> TemporaryFile.removeAbandoned(target));
        try (TemporaryFile temporary = temporary(file, target)) {
            content.writeTo(temporary.channel());
            named(file, temporary::takePlace);
        }
        forceDirectory(target);
    }

    private static TemporaryFile temporary(Path file, Path target) throws IOException {
        TemporaryFile[] made = new TemporaryFile[1];
        named(file, () -> made[0] = TemporaryFile.of(target));
        return made[0];
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

    /**
     * Returns the one path of a file, behind all links: those that its name stands for, and those in the path of its
     * directory. The file need neither be there nor be a regular one.
     *
     * @param file any path to it
     * @throws FileSystemLoopException if links lead in a circle
     * @throws IOException if there is no such directory, or a link cannot be read
     */
    public static Path realPath(Path file) throws IOException {
        Path target = behindLinks(file);
        return Files.exists(target)
                ? target.toRealPath()
                : target.getParent().toRealPath().resolve(target.getFileName());
    }

    /** Returns the file that a name stands for, behind all links; it need not be there. */
    private static Path behindLinks(Path file) throws IOException {
        Path target = file.toAbsolutePath();
        for (int links = 0; Files.isSymbolicLink(target); links++) {
            if (links == MAX_LINKS) {
                throw new FileSystemLoopException(file.toString());
            }
            target = target.resolveSibling(Files.readSymbolicLink(target));
        }
        return target;
    }

    /** Returns the file that a name stands for, which must be one that may be replaced. */
    private static Path target(Path file) throws IOException {
        Path target = behindLinks(file);
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

    /** Makes the new name last, where directories can be opened. */
    private static void forceDirectory(Path target) {
        try (FileChannel directory = FileChannel.open(target.getParent(), StandardOpenOption.READ)) {
            directory.force(true);
        } catch (IOException | UnsupportedOperationException _) {
            // The file has taken its place; on such systems nothing more can be done for it.
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
