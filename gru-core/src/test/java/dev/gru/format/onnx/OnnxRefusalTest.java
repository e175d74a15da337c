package dev.gru.format.onnx;

import static dev.gru.format.onnx.OnnxGraphs.FLOAT;
import static dev.gru.format.onnx.OnnxGraphs.INT64;
import static dev.gru.format.onnx.OnnxGraphs.attribute;
import static dev.gru.format.onnx.RefusedGraphs.INPUTS;
import static dev.gru.format.onnx.RefusedGraphs.UNITS;
import static dev.gru.format.onnx.RefusedGraphs.assertRefused;
import static dev.gru.format.onnx.RefusedGraphs.both;
import static dev.gru.format.onnx.RefusedGraphs.gru;
import static dev.gru.format.onnx.RefusedGraphs.start;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.gru.format.OnnxReader;

/** What is not supported, or makes no sense, is refused by the name of the node, in one line. */
class OnnxRefusalTest {
    @ParameterizedTest
    @ValueSource(strings = {"LSTM", "RNN", "Scan", "If", "Einsum", "Sin", "ReduceSum", "QuantizeLinear",
            "InstanceNormalization", "Mine"})
    void otherOperatorsAreRefused(String operator) {
        assertRefused(gru().node(operator, "y", "z").outputs("z"),
                "node \"" + operator + "/z\" (" + operator + "): the operator is not supported");
    }

    @Test
    void operatorsOfOthersAreRefused() {
        ModelProto model = gru().node("Relu", "y", "z").outputs("z").model();
        NodeProto foreign = model.getGraph().getNode(2).toBuilder().setDomain("com.microsoft").build();
        assertRefused(model.toBuilder().setGraph(model.getGraph().toBuilder().setNode(2, foreign)).build(),
                "node \"Relu/z\" (com.microsoft.Relu): the operator is not supported");
    }

    @Test
    void nodesThatNothingDependsOnMayBeAnything() throws Exception {
        assertEquals(1, gru().node("Mine", "y", "z").outputs("y").read().layers().size());
    }

    @Test
    void nodesWithoutNamesAreCalledByWhatTheyPutOut() {
        ModelProto model = gru().node("Sqrt", "y", "root").outputs("root").model();
        NodeProto nameless = model.getGraph().getNode(2).toBuilder().clearName().build();
        assertRefused(model.toBuilder().setGraph(model.getGraph().toBuilder().setNode(2, nameless)).build(),
                "node \"root\" (Sqrt)");
    }

    @Test
    void oldOperatorsAreRefused() {
        ModelProto model = gru().outputs("y").model();
        assertRefused(model.toBuilder().setOpsetImport(0, OperatorSetIdProto.newBuilder().setVersion(6)).build(),
                "its operators are of version 6, supported are those from 7 on");
        assertRefused(model.toBuilder().clearOpsetImport().build(), "its operators are of version 0");
    }

    /** All of them at once, so that nobody mends one to learn of the next. */
    @Test
    void allOperatorsThatAreNotSupportedAreNamed() {
        assertRefused(gru().node("Sin", "y", "a").node("Einsum", "a", "b").node("Sin", "b", "c").node("Mine", "c", "d")
                .outputs("d"),
                "node \"Sin/a\" (Sin): the operator is not supported; the same holds for "
                        + "Einsum (node \"Einsum/b\"), Mine (node \"Mine/d\")");
    }

    /** Each row builds on what a GRU layer puts out: y (steps, batch, units), h (1, batch, units). */
    @Test
    void whatIsNoModelIsRefused() {
        assertRefused(start().node("MatMul", "x kernel", "z").outputs("z"), "takes 5 features, but gets");
        assertRefused(start().node("Identity", "x", "z").outputs("z"),
                "no output of the graph depends on"
                        + " a GRU node");
        assertRefused(gru().outputs("y", "x"), "output \"x\": is an input that nothing was done to");
        assertRefused(gru().outputs("y", "W"), "output \"W\": is not computed from the inputs by layers");
        assertRefused(gru().outputs("y", "nobody"), "output \"nobody\": is not computed from the inputs by layers");
        assertRefused(gru().outputs("y", "y"), "output \"y\" appears twice");
        assertRefused(gru().concat("y h", "z", 2).outputs("z"), "node \"Concat/z\" (Concat): joins [[STEP]");
        assertRefused(gru().concat("y Y", "z", 2).outputs("z"), "joins arrays of 3 and 4 dimensions");
        assertRefused(gru().concat("Y y", "z", 3).outputs("z"), "joins arrays of 4 and 3 dimensions");
        assertRefused(gru().node("Add", "y h", "z").outputs("z"),
                "joins a vector and every step of a sequence, whose number of steps only a run knows");
        assertRefused(gru().transpose("y", "t", 1, 0, 2).node("Add", "y t", "z").outputs("z"),
                "node \"Add/z\" (Add): joins the dimensions [STEP] and [BATCH], element by element");
    }

