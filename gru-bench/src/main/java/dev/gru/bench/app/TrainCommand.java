package dev.gru.bench.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import dev.gru.ModelOptions;
import dev.gru.bench.execution.Arguments;
import dev.gru.bench.execution.CommandFiles;
import dev.gru.bench.execution.EndOfProgram;
import dev.gru.bench.execution.ExitStatus;
import dev.gru.bench.tagging.LabelSet;
import dev.gru.bench.tagging.TaggedData;
import dev.gru.bench.tagging.TaggedFileReader;
import dev.gru.bench.tagging.TaggerFiles;
import dev.gru.bench.tagging.TaggerNotes;
import dev.gru.bench.tagging.TokenChunks;
import dev.gru.bench.tagging.Vocabulary;
import dev.gru.bench.terminal.Terminal;
import dev.gru.bench.training.HistoryFile;
import dev.gru.bench.training.TrainingDisplay;
import dev.gru.format.CheckpointFile;
import dev.gru.format.ModelFile;
import dev.gru.layer.Graph;
import dev.gru.layer.Layer;
import dev.gru.layer.Sequential;
import dev.gru.layer.SequentialBuilder;
import dev.gru.train.EarlyStopping;
import dev.gru.train.Initializer;
import dev.gru.train.LearningRateSchedule;
import dev.gru.train.Loss;
import dev.gru.train.Metric;
import dev.gru.train.Optimizer.Adam;
import dev.gru.train.Trainer;
import dev.gru.train.TrainingCallback;
import dev.gru.train.TrainingData;
import dev.gru.train.TrainingDivergedException;
import dev.gru.train.TrainingOptions;
import dev.gru.train.TrainingResult.Ending;
import dev.gru.train.TrainingResult;
import dev.gru.weights.Activation;
import dev.gru.weights.Precision;

/**
 * Trains a model that labels tokens.
 *
 * <p>Throws an exception with a message of one line for bad files and arguments, which the main command prints.
 */
@Command(name = "train", mixinStandardHelpOptions = true, description = {
        "Trains a model that labels tokens: an embedding whose padding is masked, GRU layers, each followed by dropout,"
                + " and a softmax at every step; with Adam and cross entropy.",
        "The model's file contains the vocabulary and the labels. Beside m.safetensors it writes a history of the"
                + " epochs, m.history.csv, and checkpoints, m.checkpoint.safetensors. When interrupted (Ctrl-C), it"
                + " writes a checkpoint and exits with status 130; --resume continues from there to the same model as"
                + " without the interruption.",
        "It does not start if a model or a checkpoint exists already, except with --overwrite. If the training"
                + " diverges, to numbers that are infinite or NaN, the exit status is 1: no model is written, and the"
                + " last checkpoint stays."}, exitCodeList = {
                        ExitStatus.NO + ":the training diverged, and no model was written"})
final class TrainCommand implements Callable<Integer> {
    /** So often that a crash costs minutes only, so seldom that the time of writing does not matter. */
    private static final int BATCHES_OF_CHECKPOINT = 1000;

    /** Far more than fits into memory. */
    private static final int MAX_SIZE = 1 << 16;
    /** More than anybody trains. */
    private static final int MAX_LAYERS = 1000;

    @Option(names = "--data", required = true, paramLabel = "FILE", description = TaggerOptions.DATA)
    private Path dataFile;

    @Option(names = "--out", required = true, paramLabel = "M.safetensors", description = "file to write the model to")
    private Path out;

    @Option(names = "--embedding", paramLabel = "N", defaultValue = "64", description = "features of each token;"
            + " default: ${DEFAULT-VALUE}")
    private int embedding;

    @Option(names = "--units", paramLabel = "N", defaultValue = "64", description = "units of each GRU layer; default:"
            + " ${DEFAULT-VALUE}")
    private int units;

    @Option(names = "--layers", paramLabel = "N", defaultValue = "2", description = "number of GRU layers; default:"
            + " ${DEFAULT-VALUE}")
    private int layers;

    @Option(names = "--dropout", paramLabel = "R", defaultValue = "0.5", description = "share of the outputs of each"
            + " GRU layer that training drops; default: ${DEFAULT-VALUE}")
    private double dropout;

    @Option(names = "--epochs", paramLabel = "N", defaultValue = "4", description = "passes over the data; default:"
            + " ${DEFAULT-VALUE}")
    private int epochs;

    @Option(names = "--batch", paramLabel = "N", defaultValue = "32", description = "rows per batch; default:"
            + " ${DEFAULT-VALUE}")
    private int batch;

    @Option(names = "--batch-order", paramLabel = "O", defaultValue = "shuffled", description = "rows of a batch:"
            + " shuffled, any rows, as Keras does; or bucketed, those of like lengths, which takes less time where"
            + " lengths differ, as a batch is as long as its longest row; default: ${DEFAULT-VALUE}")
    private BatchOrder batchOrder;

