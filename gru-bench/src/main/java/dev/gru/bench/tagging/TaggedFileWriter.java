package dev.gru.bench.tagging;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

import dev.gru.format.file.FileReplacement;

/**
 * Writes labelled sequences in two columns, as {@link TaggedFileReader} reads them; gzipped if the file's name ends in
 * {@code .gz}.
 *
 * <p>The same sequences make the same bytes. For use by one thread.
 */
public final class TaggedFileWriter {
    private final Writer out;
    private boolean empty = true;

    /** The content of a file. */
    @FunctionalInterface
    public interface Content {
        /** Adds all sequences. */
        void writeTo(TaggedFileWriter writer) throws IOException;
    }

    private TaggedFileWriter(Writer out) {
        this.out = out;
    }

    /**
     * Writes a file, which appears under its name only when it is whole.
     *
     * @param file the file; replaced if it exists
     * @param content adds the sequences
     * @throws IOException if it cannot be written; exceptions of the content are passed on
     */
    public static void write(Path file, Content content) throws IOException {
        FileReplacement.write(file, stream -> {
            OutputStream packed = file.toString().endsWith(".gz") ? new GZIPOutputStream(stream) : stream;
            try (Writer out = new BufferedWriter(new OutputStreamWriter(packed, StandardCharsets.UTF_8))) {
                content.writeTo(new TaggedFileWriter(out));
            }
        });
    }

    /**
     * Adds a sequence.
     *
     * @throws IllegalArgumentException if a token or label is empty or contains a tab or a line end; nothing is written
     *     then
     */
    public void add(TaggedSequence sequence) throws IOException {
        StringBuilder lines = new StringBuilder(empty ? "" : "\n");
        for (int i = 0; i < sequence.tokens().size(); i++) {
            lines.append(requireColumn("token", sequence.tokens().get(i))).append('\t')
                    .append(requireColumn("label", sequence.labels().get(i))).append('\n');
        }
        out.append(lines);
        empty = false;
    }

    private static String requireColumn(String name, String text) {
        if (text.isEmpty() || text.chars().anyMatch(c -> c == '\t' || c == '\n' || c == '\r')) {
            throw new IllegalArgumentException(
                    name + " must not be empty or contain a tab or a line end, was \"" + text + "\"");
        }
        return text;
    }
}
