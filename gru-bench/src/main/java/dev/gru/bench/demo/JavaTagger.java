package dev.gru.bench.demo;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import dev.gru.GruModel;
import dev.gru.ModelOptions;
import dev.gru.bench.javasource.TokenClass;
import dev.gru.bench.tagging.LabelSet;
import dev.gru.bench.tagging.Tagger;
import dev.gru.bench.tagging.Vocabulary;

/** The model of the demonstration, which is part of the command line: it labels the tokens of Java source. */
public final class JavaTagger {
    private static final String MODEL = "java-tagger.safetensors";
    private static final String VOCABULARY = "java-tagger.vocab.txt";
    private static final String LABELS = "java-tagger.labels.txt";

    private JavaTagger() {
    }

    /**
     * Loads the model.
     *
     * @throws IllegalStateException if its labels are not the classes of {@link TokenClass}
     */
    public static Tagger load(ModelOptions options) throws IOException {
        List<String> expected = Stream.of(TokenClass.values()).map(TokenClass::name).toList();
        LabelSet labels;
        try (InputStream in = open(LABELS)) {
            labels = LabelSet.read(LABELS, in);
        }
        if (!labels.names().equals(expected)) {
            throw new IllegalStateException(LABELS + " must list " + expected + ", lists " + labels);
        }
        Vocabulary vocabulary = vocabulary();
        try (InputStream in = open(MODEL)) {
            return Tagger.of(GruModel.load(MODEL, in, options), vocabulary, labels);
        }
    }

    /** Copies the model to a directory, and returns the file. */
    public static Path copyTo(Path directory) throws IOException {
        Path file = directory.resolve(MODEL);
        try (InputStream in = open(MODEL)) {
            Files.copy(in, file);
        }
        return file;
    }

    /** Loads the vocabulary of the model. */
    public static Vocabulary vocabulary() throws IOException {
        try (InputStream in = open(VOCABULARY)) {
            return Vocabulary.read(VOCABULARY, in);
        }
    }

    private static InputStream open(String resource) throws IOException {
        InputStream in = JavaTagger.class.getResourceAsStream(resource);
        if (in == null) {
            throw new NoSuchFileException("resource " + resource);
        }
        return in;
    }
}