    @Option(names = "--length", paramLabel = "N", defaultValue = TaggerOptions.LENGTH, description = "tokens per row,"
            + " at most; longer sequences are cut; default: ${DEFAULT-VALUE}")
    private int length;

    @Option(names = "--validation-split", paramLabel = "R", defaultValue = "0.2", description = "share of the"
            + " rows, the last ones, that is kept for validation; default: ${DEFAULT-VALUE}")
    private double validationSplit;

    @Option(names = "--learning-rate", paramLabel = "R", defaultValue = "0.001", description = "learning rate of Adam;"
            + " default: ${DEFAULT-VALUE}")
    private double learningRate;

    @Option(names = "--schedule", paramLabel = "S", defaultValue = "constant", description = "schedule of the learning"
            + " rate: constant, or cosine, which falls to 0 at the end of the last epoch; default: ${DEFAULT-VALUE}")
    private Schedule schedule;

    @Option(names = "--weight-decay", paramLabel = "R", defaultValue = "0", description = "decoupled weight decay of"
            + " Adam; default: ${DEFAULT-VALUE}")
    private double weightDecay;

    @Option(names = "--vocabulary", paramLabel = "N", defaultValue = "2000", description = "ids of the vocabulary, at"
            + " most: padding, unknown tokens, and the most frequent tokens; default: ${DEFAULT-VALUE}")
    private int vocabularySize;

    @Option(names = "--labels", paramLabel = "F", description = "the labels in the order of the model's outputs, one"
            + " per line; default: those of the data in alphabetical order")
    private Path labelsFile;

