package dev.gru.format.onnx;

import static dev.gru.format.onnx.OnnxGraphs.FLOAT;
import static dev.gru.format.onnx.OnnxGraphs.INT32;
import static dev.gru.format.onnx.OnnxGraphs.INT64;
import static dev.gru.format.onnx.OnnxGraphs.attribute;
import static dev.gru.format.onnx.OnnxRuns.assertSame;
import static dev.gru.format.onnx.OnnxRuns.features;
import static dev.gru.format.onnx.OnnxRuns.tokens;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.gru.layer.Tensor;

/**
 * Graphs as exporters write them mean what they say: {@code torch.onnx.export} with {@code dynamo=False} (PyTorch's
 * {@code symbolic_opset9.py}, {@code _generic_rnn}) and {@code dynamo=True} (onnxscript's {@code aten_gru}), and
 * tf2onnx ({@code gru_tf2_rewriter.py}, {@code bigru_rewriter.py}).
 */
class OnnxExportersTest {
    private static final int VOCABULARY = 11;
    private static final int INPUTS = 4;
    private static final int UNITS = 5;
    private static final int CLASSES = 3;
    private static final int BATCH = 2;
    private static final int STEPS = 6;
    /** Where an index means "to the end". */
    private static final long END = Long.MAX_VALUE;

    private static final Map<String, Tensor> BATCH_FIRST = Map.of("x", features(BATCH, STEPS, INPUTS));

    /** PyTorch's zeros for initial states, of a batch whose size only a run knows. */
    private static OnnxGraphs zeroStates(OnnxGraphs graph, String x, int batchAxis, int states) {
        return graph.node("Shape", x, "shape").pick("shape", "batch", 0, batchAxis).unsqueeze("batch", "batches", 0)
                .ints("states", states).ints("units", UNITS).concat("states batches units", "h_shape", 0)
                .node("ConstantOfShape", "h_shape", "zeros",
                        attribute("value", OnnxGraphs.floats("", new float[1], 1)));
    }

    /** A layer of {@code nn.GRU}, with its weights put together as constants. */
    private static OnnxGraphs torchGru(OnnxGraphs graph, int layer, String x, int inputs, String lengths,
            String initial,
            boolean bidirectional) {
        int directions = bidirectional ? 2 : 1;
        String own = Integer.toString(layer);
        graph.weights("W" + own, directions, 3 * UNITS, inputs).weights("R" + own, directions, 3 * UNITS, UNITS)
                .weights("B" + own, directions, 6 * UNITS);
        String names = String.join(" ", x, "W" + own, "R" + own, "B" + own, lengths, initial);
        String outputs = "Y" + own + " h" + own;
        if (bidirectional) {
            return graph.node("GRU", names, outputs, attribute("hidden_size", UNITS),
                    attribute("linear_before_reset", 1), attribute("direction", "bidirectional"))
                    .transpose("Y" + own, "t" + own, 0, 2, 1, 3).ints("joined" + own, 0, 0, -1)
                    .node("Reshape", "t" + own + " joined" + own, "y" + own);
        }
        return graph.node("GRU", names, outputs, attribute("hidden_size", UNITS), attribute("linear_before_reset", 1))
                .squeeze("Y" + own, "y" + own, 1);
    }

    private static OnnxGraphs linear(OnnxGraphs graph, String x, String y, int inputs) {
        return graph.weights("fc.weight", CLASSES, inputs).weights("fc.bias", CLASSES).node("Gemm",
                x + " fc.weight fc.bias", y, attribute("alpha", 1f), attribute("beta", 1f), attribute("transB", 1));
    }

