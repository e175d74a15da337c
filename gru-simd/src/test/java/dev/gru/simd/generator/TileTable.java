package dev.gru.simd.generator;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The tiles that there are for one kind of machine and weights. A line has tiles of one number of vectors, highest
 * first: rows take the tiles of a line from the left.
 *
 * <p>A tile of r rows by v vectors needs r · v registers for the sums, the smaller of r and v for the operands that all
 * of them share, and one more.
 *
 * @param lines the lines, widest tiles first
 */
record TileTable(List<List<Tile>> lines) {
    /** Vectors of the panels of packed matrices, widest first; one row of inputs is multiplied by a whole panel. */
    static final List<Integer> PANELS = List.of(12, 9, 8, 6, 4, 3, 2, 1);

    /** Vectors of the tiles of one row in training, widest first: many sums, which need not wait for each other. */
    static final List<Integer> TRAINING_ROWS = List.of(12, 6, 3, 2, 1);

    /**
     * For packed weights, on machines with 32 vector registers. A panel takes the first line that divides its width.
     */
    static final TileTable WIDE = new TileTable(List.of(line(3, 8, 4, 2), line(2, 8, 4, 2), line(1, 8, 4)));

    /** For packed weights in binary32, on machines with 16 vector registers. */
    static final TileTable FP32 = new TileTable(List.of(line(3, 3), line(2, 4), line(1, 4)));

    /** For packed weights in bfloat16, on machines with 16 vector registers. */
    static final TileTable BF16 = new TileTable(List.of(line(3, 2), line(2, 4), line(1, 4)));

    /** For training, on machines with 32 vector registers. */
    static final TileTable WIDE_TRAINING = new TileTable(
            List.of(line(3, 8, 4, 2, 1), line(2, 8, 4, 2, 1), line(1, 8, 4, 2, 1)));

    /** For training, on machines with 16 vector registers. */
    static final TileTable TRAINING = new TileTable(List.of(line(3, 3, 1), line(2, 4, 2, 1), line(1, 4, 2, 1)));

    /** Outputs of the tiles whose lanes are streams, highest first: where the product is one of one gate. */
    static final List<Integer> STREAM_OUTPUTS = List.of(4, 2, 1);

    /** Vectors of streams of these tiles, widest first, on machines with 32 vector registers. */
    static final List<Integer> STREAMS = List.of(4, 2, 1);

    /** The same on machines with 16 vector registers. */
    static final List<Integer> NARROW_STREAMS = List.of(2, 1);

    private static List<Tile> line(int vectors, int... rows) {
        return Arrays.stream(rows).mapToObj(n -> new Tile(n, vectors)).toList();
    }

    /** Returns the tiles of some tables, each once. */
    static List<Tile> tiles(TileTable... tables) {
        return Stream.of(tables).flatMap(table -> table.lines.stream()).flatMap(List::stream).distinct().toList();
    }

    /** Returns the elements of a Java array: of each line the number of vectors, and then the numbers of rows. */
    String asVectorsAndRows() {
        return asArray(lines, line -> line.getFirst().vectors() + ", " + rows(line));
    }

    /** Returns the elements of a Java array: the numbers of rows for one vector, for two and so on. */
    String asRows() {
        return asArray(lines.reversed(), TileTable::rows);
    }

    private static String asArray(List<List<Tile>> lines, Function<List<Tile>, String> line) {
        return lines.stream().map(line).collect(Collectors.joining("}, {", "{{", "}}"));
    }

    private static String rows(List<Tile> line) {
        return line.stream().map(tile -> Integer.toString(tile.rows())).collect(Collectors.joining(", "));
    }
}
