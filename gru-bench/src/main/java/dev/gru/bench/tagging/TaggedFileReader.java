package dev.gru.bench.tagging;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Reads labelled sequences from text in UTF-8, gzipped or not, in one of two formats. In both, a blank line ends a
 * sequence.
 *
 * <ul>
 * <li>A token, a tab and its label on each line.
 * <li><a href="https://universaldependencies.org/format.html">CoNLL-U</a>: ten columns separated by tabs; the second is
 * the token (FORM), the fourth its label (UPOS). Comments, multiword tokens (such as {@code 1-2}) and empty nodes
 * ({@code 1.1}) are skipped.
 * </ul>
 *
 * <p>A file is CoNLL-U if its name ends in {@code .conllu} or {@code .conllu.gz}, or if it begins with a line of ten
 * columns or with a comment: a line that starts with {@code #} and has no tab.
 */
public final class TaggedFileReader {
    private static final String CONLLU_SUFFIX = ".conllu";
    private static final int CONLLU_COLUMNS = 10;
    private static final int FORM = 1;
    private static final int UPOS = 3;
    private static final String UNSPECIFIED = "_";
    private static final Pattern WORD = Pattern.compile("[0-9]+");
    private static final Pattern RANGE_OR_EMPTY_NODE = Pattern.compile("[0-9]+[-.][0-9]+");

    private final LineReader reader;
    private final List<TaggedSequence> sequences = new ArrayList<>();
    private final Map<String, Long> labelLines = new LinkedHashMap<>();

    /** One instance of every text, however often it occurs. */
    private final Map<String, String> texts = new HashMap<>();

    private final List<String> tokens = new ArrayList<>();
    private final List<String> labels = new ArrayList<>();

    private TaggedFileReader(LineReader reader) {
        this.reader = reader;
    }

    /**
     * Reads a file.
     *
     * @throws IOException if it cannot be read, has no tokens, or has a malformed line; the message names the file and
     *     the line
     */
    public static TaggedData read(Path file) throws IOException {
        try (LineReader reader = LineReader.open(file)) {
            return new TaggedFileReader(reader).read(file, file.toString().replaceFirst("\\.gz$", "")
                    .endsWith(CONLLU_SUFFIX));
        }
    }

    private TaggedData read(Path file, boolean named) throws IOException {
        boolean decided = named;
        boolean conllu = named;
        for (String line = reader.next(); line != null; line = reader.next()) {
            if (line.isBlank() && line.indexOf('\t') < 0) {
                endSequence();
                continue;
            }
            String[] columns = line.split("\t", -1);
            if (!decided) {
                conllu = columns.length == CONLLU_COLUMNS || (columns.length == 1 && line.startsWith("#"));
                decided = true;
            }
            if (conllu) {
                readConllu(line, columns);
            } else {
                readTwoColumns(columns);
            }
        }
        endSequence();
        if (sequences.isEmpty()) {
            throw new IOException(file + ": has no tokens");
        }
        return new TaggedData(file, sequences, labelLines);
    }

    private void readTwoColumns(String[] columns) throws IOException {
        if (columns.length != 2 || columns[0].isEmpty() || columns[1].isEmpty()) {
            throw reader.error("must be a token, a tab and its label, has " + columns.length
                    + (columns.length == 1 ? " column" : " columns")
                    + (columns.length == 2 ? ", of which one is empty" : ""));
        }
        add(columns[0], columns[1]);
    }

    private void readConllu(String line, String[] columns) throws IOException {
        if (line.startsWith("#")) {
            return;
        }
        if (columns.length != CONLLU_COLUMNS) {
            throw reader.error("must have " + CONLLU_COLUMNS + " columns separated by tabs, as CoNLL-U has, has "
                    + columns.length);
        }
        if (RANGE_OR_EMPTY_NODE.matcher(columns[0]).matches()) {
            return;
        }
        if (!WORD.matcher(columns[0]).matches()) {
            throw reader.error("must begin with the number of a word, begins with " + columns[0]);
        }
        if (columns[FORM].isEmpty()) {
            throw reader.error("has no form in column " + (FORM + 1));
        }
        if (columns[UPOS].isEmpty() || columns[UPOS].equals(UNSPECIFIED)) {
            throw reader.error("has no part of speech (UPOS) in column " + (UPOS + 1));
        }
        add(columns[FORM], columns[UPOS]);
    }

    private void add(String token, String label) {
        tokens.add(texts.computeIfAbsent(token, text -> text));
        labels.add(texts.computeIfAbsent(label, text -> text));
        labelLines.putIfAbsent(label, reader.number());
    }

    private void endSequence() {
        if (!tokens.isEmpty()) {
            sequences.add(new TaggedSequence(tokens, labels));
            tokens.clear();
            labels.clear();
        }
    }
}
