package dev.gru.simd;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

import dev.gru.kernel.ActivationRunner;
import dev.gru.simd.loops.Lanes;
import dev.gru.weights.Activation;

/** Activations alone, as {@link SimdGruKernel} applies them: row by row, in memory outside the heap. */
final class SimdActivationRunner extends ActivationRunner {
    private final int size;
    private final int padded;
    private final MemorySegment row;

    SimdActivationRunner(int size, Arena arena) {
        super(size);
        this.size = size;
        padded = Lanes.padded(size);
        row = PackedMatrix.newOutputs(1, (long) padded * Float.BYTES, arena);
    }

    @Override
    protected void run(Activation activation, int rows, float[] x, float[] y) {
        for (int i = 0; i < rows; i++) {
            MemorySegment.copy(x, i * size, row, ValueLayout.JAVA_FLOAT, 0, size);
            // The old padding would be activated again and again, and might become subnormal, which is slow.
            for (int j = size; j < padded; j++) {
                row.set(ValueLayout.JAVA_FLOAT, (long) j * Float.BYTES, 0);
            }
            SimdFunctions.applyToRow(activation, size, row, 0, y, i * size);
        }
    }
}
