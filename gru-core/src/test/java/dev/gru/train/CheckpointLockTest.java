package dev.gru.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One training writes to a checkpoint at a time, in one process and in several, and a killed one keeps nobody out. */
class CheckpointLockTest {
    private static final int ROUNDS = 300;

    @TempDir
    private Path directory;

    private static Process start(Class<?> main, Path file) throws IOException {
        return new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx64m", "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")), main.getName(),
                file.toString()).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    private List<String> names() throws IOException {
        try (var files = Files.list(directory)) {
            return files.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    private static void assertInUse(Path file, TrainingOptions options) {
        for (TrainingOptions other : List.of(options, TrainerCase.copy(options).overwriteCheckpoint().build())) {
            Trainer trainer = new Trainer(other);
            assertEquals(file + ": another training is writing its checkpoints there",
                    assertThrows(FileSystemException.class,
                            () -> trainer.fit(KilledTraining.model(), TrainerCase.data())).getMessage());
            assertEquals(file + ": another training is writing its checkpoints there",
                    assertThrows(FileSystemException.class, () -> trainer.resume(TrainerCase.data())).getMessage());
        }
    }

    @Test
    void anotherTrainingOfTheSameProcessIsRefused() throws IOException {
        Path file = directory.resolve("run.safetensors");
        Path link = Files.createSymbolicLink(directory.resolve("link.safetensors"), file);
        List<Long> steps = new ArrayList<>();
        TrainingOptions options = TrainerCase.options().epochs(1).checkpoint(file, 1).build();
        new Trainer(TrainerCase.copy(options).callback(new TrainingCallback() {
            @Override
            public void onBatch(TrainingCallback.Progress progress) {
                steps.add(progress.steps());
                assertInUse(file, options);
                assertInUse(link, TrainerCase.copy(options).checkpoint(link).build());
            }
        }).build()).fit(TrainerCase.model(), TrainerCase.data());
        assertFalse(steps.isEmpty());
        assertEquals(List.of("link.safetensors", "run.previous.safetensors", "run.safetensors"), names());
    }

    @Test
    void aLinkToAFileThatIsNotThereYetIsLockedAsThatFile() throws IOException {
        Path file = directory.resolve("run.safetensors");
        Path link = Files.createSymbolicLink(directory.resolve("link.safetensors"), file);
        try (CheckpointLock _ = CheckpointLock.of(link)) {
            assertThrows(FileSystemException.class, () -> CheckpointLock.of(file));
        }
    }

    @Test
    void aTrainingOfAnotherProcessKeepsOthersOutUntilItIsKilled() throws Exception {
        Path file = directory.resolve("run.safetensors");
        TrainingOptions options = KilledTraining.options(file);
        Process process = start(KilledTraining.class, file);
        try (BufferedReader out = process.inputReader()) {
            assertNotNull(out.readLine(), "the training did not begin");
            assertNotNull(out.readLine(), "the training did not begin");
            assertInUse(file, options);
        } finally {
            process.destroyForcibly().waitFor();
        }
        assertTrue(names().contains(".run.safetensors.lock"), "this test is of a file that was left behind");
        TrainingCallback stop = new TrainingCallback() {
            @Override
            public void onBatch(TrainingCallback.Progress progress) {
                progress.stop();
            }
        };
        new Trainer(TrainerCase.copy(options).callback(stop).build()).resume(TrainerCase.data());
        assertFalse(names().contains(".run.safetensors.lock"));
    }

    @Test
    void whereThereIsNoDirectoryThatIsSaid() {
        Path file = directory.resolve("none").resolve("run.safetensors");
        String message = assertThrows(FileSystemException.class, () -> CheckpointLock.of(file)).getMessage();
        assertTrue(message.startsWith(file + ": there is no directory "), message);
    }

    @Test
    void whatStandsWhereTheLockWouldIsLeftAlone() throws IOException {
        Path file = directory.resolve("run.safetensors");
        Path lock = directory.resolve(".run.safetensors.lock");
        Path text = Files.writeString(directory.resolve("text"), "not to be lost");
        for (Path target : List.of(text, directory.resolve("none"), lock)) {
            if (target.equals(lock)) {
                Files.copy(text, lock);
            } else {
                Files.createSymbolicLink(lock, target);
            }
            Trainer trainer = new Trainer(TrainerCase.options().checkpoint(file).build());
            assertEquals(
                    file + ": cannot be locked: " + lock + ": stands where the lock of a training would, and is none",
                    assertThrows(FileSystemException.class, () -> trainer.fit(TrainerCase.model(), TrainerCase.data()))
                            .getMessage());
            assertEquals("not to be lost", Files.readString(text));
            assertEquals(List.of(".run.safetensors.lock", "text"), names());
            Files.delete(lock);
        }
    }

    @Test
    void anInterruptedThreadTrainsToItsFirstCheckpointAllTheSame() throws IOException {
        Path file = directory.resolve("run.safetensors");
        Thread.currentThread().interrupt();
        TrainingResult result = new Trainer(TrainerCase.options().checkpoint(file).build()).fit(TrainerCase.model(),
                TrainerCase.data());
        assertTrue(Thread.interrupted());
        assertEquals(TrainingResult.Ending.INTERRUPTED, result.ending());
        assertEquals(List.of("run.previous.safetensors", "run.safetensors"), names());
    }

    /** Locks come and go, and their files with them: never do two processes hold one. */
    @Test
    void filesThatComeAndGoKeepOthersOutAllTheSame() throws Exception {
        Path file = directory.resolve("run.safetensors");
        List<Process> processes = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                processes.add(start(Contender.class, file));
            }
            for (Process process : processes) {
                assertEquals(0, process.waitFor(), "two held the lock, or nobody got it");
            }
        } finally {
            processes.forEach(Process::destroyForcibly);
        }
        assertEquals(List.of(), names());
    }

    /** A process that takes the lock again and again, and ends with an error if it is not alone then. */
    static final class Contender {
        private Contender() {
        }

        public static void main(String[] args) throws IOException {
            Path file = Path.of(args[0]);
            Path alone = file.resolveSibling("alone");
            int held = 0;
            while (held < ROUNDS) {
                try (CheckpointLock _ = CheckpointLock.of(file)) {
                    Files.createFile(alone);
                    Files.delete(alone);
                    held++;
                } catch (FileSystemException e) {
                    if (!file.toString().equals(e.getFile())) {
                        throw e;
                    }
                    Thread.onSpinWait();
                }
            }
        }
    }
}
