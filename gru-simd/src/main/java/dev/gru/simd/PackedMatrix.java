package dev.gru.simd;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.stream.Stream;

import dev.gru.internal.Shapes;
import dev.gru.kernel.Tiling;
import dev.gru.simd.loops.Bf16Expansion;
import dev.gru.simd.loops.Bf16Rows;
import dev.gru.simd.loops.Bf16Tiles;
import dev.gru.simd.loops.Fp32Rows;
import dev.gru.simd.loops.Fp32Tiles;
import dev.gru.simd.loops.Lanes;
import dev.gru.weights.Precision;

/**
 * A matrix and its biases, packed so that y = b + W x reads them once, front to back, with outputs in lanes.
 *
 * <p>Outputs are vectors, and vectors are cut into panels, each of as many as one loop keeps in registers. A panel
 * holds first the biases of its outputs, in binary32, and then, input by input, their weights: in binary32 a vector of
 * floats for each input, in bfloat16 a vector of ints for each pair of inputs, as {@link Bf16Rows} reads them. It
 * begins on a 64-byte boundary, because a load that splits a cache line costs two.
 *
 * <p>Immutable, safe for use by any number of threads. Callers are responsible for sizes and offsets, which are only
 * asserted here.
 */
final class PackedMatrix {
    private static final int ALIGNMENT = 64;

    /**
     * A matrix of at most so many bytes is for the most part still in the first level of the cache at the next step.
     */
    private static final long NEAR_BYTES = 64 << 10;

    /** From so many rows on, weights in bfloat16 are made floats first. */
    private static final int EXPANDED_ROWS = 24;

    /** Vectors of the panels that the loops have, widest first: the same in either precision. */
    private static final int[] WIDTHS = Fp32Rows.widths();
    private static final int[][] FP32_TILES = Fp32Tiles.table();
    private static final int[][] BF16_TILES = Bf16Tiles.table();

    /** Rows of the highest tile. */
    private static final int TILE_ROWS = Stream.of(FP32_TILES).flatMapToInt(line -> Arrays.stream(line).skip(1)).max()
            .orElseThrow();

    /** Warm-up also runs enough rows to make floats of bfloat16, with a remainder that needs every other tile. */
    static final Tiling TILING = Tiling.of(TILE_ROWS, EXPANDED_ROWS + 2 * TILE_ROWS - 1);

    /** Memory that a product writes besides its outputs, for use by one thread at a time. */
    static final class Scratch {
        /** Copies of rows of inputs, or null if they need no padding. */
        private final float[] copies;
        /** Some vectors of a panel in binary32, or null if there are never enough rows for that to be worth it. */
        private final MemorySegment floats;

        private Scratch(float[] copies, MemorySegment floats) {
            this.copies = copies;
            this.floats = floats;
        }
    }

    /** Where the weights and biases of an output come from. Rows of padding are outputs too, all of zeros. */
    interface Source {
        float bias(int output);

        float weight(int output, int input);
    }

    private final int inputs;
    /** Inputs that a row has in memory: in bfloat16 an even number, and if that is one too many, it is 0. */
    private final int paddedInputs;
    private final boolean bf16;
    /** Of each panel: its vectors, the first of them counted over the matrix, and the byte where it begins. */
    private final int[] widths;
    private final int[] firsts;
    private final long[] begins;
    private final int vectors;
    private final MemorySegment memory;

    /**
     * Packs a matrix.
     *
     * @param widths vectors of outputs in each panel; each a width that the loops have
     * @param inputs inputs
     * @param precision of the weights, which are rounded to it
     * @param source asked for every output, padding included, and input
     * @param arena owns the memory
     */
    PackedMatrix(int[] widths, int inputs, Precision precision, Source source, Arena arena) {
        this.inputs = inputs;
        this.widths = widths.clone();
        bf16 = precision == Precision.BF16;
        paddedInputs = bf16 ? Math.addExact(inputs, inputs & 1) : inputs;
        firsts = new int[widths.length];
        begins = new long[widths.length];
        int first = 0;
        long end = 0;
        for (int p = 0; p < widths.length; p++) {
            firsts[p] = first;
            begins[p] = Math.ceilDiv(end, ALIGNMENT) * ALIGNMENT;
            first += widths[p];
            end = begins[p] + (1 + weightRows()) * rowBytes(p);
        }
        vectors = first;
        memory = arena.allocate(end, ALIGNMENT);
        for (int p = 0; p < widths.length; p++) {
            for (int lane = 0; lane < widths[p] * Lanes.COUNT; lane++) {
                packOutput(p, lane, precision, source);
            }
        }
    }

