import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Matrix products, y = b + W x for some rows of inputs and some vectors of outputs.
 *
 * <pre>
 *                 one panel of W          per input k: a row of vectors, one lane an output
 *                +----+----+----+----+
 *  x0[k] ------> | a  | a  | a  |    |    every a is a register, the sums of 1 row by 1 vector of outputs
 *  x1[k] ------> | a  | a  | a  |    |    tile of 2 rows by 3 vectors; each weight that is loaded serves
 *                +----+----+----+----+    2 rows, each input that is broadcast serves 3 vectors
 * </pre>
 *
 * <p>Each output is one chain, its bias and then a fused multiply-add for each input in order, so that all tiles
 * agree bit for bit.
 *
 * <p>A tile of r rows by v vectors needs r · v registers for the sums, the smaller of r and v for what all of them
 * share, and one more. In one row the weights are read where they are used, as the memory operand of the
 * multiply-add: that load is the last argument of {@code fma} for this reason. The place of a row is written as
 * {@code (k + 1L) * n * B}, from left to right: if C2 sees a constant stride it takes the range checks out of the
 * loop, and then, with nothing between them, reads the row out of order. That costs a tenth of the bandwidth of the
 * third level, and short loops more. A slice of the segment for each row would need one check for all its vectors, but
 * whether C2 makes an object of each slice depends on what it compiled before; where it did, a step took four times as
 * long.
 *
 * <p>bfloat16: a lane of 32 bits holds the weights of one output for two inputs, the first in its lower half. Shifted
 * and masked they are floats: two integer operations for two multiply-adds. The number of inputs is even. For many
 * rows they are made floats once, in memory, and multiplied by the tiles for floats.
 */
record Products(boolean bf16) {

    /** Vectors of outputs in a panel, which one row of inputs takes through at once. */
    private int[] panels() {
        return new int[]{12, 9, 8, 6, 4, 3, 2, 1};
    }

    /** So many rows at once by so many vectors of a panel. */
    private record Tile(int rows, int vectors) {
    }

    /**
     * The tiles, for machines with 32 vector registers and with 16, and for weights of either precision. A panel takes
     * the first line whose number of vectors divides its width; rows take the tiles of the line from the left, and
     * what is left over goes row by row.
     */
    private List<List<Tile>> table(boolean manyRegisters) {
        return manyRegisters
                ? List.of(List.of(new Tile(8, 3), new Tile(4, 3), new Tile(2, 3)),
                        List.of(new Tile(8, 2), new Tile(4, 2), new Tile(2, 2)),
                        List.of(new Tile(8, 1), new Tile(4, 1)))
                : bf16
                        ? List.of(List.of(new Tile(2, 3)), List.of(new Tile(4, 2)), List.of(new Tile(4, 1)))
                        : List.of(List.of(new Tile(3, 3)), List.of(new Tile(4, 2)),
                                List.of(new Tile(4, 1)));
    }

    private List<Tile> tiles() {
        return Stream.of(true, false).flatMap(many -> table(many).stream()).flatMap(List::stream).distinct().toList();
    }

    /** The table as Java: of each line the number of vectors, and then the numbers of rows. */
    private String tableSource(boolean manyRegisters) {
        return table(manyRegisters).stream()
                .map(line -> line.getFirst().vectors() + ", "
                        + line.stream().map(tile -> Integer.toString(tile.rows())).collect(Collectors.joining(", ")))
                .collect(Collectors.joining("}, {", "{{", "}}"));
    }

    String source() {
        Source out = new Source();
        out.add(Lines.IMPORTS).add("""
                /**
                 * The inner loops of {@link PackedMatrix} for weights in %s. Generated: KernelGenerator says how and why.
                 *
                 * <p>{@code w} holds from byte {@code base} on the biases of a panel and then, for each %s, a row of
                 * weights; {@code stride} is the bytes from one row to the next. {@code x} holds from element {@code x0} on
                 * the inputs, {@code y} takes from byte {@code y0} on the outputs; further rows of a batch begin {@code xStride}
                 * elements and {@code yStride} bytes after.
                 */
                final class %s {
                private static final VectorSpecies<Float> S = Lanes.SPECIES;
                %sprivate static final long B = Lanes.BYTES;
                """.formatted(bf16 ? "bfloat16" : "binary32", bf16 ? "pair of inputs" : "input", className(),
                bf16 ? "private static final VectorSpecies<Integer> I = Lanes.INT_SPECIES;\n" : ""));
        if (bf16) {
            out.add("private static final int UPPER = 0xFFFF0000;");
        }
        out.add("""

                /** Vectors of the panels that there are, widest first. */
                static final int[] WIDTHS = {%s};

                %s                    /** The tiles for this machine: of each line the number of vectors, and then the numbers of rows. */
                static final int[][] TILES = Lanes.REGISTERS >= 32
                ? new int[][]%s
                : new int[][]%s;

                private %s() {
                }

                """.formatted(Arrays.stream(panels()).mapToObj(Integer::toString).collect(Collectors.joining(", ")),
                        bf16 ? "" : maxTileWidth(), tableSource(true), tableSource(false), className()));
        choices(out);
        for (int width : panels()) {
            row(out, width);
        }
        tiles().forEach(tile -> tile(out, tile.rows(), tile.vectors()));
        if (bf16) {
            expansions(out);
        }
        return out.add("}").toString();
    }

