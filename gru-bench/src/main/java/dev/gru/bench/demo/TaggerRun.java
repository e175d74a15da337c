package dev.gru.bench.demo;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

import org.HdrHistogram.Histogram;

import dev.gru.GruModel;
import dev.gru.GruSession;
import dev.gru.bench.javasource.SourceFile;
import dev.gru.bench.javasource.TokenClass;
import dev.gru.bench.tagging.Accuracy;
import dev.gru.bench.tagging.Tagger;

/**
 * One run of the tagger over token streams, step by step: the outputs, and the time of each step.
 *
 * <p>Immutable.
 */
public final class TaggerRun {
    /** More than the slowest kernel needs to warm up. */
    private static final Duration WARM_UP_LIMIT = Duration.ofSeconds(20);

    private final String kernel;
    private final TokenClass[][] predicted;
    private final float[] outputs;
    private final int outputSize;
    private final int tokens;
    private final Histogram nanos = new Histogram(3);
    private long totalNanos;

    private TaggerRun(GruModel model, List<int[]> streams, int limit) {
        kernel = model.kernel();
        outputSize = model.outputSize();
        tokens = (int) Math.min(limit, streams.stream().mapToLong(stream -> stream.length).sum());
        outputs = new float[Math.multiplyExact(tokens, outputSize)];
        predicted = new TokenClass[streams.size()][];
        model.warmUp(WARM_UP_LIMIT);
        measure(model.newSession(), streams);
    }

    /**
     * Runs streams after a warm-up, each from a state of zeros.
     *
     * @param model a model with one output per class of token
     * @param streams token ids
     * @param limit the largest number of tokens to run, in all streams
     */
    public static TaggerRun of(GruModel model, List<int[]> streams, int limit) {
        return new TaggerRun(model, streams, limit);
    }

    private void measure(GruSession session, List<int[]> streams) {
        TokenClass[] classes = TokenClass.values();
        float[] y = new float[outputSize];
        int done = 0;
        for (int i = 0; i < predicted.length; i++) {
            int[] stream = streams.get(i);
            predicted[i] = new TokenClass[Math.min(stream.length, tokens - done)];
            session.reset();
            for (int t = 0; t < predicted[i].length; t++) {
                long start = System.nanoTime();
                session.step(stream[t], y);
                long took = System.nanoTime() - start;
                nanos.recordValue(took);
                totalNanos += took;
                predicted[i][t] = classes[Tagger.indexOfLargest(y, 0, outputSize)];
                System.arraycopy(y, 0, outputs, done * outputSize, outputSize);
                done++;
            }
        }
    }

    /** Returns the name of the kernel. */
    String kernel() {
        return kernel;
    }

    /** Returns the number of tokens that were run and timed. */
    int tokens() {
        return tokens;
    }

    /** Returns the predicted classes of the tokens of a stream that were run. */
    public List<TokenClass> predicted(int stream) {
        return Arrays.asList(predicted[stream]);
    }

    /** Compares the predictions with the classes of the files that javac could parse, one file per stream. */
    public Accuracy accuracy(List<SourceFile> files) {
        long correct = 0;
        long compared = 0;
        for (int i = 0; i < files.size(); i++) {
            List<TokenClass> truth = files.get(i).truth().orElse(List.of());
            int common = Math.min(truth.size(), predicted[i].length);
            for (int t = 0; t < common; t++) {
                if (predicted[i][t] == truth.get(t)) {
                    correct++;
                }
            }
            compared += common;
        }
        return new Accuracy(correct, compared);
    }

    /** Returns a percentile of the time of a step, in ns. */
    long nanosAtPercentile(double percentile) {
        return nanos.getValueAtPercentile(percentile);
    }

    /** Returns the throughput of one stream on one thread; 0 if nothing was run. */
    double tokensPerSecond() {
        return totalNanos == 0 ? 0 : tokens * 1e9 / totalNanos;
    }

    /** Returns the number of tokens that both this run and another one ran. */
    int tokensInCommon(TaggerRun other) {
        return Math.min(tokens, other.tokens);
    }

    /**
     * Returns the largest absolute difference between the outputs of two runs of the same streams, over the tokens that
     * both ran.
     */
    double largestDifference(TaggerRun other) {
        return IntStream.range(0, tokensInCommon(other) * outputSize)
                .mapToDouble(i -> Math.abs((double) outputs[i] - other.outputs[i])).max().orElse(0);
    }
}
