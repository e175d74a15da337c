package dev.gru.simd.loops;

/**
 * The matrix products of training, over arrays on the heap: the choice among the tiles that there are. Generated from
 * {@code TrainingLoops.java.in}.
 *
 * <p>Arrays, because in tiles of several rows the loads that split cache lines are too few to matter, and then one kind
 * of memory will do for all that is trained. Rows of an array begin at its element {@code …0} and every {@code …Stride}
 * elements after.
 */
public final class TrainingLoops {
    private TrainingLoops() {
    }

    /** Returns the tiles for this machine: for one vector of outputs, for two and so on, the numbers of rows. */
    public static int[][] tiles() {
        return Lanes.REGISTERS >= 32
                ? new int[][]{{8, 4, 2, 1}, {8, 4, 2, 1}, {8, 4, 2, 1}}
                : new int[][]{{4, 2, 1}, {4, 2, 1}, {3, 1}};
    }

    /** Returns the numbers of vectors of the tiles of one row, widest first. */
    public static int[] single() {
        return new int[]{12, 6, 3, 2, 1};
    }

    /** y = i + x W for {@code rows} rows and {@code vectors} vectors of outputs. */
    public static void multiply(int rows, int vectors, int inputs, float[] x, int x0, int xStride, float[] w, int w0,
            int wStride, float[] i, int i0, int iStride, float[] y, int y0, int yStride) {
        switch (16 * rows + vectors) {
            case 16 * 1 + 12 ->
                TrainingProductsOf12.multiply1x12(inputs, x, x0, xStride, w, w0, wStride, i, i0, iStride, y, y0,
                        yStride);
            case 16 * 1 + 6 ->
                TrainingProductsOf6.multiply1x6(inputs, x, x0, xStride, w, w0, wStride, i, i0, iStride, y, y0, yStride);
            case 16 * 1 + 3 ->
                TrainingProductsOf3.multiply1x3(inputs, x, x0, xStride, w, w0, wStride, i, i0, iStride, y, y0, yStride);
            case 16 * 1 + 2 ->
                TrainingProductsOf2.multiply1x2(inputs, x, x0, xStride, w, w0, wStride, i, i0, iStride, y, y0, yStride);
            case 16 * 1 + 1 ->
                TrainingProductsOf1.multiply1x1(inputs, x, x0, xStride, w, w0, wStride, i, i0, iStride, y, y0, yStride);
            case 16 * 8 + 3 ->
                TrainingProductsOf3.multiply8x3(inputs, x, x0, xStride, w, w0, wStride, i, i0, iStride, y, y0, yStride);
            case 16 * 4 + 3 ->
                TrainingProductsOf3.multiply4x3(inputs, x, x0, xStride, w, w0, wStride, i, i0, iStride, y, y0, yStride);
            case 16 * 2 + 3 ->
                TrainingProductsOf3.multiply2x3(inputs, x, x0, xStride, w, w0, wStride, i, i0, iStride, y, y0, yStride);
            case 16 * 8 + 2 ->
                TrainingProductsOf2.multiply8x2(inputs, x, x0, xStride, w, w0, wStride, i, i0, iStride, y, y0, yStride);
            case 16 * 4 + 2 ->
                TrainingProductsOf2.multiply4x2(inputs, x, x0, xStride, w, w0, wStride, i, i0, iStride, y, y0, yStride);
            case 16 * 2 + 2 ->
                TrainingProductsOf2.multiply2x2(inputs, x, x0, xStride, w, w0, wStride, i, i0, iStride, y, y0, yStride);
            case 16 * 8 + 1 ->
                TrainingProductsOf1.multiply8x1(inputs, x, x0, xStride, w, w0, wStride, i, i0, iStride, y, y0, yStride);
            case 16 * 4 + 1 ->
                TrainingProductsOf1.multiply4x1(inputs, x, x0, xStride, w, w0, wStride, i, i0, iStride, y, y0, yStride);
            case 16 * 2 + 1 ->
                TrainingProductsOf1.multiply2x1(inputs, x, x0, xStride, w, w0, wStride, i, i0, iStride, y, y0, yStride);
            case 16 * 3 + 3 ->
                TrainingProductsOf3.multiply3x3(inputs, x, x0, xStride, w, w0, wStride, i, i0, iStride, y, y0, yStride);
            default -> throw new AssertionError(rows + "x" + vectors);
        }
    }

    /** y += xᵀ d for {@code rows} columns of x and {@code vectors} vectors of d. */
    public static void addProducts(int rows, int vectors, int count, float[] x, int x0, int xStride, float[] w, int w0,
            int wStride, float[] y, int y0, int yStride) {
        switch (16 * rows + vectors) {
            case 16 * 1 + 12 ->
                TrainingSumsOf12.addProducts1x12(count, x, x0, xStride, w, w0, wStride, y, y0, yStride);
            case 16 * 1 + 6 ->
                TrainingSumsOf6.addProducts1x6(count, x, x0, xStride, w, w0, wStride, y, y0, yStride);
            case 16 * 1 + 3 ->
                TrainingSumsOf3.addProducts1x3(count, x, x0, xStride, w, w0, wStride, y, y0, yStride);
            case 16 * 1 + 2 ->
                TrainingSumsOf2.addProducts1x2(count, x, x0, xStride, w, w0, wStride, y, y0, yStride);
            case 16 * 1 + 1 ->
                TrainingSumsOf1.addProducts1x1(count, x, x0, xStride, w, w0, wStride, y, y0, yStride);
            case 16 * 8 + 3 ->
                TrainingSumsOf3.addProducts8x3(count, x, x0, xStride, w, w0, wStride, y, y0, yStride);
            case 16 * 4 + 3 ->
                TrainingSumsOf3.addProducts4x3(count, x, x0, xStride, w, w0, wStride, y, y0, yStride);
            case 16 * 2 + 3 ->
                TrainingSumsOf3.addProducts2x3(count, x, x0, xStride, w, w0, wStride, y, y0, yStride);
            case 16 * 8 + 2 ->
                TrainingSumsOf2.addProducts8x2(count, x, x0, xStride, w, w0, wStride, y, y0, yStride);
            case 16 * 4 + 2 ->
                TrainingSumsOf2.addProducts4x2(count, x, x0, xStride, w, w0, wStride, y, y0, yStride);
            case 16 * 2 + 2 ->
                TrainingSumsOf2.addProducts2x2(count, x, x0, xStride, w, w0, wStride, y, y0, yStride);
            case 16 * 8 + 1 ->
                TrainingSumsOf1.addProducts8x1(count, x, x0, xStride, w, w0, wStride, y, y0, yStride);
            case 16 * 4 + 1 ->
                TrainingSumsOf1.addProducts4x1(count, x, x0, xStride, w, w0, wStride, y, y0, yStride);
            case 16 * 2 + 1 ->
                TrainingSumsOf1.addProducts2x1(count, x, x0, xStride, w, w0, wStride, y, y0, yStride);
            case 16 * 3 + 3 ->
                TrainingSumsOf3.addProducts3x3(count, x, x0, xStride, w, w0, wStride, y, y0, yStride);
            default -> throw new AssertionError(rows + "x" + vectors);
        }
    }
}