    /** What bfloat16 is made floats for: the tiles of these. */
    private String maxTileWidth() {
        return """
                /** Vectors in the widest tile. */
                static final int MAX_TILE_WIDTH = %d;

                """.formatted(tiles().stream().mapToInt(Tile::vectors).max().orElseThrow());
    }

    private String className() {
        return bf16 ? "Bf16Loops" : "Fp32Loops";
    }

    /** The methods by which {@link PackedMatrix} chooses among the loops. */
    private void choices(Source out) {
        out.add("""

                /** Multiplies one row of inputs by one panel of {@code width} vectors. */
                static void row(int width, MemorySegment w, long base, int inputs, float[] x, int x0, MemorySegment y,
                        long y0) {
                switch (width) {""");
        for (int width : panels()) {
            out.add("case %d -> row%1$d(w, base, inputs, x, x0, y, y0);".formatted(width));
        }
        out.add("default -> throw new AssertionError(width);\n}\n}");
        out.add("""

                /** Multiplies {@code rows} rows of inputs by {@code vectors} vectors of a panel. */
                static void tile(int rows, int vectors, MemorySegment w, long base, long stride, int inputs, float[] x,
                        int x0, int xStride, MemorySegment y, long y0, long yStride) {
                switch (16 * rows + vectors) {""");
        for (Tile tile : tiles()) {
            out.add("case 16 * %d + %d -> tile%1$dx%2$d(w, base, stride, inputs, x, x0, xStride, y, y0, yStride);"
                    .formatted(tile.rows(), tile.vectors()));
        }
        out.add("default -> throw new AssertionError(rows + \"x\" + vectors);\n}\n}");
    }

    /** One row: every weight is used once, so nothing but the sums and the input stays in registers. */
    private void row(Source out, int n) {
        out.add("""

                private static void row%d(MemorySegment w, long base, int inputs, float[] x, int x0, MemorySegment y,
                        long y0) {""".formatted(n)).add(Lines.requireNative("w", "y"));
        for (int v = 0; v < n; v++) {
            out.add("FloatVector a%d = %s;".formatted(v, Lines.load("w", "base", v)));
        }
        if (bf16) {
            out.add("for (int k = 0; k < inputs; k += 2) {");
            out.add("FloatVector b = FloatVector.broadcast(S, x[x0 + k]);");
            out.add("FloatVector c = FloatVector.broadcast(S, x[x0 + k + 1]);");
            out.add("long at = base + ((k >> 1) + 1L) * %d * B;".formatted(n));
            for (int v = 0; v < n; v++) {
                out.add("IntVector p%d = %s;".formatted(v, pair("w", "at", v)));
                out.add("a%d = b.fma(%s, a%1$d);".formatted(v, first("p" + v)));
                out.add("a%d = c.fma(%s, a%1$d);".formatted(v, second("p" + v)));
            }
        } else {
            out.add("for (int k = 0; k < inputs; k++) {");
            out.add("FloatVector b = FloatVector.broadcast(S, x[x0 + k]);");
            out.add("long at = base + (k + 1L) * %d * B;".formatted(n));
            for (int v = 0; v < n; v++) {
                out.add("a%d = b.fma(%s, a%1$d);".formatted(v, Lines.load("w", "at", v)));
            }
        }
        out.add("}");
        for (int v = 0; v < n; v++) {
            out.add(Lines.store("a" + v, "y", "y0", v));
        }
        out.add("}");
    }

