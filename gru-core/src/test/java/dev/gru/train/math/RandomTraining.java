package dev.gru.train.math;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import dev.gru.kernel.RandomWeights;
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
import dev.gru.layer.ModelInput;
import dev.gru.layer.Sequential;
import dev.gru.layer.TimeDistributed;
import dev.gru.weights.Activation;
import dev.gru.weights.GruActivations;
import dev.gru.weights.GruVariant;

/** Random stacks of layers that can be trained, and random batches for them. */
public final class RandomTraining {
    public static final int VOCABULARY = 6;
    /** By which features leave a step out; the others are below it. */
    public static final float MASKED = 2;

    private RandomTraining() {
    }

    public static double[] doubles(int count, Random random) {
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = 2 * random.nextDouble() - 1;
        }
        return values;
    }

    public static float[] floats(int count, Random random) {
        double[] values = doubles(count, random);
        float[] floats = new float[count];
        for (int i = 0; i < count; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    public static <T> T anyOf(List<T> values, Random random) {
        return values.get(random.nextInt(values.size()));
    }

    /** The usual functions, or others without corners, with which states do not grow: gates are from 0 to 1. */
    private static GruActivations activations(Random random) {
        if (random.nextInt(3) > 0) {
            return GruActivations.STANDARD;
        }
        return new GruActivations(Activation.SIGMOID,
                anyOf(List.of(Activation.TANH, Activation.SILU, Activation.SOFTPLUS, Activation.GELU,
                        Activation.GELU_TANH), random),
                Float.POSITIVE_INFINITY);
    }

    public static GruLayer gru(String name, GruVariant variant, int inputs, int units, boolean sequences,
            Direction direction,
            Random random) {
        return new GruLayer(name, RandomWeights.gru(variant, activations(random), inputs, units, random.nextLong()))
                .withReturnSequences(sequences).withDirection(direction).withZeroOutputForMask(random.nextBoolean());
    }

    public static Bidirectional both(String name, GruVariant variant, int inputs, boolean sequences, MergeMode merge,
            Random random) {
        int units = 1 + random.nextInt(3);
        int backwardUnits = merge == MergeMode.CONCAT ? 1 + random.nextInt(3) : units;
        GruVariant ofBackward = anyOf(List.of(GruVariant.values()), random);
        return new Bidirectional(name,
                RandomWeights.gru(variant, activations(random), inputs, units, random.nextLong()),
                RandomWeights.gru(ofBackward, activations(random), inputs, backwardUnits, random.nextLong()))
                .withMerge(merge).withReturnSequences(sequences).withZeroOutputForMask(random.nextBoolean());
    }

    /**
     * A table or features, masked or not, one or two recurrent layers with dropout between, and perhaps a dense one.
     */
    public static Graph model(Random random) {
        List<Layer> layers = new ArrayList<>();
        int features = 1 + random.nextInt(3);
        if (random.nextBoolean()) {
            layers.add(new Embedding("table", VOCABULARY, features, RandomWeights.floats(VOCABULARY * features, random))
                    .withMaskZero(random.nextBoolean()));
        } else if (random.nextBoolean()) {
            layers.add(new Masking("masking", MASKED));
        }
        int count = 1 + random.nextInt(2);
        boolean sequences = true;
        for (int i = 0; i < count; i++) {
            sequences = i + 1 < count || random.nextBoolean();
            GruVariant variant = anyOf(List.of(GruVariant.values()), random);
            if (random.nextBoolean()) {
                GruLayer gru = gru("gru" + i, variant, features, 1 + random.nextInt(3), sequences,
                        anyOf(List.of(Direction.values()), random), random);
                layers.add(gru);
                features = gru.weights().hiddenSize();
            } else {
                Bidirectional both = both("both" + i, variant, features, sequences,
                        anyOf(List.of(MergeMode.values()), random), random);
                layers.add(both);
                features = both.outputSize();
            }
            if (random.nextBoolean()) {
                layers.add(new Dropout("dropout" + i, 0.4));
            }
        }
        Activation activation = anyOf(List.of(Activation.LINEAR, Activation.linear(0.5f, 2), Activation.SIGMOID,
                Activation.TANH, Activation.SOFTMAX, Activation.GELU, Activation.GELU_TANH, Activation.SOFTPLUS,
                Activation.SILU, Activation.MISH, Activation.LOG_SIGMOID, Activation.LOG_SOFTMAX,
                Activation.squareplus(4)), random);
        Dense dense = new Dense("out", RandomWeights.dense(features, 2, activation, random.nextLong()));
        switch (random.nextInt(4)) {
            case 0 -> layers.add(dense);
            case 1 -> layers.add(sequences ? new TimeDistributed("out", dense) : dense);
            case 2 -> layers.add(new ActivationLayer("activation", activation));
            default -> {
                // The model ends with what is there.
            }
        }
        return new Sequential(layers);
    }

    /** A batch for a model; perhaps with lengths and states. Among its steps are some that a mask leaves out. */
    public static ModelInput input(Graph model, int batch, int steps, Random random) {
        ModelInput input = model.embedding().isPresent()
                ? ModelInput.tokens(batch, steps,
                        random.ints((long) batch * steps, 0, VOCABULARY - 1).toArray())
                : ModelInput.features(batch, steps, features(batch * steps, model.inputSize(), random));
        if (random.nextBoolean()) {
            input = input.withLengths(random.ints(batch, 0, steps + 1).toArray());
        }
        return input.withInitialStates(model.recurrentLayers().stream()
                .map(layer -> floats(batch * layer.stateSize(), random)).toList());
    }

    private static float[] features(int steps, int size, Random random) {
        float[] x = floats(steps * size, random);
        for (int step = 0; step < steps; step++) {
            for (int i = step * size; random.nextInt(3) == 0 && i < (step + 1) * size; i++) {
                x[i] = MASKED;
            }
        }
        return x;
    }
}
