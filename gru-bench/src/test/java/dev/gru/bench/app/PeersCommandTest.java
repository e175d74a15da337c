package dev.gru.bench.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

import dev.gru.bench.peer.Contender;
import dev.gru.bench.peer.PreparedLayer;
import dev.gru.weights.GruWeights;
import dev.gru.weights.Precision;

/** What the command refuses, before it measures anything. */
class PeersCommandTest {
    private static final Contender OURS = new Named("gru", true);
    private static final Contender PEER = new Named("other", false);

    private final StringWriter err = new StringWriter();

    /** One that never gets to run. */
    private record Named(String name, boolean isOurs) implements Contender {
        @Override
        public String version() {
            return "1";
        }

        @Override
        public Precision precision() {
            return Precision.FP32;
        }

        @Override
        public PreparedLayer prepare(GruWeights weights, int batch, int steps) {
            throw new AssertionError("nothing should run");
        }
    }

    private int execute(List<Contender> contenders, String threads, String... args) {
        CommandLine line = new CommandLine(new PeersCommand(() -> contenders, threads));
        line.setErr(new PrintWriter(err));
        line.setExecutionExceptionHandler((exception, command, result) -> {
            err.write(exception.getMessage());
            return CommandLine.ExitCode.USAGE;
        });
        return line.execute(args);
    }

    private void assertRefused(String message, List<Contender> contenders, String threads, String... args) {
        assertEquals(2, execute(contenders, threads, args));
        assertTrue(err.toString().contains(message), err.toString());
    }

    @Test
    void aBuildWithoutPeersIsSaid() {
        assertRefused("no peer is in this build; mvn -Ppeers -DskipTests package adds them; --only-ours compares gru"
                + " alone", List.of(OURS), "1");
    }

    @Test
    void peersNeedOneThread() {
        assertRefused("OMP_NUM_THREADS must be 1 when peers take part, was not set", List.of(OURS, PEER), null);
        assertRefused("OMP_NUM_THREADS must be 1 when peers take part, was 4", List.of(OURS, PEER), "4");
    }

    @Test
    void unknownContendersAreRefusedByName() {
        assertRefused("--contender must be one of gru, other, was none", List.of(OURS, PEER), "1", "--contender=none");
        assertRefused("--contender must be one of gru, was other", List.of(OURS, PEER), "1", "--only-ours",
                "--contender=other");
    }

    @Test
    void aModelIsComparedWithOnnxRuntimeAlone() throws Exception {
        String model = Path.of(PeersCommandTest.class.getResource("/predict/sequence_lens.onnx").toURI()).toString();
        assertRefused("--work, --contender, --only-ours and --json must not be given", List.of(OURS), "1", "--model",
                model, "--only-ours");
        assertRefused("--batch must be from 1 to 65536, was 0", List.of(OURS), "1", "--model", model, "--batch=0");
        assertRefused("missing.onnx", List.of(OURS), "1", "--model", "missing.onnx");
    }

    @Test
    void badNumbersAreRefused(@TempDir Path directory) {
        assertRefused("--forks must be from 1 to 1000, was 0", List.of(OURS, PEER), "1", "--forks=0");
        assertRefused("work must be TxB:IxH", List.of(OURS, PEER), "1", "--work=64x64");
        assertRefused("the caches must grow", List.of(OURS, PEER), "1", "--l1=4M", "--l2=2M");
        assertRefused("--l3 must be a number of bytes", List.of(OURS, PEER), "1", "--l3=big");
        Path file = directory.resolve("missing/peers.json");
        assertRefused(file.toString(), List.of(OURS, PEER), "1", "--json", file.toString());
        assertFalse(Files.exists(file));
    }
}
