package dev.gru.simd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Random;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import dev.gru.kernel.GruKernel;
import dev.gru.kernel.GruRunner;
import dev.gru.kernel.PackedGru;
import dev.gru.kernel.PortableGruKernel;
import dev.gru.simd.loops.Lanes;
import dev.gru.simd.loops.streams.StreamColumns;
import dev.gru.weights.GruVariant;
import dev.gru.weights.Precision;

/** Small layers whose lanes are streams, in numbers of streams around the lanes, tiles and the least: all bits. */
class SimdStreamProperties {
    private static final int TRIES = 300;
    private static final int LANES = Lanes.COUNT;
    private static final int[] STREAMS = {1, 3 * LANES / 4 - 1, 3 * LANES / 4, LANES - 1, LANES, LANES + 1,
            2 * LANES - 1, 2 * LANES, 2 * LANES + 1, 3 * LANES, 4 * LANES, 4 * LANES + 1, 7 * LANES + 3};

    @Provide
    Arbitrary<GruCase> small() {
        Arbitrary<Integer> units = Arbitraries.of(1, 2, 3, 4, 5, LANES / 2, LANES / 2 + 1, 3 * LANES / 4, LANES - 1,
                LANES + 1, LANES + 2, 20, 24, StreamGates.MAX_UNITS + 1);
        Arbitrary<Integer> inputs = Arbitraries.of(1, 3, 4, 8, 9, LANES, LANES + 1, 33);
        Arbitrary<Integer> streams = Arbitraries.of(Arrays.stream(STREAMS).boxed().distinct().toList());
        // The largest weight, the largest input, and a special value.
        Arbitrary<float[]> scales = Arbitraries.of(new float[]{0.5f, 1, 0}, new float[]{0.1f, 1e-41f, 0},
                new float[]{8, 4, 0}, new float[]{1e4f, 1e4f, 0}, new float[]{0.5f, 1, Float.NaN},
                new float[]{0.5f, 1, Float.POSITIVE_INFINITY}, new float[]{0.5f, 1, Float.NEGATIVE_INFINITY});
        return Combinators.combine(Arbitraries.of(GruVariant.class), inputs, units, streams,
                Arbitraries.of(0, 1, 2, 5), scales, Arbitraries.of(GruCase.Masking.class), Arbitraries.longs())
                .as((variant, in, size, batch, steps, scale, masking, seed) -> new GruCase(variant, in, size, batch,
                        steps, scale[0], scale[1], steps == 0 ? 0 : scale[2], masking, seed));
    }

    private static PackedGru pack(GruKernel kernel, GruCase layer, Precision precision) {
        return kernel.pack(layer.weights().rounded(precision), precision, Arena.ofAuto());
    }

    /** Runs all streams at once; {@code state} is replaced. */
    private static float[] run(PackedGru packed, GruCase layer, float[] state) {
        float[] y = new float[layer.batch() * layer.steps() * layer.hiddenSize()];
        packed.newRunner(layer.batch()).forwardBatch(layer.batch(), layer.steps(), layer.x(), layer.mask(), state, y);
        return y;
    }

    @Property(tries = TRIES)
    void manyStreamsHaveTheBitsOfThePortableKernel(@ForAll("small") GruCase layer, @ForAll Precision precision) {
        float[] state = layer.state();
        float[] expectedState = layer.state();
        assertArrayEquals(run(pack(new PortableGruKernel(), layer, precision), layer, expectedState),
                run(pack(new SimdGruKernel(), layer, precision), layer, state));
        assertArrayEquals(expectedState, state);
    }

    @Property(tries = TRIES)
    void aRunnerOfManyHasTheBitsOfSingleStreamsAlsoInOtherNumbersAndWithoutOutputs(@ForAll("small") GruCase layer,
            @ForAll Precision precision) {
        PackedGru packed = pack(new SimdGruKernel(), layer, precision);
        int size = packed.stateSize();
        boolean[] mask = layer.mask();
        float[] expected = layer.state();
        GruRunner single = packed.newRunner(1);
        for (int row = 0; row < layer.batch(); row++) {
            float[] state = Arrays.copyOfRange(expected, row * size, (row + 1) * size);
            int from = row * layer.steps();
            int end = from + layer.steps();
            single.forwardBatch(1, layer.steps(),
                    Arrays.copyOfRange(layer.x(), from * layer.inputSize(), end * layer.inputSize()),
                    mask == null ? null : Arrays.copyOfRange(mask, from, end), state, null);
            System.arraycopy(state, 0, expected, row * size, size);
        }
        GruRunner runner = packed.newRunner(7 * LANES + 3);
        // What an earlier call leaves in lanes without a stream must not matter.
        float[] others = new float[(7 * LANES + 3) * size];
        Arrays.fill(others, Float.NaN);
        runner.forwardBatch(7 * LANES + 3, 1, new float[(7 * LANES + 3) * layer.inputSize()], null, others, null);
        float[] state = layer.state();
        runner.forwardBatch(layer.batch(), layer.steps(), layer.x(), mask, state, null);
        assertArrayEquals(expected, state);
    }

    @Property(tries = TRIES)
    void rowsBecomeColumnsAndNothingElseIsWritten(@ForAll("counts") int rows, @ForAll("counts") int columns,
            @ForAll long seed) {
        Random random = new Random(seed);
        int from0 = random.nextInt(3);
        int to0 = random.nextInt(3);
        int fromStride = columns + random.nextInt(3);
        int toStride = rows + random.nextInt(3);
        float[] from = RandomWeights.uniform(random, from0 + rows * fromStride, 1);
        float[] to = new float[to0 + columns * toStride];
        float[] expected = to.clone();
        for (int i = 0; i < rows; i++) {
            for (int k = 0; k < columns; k++) {
                expected[to0 + k * toStride + i] = from[from0 + i * fromStride + k];
            }
        }
        StreamColumns.turn(rows, columns, from, from0, fromStride, to, to0, toStride);
        assertArrayEquals(expected, to);
    }

    @Provide
    Arbitrary<Integer> counts() {
        return Arbitraries.of(1, 3, 4, 5, 7, 8, 9, 16, 23, 64);
    }
}
