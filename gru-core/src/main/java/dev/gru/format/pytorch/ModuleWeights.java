package dev.gru.format.pytorch;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import dev.gru.internal.OwnedFloats;
import dev.gru.layer.Conv1D;
import dev.gru.layer.Normalization.BatchNormalization;
import dev.gru.layer.Normalization.Learnt;
import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;

/** Makes weights of layers of a module's tensors, in whose layouts PyTorch's differ from this library's. */
final class ModuleWeights {
    static final String WEIGHT = "weight";
    static final String BIAS = "bias";
    static final String RUNNING_MEAN = "running_mean";
    static final String RUNNING_VAR = "running_var";
    private static final String BATCHES = "num_batches_tracked";

    private ModuleWeights() {
    }

    /** Reads {@code nn.Linear}, whose bias may be missing. */
    static DenseWeights linear(StateDict.Module module, int inputs, int outputs, Activation activation)
            throws IOException {
        return DenseWeights.owning(inputs, outputs, activation, OwnedFloats.of(module.floats(WEIGHT, outputs, inputs)),
                OwnedFloats.of(module.floatsOrZeros(BIAS, outputs)));
    }

    /**
     * Reads {@code nn.Conv1d}, whose bias may be missing: (filters, channels, kernelSize) becomes (filters, kernelSize,
     * channels).
     *
     * @param channels of one group
     */
    static DenseWeights convolution(StateDict.Module module, int filters, int channels, int kernelSize,
            Activation activation) throws IOException {
        float[] stored = module.floats(WEIGHT, filters, channels, kernelSize);
        float[] weight = new float[stored.length];
        int at = 0;
        for (int filter = 0; filter < filters; filter++) {
            for (int step = 0; step < kernelSize; step++) {
                for (int channel = 0; channel < channels; channel++) {
                    weight[at++] = stored[(filter * channels + channel) * kernelSize + step];
                }
            }
        }
        return DenseWeights.owning(channels * kernelSize, filters, activation, OwnedFloats.of(weight),
                OwnedFloats.of(module.floatsOrZeros(BIAS, filters)));
    }

    /** Returns a convolution like another one with the weights of {@code nn.Conv1d}. */
    static Conv1D convolution(StateDict.Module module, Conv1D like) throws IOException {
        DenseWeights weights = convolution(module, like.filters(), like.inputSize() / like.groups(), like.kernelSize(),
                like.weights().activation());
        return new Conv1D(like.name(), like.inputSize(), like.kernelSize(), weights).withStride(like.stride())
                .withDilation(like.dilation()).withPadding(like.padding());
    }

    /** Reads what {@code nn.BatchNorm1d} has of weight and bias, and the running mean and variance. */
    static List<float[]> batchNormalization(StateDict.Module module, int size, Learnt learnt) throws IOException {
        List<float[]> values = new ArrayList<>(normalization(module, size, learnt));
        values.add(module.floats(RUNNING_MEAN, size));
        values.add(module.floats(RUNNING_VAR, size));
        module.skip(BATCHES);
        return values;
    }

    /** Reads a batch normalisation like another one. */
    static BatchNormalization batchNormalization(StateDict.Module module, BatchNormalization like) throws IOException {
        return new BatchNormalization(like.name(), like.size(), like.epsilon(), like.momentum(), like.learnt(),
                batchNormalization(module, like.size(), like.learnt()));
    }

    /** Reads weight and bias of a normalisation, as far as there are. */
    static List<float[]> normalization(StateDict.Module module, int size, Learnt learnt) throws IOException {
        List<float[]> values = new ArrayList<>();
        if (learnt.scales()) {
            values.add(module.floats(WEIGHT, size));
        }
        if (learnt.centers()) {
            values.add(module.floats(BIAS, size));
        }
        return values;
    }
}
