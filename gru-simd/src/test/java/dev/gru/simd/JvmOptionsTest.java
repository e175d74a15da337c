package dev.gru.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.gru.kernel.KernelSelection;

/** In JVMs of their own: the vector kernel is chosen only where vector operations become instructions. */
@Tag(JvmOptionsTest.TAG)
class JvmOptionsTest {
    /** Marks what starts JVMs itself, so that the options of its own are of no consequence. */
    static final String TAG = "own-jvms";

    /** Chooses, which logs the reason, and prints the name of the kernel. */
    static final class Choosing {
        private Choosing() {
        }

        public static void main(String[] args) {
            System.out.println("chosen: " + KernelSelection.best().name());
        }
    }

    private static List<String> linesOf(String options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx128m",
                        "-XX:+UseSerialGC", "--add-modules", "jdk.incubator.vector"));
        if (!options.isEmpty()) {
            command.addAll(List.of(options.split(" ")));
        }
        command.addAll(List.of("-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                Choosing.class.getName()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        return output.lines().toList();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "-Xint | only interprets (-Xint)",
            "-XX:-UseCompiler | the compilers are off (-XX:-UseCompiler)",
            "-XX:TieredStopAtLevel=1 | the optimising compiler is off (-XX:TieredStopAtLevel)",
            "-XX:CompilationMode=quick-only | the optimising compiler is off (-XX:CompilationMode=quick-only)",
            "-XX:+UnlockExperimentalVMOptions -XX:-EnableVectorSupport | no vector instructions (-XX:-EnableVectorSupport)",
            "-XX:-Inline | makes no vector instructions of them",
            "-XX:+UnlockDiagnosticVMOptions -XX:DisableIntrinsic=_VectorTernaryOp | makes no vector instructions of them",
            "-XX:CompileCommand=quiet -XX:CompileCommand=exclude,jdk.incubator.vector.*::* | makes no vector instructions of them"})
    void whereVectorsAreNoInstructionsTheChoiceIsPortableAndTheLogSaysWhy(String options, String reason)
            throws IOException, InterruptedException {
        List<String> lines = linesOf(options);
        assertTrue(lines.contains("chosen: portable"), lines::toString);
        assertTrue(lines.stream().anyMatch(line -> line.startsWith("WARNING: GRU kernel: portable, because simd cannot"
                + " run: ") && line.contains(reason)), lines::toString);
    }

    @ParameterizedTest
    @CsvSource({"''", "-XX:CompilationMode=high-only", "-XX:-TieredCompilation", "-XX:+UnlockExperimentalVMOptions",
            "-XX:MaxInlineLevel=20", "--limit-modules java.logging"})
    void whereTheyAreItIsSimd(String options) throws IOException, InterruptedException {
        List<String> lines = linesOf(options);
        assertTrue(lines.contains("chosen: simd"), lines::toString);
    }
}