    @ParameterizedTest
    @ValueSource(ints = {9, 11, 13, 17, 20})
    void torchScriptEmbeddingGruLastStepLinear(int opset) throws IOException {
        OnnxGraphs graph = OnnxGraphs.opset(opset).input("tokens", INT64, "batch", "steps")
                .weights("emb.weight", VOCABULARY, INPUTS).node("Gather", "emb.weight tokens", "x");
        zeroStates(graph, "x", 0, 1).transpose("x", "xt", 1, 0, 2);
        torchGru(graph, 0, "xt", INPUTS, "-", "zeros", false).transpose("y0", "y", 1, 0, 2).pick("y", "last", 1, -1);
        linear(graph, "last", "logits", UNITS).outputs("logits");
        assertSame(graph.model(), Map.of("tokens", tokens(VOCABULARY, BATCH, STEPS)));
        assertEquals("[tokens (BATCH, STEP)] → [logits (BATCH, FEATURE)]",
                graph.read().signature().inputs() + " → " + graph.read().signature().outputs());
    }

    /** Without dynamic axes, all shapes are numbers and the zeros are a constant. */
    @Test
    void torchScriptWithFixedShapes() throws IOException {
        for (int batch : new int[]{1, BATCH}) {
            OnnxGraphs graph = OnnxGraphs.opset(17).input("x", FLOAT, batch, STEPS, INPUTS)
                    .constant(OnnxGraphs.floats("zeros", new float[batch * UNITS], 1, batch, UNITS))
                    .transpose("x", "xt", 1, 0, 2);
            torchGru(graph, 0, "xt", INPUTS, "-", "zeros", false).transpose("y0", "y", 1, 0, 2)
                    .weights("fc.weight", UNITS, CLASSES).weights("fc.bias", CLASSES)
                    .node("MatMul", "y fc.weight", "product").node("Add", "fc.bias product", "sum")
                    .node("Softmax", "sum", "p", attribute("axis", 2)).outputs("p");
            assertSame(graph.model(), Map.of("x", features(batch, STEPS, INPUTS)));
        }
    }

    @Test
    void torchScriptTwoBidirectionalLayersWithStatesInAndOut() throws IOException {
        OnnxGraphs graph = OnnxGraphs.opset(17).input("x", FLOAT, "batch", "steps", INPUTS)
                .input("hx", FLOAT, 4, "batch", UNITS).transpose("x", "xt", 1, 0, 2).slice("hx", "first", 0, 0, 2)
                .slice("hx", "second", 0, 2, 4);
        torchGru(graph, 0, "xt", INPUTS, "-", "first", true);
        torchGru(graph, 1, "y0", 2 * UNITS, "-", "second", true).transpose("y1", "y", 1, 0, 2)
                .concat("h0 h1", "hn", 0).outputs("y", "hn");
        assertSame(graph.model(),
                Map.of("x", features(BATCH, STEPS, INPUTS), "hx", features(4, BATCH, UNITS)));
        assertEquals("hx (DIRECTION, BATCH, FEATURE)", graph.read().signature().inputs().get(1).toString());
    }

    /** {@code torch.cat([h[-2], h[-1]], dim=1)}, the usual summary of a bidirectional network. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void torchScriptLastStatesOfBothDirections(int layers) throws IOException {
        OnnxGraphs graph = OnnxGraphs.opset(14).input("x", FLOAT, "batch", "steps", INPUTS);
        zeroStates(graph, "x", 0, 2 * layers).transpose("x", "xt", 1, 0, 2);
        if (layers == 1) {
            torchGru(graph, 0, "xt", INPUTS, "-", "zeros", true).node("Identity", "h0", "hn");
        } else {
            graph.slice("zeros", "first", 0, 0, 2).slice("zeros", "second", 0, 2, 4);
            torchGru(graph, 0, "xt", INPUTS, "-", "first", true);
            torchGru(graph, 1, "y0", 2 * UNITS, "-", "second", true).concat("h0 h1", "hn", 0);
        }
        graph.pick("hn", "forward", 0, -2).pick("hn", "backward", 0, -1).concat("forward backward", "summary", 1)
                .node("Relu", "summary", "active");
        linear(graph, "active", "logits", 2 * UNITS).outputs("logits");
        assertSame(graph.model(), BATCH_FIRST);
    }

    /** {@code h.view(layers, directions, batch, units)[-1]}, the directions then side by side. */
    @Test
    void torchScriptStatesTakenApart() throws IOException {
        OnnxGraphs graph = OnnxGraphs.opset(17).input("x", FLOAT, "steps", "batch", INPUTS);
        zeroStates(graph, "x", 1, 4).slice("zeros", "first", 0, 0, 2).slice("zeros", "second", 0, 2, 4);
        torchGru(graph, 0, "x", INPUTS, "-", "first", true);
        torchGru(graph, 1, "y0", 2 * UNITS, "-", "second", true).concat("h0 h1", "hn", 0).ints("two", 2)
                .concat("two two batches units", "four", 0).node("Reshape", "hn four", "apart")
                .pick("apart", "top", 0, -1).transpose("top", "by_row", 1, 0, 2).ints("rows", 0, -1)
                .node("Reshape", "by_row rows", "summary");
        linear(graph, "summary", "logits", 2 * UNITS).outputs("logits");
        assertSame(graph.model(), Map.of("x", features(STEPS, BATCH, INPUTS)));
    }

