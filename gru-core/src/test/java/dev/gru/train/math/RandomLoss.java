package dev.gru.train.math;

import java.util.Arrays;
import java.util.Random;

import dev.gru.layer.ActivationLayer;
import dev.gru.layer.Dense;
import dev.gru.layer.Embedding;
import dev.gru.layer.Graph;
import dev.gru.layer.Layer;
import dev.gru.layer.Masking;
import dev.gru.layer.ModelInput;
import dev.gru.layer.Sequential;
import dev.gru.layer.TimeDistributed;
import dev.gru.weights.Activation;

/** A loss that goes with a model, and random targets for it. */
public final class RandomLoss {
    private RandomLoss() {
    }

    public static LossFunction of(Graph model) {
        Activation last = switch (model.layers().getLast()) {
            case Dense dense -> dense.weights().activation();
            case TimeDistributed each -> each.layer().weights().activation();
            case ActivationLayer alone -> alone.activation();
            default -> Activation.LINEAR;
        };
        return switch (last.function()) {
            case SOFTMAX -> LossFunction.CATEGORICAL_CROSS_ENTROPY;
            case SIGMOID -> LossFunction.BINARY_CROSS_ENTROPY;
            default -> LossFunction.MEAN_SQUARED_ERROR;
        };
    }

    public static TargetValues targets(LossFunction loss, int steps, int size, Random random) {
        return loss == LossFunction.CATEGORICAL_CROSS_ENTROPY && random.nextBoolean()
                ? TargetValues.ofLabels(random.ints(steps, 0, size).toArray())
                : TargetValues.ofValues(random.doubles((long) steps * size).toArray());
    }

    /**
     * Which outputs count, by the rules of {@link Sequential}: those behind the length of a row do not, nor what a mask
     * leaves out.
     */
    public static boolean[] counts(Graph model, ModelInput input) {
        int steps = input.steps();
        if (!model.returnsSequences()) {
            boolean[] all = new boolean[input.batch()];
            Arrays.fill(all, true);
            return all;
        }
        boolean[] counts = new boolean[input.batch() * steps];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = (input.lengths() == null || i % steps < input.lengths()[i / steps])
                    && !masked(model.layers().getFirst(), input, i, model.inputSize());
        }
        return counts;
    }

    private static boolean masked(Layer first, ModelInput input, int i, int size) {
        if (first instanceof Embedding table) {
            return table.maskZero() && input.tokens()[i] == 0;
        }
        if (first instanceof Masking) {
            for (int j = i * size; j < (i + 1) * size; j++) {
                if (input.features()[j] != RandomTraining.MASKED) {
                    return false;
                }
            }
            return true;
        }
        return false;
    }
}
