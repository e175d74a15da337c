import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes the straight-line kernels of gru-simd: the build runs it before it compiles.
 *
 * <p>Why they are generated: C2 keeps vectors in registers only if they are local variables of one method, used in calls
 * of the Vector API alone. A helper method that takes or returns a vector is not always inlined, and a vector that
 * crosses a call lives on the heap: the loop is then ten times slower. So every kernel is one long method, in which the
 * same lines come again and again. Here each such line stands once.
 *
 * <p>What is written: {@code Fp32Loops} and {@code Bf16Loops}, the matrix products for weights of either precision
 * ({@link Products}), and {@code ActivationLoops} and {@code GateLoops}, the element-wise rest ({@link Elements}).
 *
 * <p><b>To add a tile</b>, add a line to the table of {@link Products}; nothing else knows how many there are. To add a
 * width of panel, add it to {@link Products#panels}.
 */
public final class KernelGenerator {

    private KernelGenerator() {
    }

    /**
     * Writes all classes.
     *
     * @param args the folder for the generated sources
     */
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0], "dev", "gru", "simd");
        Files.createDirectories(folder);
        write(folder, "Fp32Loops", new Products(false).source());
        write(folder, "Bf16Loops", new Products(true).source());
        write(folder, "ActivationLoops", Elements.activationLoops());
        write(folder, "GateLoops", Elements.gateLoops());
    }

    /** Leaves a file alone that is as it should be, so that nothing is compiled again for it. */
    private static void write(Path folder, String name, String source) throws IOException {
        Path file = folder.resolve(name + ".java");
        if (!Files.exists(file) || !Files.readString(file).equals(source)) {
            Files.writeString(file, source);
        }
    }

    /** Lines of Java, indented as they open and close braces. */
    private static final class Source {
        private static final String INDENT = "    ";
        private final StringBuilder text = new StringBuilder();
        private int depth;

        Source add(String lines) {
            for (String line : lines.lines().map(String::strip).toList()) {
                if (line.startsWith("}")) {
                    depth--;
                }
                text.append(line.isEmpty() ? "" : INDENT.repeat(depth) + (line.startsWith("*") ? " " : "") + line)
                        .append('\n');
                if (line.endsWith("{")) {
                    depth++;
                }
            }
            return this;
        }

        @Override
        public String toString() {
            return text.toString();
        }
    }

    private static final String IMPORTS = """
            package dev.gru.simd;

            import static java.nio.ByteOrder.nativeOrder;
            import static jdk.incubator.vector.VectorOperators.*;

            import java.lang.foreign.MemorySegment;

            import jdk.incubator.vector.FloatVector;
            import jdk.incubator.vector.IntVector;
            import jdk.incubator.vector.VectorSpecies;

            """;

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
     * third level, and short loops more.
     *
     * <p>Of a matrix that stays in the first level the order does not matter, and the range checks do: the loops for one
     * row are there a second time, as {@code nearN}, with one slice and so one check for all vectors of an input.
     *
     * <p>bfloat16: a lane of 32 bits holds the weights of one output for two inputs, the first in its lower half. Shifted
     * and masked they are floats: two integer operations for two multiply-adds. The number of inputs is even. For many
     * rows they are made floats once, in memory, and multiplied by the tiles for floats.
     */
    private record Products(boolean bf16) {

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
            out.add(IMPORTS).add("""
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

                    /** Vectors in the widest panel. */
                    static final int MAX_WIDTH = %d;

                    %s                    /** The tiles for this machine: of each line the number of vectors, and then the numbers of rows. */
                    static final int[][] TILES = Lanes.REGISTERS >= 32
                    ? new int[][]%s
                    : new int[][]%s;

                    private %s() {
                    }

                    """.formatted(panels()[0], bf16 ? "" : maxTileWidth(), tableSource(true), tableSource(false), className()));
            choices(out);
            for (int width : panels()) {
                row(out, width, false);
                row(out, width, true);
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
            for (boolean near : new boolean[]{false, true}) {
                out.add("""

                        /** Multiplies one row of inputs by one panel of {@code width} vectors%s. */
                        static void %s(int width, MemorySegment w, long base, int inputs, float[] x, int x0, MemorySegment y,
                                long y0) {
                        switch (width) {""".formatted(near ? " that is in the first level" : "", near ? "near" : "row"));
                for (int width : panels()) {
                    out.add("case %d -> %s%1$d(w, base, inputs, x, x0, y, y0);".formatted(width, near ? "near" : "row"));
                }
                out.add("default -> throw new AssertionError(width);\n}\n}");
            }
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
        private void row(Source out, int n, boolean near) {
            out.add("""

                    private static void %s%d(MemorySegment w, long base, int inputs, float[] x, int x0, MemorySegment y,
                            long y0) {""".formatted(near ? "near" : "row", n)).add(requireNative("w", "y"));
            for (int v = 0; v < n; v++) {
                out.add("FloatVector a%d = %s;".formatted(v, load("w", "base", v)));
            }
            String segment = near ? "row" : "w";
            String offset = near ? "0" : "at";
            if (bf16) {
                out.add("for (int k = 0; k < inputs; k += 2) {");
                out.add("FloatVector b = FloatVector.broadcast(S, x[x0 + k]);");
                out.add("FloatVector c = FloatVector.broadcast(S, x[x0 + k + 1]);");
                out.add(place(near, "base + ((k >> 1) + 1L) * %d * B".formatted(n), n));
                for (int v = 0; v < n; v++) {
                    out.add("IntVector p%d = %s;".formatted(v, pair(segment, offset, v)));
                    out.add("a%d = b.fma(%s, a%1$d);".formatted(v, first("p" + v)));
                    out.add("a%d = c.fma(%s, a%1$d);".formatted(v, second("p" + v)));
                }
            } else {
                out.add("for (int k = 0; k < inputs; k++) {");
                out.add("FloatVector b = FloatVector.broadcast(S, x[x0 + k]);");
                out.add(place(near, "base + (k + 1L) * %d * B".formatted(n), n));
                for (int v = 0; v < n; v++) {
                    out.add("a%d = b.fma(%s, a%1$d);".formatted(v, load(segment, offset, v)));
                }
            }
            out.add("}");
            for (int v = 0; v < n; v++) {
                out.add(store("a" + v, "y", "y0", v));
            }
            out.add("}");
        }

        /** Declares the place of a row of weights, as an offset or as a slice. */
        private static String place(boolean slice, String offset, int vectors) {
            return slice
                    ? "MemorySegment row = w.asSlice(%s, %d * B);".formatted(offset, vectors)
                    : "long at = %s;".formatted(offset);
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
                        """.formatted(n)).add(requireNative("w", "floats"));
                for (int v = 0; v < n; v++) {
                    out.add(load("w", "base", v).concat(store("", "floats", "0", v)));
                }
                out.add("for (int k = 0; k < inputs; k += 2) {\nlong at = base + ((k >> 1) + 1L) * stride;");
                out.add("MemorySegment to = floats.asSlice((k + 1L) * %d * B, 2 * %1$d * B);".formatted(n));
                for (int v = 0; v < n; v++) {
                    out.add("IntVector p%d = %s;".formatted(v, pair("w", "at", v)));
                    out.add(first("p" + v).concat(store("", "to", "0", v)));
                    out.add(second("p" + v).concat(store("", "to", "0", n + v)));
                }
                out.add("}\n}");
            }
        }

        /** Some rows: every weight is loaded once and used by all of them. */
        private void tile(Source out, int rows, int n) {
            out.add("""

                    private static void tile%dx%d(MemorySegment w, long base, long stride, int inputs, float[] x, int x0,
                            int xStride, MemorySegment y, long y0, long yStride) {""".formatted(rows, n))
                    .add(requireNative("w", "y"));
            for (int r = 0; r < rows; r++) {
                for (int v = 0; v < n; v++) {
                    out.add("FloatVector a%d_%d = %s;".formatted(r, v, r == 0 ? load("w", "base", v) : "a0_" + v));
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
                        out.add("FloatVector w%d = %s;".formatted(v, load("w", "at", v)));
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
                    out.add(store("a" + r + "_" + v, "y", "y" + r, v));
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
                out.add("FloatVector w%d = %s;".formatted(v, load("w", "at", v)));
                for (int r = 0; r < rows; r++) {
                    out.add("a%d_%d = b%1$d.fma(w%2$d, a%1$d_%2$d);".formatted(r, v));
                }
            }
        }

        private static String pair(String segment, String offset, int vector) {
            return "IntVector.fromMemorySegment(I, %s, %s, nativeOrder())".formatted(segment, at(offset, vector));
        }

        private static String first(String pair) {
            return pair + ".lanewise(LSHL, Float.SIZE / 2).reinterpretAsFloats()";
        }

        private static String second(String pair) {
            return pair + ".and(UPPER).reinterpretAsFloats()";
        }
    }

    /**
     * Makes C2 know the class of segments. The methods of the Vector API ask a segment for its size and so on, and what
     * C2 knows of classes there comes from all the callers in the JVM: as soon as one of them had a segment on the heap,
     * every single access tells the two classes apart, some ten instructions each. A call from the kernel itself has a
     * profile of its own, in which there is one class; from there on, C2 takes it for granted.
     */
    private static String requireNative(String... segments) {
        return Stream.of(segments).map(segment -> "!%s.isNative()".formatted(segment))
                .collect(Collectors.joining(" || ", "if (", ") {\nthrow new IllegalArgumentException();\n}"));
    }

    private static String load(String segment, String offset, int vector) {
        return "FloatVector.fromMemorySegment(S, %s, %s, nativeOrder())".formatted(segment, at(offset, vector));
    }

    private static String store(String vector, String segment, String offset, int index) {
        return "%s.intoMemorySegment(%s, %s, nativeOrder());".formatted(vector, segment, at(offset, index));
    }

    /** The place of a vector, counted from an offset in bytes. */
    private static String at(String offset, int vector) {
        return vector == 0 ? offset : vector == 1 ? offset + " + B" : offset + " + " + vector + " * B";
    }

    /** What is done element by element: functions and bounds, and the gates made of the logistic function and tanh. */
    private static final class Elements {

        private Elements() {
        }

        private static final String ELEMENT_IMPORTS = IMPORTS.replace("import jdk.incubator.vector.IntVector;\n", "")
                .replace("import static java", "import static dev.gru.kernel.math.Exponential.*;\nimport static java");

        private static final String CONSTANTS = """
                FloatVector one = FloatVector.broadcast(S, 1f);
                FloatVector log2e = FloatVector.broadcast(S, LOG2_E);
                FloatVector round = FloatVector.broadcast(S, ROUND);
                FloatVector ln2 = FloatVector.broadcast(S, -LN2);
                FloatVector q0 = FloatVector.broadcast(S, Q0);
                FloatVector q1 = FloatVector.broadcast(S, Q1);
                FloatVector q2 = FloatVector.broadcast(S, Q2);
                FloatVector q3 = FloatVector.broadcast(S, Q3);
                FloatVector q4 = FloatVector.broadcast(S, Q4);
                """;

        /** From {@code pU}, e^pU as {@code pE} = e^f − 1 and {@code pPow2}; p is a prefix of names. */
        private static String exponential(String p, boolean mayBePositive) {
            String above = mayBePositive ? "pU = pU.blend(EXP_MAX, pU.compare(GT, EXP_MAX));\n" : "";
            return ("""
                    pU = pU.blend(EXP_MIN, pU.compare(LT, EXP_MIN));
                    """ + above + """
                    FloatVector pT = pU.fma(log2e, round);
                    FloatVector pF = pT.sub(round).fma(ln2, pU);
                    FloatVector pF2 = pF.mul(pF);
                    FloatVector pE = q4.fma(pF2, q3.fma(pF, q2)).fma(pF2, q1.fma(pF, q0)).fma(pF2, pF);
                    FloatVector pPow2 = pT.reinterpretAsInts().add(EXPONENT_BIAS).lanewise(LSHL, EXPONENT_SHIFT)
                            .reinterpretAsFloats();
                    """).replaceAll("\\bp(?=[UTFEP])", p);
        }

        /** Declares {@code name}, the logistic function of {@code v}. */
        private static String sigmoid(String name, String v) {
            return """
                    FloatVector pV = v;
                    FloatVector pU = pV.reinterpretAsInts().or(Integer.MIN_VALUE).reinterpretAsFloats();
                    """.replace(" v;", " %s;".formatted(v)).replaceAll("\\bp(?=[VU])", name)
                    + exponential(name, false) + """
                            FloatVector pX = pE.fma(pPow2, pPow2);
                            FloatVector p = one.blend(pX, pV.compare(LT, 0f)).div(pX.add(one));
                            """.replaceAll("\\bp(?=[EPVX ])", name);
        }

        /** Declares {@code name}, tanh of the variable {@code v}. */
        private static String tanh(String name, String v) {
            return """
                    FloatVector pS = v.reinterpretAsInts().or(Integer.MIN_VALUE).reinterpretAsFloats();
                    FloatVector pU = pS.add(pS);
                    """.replaceAll("\\bp(?=[SU])", name).replaceAll("\\bv\\b", v)
                    + exponential(name, false) + """
                            FloatVector pX = pE.fma(pPow2, pPow2.sub(one));
                            FloatVector p = pX.div(pX.add(2f)).reinterpretAsInts().and(Integer.MAX_VALUE)
                                    .or(v.reinterpretAsInts().and(Integer.MIN_VALUE)).reinterpretAsFloats();
                            """.replaceAll("\\bp(?=[EPX ])", name).replaceAll("\\bv\\b", v);
        }

        /** A method that replaces each of some vectors in memory by {@code result}. */
        private static String loop(String documentation, String name, String more, String constants, String body,
                String result) {
            return """

                    /** %s */
                    static void %s(int vectors, MemorySegment v, long v0, long step%s) {
                    %s
                    %sfor (int i = 0; i < vectors; i++) {
                    long at = v0 + i * step;
                    FloatVector a = FloatVector.fromMemorySegment(S, v, at, nativeOrder());
                    %s%s.intoMemorySegment(v, at, nativeOrder());
                    }
                    }
                    """.formatted(documentation, name, more, requireNative("v"), constants, body, result);
        }

        /** A loop around {@link #exponential}. */
        private static String exponentialLoop(String documentation, String name, String more, String body,
                String result) {
            return loop(documentation, name, more, CONSTANTS, body, result);
        }

        /** A loop for a function of the variable {@code line}, which is α v + β. */
        private static String lineLoop(String documentation, String name, String result) {
            return loop(documentation, name, ", float alpha, float beta", """
                    FloatVector slope = FloatVector.broadcast(S, alpha);
                    FloatVector constant = FloatVector.broadcast(S, beta);
                    """, "FloatVector line = a.fma(slope, constant);\n", result);
        }

        static String activationLoops() {
            return new Source().add(ELEMENT_IMPORTS).add("""
                    /**
                     * What is done to sums over memory: the logistic function, tanh and e^v, by {@link dev.gru.kernel.math.Exponential},
                     * and functions of straight lines. Vectors are {@code step} bytes apart, the first at byte {@code v0}; each is
                     * replaced by its image. Generated: KernelGenerator says why.
                     */
                    final class ActivationLoops {
                    private static final VectorSpecies<Float> S = Lanes.SPECIES;

                    private ActivationLoops() {
                    }
                    """)
                    .add(exponentialLoop("v' = 1 / (1 + e^−v).", "sigmoid", "", sigmoid("y", "a"), "y"))
                    .add(exponentialLoop("v' = tanh v.", "tanh", "", tanh("y", "a"), "y"))
                    .add(exponentialLoop("v' = e^(v − shift).", "exp", ", float shift",
                            "FloatVector yU = a.sub(shift);\n" + exponential("y", true), "yE.add(one).mul(yPow2)"))
                    .add(loop("v' = max(0, v).", "relu", "", "", "", "a.max(0f)"))
                    .add(lineLoop("v' = α v + β, rounded once.", "affine", "line"))
                    .add(lineLoop("v' = min(1, max(0, α v + β)).", "hardSigmoid", "line.max(0f).min(1f)"))
                    .add(loop("v' = v, but at least −bound and at most bound; NaN stays NaN.", "clip", ", float bound", "",
                            "", "a.min(bound).max(-bound)"))
                    .add("}").toString();
        }

        static String gateLoops() {
            return new Source().add(ELEMENT_IMPORTS).add("""
                    /**
                     * What comes after the matrix products of a step, for the variant and the functions that most models
                     * have; {@link GatePasses} has the rest. Generated: KernelGenerator says why.
                     *
                     * <p>All memory is padded to whole vectors; places in segments are in bytes, in arrays in elements.
                     * {@code gx} holds what the inputs give to the gates: for each block of units a vector of r, one of z and
                     * one of n; {@code gh} holds what the states give to them, for each block {@code stride} vectors, those of
                     * r and z first.
                     *
                     * <p>There are two passes because one would be a chain of two activations, so long that the processor finds
                     * too few others to do meanwhile.
                     *
                     * <p>Saturated gates are exact: z = 1 keeps the state bit for bit, z = 0 gives n.
                     */
                    final class GateLoops {
                    private static final VectorSpecies<Float> S = Lanes.SPECIES;
                    private static final int L = Lanes.COUNT;
                    private static final long B = Lanes.BYTES;

                    private GateLoops() {
                    }

                    /** r = σ(gx_r + gh_r) and z = σ(gx_z + gh_z), in place in {@code gh}. */
                    static void resetAndUpdate(int blocks, MemorySegment gx, long gx0, MemorySegment gh, long gh0, int stride) {
                    """).add(requireNative("gx", "gh")).add(CONSTANTS).add("""
                    for (int i = 0; i < blocks; i++) {
                    MemorySegment x = gx.asSlice(gx0 + 3L * i * B, 2 * B);
                    MemorySegment s = gh.asSlice(gh0 + (long) stride * i * B, 2 * B);
                    FloatVector rSum = %s.add(%s);
                    FloatVector zSum = %s.add(%s);
                    """.formatted(load("x", "0", 0), load("s", "0", 0), load("x", "B", 0), load("s", "B", 0)))
                    .add(sigmoid("r", "rSum")).add(sigmoid("z", "zSum")).add("""
                            %s
                            %s
                            }
                            }
                            """.formatted(store("r", "s", "0", 0), store("z", "s", "B", 0)))
                    .add(resetAfter(false)).add(resetAfter(true)).add("}").toString();
        }

        /** The second pass; its outputs may go to a second place, too. */
        private static String resetAfter(boolean twice) {
            return """

                    /** n = tanh(gx_n + r ⊙ gh_n), h' = (1 − z) ⊙ n + z ⊙ h, from {@code h} at {@code h0} to {@code hNext}%s. */
                    static void %s(int blocks, MemorySegment gx, long gx0, MemorySegment gh, long gh0, float[] h,
                            float[] hNext, int h0%s) {
                    """.formatted(twice
                    ? " and to {@code y}, in rows of {@code rowBlocks} blocks, {@code yStride} from one to the next"
                    : "", twice ? "resetAfterTwice" : "resetAfter",
                    twice ? ", float[] y, int y0, int rowBlocks, int yStride" : "") + requireNative("gx", "gh") + "\n"
                    + CONSTANTS + (twice ? "int to = y0;\nint leftInRow = rowBlocks;\n" : "") + """
                            for (int i = 0; i < blocks; i++) {
                            int at = h0 + i * L;
                            MemorySegment s = gh.asSlice(gh0 + 3L * i * B, 3 * B);
                            FloatVector r = %s;
                            FloatVector z = %s;
                            FloatVector nSum = r.fma(%s, %s);
                            """.formatted(load("s", "0", 0), load("s", "B", 0), load("s", "2 * B", 0),
                            load("gx", "gx0 + (3L * i + 2) * B", 0))
                    + tanh("n", "nSum") + """
                            FloatVector next = one.sub(z).fma(n, z.mul(FloatVector.fromArray(S, h, at)));
                            next.intoArray(hNext, at);
                            """ + (twice
                            ? """
                                    next.intoArray(y, to);
                                    to += L;
                                    if (--leftInRow == 0) {
                                    to += yStride - rowBlocks * L;
                                    leftInRow = rowBlocks;
                                    }
                                    """
                            : "") + "}\n}\n";
        }
    }
}