    /** {@code pack_padded_sequence}, {@code pad_packed_sequence} and the states of the top layer. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void torchScriptPackedSequences(boolean bidirectional) throws IOException {
        int directions = bidirectional ? 2 : 1;
        OnnxGraphs graph = OnnxGraphs.opset(17).input("x", FLOAT, "batch", "steps", INPUTS)
                .input("lengths", INT64, "batch").transpose("x", "xt", 1, 0, 2)
                .node("Cast", "lengths", "lengths32", attribute("to", INT32));
        zeroStates(graph, "lengths", 0, directions);
        torchGru(graph, 0, "xt", INPUTS, "lengths32", "zeros", bidirectional).transpose("y0", "y", 1, 0, 2)
                .outputs("y", "h0");
        assertSame(graph.model(), Map.of("x", features(BATCH, STEPS, INPUTS), "lengths",
                Tensor.of(new int[]{STEPS - 2, 1}, BATCH)));
        OnnxGraphs last = OnnxGraphs.opset(17).input("x", FLOAT, "batch", "steps", INPUTS)
                .input("lengths", INT64, "batch").transpose("x", "xt", 1, 0, 2)
                .node("Cast", "lengths", "lengths32", attribute("to", INT32));
        zeroStates(last, "lengths", 0, directions);
        torchGru(last, 0, "xt", INPUTS, "lengths32", "zeros", bidirectional).pick("h0", "top", 0, directions - 1L)
                .outputs("top");
        assertSame(last.model(), Map.of("x", features(BATCH, STEPS, INPUTS), "lengths",
                Tensor.of(new int[]{3, STEPS}, BATCH)));
    }

    /** Weights that the exporter's optimizer did not fold: cut up, put in another order and stretched by nodes. */
    private static OnnxGraphs dynamoWeights(OnnxGraphs graph, String layer, int inputs) {
        graph.weights(layer + "weight_ih", 3 * UNITS, inputs).weights(layer + "weight_hh", 3 * UNITS, UNITS)
                .weights(layer + "bias_ih", 3 * UNITS).weights(layer + "bias_hh", 3 * UNITS);
        for (String name : new String[]{"weight_ih", "weight_hh", "bias_ih", "bias_hh"}) {
            String own = layer + name;
            graph.slice(own, own + "_r", 0, 0, UNITS).slice(own, own + "_z", 0, UNITS, 2 * UNITS)
                    .slice(own, own + "_n", 0, 2 * UNITS, 3 * UNITS)
                    .concat(String.join(" ", own + "_z", own + "_r", own + "_n"), own + "_zrn", 0);
        }
        return graph.unsqueeze(layer + "weight_ih_zrn", layer + "W", 0)
                .unsqueeze(layer + "weight_hh_zrn", layer + "R", 0)
                .concat(layer + "bias_ih_zrn " + layer + "bias_hh_zrn", layer + "bias", 0)
                .unsqueeze(layer + "bias", layer + "B", 0);
    }

