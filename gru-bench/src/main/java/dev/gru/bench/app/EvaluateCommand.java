package dev.gru.bench.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import dev.gru.GruModel;
import dev.gru.bench.execution.Arguments;
import dev.gru.bench.execution.CommandFiles;
import dev.gru.bench.tagging.ConfusionMatrix;
import dev.gru.bench.tagging.EvaluationReport;
import dev.gru.bench.tagging.LabelSet;
import dev.gru.bench.tagging.TaggedFileReader;
import dev.gru.bench.tagging.Tagger;
import dev.gru.bench.tagging.TaggerFiles;
import dev.gru.bench.tagging.TaggerNotes;
import dev.gru.bench.tagging.Vocabulary;
import dev.gru.format.ModelFile;
import dev.gru.format.ModelReader;

/**
 * Says how well a model labels the tokens of a file.
 *
 * <p>Bad files and arguments are thrown as exceptions of one line; the main command prints them.
 */
@Command(name = "evaluate", mixinStandardHelpOptions = true, description = {
        "Says how well a model labels tokens: accuracy, precision and recall of each label, and which labels it takes"
                + " for which."})
final class EvaluateCommand implements Callable<Integer> {
    @Option(names = "--model", required = true, paramLabel = "M", description = "a model file of any format")
    private Path modelFile;

    @Option(names = "--data", required = true, paramLabel = "FILE", description = TaggerOptions.DATA)
    private Path dataFile;

    @Option(names = "--vocabulary-file", paramLabel = "F", description = "the tokens that the model knows, one a line;"
            + " default: those in the model's file, or, if it has none, what lies beside it, of m.keras m.vocab.txt")
    private Path vocabularyFile;

    @Option(names = "--labels", paramLabel = "F", description = "the labels that the model gives, one a line; default:"
            + " those in the model's file, or, if it has none, what lies beside it, of m.keras m.labels.txt")
    private Path labelsFile;

    @Option(names = "--length", paramLabel = "N", defaultValue = TaggerOptions.LENGTH, description = "how many tokens"
            + " the model reads before it begins anew, as in training; 0 for whole sequences; default: ${DEFAULT-VALUE}")
    private int length;

    @Mixin
    private KernelOptions kernel;

    @Option(names = "--json", paramLabel = "FILE", description = "write the figures to a file, too")
    private Path json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        Arguments.atLeast("--length", 0, length);
        new CommandFiles().reads("--model", modelFile).reads("--data", dataFile)
                .reads("--vocabulary-file", vocabularyFile).reads("--labels", labelsFile).writes("--json", json);
        ModelFile.Content content = ModelReader.readContent(modelFile);
        Vocabulary vocabulary = vocabulary(content.notes());
        LabelSet labels = labels(content.notes());
        ConfusionMatrix matrix;
        try (GruModel model = GruModel.of(content.model(), kernel.options())) {
            matrix = new Tagger(model, vocabulary, labels).evaluate(TaggedFileReader.read(dataFile), length);
        }
        PrintWriter out = spec.commandLine().getOut();
        out.print(EvaluationReport.format(matrix));
        out.flush();
        if (json != null) {
            EvaluationReport.write(matrix, json);
        }
        return 0;
    }

    private Vocabulary vocabulary(Map<String, String> notes) throws IOException {
        Optional<Vocabulary> ofModel = TaggerNotes.vocabulary(modelFile, notes);
        return vocabularyFile == null && ofModel.isPresent()
                ? ofModel.get()
                : Vocabulary.read(given("--vocabulary-file", vocabularyFile, TaggerFiles.of(modelFile).vocabulary()));
    }

    private LabelSet labels(Map<String, String> notes) throws IOException {
        Optional<LabelSet> ofModel = TaggerNotes.labels(modelFile, notes);
        return labelsFile == null && ofModel.isPresent()
                ? ofModel.get()
                : LabelSet.read(given("--labels", labelsFile, TaggerFiles.of(modelFile).labels()));
    }

    private static Path given(String option, Path given, Path beside) {
        if (given == null && !Files.exists(beside)) {
            throw new IllegalArgumentException("the model's file has none, and there is no " + beside
                    + " beside it; " + option + " must name the file that belongs to the model");
        }
        return given == null ? beside : given;
    }
}
