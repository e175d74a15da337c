package dev.gru.kernel;

import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

import dev.gru.internal.Shapes;

/**
 * How much a kernel likes to be given at once. None of these numbers changes a bit of the outputs.
 *
 * @param tileRows rows that one pass over the weights multiplies; fewer take nearly as long
 * @param rowsAtOnce streams of a batch, or steps of one stream, worth running through all layers at once: some tiles,
 *     whose inputs and outputs stay in the cache
 * @param stepsAtOnce steps of each stream of such a batch worth running at once: products with the inputs of several
 *     steps are computed ahead
 * @param warmUpRows numbers of rows that between them run every loop of the kernel
 */
public record Tiling(int tileRows, int rowsAtOnce, int stepsAtOnce, List<Integer> warmUpRows) {
    private static final int ROWS_AT_ONCE = 64;
    private static final int STEPS_AT_ONCE = 32;

    /** Checks and copies. */
    public Tiling {
        Shapes.requirePositive("rowsAtOnce", rowsAtOnce);
        Shapes.requireFrom1To("tileRows", tileRows, rowsAtOnce);
        Shapes.requirePositive("stepsAtOnce", stepsAtOnce);
        warmUpRows = Shapes.copyOf("warmUpRows", warmUpRows);
        warmUpRows.forEach(rows -> Shapes.requirePositive("warmUpRows", rows));
    }

    /**
     * Returns the numbers of a kernel that cuts rows into tiles of several heights: each number of rows up to two of
     * the highest leaves other tiles over.
     *
     * @param tileRows rows of its highest tile, at most 64
     * @param more further numbers of rows worth warming up, such as one from which on it computes in another way
     */
    public static Tiling of(int tileRows, int... more) {
        Shapes.requireFrom1To("tileRows", tileRows, ROWS_AT_ONCE);
        return new Tiling(tileRows, ROWS_AT_ONCE, STEPS_AT_ONCE, IntStream
                .concat(IntStream.rangeClosed(1, 2 * tileRows),
                        IntStream.concat(IntStream.of(Objects.requireNonNull(more, "more")),
                                IntStream.of(ROWS_AT_ONCE)))
                .boxed().toList());
    }
}
