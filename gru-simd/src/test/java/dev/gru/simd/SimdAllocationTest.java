package dev.gru.simd;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import com.sun.management.ThreadMXBean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import dev.gru.GruGroup;
import dev.gru.GruModel;
import dev.gru.GruSession;
import dev.gru.ModelOptions;
import dev.gru.kernel.ActivationRunner;
import dev.gru.kernel.DenseRunner;
import dev.gru.kernel.GruRunner;
import dev.gru.kernel.PackedDense;
import dev.gru.kernel.PackedGru;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Sequential;
import dev.gru.simd.loops.Lanes;
import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;
import dev.gru.weights.GruActivations;
import dev.gru.weights.GruVariant;
import dev.gru.weights.Precision;

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

    static Stream<Arguments> recurrences() {
        return Stream.of(GruVariant.values()).flatMap(variant -> Stream.of(GruActivations.STANDARD, GruCases.OTHERS)
                .map(functions -> Arguments.of(variant, functions)));
    }

    @ParameterizedTest
    @MethodSource("recurrences")
    void stepsAndSequencesDoNotAllocate(GruVariant variant, GruActivations functions) {
        int size = 2 * Lanes.COUNT + 1;
        GruCase layer = new GruCase(variant, size, size, 9, 5, 0.3f, 1, 0, GruCase.Masking.NONE, 1)
                .with(functions);
        PackedGru packed = new SimdGruKernel().pack(layer.weights(), Arena.ofAuto());
        GruRunner runner = packed.newRunner(layer.batch());
        float[] x = layer.x();
        float[] state = layer.state();
        float[] y = new float[layer.batch() * layer.steps() * size];
        runsWithoutAllocating(() -> runner.forwardStep(x, state, state));
        runsWithoutAllocating(() -> runner.forwardBatch(1, layer.steps(), x, null, state, y));
        runsWithoutAllocating(
                () -> runner.forwardBatch(layer.batch(), layer.steps(), x, null, state, y));

        GruRunner ofTokens = packed.withVocabulary(2, (token, out, offset) -> out[offset] = token, Arena.ofAuto())
                .newRunner(layer.batch());
        int[] tokens = new int[layer.batch() * layer.steps()];
        runsWithoutAllocating(() -> ofTokens.forwardStep(1, state, state));
        runsWithoutAllocating(
                () -> ofTokens.forwardBatch(layer.batch(), layer.steps(), tokens, null, state, y));
    }

    /** What layers of other sizes did before must not spoil how a loop is compiled. */
    @Test
    void layersOfAllSizesInOneJvmDoNotAllocate() {
        for (Precision precision : Precision.values()) {
            for (GruVariant variant : GruVariant.values()) {
                for (int size = 1; size < 50; size++) {
                    step(variant, size, precision, call -> IntStream.range(0, CALLS).forEach(_ -> call.run()));
                }
            }
        }
        for (int size : new int[]{8, 16, 24, 33, 48, 64}) {
            step(GruVariant.RESET_AFTER, size, Precision.FP32, SimdAllocationTest::runsWithoutAllocating);
        }
    }

    private static void step(GruVariant variant, int size, Precision precision, Consumer<Runnable> user) {
        GruCase layer = new GruCase(variant, size, size, 1, 1, 0.3f, 1, 0, GruCase.Masking.NONE, 1);
        GruRunner runner = new SimdGruKernel().pack(layer.weights(), precision, Arena.ofAuto()).newRunner(1);
        float[] x = layer.x();
        float[] state = layer.state();
        user.accept(() -> runner.forwardStep(x, state, state));
    }

    @ParameterizedTest
    @EnumSource
    void manyStreamsOfASmallLayerDoNotAllocate(GruVariant variant) {
        GruCase layer = new GruCase(variant, 9, 5, 7 * Lanes.COUNT + 3, 2, 0.3f, 1, 0, GruCase.Masking.HOLES, 1);
        GruRunner runner = new SimdGruKernel().pack(layer.weights(), Arena.ofAuto()).newRunner(layer.batch());
        float[] x = layer.x();
        boolean[] mask = layer.mask();
        float[] state = layer.state();
        float[] y = new float[layer.batch() * layer.steps() * layer.hiddenSize()];
        runsWithoutAllocating(() -> runner.forwardBatch(layer.batch(), layer.steps(), x, mask, state, y));
    }

    @Test
    void sessionsAndGroupsDoNotAllocate() {
        int size = 2 * Lanes.COUNT;
        GruCase layer = new GruCase(GruVariant.RESET_AFTER, size, size, 9, 5, 0.3f, 1, 0, GruCase.Masking.NONE, 1);
        try (GruModel model = GruModel.of(
                new Sequential(List.of(new GruLayer("gru", layer.weights()).withReturnSequences(true))),
                ModelOptions.defaults().withKernel("simd"))) {
            GruSession session = model.newSession();
            GruGroup group = model.newGroup();
            int[] all = IntStream.range(0, 70).map(i -> group.add()).toArray();
            int[] some = {69, 3, 64, 5, 0};
            float[] x = new float[70 * size];
            float[] y = new float[70 * size];
            MemorySegment in = Arena.ofAuto().allocate(4L * 40 * size);
            MemorySegment out = Arena.ofAuto().allocate(4L * 40 * size);
            runsWithoutAllocating(() -> session.step(x, size, y, 1));
            runsWithoutAllocating(() -> session.sequence(40, x, y));
            runsWithoutAllocating(() -> session.step(in, out));
            runsWithoutAllocating(() -> session.sequence(40, in, out));
            runsWithoutAllocating(() -> group.step(70, all, x, y));
            runsWithoutAllocating(() -> group.step(5, some, x, y));
        }
    }

    static Stream<Activation> activations() {
        return Stream.concat(GruCases.FUNCTIONS.stream(), GruCases.OF_ROWS.stream());
    }

    @ParameterizedTest
    @MethodSource("activations")
    void denseLayersDoNotAllocate(Activation activation) {
        int size = Lanes.COUNT + 1;
        DenseWeights weights = new DenseWeights(3, size, activation, new float[3 * size], new float[size]);
        PackedDense packed = new SimdGruKernel().pack(weights, Arena.ofAuto());
        DenseRunner runner = packed.newRunner();
        float[] x = new float[3 * 9];
        float[] y = new float[9 * size];
        runsWithoutAllocating(() -> runner.forward(9, x, y));
        ActivationRunner alone = new SimdGruKernel().newActivationRunner(3, Arena.ofAuto());
        runsWithoutAllocating(() -> alone.forward(activation, 9, x, y));
    }
}
