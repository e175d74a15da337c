package dev.gru.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Random;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import dev.gru.kernel.math.Exponential;
import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;
import dev.gru.weights.GruActivations;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;

/** {@link PortableGruKernel} against the reference, within a derived bound. */
class PortableProperties {
    private static final int TRIES = 600;

    /**
     * How large numbers are.
     *
     * @param weights the largest magnitude of weights and biases
     * @param inputs the largest magnitude of inputs and states
     * @param special what one input and one element of the state are instead; 0 for nothing special
     */
    record Scale(float weights, float inputs, float special) {
    }

    /**
     * Beside an infinity weights are so small that no gate is below what a float holds: there the reference would have
     * 0 &lt; z, and z times infinity another value.
     */
    @Provide
    Arbitrary<Scale> scales() {
        return Arbitraries.of(new Scale(0.5f, 1, 0), new Scale(0, 1, 0), new Scale(0.3f, 0, 0),
                new Scale(0.1f, 1e-41f, 0), new Scale(1e-41f, 1, 0), new Scale(8, 4, 0), new Scale(1e4f, 1e4f, 0),
                new Scale(0.5f, 1, Float.NaN), new Scale(0.5f, 1, Float.POSITIVE_INFINITY),
                new Scale(0.5f, 1, Float.NEGATIVE_INFINITY));
    }

    /** All but Keras's sparsemax, which jumps where a number comes into τ: no sum may be off there. */
    @Provide
    Arbitrary<Activation> activations() {
        return Arbitraries.of(
                Activations.all().filter(f -> f.function() != Activation.Function.SPARSEMAX).toList());
    }

    @Provide
    Arbitrary<GruActivations> gruActivations() {
        return Activations.anyOfGru();
    }

    private static float[] floats(Random random, int count, float scale) {
        float[] values = RandomWeights.floats(count, random);
        for (int i = 0; i < count; i++) {
            values[i] *= scale;
        }
        return values;
    }

    @Property(tries = TRIES)
    void streamsStayWithinTheDerivedBoundOfTheReference(@ForAll GruVariant variant,
            @ForAll("gruActivations") GruActivations activations,
            @ForAll @IntRange(min = 1, max = 70) int inputSize, @ForAll @IntRange(min = 1, max = 70) int hiddenSize,
            @ForAll @IntRange(min = 1, max = 33) int steps, @ForAll("scales") Scale scale, @ForAll long seed) {
        Random random = new Random(seed);
        GruWeights weights = new GruWeights(variant, activations, inputSize, hiddenSize,
                floats(random, 3 * hiddenSize * inputSize, scale.weights),
                floats(random, 3 * hiddenSize * hiddenSize, scale.weights),
                floats(random, 3 * hiddenSize, scale.weights), floats(random, 3 * hiddenSize, scale.weights));
        float[] x = floats(random, steps * inputSize, scale.inputs);
        float[] initial = floats(random, variant.stateSize(hiddenSize), Math.min(1, scale.inputs));
        if (scale.special != 0) {
            x[random.nextInt(x.length)] = scale.special;
            initial[random.nextInt(initial.length)] = scale.special;
        }

        Compared compared = compare(weights, steps, x, initial);
        if (activations.equals(GruActivations.STANDARD) && !Float.isInfinite(scale.special)) {
            assertEquals(steps, compared.steps);
        }
    }

    /**
     * With r = 1, z = 1/4, no bound, and weights of n between 1/5 and 2/5, five to a unit, a step multiplies the state
     * by 1 to 7/4: it needs more than 128 steps to leave the range of floats, and until then errors stay relative to
     * it.
     */
    @ParameterizedTest
    @EnumSource
    void aGrowingStateStaysWithinTheDerivedBoundUntilItLeavesTheRangeOfFloats(GruVariant variant) {
        int size = 5;
        int steps = 400;
        GruActivations functions = new GruActivations(Activation.hardSigmoid(0.25f, 0.5f), Activation.RELU,
                Float.POSITIVE_INFINITY);
        float[] weightHh = new float[3 * size * size];
        Random random = new Random(2);
        for (int i = 2 * size * size; i < weightHh.length; i++) {
            weightHh[i] = (1 + random.nextFloat()) / 5;
        }
        float[] biasIh = new float[3 * size];
        Arrays.fill(biasIh, 0, size, 40);
        Arrays.fill(biasIh, size, 2 * size, -1);
        GruWeights weights = new GruWeights(variant, functions, 1, size, new float[3 * size], weightHh, biasIh,
                new float[3 * size]);
        float[] initial = floats(random, variant.stateSize(size), 0.1f);
        Arrays.fill(initial, 1);

        Compared compared = compare(weights, steps, new float[steps], initial);
        assertTrue(compared.steps > 128 && compared.steps < steps, compared::toString);
        // A step rounds five products and eight other results; the rest is for what such errors do to each other.
        assertTrue(compared.relativeBound < 2 * 0x1p-24 * (size + 8) * compared.steps, compared::toString);
    }

