package dev.gru.simd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.util.Arrays;

import dev.gru.kernel.GruWeights;
import dev.gru.kernel.PackedGru;
import dev.gru.kernel.Precision;
import dev.gru.kernel.ScalarGruKernel;
import dev.gru.kernel.Workspace;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.domains.Domain;

/** The kernel against the reference, within a derived bound, and against itself and its exact form, bit for bit. */
@Domain(GruCases.class)
class SimdGruProperties {
    private static final int TRIES = 150;

    private static PackedGru pack(GruCase layer) {
        return new SimdGruKernel().pack(layer.weights(), Arena.ofAuto());
    }

    /** Runs all streams at once; {@code state} is replaced. */
    private static float[] runBatch(PackedGru simd, GruCase layer, boolean[] mask, float[] state) {
        float[] y = new float[layer.batch() * layer.steps() * layer.hiddenSize()];
        simd.forwardBatch(layer.batch(), layer.steps(), layer.x(), mask, state, simd.newWorkspace(layer.batch()), y);
        return y;
    }

    @Property(tries = TRIES)
    void staysWithinTheDerivedBoundOfTheReference(@ForAll GruCase layer) {
        GruWeights weights = layer.weights();
        PackedGru simd = pack(layer);
        float[] x = layer.x();
        float[] state = layer.state();
        boolean[] mask = layer.mask();
        float[] y = runBatch(simd, layer, mask, state);

        PackedGru reference = new ScalarGruKernel().pack(weights, Arena.ofAuto());
        Workspace workspace = reference.newWorkspace(1);
        int stateSize = reference.stateSize();
        float[] initial = layer.state();
        for (int row = 0; row < layer.batch(); row++) {
            ErrorBound bound = new ErrorBound(weights);
            float[] expected = Arrays.copyOfRange(initial, row * stateSize, (row + 1) * stateSize);
            for (int t = row * layer.steps(); t < (row + 1) * layer.steps(); t++) {
                if (mask == null || mask[t]) {
                    int x0 = t * layer.inputSize();
                    bound.step(x, x0, expected, 0);
                    reference.forwardStep(Arrays.copyOfRange(x, x0, x0 + layer.inputSize()), expected, workspace,
                            expected);
                }
                check("y", y, t * layer.hiddenSize(), expected, layer.hiddenSize(), bound);
            }
            check("state", state, row * stateSize, expected, stateSize, bound);
        }
    }

    private static void check(String what, float[] got, int from, float[] expected, int size, ErrorBound bound) {
        for (int i = 0; i < size; i++) {
            int at = i;
            // NaN and infinity are where the reference has them; beside them the bound may be infinite, or no number.
            boolean within = Float.isFinite(expected[i])
                    ? !(Math.abs((double) got[from + i] - expected[i]) > bound.at(i)) && Float.isFinite(got[from + i])
                    : Float.compare(got[from + i], expected[i]) == 0;
            assertTrue(within, () -> what + "[" + at + "] is " + got[from + at] + ", not " + expected[at] + " within "
                    + bound.at(at));
        }
    }

    @Property(tries = TRIES)
    void hasTheBitsOfItsExactForm(@ForAll GruCase layer) {
        PackedGru simd = pack(layer);
        boolean[] mask = layer.mask();
        float[] state = layer.state();
        float[] y = runBatch(simd, layer, mask, state);

        GruWeights weights = layer.weights();
        float[] expectedState = layer.state();
        float[] expected = new float[y.length];
        float[] x = layer.x();
        int stateSize = simd.stateSize();
        for (int row = 0; row < layer.batch(); row++) {
            float[] s = Arrays.copyOfRange(expectedState, row * stateSize, (row + 1) * stateSize);
            for (int t = row * layer.steps(); t < (row + 1) * layer.steps(); t++) {
                if (mask == null || mask[t]) {
                    ExactGru.step(weights, x, t * layer.inputSize(), s);
                }
                System.arraycopy(s, 0, expected, t * layer.hiddenSize(), layer.hiddenSize());
            }
            System.arraycopy(s, 0, expectedState, row * stateSize, stateSize);
        }
        assertArrayEquals(expected, y);
        assertArrayEquals(expectedState, state);
    }

    @Property(tries = TRIES)
    void inALowerPrecisionHasTheBitsOfRoundedWeights(@ForAll GruCase layer) {
        GruWeights weights = layer.weights();
        PackedGru compressed = new SimdGruKernel().pack(weights, Precision.BF16, Arena.ofAuto());
        PackedGru rounded = new SimdGruKernel().pack(weights.rounded(Precision.BF16), Arena.ofAuto());
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

        Workspace workspace = simd.newWorkspace(1);
        int stateSize = simd.stateSize();
        float[] initial = layer.state();
        float[] x = layer.x();
        for (int row = 0; row < layer.batch(); row++) {
            float[] s = Arrays.copyOfRange(initial, row * stateSize, (row + 1) * stateSize);
            for (int t = row * layer.steps(); t < (row + 1) * layer.steps(); t++) {
                if (mask == null || mask[t]) {
                    int x0 = t * layer.inputSize();
                    simd.forwardStep(Arrays.copyOfRange(x, x0, x0 + layer.inputSize()), s, workspace, s);
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
        Workspace workspace = simd.newWorkspace(layer.batch());
        int size = layer.hiddenSize();
        float[] x = Arrays.copyOf(layer.x(), layer.steps() * layer.inputSize());
        float[] whole = Arrays.copyOf(layer.state(), simd.stateSize());
        float[] y = new float[layer.steps() * size];
        simd.forwardSequence(layer.steps(), x, null, whole, workspace, y);

        int cut = Math.floorMod(layer.seed(), layer.steps() + 1);
        float[] cutState = Arrays.copyOf(layer.state(), simd.stateSize());
        float[] head = new float[cut * size];
        float[] tail = new float[(layer.steps() - cut) * size];
        simd.forwardSequence(cut, x, null, cutState, workspace, head);
        simd.forwardSequence(layer.steps() - cut, Arrays.copyOfRange(x, cut * layer.inputSize(), x.length), null,
                cutState, workspace, tail);
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
        simd.forwardStep(layer.x(), hPrev, simd.newWorkspace(1), hNext);
        assertArrayEquals(before, hPrev);
        simd.forwardStep(layer.x(), hPrev, simd.newWorkspace(1), hPrev);
        assertArrayEquals(hNext, hPrev);
    }
}
