package dev.gru.train.optimizer;

import java.util.Arrays;

import dev.gru.kernel.training.Largest;
import dev.gru.kernel.training.TrainingKernel;
import dev.gru.train.math.OptimizerStep;
import dev.gru.train.network.TableGradient;
import dev.gru.train.network.WeightArray;

/**
 * The steps of an optimizer for a table. A step also moves the rows that have no gradient, but these moves depend on
 * nothing outside the row: so a row makes them, one by one and with the same bits, when somebody asks for it, and all
 * of them while it is in the first level of the cache. A step reads and writes only rows that have a gradient in it.
 *
 * <p>Every number of every step has to be checked for being finite. Of the steps of the other rows that follows from a
 * bound on how far they may have moved; where the bound does not suffice, all rows make their steps at once.
 *
 * <p>Different rows may be caught up by different threads.
 */
final class DeferredSteps implements WeightArray.Deferred {
    /** Steps after which all rows catch up: by then a pass over the table for each step is a small part of them. */
    private static final int MOST = 64;

    /** Far below the largest float, about 2¹²⁸. */
    private static final double MOST_REACH = 0x1p120;

    private final TrainingKernel kernel;
    private final TableGradient gradient;
    private final float[] values;
    private final float[][] kept;
    private final int rowSize;
    private final OptimizerStep[] steps = new OptimizerStep[MOST];
    private int count;
    /** How many of the steps each row has made. */
    private final int[] made;
    /** How far from 0 any value, and anything that is kept, may be; infinite if that is not known. */
    private double reach = Double.POSITIVE_INFINITY;
    private double keptReach = Double.POSITIVE_INFINITY;

    /** Takes a table with no steps to be made. */
    DeferredSteps(WeightArray table, float[][] kept, TrainingKernel kernel) {
        this.kernel = kernel;
        this.kept = kept;
        values = table.values();
        gradient = table.ofRows();
        rowSize = table.rowSize();
        made = new int[values.length / rowSize];
        table.defer(this);
    }

    int rows() {
        return made.length;
    }

    /** Returns whether all rows have to {@link #catchUp(int, int) catch up} before the next step. */
    boolean isFull() {
        return count == MOST;
    }

    /**
     * Begins a step; then the rows with a gradient have to be updated.
     *
     * @return whether the others need not make it at once; otherwise all have to catch up
     */
    boolean begin(OptimizerStep step) {
        steps[count++] = step;
        reach = step.reach(reach, keptReach);
        return reach < MOST_REACH;
    }

    /** Makes the step that has begun in the rows of some slots; returns the largest number in them, or NaN. */
    float update(int fromSlot, int toSlot, float scale) {
        OptimizerStep step = steps[count - 1];
        float largest = 0;
        for (int slot = fromSlot; slot < toSlot; slot++) {
            int row = gradient.row(slot);
            make(row, count - 1);
            made[row] = count;
            largest = Math.max(largest, step.update(kernel, rowSize, values, kept, row * rowSize, gradient.sums(),
                    gradient.squares(), slot * rowSize, scale));
        }
        return largest;
    }

    /** Takes notice of the largest number in updated rows. */
    void updated(float largest) {
        reach = Math.max(reach, largest);
        keptReach = Math.max(keptReach, largest);
    }

    private void make(int row, int to) {
        for (int step = made[row]; step < to; step++) {
            steps[step].updateWithoutGradient(kernel, rowSize, values, kept, row * rowSize);
        }
    }

    @Override
    public void catchUp(int row) {
        make(row, count);
        made[row] = count;
    }

    /** Brings some rows up to date; returns the largest number in them, or NaN. */
    float catchUp(int fromRow, int toRow) {
        float largest = 0;
        for (int row = fromRow; row < toRow; row++) {
            catchUp(row);
            int at = row * rowSize;
            largest = Largest.of(values, at, at + rowSize, largest);
            for (float[] of : kept) {
                largest = Largest.of(of, at, at + rowSize, largest);
            }
        }
        return largest;
    }

    /** Takes notice that all rows have caught up, and of the largest number in them; NaN or infinite if not known. */
    void caughtUp(float largest) {
        Arrays.fill(made, 0);
        count = 0;
        reach = largest;
        keptReach = largest;
    }

    @Override
    public void catchUp() {
        for (int row = 0; row < made.length; row++) {
            catchUp(row);
        }
        caughtUp(Float.POSITIVE_INFINITY);
    }
}
