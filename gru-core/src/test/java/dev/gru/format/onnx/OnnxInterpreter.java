package dev.gru.format.onnx;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;

import dev.gru.layer.Tensor;

/**
 * Runs ONNX graphs node by node in double, as the definitions of the operators say and in no other way: what a model
 * that was read from one must put out. It shares nothing with the reader.
 */
final class OnnxInterpreter {
    private final Map<String, NdArray> values = new HashMap<>();
    private final long opset;
    private NodeProto node;

    private OnnxInterpreter(long opset) {
        this.opset = opset;
    }

    /**
     * Returns what comes out of a model, by name.
     *
     * @throws IllegalArgumentException if something that comes out depends on a node that makes no sense
     */
    static Map<String, NdArray> run(ModelProto model, Map<String, Tensor> inputs) {
        OnnxInterpreter interpreter = new OnnxInterpreter(model.getOpsetImport(0).getVersion());
        GraphProto graph = model.getGraph();
        RuntimeException first = null;
        for (TensorProto tensor : graph.getInitializerList()) {
            first = orFailure(first, () -> interpreter.values.put(tensor.getName(), array(tensor)));
        }
        inputs.forEach((name, tensor) -> interpreter.values.put(name, NdArray.of(tensor)));
        for (NodeProto node : graph.getNodeList()) {
            first = orFailure(first, () -> interpreter.run(node));
        }
        Map<String, NdArray> outputs = new LinkedHashMap<>();
        for (ValueInfoProto output : graph.getOutputList()) {
            if (!interpreter.values.containsKey(output.getName())) {
                throw new IllegalArgumentException("nothing makes " + output.getName(), first);
            }
            outputs.put(output.getName(), interpreter.values.get(output.getName()));
        }
        return outputs;
    }

    private static RuntimeException orFailure(RuntimeException first, Runnable work) {
        try {
            work.run();
            return first;
        } catch (RuntimeException e) {
            return first == null ? e : first;
        }
    }