    private void packOutput(int p, int lane, Precision precision, Source source) {
        int output = firsts[p] * Lanes.COUNT + lane;
        long at = begins[p] + (long) lane * Float.BYTES;
        memory.set(ValueLayout.JAVA_FLOAT, at, source.bias(output));
        if (!bf16) {
            for (int k = 0; k < inputs; k++) {
                at += rowBytes(p);
                memory.set(ValueLayout.JAVA_FLOAT, at, precision.round(source.weight(output, k)));
            }
            return;
        }
        for (int k = 0; k < inputs; k += 2) {
            at += rowBytes(p);
            float lower = precision.round(source.weight(output, k));
            // Beside an input that is 0, a weight of -0 leaves every sum as it is; one of 0 would turn -0 into 0.
            float upper = k + 1 < inputs ? precision.round(source.weight(output, k + 1)) : -0f;
            memory.set(ValueLayout.JAVA_INT, at,
                    Float.floatToRawIntBits(upper) | (Float.floatToRawIntBits(lower) >>> (Float.SIZE / 2)));
        }
    }

    /** Returns how many rows of weights a panel has. */
    private long weightRows() {
        return bf16 ? paddedInputs / 2 : inputs;
    }

    /** Cuts vectors into panels, as wide as the loops allow. */
    static int[] panels(int vectors, int inputs, Precision precision) {
        int[] widths = new int[vectors];
        int count = 0;
        int left = vectors;
        int most = maxWidth(vectors, inputs, precision);
        while (left > 0) {
            int width = panelWidth(Math.min(left, most));
            widths[count++] = width;
            left -= width;
        }
        return Arrays.copyOf(widths, count);
    }

    /**
     * Returns the width of the first panel where two at most are to make so many vectors: alike, as not to be narrow.
     */
    private static int panelWidth(int vectors) {
        if (hasWidth(vectors)) {
            return vectors;
        }
        int wider = Math.ceilDiv(vectors, 2);
        while (!hasWidth(wider) || !hasWidth(vectors - wider)) {
            wider++;
        }
        return wider;
    }

    private static boolean hasWidth(int vectors) {
        return Arrays.stream(WIDTHS).anyMatch(width -> width == vectors);
    }

    /**
     * Returns the most vectors that a panel should have. In bfloat16, where two multiply-adds follow one another in
     * each sum, twelve sums are needed to keep the processor busy; but of weights that come from farther away half as
     * many are read more evenly.
     */
    static int maxWidth(int vectors, int inputs, Precision precision) {
        if (precision == Precision.FP32) {
            return WIDTHS[0];
        }
        boolean near = (long) vectors * Lanes.BYTES / 2 * inputs <= NEAR_BYTES;
        return near ? WIDTHS[0] : WIDTHS[0] / 2;
    }

    private long rowBytes(int p) {
        return (long) widths[p] * Lanes.BYTES;
    }

    /** Returns the packed panels, one after the other. */
    MemorySegment memory() {
        return memory;
    }

    /** Returns how many bytes all panels take. */
    long bytes() {
        return memory.byteSize();
    }

    /** Returns how many bytes a row of all outputs takes, padding included. */
    long outputBytes() {
        return (long) vectors * Lanes.BYTES;
    }

    /** Returns whether a row of inputs has an element more than the matrix has inputs. */
    boolean padsInputs() {
        return paddedInputs != inputs;
    }

    /**
     * Returns memory for products.
     *
     * @param rows at once, at most
     * @param padded whether the rows come with the padding that the matrix needs
     * @param arena owns what is outside the heap
     */
    Scratch newScratch(int rows, boolean padded, Arena arena) {
        float[] copies = padded || !padsInputs()
                ? null
                : new float[Shapes.requireArray("inputs of a batch", rows, paddedInputs)];
        MemorySegment floats = bf16 && rows >= EXPANDED_ROWS
                ? arena.allocate((1L + paddedInputs) * Bf16Expansion.MAX_VECTORS * Lanes.BYTES, ALIGNMENT)
                : null;
        return new Scratch(copies, floats);
    }

    /** Returns memory for rows of outputs, whose vectors do not split cache lines. */
    MemorySegment newOutputs(int rows, Arena arena) {
        return newOutputs(rows, outputBytes(), arena);
    }

    /** Returns memory for rows of so many bytes, whose vectors do not split cache lines. */
    static MemorySegment newOutputs(int rows, long rowBytes, Arena arena) {
        return arena.allocate(Math.multiplyExact(rows, rowBytes), ALIGNMENT);
    }

    /** Returns the number of panels. */
    int panels() {
        return widths.length;
    }

    /** Returns the first vector of panel {@code p}, counted over all panels; that after the last for the end. */
    int firstVector(int p) {
        return p < widths.length ? firsts[p] : vectors;
    }

    /** Returns the byte of a row of outputs where panel {@code p} begins; the end for the one after the last. */
    long placeOf(int p) {
        return (long) firstVector(p) * Lanes.BYTES;
    }

