package dev.gru.bench.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

import dev.gru.ModelOptions;
import dev.gru.bench.demo.JavaTagger;
import dev.gru.bench.demo.TaggerRun;
import dev.gru.bench.javasource.SourceFile;
import dev.gru.bench.tagging.Accuracy;
import dev.gru.bench.tagging.LabelSet;
import dev.gru.bench.tagging.TaggedFileReader;
import dev.gru.bench.tagging.TaggedFileWriter;
import dev.gru.bench.tagging.TaggedSequence;
import dev.gru.bench.tagging.Tagger;
import dev.gru.bench.tagging.TaggerNotes;
import dev.gru.bench.tagging.Vocabulary;
import dev.gru.format.ModelFile;
import dev.gru.format.ModelReader;
import dev.gru.weights.Precision;

/** The tagger of the demonstration on a file of this project, against what the demonstration says of it. */
class EvaluateCommandTest {
    private static final Path SOURCE = Path.of("..", "gru-core", "src", "main", "java", "dev", "gru", "kernel",
            "ScalarGru.java");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path directory;
    private Path data;

    @BeforeEach
    void makeData() {
        data = directory.resolve("d.tsv.gz");
        assertEquals(0, execute("tagger-data", SOURCE.toString(), "--out", data.toString()), err.toString());
    }

    private static Path resource(String name) throws URISyntaxException {
        return Path.of(JavaTagger.class.getResource(name).toURI());
    }

    private int execute(String... args) {
        CommandLine commandLine = GruCommand.commandLine();
        commandLine.setOut(new PrintWriter(out));
        commandLine.setErr(new PrintWriter(err));
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return commandLine.execute(args);
    }

    private int evaluate(Path model, String... more) {
        String[] args = new String[7 + more.length];
        System.arraycopy(new String[]{"evaluate", "--model", model.toString(), "--data", data.toString(), "--kernel",
                "portable"}, 0, args, 0, 7);
        System.arraycopy(more, 0, args, 7, more.length);
        return execute(args);
    }

    private static String line(Accuracy accuracy) {
        return String.format(Locale.ROOT, "accuracy %s: %,d of %,d tokens", accuracy, accuracy.correct(),
                accuracy.tokens());
    }

    @Test
    void wholeSequencesAreLabelledAsTheDemonstrationLabelsThem() throws Exception {
        Accuracy expected;
        SourceFile file = SourceFile.read(SOURCE);
        try (Tagger tagger = JavaTagger.load(ModelOptions.defaults().withKernel("portable"))) {
            expected = TaggerRun.of(tagger.model(), List.of(tagger.vocabulary().ids(file.texts())), Integer.MAX_VALUE)
                    .accuracy(List.of(file));
        }
        assertEquals(0, evaluate(resource("java-tagger.safetensors"), "--length", "0"), err.toString());
        assertEquals(line(expected), out.toString().lines().findFirst().orElseThrow());
    }

    @Test
    void aModelThatBeginsAnewReadsWhatIsCut() throws Exception {
        Path anew = directory.resolve("anew.json");
        assertEquals(0, evaluate(resource("java-tagger.safetensors"), "--length", "7", "--json", anew.toString()));
        TaggedSequence whole = TaggedFileReader.read(data).sequences().getFirst();
        data = directory.resolve("cut.tsv");
        TaggedFileWriter.write(data, writer -> {
            for (int from = 0; from < whole.tokens().size(); from += 7) {
                int to = Math.min(from + 7, whole.tokens().size());
                writer.add(new TaggedSequence(whole.tokens().subList(from, to), whole.labels().subList(from, to)));
            }
        });
        Path cut = directory.resolve("cut.json");
        assertEquals(0, evaluate(resource("java-tagger.safetensors"), "--length", "0", "--json", cut.toString()));
        assertEquals(Files.readString(cut), Files.readString(anew));
    }