    private static NdArray array(TensorProto tensor) {
        int[] shape = tensor.getDimsList().stream().mapToInt(Long::intValue).toArray();
        NdArray array = NdArray.zeros(shape);
        var raw = tensor.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < array.values().length; i++) {
            array.values()[i] = switch (tensor.getDataType()) {
                case TensorProto.DataType.FLOAT_VALUE -> tensor.hasRawData() ? raw.getFloat() : tensor.getFloatData(i);
                case TensorProto.DataType.INT64_VALUE -> tensor.hasRawData() ? raw.getLong() : tensor.getInt64Data(i);
                case TensorProto.DataType.INT32_VALUE -> tensor.hasRawData() ? raw.getInt() : tensor.getInt32Data(i);
                case TensorProto.DataType.BOOL_VALUE -> raw.get();
                default -> throw new IllegalArgumentException("a tensor of type " + tensor.getDataType());
            };
        }
        return array;
    }

    private AttributeProto attribute(String name) {
        return node.getAttributeList().stream().filter(attribute -> attribute.getName().equals(name)).findFirst()
                .orElse(null);
    }

    private int integer(String name, int otherwise) {
        return attribute(name) == null ? otherwise : (int) attribute(name).getI();
    }

    private float number(String name, float otherwise) {
        return attribute(name) == null ? otherwise : attribute(name).getF();
    }

    private NdArray input(int index) {
        return index < node.getInputCount() ? values.get(node.getInput(index)) : null;
    }

    /** Returns whole numbers that are an attribute, or in later versions an input, or null. */
    private int[] ints(String attribute, int input) {
        if (attribute(attribute) != null) {
            return attribute(attribute).getIntsList().stream()
                    .mapToInt(value -> Math.clamp(value, Integer.MIN_VALUE, Integer.MAX_VALUE)).toArray();
        }
        return input(input) == null ? null : input(input).ints();
    }

    private static int axis(int axis, int rank) {
        return axis < 0 ? axis + rank : axis;
    }

    private void run(NodeProto next) {
        node = next;
        List<NdArray> results = results();
        for (int i = 0; i < node.getOutputCount(); i++) {
            values.put(node.getOutput(i), results.get(i));
        }
    }

    private List<NdArray> results() {
        NdArray x = input(0);
        return switch (node.getOpType()) {
            case "Constant" -> List.of(constant());
            case "Identity", "Dropout" -> List.of(x);
            case "Cast" -> List.of(integer("to", 0) == OnnxGraphs.FLOAT ? x : x.map(value -> (long) value));
            case "Shape" -> List.of(shape(x));
            case "Transpose" -> List.of(x.transpose(attribute("perm") == null
                    ? IntStream.range(0, x.rank()).map(i -> x.rank() - 1 - i).toArray()
                    : ints("perm", 9)));
            case "Squeeze" -> List.of(squeeze(x));
            case "Unsqueeze" -> List.of(unsqueeze(x));
            case "Reshape" -> List.of(reshape(x, input(1).ints()));
            case "Slice" -> List.of(slice(x));
            case "Gather" -> List.of(gather(x, input(1), axis(integer("axis", 0), x.rank())));
            case "Split" -> split(x);
            case "Concat" -> List.of(concat());
            case "Expand" -> List.of(x.expand(NdArray.broadcast(x.shape(), input(1).ints())));
            case "ConstantOfShape" -> List.of(NdArray.zeros(x.ints()).map(
                    _ -> attribute("value") == null ? 0 : array(attribute("value").getT()).values()[0]));
            case "Mul" -> List.of(x.with(input(1), (a, b) -> a * b));
            case "Add" -> List.of(x.with(input(1), Double::sum));
            case "Equal" -> List.of(x.with(input(1), (a, b) -> a == b ? 1 : 0));
            case "Where" -> List.of(x.with(input(1), (c, a) -> c == 0 ? Double.NaN : a).with(input(2),
                    (a, b) -> Double.isNaN(a) ? b : a));
            case "ReduceProd" -> List.of(new NdArray(integer("keepdims", 1) == 0 ? new int[0] : new int[]{1},
                    new double[]{Arrays.stream(x.values()).reduce(1, (a, b) -> a * b)}));
            case "MatMul" -> List.of(x.times(input(1)));
            case "Gemm" -> List.of(gemm(x));
            case "Softmax" -> List.of(softmax(x, axis(integer("axis", opset < 13 ? 1 : -1), x.rank())));
            case "GRU" -> gru(x);
            default -> List.of(x.map(function(node.getOpType(), number("alpha", 0.2f), number("beta", 0.5f))));
        };
    }

    private NdArray constant() {
        AttributeProto value = node.getAttribute(0);
        return switch (value.getName()) {
            case "value" -> array(value.getT());
            case "value_int" -> new NdArray(new int[0], new double[]{value.getI()});
            case "value_ints" -> NdArray.list(ints("value_ints", 0));
            default -> throw new IllegalArgumentException(value.getName());
        };
    }

    private NdArray shape(NdArray x) {
        int end = Math.min(integer("end", x.rank()), x.rank());
        return NdArray.list(Arrays.copyOfRange(x.shape(), integer("start", 0), end));
    }

    private NdArray squeeze(NdArray x) {
        int[] axes = ints("axes", 1);
        return x.withShape(IntStream.range(0, x.rank())
                .filter(i -> axes == null
                        ? x.shape()[i] != 1
                        : Arrays.stream(axes).noneMatch(axis -> axis(axis, x.rank()) == i))
                .map(i -> x.shape()[i]).toArray());
    }

    private NdArray unsqueeze(NdArray x) {
        int[] axes = ints("axes", 1);
        int rank = x.rank() + axes.length;
        List<Integer> shape = new ArrayList<>(Arrays.stream(x.shape()).boxed().toList());
        Arrays.stream(axes).map(axis -> axis(axis, rank)).sorted().forEach(axis -> shape.add(axis, 1));
        return x.withShape(shape.stream().mapToInt(Integer::intValue).toArray());
    }

    private static NdArray reshape(NdArray x, int[] target) {
        int[] shape = target.clone();
        int known = 1;
        int wild = -1;
        for (int i = 0; i < shape.length; i++) {
            shape[i] = shape[i] == 0 ? x.shape()[i] : shape[i];
            wild = shape[i] == -1 ? i : wild;
            known *= shape[i] == -1 ? 1 : shape[i];
        }
        if (wild >= 0) {
            shape[wild] = x.values().length / known;
        }
        return x.withShape(shape);
    }

    private NdArray slice(NdArray x) {
        int[] starts = ints("starts", 1);
        int[] ends = ints("ends", 2);
        int[] axes = ints("axes", 3);
        NdArray result = x;
        for (int i = 0; i < starts.length; i++) {
            int axis = axis(axes == null ? i : axes[i], x.rank());
            int size = x.shape()[axis];
            int from = Math.clamp(axis(starts[i], size), 0, size);
            int to = Math.clamp(axis(ends[i], size), 0, size);
            result = result.take(axis, IntStream.range(from, to).toArray());
        }
        return result;
    }

    private static NdArray gather(NdArray x, NdArray indices, int axis) {
        NdArray taken = x.take(axis, Arrays.stream(indices.ints()).map(i -> axis(i, x.shape()[axis])).toArray());
        IntStream before = IntStream.range(0, axis).map(i -> x.shape()[i]);
        IntStream after = IntStream.range(axis + 1, x.rank()).map(i -> x.shape()[i]);
        return taken.withShape(IntStream.concat(before, IntStream.concat(Arrays.stream(indices.shape()), after))
                .toArray());
    }

    private List<NdArray> split(NdArray x) {
        int axis = axis(integer("axis", 0), x.rank());
        int each = x.shape()[axis] / node.getOutputCount();
        int[] given = ints("split", 1);
        List<NdArray> parts = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < node.getOutputCount(); i++) {
            int length = given == null ? each : given[i];
            parts.add(x.take(axis, IntStream.range(start, start + length).toArray()));
            start += length;
        }
        return parts;
    }

    private NdArray concat() {
        List<NdArray> parts = IntStream.range(0, node.getInputCount()).mapToObj(this::input).toList();
        return NdArray.concat(parts, axis(integer("axis", 0), parts.getFirst().rank()));
    }

    private NdArray gemm(NdArray x) {
        NdArray weight = integer("transB", 0) == 0 ? input(1) : input(1).transpose(new int[]{1, 0});
        NdArray product = x.times(weight).map(value -> value * number("alpha", 1));
        return input(2) == null ? product : product.with(input(2), (a, b) -> a + number("beta", 1) * b);
    }

    private static NdArray softmax(NdArray x, int axis) {
        NdArray result = NdArray.zeros(x.shape());
        int size = x.shape()[axis];
        int inner = Arrays.stream(x.shape(), axis + 1, x.rank()).reduce(1, (a, b) -> a * b);
        for (int i = 0; i < x.values().length; i++) {
            int first = i / (inner * size) * inner * size + i % inner;
            double sum = IntStream.range(0, size).mapToDouble(k -> Math.exp(x.values()[first + k * inner])).sum();
            result.values()[i] = Math.exp(x.values()[i]) / sum;
        }
        return result;
    }

    private static DoubleUnaryOperator function(String name, float alpha, float beta) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "sigmoid" -> v -> 1 / (1 + Math.exp(-v));
            case "tanh" -> Math::tanh;
            case "relu" -> v -> Math.max(0, v);
            case "hardsigmoid" -> v -> Math.clamp(alpha * v + beta, 0, 1);
            case "affine" -> v -> alpha * v + beta;
            case "elu" -> v -> v >= 0 ? v : alpha * Math.expm1(v);
            case "leakyrelu" -> v -> v >= 0 ? v : alpha * v;
            case "thresholdedrelu" -> v -> v > alpha ? v : 0;
            case "scaledtanh" -> v -> alpha * Math.tanh(beta * v);
            case "softsign" -> v -> v / (1 + Math.abs(v));
            case "softplus" -> v -> Math.log1p(Math.exp(v));
            default -> throw new IllegalArgumentException("no function " + name);
        };
    }

    private List<NdArray> gru(NdArray given) {
        boolean batchFirst = integer("layout", 0) == 1;
        NdArray x = batchFirst ? given.transpose(new int[]{1, 0, 2}) : given;
        int steps = x.shape()[0];
        int batch = x.shape()[1];
        int directions = input(1).shape()[0];
        int units = input(2).shape()[2];
        NdArray y = NdArray.zeros(steps, directions, batch, units);
        NdArray last = NdArray.zeros(directions, batch, units);
        List<DoubleUnaryOperator> functions = functions(directions);
        NdArray initial = input(5);
        for (int d = 0; d < directions; d++) {
            boolean reverse = d == 1 || (attribute("direction") != null
                    && attribute("direction").getS().toStringUtf8().equals("reverse"));
            for (int row = 0; row < batch; row++) {
                double[] h = new double[units];
                for (int u = 0; u < units && initial != null; u++) {
                    h[u] = batchFirst ? initial.at(row, d, u) : initial.at(d, row, u);
                }
                int length = input(4) == null ? steps : (int) input(4).at(row);
                for (int i = 0; i < length; i++) {
                    int t = reverse ? length - 1 - i : i;
                    h = step(x, t, row, d, h, functions.get(2 * d), functions.get(2 * d + 1));
                    for (int u = 0; u < units; u++) {
                        y.set(h[u], t, d, row, u);
                    }
                }
                for (int u = 0; u < units; u++) {
                    last.set(h[u], d, row, u);
                }
            }
        }
        return batchFirst
                ? List.of(y.transpose(new int[]{2, 0, 1, 3}), last.transpose(new int[]{1, 0, 2}))
                : List.of(y, last);
    }

    private List<DoubleUnaryOperator> functions(int directions) {
        List<String> names = new ArrayList<>();
        if (attribute("activations") != null) {
            attribute("activations").getStringsList().stream().map(ByteString::toStringUtf8).forEach(names::add);
        }
        for (int d = 0; d < directions && attribute("activations") == null; d++) {
            names.addAll(List.of("Sigmoid", "Tanh"));
        }
        Iterator<Float> alphas = floats("activation_alpha");
        Iterator<Float> betas = floats("activation_beta");
        return names.stream().map(name -> switch (name) {
            case "HardSigmoid" -> function(name, next(alphas, 0.2f), next(betas, 0.5f));
            case "Affine" -> function(name, next(alphas, 0), next(betas, 0));
            case "Elu" -> function(name, next(alphas, 1), 0);
            case "LeakyRelu" -> function(name, next(alphas, 0.01f), 0);
            case "ThresholdedRelu" -> function(name, next(alphas, 0), 0);
            case "ScaledTanh" -> function(name, next(alphas, 0), next(betas, 0));
            default -> function(name, 0, 0);
        }).toList();
    }

    private Iterator<Float> floats(String name) {
        return attribute(name) == null
                ? Collections.emptyIterator()
                : attribute(name).getFloatsList().iterator();
    }

    private static float next(Iterator<Float> values, float otherwise) {
        return values.hasNext() ? values.next() : otherwise;
    }

    /** One step of one row: the equations of the operator, with f for its gates and g for its candidate. */
    private double[] step(NdArray x, int t, int row, int d, double[] h, DoubleUnaryOperator f, DoubleUnaryOperator g) {
        int units = h.length;
        double[] z = new double[units];
        double[] r = new double[units];
        for (int u = 0; u < units; u++) {
            z[u] = f.applyAsDouble(clip(input(x, t, row, d, u) + recurrent(h, d, u)));
            r[u] = f.applyAsDouble(clip(input(x, t, row, d, units + u) + recurrent(h, d, units + u)));
        }
        double[] next = new double[units];
        for (int u = 0; u < units; u++) {
            double candidate;
            if (integer("linear_before_reset", 0) != 0) {
                candidate = input(x, t, row, d, 2 * units + u) + r[u] * recurrent(h, d, 2 * units + u);
            } else {
                double[] kept = new double[units];
                Arrays.setAll(kept, i -> r[i] * h[i]);
                candidate = input(x, t, row, d, 2 * units + u) + recurrent(kept, d, 2 * units + u);
            }
            next[u] = (1 - z[u]) * g.applyAsDouble(clip(candidate)) + z[u] * h[u];
        }
        return next;
    }

    private double clip(double value) {
        double bound = number("clip", Float.POSITIVE_INFINITY);
        return Math.clamp(value, -bound, bound);
    }

    private double input(NdArray x, int t, int row, int d, int gate) {
        double sum = input(3) == null ? 0 : input(3).at(d, gate);
        for (int i = 0; i < x.shape()[2]; i++) {
            sum += input(1).at(d, gate, i) * x.at(t, row, i);
        }
        return sum;
    }

    private double recurrent(double[] h, int d, int gate) {
        double sum = input(3) == null ? 0 : input(3).at(d, 3 * h.length + gate);
        for (int i = 0; i < h.length; i++) {
            sum += input(2).at(d, gate, i) * h[i];
        }
        return sum;
    }
}
