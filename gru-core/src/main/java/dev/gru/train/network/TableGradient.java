package dev.gru.train.network;

import java.util.Arrays;
import java.util.BitSet;

import dev.gru.internal.Shapes;
import dev.gru.kernel.training.TrainingKernel;

/**
 * The gradient of a table: of the rows that a batch touched, one after the other in their order; it is 0 in all others.
 * The place of a row among these is its slot.
 *
 * <p>First all rows are touched, then they are {@link #settle settled}, then each of them gets its sums: different
 * slots may be written by different threads.
 */
public final class TableGradient {
    private final int rowSize;
    private final BitSet touched = new BitSet();
    /** The slots of touched rows. */
    private final int[] slots;
    private int[] rows = new int[0];
    private int count;
    private float[] sums = new float[0];
    /** The sums of the squares of the terms that the gradient is the sum of, or null if nobody wants them. */
    private float[] squares;
    /** Of each slot Σ g². */
    private double[] norms = new double[0];

    TableGradient(int tableRows, int rowSize) {
        this.rowSize = rowSize;
        slots = new int[tableRows];
    }

    /** From now on there are {@link #squares} too. */
    public void keepSquares() {
        squares = new float[sums.length];
    }

    void clear() {
        touched.clear();
        count = 0;
    }

    /** Notes that a row is about to get sums. */
    void touch(int row) {
        touched.set(row);
    }

    /** Gives slots to the rows that were touched. */
    void settle() {
        count = touched.cardinality();
        if (rows.length < count) {
            int room = Math.min(slots.length, 2 * count);
            rows = new int[room];
            norms = new double[room];
            sums = new float[Shapes.requireArray("gradient", room, rowSize)];
            squares = squares == null ? null : new float[sums.length];
        }
        int slot = 0;
        for (int row = touched.nextSetBit(0); row >= 0; row = touched.nextSetBit(row + 1)) {
            rows[slot] = row;
            slots[row] = slot++;
        }
    }

    /** Makes the sums of a slot 0. */
    void begin(int slot) {
        Arrays.fill(sums, slot * rowSize, (slot + 1) * rowSize, 0);
        if (squares != null) {
            Arrays.fill(squares, slot * rowSize, (slot + 1) * rowSize, 0);
        }
    }

    /** Adds a term to the sums of a slot, the elements of {@code d} from {@code from} on. */
    void add(TrainingKernel kernel, float[] d, int from, int slot) {
        kernel.addTerm(rowSize, d, from, sums, squares, slot * rowSize);
    }

    /** Notes that the sums of a slot have all their terms. */
    void end(int slot) {
        norms[slot] = sumOfSquares(sums, slot * rowSize, (slot + 1) * rowSize);
    }

    /** Returns how many rows were touched. */
    public int count() {
        return count;
    }

    /** Returns the row of a slot; they ascend. */
    public int row(int slot) {
        return rows[slot];
    }

    /** Returns the slot of the first touched row from a row on. */
    public int firstFrom(int row) {
        int found = Arrays.binarySearch(rows, 0, count, row);
        return found < 0 ? -found - 1 : found;
    }

    /** Returns the slot of a row that was touched. */
    int slot(int row) {
        return slots[row];
    }

    /** Returns the rows that were touched, ascending. */
    int[] rows() {
        return Arrays.copyOf(rows, count);
    }

    /** Returns the sums, slot by slot. */
    public float[] sums() {
        return sums;
    }

    /** Returns, for each of the sums, that of the squares of its terms; null if they are not kept. */
    public float[] squares() {
        return squares;
    }

    /** Returns Σ g² of a slot. */
    public double norm(int slot) {
        return norms[slot];
    }

    /** Returns sums or squares in the layout of the table. */
    float[] inTable(float[] bySlot) {
        float[] all = new float[slots.length * rowSize];
        for (int slot = 0; slot < count; slot++) {
            System.arraycopy(bySlot, slot * rowSize, all, rows[slot] * rowSize, rowSize);
        }
        return all;
    }

    /**
     * Replaces the gradient by arrays of all rows, without padding.
     *
     * @param of the gradient
     * @param ofSquares the squares; ignored if they are not kept
     * @param size elements of a row
     * @param factor multiplies the gradient, and twice the squares
     */
    void load(float[] of, float[] ofSquares, int size, double factor) {
        clear();
        double squared = factor * factor;
        for (int i = 0; i < slots.length * size; i++) {
            if ((float) (of[i] * factor) != 0 || (squares != null && (float) (ofSquares[i] * squared) != 0)) {
                touch(i / size);
            }
        }
        settle();
        for (int slot = 0; slot < count; slot++) {
            begin(slot);
            for (int i = 0; i < size; i++) {
                sums[slot * rowSize + i] = (float) (of[rows[slot] * size + i] * factor);
                if (squares != null) {
                    squares[slot * rowSize + i] = (float) (ofSquares[rows[slot] * size + i] * squared);
                }
            }
            end(slot);
        }
    }

    /**
     * Returns the sum of the squares of some numbers. Sums four elements at a time, since a sum waits for the one
     * before it.
     */
    public static double sumOfSquares(float[] g, int from, int to) {
        double sum0 = 0;
        double sum1 = 0;
        double sum2 = 0;
        double sum3 = 0;
        int i = from;
        for (; i + 3 < to; i += 4) {
            sum0 += (double) g[i] * g[i];
            sum1 += (double) g[i + 1] * g[i + 1];
            sum2 += (double) g[i + 2] * g[i + 2];
            sum3 += (double) g[i + 3] * g[i + 3];
        }
        double sum = sum0 + sum1 + (sum2 + sum3);
        for (; i < to; i++) {
            sum += (double) g[i] * g[i];
        }
        return sum;
    }
}
