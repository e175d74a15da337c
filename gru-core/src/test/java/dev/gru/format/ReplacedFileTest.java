package dev.gru.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.gru.GruModel;
import dev.gru.ModelOptions;
import dev.gru.format.file.ModelFormatException;
import dev.gru.format.fixture.Fixtures;
import dev.gru.layer.Graph;
import dev.gru.layer.Sequential;
import dev.gru.layer.Tensor;
import dev.gru.train.Initializer;
import dev.gru.weights.Activation;
import dev.gru.weights.Precision;

/**
 * A file that another process replaces, or writes over, while it is loaded is one of the two that it was, as a whole,
 * or is refused; by all readers, and over a longer time with {@code -Dgru.replaced.seconds=20}.
 */
class ReplacedFileTest {
    private static final double SECONDS = Double.parseDouble(System.getProperty("gru.replaced.seconds", "0.8"));

    @TempDir
    private static Path made;

    @TempDir
    private Path directory;

    /** How the other process changes the file. */
    enum Way {
        /** By rename. */
        REPLACED,
        /** Cut off, and written from the beginning. */
        REWRITTEN,
        /** Written from the beginning, over what is there. */
        WRITTEN_OVER,
        /** As a {@link CheckpointFile} is. */
        CHECKPOINT
    }

    /** What is loaded, from a file. */
    interface Loader {
        Graph load(Path file) throws IOException;
    }

    /** The process that changes a file until its standard input ends: way, file, and the two contents. */
    static final class Changer {
        private Changer() {
        }

        public static void main(String[] args) throws IOException {
            Way way = Way.valueOf(args[0]);
            Path file = Path.of(args[1]);
            List<Path> contents = List.of(Path.of(args[2]), Path.of(args[3]));
            List<byte[]> bytes = List.of(Files.readAllBytes(contents.get(0)), Files.readAllBytes(contents.get(1)));
            CheckpointFile checkpoint = new CheckpointFile(file);
            List<CheckpointFile.Content> checkpoints = way != Way.CHECKPOINT
                    ? List.of()
                    : List.of(CheckpointFile.read(contents.get(0)), CheckpointFile.read(contents.get(1)));
            for (int i = 1; System.in.available() == 0; i ^= 1) {
                switch (way) {
                    case REPLACED -> {
                        Path other = file.resolveSibling("other");
                        Files.write(other, bytes.get(i));
                        Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);
                    }
                    case REWRITTEN, WRITTEN_OVER -> {
                        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw");
                                FileChannel channel = open.getChannel()) {
                            if (way == Way.REWRITTEN) {
                                channel.truncate(0);
                            }
                            open.write(bytes.get(i));
                        }
                    }
                    case CHECKPOINT -> checkpoint.write(checkpoints.get(i));
                }
            }
        }
    }

    private static Graph model(long seed) {
        return Initializer.KERAS.initialize(
                Sequential.builder().embedding(100, 16).maskZero().gru(16).returnSequences().gru(16).returnSequences()
                        .timeDistributed(3, Activation.SOFTMAX).build(),
                seed);
    }

    /** A format, a way, two files and what they are loaded by. */
    record Case(Way way, String format, Path first, Path second, Loader loader) {
        @Override
        public String toString() {
            return format + ", " + way;
        }
    }

    static Stream<Case> cases() throws IOException {
        List<Path> own = List.of(made.resolve("0.safetensors"), made.resolve("1.safetensors"));
        List<Path> checkpoints = List.of(made.resolve("c0.safetensors"), made.resolve("c1.safetensors"));
        for (int i = 0; i < 2; i++) {
            ModelFile.write(model(i), own.get(i), Precision.FP32);
            new CheckpointFile(checkpoints.get(i)).write(new CheckpointFile.Content(checkpoints.get(i), model(i),
                    Map.of("seed", Tensor.of(new float[]{i}, 1)), Map.of("seed", String.valueOf(i))));
        }
        Loader any = ModelReader::read;
        return Stream.of(
                new Case(Way.REPLACED, "own", own.get(0), own.get(1), any),
                new Case(Way.REWRITTEN, "own", own.get(0), own.get(1), any),
                new Case(Way.WRITTEN_OVER, "own", own.get(0), own.get(1), any),
                of(Way.REPLACED, "pytorch/gru/model.safetensors", "pytorch/gru_two_layers/model.safetensors"),
                of(Way.REWRITTEN, "pytorch/gru/model.safetensors", "pytorch/gru_two_layers/model.safetensors"),
                of(Way.REPLACED, "keras/gru_default/model.keras", "keras/article_model/model.keras"),
                of(Way.REWRITTEN, "keras/gru_default/model.keras", "keras/article_model/model.keras"),
                of(Way.REPLACED, "keras/stacked_dense/model.h5", "keras/article_model/model.h5"),
                of(Way.REPLACED, "onnx/lbr0/model.onnx", "onnx/bidirectional/model.onnx"),
                of(Way.REPLACED, "onnx/lbr0/model.onnx", "keras/article_model/model.keras"),
                new Case(Way.CHECKPOINT, "checkpoint", checkpoints.get(0), checkpoints.get(1),
                        ReplacedFileTest::checkpoint));
    }

    private static Case of(Way way, String first, String second) {
        return new Case(way, first, Fixtures.file(first), Fixtures.file(second), ModelReader::read);
    }

    private static Graph checkpoint(Path file) throws IOException {
        CheckpointFile.Content content = new CheckpointFile(file).read();
        float[] seed = content.arrays().get("seed").floats();
        assertEquals(content.notes().get("seed"), String.valueOf((int) seed[0]));
        return content.model();
    }

    private static String fingerprint(Graph model) {
        try (GruModel packed = GruModel.of(model, ModelOptions.defaults())) {
            return packed.fingerprint();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void itIsTheOneOrTheOther(Case that) throws IOException, InterruptedException {
        Map<String, String> names = Map.of(fingerprint(that.loader().load(that.first())), "first",
                fingerprint(that.loader().load(that.second())), "second");
        Path file = Files.copy(that.first(), directory.resolve("live"));
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx64m", "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                Changer.class.getName(), that.way().name(), file.toString(), that.first().toString(),
                that.second().toString()).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        Map<String, Integer> seen = new TreeMap<>();
        try {
            Object start = Files.getLastModifiedTime(file);
            while (start.equals(Files.getLastModifiedTime(file))) {
                assertTrue(process.isAlive(), "the other process ended");
            }
            long end = System.nanoTime() + (long) (SECONDS * TimeUnit.SECONDS.toNanos(1));
            while (System.nanoTime() < end) {
                seen.merge(outcome(that, file, names), 1, Integer::sum);
            }
        } finally {
            process.destroyForcibly();
            process.waitFor();
        }
        System.out.println(that + ": " + seen);
        assertEquals(0, seen.getOrDefault("neither", 0));
        if (that.way() == Way.REPLACED || that.way() == Way.CHECKPOINT) {
            assertEquals(0, seen.getOrDefault("refused", 0));
        }
    }

    private static String outcome(Case that, Path file, Map<String, String> names) throws IOException {
        try {
            return names.getOrDefault(fingerprint(that.loader().load(file)), "neither");
        } catch (ModelFormatException _) {
            return "refused";
        }
    }
}
