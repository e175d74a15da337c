package dev.gru.simd.generator;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Writes the classes of {@code dev.gru.simd.loops} from templates and {@link TileTable tables of tiles}. */
public final class KernelGenerator {
    private static final String PACKAGE = "dev/gru/simd/loops";
    /** Where in it the loops of small layers are. */
    private static final String SMALL = "small/";
    /** Where those are whose lanes are streams. */
    private static final String STREAMS = "streams/";

    private final SortedMap<String, String> sources = new TreeMap<>();

    private KernelGenerator() throws IOException {
        for (String name : List.of("ActivationLoops", "GateLoops", "TrainingGateLoops", "OptimizerLoops")) {
            add(name, name, Map.of());
        }
        addFunctions();
        for (String name : List.of("Fp32Rows", "Bf16Rows")) {
            add(name, name, Map.of("panels", TileTable.PANELS, "widths", commas(TileTable.PANELS)));
        }
        addTiles("Fp32", TileTable.FP32, "binary32");
        addTiles("Bf16", TileTable.BF16, "bfloat16");
        List<Integer> expanded = TileTable.tiles(TileTable.WIDE, TileTable.FP32).stream().map(Tile::vectors).distinct()
                .toList();
        add("Bf16Expansion", "Bf16Expansion", Map.of("vectors", expanded, "maxVectors",
                expanded.stream().max(Integer::compare).orElseThrow()));
        addTraining();
        add(SMALL + "SmallSteps", "SmallSteps", Map.of());
        addSmall("Fp32", "binary32");
        addSmall("Bf16", "bfloat16");
        addStreams();
    }

    /** Returns the generated classes: the source of each by its simple name. */
    public static SortedMap<String, String> sources() throws IOException {
        return new KernelGenerator().sources;
    }

    /** Returns the file of a generated class in a folder of sources. */
    static Path file(Path folder, String name) {
        return folder.resolve(PACKAGE, name + ".java");
    }

    /** Adds the functions twice: over native memory, and over arrays. */
    private void addFunctions() throws IOException {
        add("FunctionLoops", "FunctionLoops", Map.of("name", "FunctionLoops", "native", true, "memory",
                "int vectors, MemorySegment v, long v0, long step", "loop", "int i = 0; i < vectors; i++", "source",
                "FloatVector.fromMemorySegment(S, v, at, nativeOrder())", "store",
                "intoMemorySegment(v, at, nativeOrder())"));
        add("TrainingFunctionLoops", "FunctionLoops", Map.of("name", "TrainingFunctionLoops", "native", false, "memory",
                "int count, float[] v, int v0", "loop", "int at = v0; at < v0 + count; at += L", "source",
                "FloatVector.fromArray(S, v, at)", "store", "intoArray(v, at)"));
    }

    private void addTiles(String prefix, TileTable narrow, String format) throws IOException {
        List<Tile> tiles = TileTable.tiles(TileTable.WIDE, narrow);
        add(prefix + "Tiles", "Tiles", Map.of("prefix", prefix, "format", format, "tiles", tiles, "wide",
                TileTable.WIDE.asVectorsAndRows(), "narrow", narrow.asVectorsAndRows()));
        addByVectors(prefix + "TilesOf", tiles);
    }

    private void addTraining() throws IOException {
        List<Tile> single = TileTable.TRAINING_ROWS.stream().map(n -> new Tile(1, n)).toList();
        List<Tile> tiles = TileTable.tiles(new TileTable(List.of(single)), TileTable.WIDE_TRAINING, TileTable.TRAINING);
        add("TrainingLoops", "TrainingLoops", Map.of("tiles", tiles, "wide", TileTable.WIDE_TRAINING.asRows(), "narrow",
                TileTable.TRAINING.asRows(), "single", commas(TileTable.TRAINING_ROWS)));
        addByVectors("TrainingProductsOf", tiles);
        addByVectors("TrainingSumsOf", tiles);
    }

    /** Adds the steps of small layers. */
    private void addSmall(String prefix, String format) throws IOException {
        for (String variant : List.of("ResetAfter", "ResetBefore", "DualState")) {
            String name = prefix + variant + "Of1";
            add(SMALL + name, "SmallOf1", Map.of("name", name, "format", format, "bf16", prefix.equals("Bf16"),
                    "resetAfter", variant.equals("ResetAfter"), "dual", variant.equals("DualState")));
        }
    }

    /** Adds the loops over columns of streams. */
    private void addStreams() throws IOException {
        List<Integer> widths = TileTable.STREAMS;
        add(STREAMS + "StreamTiles", "StreamTiles",
                Map.of("widths", widths, "outputs", TileTable.STREAM_OUTPUTS, "heights",
                        commas(TileTable.STREAM_OUTPUTS), "wide", commas(widths), "narrow",
                        commas(TileTable.NARROW_STREAMS)));
        List<Integer> gates = List.of(3, 2);
        add(STREAMS + "StreamSums", "StreamSums", Map.of("widths", widths, "gates", gates));
        for (int n : widths) {
            add(STREAMS + "StreamSumsOf" + n, "StreamSumsOf",
                    Map.of("n", n, "s", n == 1 ? "" : "s", "gates", gates));
            add(STREAMS + "StreamTilesOf" + n, "StreamTilesOf",
                    Map.of("n", n, "s", n == 1 ? "" : "s", "outputs", TileTable.STREAM_OUTPUTS));
        }
        add(STREAMS + "StreamGateLoops", "StreamGateLoops", Map.of());
        add(STREAMS + "StreamColumns", "StreamColumns", Map.of());
        add(STREAMS + "StreamColumnsOf8", "StreamColumnsOf", Map.of("n", 8, "bits", 256, "firsts1",
                List.of(0, 2, 4, 6), "firsts2", List.of(0, 1, 4, 5), "firsts4", List.of(0, 1, 2, 3), "last", "d"));
        add(STREAMS + "StreamColumnsOf4", "StreamColumnsOf",
                Map.of("n", 4, "bits", 128, "firsts1", List.of(0, 2), "firsts2", List.of(0, 1), "last", "c"));
    }

    /** Adds a class for each number of vectors that some tiles have. */
    private void addByVectors(String template, List<Tile> tiles) throws IOException {
        for (int n : tiles.stream().map(Tile::vectors).distinct().toList()) {
            add(template + n, template, Map.of("n", n, "heights",
                    tiles.stream().filter(tile -> tile.vectors() == n).map(Tile::rows).toList()));
        }
    }

    private void add(String name, String template, Map<String, Object> variables) throws IOException {
        sources.put(name, new Template(read(template), read("functions") + read("sums")).render(variables));
    }

    private static String read(String template) throws IOException {
        try (InputStream in = KernelGenerator.class.getResourceAsStream(
                "/dev/gru/simd/generator/" + template + ".java.in")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String commas(List<Integer> numbers) {
        return numbers.stream().map(n -> Integer.toString(n)).collect(Collectors.joining(", "));
    }

    /**
     * Writes all classes.
     *
     * @param args the folder of sources
     */
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        Files.createDirectories(folder.resolve(PACKAGE, SMALL));
        Files.createDirectories(folder.resolve(PACKAGE, STREAMS));
        for (Map.Entry<String, String> source : sources().entrySet()) {
            Files.writeString(file(folder, source.getKey()), source.getValue());
        }
    }
}