    /** What follows each GRU: (steps, directions, batch, units) to (steps, batch, directions · units) by its shape. */
    private static OnnxGraphs dynamoJoin(OnnxGraphs graph, String layer) {
        return graph.transpose(layer + "Y", layer + "Yt", 0, 2, 1, 3).node("Shape", layer + "Yt", layer + "shape")
                .slice(layer + "shape", layer + "s0", 0, 0, 1).slice(layer + "shape", layer + "s1", 0, 1, 2)
                .slice(layer + "shape", layer + "s2", 0, 2, 3).slice(layer + "shape", layer + "s3", 0, 3, 4)
                .node("Mul", layer + "s2 " + layer + "s3", layer + "s23")
                .node("Constant", "", layer + "wild", attribute("value_ints", new int[]{-1}))
                .node("Reshape", layer + "s23 " + layer + "wild", layer + "s4", attribute("allowzero", 0))
                .concat(String.join(" ", layer + "s0", layer + "s1", layer + "s4"), layer + "joined", 0)
                .node("Reshape", layer + "Yt " + layer + "joined", layer + "y", attribute("allowzero", 0));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void dynamoTwoLayersAndLinear(boolean lastStep) throws IOException {
        OnnxGraphs graph = OnnxGraphs.opset(18).input("tokens", INT64, "batch", "steps")
                .weights("emb.weight", VOCABULARY, INPUTS)
                .node("Gather", "emb.weight tokens", "embedding", attribute("axis", 0))
                // zeros(2, batch, units)
                .node("Shape", "tokens", "batches", attribute("start", 0), attribute("end", 1))
                .squeeze("batches", "batch", 0).ints("wild", -1).node("Reshape", "batch wild", "batch_list")
                .ints("states", 2).ints("units", UNITS).concat("states batch_list units", "size", 0)
                .constant(OnnxGraphs.floats("zero", new float[1])).node("Expand", "zero size", "zeros")
                .transpose("embedding", "x", 1, 0, 2).slice("zeros", "ah0", 0, 0, 1).slice("zeros", "bh0", 0, 1, 2);
        dynamoWeights(graph, "a", INPUTS).node("GRU", "x aW aR aB - ah0", "aY ah", attribute("direction", "forward"),
                attribute("hidden_size", UNITS), attribute("linear_before_reset", 1));
        dynamoJoin(graph, "a");
        dynamoWeights(graph, "b", UNITS).node("GRU", "ay bW bR bB - bh0", "bY bh", attribute("direction", "forward"),
                attribute("hidden_size", UNITS), attribute("linear_before_reset", 1));
        dynamoJoin(graph, "b").transpose("by", "y", 1, 0, 2);
        if (lastStep) {
            linear(graph.pick("y", "last", 1, -1), "last", "logits", UNITS).concat("ah bh", "hn", 0)
                    .outputs("logits", "hn");
        } else {
            graph.weights("fc.weight", CLASSES, UNITS).weights("fc.bias", CLASSES)
                    .transpose("fc.weight", "fc.columns", 1, 0).node("MatMul", "y fc.columns", "product")
                    .node("Add", "product fc.bias", "sum").node("Softmax", "sum", "p", attribute("axis", -1))
                    .outputs("p");
        }
        assertSame(graph.model(), Map.of("tokens", tokens(VOCABULARY, BATCH, STEPS)));
    }

    /** What PyTorch's {@code expand} becomes: sizes of -1 are replaced by those of the array, all of it by nodes. */
    @Test
    void torchScriptExpandedZeros() throws IOException {
        OnnxGraphs graph = OnnxGraphs.opset(17).input("x", FLOAT, "steps", "batch", INPUTS).node("Shape", "x", "shape")
                .pick("shape", "batch", 0, 1).unsqueeze("batch", "batches", 0).ints("minus", -1)
                .concat("minus batches minus", "wanted", 0).node("Shape", "wanted", "rank")
                .node("ConstantOfShape", "rank", "ones", attribute("value", OnnxGraphs.longs("", new long[]{1}, 1)))
                .scalar("minus_one", -1).node("Mul", "ones minus_one", "minuses")
                .node("Equal", "wanted minuses", "mask").node("Where", "mask ones wanted", "size")
                .initializer(OnnxGraphs.floats("h", new float[UNITS], 1, 1, UNITS)).node("Expand", "h size", "zeros");
        torchGru(graph, 0, "x", INPUTS, "-", "zeros", false).outputs("y0");
        assertSame(graph.model(), Map.of("x", features(STEPS, BATCH, INPUTS)));
    }

    private static OnnxGraphs tf2onnxGru(OnnxGraphs graph, String layer, String x, String initial, int inputs,
            String direction) {
        int directions = direction.equals("bidirectional") ? 2 : 1;
        String[] activations = directions == 2
                ? new String[]{"Sigmoid", "Tanh", "Sigmoid", "Tanh"}
                : new String[]{"Sigmoid", "Tanh"};
        return graph.weights(layer + "W", directions, 3 * UNITS, inputs)
                .weights(layer + "R", directions, 3 * UNITS, UNITS).weights(layer + "B", directions, 6 * UNITS)
                .node("GRU", String.join(" ", x, layer + "W", layer + "R", layer + "B", "-", initial),
                        layer + "Y " + layer + "h", attribute("activations", activations),
                        attribute("direction", direction), attribute("hidden_size", UNITS),
                        attribute("linear_before_reset", 1));
    }

    /** TensorFlow's zeros, (batch, units), with a direction put before. */
    private static OnnxGraphs tf2onnxZeros(OnnxGraphs graph, String x) {
        return graph.node("Shape", x, "shape64").node("Cast", "shape64", "shape", attribute("to", INT32))
                .slice("shape", "batches", 0, 0, 1).squeeze("batches", "batch", 0).unsqueeze("batch", "batch_list", 0)
                .ints("units", UNITS).node("Cast", "units", "units32", attribute("to", INT32))
                .concat("batch_list units32", "size32", 0).node("Cast", "size32", "size", attribute("to", INT64))
                .node("ConstantOfShape", "size", "zeros2").unsqueeze("zeros2", "zeros", 0);
    }

    @ParameterizedTest
    @CsvSource({"9, true", "12, true", "13, true", "17, true", "9, false", "13, false", "17, false"})
    void tf2onnxKerasGruAndDense(int opset, boolean sequences) throws IOException {
        OnnxGraphs graph = OnnxGraphs.opset(opset).input("x", FLOAT, "batch", "steps", INPUTS);
        tf2onnxZeros(graph, "x").transpose("x", "xt", 1, 0, 2);
        tf2onnxGru(graph, "a", "xt", "zeros", INPUTS, "forward").squeeze("aY", "y", 1).weights("kernel", UNITS, CLASSES)
                .weights("bias", CLASSES);
        if (sequences) {
            // tensordot: all rows of a batch as one matrix, and back.
            graph.transpose("y", "rows", 1, 0, 2).node("Shape", "rows", "rows_shape").ints("free", 0, 1)
                    .node("Gather", "rows_shape free", "free_sizes", attribute("axis", 0))
                    .node("ReduceProd", "free_sizes", "count", attribute("axes", new int[]{0}),
                            attribute("keepdims", 0))
                    .unsqueeze("count", "count_list", 0).ints("features", UNITS)
                    .concat("count_list features", "matrix_shape", 0).node("Reshape", "rows matrix_shape", "matrix")
                    .node("MatMul", "matrix kernel", "product").ints("classes", CLASSES)
                    .concat("free_sizes classes", "back", 0).node("Reshape", "product back", "sequence")
                    .node("Add", "sequence bias", "sum");
        } else {
            graph.slice("y", "end", 0, -1, END).squeeze("end", "last", 0).node("MatMul", "last kernel", "product")
                    .node("Add", "product bias", "sum");
        }
        graph.node("Softmax", "sum", "p", attribute("axis", sequences ? 2 : 1)).outputs("p");
        assertSame(graph.model(), BATCH_FIRST);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void tf2onnxKerasBidirectional(boolean sequences) throws IOException {
        OnnxGraphs graph = OnnxGraphs.opset(13).input("x", FLOAT, "batch", "steps", INPUTS);
        tf2onnxZeros(graph, "x").concat("zeros zeros", "both", 0).transpose("x", "xt", 1, 0, 2);
        tf2onnxGru(graph, "a", "xt", "both", INPUTS, "bidirectional").slice("aY", "fw", 1, 0, 1)
                .slice("aY", "bw", 1, 1, 2).squeeze("fw", "fwy", 1).squeeze("bw", "bwy", 1);
        if (sequences) {
            graph.transpose("fwy", "forward", 1, 0, 2).transpose("bwy", "backward", 1, 0, 2)
                    .concat("forward backward", "y", 2);
        } else {
            graph.slice("fwy", "fw_end", 0, -1, END).squeeze("fw_end", "forward", 0).slice("bwy", "bw_end", 0, 0, 1)
                    .squeeze("bw_end", "backward", 0).concat("forward backward", "y", 1);
        }
        assertSame(graph.outputs("y").model(), BATCH_FIRST);
    }

    /** Keras declares its inputs as floats, and TensorFlow casts them to look tokens up. */
    @Test
    void tf2onnxKerasEmbeddingAndTwoLayers() throws IOException {
        OnnxGraphs graph = OnnxGraphs.opset(17).input("tokens", FLOAT, "batch", "steps")
                .node("Cast", "tokens", "ids", attribute("to", INT32)).weights("table", VOCABULARY, INPUTS)
                .node("Gather", "table ids", "x", attribute("axis", 0));
        tf2onnxZeros(graph, "x").transpose("x", "xt", 1, 0, 2);
        tf2onnxGru(graph, "a", "xt", "zeros", INPUTS, "forward").squeeze("aY", "ay", 1).transpose("ay", "a1", 1, 0, 2)
                .transpose("a1", "a2", 1, 0, 2);
        tf2onnxGru(graph, "b", "a2", "zeros", UNITS, "forward").squeeze("bh", "state", 0).weights("k", UNITS, 1)
                .weights("c", 1).node("MatMul", "state k", "product").node("Add", "product c", "sum")
                .node("Sigmoid", "sum", "p").outputs("p");
        assertSame(graph.model(), Map.of("tokens", tokens(VOCABULARY, BATCH, STEPS)));
    }

    /** A single feature whose dimension is squeezed away, as binary classifiers do. */
    @Test
    void oneOutputMayLoseItsDimension() throws IOException {
        OnnxGraphs graph = OnnxGraphs.opset(17).input("x", FLOAT, "steps", "batch", INPUTS);
        torchGru(graph, 0, "x", INPUTS, "-", "-", false).squeeze("h0", "last", 0).weights("k", 1, UNITS)
                .node("Gemm", "last k", "score", attribute("transB", 1)).node("Sigmoid", "score", "p")
                .squeeze("p", "p1", 1).outputs("p1");
        assertSame(graph.model(), Map.of("x", features(STEPS, BATCH, INPUTS)));
        assertEquals("[p1 (BATCH)]", graph.read().signature().outputs().toString());
    }

    /** Parts of what the last layer puts out may come out each by itself. */
    @Test
    void directionsAndFeaturesMayComeOutApart() throws IOException {
        OnnxGraphs graph = OnnxGraphs.opset(11).input("x", FLOAT, "steps", "batch", INPUTS);
        torchGru(graph, 0, "x", INPUTS, "-", "-", true).withAxes("Split", "Y0", "fw bw", "split", 1, 1)
                .slice("y0", "some", 2, 3, UNITS + 2).transpose("h0", "h", 1, 0, 2).outputs("fw", "bw", "some", "h");
        assertSame(graph.model(), Map.of("x", features(STEPS, BATCH, INPUTS)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Relu", "Sigmoid", "Tanh", "HardSigmoid", "Softmax"})
    void functionsStandAfterProductsAndByThemselves(String function) throws IOException {
        OnnxGraphs graph = OnnxGraphs.opset(13).input("x", FLOAT, "steps", "batch", INPUTS)
                .weights("in", INPUTS, UNITS).weights("b", 1, 1, UNITS).node("MatMul", "x in", "x1")
                .node("Add", "x1 b", "x2").node(function, "x2", "x3").node("Dropout", "x3", "x4");
        torchGru(graph, 0, "x4", UNITS, "-", "-", true).node(function, "y0", "active").outputs("active");
        assertSame(graph.model(), Map.of("x", features(STEPS, BATCH, INPUTS)));
    }
}
