package dev.gru.simd;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

import dev.gru.internal.Shapes;
import dev.gru.kernel.PackedDense;
import dev.gru.kernel.Workspace;
import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;
import dev.gru.weights.Precision;

/** A dense layer as {@link SimdGruKernel} runs it: a packed product for some rows, then the activation. */
final class SimdDense extends PackedDense {
    /** Rows that are multiplied at once. */
    private static final int ROWS = 32;

    private final Activation activation;
    /** Null for an activation by itself. */
    private final PackedMatrix matrix;
    /** Rows at once: without a product, nothing is gained by more than one. */
    private final int rows;
    /** Bytes of a row of outputs, padding included. */
    private final long rowBytes;

    SimdDense(DenseWeights weights, Precision precision, Arena arena) {
        super(weights);
        activation = weights.activation();
        rows = ROWS;
        rowBytes = (long) Lanes.vectors(outputSize()) * Lanes.BYTES;
        matrix = new PackedMatrix(PackedMatrix.panels(Lanes.vectors(outputSize()), inputSize(), precision), inputSize(),
                precision,
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
        rows = 1;
        rowBytes = (long) Lanes.vectors(size) * Lanes.BYTES;
        matrix = null;
    }

    private static final class Scratch extends Workspace {
        final PackedMatrix.Scratch product;
        final MemorySegment sums;

        Scratch(SimdDense owner, Arena arena) {
            super(owner.owner(), 1);
            product = owner.matrix == null ? null : owner.matrix.newScratch(ROWS, false, arena);
            sums = PackedMatrix.newOutputs(owner.rows, owner.rowBytes, arena);
        }
    }

    @Override
    public Workspace newWorkspace() {
        return newWorkspace(Arena.ofAuto());
    }

    @Override
    public Workspace newWorkspace(Arena arena) {
        return new Scratch(this, arena);
    }

    @Override
    protected void run(int allRows, float[] x, Workspace workspace, float[] y) {
        Scratch s = (Scratch) workspace;
        MemorySegment sums = s.sums;
        for (int from = 0, to; from < allRows; from = to) {
            to = Shapes.chunkEnd(from, rows, allRows);
            int count = to - from;
            sum(count, x, from, s);
            for (int row = 0; row < count; row++) {
                SimdFunctions.applyToRow(activation, outputSize(), sums, row * rowBytes);
                MemorySegment.copy(sums, ValueLayout.JAVA_FLOAT, row * rowBytes, y, (from + row) * outputSize(),
                        outputSize());
            }
        }
    }

    private void sum(int count, float[] x, int from, Scratch s) {
        if (matrix != null) {
            matrix.multiply(0, matrix.panels(), false, count, x, from * inputSize(), inputSize(), s.product, s.sums, 0,
                    rowBytes);
            return;
        }
        for (int row = 0; row < count; row++) {
            MemorySegment.copy(x, (from + row) * inputSize(), s.sums, ValueLayout.JAVA_FLOAT, row * rowBytes,
                    inputSize());
            // What is left in the padding would be activated again and again, and might become subnormal, which is slow.
            for (int i = inputSize(); i < Lanes.padded(inputSize()); i++) {
                s.sums.set(ValueLayout.JAVA_FLOAT, row * rowBytes + (long) i * Float.BYTES, 0);
            }
        }
    }
}
