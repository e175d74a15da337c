package dev.gru.graph;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;

import dev.gru.graph.GraphInterpreter.Rows;
import dev.gru.layer.ActivationLayer.PReLU;
import dev.gru.layer.ActivationLayer;
import dev.gru.layer.Attention;
import dev.gru.layer.Bidirectional;
import dev.gru.layer.Conv1D;
import dev.gru.layer.Dense;
import dev.gru.layer.Dropout;
import dev.gru.layer.Embedding;
import dev.gru.layer.GlobalPooling1D;
import dev.gru.layer.GruLayer.Direction;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Layer;
import dev.gru.layer.Masking.SetMask;
import dev.gru.layer.Masking;
import dev.gru.layer.Merge;
import dev.gru.layer.Normalization.BatchNormalization;
import dev.gru.layer.Normalization.LayerNormalization;
import dev.gru.layer.Normalization.UnitNormalization;
import dev.gru.layer.Pooling1D;
import dev.gru.layer.Regularization;
import dev.gru.layer.Reshaping;
import dev.gru.layer.Scale;
import dev.gru.layer.TimeDistributed;
import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;
import dev.gru.weights.GruWeights;

/** What each layer computes, as its framework defines it, in doubles. */
final class LayerEquations {
    private LayerEquations() {
    }

    static Rows apply(Layer layer, List<Rows> in) {
        Rows x = in.getFirst();
        return switch (layer) {
            case Embedding table -> embed(table, x);
            case Masking masking -> mask(masking.maskValue(), x);
            case SetMask _ -> x.masked(in.get(1));
            case GruLayer gru -> gru(gru, x, in.size() > 1 ? in.get(1).x()[0] : null);
            case Bidirectional both -> both(both, in);
            case Dense dense -> each(x, v -> dense(dense.weights(), v));
            case TimeDistributed dense -> each(x, v -> dense(dense.weights(), v));
            case ActivationLayer alone -> each(x, v -> activate(alone.activation(), v));
            case ActivationLayer.StepSoftmax _ -> turn(each(turn(x), LayerEquations::softmax)).masked(x);
            case PReLU prelu -> prelu(prelu, x);
            case Conv1D conv -> convolve(conv, x);
            case Pooling1D pooling -> pool(pooling, x);
            case GlobalPooling1D pooling -> new Rows(new double[][]{poolAll(pooling.kind(), x)});
            case BatchNormalization batch -> each(x, v -> map(v.length, i -> (v[i] - batch.movingMean()[i])
                    / Math.sqrt(batch.movingVariance()[i] + (double) batch.epsilon()) * batch.gamma()[i]
                    + batch.beta()[i]));
            case LayerNormalization standard -> each(x, v -> standardize(standard, v));
            case UnitNormalization _ -> each(x, v -> {
                double norm = Math.sqrt(Arrays.stream(v).map(e -> e * e).sum());
                return map(v.length, i -> v[i] / Math.max(norm, 1e-12));
            });
            case Scale scale -> each(x,
                    v -> map(v.length, i -> (v[i] - scale.shift()[i]) * scale.scale()[i] + scale.offset()[i]));
            case Dropout _,Regularization _ -> x;
            case Reshaping reshaping -> reshape(reshaping, x);
            case Merge merge -> Merging.merge(merge.kind(), in);
            case Attention attention -> Attending.attend(attention, in);
        };
    }

    interface Step {
        double[] of(double[] v);
    }

    interface Element {
        double of(int i);
    }

    static double[] map(int size, Element element) {
        return IntStream.range(0, size).mapToDouble(element::of).toArray();
    }

    private static Rows each(Rows x, Step step) {
        return new Rows(Arrays.stream(x.x()).map(step::of).toArray(double[][]::new)).masked(x);
    }

    private static Rows turn(Rows x) {
        double[][] turned = new double[x.size()][x.steps()];
        for (int t = 0; t < x.steps(); t++) {
            for (int i = 0; i < x.size(); i++) {
                turned[i][t] = x.x()[t][i];
            }
        }
        return new Rows(turned);
    }

