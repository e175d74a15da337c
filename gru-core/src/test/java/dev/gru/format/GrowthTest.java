package dev.gru.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

import com.sun.management.ThreadMXBean;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.fixture.Justified;
import dev.gru.format.fixture.Structure;
import dev.gru.format.keras.KerasStructures;
import dev.gru.format.onnx.OnnxStructures;

/**
 * What a file takes grows as the file does: to load it, to print it, and to run the first step of it. A structure that
 * is doubled five times would take a thousand times as long if each of its parts had to do with each other.
 */
class GrowthTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /**
     * Tables and lists that grow leave some behind, and the size of a file goes in steps; with four, it is quadratic.
     */
    private static final double FACTOR = 2.5;
    /** What any file may take: messages, buffers, and what is justified whatever the size. */
    private static final long FLOOR = 1 << 20;
    /** Anything less is the JVM's own doing. */
    private static final long FLOOR_NANOS = 10_000_000;

    private static final int WARM_UPS = 8;
    private static final int RETRIES = 2;

    @TempDir
    private Path folder;

    /** What one file takes. */
    private record Cost(int size, long allocated, long nanos, String outcome) {
        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%,d bytes: %,d allocated, %.1f ms, %s", size, allocated, nanos / 1e6,
                    outcome);
        }
    }

    static Stream<Arguments> structures() {
        return Stream.of(of("ONNX", ".onnx", OnnxStructures.ALL), of("Keras", ".keras", KerasStructures.ALL),
                of("own", ".safetensors", SafetensorsStructures.Own.ALL),
                of("safetensors", ".safetensors", SafetensorsStructures.ALL)).flatMap(stream -> stream);
    }

    private static Stream<Arguments> of(String format, String suffix, List<Structure> structures) {
        return structures.stream().map(structure -> Arguments.of(format, suffix, structure));
    }

    @ParameterizedTest(name = "{0}: {2}")
    @MethodSource("structures")
    void twiceTheFileTakesTwiceAsMuch(String format, String suffix, Structure structure) throws IOException {
        Path file = folder.resolve("grown" + suffix);
        Cost first = best(file, structure.content(0), WARM_UPS);
        Cost before = first;
        for (int i = 1; i <= Structure.DOUBLINGS; i++) {
            Cost cost = cost(file, structure.content(i));
            String both = before + ", then " + cost;
            assertTrue(cost.size <= FACTOR * before.size, both);
            assertTrue(cost.allocated <= FACTOR * Math.max(before.allocated, FLOOR), both);
            Justified.require(cost.allocated, cost.size);
            before = cost;
        }
        double most = Math.pow(FACTOR, Structure.DOUBLINGS) * Math.max(first.nanos, FLOOR_NANOS);
        Cost last = before.nanos <= most ? before : best(file, structure.content(Structure.DOUBLINGS), RETRIES);
        assertTrue(last.nanos <= most, first + ", in the end " + last);
    }

    /** Returns what a file takes the time that it takes least: at first, classes are loaded and code is interpreted. */
    private static Cost best(Path file, byte[] content, int times) throws IOException {
        Cost best = cost(file, content);
        for (int i = 1; i < times; i++) {
            Cost cost = cost(file, content);
            best = cost.nanos < best.nanos ? cost : best;
        }
        return best;
    }

    private static Cost cost(Path file, byte[] content) throws IOException {
        Files.write(file, content);
        long bytes = THREADS.getCurrentThreadAllocatedBytes();
        long nanos = THREADS.getCurrentThreadCpuTime();
        String outcome = use(file);
        return new Cost(content.length, THREADS.getCurrentThreadAllocatedBytes() - bytes,
                THREADS.getCurrentThreadCpuTime() - nanos, outcome);
    }

    /** Does with a file what is done with files, and says what came of it. */
    private static String use(Path file) throws IOException {
        try {
            Justified.use(ModelReader.read(file));
            return "loaded";
        } catch (ModelFormatException e) {
            assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
            assertEquals(1, e.getMessage().lines().count(), e.getMessage());
            return e.getMessage().substring(file.toString().length() + 2);
        }
    }
}
