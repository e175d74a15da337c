package dev.gru.bench.tagging;

import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;
import java.util.zip.GZIPOutputStream;

/**
 * Writes labelled sequences in two columns, as {@link TaggedFileReader} reads them; gzipped if the file's name ends in
 * {@code .gz}.
 *
 * <p>The same sequences make the same bytes. The file appears under its name only when {@link #finish} is called: it is
 * written beside it first. For use by one thread.
 */
public final class TaggedFileWriter implements Closeable {
    private final Path file;
    private final Path unfinished;
    private final Writer out;
    private boolean empty = true;

    /**
     * Begins a file.
     *
     * @param file where it is to be; a file that is there is replaced
     */
    public TaggedFileWriter(Path file) throws IOException {
        this.file = file;
        unfinished = file.resolveSibling(".writing-" + UUID.randomUUID() + ".tsv");
        OutputStream stream = Files.newOutputStream(unfinished);
        OutputStream packed = file.toString().endsWith(".gz") ? new GZIPOutputStream(stream) : stream;
        out = new BufferedWriter(new OutputStreamWriter(packed, StandardCharsets.UTF_8));
    }

    /**
     * Adds a sequence.
     *
     * @throws IllegalArgumentException if a token or label has no character, or has a tab or the end of a line in it;
     *     nothing is written then
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
                    name + " must have a character, and no tab or end of a line, was \"" + text + "\"");
        }
        return text;
    }

    /** Ends the file and gives it its name. */
    public void finish() throws IOException {
        out.close();
        Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Removes what was written, unless it was finished. */
    @Override
    public void close() throws IOException {
        out.close();
        Files.deleteIfExists(unfinished);
    }
}
