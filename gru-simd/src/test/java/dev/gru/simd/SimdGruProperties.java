package dev.gru.simd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.lang.foreign.Arena;
import java.util.Arrays;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.domains.Domain;

import dev.gru.kernel.GruRunner;
import dev.gru.kernel.PackedGru;
import dev.gru.kernel.PortableGruKernel;
import dev.gru.weights.Precision;

/**
 * The kernel against the portable one, whose distance from the reference is tested there, and against itself: all bits.
 */
@Domain(GruCases.class)
class SimdGruProperties {
    private static final int TRIES = 300;

    private static PackedGru pack(GruCase layer) {
        return new SimdGruKernel().pack(layer.weights(), Arena.ofAuto());
    }

    /** Runs all streams at once; {@code state} is replaced. */
    private static float[] runBatch(PackedGru packed, GruCase layer, boolean[] mask, float[] state) {
        float[] y = new float[layer.batch() * layer.steps() * layer.hiddenSize()];
        packed.newRunner(layer.batch()).forwardBatch(layer.batch(), layer.steps(), layer.x(), mask, state, y);
        return y;
    }

    @Property(tries = TRIES)
    void hasTheBitsOfThePortableKernel(@ForAll GruCase layer) {
        float[] state = layer.state();
        float[] y = runBatch(pack(layer), layer, layer.mask(), state);
        float[] expectedState = layer.state();
        float[] expected = runBatch(new PortableGruKernel().pack(layer.weights(), Arena.ofAuto()), layer, layer.mask(),
                expectedState);
        assertArrayEquals(expected, y);
        assertArrayEquals(expectedState, state);
    }

    @Property(tries = TRIES)
    void inALowerPrecisionHasTheBitsOfRoundedWeights(@ForAll GruCase layer) {
        PackedGru compressed = new SimdGruKernel().pack(layer.weights(), Precision.BF16, Arena.ofAuto());
        PackedGru rounded = new PortableGruKernel().pack(layer.weights().rounded(Precision.BF16), Arena.ofAuto());
        boolean[] mask = layer.mask();
        float[] state = layer.state();
        float[] expectedState = layer.state();
        assertArrayEquals(runBatch(rounded, layer, mask, expectedState), runBatch(compressed, layer, mask, state));
        assertArrayEquals(expectedState, state);
    }

    @Property(tries = TRIES)
    void givesAStreamTheSameBitsStepByStepAsInABatch(@ForAll GruCase layer) {
        PackedGru simd = pack(layer);
        boolean[] mask = layer.mask();
        float[] state = layer.state();
        float[] y = runBatch(simd, layer, mask, state);

        GruRunner runner = simd.newRunner(1);
        int stateSize = simd.stateSize();
        float[] initial = layer.state();
        float[] x = layer.x();
        for (int row = 0; row < layer.batch(); row++) {
            float[] s = Arrays.copyOfRange(initial, row * stateSize, (row + 1) * stateSize);
            for (int t = row * layer.steps(); t < (row + 1) * layer.steps(); t++) {
                if (mask == null || mask[t]) {
                    int x0 = t * layer.inputSize();
                    runner.forwardStep(Arrays.copyOfRange(x, x0, x0 + layer.inputSize()), s, s);
                }
                int y0 = t * layer.hiddenSize();
                assertArrayEquals(Arrays.copyOf(s, layer.hiddenSize()),
                        Arrays.copyOfRange(y, y0, y0 + layer.hiddenSize()));
            }
            assertArrayEquals(s, Arrays.copyOfRange(state, row * stateSize, (row + 1) * stateSize));
        }
    }

    @Property(tries = TRIES)
    void givesAStreamTheSameBitsHoweverItIsCut(@ForAll GruCase layer) {
        PackedGru simd = pack(layer);
        GruRunner runner = simd.newRunner(layer.batch());
        int size = layer.hiddenSize();
        float[] x = Arrays.copyOf(layer.x(), layer.steps() * layer.inputSize());
        float[] whole = Arrays.copyOf(layer.state(), simd.stateSize());
        float[] y = new float[layer.steps() * size];
        runner.forwardBatch(1, layer.steps(), x, null, whole, y);

        int cut = Math.floorMod(layer.seed(), layer.steps() + 1);
        float[] cutState = Arrays.copyOf(layer.state(), simd.stateSize());
        float[] head = new float[cut * size];
        float[] tail = new float[(layer.steps() - cut) * size];
        runner.forwardBatch(1, cut, x, null, cutState, head);
        runner.forwardBatch(1, layer.steps() - cut, Arrays.copyOfRange(x, cut * layer.inputSize(), x.length), null,
                cutState, tail);
        assertArrayEquals(whole, cutState);
        assertArrayEquals(Arrays.copyOf(y, head.length), head);
        assertArrayEquals(Arrays.copyOfRange(y, head.length, y.length), tail);
    }

    @Property(tries = TRIES)
    void stepLeavesTheStateBeforeItAlone(@ForAll GruCase layer) {
        PackedGru simd = pack(layer);
        float[] before = Arrays.copyOf(layer.state(), simd.stateSize());
        float[] hPrev = before.clone();
        float[] hNext = new float[simd.stateSize()];
        simd.newRunner(1).forwardStep(layer.x(), hPrev, hNext);
        assertArrayEquals(before, hPrev);
        simd.newRunner(1).forwardStep(layer.x(), hPrev, hPrev);
        assertArrayEquals(hNext, hPrev);
    }
}
