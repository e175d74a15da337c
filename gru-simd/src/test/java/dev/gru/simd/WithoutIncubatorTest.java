package dev.gru.simd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import dev.gru.kernel.KernelSelection;
import dev.gru.kernel.PackedGru;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;

/**
 * Without the module jdk.incubator.vector all still works, on the portable kernel, and one log line says what to do.
 */
@Tag(WithoutIncubatorTest.TAG)
class WithoutIncubatorTest {
    /** Marks what a JVM without {@code --add-modules jdk.incubator.vector} runs, and no other. */
    static final String TAG = "without-incubator";

    private static final String ADVICE = "--add-modules jdk.incubator.vector";

    /** What the choice, which this JVM makes once, logged. */
    private static final List<LogRecord> LOGGED = new ArrayList<>();

    @BeforeAll
    static void choose() {
        Logger logger = Logger.getLogger("dev.gru");
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord line) {
                LOGGED.add(line);
            }

            @Override
            public void flush() {
            }

            @Override
            public void close() {
            }
        };
        logger.addHandler(handler);
        KernelSelection.best();
        KernelSelection.best();
        logger.removeHandler(handler);
    }

    @Test
    void theBestKernelIsThePortableOneAndOneLineSaysWhy() {
        assertEquals("portable", KernelSelection.best().name());
        assertEquals(1, LOGGED.size());
        assertEquals(Level.WARNING, LOGGED.getFirst().getLevel());
        assertTrue(LOGGED.getFirst().getMessage().contains(ADVICE), LOGGED.getFirst().getMessage());
    }

    @Test
    void askingForTheKernelByNameFailsAndSaysWhatToDo() {
        var refusal = assertThrows(IllegalStateException.class, () -> KernelSelection.named("simd"));
        assertTrue(refusal.getMessage().contains(ADVICE), refusal.getMessage());
    }

    @Test
    void aLayerRuns() {
        GruWeights weights = new GruWeights(GruVariant.RESET_AFTER, 1, 1, new float[3], new float[3], new float[3],
                new float[3]);
        PackedGru layer = KernelSelection.best().pack(weights, Arena.ofAuto());
        float[] state = {1};
        layer.newRunner(1).forwardStep(new float[1], state, state);
        assertArrayEquals(new float[]{0.5f}, state);
    }
}
