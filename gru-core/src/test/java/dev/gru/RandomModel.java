package dev.gru;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import dev.gru.kernel.Activations;
import dev.gru.kernel.RandomWeights;
import dev.gru.layer.ActivationLayer;
import dev.gru.layer.Bidirectional.MergeMode;
import dev.gru.layer.Bidirectional;
import dev.gru.layer.Dense;
import dev.gru.layer.Embedding;
import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer.Direction;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Layer;
import dev.gru.layer.Masking;
import dev.gru.layer.ModelInput;
import dev.gru.layer.Sequential;
import dev.gru.weights.Activation;
import dev.gru.weights.GruActivations;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;

/** Random stacks of layers, and random batches for them. */
final class RandomModel {
    /** The value by which features leave a step out. */
    private static final float MASKED = 0.5f;

    private RandomModel() {
    }

    /** One to three GRU or bidirectional layers in any direction, with masks and activations between. */
    static Graph layers(Random random) {
        return layers(random, false);
    }

    /** The same, but all of them read forward. */
    static Graph forwardLayers(Random random) {
        return layers(random, true);
    }

    private static Graph layers(Random random, boolean forwardOnly) {
        List<Layer> layers = new ArrayList<>();
        int features = 1 + random.nextInt(4);
        if (random.nextBoolean()) {
            layers.add(new Embedding("table", Models.VOCABULARY, features,
                    RandomWeights.floats(Models.VOCABULARY * features, random)).withMaskZero(random.nextInt(4) > 0));
        } else if (random.nextBoolean()) {
            layers.add(new Masking("masking", MASKED));
        }
        int count = 1 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            boolean sequences = i + 1 < count || random.nextBoolean();
            Layer next = forwardOnly || random.nextBoolean()
                    ? gru("gru" + i, features, 1 + random.nextInt(5), sequences,
                            forwardOnly ? Direction.FORWARD : anyOf(Direction.values(), random), random)
                    : both("both" + i, features, sequences, random);
            layers.add(next);
            features = next instanceof GruLayer gru ? gru.weights().hiddenSize() : ((Bidirectional) next).outputSize();
            if (random.nextInt(3) == 0) {
                layers.add(new ActivationLayer("activation" + i, anyActivation(random)));
            }
            if (sequences && random.nextInt(3) == 0) {
                // 0 is what some layers put out for masked steps, and relu for others.
                layers.add(new Masking("masking" + i, 0));
            }
        }
        if (random.nextBoolean()) {
            layers.add(new Dense("out", RandomWeights.dense(features, 2, anyActivation(random), random.nextInt())));
        }
        return new Sequential(layers);
    }

    private static Layer both(String name, int features, boolean sequences, Random random) {
        MergeMode merge = anyOf(MergeMode.values(), random);
        int units = 1 + random.nextInt(5);
        return new Bidirectional(name, weights(features, units, random),
                weights(features, merge == MergeMode.CONCAT ? 1 + random.nextInt(5) : units, random))
                .withMerge(merge).withReturnSequences(sequences).withZeroOutputForMask(random.nextBoolean());
    }

    private static GruLayer gru(String name, int features, int units, boolean sequences, Direction direction,
            Random random) {
        return new GruLayer(name, weights(features, units, random)).withReturnSequences(sequences)
                .withDirection(direction).withZeroOutputForMask(random.nextBoolean());
    }

    private static GruWeights weights(int features, int units, Random random) {
        GruVariant variant = anyOf(GruVariant.values(), random);
        GruActivations functions = anyOf(Activations.ofGru().toArray(GruActivations[]::new), random);
        return RandomWeights.gru(variant, functions, features, units, random.nextInt());
    }

    private static Activation anyActivation(Random random) {
        return anyOf(Activations.all().toArray(Activation[]::new), random);
    }

    static <T> T anyOf(T[] values, Random random) {
        return values[random.nextInt(values.length)];
    }

    /** A batch for a model; perhaps with lengths and states. Among its steps are some that a mask leaves out. */
    static ModelInput input(Graph model, int batch, int steps, Random random) {
        ModelInput input = plainInput(model, batch, steps, random);
        if (random.nextBoolean()) {
            input = input.withLengths(random.ints(batch, 0, steps + 1).toArray());
        }
        return random.nextBoolean() ? input.withInitialStates(states(model, batch, random)) : input;
    }

    /** A batch of rows of one length that begin at the zero states. */
    static ModelInput plainInput(Graph model, int batch, int steps, Random random) {
        if (model.embedding().isPresent()) {
            return ModelInput.tokens(batch, steps,
                    random.ints((long) batch * steps, 0, Models.VOCABULARY).toArray());
        }
        int size = model.inputSize();
        float[] x = RandomWeights.floats(batch * steps * size, random);
        for (int step = 0; step < batch * steps; step++) {
            if (random.nextInt(4) == 0) {
                Arrays.fill(x, step * size, (step + 1) * size, MASKED);
            }
        }
        return ModelInput.features(batch, steps, x);
    }

    static List<float[]> states(Graph model, int batch, Random random) {
        return model.recurrentLayers().stream()
                .map(layer -> RandomWeights.floats(batch * layer.stateSize(), random)).toList();
    }
}
