package dev.gru.bench.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

import com.sun.management.ThreadMXBean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.gru.GruModel;
import dev.gru.GruSession;

/**
 * What is compiled in the warm-up depends on what the JVM did before: a model that was read from the library's own
 * format, in a JVM of its own, allocates nothing per step afterwards.
 */
class WarmedUpTest {
    private static final int STEPS = 20_000;

    @TempDir
    private Path directory;

    @Test
    void aStepAfterTheWarmUpAllocatesNothing() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector", "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                WarmedUpTest.class.getName(), JavaTagger.copyTo(directory).toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD).start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertEquals(0, process.waitFor());
        assertEquals("0", printed, "bytes per step");
    }

    /**
     * Prints how many bytes a step allocates, rounded down.
     *
     * @param args a model of tokens
     */
    public static void main(String[] args) throws IOException {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (GruModel model = GruModel.load(Path.of(args[0]))) {
            model.warmUp(Duration.ofSeconds(10));
            GruSession session = model.newSession();
            float[] y = new float[model.outputSize()];
            // What is compiled behind the warm-up may still be on its way.
            long least = Long.MAX_VALUE;
            for (int round = 0; round < 5; round++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < STEPS; i++) {
                    session.step(1 + i % 1000, y);
                }
                least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            }
            System.out.println(least / STEPS);
        }
    }
}