    /**
     * Computes y = b + W x for the outputs of some panels and some rows. The outputs of a row depend neither on the
     * order of panels nor on how many rows there are.
     *
     * @param firstPanel the first panel
     * @param endPanel the one after the last
     * @param backwards whether the panels are taken from the last to the first
     * @param rows how many rows, at least 1
     * @param x inputs; the rows begin at element {@code x0} and every {@code xStride} elements after
     * @param scratch memory from {@link #newScratch} for at least so many rows
     * @param y outputs of all panels, padding included; the rows begin at byte {@code y0} and every {@code yStride}
     *     bytes after
     */
    void multiply(int firstPanel, int endPanel, boolean backwards, int rows, float[] x, int x0, int xStride,
            Scratch scratch, MemorySegment y, long y0, long yStride) {
        float[] from = x;
        int from0 = x0;
        int stride = xStride;
        if (scratch.copies != null) {
            from = scratch.copies;
            from0 = 0;
            stride = paddedInputs;
            for (int row = 0; row < rows; row++) {
                System.arraycopy(x, x0 + row * xStride, from, row * stride, inputs);
            }
        }
        for (int i = firstPanel; i < endPanel; i++) {
            int p = backwards ? firstPanel + endPanel - 1 - i : i;
            multiplyPanel(p, rows, from, from0, stride, scratch, y, y0 + (long) firsts[p] * Lanes.BYTES, yStride);
        }
    }

    private void multiplyPanel(int p, int rows, float[] x, int x0, int xStride, Scratch scratch, MemorySegment y,
            long y0, long yStride) {
        assert x0 >= 0 && x0 + (rows - 1) * xStride + paddedInputs <= x.length;
        assert y0 >= 0 && y0 + (rows - 1) * yStride + rowBytes(p) <= y.byteSize();
        int done = rows == 1 ? 0 : multiplyTiles(p, rows, x, x0, xStride, scratch, y, y0, yStride);
        for (int row = done; row < rows; row++) {
            multiplyRow(widths[p], begins[p], x, x0 + row * xStride, y, y0 + row * yStride);
        }
    }

    /**
     * One row, of a matrix of one panel that does not {@linkplain #padsInputs pad} its inputs: what
     * {@link #multiply} does, without what it takes to choose.
     */
    void multiplyRow(float[] x, int x0, MemorySegment y, long y0) {
        multiplyRow(widths[0], begins[0], x, x0, y, y0);
    }

    private void multiplyRow(int width, long base, float[] x, int x0, MemorySegment y, long y0) {
        if (bf16) {
            Bf16Rows.row(width, memory, base, paddedInputs, x, x0, y, y0);
        } else {
            Fp32Rows.row(width, memory, base, inputs, x, x0, y, y0);
        }
    }

    /** As many rows as fill tiles, by one panel; returns how many that were. */
    private int multiplyTiles(int p, int rows, float[] x, int x0, int xStride, Scratch scratch, MemorySegment y,
            long y0, long yStride) {
        boolean expands = scratch.floats != null && rows >= EXPANDED_ROWS;
        int[] line = line(bf16 && !expands ? BF16_TILES : FP32_TILES, widths[p]);
        int done = 0;
        for (int v = 0; v < widths[p]; v += line[0]) {
            long column = (long) v * Lanes.BYTES;
            if (expands) {
                Bf16Expansion.expand(line[0], memory, begins[p] + column, rowBytes(p), paddedInputs, scratch.floats);
                done = multiplyColumn(line, false, scratch.floats, 0, (long) line[0] * Lanes.BYTES, rows, x, x0,
                        xStride, y, y0 + column, yStride);
            } else {
                done = multiplyColumn(line, bf16, memory, begins[p] + column, rowBytes(p), rows, x, x0, xStride, y,
                        y0 + column, yStride);
            }
        }
        return done;
    }

    /** As many rows as fill the tiles of a line, by as many vectors as these have; returns how many rows that were. */
    private int multiplyColumn(int[] line, boolean ofBf16, MemorySegment w, long base, long stride, int rows, float[] x,
            int x0, int xStride, MemorySegment y, long y0, long yStride) {
        int done = 0;
        for (int i = 1; i < line.length; i++) {
            int height = line[i];
            for (; done + height <= rows; done += height) {
                int from = x0 + done * xStride;
                long to = y0 + done * yStride;
                if (ofBf16) {
                    Bf16Tiles.tile(height, line[0], w, base, stride, paddedInputs, x, from, xStride, y, to, yStride);
                } else {
                    Fp32Tiles.tile(height, line[0], w, base, stride, paddedInputs, x, from, xStride, y, to, yStride);
                }
            }
        }
        return done;
    }

    /** The line of a table of tiles for panels of {@code width} vectors. */
    private static int[] line(int[][] table, int width) {
        int i = 0;
        while (width % table[i][0] != 0) {
            i++;
        }
        return table[i];
    }
}