    private static Rows embed(Embedding table, Rows x) {
        boolean[] mask = new boolean[x.steps()];
        double[][] y = new double[x.steps()][];
        for (int t = 0; t < y.length; t++) {
            int token = (int) x.x()[t][0];
            y[t] = map(table.outputSize(), i -> table.table().get(token * table.outputSize() + i));
            mask[t] = token != 0 && (x.within() == null || x.within()[t]);
        }
        return table.maskZero() ? new Rows(y, mask, x.within()) : new Rows(y).masked(x);
    }

    private static Rows mask(float value, Rows x) {
        boolean[] mask = new boolean[x.steps()];
        double[][] y = new double[x.steps()][x.size()];
        for (int t = 0; t < y.length; t++) {
            mask[t] = Arrays.stream(x.x()[t]).anyMatch(v -> v != value) && (x.within() == null || x.within()[t]);
            y[t] = mask[t] ? x.x()[t] : y[t];
        }
        return new Rows(y, mask, x.within());
    }

    static double[] dense(DenseWeights weights, double[] x) {
        return activate(weights.activation(), map(weights.outputSize(), o -> weights.bias(o)
                + IntStream.range(0, x.length).mapToDouble(i -> weights.weight(o, i) * x[i]).sum()));
    }

    static double[] softmax(double[] v) {
        double max = Arrays.stream(v).max().orElseThrow();
        double[] e = Arrays.stream(v).map(x -> Math.exp(x - max)).toArray();
        double sum = Arrays.stream(e).sum();
        return Arrays.stream(e).map(x -> x / sum).toArray();
    }

    static double[] activate(Activation activation, double[] v) {
        double a = activation.alpha();
        double b = activation.beta();
        DoubleUnaryOperator f = switch (activation.function()) {
            case LINEAR -> x -> a * x + b;
            case RELU -> x -> Math.max(0, x);
            case SIGMOID -> x -> 1 / (1 + Math.exp(-x));
            case TANH -> Math::tanh;
            case HARD_SIGMOID -> x -> Math.min(1, Math.max(0, a * x + b));
            case SOFTMAX -> null;
            default -> throw new IllegalArgumentException("no equation for " + activation);
        };
        return f == null ? softmax(v) : Arrays.stream(v).map(f).toArray();
    }

    private static double[] part(java.nio.FloatBuffer all, int from, int size) {
        return map(size, i -> all.get(from + i));
    }

    private static double dot(double[] w, double[] x) {
        return IntStream.range(0, x.length).mapToDouble(i -> w[i] * x[i]).sum();
    }

    /** One step of a GRU without a cell, as its variant's equations say; gates r, z, n. */
    private static double[] step(GruWeights w, double[] x, double[] h) {
        int units = w.hiddenSize();
        double clip = w.activations().clip();
        double[] ofX = map(3 * units, i -> dot(part(w.weightIh(), i * x.length, x.length), x) + w.biasIh().get(i));
        double[] ofH = map(3 * units, i -> dot(part(w.weightHh(), i * units, units), h) + w.biasHh().get(i));
        double[] r = activate(w.activations().gates(), map(units, i -> clip(ofX[i] + ofH[i], clip)));
        double[] z = activate(w.activations().gates(),
                map(units, i -> clip(ofX[units + i] + ofH[units + i], clip)));
        double[] rh = map(units, i -> r[i] * h[i]);
        double[] n = activate(w.activations().candidate(), map(units, i -> clip(switch (w.variant()) {
            case RESET_AFTER -> ofX[2 * units + i] + r[i] * ofH[2 * units + i];
            case RESET_BEFORE -> ofX[2 * units + i]
                    + dot(part(w.weightHh(), (2 * units + i) * units, units), rh) + w.biasHh().get(2 * units + i);
            case DUAL_STATE -> throw new IllegalArgumentException("no equation for two states");
        }, clip)));
        return map(units, i -> (1 - z[i]) * n[i] + z[i] * h[i]);
    }

    private static double clip(double v, double bound) {
        return Math.min(bound, Math.max(-bound, v));
    }