    @Test
    void productsAndSumsOfAnotherKindAreRefused() {
        assertRefused(gru().node("MatMul", "kernel y", "z").outputs("z"), "node \"MatMul/z\" (MatMul): its input 0");
        assertRefused(gru().node("MatMul", "y bias", "z").outputs("z"),
                "its weights must be a matrix of floats, are floats of shape [3]");
        assertRefused(gru().node("MatMul", "y y", "z").outputs("z"), "its input 1 must be a constant");
        assertRefused(gru().input("k", FLOAT, UNITS, 3).node("MatMul", "y k", "z").outputs("z"),
                "its weights are inputs of the graph: \"k\"; give them to OnnxReader.read(file, weights)");
        assertRefused(gru().weights("k", 4, 3).node("MatMul", "y k", "z").outputs("z"), "takes 4 features, but gets");
        assertRefused(gru().node("Add", "y bias", "z").outputs("z"), "joins floats of shape [3] to [[STEP], [BATCH], "
                + "[FEATURE 5]]; constants must be one number, or one for each feature");
        assertRefused(gru().node("MatMul", "y kernel", "k").weights("b", 3, 1).node("Add", "k b", "z").outputs("z"),
                "joins floats of shape [3, 1] to");
        assertRefused(gru().weights("b", 7, 1, 5).node("Mul", "y b", "z").outputs("z"),
                "joins floats of shape [7, 1, 5] to");
        assertRefused(gru().weights("b", 5).node("Div", "b y", "z").outputs("z"), "divides a constant by an array");
        assertRefused(gru().node("Gemm", "y kernel", "z").outputs("z"), "its A must have 2 dimensions");
        assertRefused(gru().squeeze("h", "s", 0).node("Gemm", "s kernel", "z", attribute("transA", 1)).outputs("z"),
                "its A must have 2 dimensions, (rows, features), and not be transposed");
        assertRefused(gru().node("Softmax", "y", "z", attribute("axis", 1)).outputs("z"), "it must be all features");
        assertRefused(OnnxGraphs.opset(11).input("x", FLOAT, "s", "b", INPUTS).weights("W", 1, 15, INPUTS)
                .weights("R", 1, 15, UNITS).node("GRU", "x W R", "Y").node("Softmax", "Y", "z").outputs("z"),
                "goes over the dimensions from 1 on, only over the last one is supported");
        assertRefused(gru().initializer(OnnxGraphs.raw("on", TensorProto.DataType.BOOL_VALUE,
                ByteBuffer.wrap(new byte[]{1}))).node("Dropout", "y - on", "z").outputs("z"),
                "training_mode must be false");
    }

