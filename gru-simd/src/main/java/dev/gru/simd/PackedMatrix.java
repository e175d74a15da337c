package dev.gru.simd;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A matrix and its biases, packed so that y = b + W x reads them once, front to back, with outputs in lanes.
 *
 * <p>Outputs are cut into vectors, the last of them padded with zeros, and vectors into panels of up to
 * {@value #PANEL}, as many as one loop keeps in registers. A panel holds first the biases of its outputs and then, input
 * by input, their weights. It begins on a 64-byte boundary, because a load that splits a cache line costs two.
 *
 * <p>Immutable, safe for use by any number of threads. Sizes and offsets are the callers' to get right; they are only
 * asserted here.
 */
final class PackedMatrix {
    /** Vectors in a panel: with a broadcast input they fit the 16 registers of AVX2, and hide the latency of FMA. */
    private static final int PANEL = 12;

    private static final int ALIGNMENT = 64;

    /** Whether there are 32 vector registers, for a tile of 8 rows by 3 vectors; 16 take one of 3 by 3. */
    private static final boolean MANY_REGISTERS = Lanes.BYTES == 64
            || System.getProperty("os.arch").equals("aarch64");

    /** Where the weights and biases of an output come from. Rows of padding are outputs too, all of zeros. */
    interface Source {
        float bias(int output);

        float weight(int output, int input);
    }

    private final int inputs;
    private final int vectors;
    private final MemorySegment memory;

    /**
     * Packs a matrix.
     *
     * @param vectors outputs, in whole vectors
     * @param inputs inputs
     * @param source asked for every output, padding included, and input
     * @param arena owns the memory
     */
    PackedMatrix(int vectors, int inputs, Source source, Arena arena) {
        this.vectors = vectors;
        this.inputs = inputs;
        long bytes = 0;
        for (int v = 0; v < vectors; v += width(v)) {
            bytes = nextPanel(bytes, width(v));
        }
        memory = arena.allocate(bytes, ALIGNMENT);
        long panel = 0;
        for (int v = 0; v < vectors; v += width(v)) {
            for (int lane = 0; lane < width(v) * Lanes.COUNT; lane++) {
                int output = v * Lanes.COUNT + lane;
                long at = panel + (long) lane * Float.BYTES;
                memory.set(ValueLayout.JAVA_FLOAT, at, source.bias(output));
                for (int k = 0; k < inputs; k++) {
                    at += (long) width(v) * Lanes.BYTES;
                    memory.set(ValueLayout.JAVA_FLOAT, at, source.weight(output, k));
                }
            }
            panel = nextPanel(panel, width(v));
        }
    }

    /** Returns how many bytes a row of outputs takes, padding included. */
    long outputBytes() {
        return (long) vectors * Lanes.BYTES;
    }

    /** Returns memory for rows of outputs, whose vectors do not split cache lines. */
    MemorySegment newOutputs(int rows) {
        return Arena.ofAuto().allocate(rows * outputBytes(), ALIGNMENT);
    }

    /** Returns how many vectors the panel that begins with vector {@code v} has: one of the widths of the loops. */
    private int width(int v) {
        int left = vectors - v;
        if (left >= PANEL) {
            return PANEL;
        }
        // 5, 7, 10 and 11 have no loop of their own.
        return switch (left) {
            case 11, 10 -> 8;
            case 7 -> 4;
            case 5 -> 3;
            default -> left;
        };
    }

    /** Returns where the panel after one of {@code width} vectors at {@code offset} begins, in bytes. */
    private long nextPanel(long offset, int width) {
        long end = offset + (inputs + 1L) * width * Lanes.BYTES;
        return Math.ceilDiv(end, ALIGNMENT) * ALIGNMENT;
    }

    /**
     * Computes y = b + W x for some rows. What comes out for a row does not depend on how many there are.
     *
     * @param rows how many, at least 1
     * @param x inputs; the rows begin at element {@code x0} and every {@code xStride} elements after
     * @param y outputs, padding included; the rows begin at byte {@code y0} and every {@code yStride} bytes after
     */
    void multiply(int rows, float[] x, int x0, int xStride, MemorySegment y, long y0, long yStride) {
        assert x0 >= 0 && x0 + (rows - 1) * xStride + inputs <= x.length;
        assert y0 >= 0 && y0 + (rows - 1) * yStride + outputBytes() <= y.byteSize();
        long panel = 0;
        int v = 0;
        while (v < vectors) {
            int width = width(v);
            long out = y0 + (long) v * Lanes.BYTES;
            int tiled = multiplyTiles(width, panel, rows, x, x0, xStride, y, out, yStride);
            for (int row = tiled; row < rows; row++) {
                multiplyPanel(width, panel, x, x0 + row * xStride, y, out + row * yStride);
            }
            panel = nextPanel(panel, width);
            v += width;
        }
    }

    /** One row by one panel. */
    private void multiplyPanel(int width, long panel, float[] x, int x0, MemorySegment y, long y0) {
        switch (width) {
            case 12 -> MatrixLoops.rows1x12(memory, panel, inputs, x, x0, y, y0);
            case 9 -> MatrixLoops.rows1x9(memory, panel, inputs, x, x0, y, y0);
            case 8 -> MatrixLoops.rows1x8(memory, panel, inputs, x, x0, y, y0);
            case 6 -> MatrixLoops.rows1x6(memory, panel, inputs, x, x0, y, y0);
            case 4 -> MatrixLoops.rows1x4(memory, panel, inputs, x, x0, y, y0);
            case 3 -> MatrixLoops.rows1x3(memory, panel, inputs, x, x0, y, y0);
            case 2 -> MatrixLoops.rows1x2(memory, panel, inputs, x, x0, y, y0);
            default -> MatrixLoops.rows1x1(memory, panel, inputs, x, x0, y, y0);
        }
    }

    /** As many rows as fill tiles, by one panel; returns how many that were. */
    private int multiplyTiles(int width, long panel, int rows, float[] x, int x0, int xStride, MemorySegment y,
            long y0, long yStride) {
        long stride = (long) width * Lanes.BYTES;
        int tileWidth = width % 3 == 0 ? 3 : width % 2 == 0 ? 2 : 1;
        int tileRows = tileWidth < 3 ? 4 : MANY_REGISTERS ? 8 : 3;
        int tiled = rows - rows % tileRows;
        for (int i = 0; i < width; i += tileWidth) {
            long base = panel + (long) i * Lanes.BYTES;
            for (int row = 0; row < tiled; row += tileRows) {
                int from = x0 + row * xStride;
                long to = y0 + (long) i * Lanes.BYTES + row * yStride;
                if (tileWidth == 2) {
                    MatrixLoops.rows4x2(memory, base, stride, inputs, x, from, xStride, y, to, yStride);
                } else if (tileWidth == 1) {
                    MatrixLoops.rows4x1(memory, base, stride, inputs, x, from, xStride, y, to, yStride);
                } else if (MANY_REGISTERS) {
                    MatrixLoops.rows8x3(memory, base, stride, inputs, x, from, xStride, y, to, yStride);
                } else {
                    MatrixLoops.rows3x3(memory, base, stride, inputs, x, from, xStride, y, to, yStride);
                }
            }
        }
        return tiled;
    }
}
