package dev.gru;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import dev.gru.kernel.Activation;
import dev.gru.kernel.GruVariant;
import dev.gru.kernel.RandomWeights;
import dev.gru.layer.Bidirectional;
import dev.gru.layer.Bidirectional.MergeMode;
import dev.gru.layer.Dense;
import dev.gru.layer.Embedding;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Layer;
import dev.gru.layer.Sequential;

/** Random stacks of layers, and random batches for them. */
final class RandomModel {
    private RandomModel() {
    }

    /** One to three GRU or bidirectional layers, perhaps after a table and before a dense layer. */
    static Sequential layers(Random random) {
        List<Layer> layers = new ArrayList<>();
        int features = 1 + random.nextInt(4);
        if (random.nextBoolean()) {
            layers.add(new Embedding("table", Models.VOCABULARY, features, random.nextInt(4) > 0,
                    RandomWeights.floats(Models.VOCABULARY * features, random)));
        }
        int count = 1 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            boolean sequences = i + 1 < count || random.nextBoolean();
            MergeMode merge = anyOf(List.of(MergeMode.values()), random);
            int units = 1 + random.nextInt(5);
            GruLayer forward = gru("forward" + i, features, units, sequences, random);
            if (random.nextBoolean()) {
                layers.add(forward);
                features = units;
            } else {
                int others = merge == MergeMode.CONCAT ? 1 + random.nextInt(5) : units;
                Bidirectional both = new Bidirectional("both" + i, forward,
                        gru("backward" + i, features, others, sequences, random), merge);
                layers.add(both);
                features = both.outputSize();
            }
        }
        if (random.nextBoolean()) {
            layers.add(new Dense("out", RandomWeights.dense(features, 2, Activation.SOFTMAX, random.nextInt())));
        }
        return new Sequential(layers);
    }

    private static GruLayer gru(String name, int features, int units, boolean sequences, Random random) {
        GruVariant variant = anyOf(List.of(GruVariant.values()), random);
        return new GruLayer(name, RandomWeights.gru(variant, features, units, random.nextInt()), sequences);
    }

    private static <T> T anyOf(List<T> values, Random random) {
        return values.get(random.nextInt(values.size()));
    }

    /** Runs random inputs; the same for the same seed. */
    static float[] predict(GruModel model, int batch, int steps, long seed) {
        Random random = new Random(seed);
        return model.takesTokens()
                ? model.predict(batch, steps, random.ints((long) batch * steps, 0, Models.VOCABULARY).toArray())
                : model.predict(batch, steps, RandomWeights.floats(batch * steps * model.inputSize(), random));
    }
}