    @Test
    void layoutsThatMixWhatBelongsApartAreRefused() {
        assertRefused(gru().ints("flat", 0, -1).node("Reshape", "y flat", "f").weights("k", 35, 3)
                .node("MatMul", "f k", "z").outputs("z"), "node \"MatMul/z\" (MatMul): takes 35 features");
        assertRefused(gru().ints("heads", 0, 0, 5, 1).node("Reshape", "y heads", "f").ints("other", 0, 0, 1, 7)
                .node("Reshape", "f other", "z").outputs("z"),
                "node \"Reshape/z\" (Reshape): cannot make [0, 0, 1, 7]");
        assertRefused(both().ints("split", 0, 0, 5, 2).node("Reshape", "y split", "z").outputs("z"),
                "node \"Reshape/z\" (Reshape): cannot make");
        assertRefused(both().transpose("Y", "mixed", 0, 2, 3, 1).ints("rows", 0, 0, -1)
                .node("Reshape", "mixed rows", "m").weights("k", 10, 3).node("MatMul", "m k", "z").outputs("z"),
                "node \"MatMul/z\" (MatMul): takes 10 features, but gets");
        assertRefused(gru().ints("rows", -1, 5).node("Reshape", "y rows", "z").outputs("z"),
                "output \"z\": its dimension [STEP, BATCH] is not supported");
        assertRefused(gru().squeeze("y", "z", 1).outputs("z"), "leaves out the axis 1, which is [BATCH]");
        assertRefused(gru().transpose("y", "t", 1, 0, 2).node("GRU", "t deep R", "Z").outputs("Z"),
                "node \"GRU/Z\" (GRU): dimension 0 of its X must be that of STEP, is [BATCH]");
        assertRefused(gru().transpose("y", "z", 0, 1).outputs("z"), "perm has 2 axes, its input 3");
        assertRefused(gru().transpose("y", "z", 0, 1, 1).outputs("z"), "names an axis twice");
        assertRefused(gru().transpose("y", "z", 0, 1, 3).outputs("z"), "the axis 3 is not one of 3");
        assertRefused(gru().ints("a", 2).ints("b", 5).ints("c", 2).ints("d", 2).node("Slice", "y a b c d", "z")
                .outputs("z"), "its steps must be 1, are 2");
        assertRefused(gru().node("Cast", "y", "z", attribute("to", 8)).outputs("z"), "the type of number 8");
        assertRefused(gru().node("Shape", "y", "z").outputs("z"), "output \"z\": is not computed from the inputs");
    }

    @Test
    void embeddingsOfAnotherKindAreRefused() {
        OnnxGraphs tokens = OnnxGraphs.opset(17).input("t", INT64, "batch", "steps").weights("table", 7, INPUTS)
                .weights("W", 1, 15, INPUTS).weights("R", 1, 15, UNITS);
        assertRefused(tokens.node("Gather", "table t", "x", attribute("axis", 1)).node("GRU", "x W R", "Y")
                .outputs("Y"), "it must be a table of floats with a row for each token");
        assertRefused(gru().input("t", FLOAT, "batch", "steps").node("Gather", "kernel t", "z").outputs("z"),
                "node \"Gather/z\" (Gather): its indices must be token ids");
        assertRefused(start().input("t", INT64, "steps", "batch", INPUTS).node("GRU", "t W R", "Y").outputs("Y"),
                "takes whole numbers, or states, as features");
    }

    @Test
    void inputsThatAreNoArraysAreRefused() {
        ModelProto model = gru().outputs("y").model();
        ValueInfoProto shapeless = ValueInfoProto.newBuilder().setName("x").setType(TypeProto.newBuilder()
                .setTensorType(TypeProto.Tensor.newBuilder().setElemType(FLOAT))).build();
        assertRefused(model.toBuilder().setGraph(model.getGraph().toBuilder().setInput(0, shapeless)).build(),
                "input \"x\": has no shape");
        assertRefused(model.toBuilder().setGraph(model.getGraph().toBuilder().setInput(0,
                ValueInfoProto.newBuilder().setName("x"))).build(), "input \"x\": holds neither floats nor");
        assertRefused(gru().input("x", FLOAT, 1).outputs("y"), "input \"x\" appears twice");
        assertRefused(start().node("GRU", "x W R", "x").outputs("x"),
                "node \"GRU/x\" (GRU): defines \"x\", which is defined already");
        assertRefused(gru().node("Identity", "y", "y").outputs("y"), "defines \"y\", which is defined already");
        assertRefused(OnnxGraphs.opset(17).input("x", FLOAT, 2, "steps", "batch", INPUTS).weights("W", 1, 15, INPUTS)
                .weights("R", 1, 15, UNITS).node("GRU", "x W R", "Y").outputs("Y"),
                "its X must have 3 dimensions, has 4");
    }

    private static void assertTensorRefused(TensorProto.Builder tensor, String part) {
        ModelProto model = start().initializer(tensor.setName("C").build()).node("GRU", "x W R C", "Y").outputs("Y")
                .model();
        assertRefused(model, "initializer \"C\": " + part);
    }

