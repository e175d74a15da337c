package dev.gru.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Random;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

import dev.gru.weights.GruActivations;
import dev.gru.weights.GruVariant;

/** Same stream, same bits, of each kernel. */
class PackedGruProperties {

    @Provide
    Arbitrary<GruKernel> kernels() {
        return Arbitraries.of(Kernels.all().toList());
    }

    @Provide
    Arbitrary<GruActivations> activations() {
        return Activations.anyOfGru();
    }

    /** Around one tile of rows and of inputs, and around one chunk of steps. */
    @Property(tries = 300)
    void stepsSequencesAndBatchesGiveTheSameBits(@ForAll("kernels") GruKernel kernel, @ForAll GruVariant variant,
            @ForAll("activations") GruActivations activations,
            @ForAll @IntRange(min = 1, max = 9) int inputSize, @ForAll @IntRange(min = 1, max = 9) int hiddenSize,
            @ForAll @IntRange(min = 0, max = 18) int steps, @ForAll @IntRange(min = 1, max = 9) int batch,
            @ForAll boolean byLengths, @ForAll @IntRange(min = 0, max = 18) int cut, @ForAll long seed) {
        PackedGru layer = kernel.pack(RandomWeights.gru(variant, activations, inputSize, hiddenSize, seed),
                Arena.global());
        GruRunner runner = layer.newRunner(batch);
        Random random = new Random(~seed);
        float[] x = RandomWeights.floats(batch * steps * inputSize, random);
        float[] initial = RandomWeights.floats(batch * layer.stateSize(), random);
        boolean[] mask = byLengths ? lengths(batch, steps, random) : holes(batch * steps, random);

        float[] state = initial.clone();
        float[] y = new float[batch * steps * hiddenSize];
        runner.forwardBatch(batch, steps, x, mask, state, y);

        for (int row = 0; row < batch; row++) {
            float[] rowX = part(x, row, steps * inputSize);
            boolean[] rowMask = Arrays.copyOfRange(mask, row * steps, (row + 1) * steps);
            float[] rowY = part(y, row, steps * hiddenSize);
            float[] rowState = part(state, row, layer.stateSize());
            float[] rowInitial = part(initial, row, layer.stateSize());
            checkInTwoSequences(layer, Math.min(cut, steps), rowX, rowMask, rowInitial.clone(), rowY, rowState);
            checkStepByStep(layer, rowX, rowMask, rowInitial, rowY, rowState);
        }
    }

    private static void checkInTwoSequences(PackedGru layer, int cut, float[] x, boolean[] mask, float[] state,
            float[] expectedY, float[] expectedState) {
        GruRunner runner = layer.newRunner(1);
        int steps = mask.length;
        float[] head = new float[cut * layer.hiddenSize()];
        float[] tail = new float[(steps - cut) * layer.hiddenSize()];
        runner.forwardBatch(1, cut, x, mask, state, head);
        runner.forwardBatch(1, steps - cut, Arrays.copyOfRange(x, cut * layer.inputSize(), x.length),
                Arrays.copyOfRange(mask, cut, steps), state, tail);
        float[] y = Arrays.copyOf(head, expectedY.length);
        System.arraycopy(tail, 0, y, head.length, tail.length);
        assertArrayEquals(expectedY, y);
        assertArrayEquals(expectedState, state);
    }

    private static void checkStepByStep(PackedGru layer, float[] x, boolean[] mask, float[] initial, float[] expectedY,
            float[] expectedState) {
        GruRunner runner = layer.newRunner(1);
        float[] state = initial;
        float[] y = new float[expectedY.length];
        for (int t = 0; t < mask.length; t++) {
            if (mask[t]) {
                float[] next = new float[layer.stateSize()];
                runner.forwardStep(part(x, t, layer.inputSize()), state, next);
                state = next;
            }
            System.arraycopy(state, 0, y, t * layer.hiddenSize(), layer.hiddenSize());
        }
        assertArrayEquals(expectedY, y);
        assertArrayEquals(expectedState, state);
    }

    private static float[] part(float[] all, int index, int length) {
        return Arrays.copyOfRange(all, index * length, (index + 1) * length);
    }

    private static boolean[] lengths(int batch, int steps, Random random) {
        boolean[] mask = new boolean[batch * steps];
        for (int row = 0; row < batch; row++) {
            Arrays.fill(mask, row * steps, row * steps + random.nextInt(steps + 1), true);
        }
        return mask;
    }

    private static boolean[] holes(int count, Random random) {
        boolean[] mask = new boolean[count];
        for (int i = 0; i < count; i++) {
            mask[i] = random.nextInt(4) > 0;
        }
        return mask;
    }
}