    /** Weights of some vectors as floats, in the layout of a panel of so many. */
    private void expansions(Source out) {
        int[] widths = new Products(false).tiles().stream().mapToInt(Tile::vectors).distinct().toArray();
        out.add("""

                /**
                 * Copies the biases and weights of {@code vectors} vectors of a panel to {@code floats}, from its beginning
                 * on, as {@link Fp32Loops} has them.
                 */
                static void expand(int vectors, MemorySegment w, long base, long stride, int inputs, MemorySegment floats) {
                switch (vectors) {""");
        for (int n : widths) {
            out.add("case %d -> expand%1$d(w, base, stride, inputs, floats);".formatted(n));
        }
        out.add("default -> throw new AssertionError(vectors);\n}\n}");
        for (int n : widths) {
            out.add("""

                    private static void expand%d(MemorySegment w, long base, long stride, int inputs, MemorySegment floats) {
                    """.formatted(n)).add(Lines.requireNative("w", "floats"));
            for (int v = 0; v < n; v++) {
                out.add(Lines.load("w", "base", v).concat(Lines.store("", "floats", "0", v)));
            }
            out.add("for (int k = 0; k < inputs; k += 2) {\nlong at = base + ((k >> 1) + 1L) * stride;");
            out.add("long to = (k + 1L) * " + n + " * B;");
            for (int v = 0; v < n; v++) {
                out.add("IntVector p%d = %s;".formatted(v, pair("w", "at", v)));
                out.add(first("p" + v).concat(Lines.store("", "floats", "to", v)));
                out.add(second("p" + v).concat(Lines.store("", "floats", "to", n + v)));
            }
            out.add("}\n}");
        }
    }

    /** Some rows: every weight is loaded once and used by all of them. */
    private void tile(Source out, int rows, int n) {
        out.add("""

                private static void tile%dx%d(MemorySegment w, long base, long stride, int inputs, float[] x, int x0,
                        int xStride, MemorySegment y, long y0, long yStride) {""".formatted(rows, n))
                .add(Lines.requireNative("w", "y"));
        for (int r = 0; r < rows; r++) {
            for (int v = 0; v < n; v++) {
                out.add("FloatVector a%d_%d = %s;".formatted(r, v, r == 0 ? Lines.load("w", "base", v) : "a0_" + v));
            }
        }
        for (int r = 1; r < rows; r++) {
            out.add("int x%d = x%d + xStride;".formatted(r, r - 1));
        }
        if (bf16) {
            out.add("for (int k = 0; k < inputs; k += 2) {\nlong at = base + ((k >> 1) + 1L) * stride;");
            for (int v = 0; v < n; v++) {
                out.add("IntVector p%d = %s;".formatted(v, pair("w", "at", v)));
            }
            out.add("{");
            for (int v = 0; v < n; v++) {
                out.add("FloatVector w%d = %s;".formatted(v, first("p" + v)));
            }
            multiplyAdd(out, rows, n, " + k");
            out.add("}\n{");
            for (int v = 0; v < n; v++) {
                out.add("FloatVector w%d = %s;".formatted(v, second("p" + v)));
            }
            multiplyAdd(out, rows, n, " + k + 1");
            out.add("}");
        } else {
            out.add("for (int k = 0; k < inputs; k++) {\nlong at = base + (k + 1L) * stride;");
            if (rows < n) {
                multiplyAddByVector(out, rows, n);
            } else {
                for (int v = 0; v < n; v++) {
                    out.add("FloatVector w%d = %s;".formatted(v, Lines.load("w", "at", v)));
                }
                multiplyAdd(out, rows, n, " + k");
            }
        }
        out.add("}");
        for (int r = 0; r < rows; r++) {
            if (r > 0) {
                out.add("long y%d = y%d + yStride;".formatted(r, r - 1));
            }
            for (int v = 0; v < n; v++) {
                out.add(Lines.store("a" + r + "_" + v, "y", "y" + r, v));
            }
        }
        out.add("}");
    }

    private static void multiplyAdd(Source out, int rows, int n, String input) {
        for (int r = 0; r < rows; r++) {
            out.add("FloatVector b%d = FloatVector.broadcast(S, x[x%1$d%s]);".formatted(r, input));
            for (int v = 0; v < n; v++) {
                out.add("a%d_%d = b%1$d.fma(w%2$d, a%1$d_%2$d);".formatted(r, v));
            }
        }
    }

    /** Where there are fewer rows than vectors: the inputs stay in registers, and weights come one by one. */
    private static void multiplyAddByVector(Source out, int rows, int n) {
        for (int r = 0; r < rows; r++) {
            out.add("FloatVector b%d = FloatVector.broadcast(S, x[x%1$d + k]);".formatted(r));
        }
        for (int v = 0; v < n; v++) {
            out.add("FloatVector w%d = %s;".formatted(v, Lines.load("w", "at", v)));
            for (int r = 0; r < rows; r++) {
                out.add("a%d_%d = b%1$d.fma(w%2$d, a%1$d_%2$d);".formatted(r, v));
            }
        }
    }

    private static String pair(String segment, String offset, int vector) {
        return "IntVector.fromMemorySegment(I, %s, %s, nativeOrder())".formatted(segment, Lines.at(offset, vector));
    }

    private static String first(String pair) {
        return pair + ".lanewise(LSHL, Float.SIZE / 2).reinterpretAsFloats()";
    }

    private static String second(String pair) {
        return pair + ".and(UPPER).reinterpretAsFloats()";
    }
}
