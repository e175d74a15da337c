package dev.gru.bench.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

import dev.gru.ModelOptions;
import dev.gru.bench.demo.JavaTagger;
import dev.gru.bench.javasource.JavaLabeler;
import dev.gru.bench.javasource.JavaToken;
import dev.gru.bench.javasource.JavaTokenizer;
import dev.gru.bench.javasource.TokenClass;
import dev.gru.bench.tagging.Tagger;

class DemoCommandTest {
    private static final String SOURCE = """
            package com.example;
            import java.util.List;
            /** Counts. */
            public class Counter {
                private int count;
                public int add(String name, int step) {
                    int sum = count + step;
                    return sum > 0 ? Math.max(sum, name.length()) : 1;
                }
            }
            """;

    @TempDir
    private Path directory;

    @Test
    void printsTheFileAndWhatWasMeasured() throws IOException {
        Path file = Files.writeString(directory.resolve("Counter.java"), SOURCE);
        Path bad = Files.writeString(directory.resolve("Wrong.java"), "class {");
        StringWriter out = new StringWriter();
        CommandLine commandLine = GruCommand.commandLine().setOut(new PrintWriter(out));
        assertEquals(0, commandLine.execute("demo", "--color=never", "--lines=0", file.toString(), bad.toString()));
        String text = out.toString();
        assertTrue(text.startsWith(file + ", 10 lines" + System.lineSeparator()), text);
        assertTrue(text.contains(SOURCE), text);
        assertTrue(text.contains("javac cannot parse " + bad), text);
        assertTrue(text.contains("the GRU kernel \"simd\" cannot run")
                || text.contains("The outputs of simd and portable are the same, over "), text);
        assertTrue(text.contains(" and scalar differ by at most "), text);
    }

    @Test
    void taggerIsRightAboutMostTokens() throws IOException {
        List<JavaToken> tokens = JavaTokenizer.tokenize(SOURCE);
        List<TokenClass> truth = JavaLabeler.label(Path.of("Counter.java").toUri(), SOURCE, tokens).orElseThrow();
        TokenClass[] classes = TokenClass.values();
        int correct = 0;
        try (Tagger tagger = JavaTagger.load(ModelOptions.defaults().withKernel("scalar"))) {
            int[] ids = tagger.vocabulary().ids(tokens.stream().map(JavaToken::text).toList());
            float[] y = tagger.model().predict(1, tokens.size(), ids);
            for (int t = 0; t < tokens.size(); t++) {
                int step = t * classes.length;
                int largest = IntStream.range(0, classes.length).reduce(0, (a, b) -> y[step + b] > y[step + a] ? b : a);
                correct += classes[largest] == truth.get(t) ? 1 : 0;
            }
        }
        // Test accuracy after training was 91.0 %; a wrong gate order or vocabulary gives far less.
        assertTrue(correct > 0.8 * tokens.size(), correct + " of " + tokens.size());
    }
}
