package dev.gru.simd;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import com.sun.management.ThreadMXBean;

import dev.gru.kernel.Activation;
import dev.gru.kernel.DenseWeights;
import dev.gru.kernel.GruVariant;
import dev.gru.kernel.PackedDense;
import dev.gru.kernel.PackedGru;
import dev.gru.kernel.Workspace;

/**
 * Compiled kernels keep their vectors in registers: nothing is allocated per step. Until they are compiled, the Vector
 * API allocates, so each test runs until a block of calls allocates nothing, and fails if that never comes.
 */
class SimdAllocationTest {
    private static final int CALLS = 500;

    /** When to give up: compiling takes a second or two, many times that on a busy machine. */
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(60);

    /** What the measurement itself may cost, in bytes a block. */
    private static final long SLACK = 512;

    private static void runsWithoutAllocating(Runnable call) {
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        long begin = System.nanoTime();
        while (least > SLACK && System.nanoTime() - begin < PATIENCE) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < CALLS; i++) {
                call.run();
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        long bytes = least;
        assertTrue(bytes <= SLACK, () -> "the best block of " + CALLS + " calls allocated " + bytes + " bytes");
    }

    @ParameterizedTest
    @EnumSource(GruVariant.class)
    void stepsAndSequencesDoNotAllocate(GruVariant variant) {
        int size = 2 * Lanes.COUNT + 1;
        GruCase layer = new GruCase(variant, size, size, 9, 5, 0.3f, 1, 0, GruCase.Masking.NONE, 1);
        PackedGru packed = new SimdGruKernel().pack(layer.weights(), Arena.ofAuto());
        Workspace workspace = packed.newWorkspace(layer.batch());
        float[] x = layer.x();
        float[] state = layer.state();
        float[] y = new float[layer.batch() * layer.steps() * size];
        runsWithoutAllocating(() -> packed.forwardStep(x, state, workspace, state));
        runsWithoutAllocating(() -> packed.forwardSequence(layer.steps(), x, null, state, workspace, y));
        runsWithoutAllocating(
                () -> packed.forwardBatch(layer.batch(), layer.steps(), x, null, state, workspace, y));
    }

    @ParameterizedTest
    @EnumSource(Activation.Function.class)
    void denseLayersDoNotAllocate(Activation.Function function) {
        int size = Lanes.COUNT + 1;
        DenseWeights weights = new DenseWeights(3, size, new Activation(function, 1, 0), new float[3 * size],
                new float[size]);
        PackedDense packed = new SimdGruKernel().pack(weights, Arena.ofAuto());
        Workspace workspace = packed.newWorkspace();
        float[] x = new float[3 * 9];
        float[] y = new float[9 * size];
        runsWithoutAllocating(() -> packed.forward(9, x, workspace, y));
        PackedDense alone = new SimdGruKernel().pack(new Activation(function, 1, 0), 3);
        Workspace itsWorkspace = alone.newWorkspace();
        runsWithoutAllocating(() -> alone.forward(9, x, itsWorkspace, y));
    }
}
