package dev.gru.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A training whose process is killed, at any moment and again and again, comes to the same bits as one that is not. */
class KillTest {
    private static final int KILLS = 20;

    @TempDir
    private Path directory;

    @Test
    void killedAtRandomMomentsItGoesOn() throws IOException, InterruptedException {
        Path file = directory.resolve("run.safetensors");
        Random random = new Random();
        long steps = -1;
        for (int kill = 0; kill < KILLS; kill++) {
            long begun = liveAndDie(file, random.nextInt(12), random.nextInt(5_000));
            assertTrue(begun >= steps, "it went back from step " + steps + " to " + begun);
            steps = begun;
        }
        assertTrue(steps > 0, "no life came further than the one before");
        TrainingOptions options = KilledTraining.options(file);
        TrainingResult resumed = new Trainer(options).resume(TrainerCase.data());
        TrainingResult expected = new Trainer(
                TrainerCase.copy(KilledTraining.options(directory.resolve("through.safetensors")))
                        .checkpoint(directory.resolve("through.safetensors"), 0).build())
                .fit(KilledTraining.model(), TrainerCase.data());
        TrainerCase.assertSameBits(expected, resumed);
        try (var files = Files.list(directory)) {
            Set<String> allowed = Set.of("run.safetensors", "run.previous.safetensors", "through.safetensors",
                    "through.previous.safetensors");
            assertEquals(List.of(), files.map(path -> path.getFileName().toString())
                    .filter(name -> !allowed.contains(name)).toList());
        }
    }

    /**
     * Starts a process, kills it some batches and some time after its training went on, and returns at which step that
     * was.
     */
    private long liveAndDie(Path file, int batches, int micros) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx64m", "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                KilledTraining.class.getName(), file.toString()).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try (BufferedReader out = process.inputReader()) {
            String line = out.readLine();
            assertNotNull(line, "the training did not begin");
            for (int i = 0; i < batches; i++) {
                assertNotNull(out.readLine(), "the training ended before it was killed");
            }
            TimeUnit.MICROSECONDS.sleep(micros);
            process.destroyForcibly();
            assertNotEquals(0, process.waitFor(), "the training ended before it was killed");
            return Long.parseLong(line);
        } finally {
            process.destroyForcibly();
        }
    }
}
