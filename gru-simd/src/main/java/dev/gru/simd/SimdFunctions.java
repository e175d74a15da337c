package dev.gru.simd;

import static java.nio.ByteOrder.nativeOrder;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import dev.gru.kernel.math.FloatFunctions;
import dev.gru.kernel.math.RowFunctions;
import dev.gru.simd.loops.ActivationLoops;
import dev.gru.simd.loops.FunctionLoops;
import dev.gru.simd.loops.Lanes;
import dev.gru.weights.Activation;

/** The functions of {@link Activation} over memory, as {@link SimdGruKernel} applies them: the choice among loops. */
final class SimdFunctions {
    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final long B = Lanes.BYTES;

    private SimdFunctions() {
    }

    /**
     * Applies any function of one number to vectors, in place. They are {@code step} bytes apart, the first at byte
     * {@code v0}.
     */
    static void apply(Activation activation, int vectors, MemorySegment v, long v0, long step) {
        float alpha = activation.alpha();
        float beta = activation.beta();
        switch (activation.function()) {
            case LINEAR -> {
                // Not α v + β, which would turn −0 into 0.
                if (!activation.isIdentity()) {
                    ActivationLoops.affine(vectors, v, v0, step, alpha, beta);
                }
            }
            case RELU -> ActivationLoops.relu(vectors, v, v0, step);
            case SIGMOID -> ActivationLoops.sigmoid(vectors, v, v0, step);
            case TANH -> ActivationLoops.tanh(vectors, v, v0, step);
            case HARD_SIGMOID -> ActivationLoops.hardSigmoid(vectors, v, v0, step, alpha, beta);
            case LEAKY_RELU -> ActivationLoops.leakyRelu(vectors, v, v0, step, alpha, beta, activation.gamma());
            case CLIP -> ActivationLoops.clip(vectors, v, v0, step, alpha, beta);
            case THRESHOLD -> ActivationLoops.threshold(vectors, v, v0, step, alpha, beta);
            case SOFTSIGN -> ActivationLoops.softsign(vectors, v, v0, step);
            case HARD_SILU -> ActivationLoops.hardSilu(vectors, v, v0, step, alpha, beta);
            case ELU -> FunctionLoops.elu(vectors, v, v0, step, 1, alpha);
            case SELU -> FunctionLoops.elu(vectors, v, v0, step, beta, beta * alpha);
            case CELU -> FunctionLoops.celu(vectors, v, v0, step, alpha);
            case GELU -> FunctionLoops.gelu(vectors, v, v0, step);
            case GELU_TANH -> FunctionLoops.geluTanh(vectors, v, v0, step);
            case SOFTPLUS -> FunctionLoops.softplus(vectors, v, v0, step);
            case LOG_SIGMOID -> FunctionLoops.logSigmoid(vectors, v, v0, step);
            case SILU -> FunctionLoops.silu(vectors, v, v0, step);
            case MISH -> FunctionLoops.mish(vectors, v, v0, step);
            case EXPONENTIAL -> FunctionLoops.exponential(vectors, v, v0, step);
            case SCALED_TANH -> FunctionLoops.scaledTanh(vectors, v, v0, step, alpha, beta);
            default -> oneByOne(activation, vectors, v, v0, step);
        }
    }

    /** Applies a function that has no loop. */
    private static void oneByOne(Activation activation, int vectors, MemorySegment v, long v0, long step) {
        for (int i = 0; i < vectors; i++) {
            for (int lane = 0; lane < Lanes.COUNT; lane++) {
                long at = v0 + i * step + (long) lane * Float.BYTES;
                v.set(ValueLayout.JAVA_FLOAT, at, FloatFunctions.apply(activation, v.get(ValueLayout.JAVA_FLOAT, at)));
            }
        }
    }

    /**
     * Computes the images of a row of numbers.
     *
     * @param activation the function
     * @param numbers how many
     * @param v holds them; they and their padding may take any values
     * @param v0 the byte where they begin
     * @param y takes the images
     * @param y0 the element where they begin
     */
    static void applyToRow(Activation activation, int numbers, MemorySegment v, long v0, float[] y, int y0) {
        if (activation.function() == Activation.Function.SOFTMAX) {
            softmax(numbers, v, v0);
        } else if (!activation.function().isOfRow()) {
            apply(activation, Lanes.vectors(numbers), v, v0, B);
        }
        MemorySegment.copy(v, ValueLayout.JAVA_FLOAT, v0, y, y0, numbers);
        if (RowFunctions.have(activation)) {
            RowFunctions.apply(activation, y, y0, numbers);
        }
    }

    /** Maximum and sum go over the numbers in order, not over lanes, so their bits do not depend on the lanes. */
    private static void softmax(int numbers, MemorySegment v, long v0) {
        int vectors = Lanes.vectors(numbers);
        float max = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < numbers; i++) {
            max = Math.max(max, v.get(ValueLayout.JAVA_FLOAT, v0 + (long) i * Float.BYTES));
        }
        ActivationLoops.exp(vectors, v, v0, B, max);
        float sum = 0;
        for (int i = 0; i < numbers; i++) {
            sum += v.get(ValueLayout.JAVA_FLOAT, v0 + (long) i * Float.BYTES);
        }
        for (int i = 0; i < vectors; i++) {
            FloatVector.fromMemorySegment(S, v, v0 + i * B, nativeOrder()).div(sum)
                    .intoMemorySegment(v, v0 + i * B, nativeOrder());
        }
    }
}
