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
import dev.gru.bench.execution.ExitStatus;
import dev.gru.bench.tagging.ConfusionMatrix;
import dev.gru.bench.tagging.EvaluationReport;
import dev.gru.bench.tagging.LabelSet;
import dev.gru.bench.tagging.TaggedFileReader;
import dev.gru.bench.tagging.Tagger;
import dev.gru.bench.tagging.TaggerFiles;
import dev.gru.bench.tagging.TaggerNotes;
import dev.gru.bench.tagging.Vocabulary;
import dev.gru.format.ModelFile;

/**
 * Reports how well a model labels the tokens of a file.
 *
 * <p>Throws an exception with a message of one line for bad files and arguments, which the main command prints.
 */
@Command(name = "evaluate", mixinStandardHelpOptions = true, description = {
        "Reports how well a model labels tokens: accuracy, the precision, recall and F1 of each label, and the"
                + " confusion matrix."})
final class EvaluateCommand implements Callable<Integer> {
    @Mixin
    private ModelArguments arguments;

    @Option(names = "--data", required = true, paramLabel = "FILE", description = TaggerOptions.DATA)
    private Path dataFile;

    @Option(names = "--vocabulary-file", paramLabel = "F", description = "the tokens that the model knows, one per"
            + " line; default: those in the model's file, or, if it has none, in the file beside it: m.vocab.txt for"
            + " m.keras")
    private Path vocabularyFile;

    @Option(names = "--labels", paramLabel = "F", description = "the labels that the model gives, one per line;"
            + " default: those in the model's file, or, if it has none, in the file beside it: m.labels.txt for"
            + " m.keras")
    private Path labelsFile;

    @Option(names = "--length", paramLabel = "N", defaultValue = TaggerOptions.LENGTH, description = "tokens after"
            + " which the state is reset, as in training; 0 for whole sequences; default: ${DEFAULT-VALUE}")
    private int length;

    @Mixin
    private KernelOptions kernel;

    @Option(names = "--json", paramLabel = "FILE", description = "also write the figures to a file")
    private Path json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        Arguments.atLeast("--length", 0, length);
        arguments.check().reads("--data", dataFile).reads("--vocabulary-file", vocabularyFile)
                .reads("--labels", labelsFile).writes("--json", json);
        ModelFile.Content content = arguments.readContent();
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
        return ExitStatus.OK;
    }

    private Vocabulary vocabulary(Map<String, String> notes) throws IOException {
        Optional<Vocabulary> ofModel = TaggerNotes.vocabulary(arguments.file(), notes);
        return vocabularyFile == null && ofModel.isPresent()
                ? ofModel.get()
                : Vocabulary.read(
                        given("--vocabulary-file", vocabularyFile, TaggerFiles.of(arguments.file()).vocabulary()));
    }

    private LabelSet labels(Map<String, String> notes) throws IOException {
        Optional<LabelSet> ofModel = TaggerNotes.labels(arguments.file(), notes);
        return labelsFile == null && ofModel.isPresent()
                ? ofModel.get()
                : LabelSet.read(given("--labels", labelsFile, TaggerFiles.of(arguments.file()).labels()));
    }

    private static Path given(String option, Path given, Path beside) {
        if (given == null && !Files.exists(beside)) {
            throw new IllegalArgumentException("the model's file has none, and there is no " + beside
                    + " beside it; " + option + " must name the file that belongs to the model");
        }
        return given == null ? beside : given;
    }
}
