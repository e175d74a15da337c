package dev.gru.bench.tagging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TaggedFileReaderTest {
    private static final String CONLLU = """
            # sent_id = 1
            # text = vámonos al\tmar
            1-2\tvámonos\t_\t_\t_\t_\t_\t_\t_\t_
            1\tvamos\tir\tVERB\t_\t_\t0\troot\t_\t_
            2\tnos\tnosotros\tPRON\t_\t_\t1\tobj\t_\t_
            2.1\tnada\t_\tNOUN\t_\t_\t_\t_\t_\t_

            1\t#\t#\tSYM\t_\t_\t0\troot\t_\t_
            """;

    @TempDir
    private Path directory;

    private TaggedData read(String name, String text) throws IOException {
        return TaggedFileReader.read(Files.writeString(directory.resolve(name), text));
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\tX\n#\tY\n\nb c\tX\n", "a\tX\r\n#\tY\r\n\r\nb c\tX\r\n", "a\tX\n#\tY\n\n  \n\nb c\tX",
            "\uFEFF\n\na\tX\n#\tY\n\nb c\tX\n\n\n"})
    void twoColumnsAndBlankLines(String text) throws IOException {
        TaggedData data = read("d.tsv", text);
        assertEquals(List.of(new TaggedSequence(List.of("a", "#"), List.of("X", "Y")),
                new TaggedSequence(List.of("b c"), List.of("X"))), data.sequences());
        assertEquals(3, data.tokens());
        assertEquals(List.of("X", "Y"), List.copyOf(data.labelLines().keySet()));
    }

    @Test
    void compressedDataIsSeenFromItsContent() throws IOException {
        Path file = Files.write(directory.resolve("d"), gzip("a\tX\n\nb\tY\n"));
        assertEquals(List.of(new TaggedSequence(List.of("a"), List.of("X")),
                new TaggedSequence(List.of("b"), List.of("Y"))), TaggedFileReader.read(file).sequences());
    }

    @Test
    void aHashInTwoColumnsIsAToken() throws IOException {
        assertEquals(List.of("#"), read("d.tsv", "#\tX\n").sequences().getFirst().tokens());
    }

    @ParameterizedTest
    @ValueSource(strings = {"d.conllu", "d.txt"})
    void conlluHasFormAndPartOfSpeechOfWords(String name) throws IOException {
        List<TaggedSequence> expected = List.of(
                new TaggedSequence(List.of("vamos", "nos"), List.of("VERB", "PRON")),
                new TaggedSequence(List.of("#"), List.of("SYM")));
        assertEquals(expected, read(name, CONLLU).sequences());
        assertEquals(expected, read(name, CONLLU.lines().skip(2).reduce("", (a, b) -> a + b + "\n")).sequences());
    }

    @Test
    void theNameOfACompressedFileSaysThatItIsConllu() throws IOException {
        Path file = Files.write(directory.resolve("d.conllu.gz"), gzip("# a\tcomment\n" + CONLLU));
        assertEquals(2, TaggedFileReader.read(file).sequences().size());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "d.tsv    | a,X;b             | line 2: must be a token, a tab and its label, has 1 column",
            "d.tsv    | a,X,Y             | line 1: must be a token, a tab and its label, has 3 columns",
            "d.tsv    | a,X;;,X           | line 3: must be a token, a tab and its label, has 2 columns, of which one"
                    + " is empty",
            "d.tsv    | a,X;b,            | line 2: must be a token, a tab and its label, has 2 columns, of which one"
                    + " is empty",
            "d.tsv    | a,X;b!b,X         | line 2: has a carriage return in it",
            "d.conllu | #;1,a,a,X         | line 2: must have 10 columns separated by tabs, as CoNLL-U has, has 4",
            "d.conllu | 1,a,_,_,_,_,_,_,_,_ | line 1: has no part of speech (UPOS) in column 4",
            "d.conllu | 1,,_,X,_,_,_,_,_,_  | line 1: has no form in column 2",
            "d.conllu | a,a,_,X,_,_,_,_,_,_ | line 1: must begin with the number of a word, begins with a",
            "d.tsv    | ;;                | has no tokens"})
    void errorsNameFileAndLine(String name, String text, String expected) {
        String message = assertThrows(IOException.class,
                () -> read(name, text.replace(',', '\t').replace(';', '\n').replace('!', '\r'))).getMessage();
        assertEquals(directory.resolve(name) + ": " + expected, message);
    }

    @Test
    void damageIsNamed() throws IOException {
        Path file = directory.resolve("d.tsv.gz");
        byte[] whole = gzip("token\tLABEL\n".repeat(1000));
        for (int length = 2; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            String message = assertThrows(IOException.class, () -> TaggedFileReader.read(file)).getMessage();
            assertEquals(file + ": is damaged: the compressed data is cut off", message);
        }
        byte[] changed = whole.clone();
        changed[changed.length - 6] ^= 1;
        Files.write(file, changed);
        String message = assertThrows(IOException.class, () -> TaggedFileReader.read(file)).getMessage();
        assertTrue(message.startsWith(file + ": is damaged: the compressed data is wrong: "), message);
        Files.write(file, new byte[]{'a', '\t', 'X', '\n', (byte) 0xC0, '\t', 'X', '\n'});
        assertEquals(file + ": line 2: is not text in UTF-8",
                assertThrows(IOException.class, () -> TaggedFileReader.read(file)).getMessage());
        Files.write(file, new byte[1 << 17]);
        assertEquals(file + ": line 1: is longer than 65536 bytes",
                assertThrows(IOException.class, () -> TaggedFileReader.read(file)).getMessage());
        assertThrows(NoSuchFileException.class, () -> TaggedFileReader.read(directory.resolve("missing")));
    }
}