    /** The state after each step that is read, in the order of reading. */
    private static double[][] states(GruWeights w, Direction direction, Rows x, double[] initial) {
        double[] h = initial == null ? new double[w.hiddenSize()] : initial;
        int[] order = GraphInterpreter.order(direction, x.steps());
        double[][] states = new double[order.length][];
        for (int i = 0; i < order.length; i++) {
            h = x.counts(order[i]) ? step(w, x.x()[order[i]], h) : h;
            states[i] = h;
        }
        return states;
    }

    /**
     * The output after each step that is read, in the order of reading: the state, but 0 while no step has been read, if
     * the initial state is given.
     */
    private static double[][] outputs(GruWeights w, Direction direction, Rows x, double[] initial) {
        double[][] y = states(w, direction, x, initial);
        int[] order = GraphInterpreter.order(direction, x.steps());
        for (int i = 0; initial != null && i < y.length && !x.counts(order[i]); i++) {
            y[i] = new double[w.hiddenSize()];
        }
        return y;
    }

    private static Rows gru(GruLayer gru, Rows x, double[] initial) {
        double[][] y = outputs(gru.weights(), gru.direction(), x, initial);
        if (!gru.returnSequences()) {
            return new Rows(new double[][]{y[y.length - 1]});
        }
        int[] order = GraphInterpreter.order(gru.direction(), y.length);
        double[][] placed = new double[y.length][];
        for (int i = 0; i < y.length; i++) {
            double[] out = gru.zeroOutputForMask() && !x.counts(order[i]) ? new double[y[i].length] : y[i];
            placed[gru.direction() == Direction.BACKWARD ? order[i] : i] = out;
        }
        return new Rows(placed).masked(x);
    }

    private static Rows both(Bidirectional both, List<Rows> in) {
        Rows x = in.getFirst();
        double[][] a = outputs(both.forward().weights(), Direction.FORWARD, x, in.size() > 1 ? in.get(1).x()[0] : null);
        double[][] b = outputs(both.backward().weights(), Direction.BACKWARD, x,
                in.size() > 2 ? in.get(2).x()[0] : null);
        int last = a.length - 1;
        if (!both.returnSequences()) {
            return new Rows(new double[][]{join(both, a[last], b[last])});
        }
        double[][] y = new double[a.length][both.outputSize()];
        for (int t = 0; t <= last; t++) {
            y[t] = x.counts(t) ? join(both, a[t], b[last - t]) : y[t];
        }
        return new Rows(y).masked(x);
    }

    private static double[] join(Bidirectional both, double[] a, double[] b) {
        return map(both.outputSize(), i -> switch (both.merge()) {
            case CONCAT -> i < a.length ? a[i] : b[i - a.length];
            case SUM -> a[i] + b[i];
            case MUL -> a[i] * b[i];
            case AVE -> (a[i] + b[i]) / 2;
        });
    }

    private static Rows prelu(PReLU layer, Rows x) {
        double[][] y = new double[x.steps()][];
        for (int t = 0; t < y.length; t++) {
            double[] v = x.x()[t];
            int from = layer.steps() == 1 ? 0 : t * v.length;
            y[t] = map(v.length, i -> Math.max(0, v[i]) + layer.slope().get(from + i) * Math.min(0, v[i]));
        }
        return new Rows(y).masked(x);
    }

    private static double[] standardize(LayerNormalization layer, double[] v) {
        double mean = Arrays.stream(v).average().orElseThrow();
        double variance = Arrays.stream(v).map(e -> (e - mean) * (e - mean)).average().orElseThrow();
        return map(v.length, i -> (v[i] - mean) / Math.sqrt(variance + layer.epsilon()) * layer.gamma()[i]
                + layer.beta()[i]);
    }

    /** TensorFlow's rule: out = ⌈T / s⌉, padding in all max((out − 1) s + k − T, 0), half of it before, rounded down. */
    private static int before(Conv1D.Padding padding, int steps, int window, int stride) {
        int out = (steps + stride - 1) / stride;
        return switch (padding) {
            case VALID -> 0;
            case CAUSAL -> window - 1;
            case SAME -> Math.max((out - 1) * stride + window - steps, 0) / 2;
        };
    }

