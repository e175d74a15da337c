package dev.gru.bench.tagging;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Reads the lines of a text in UTF-8, gzipped or not; its exceptions name the line.
 *
 * <p>A line ends with a line feed, which may follow a carriage return; any other carriage return is an error. A byte
 * order mark at the beginning is skipped. For use by one thread.
 */
final class LineReader implements Closeable {
    /** Longer than any token or label; a file without line ends must not fill the memory. */
    private static final int LONGEST = 1 << 16;
    private static final int GZIP_MAGIC = 0x1F8B;
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private final String name;
    private final InputStream in;
    private final byte[] buffer = new byte[LONGEST];
    private long number;

    /**
     * Reads from a stream.
     *
     * @param name the name of the stream in error messages
     * @param in the text, gzipped or not; closed with this reader
     */
    LineReader(String name, InputStream in) throws IOException {
        this.name = name;
        BufferedInputStream buffered = new BufferedInputStream(in, 1 << 16);
        buffered.mark(2);
        boolean gzipped = (buffered.read() << 8 | buffered.read()) == GZIP_MAGIC;
        buffered.reset();
        try {
            this.in = gzipped ? new BufferedInputStream(new GZIPInputStream(buffered, 1 << 16), 1 << 16) : buffered;
        } catch (EOFException | ZipException e) {
            throw damaged(e);
        }
    }

    /** Opens a file. */
    static LineReader open(Path file) throws IOException {
        InputStream in = Files.newInputStream(file);
        try {
            return new LineReader(file.toString(), in);
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    /** Returns the remaining lines. */
    List<String> rest() throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line = next(); line != null; line = next()) {
            lines.add(line);
        }
        return lines;
    }

    /** Returns the next line without its end, or null if there is none. */
    String next() throws IOException {
        number++;
        int length = 0;
        int b = read();
        if (b < 0) {
            return null;
        }
        for (; b >= 0 && b != '\n'; b = read()) {
            if (length == LONGEST) {
                throw error("is longer than " + LONGEST + " bytes");
            }
            buffer[length++] = (byte) b;
        }
        if (length > 0 && buffer[length - 1] == '\r') {
            length--;
        }
        String line = decode(length);
        if (line.indexOf('\r') >= 0) {
            throw error("has a carriage return in it");
        }
        return number == 1 && line.startsWith(BYTE_ORDER_MARK) ? line.substring(1) : line;
    }

    private int read() throws IOException {
        try {
            return in.read();
        } catch (EOFException | ZipException e) {
            throw damaged(e);
        }
    }

    private String decode(int length) throws IOException {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(buffer, 0, length)).toString();
        } catch (CharacterCodingException e) {
            throw new IOException(error("is not text in UTF-8").getMessage(), e);
        }
    }

    private IOException damaged(IOException cause) {
        return new IOException(name + ": is damaged: the compressed data "
                + (cause instanceof EOFException ? "is cut off" : "is wrong: " + cause.getMessage()), cause);
    }

    /** Returns the number of the last line that was read, from 1 on. */
    long number() {
        return number;
    }

    /** Returns an exception about the last line that was read. */
    IOException error(String message) {
        return new IOException(name + ": line " + number + ": " + message);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