    @Test
    void vocabularyAndLabelsMayBeElsewhere() throws Exception {
        Path model = Files.copy(resource("java-tagger.safetensors"), directory.resolve("m.safetensors"));
        assertEquals(2, evaluate(model));
        assertTrue(err.toString().startsWith("gru: the model's file has none, and there is no "
                + directory.resolve("m.vocab.txt") + " beside it; --vocabulary-file must name"), err.toString());
        Path vocabulary = resource("java-tagger.vocab.txt");
        assertEquals(2, evaluate(model, "--vocabulary-file", vocabulary.toString()));
        assertTrue(err.toString().contains(directory.resolve("m.labels.txt") + " beside it; --labels must"),
                err.toString());
        String labels = resource("java-tagger.labels.txt").toString();
        assertEquals(0, evaluate(model, "--vocabulary-file", vocabulary.toString(), "--labels", labels));
        Path short1 = Files.write(directory.resolve("v"), Files.readAllLines(vocabulary).subList(0, 1999));
        assertEquals(2, evaluate(model, "--vocabulary-file", short1.toString(), "--labels", labels));
        assertEquals("gru: vocabulary must have 2000 lines, as many as the model's table has rows, had 1999",
                err.toString().strip());
    }

    /** The model of the demonstration, with its vocabulary and labels in its file. */
    private Path whole() throws Exception {
        Path model = directory.resolve("whole.safetensors");
        ModelFile.write(ModelReader.read(resource("java-tagger.safetensors")),
                TaggerNotes.of(Vocabulary.read(resource("java-tagger.vocab.txt")),
                        LabelSet.read(resource("java-tagger.labels.txt"))),
                model, Precision.FP32);
        return model;
    }

    @Test
    void whatIsInTheModelsFileComesBeforeWhatLiesBesideItAndAfterOptions() throws Exception {
        assertEquals(0, evaluate(resource("java-tagger.safetensors")), err.toString());
        String expected = out.toString();
        Path model = whole();
        Path vocabulary = Files.write(directory.resolve("whole.vocab.txt"), List.of("<pad>", "<unk>", "of another"));
        Path labels = Files.write(directory.resolve("whole.labels.txt"), List.of("OF", "ANOTHER"));
        assertEquals(0, evaluate(model), err.toString());
        assertEquals(expected, out.toString());
        assertEquals(2, evaluate(model, "--vocabulary-file", vocabulary.toString()));
        assertEquals("gru: vocabulary must have 2000 lines, as many as the model's table has rows, had 3",
                err.toString().strip());
        assertEquals(2, evaluate(model, "--labels", labels.toString()));
        assertEquals("gru: labels must be 10, as many as the model has outputs, were 2", err.toString().strip());
    }

    @Test
    void aConvertedModelKeepsWhatIsInItsFile() throws Exception {
        Path model = whole();
        assertEquals(0, evaluate(model), err.toString());
        String expected = out.toString();
        Path converted = directory.resolve("c.safetensors");
        assertEquals(0, execute("convert", "--model", model.toString(), "--out", converted.toString()), err.toString());
        assertEquals(0, evaluate(converted), err.toString());
        assertEquals(expected, out.toString());
    }

    @Test
    void badArgumentsAreOneLine() throws Exception {
        assertEquals(2, evaluate(resource("java-tagger.safetensors"), "--length", "-1"));
        assertEquals("gru: --length must be at least 0, was -1", err.toString().strip());
        Path labels = Files.writeString(directory.resolve("labels"), "KEYWORD\nTYPE\n");
        assertEquals(2, evaluate(resource("java-tagger.safetensors"), "--labels", labels.toString()));
        assertEquals("gru: labels must be 10, as many as the model has outputs, were 2", err.toString().strip());
        data = Files.writeString(directory.resolve("d.tsv"), "a\tTYPE\nb\tVERB\n");
        assertEquals(2, evaluate(resource("java-tagger.safetensors")));
        assertTrue(err.toString().startsWith("gru: " + data + ": line 2: the label VERB is none of [KEYWORD, TYPE,"),
                err.toString());
        assertEquals(2, evaluate(resource("/predict/stacked_dense.keras"), "--vocabulary-file",
                resource("java-tagger.vocab.txt").toString(), "--labels", labels.toString()));
        assertTrue(err.toString().startsWith("gru: model must take token ids and have an output for each"),
                err.toString());
    }
}
