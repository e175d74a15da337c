package dev.gru.bench.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import dev.gru.GruModel;
import dev.gru.ModelOptions;
import dev.gru.bench.javasource.JavaToken;
import dev.gru.bench.javasource.JavaTokenizer;
import dev.gru.bench.javasource.SourceFile;
import dev.gru.bench.javasource.TokenClass;
import dev.gru.bench.tagging.Accuracy;
import dev.gru.layer.Dense;
import dev.gru.layer.Embedding;
import dev.gru.layer.Sequential;
import dev.gru.layer.TimeDistributed;
import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;

class TaggerRunTest {
    private static final int CLASSES = TokenClass.values().length;
    private static final List<int[]> STREAMS = List.of(new int[]{0, 1, 2}, new int[0], new int[]{3, 4, 5, 6});

    /** A model whose largest output for token {@code t} is the one at {@code t + shift}. */
    private static TaggerRun run(int limit, int shift) {
        float[] table = new float[CLASSES * CLASSES];
        float[] identity = new float[CLASSES * CLASSES];
        for (int i = 0; i < CLASSES; i++) {
            table[i * CLASSES + (i + shift) % CLASSES] = 2;
            identity[i * CLASSES + i] = 1;
        }
        var dense = new Dense("dense",
                new DenseWeights(CLASSES, CLASSES, Activation.LINEAR, identity, new float[CLASSES]));
        var layers = new Sequential(
                List.of(new Embedding("embedding", CLASSES, CLASSES, table), new TimeDistributed("td", dense)));
        try (GruModel model = GruModel.of(layers, ModelOptions.defaults().withKernel("scalar"))) {
            return TaggerRun.of(model, STREAMS, limit);
        }
    }

    @Test
    void predictsTheClassOfTheLargestOutput() {
        TaggerRun run = run(Integer.MAX_VALUE, 0);
        assertEquals(List.of(TokenClass.KEYWORD, TokenClass.TYPE, TokenClass.METHOD), run.predicted(0));
        assertEquals(List.of(), run.predicted(1));
        assertEquals(List.of(TokenClass.FIELD, TokenClass.PARAMETER, TokenClass.LOCAL, TokenClass.ANNOTATION),
                run.predicted(2));
        assertEquals(7, run.tokens());
        assertTrue(run.tokensPerSecond() > 0);
        assertTrue(run.nanosAtPercentile(50) <= run.nanosAtPercentile(99));
    }

    @Test
    void stopsAtTheLimit() {
        TaggerRun run = run(4, 0);
        assertEquals(4, run.tokens());
        assertEquals(3, run.predicted(0).size());
        assertEquals(List.of(TokenClass.FIELD), run.predicted(2));
    }

    @Test
    void comparesWhatBothRan() {
        TaggerRun all = run(Integer.MAX_VALUE, 0);
        assertEquals(4, all.tokensInCommon(run(4, 0)));
        assertEquals(0, all.largestDifference(run(4, 0)));
        assertEquals(2, run(4, 1).largestDifference(all));
    }

    @Test
    void accuracyLeavesOutWhatJavacCannotParse() {
        TaggerRun run = run(6, 0);
        List<JavaToken> none = List.of();
        var files = List.of(
                new SourceFile(Path.of("A.java"), "", none,
                        Optional.of(List.of(TokenClass.KEYWORD, TokenClass.LOCAL, TokenClass.METHOD))),
                new SourceFile(Path.of("B.java"), "", none, Optional.of(List.of())),
                new SourceFile(Path.of("C.java"), "", none, Optional.empty()));
        assertEquals(new Accuracy(2, 3), run.accuracy(files));
        assertEquals("66.7 %", run.accuracy(files).toString());
        assertEquals("-", new Accuracy(0, 0).toString());
    }

    @Test
    void reportHasAColumnForEachKernel() {
        List<SourceFile> files = Stream.of("int a;", "", "int b = 1")
                .map(text -> new SourceFile(Path.of("A.java"), text,
                        JavaTokenizer.tokenize(text), Optional.empty()))
                .toList();
        List<String> lines = new DemoReport(files, List.of(run(7, 0), run(4, 0))).format().lines().toList();
        assertEquals("files                 3", lines.get(0));
        assertEquals("tokens                7", lines.get(1));
        assertEquals("accuracy              -: 0 of 0 tokens have the class that javac gives them", lines.get(2));
        assertEquals("kernel                      scalar      scalar", lines.get(4));
        assertTrue(lines.get(5).matches("tokens per second( +[\\d ]+){2}"), lines.get(5));
        assertTrue(lines.get(6).matches("p50 µs per token( +\\d+\\.\\d){2}"), lines.get(6));
        assertTrue(lines.get(7).matches("p99 µs per token( +\\d+\\.\\d){2}"), lines.get(7));
        assertEquals("tokens timed                     7           4", lines.get(8));
        assertEquals("The outputs of scalar and scalar are the same, over the 4 tokens that both ran.",
                lines.getLast());
    }

    @Test
    void reportOfOneKernelComparesNothing() {
        assertTrue(new DemoReport(List.of(), List.of(run(7, 0))).format().lines()
                .noneMatch(line -> line.contains("differ")));
    }
}
