package dev.gru.kernel.training;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import com.sun.management.ThreadMXBean;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import dev.gru.weights.Activation;
import dev.gru.weights.GruActivations;
import dev.gru.weights.GruVariant;

/** Cells own their scratch memory: a step in training, forward and backward, allocates nothing. */
class TrainingCellAllocationTest {
    private static final int STEPS = 200;
    private static final int ROWS = 5;

    /** When to give up: compiling takes a second or two, many times that on a busy machine. */
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(60);

    /** What the measurement itself may cost, in bytes a block. */
    private static final long SLACK = 512;

    private static final GruActivations OTHERS = new GruActivations(Activation.hardSigmoid(0.2f, 0.5f),
            Activation.GELU, 3);

    private static Rows rows(int count, int columns, Random random) {
        float[] values = new float[count * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat() - 0.5f;
        }
        return new Rows(values, 0, columns);
    }

    static Stream<Arguments> cells() {
        return Stream.of(GruVariant.values())
                .flatMap(variant -> Stream.of(new ScalarTrainingKernel(), new PortableTrainingKernel())
                        .flatMap(kernel -> Stream.of(GruActivations.STANDARD, OTHERS)
                                .map(functions -> Arguments.of(variant, functions, kernel))));
    }

    @ParameterizedTest
    @MethodSource("cells")
    void stepsDoNotAllocate(GruVariant variant, GruActivations activations, TrainingKernel kernel) {
        Random random = new Random(1);
        int units = 37;
        int padded = TrainingKernel.padded(units);
        int stateSize = variant.stateSize(padded);
        GruTrainingCell cell = kernel.newGruCell(
                new GruTrainingCell.Weights(variant, activations, units, padded, rows(units, 3 * padded, random),
                        new Rows(rows(1, 3 * padded, random).values(), 0, 0), rows(3 * padded, padded, random)),
                ROWS);
        Rows gates = rows(ROWS, GruTrainingCell.parts(activations) * padded, random);
        Rows states = rows(ROWS, stateSize, random);
        Rows next = rows(ROWS, stateSize, random);
        Rows dOutputs = rows(ROWS, padded, random);
        Rows dStates = rows(ROWS, stateSize, random);
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        long begin = System.nanoTime();
        while (least > SLACK && System.nanoTime() - begin < PATIENCE) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < STEPS; i++) {
                cell.forward(ROWS, gates, states, next);
                cell.backward(ROWS, gates, states, dOutputs, dStates);
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        long bytes = least;
        assertTrue(bytes <= SLACK, () -> "the best block of " + STEPS + " steps allocated " + bytes + " bytes");
    }
}
