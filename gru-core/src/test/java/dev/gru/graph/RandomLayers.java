package dev.gru.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import dev.gru.kernel.RandomWeights;
import dev.gru.layer.ActivationLayer.PReLU;
import dev.gru.layer.ActivationLayer;
import dev.gru.layer.Attention;
import dev.gru.layer.Bidirectional.MergeMode;
import dev.gru.layer.Bidirectional;
import dev.gru.layer.Conv1D;
import dev.gru.layer.Dense;
import dev.gru.layer.GlobalPooling1D;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Layer;
import dev.gru.layer.Normalization.BatchNormalization;
import dev.gru.layer.Normalization.LayerNormalization;
import dev.gru.layer.Normalization.Learnt;
import dev.gru.layer.Normalization.UnitNormalization;
import dev.gru.layer.Pooling1D;
import dev.gru.layer.Regularization;
import dev.gru.layer.Reshaping.Cropping1D;
import dev.gru.layer.Reshaping.Permute;
import dev.gru.layer.Reshaping.RepeatVector;
import dev.gru.layer.Reshaping.Reshape;
import dev.gru.layer.Reshaping.Slice;
import dev.gru.layer.Reshaping.UpSampling1D;
import dev.gru.layer.Reshaping.ZeroPadding1D;
import dev.gru.layer.Scale;
import dev.gru.layer.Shape;
import dev.gru.layer.TimeDistributed;
import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;

/** Random layers that take a given shape. */
final class RandomLayers {
    private static final List<Activation> ACTIVATIONS = List.of(Activation.LINEAR, Activation.RELU,
            Activation.SIGMOID, Activation.TANH, Activation.hardSigmoid(0.2f, 0.5f), Activation.SOFTMAX,
            Activation.linear(0.5f, 0.25f));

    private final Random random;
    private final boolean streams;

    RandomLayers(Random random, boolean streams) {
        this.random = random;
        this.streams = streams;
    }

    <T> T anyOf(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }

    private Activation activation() {
        return anyOf(ACTIVATIONS);
    }

    private float[] floats(int count) {
        return RandomWeights.floats(count, random);
    }

    private int size() {
        return 1 + random.nextInt(6);
    }

    /** A layer with one input, which may need another shape or number of steps. */
    Layer any(String name, Shape shape, int steps) {
        int features = shape.features();
        return switch (random.nextInt(22)) {
            case 0, 1, 2 -> conv(name, features);
            case 3, 4 -> gru(name, features, size());
            case 5 -> both(name, features, size());
            case 6 -> new Dense(name, RandomWeights.dense(features, size(), activation(), random.nextInt()));
            case 7 -> new TimeDistributed(name,
                    RandomWeights.dense(features, size(), activation(), random.nextInt()));
            case 8 -> new ActivationLayer(name, activation());
            case 9 -> new ActivationLayer.StepSoftmax(name);
            case 10 -> {
                int own = random.nextBoolean() ? 1 : steps;
                yield new PReLU(name, own, features, floats(own * features));
            }
            case 11 -> new Pooling1D(name, anyOf(List.of(Pooling1D.Kind.values())), 1 + random.nextInt(4),
                    1 + random.nextInt(3), random.nextBoolean() ? Conv1D.Padding.VALID : Conv1D.Padding.SAME);
            case 12, 13 -> new GlobalPooling1D(name, anyOf(List.of(GlobalPooling1D.Kind.values())));
            case 14 -> batch(name, features);
            case 15 -> standard(name, features);
            case 16 -> random.nextBoolean()
                    ? new UnitNormalization(name)
                    : new Scale(name, features, floats(features), floats(features), floats(features));
            case 17 -> new Regularization(name, anyOf(List.of(Regularization.Kind.values())), 0.25f, 0);
            case 18 -> reshape(name, shape, steps);
            case 19 -> random.nextBoolean()
                    ? new RepeatVector(name, 1 + random.nextInt(5))
                    : new Permute(name, steps, features);
            case 20 -> switch (random.nextInt(3)) {
                case 0 -> new ZeroPadding1D(name, random.nextInt(3), random.nextInt(3));
                case 1 -> new Cropping1D(name, random.nextInt(2), random.nextInt(2));
                default -> new UpSampling1D(name, 1 + random.nextInt(3));
            };
            default -> {
                int first = random.nextInt(features);
                yield new Slice(name, first, 1 + random.nextInt(features - first));
            }
        };
    }

    private Layer conv(String name, int features) {
        int groups = 1;
        while (random.nextBoolean() && groups < features) {
            groups++;
        }
        groups = features % groups == 0 ? groups : 1;
        int filters = groups * (1 + random.nextInt(3));
        int kernel = 1 + random.nextInt(4);
        DenseWeights weights = RandomWeights.dense(features / groups * kernel, filters, activation(),
                random.nextInt());
        Conv1D layer = new Conv1D(name, features, kernel, weights)
                .withPadding(streams ? Conv1D.Padding.CAUSAL : anyOf(List.of(Conv1D.Padding.values())));
        return switch (random.nextInt(3)) {
            case 0 -> layer.withDilation(1 + random.nextInt(3));
            case 1 -> streams ? layer : layer.withStride(1 + random.nextInt(3));
            default -> layer;
        };
    }

    private GruWeights weights(int features, int units) {
        return RandomWeights.gru(random.nextBoolean() ? GruVariant.RESET_AFTER : GruVariant.RESET_BEFORE, features,
                units, random.nextInt());
    }

    GruLayer gru(String name, int features, int units) {
        GruLayer layer = new GruLayer(name, weights(features, units)).withReturnSequences(random.nextInt(3) > 0)
                .withZeroOutputForMask(random.nextBoolean());
        return streams ? layer : layer.withDirection(anyOf(List.of(GruLayer.Direction.values())));
    }

    Layer both(String name, int features, int units) {
        return new Bidirectional(name, weights(features, units), weights(features, units))
                .withMerge(anyOf(List.of(MergeMode.values()))).withReturnSequences(random.nextBoolean());
    }

    private List<float[]> arrays(Learnt learnt, int size) {
        List<float[]> arrays = new ArrayList<>();
        if (learnt.scales()) {
            arrays.add(floats(size));
        }
        if (learnt.centers()) {
            arrays.add(floats(size));
        }
        return arrays;
    }

    private Layer batch(String name, int features) {
        Learnt learnt = anyOf(List.of(Learnt.values()));
        List<float[]> arrays = arrays(learnt, features);
        arrays.add(floats(features));
        float[] variance = floats(features);
        for (int i = 0; i < features; i++) {
            variance[i] = Math.abs(variance[i]) + 0.1f;
        }
        arrays.add(variance);
        return new BatchNormalization(name, features, 1e-3f, 0.99f, learnt, arrays);
    }

    private Layer standard(String name, int features) {
        Learnt learnt = anyOf(List.of(Learnt.values()));
        return new LayerNormalization(name, features, 1e-2f, learnt, arrays(learnt, features));
    }

    private Layer reshape(String name, Shape shape, int steps) {
        int all = steps * shape.features();
        if (random.nextBoolean()) {
            return new Reshape(name, Shape.vector(all));
        }
        int features = 1 + random.nextInt(all);
        while (all % features != 0) {
            features--;
        }
        return new Reshape(name, Shape.sequence(features));
    }

    Attention attention(String name, Shape query) {
        Attention.Score score = anyOf(List.of(Attention.Score.values()));
        int scales = random.nextBoolean() ? 0 : score == Attention.Score.ADDITIVE ? query.features() : 1;
        return new Attention(name, score, floats(scales)).withCausal(random.nextBoolean());
    }
}
