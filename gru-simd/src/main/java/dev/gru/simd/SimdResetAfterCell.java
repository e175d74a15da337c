package dev.gru.simd;

import dev.gru.kernel.training.ResetAfterCell;
import dev.gru.kernel.training.Rows;
import dev.gru.kernel.training.TrainingKernel;
import dev.gru.simd.loops.TrainingGateLoops;

/** {@link ResetAfterCell} on the Vector API. */
final class SimdResetAfterCell extends ResetAfterCell {
    SimdResetAfterCell(TrainingKernel products, Weights weights, int maxRows) {
        super(products, weights, maxRows);
    }

    @Override
    protected void forwardGates(int rows, int units, Rows g, Rows s, Rows h, Rows hNext) {
        for (int row = 0; row < rows; row++) {
            TrainingGateLoops.resetAndUpdate(units, g.values(), g.place(row), s.values(), s.place(row));
            TrainingGateLoops.newState(units, g.values(), g.place(row), s.values(), s.place(row), h.values(),
                    h.place(row), hNext.values(), hNext.place(row));
        }
    }

    @Override
    protected void backwardGates(int rows, int units, Rows g, Rows h, Rows dy, Rows dh) {
        for (int row = 0; row < rows; row++) {
            TrainingGateLoops.backward(units, g.values(), g.place(row), h.values(), h.place(row), dy.values(),
                    dy.place(row), dh.values(), dh.place(row));
        }
    }
}
