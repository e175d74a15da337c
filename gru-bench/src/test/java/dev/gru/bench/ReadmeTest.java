package dev.gru.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's example compiles as it stands there, and runs. */
class ReadmeTest {
    private static final Path README = Path.of("..", "README.md");
    private static final Pattern JAVA_BLOCK = Pattern.compile("^```java\\n(.*?)^```$",
            Pattern.MULTILINE | Pattern.DOTALL);
    private static final int MAX_LINES = 20;
    private static final int MAX_README_LINES = 120;

    private static String example() throws IOException {
        Matcher block = JAVA_BLOCK.matcher(Files.readString(README));
        assertTrue(block.find(), "no Java in " + README);
        return block.group(1);
    }

    @Test
    void theReadmeIsShort() throws IOException {
        assertTrue(Files.readAllLines(README).size() <= MAX_README_LINES);
    }

    @Test
    void theExampleHasNoMoreThanTwentyLines() throws IOException {
        assertTrue(example().lines().count() <= MAX_LINES);
    }

    @Test
    void theExampleCompilesWithoutAWarningAndRuns(@TempDir Path directory) throws Exception {
        compile(example(), directory);
        Path model = directory.resolve("tagger.safetensors");
        try (InputStream in = TaggerBenchmark.class.getResourceAsStream(TaggerBenchmark.MODEL)) {
            Files.copy(in, model);
        }
        try (URLClassLoader loader = new URLClassLoader(new URL[]{directory.toUri().toURL()})) {
            loader.loadClass("Example").getMethod("main", String[].class).invoke(null,
                    (Object) new String[]{model.toString()});
        }
    }

    private static void compile(String source, Path directory) {
        JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
        JavaFileObject file = new SimpleJavaFileObject(URI.create("string:///Example.java"),
                JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return source;
            }
        };
        boolean compiled = javac.getTask(null, null, problems,
                List.of("-Xlint:all", "-d", directory.toString(), "-proc:none"), null, List.of(file)).call();
        List<String> messages = new ArrayList<>();
        for (Diagnostic<?> problem : problems.getDiagnostics()) {
            // About the class path of these tests, not about the example.
            if (problem.getPosition() != Diagnostic.NOPOS) {
                messages.add(problem.getMessage(Locale.ROOT));
            }
        }
        assertEquals(List.of(), messages);
        assertTrue(compiled);
    }
}
