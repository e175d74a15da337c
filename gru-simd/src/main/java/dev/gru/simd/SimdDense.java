package dev.gru.simd;

import static java.nio.ByteOrder.nativeOrder;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

import dev.gru.kernel.Activation;
import dev.gru.kernel.DenseWeights;
import dev.gru.kernel.PackedDense;
import dev.gru.kernel.Precision;
import dev.gru.kernel.Workspace;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** A dense layer as {@link SimdGruKernel} runs it: a packed product for some rows, then the activation. */
final class SimdDense extends PackedDense {
    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final long B = Lanes.BYTES;

    /** Rows that are multiplied at once. */
    private static final int ROWS = 16;

    private final Activation activation;
    /** Null for an activation by itself. */
    private final PackedMatrix matrix;
    /** Bytes of a row of outputs, padding included. */
    private final long rowBytes;

    SimdDense(DenseWeights weights, Precision precision, Arena arena) {
        super(weights);
        activation = weights.activation();
        rowBytes = Lanes.vectors(outputSize()) * B;
        matrix = new PackedMatrix(PackedMatrix.panels(Lanes.vectors(outputSize()), precision), inputSize(), precision,
                new PackedMatrix.Source() {
                    @Override
                    public float bias(int output) {
                        return output < weights.outputSize() ? weights.bias(output) : 0;
                    }

                    @Override
                    public float weight(int output, int input) {
                        return output < weights.outputSize() ? weights.weight(output, input) : 0;
                    }
                }, arena);
    }

    SimdDense(Activation activation, int size) {
        super(size);
        this.activation = activation;
        rowBytes = Lanes.vectors(size) * B;
        matrix = null;
    }

    private static final class Scratch extends Workspace {
        final float[] copies;
        final MemorySegment sums;

        Scratch(SimdDense owner) {
            super(owner, 1);
            copies = owner.matrix == null ? null : owner.matrix.newInputs(ROWS);
            sums = PackedMatrix.newOutputs(ROWS, owner.rowBytes);
        }
    }

    @Override
    public Workspace newWorkspace() {
        return new Scratch(this);
    }

    @Override
    protected void run(int rows, float[] x, Workspace workspace, float[] y) {
        Scratch s = (Scratch) workspace;
        MemorySegment sums = s.sums;
        for (int from = 0; from < rows; from += ROWS) {
            int count = Math.min(ROWS, rows - from);
            sum(count, x, from, s);
            for (int row = 0; row < count; row++) {
                activate(sums, row * rowBytes);
                MemorySegment.copy(sums, ValueLayout.JAVA_FLOAT, row * rowBytes, y, (from + row) * outputSize(),
                        outputSize());
            }
        }
    }

    private void sum(int rows, float[] x, int from, Scratch s) {
        if (matrix != null) {
            matrix.multiply(0, matrix.panels(), false, rows, x, from * inputSize(), inputSize(), s.copies, s.sums, 0,
                    rowBytes);
            return;
        }
        for (int row = 0; row < rows; row++) {
            MemorySegment.copy(x, (from + row) * inputSize(), s.sums, ValueLayout.JAVA_FLOAT, row * rowBytes,
                    inputSize());
            // What is left in the padding would be activated again and again, and might become subnormal, which is slow.
            for (int i = inputSize(); i < Lanes.padded(inputSize()); i++) {
                s.sums.set(ValueLayout.JAVA_FLOAT, row * rowBytes + (long) i * Float.BYTES, 0);
            }
        }
    }

    /** Applies the activation to one row, in place; what it makes of the padding does not matter. */
    private void activate(MemorySegment v, long from) {
        int vectors = Lanes.vectors(outputSize());
        switch (activation.function()) {
            case LINEAR, HARD_SIGMOID -> {
            }
            case RELU -> relu(vectors, v, from);
            case SIGMOID -> ActivationLoops.sigmoid(vectors, v, from, B);
            case TANH -> ActivationLoops.tanh(vectors, v, from, B);
            case SOFTMAX -> softmax(vectors, outputSize(), v, from);
        }
    }

    private static void relu(int vectors, MemorySegment v, long from) {
        for (int i = 0; i < vectors; i++) {
            FloatVector.fromMemorySegment(S, v, from + i * B, nativeOrder()).max(0f)
                    .intoMemorySegment(v, from + i * B, nativeOrder());
        }
    }

    /** Maximum and sum go over the outputs in order, not over lanes, so their bits do not depend on the lanes. */
    private static void softmax(int vectors, int outputs, MemorySegment v, long from) {
        float max = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < outputs; i++) {
            max = Math.max(max, v.get(ValueLayout.JAVA_FLOAT, from + (long) i * Float.BYTES));
        }
        ActivationLoops.exp(vectors, v, from, B, max);
        float sum = 0;
        for (int i = 0; i < outputs; i++) {
            sum += v.get(ValueLayout.JAVA_FLOAT, from + (long) i * Float.BYTES);
        }
        for (int i = 0; i < vectors; i++) {
            FloatVector.fromMemorySegment(S, v, from + i * B, nativeOrder()).div(sum)
                    .intoMemorySegment(v, from + i * B, nativeOrder());
        }
    }
}