    @Test
    void tensorsThatAreNotInTheFileOrDoNotFitAreRefused() {
        TensorProto whole = OnnxGraphs.floats("C", new float[6 * UNITS], 1, 6 * UNITS);
        assertTensorRefused(whole.toBuilder().clearRawData().setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalData(StringStringEntryProto.newBuilder().setKey("location").setValue("../weights.bin")),
                "its data are in another file, \"../weights.bin\", which a model that is read from a stream has no folder for");
        assertTensorRefused(whole.toBuilder().setSegment(TensorProto.Segment.newBuilder().setBegin(0).setEnd(1)),
                "segments are not supported");
        assertTensorRefused(whole.toBuilder().setDataType(TensorProto.DataType.STRING_VALUE),
                "the type STRING is not supported");
        assertTensorRefused(whole.toBuilder().setDataType(TensorProto.DataType.FLOAT8E5M2_VALUE),
                "the type FLOAT8E5M2 is not supported");
        assertTensorRefused(whole.toBuilder().setDataType(99), "the type 99 is not supported");
        assertTensorRefused(whole.toBuilder().setDims(1, 31),
                "has 120 bytes of data, but its dimensions ask for 31 × 4");
        assertTensorRefused(whole.toBuilder().clearRawData(), "has 0 values, but its dimensions ask for 30");
        assertTensorRefused(whole.toBuilder().addFloatData(1), "has data of two kinds");
        assertTensorRefused(whole.toBuilder().setDims(1, -30), "has the dimensions [1, -30], which are too large or");
        assertTensorRefused(whole.toBuilder().setDims(0, 1L << 32).setDims(1, 1L << 32), "has the dimensions");
        assertTensorRefused(whole.toBuilder().setDims(0, 0).addDims(1L << 40), "has the dimensions");
        TensorProto.Builder huge = TensorProto.newBuilder().setDataType(TensorProto.DataType.DOUBLE_VALUE).addDims(1)
                .addDims(30);
        for (int i = 0; i < 30; i++) {
            huge.addDoubleData(1e300);
        }
        assertTensorRefused(huge, "holds 1.0E300, which is too large for a float");
    }

    @Test
    void thingsThatAreThereTwiceAreRefused() {
        assertRefused(gru().weights("W", 1).outputs("y"), "initializer \"W\" appears twice");
        assertRefused(start().node("GRU", "x W R", "Y", attribute("clip", 1f), attribute("clip", 2f)).outputs("Y"),
                "the attribute \"clip\" appears twice");
        ModelProto model = gru().outputs("y").model();
        assertRefused(model.toBuilder().setGraph(model.getGraph().toBuilder()
                .addSparseInitializer(SparseTensorProto.getDefaultInstance())).build(),
                "sparse_initializer is not supported");
        assertRefused(start().node("GRU", "x W R", "Y", attribute("clip", GraphProto.getDefaultInstance()))
                .outputs("Y"), "the attribute clip must be a number");
    }

    /** Concat(x, x), forty times: a graph of a kilobyte that asks for a terabyte. */
    @Test
    void constantsThatGrowAndGrowAreRefused() {
        OnnxGraphs floats = start().concat("W W", "w0", 0);
        OnnxGraphs shapes = start().node("Shape", "x", "w0");
        OnnxGraphs sizes = start().node("Shape", "x", "shape").slice("shape", "w0", 0, 0, 1);
        for (int i = 1; i < 40; i++) {
            floats.concat("w" + (i - 1) + " w" + (i - 1), "w" + i, 0);
            shapes.concat("w" + (i - 1) + " w" + (i - 1), "w" + i, 0);
            sizes.node("Mul", "w" + (i - 1) + " w" + (i - 1), "w" + i);
        }
        assertRefused(floats.node("GRU", "x w39 R", "Y").outputs("Y"),
                "asks for more than a file of this size justifies");
        assertRefused(shapes.node("Reshape", "x w39", "y").node("GRU", "y W R", "Y").outputs("Y"),
                "makes a shape of 96 numbers");
        assertRefused(sizes.node("Reshape", "x w39", "y").node("GRU", "y W R", "Y").outputs("Y"), "too many axes");
    }

    /** A thousand layers that share the weights of one. */
    @Test
    void weightsThatAreSharedWithoutEndAreRefused() {
        OnnxGraphs graph = OnnxGraphs.opset(17).input("y0", FLOAT, "steps", "batch", 40).weights("W", 1, 120, 40)
                .weights("R", 1, 120, 40);
        for (int i = 0; i < 1000; i++) {
            graph.node("GRU", "y" + i + " W R", "Y" + i).squeeze("Y" + i, "y" + (i + 1), 1);
        }
        assertRefused(graph.outputs("y1000"), "asks for more than a file of this size justifies");
    }
}
