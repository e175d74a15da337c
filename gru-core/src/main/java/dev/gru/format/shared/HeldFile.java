package dev.gru.format.shared;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

import dev.gru.format.file.ModelFormatException;
import dev.gru.internal.Printable;
import dev.gru.internal.Shapes;

/**
 * A file that is held open while it is read, so that all that is read is of one file, whatever takes its name
 * meanwhile.
 *
 * <p>{@link #read} opens a file, has it read, and begins again if it was changed in place meanwhile, or replaced before
 * all that must be opened was open. So what is read is what some file of that name held, as a whole.
 *
 * <p>For one thread at a time.
 */
public final class HeldFile implements AutoCloseable {
    /** So often another file may take the place of the one that is being opened, before that is an error. */
    private static final int ATTEMPTS = 50;

    /** The most bytes of a stream that are kept in memory, and not in a temporary file. */
    private static final int MAX_IN_MEMORY = 64 << 20;

    /** What the names of temporary files end in. */
    public static final String SPOOL_SUFFIX = ".spool";

    private final String where;
    private final long size;
    /** The whole content, or null if it is read from {@link #channel}. */
    private final byte[] content;
    /** Null for a content in memory, as are the next two. */
    private final Path path;
    private final Identity identity;
    private final FileChannel channel;
    /** Null for a temporary file and for a content in memory, which nothing is beside. */
    private final Path folder;

    /** Reads an opened file. */
    public interface Reader<T> {
        T read(HeldFile file) throws IOException;
    }

    /** What tells whether a name still stands for the same file with the same content. */
    private record Identity(Object key, long size, long modified) {
        static Identity of(Path path) throws IOException {
            return of(Files.readAttributes(path, BasicFileAttributes.class));
        }

        static Identity of(BasicFileAttributes attributes) {
            // In units that no file system is finer than: equal times mean that nothing was written between.
            return new Identity(attributes.fileKey(), attributes.size(),
                    attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS));
        }

