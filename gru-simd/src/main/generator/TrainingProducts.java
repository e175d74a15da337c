import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The matrix products of training, over arrays on the heap: y = y₀ + x W, rows of inputs by a matrix with a row for each
 * input, and dW += xᵀ d, the same with the rows of x and d summed over.
 *
 * <p>Both are tiles as {@link Products} describes them, and the same tiles: where the one has rows of outputs, the other
 * has inputs. Arrays, because in tiles of several rows the loads that split cache lines are too few to matter, and then
 * one kind of memory will do for all that is trained.
 */
final class TrainingProducts {
    private record Tile(int rows, int vectors) {
    }

    /** The tiles for machines with 32 vector registers and with 16, widest first; the last of each line has one row. */
    private static List<List<Tile>> table(boolean manyRegisters) {
        return manyRegisters
                ? List.of(line(3, 8, 4, 2, 1), line(2, 8, 4, 2, 1), line(1, 8, 4, 2, 1))
                : List.of(line(3, 3, 1), line(2, 4, 2, 1), line(1, 4, 2, 1));
    }

    /** The tiles of a single row, widest first: many sums, so that the processor need not wait for each of them. */
    private static final List<Tile> SINGLE = Stream.of(12, 6, 3, 2, 1).map(vectors -> new Tile(1, vectors)).toList();

    private static List<Tile> line(int vectors, int... rows) {
        return Arrays.stream(rows).mapToObj(n -> new Tile(n, vectors)).toList();
    }

    private static String tableSource(boolean manyRegisters) {
        return table(manyRegisters).reversed().stream()
                .map(line -> line.stream().map(tile -> Integer.toString(tile.rows())).collect(Collectors.joining(", ")))
                .collect(Collectors.joining("}, {", "{{", "}}"));
    }

    private TrainingProducts() {
    }

    static String source() {
        Source out = new Source();
        out.add(Lines.ARRAY_IMPORTS).add("""
                /**
                 * The inner loops of {@link SimdTrainingKernel}'s products. Generated: KernelGenerator says how and why.
                 *
                 * <p>Rows of an array begin at its element {@code …0} and every {@code …Stride} elements after.
                 */
                final class TrainingLoops {
                private static final VectorSpecies<Float> S = Lanes.SPECIES;
                private static final int L = Lanes.COUNT;

                /** The tiles for this machine: for one vector of outputs, for two and so on, the numbers of rows. */
                static final int[][] TILES = Lanes.REGISTERS >= 32
                ? new int[][]%s
                : new int[][]%s;

                /** The vectors of the tiles of one row. */
                static final int[] SINGLE = {%s};

                private TrainingLoops() {
                }
                """.formatted(tableSource(true), tableSource(false),
                SINGLE.stream().map(tile -> Integer.toString(tile.vectors())).collect(Collectors.joining(", "))));
        List<Tile> tiles = Stream.concat(SINGLE.stream(),
                Stream.of(true, false).flatMap(many -> table(many).stream()).flatMap(List::stream)).distinct().toList();
        choice(out, tiles, "multiply", "y = i + x W for {@code rows} rows and {@code vectors} vectors of outputs.",
                "int inputs, float[] x, int x0, int xStride, float[] w, int w0, int wStride, float[] i, int i0,"
                        + " int iStride, float[] y, int y0, int yStride");
        choice(out, tiles, "addProducts", "y += xᵀ d for {@code rows} columns of x and {@code vectors} vectors of d.",
                "int count, float[] x, int x0, int xStride, float[] w, int w0, int wStride, float[] y, int y0,"
                        + " int yStride");
        for (Tile tile : tiles) {
            multiply(out, tile);
            addProducts(out, tile);
        }
        return out.add("}").toString();
    }

    private static void choice(Source out, List<Tile> tiles, String name, String documentation, String parameters) {
        String arguments = parameters.replaceAll("(int|float\\[\\]) ", "");
        out.add("""

                /** %s */
                static void %s(int rows, int vectors, %s) {
                switch (16 * rows + vectors) {""".formatted(documentation, name, parameters));
        for (Tile tile : tiles) {
            out.add("case 16 * %d + %d -> %s%1$dx%2$d(%s);".formatted(tile.rows(), tile.vectors(), name, arguments));
        }
        out.add("default -> throw new AssertionError(rows + \"x\" + vectors);\n}\n}");
    }

    private static void multiply(Source out, Tile tile) {
        out.add("""

                private static void multiply%dx%d(int inputs, float[] x, int x0, int xStride, float[] w, int w0, int wStride,
                float[] i, int i0, int iStride, float[] y, int y0, int yStride) {""".formatted(tile.rows(), tile.vectors()));
        begin(out, tile, "i");
        for (int r = 1; r < tile.rows(); r++) {
            out.add("int x%d = x%d + xStride;".formatted(r, r - 1));
        }
        out.add("for (int k = 0; k < inputs; k++) {\nint at = w0 + k * wStride;");
        multiplyAdd(out, tile, r -> "x[x%d + k]".formatted(r));
        out.add("}");
        end(out, tile);
    }

    private static void addProducts(Source out, Tile tile) {
        out.add("""

                private static void addProducts%dx%d(int count, float[] x, int x0, int xStride, float[] w, int w0,
                int wStride, float[] y, int y0, int yStride) {""".formatted(tile.rows(), tile.vectors()));
        begin(out, tile, "y");
        out.add("for (int k = 0; k < count; k++) {\nint at = w0 + k * wStride;\nint from = x0 + k * xStride;");
        multiplyAdd(out, tile, r -> r == 0 ? "x[from]" : "x[from + %d]".formatted(r));
        out.add("}");
        end(out, tile);
    }

    private static void begin(Source out, Tile tile, String from) {
        for (int r = 0; r < tile.rows(); r++) {
            for (int v = 0; v < tile.vectors(); v++) {
                out.add("FloatVector a%d_%d = %s;".formatted(r, v, Lines.loadArray(from, place(from, r), v)));
            }
        }
    }

    private static String place(String array, int row) {
        return row == 0 ? array + "0" : "%s0 + %d * %1$sStride".formatted(array, row);
    }

    private static void multiplyAdd(Source out, Tile tile, IntFunction<String> input) {
        for (int v = 0; v < tile.vectors(); v++) {
            out.add("FloatVector v%d = %s;".formatted(v, Lines.loadArray("w", "at", v)));
        }
        for (int r = 0; r < tile.rows(); r++) {
            out.add("FloatVector b%d = FloatVector.broadcast(S, %s);".formatted(r, input.apply(r)));
            for (int v = 0; v < tile.vectors(); v++) {
                out.add("a%d_%d = b%1$d.fma(v%2$d, a%1$d_%2$d);".formatted(r, v));
            }
        }
    }

    private static void end(Source out, Tile tile) {
        for (int r = 0; r < tile.rows(); r++) {
            for (int v = 0; v < tile.vectors(); v++) {
                out.add(Lines.storeArray("a" + r + "_" + v, "y", place("y", r), v));
            }
        }
        out.add("}");
    }
}
