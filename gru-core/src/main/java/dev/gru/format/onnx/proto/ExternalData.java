package dev.gru.format.onnx.proto;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

import dev.gru.format.file.ModelFormatException;
import dev.gru.internal.Printable;

/**
 * The files beside an ONNX model that hold data of its tensors, as PyTorch's exporter writes weights by default.
 *
 * <p>A model names such files itself, and need not be trusted: a name must lead to a regular file inside the model's
 * folder, in no roundabout way, and data must lie inside that file. A file is opened when the first tensor asks for it,
 * and stays open until the model is read. For use by one thread.
 *
 * @see <a href="https://onnx.ai/onnx/repo-docs/ExternalData.html">ONNX's definition of external data</a>
 */
public final class ExternalData implements AutoCloseable {
    private static final String LOCATION = "location";
    private static final String OFFSET = "offset";
    private static final String LENGTH = "length";
    private static final Set<String> KEYS = Set.of(LOCATION, OFFSET, LENGTH, "checksum");
    private static final Pattern FOREIGN = Pattern.compile("[\\\\:\\x00]");
    private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");

    /** How often all of a file may be read: tensors may share data, but not by the thousand. */
    private static final int READINGS = 4;
    /** What may be read beyond that. */
    private static final long FREE = 1 << 16;

    private final Path folder;
    /** By what remains of their names when links and dots are resolved: a file has many names. */
    private final Map<Path, Opened> files = new HashMap<>();

    /** A file, and how much may still be read from it. */
    private static final class Opened {
        final FileChannel channel;
        final long size;
        long left;

        Opened(FileChannel channel, long size) {
            this.channel = channel;
            this.size = size;
            left = FREE + READINGS * size;
        }
    }

    /**
     * Prepares for the files in a folder.
     *
     * @param folder where the model is, or null if that is not known
     */
    public ExternalData(Path folder) {
        this.folder = folder;
    }

    /**
     * Reads the data of a tensor.
     *
     * @param where what messages call the tensor
     * @param entries what the model says of the place: {@code location}, {@code offset}, {@code length}
     * @param bytes how many the tensor's type and dimensions ask for
     * @return the data, little-endian
     * @throws ModelFormatException if the place is not one in a file inside the folder, or of another size
     */
    public ByteBuffer read(String where, Map<String, String> entries, long bytes) throws ModelFormatException {
        for (String key : entries.keySet()) {
            if (!KEYS.contains(key)) {
                throw new ModelFormatException(where + ": the key " + Printable.quoted(key)
                        + " of its external data is not known");
            }
        }
        String location = entries.getOrDefault(LOCATION, "");
        String file = where + ": its data are in another file, " + Printable.quoted(location);
        if (folder == null) {
            throw new ModelFormatException(file + ", which a model that is read from a stream has no folder for; "
                    + "read the model by its path, or save it with its data inside");
        }
        long offset = number(file, entries, OFFSET, 0);
        long length = number(file, entries, LENGTH, bytes);
        if (length != bytes) {
            throw new ModelFormatException(
                    file + ": length is " + length + ", but its type and dimensions ask for " + bytes + " bytes");
        }
        try {
            Opened opened = opened(file, location);
            if (offset > opened.size - length) {
                throw new ModelFormatException(file + ": has " + opened.size + " bytes, but these are the " + length
                        + " from " + offset + " on");
            }
            opened.left -= length;
            if (opened.left < 0) {
                throw new ModelFormatException(file + ": tensors that share its data ask for more than "
                        + READINGS + " times its size");
            }
            return read(file, opened.channel, offset, Math.toIntExact(length));
        } catch (ModelFormatException e) {
            throw e;
        } catch (IOException e) {
            throw new ModelFormatException(file + ", which cannot be read: " + Printable.of(e), e);
        }
    }

    private static long number(String file, Map<String, String> entries, String key, long otherwise)
            throws ModelFormatException {
        String text = entries.get(key);
        if (text == null) {
            return otherwise;
        }
        if (!NUMBER.matcher(text).matches()) {
            throw new ModelFormatException(file + ": " + key + " must be a whole number, is " + Printable.quoted(text));
        }
        return Long.parseLong(text);
    }

    private Opened opened(String file, String location) throws IOException {
        Path path = folder.resolve(relative(file, location));
        if (!Files.exists(path)) {
            throw new ModelFormatException(file + ", which is not there: it must be in the folder of the model, "
                    + Printable.path(folder.toString()));
        }
        Path real = path.toRealPath();
        Opened opened = files.get(real);
        if (opened == null) {
            if (!real.startsWith(folder.toRealPath())) {
                throw new ModelFormatException(file + ", which is a link that leads out of the model's folder");
            }
            if (!Files.isRegularFile(real)) {
                throw new ModelFormatException(file + ", which is not a regular file");
            }
            opened = open(real);
            files.put(real, opened);
        }
        return opened;
    }

    private static Opened open(Path path) throws IOException {
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        try {
            return new Opened(channel, channel.size());
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private Path relative(String file, String location) throws ModelFormatException {
        // What is a path of another system is one to be careful about, too.
        if (!location.isEmpty() && !FOREIGN.matcher(location).find()) {
            try {
                Path relative = folder.getFileSystem().getPath(location);
                if (!relative.isAbsolute() && isInside(relative)) {
                    return relative;
                }
            } catch (InvalidPathException _) {
                // refused like all others
            }
        }
        throw new ModelFormatException(file + ", which must be a path inside the model's folder, without \"..\"");
    }

    private static boolean isInside(Path relative) {
        for (Path part : relative) {
            if (part.toString().equals("..")) {
                return false;
            }
        }
        return true;
    }

    private static ByteBuffer read(String file, FileChannel channel, long offset, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, offset + buffer.position()) < 0) {
                throw new ModelFormatException(file + ": became shorter while it was read");
            }
        }
        return buffer.flip();
    }

    /** Returns how large the files are that were opened so far. */
    public long bytes() {
        return files.values().stream().mapToLong(file -> file.size).sum();
    }

    @Override
    public void close() throws IOException {
        for (Opened file : files.values()) {
            file.channel.close();
        }
    }
}