        /** Returns whether this is the same file, but with another content. */
        boolean isChangeOf(Identity before) {
            return Objects.equals(key, before.key) && !equals(before);
        }
    }

    /** Says that a name stood for one file and then for another while it was opened. */
    private static final class ReplacedException extends IOException {
        private static final long serialVersionUID = 1;

        ReplacedException() {
            super("was replaced while it was opened");
        }
    }

    private HeldFile(String name, byte[] content) {
        where = Printable.path(name);
        size = content.length;
        this.content = content;
        path = null;
        identity = null;
        channel = null;
        folder = null;
    }

    private HeldFile(String name, Path path, Path folder) throws IOException {
        content = null;
        this.path = path;
        this.folder = folder;
        where = Printable.path(name);
        BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
        if (attributes.isDirectory()) {
            throw error("is a directory, not a file");
        }
        if (!attributes.isRegularFile()) {
            throw error("is not a regular file");
        }
        identity = Identity.of(attributes);
        channel = FileChannel.open(path, StandardOpenOption.READ);
        try {
            size = channel.size();
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /**
     * Has a file read.
     *
     * @param file where it is, in any file system
     * @throws ModelFormatException if it is not a regular file, or never stayed as it is for long enough
     * @throws IOException if it is not there or cannot be read, or what the reader throws
     */
    public static <T> T read(Path file, Reader<T> reader) throws IOException {
        if (file.getFileSystem().equals(FileSystems.getDefault())) {
            return read(file.toString(), file, file.toAbsolutePath().getParent(), reader);
        }
        // A zip file is opened by its name in the default file system, and only there are files known to keep still.
        try (InputStream in = Files.newInputStream(file)) {
            return read(file.toString(), in, reader);
        }
    }

    /**
     * Has the content of a file read.
     *
     * @param name what messages call it
     * @param content all its bytes
     */
    public static <T> T read(String name, byte[] content, Reader<T> reader) throws IOException {
        try (HeldFile held = new HeldFile(name, content)) {
            return reader.read(held);
        }
    }

    /**
     * Has the content of a stream read, by way of a temporary file if it is large.
     *
     * @param name what messages call it
     * @param in the content of a file, read to its end but not closed
     */
    public static <T> T read(String name, InputStream in, Reader<T> reader) throws IOException {
        byte[] start = in.readNBytes(MAX_IN_MEMORY);
        int next = in.read();
        if (next < 0) {
            return read(name, start, reader);
        }
        Path spool = Files.createTempFile("model", SPOOL_SUFFIX);
        try {
            try (OutputStream out = Files.newOutputStream(spool)) {
                out.write(start);
                out.write(next);
                in.transferTo(out);
            }
            return read(name, spool, null, reader);
        } finally {
            Files.deleteIfExists(spool);
        }
    }

    private static <T> T read(String name, Path file, Path folder, Reader<T> reader) throws IOException {
        for (int attempt = 1;; attempt++) {
            try (HeldFile held = new HeldFile(name, file, folder)) {
                T read;
                try {
                    read = reader.read(held);
                } catch (ReplacedException | ModelFormatException e) {
                    if (attempt < ATTEMPTS && (e instanceof ReplacedException || held.isChanged())) {
                        continue;
                    }
                    throw e instanceof ReplacedException ? held.error(e.getMessage()) : e;
                }
                if (!held.isChanged()) {
                    return read;
                }
                if (attempt == ATTEMPTS) {
                    throw held.error("was changed while it was read");
                }
            }
        }
    }

    /** Returns whether something was written to the file since it was opened. */
    private boolean isChanged() throws IOException {
        try {
            return channel.size() != size || Identity.of(path).isChangeOf(identity);
        } catch (NoSuchFileException _) {
            return false; // the name is gone; what was read stays
        }
    }

    /** Returns what messages call this file. */
    public String where() {
        return where;
    }

    /** Returns the folder that the file is in, or nothing if it is known by its content alone. */
    public Optional<Path> folder() {
        return Optional.ofNullable(folder);
    }

    /** Returns an exception that names this file. */
    public ModelFormatException error(String problem) {
        return new ModelFormatException(where + ": " + problem);
    }

    /** Returns the number of bytes that the file had when it was opened. */
    public long size() {
        return size;
    }

    /**
     * Fills the rest of a buffer.
     *
     * @param position the byte of the file to begin with
     * @throws ModelFormatException if the file has become shorter than that
     */
    public void readFully(long position, ByteBuffer buffer) throws IOException {
        if (content != null) {
            if (buffer.remaining() > size - position) {
                throw error("has " + size + " bytes, and more were to be read");
            }
            buffer.put(content, (int) position, buffer.remaining());
            return;
        }
        long from = position - buffer.position();
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, from + buffer.position()) < 0) {
                throw error("became shorter while it was read");
            }
        }
    }

    /** Returns bytes from a position on: {@code count} of them, or as many as there are. */
    public byte[] bytes(long position, int count) throws IOException {
        byte[] bytes = new byte[(int) Math.min(count, Math.max(0, size - position))];
        readFully(position, ByteBuffer.wrap(bytes));
        return bytes;
    }

    /**
     * Returns the whole file, not to be changed.
     *
     * @throws ModelFormatException if it is larger than an array
     */
    public byte[] readAll() throws IOException {
        if (size > Shapes.MAX_ARRAY) {
            throw error("has " + size + " bytes, more than " + Shapes.MAX_ARRAY + ", the most that is supported");
        }
        if (content != null) {
            return content;
        }
        return bytes(0, (int) size);
    }

    /**
     * Opens the file as a zip file too, to be closed by the caller.
     *
     * @param kind what messages call such a file
     * @throws ModelFormatException if it is none, or is cut off
     */
    public ZipFile openZip(String kind) throws IOException {
        if (content != null) {
            return openZipInMemory(kind);
        }
        // A zip file is opened by name. It is this file if that name stood for the same one before and afterwards.
        ZipFile zip = null;
        try {
            zip = new ZipFile(path.toFile());
            if (identity.equals(Identity.of(path))) {
                return zip;
            }
        } catch (NoSuchFileException _) {
            // as if it were another one
        } catch (IOException | IllegalArgumentException e) {
            if (identity.equals(Identity.of(path))) {
                throw notZip(kind, e);
            }
        }
        if (zip != null) {
            zip.close();
        }
        throw new ReplacedException();
    }

    /** A zip file is opened by name, so there has to be one, until it is closed. */
    private ZipFile openZipInMemory(String kind) throws IOException {
        Path spool = Files.createTempFile("model", SPOOL_SUFFIX);
        try {
            Files.write(spool, content);
            return new ZipFile(spool.toFile(), ZipFile.OPEN_READ | ZipFile.OPEN_DELETE);
        } catch (ZipException | IllegalArgumentException e) {
            Files.deleteIfExists(spool);
            throw notZip(kind, e);
        } catch (IOException e) {
            Files.deleteIfExists(spool);
            throw e;
        }
    }

    private ModelFormatException notZip(String kind, Exception e) {
        return new ModelFormatException(
                where + ": is not a " + kind + " (a zip file), or is cut off: " + Printable.of(e), e);
    }

    @Override
    public void close() throws IOException {
        if (channel != null) {
            channel.close();
        }
    }
}