    private static int count(Conv1D.Padding padding, int steps, int window, int stride) {
        return padding == Conv1D.Padding.VALID
                ? (steps - window + stride) / stride
                : (steps + stride - 1) / stride;
    }

    private static Rows convolve(Conv1D layer, Rows x) {
        int window = (layer.kernelSize() - 1) * layer.dilation() + 1;
        int before = before(layer.padding(), x.steps(), window, layer.stride());
        int channels = layer.inputSize() / layer.groups();
        double[][] y = new double[count(layer.padding(), x.steps(), window, layer.stride())][];
        for (int t = 0; t < y.length; t++) {
            int begin = t * layer.stride() - before;
            y[t] = activate(layer.weights().activation(), map(layer.filters(), f -> {
                double sum = layer.weights().bias(f);
                int group = f / (layer.filters() / layer.groups());
                for (int k = 0; k < layer.kernelSize(); k++) {
                    int step = begin + k * layer.dilation();
                    for (int c = 0; c < channels && step >= 0 && step < x.steps(); c++) {
                        sum += layer.weights().weight(f, k * channels + c) * x.x()[step][group * channels + c];
                    }
                }
                return sum;
            }));
        }
        return new Rows(y);
    }

    private static Rows pool(Pooling1D layer, Rows x) {
        int before = before(layer.padding(), x.steps(), layer.size(), layer.stride());
        double[][] y = new double[count(layer.padding(), x.steps(), layer.size(), layer.stride())][];
        for (int t = 0; t < y.length; t++) {
            int begin = t * layer.stride() - before;
            int[] steps = IntStream.range(begin, begin + layer.size()).filter(s -> s >= 0 && s < x.steps()).toArray();
            y[t] = map(x.size(), i -> {
                var values = Arrays.stream(steps).mapToDouble(s -> x.x()[s][i]);
                return (layer.kind() == Pooling1D.Kind.MAX ? values.max() : values.average()).orElseThrow();
            });
        }
        return new Rows(y);
    }

    private static double[] poolAll(GlobalPooling1D.Kind kind, Rows x) {
        int[] kept = IntStream.range(0, x.steps()).filter(t -> x.counts(t) || kind == GlobalPooling1D.Kind.MAX)
                .toArray();
        return map(x.size(), i -> {
            var values = Arrays.stream(kept).mapToDouble(t -> x.x()[t][i]);
            return switch (kind) {
                case MAX -> values.max().orElseThrow();
                case AVERAGE -> values.sum() / kept.length;
                case FIRST -> values.findFirst().orElse(0);
                case LAST -> kept.length == 0 ? 0 : x.x()[kept[kept.length - 1]][i];
            };
        });
    }

    private static Rows reshape(Reshaping layer, Rows x) {
        double[][] v = x.x();
        int size = x.size();
        return switch (layer) {
            case Reshaping.Reshape to -> {
                double[] flat = Arrays.stream(v).flatMapToDouble(Arrays::stream).toArray();
                int features = to.output().features();
                yield new Rows(IntStream.range(0, flat.length / features)
                        .mapToObj(t -> Arrays.copyOfRange(flat, t * features, (t + 1) * features))
                        .toArray(double[][]::new));
            }
            case Reshaping.RepeatVector repeat -> new Rows(
                    IntStream.range(0, repeat.steps()).mapToObj(_ -> v[0]).toArray(double[][]::new));
            case Reshaping.Permute _ -> turn(x);
            case Reshaping.ZeroPadding1D pad -> new Rows(IntStream.range(-pad.before(), v.length + pad.after())
                    .mapToObj(t -> t < 0 || t >= v.length ? new double[size] : v[t]).toArray(double[][]::new));
            case Reshaping.Cropping1D crop -> new Rows(
                    Arrays.copyOfRange(v, crop.before(), v.length - crop.after()));
            case Reshaping.UpSampling1D up -> new Rows(
                    IntStream.range(0, v.length * up.size()).mapToObj(t -> v[t / up.size()]).toArray(double[][]::new));
            case Reshaping.Slice slice -> each(x,
                    e -> Arrays.copyOfRange(e, slice.first(), slice.first() + slice.count()));
        };
    }
}