    @Option(names = "--patience", paramLabel = "N", description = "stop when the validation loss has not improved for N"
            + " epochs, and keep the weights of the best one; default: run all epochs, and keep those of the last one")
    private Integer patience;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "7", description = "seed of the initial weights, the"
            + " order of the rows and dropout; default: ${DEFAULT-VALUE}")
    private long seed;

    @Option(names = "--resume", description = "continue from the last checkpoint; the other options must be as before,"
            + " except for more epochs, other threads or another kernel")
    private boolean resume;

    @Option(names = "--overwrite", description = "start from the beginning, and replace an existing model and"
            + " checkpoint")
    private boolean overwrite;

    /** The schedule of the learning rate. */
    enum Schedule {
        CONSTANT, COSINE
    }

    /** Which rows make a batch. */
    enum BatchOrder {
        BUCKETED(TrainingOptions.BatchOrder.BUCKETED_BY_LENGTH), SHUFFLED(TrainingOptions.BatchOrder.SHUFFLED);

        private final TrainingOptions.BatchOrder option;

        BatchOrder(TrainingOptions.BatchOrder option) {
            this.option = option;
        }
    }

    @Mixin
    private KernelOptions kernel;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        TaggerFiles files = TaggerFiles.of(out);
        requireArguments(files);
        requireNothingLost(new CheckpointFile(files.checkpoint()));
        TaggedData data = TaggedFileReader.read(dataFile);
        LabelSet labels = labelsFile == null ? data.labels() : LabelSet.read(labelsFile);
        data.requireLabels(labels);
        Vocabulary vocabulary = Vocabulary.of(data.sequences(), vocabularySize);
        Graph untrained = model(vocabulary.size(), labels.size());
        TokenChunks rows = TokenChunks.of(data.sequences(), vocabulary, labels, length);
        PrintWriter report = spec.commandLine().getOut();
        report.printf(Locale.ROOT, "%s: %,d tokens of %,d sequences in %,d rows of up to %,d; %,d ids, %,d labels;"
                + " %,d parameters%n", dataFile, data.tokens(), data.sequences().size(), rows.rows(), length,
                vocabulary.size(), labels.size(),
                untrained.layers().stream().mapToLong(Layer::parameterCount).sum());
        report.flush();
        TrainingResult result;
        try {
            result = train(untrained, rows.trainingData(), files, report);
        } catch (TrainingDivergedException e) {
            PrintWriter err = spec.commandLine().getErr();
            err.println("gru: " + e.getMessage() + "; no model was written, and " + files.checkpoint()
                    + " is from before the divergence");
            err.flush();
            return ExitStatus.NO;
        }
        if (result.ending() == Ending.INTERRUPTED) {
            return ExitStatus.INTERRUPTED;
        }
        if (result.ending() == Ending.STOPPED_EARLY) {
            report.printf(Locale.ROOT, "%s has not improved for %d epochs: the weights are those of epoch %d%n",
                    Metric.VAL_LOSS.key(), patience, result.history().best(Metric.VAL_LOSS).orElseThrow().epoch());
        }
        ModelFile.write(result.model(), TaggerNotes.of(vocabulary, labels), out, Precision.FP32);
        report.printf(Locale.ROOT, "%s: %,d bytes%n", out, Files.size(out));
        report.flush();
        return ExitStatus.OK;
    }

    /** Refuses to overwrite a model or a checkpoint without --overwrite, and to resume without a checkpoint. */
    private void requireNothingLost(CheckpointFile checkpoint) {
        if (resume && overwrite) {
            throw new IllegalArgumentException("--resume and --overwrite cannot be given both: the one continues a"
                    + " training, the other starts from the beginning");
        }
        boolean begun = Files.exists(checkpoint.file()) || Files.exists(checkpoint.previous());
        if (resume && !begun) {
            throw new IllegalArgumentException(
                    "--resume needs a checkpoint to continue from, and there is no " + checkpoint.file());
        }
        if (!resume && !overwrite && (begun || Files.exists(out))) {
            throw new IllegalArgumentException((begun
                    ? "a training has written checkpoints to " + checkpoint.file()
                    : "there is a model " + out) + " already: --resume continues from the last checkpoint, --overwrite"
                    + " starts from the beginning and replaces it");
        }
    }

    /** Checks the options, before anything is read. */
    private void requireArguments(TaggerFiles files) throws IOException {
        new CommandFiles().reads("--data", dataFile).reads("--labels", labelsFile).writes("--out", out)
                .writes("the history of --out", files.history()).writes("the checkpoint of --out", files.checkpoint());
        Arguments.within("--embedding", 1, MAX_SIZE, embedding);
        Arguments.within("--units", 1, MAX_SIZE, units);
        Arguments.within("--layers", 1, MAX_LAYERS, layers);
        Arguments.atLeast("--epochs", 1, epochs);
        Arguments.atLeast("--batch", 1, batch);
        Arguments.atLeast("--length", 1, length);
        if (patience != null) {
            Arguments.atLeast("--patience", 1, patience);
        }
        Arguments.require(dropout >= 0 && dropout < 1, "--dropout must be at least 0 and below 1, was " + dropout);
        Arguments.require(validationSplit >= 0 && validationSplit < 1,
                "--validation-split must be at least 0 and below 1, was " + validationSplit);
        Arguments.require(learningRate >= 0 && Double.isFinite(learningRate),
                "--learning-rate must be at least 0 and finite, was " + learningRate);
        Arguments.require(weightDecay >= 0 && Double.isFinite(weightDecay),
                "--weight-decay must be at least 0 and finite, was " + weightDecay);
        kernel.options();
    }

    private Graph model(int ids, int labels) {
        SequentialBuilder builder = Sequential.builder().embedding(ids, embedding).maskZero();
        for (int i = 0; i < layers; i++) {
            builder.gru(units).returnSequences();
            if (dropout != 0) {
                builder.dropout(dropout);
            }
        }
        return builder.timeDistributed(labels, Activation.SOFTMAX).build();
    }

    private TrainingResult train(Graph untrained, TrainingData data, TaggerFiles files, PrintWriter report)
            throws IOException {
        ModelOptions run = kernel.options();
        TrainingOptions.Builder options = TrainingOptions.builder(Loss.CATEGORICAL_CROSS_ENTROPY)
                .optimizer(new Adam(learningRate).withWeightDecay(weightDecay)).epochs(epochs).batchSize(batch)
                .batchOrder(batchOrder.option).seed(seed)
                .validationSplit(validationSplit).kernel(run.kernel()).threads(run.threads())
                .checkpoint(files.checkpoint(), BATCHES_OF_CHECKPOINT);
        if (overwrite) {
            options.overwriteCheckpoint();
        }
        if (schedule == Schedule.COSINE) {
            options.schedule(new LearningRateSchedule.Cosine(options.build().steps(data), 0));
        }
        if (patience != null) {
            options.earlyStopping(new EarlyStopping(Metric.VAL_LOSS, patience, 0, true));
        }
        TrainingDisplay display = Terminal.isThere() ? TrainingDisplay.bar(report) : TrainingDisplay.lines(report);
        Trainer trainer = new Trainer(options.callback(requireLayersOf(untrained))
                .callback(new HistoryFile(files.history())).callback(display).build());
        return EndOfProgram.waitsFor(() -> {
            TrainingResult result;
            try (display) {
                result = resume
                        ? trainer.resume(data)
                        : trainer.fit(Initializer.KERAS.initialize(untrained, seed), data);
            }
            if (result.ending() == Ending.INTERRUPTED) {
                report.printf("interrupted; the same command with --resume continues from %s%n", files.checkpoint());
                report.flush();
            }
            return result;
        }, trainer::interrupt);
    }

    /** Returns a callback that throws if the resumed model is not the one that the options describe. */
    private static TrainingCallback requireLayersOf(Graph untrained) {
        return new TrainingCallback() {
            @Override
            public void onBegin(TrainingCallback.Progress progress) {
                String resumed = progress.model().toString();
                if (!resumed.equals(untrained.toString())) {
                    throw new IllegalArgumentException("the model must be that of the training that is resumed, "
                            + resumed + ", was " + untrained);
                }
            }
        };
    }
}