    /** For how many steps the bound holds, and the largest that it was, relative to a number of the state. */
    record Compared(int steps, double relativeBound) {
    }

    /** Compares as many steps as the bound holds for. */
    private static Compared compare(GruWeights weights, int steps, float[] x, float[] initial) {
        int inputSize = weights.inputSize();
        int hiddenSize = weights.hiddenSize();
        PackedGru portable = new PortableGruKernel().pack(weights, Arena.global());
        float[] state = initial.clone();
        float[] y = new float[steps * hiddenSize];
        portable.newRunner(1).forwardBatch(1, steps, x, null, state, y);

        PackedGru reference = new ScalarGruKernel().pack(weights, Arena.global());
        GruRunner runner = reference.newRunner(1);
        ErrorBound bound = new ErrorBound(weights);
        float[] expected = initial.clone();
        double relative = 0;
        for (int t = 0; t < steps; t++) {
            bound.step(x, t * inputSize, expected, 0);
            if (!bound.holds()) {
                return new Compared(t, relative);
            }
            runner.forwardStep(Arrays.copyOfRange(x, t * inputSize, (t + 1) * inputSize), expected, expected);
            check("y", y, t * hiddenSize, expected, hiddenSize, bound);
            for (int i = 0; i < hiddenSize; i++) {
                relative = Math.max(relative, bound.at(i) / Math.abs(expected[i]));
            }
        }
        check("state", state, 0, expected, expected.length, bound);
        return new Compared(steps, relative);
    }

    private static void check(String what, float[] got, int from, float[] expected, int size, ErrorBound bound) {
        for (int i = 0; i < size; i++) {
            int at = i;
            // NaN and infinity are where the reference has them.
            boolean within = Float.isFinite(expected[i])
                    ? Math.abs((double) got[from + i] - expected[i]) <= bound.at(i)
                    : Float.compare(got[from + i], expected[i]) == 0;
            assertTrue(within, () -> what + "[" + at + "] is " + got[from + at] + ", not " + expected[at] + " within "
                    + bound.at(at));
        }
    }

    private static float[] dense(GruKernel kernel, DenseWeights weights, float[] x) {
        PackedDense layer = kernel.pack(weights, Arena.global());
        float[] y = new float[layer.outputSize()];
        layer.newRunner().forward(1, x, y);
        return y;
    }

    /**
     * A sum of n products of numbers below 1/2, and a bias, is off by at most γ(n + 1) (n / 4 + 1/2). Relu, sigmoid and
     * tanh do not stretch that; α v + β stretches it by |α| and is rounded once more; softmax stretches it by at most 2
     * and adds the errors of e^v, of the sum of all and of the quotient, relative to numbers that are at most 1.
     */
    @Property(tries = TRIES)
    void denseLayersStayWithinTheDerivedBoundOfTheReference(@ForAll @IntRange(min = 1, max = 70) int inputs,
            @ForAll @IntRange(min = 1, max = 70) int outputs,
            @ForAll("activations") Activation activation, @ForAll long seed) {
        Random random = new Random(seed);
        DenseWeights weights = new DenseWeights(inputs, outputs, activation,
                floats(random, inputs * outputs, 0.5f), floats(random, outputs, 0.5f));
        float[] x = floats(random, inputs, 0.5f);
        float[] expected = dense(new ScalarGruKernel(), weights, x);
        float[] y = dense(new PortableGruKernel(), weights, x);
        double u = 0x1p-24;
        double largest = inputs / 4.0 + 0.5;
        double sum = (inputs + 2) * u * largest;
        double slope = Math.abs(activation.alpha());
        double bound = switch (activation.function()) {
            case RELU -> sum + u * largest;
            case LINEAR, HARD_SIGMOID -> slope * sum
                    + 2 * u * (slope * (largest + sum) + Math.abs(activation.beta()));
            case SIGMOID -> sum + Exponential.SIGMOID_ERROR + u;
            case TANH -> sum + Exponential.TANH_ERROR + u;
            case SOFTMAX -> 2 * (sum + u * (inputs / 2.0 + 1)) + (2 * 2 + outputs + 2) * u;
            // The two sums move apart, e^v is off by 4 u, their sum by one u for each, and the result is rounded.
            case LOG_SOFTMAX -> 2 * sum + (4 + outputs + 2 * largest + 2 * Math.log(outputs)) * u;
            default -> OwnError.steepest(activation, largest) * sum + OwnError.of(activation, largest) + u * largest;
        };
        for (int i = 0; i < outputs; i++) {
            double difference = Math.abs((double) y[i] - expected[i]);
            assertTrue(difference <= bound, () -> difference + " > " + bound);
        }
    }
}
