package dev.gru.format;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import dev.gru.layer.ActivationLayer;
import dev.gru.layer.Bidirectional.MergeMode;
import dev.gru.layer.Bidirectional;
import dev.gru.layer.Dense;
import dev.gru.layer.Dropout;
import dev.gru.layer.Embedding;
import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer.Direction;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Layer;
import dev.gru.layer.Masking;
import dev.gru.layer.Sequential;
import dev.gru.layer.Signature.Axis;
import dev.gru.layer.Signature.Port;
import dev.gru.layer.Signature.Presence;
import dev.gru.layer.Signature.Role;
import dev.gru.layer.Signature;
import dev.gru.layer.TimeDistributed;
import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;
import dev.gru.weights.GruActivations;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;

/** Models of random layers with random options, weights of random bits, NaN among them, and names of any characters. */
final class RandomArchitecture {
    private final Random random;
    private final List<Layer> layers = new ArrayList<>();
    private int features;
    private int states;

    private RandomArchitecture(Random random) {
        this.random = random;
    }

    static Graph model(Random random) {
        return new RandomArchitecture(random).model();
    }

    private Graph model() {
        features = 1 + random.nextInt(4);
        boolean tokens = random.nextBoolean();
        if (tokens) {
            int vocabulary = 1 + random.nextInt(5);
            layers.add(
                    new Embedding(name(), vocabulary, features, floats(vocabulary * features))
                            .withMaskZero(random.nextBoolean()));
        }
        for (int i = random.nextInt(tokens ? 0 : 1, 5); i > 0; i--) {
            layers.add(sequenceLayer());
        }
        boolean sequences = random.nextBoolean();
        if (!sequences) {
            layers.add(gru(features, false));
        }
        if (!tokens || random.nextBoolean()) {
            layers.add(dense());
        }
        return random.nextBoolean() ? new Sequential(layers) : new Sequential(layers, signature(tokens, sequences));
    }

    private Layer sequenceLayer() {
        return switch (random.nextInt(7)) {
            case 0 -> new Masking(name(), finite());
            case 1 -> new Dropout(name(), random.nextDouble());
            case 2 -> new ActivationLayer(name(), activation(true));
            case 3 -> new TimeDistributed(name(), dense());
            case 4 -> bidirectional();
            default -> gru(features, true);
        };
    }

    private GruLayer gru(int inputs, boolean sequences) {
        features = 1 + random.nextInt(4);
        states++;
        int rows = 3 * features;
        GruActivations activations = new GruActivations(activation(false), activation(false),
                random.nextBoolean() ? Float.POSITIVE_INFINITY : Math.abs(finite()) + Float.MIN_VALUE);
        GruWeights weights = new GruWeights(any(GruVariant.values()), activations, inputs, features,
                floats(rows * inputs), floats(rows * features), floats(rows), floats(rows));
        return new GruLayer(name(), weights).withReturnSequences(sequences).withDirection(any(Direction.values()))
                .withZeroOutputForMask(random.nextBoolean());
    }

    private Bidirectional bidirectional() {
        int inputs = features;
        GruWeights forward = gru(inputs, true).weights();
        GruWeights backward = gru(inputs, true).weights();
        boolean same = forward.hiddenSize() == backward.hiddenSize();
        Bidirectional both = new Bidirectional(name(), forward, backward).withNames(name(), name())
                .withMerge(same ? any(MergeMode.values()) : MergeMode.CONCAT).withReturnSequences(true)
                .withZeroOutputForMask(random.nextBoolean());
        features = both.outputSize();
        return both;
    }

    private Dense dense() {
        int inputs = features;
        features = 1 + random.nextInt(4);
        return new Dense(name(),
                new DenseWeights(inputs, features, activation(true), floats(features * inputs), floats(features)));
    }

    private Activation activation(boolean ofRows) {
        Activation.Function function = any(Activation.Function.values());
        if (function.isOfRow() && !ofRows) {
            return Activation.TANH;
        }
        float positive = 1 + Math.abs(finite() % 100);
        return switch (function) {
            case LEAKY_RELU -> new Activation(function, finite(),
                    random.nextBoolean() ? positive : Float.POSITIVE_INFINITY, finite());
            case CLIP -> Activation.clip(random.nextBoolean() ? -positive : Float.NEGATIVE_INFINITY,
                    random.nextBoolean() ? positive : Float.POSITIVE_INFINITY);
            case CELU, HARD_SHRINK, SOFT_SHRINK, SQUAREPLUS -> new Activation(function, positive, 0);
            default -> switch (function.parameters()) {
                case 0 -> new Activation(function, 1, 0);
                case 1 -> new Activation(function, finite(), 0);
                default -> new Activation(function, finite(), finite());
            };
        };
    }

    private Signature signature(boolean tokens, boolean sequences) {
        List<Port> inputs = new ArrayList<>();
        inputs.add(new Port("in" + name(), Role.INPUT, 0, 0,
                tokens ? List.of(Axis.STEP, Axis.BATCH) : List.of(Axis.STEP, Axis.BATCH, Axis.FEATURE)));
        inputs.add(new Port("lengths" + name(), Role.LENGTHS, 0, 0, List.of(Axis.BATCH),
                Presence.optionalIf(random.nextBoolean())));
        List<Port> outputs = new ArrayList<>();
        outputs.add(new Port("out" + name(), Role.OUTPUT, random.nextInt(features), 1,
                sequences
                        ? List.of(Axis.BATCH, Axis.ONE, Axis.STEP, Axis.FEATURE)
                        : List.of(Axis.FEATURE, Axis.BATCH)));
        for (int i = 0; i < states; i++) {
            List<Axis> axes = List.of(Axis.DIRECTION, Axis.BATCH, Axis.FEATURE);
            inputs.add(
                    new Port("before" + i, Role.INITIAL_STATE, i, 1, axes,
                            Presence.optionalIf(random.nextBoolean())));
            outputs.add(new Port("after" + i, Role.FINAL_STATE, i, 1, axes));
        }
        return new Signature(inputs, outputs);
    }

    private <T> T any(T[] values) {
        return values[random.nextInt(values.length)];
    }

    private float finite() {
        float value = Float.intBitsToFloat(random.nextInt());
        return Float.isFinite(value) ? value : -0f;
    }

    private float[] floats(int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = random.nextInt(8) == 0 ? Float.intBitsToFloat(0x7F800001 + random.nextInt(100)) : finite();
        }
        return values;
    }

    private String name() {
        StringBuilder name = new StringBuilder();
        for (int i = random.nextInt(5); i > 0; i--) {
            name.append((char) random.nextInt(random.nextInt(8) == 0 ? 0x10000 : 0x80));
        }
        return name.toString();
    }
}
