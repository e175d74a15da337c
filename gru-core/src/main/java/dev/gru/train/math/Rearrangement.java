package dev.gru.train.math;

import java.util.function.IntBinaryOperator;

import dev.gru.layer.Reshaping;

/**
 * Where the values of a {@link Reshaping} layer's output are in its input.
 *
 * @param steps steps of the output; 1 of a vector
 * @param size its features
 * @param places returns, for a step and a feature of the output, the place among all features of all steps of a row of
 *     the input, or −1 for a value that is 0
 */
public record Rearrangement(int steps, int size, IntBinaryOperator places) {
    /**
     * Describes what a layer does.
     *
     * @param layer the layer
     * @param inputSteps steps of its input, which it takes; 1 of a vector
     * @param inputSize features of its input
     */
    public static Rearrangement of(Reshaping layer, int inputSteps, int inputSize) {
        return switch (layer) {
            case Reshaping.Reshape reshape -> {
                int size = reshape.output().features();
                yield new Rearrangement(inputSteps * inputSize / size, size, (t, i) -> t * size + i);
            }
            case Reshaping.RepeatVector repeat -> new Rearrangement(repeat.steps(), inputSize, (_, i) -> i);
            case Reshaping.Permute _ -> new Rearrangement(inputSize, inputSteps, (t, i) -> i * inputSize + t);
            case Reshaping.ZeroPadding1D padding -> new Rearrangement(padding.before() + inputSteps + padding.after(),
                    inputSize, (t, i) -> {
                        int from = t - padding.before();
                        return from >= 0 && from < inputSteps ? from * inputSize + i : -1;
                    });
            case Reshaping.Cropping1D cropping -> new Rearrangement(inputSteps - cropping.before() - cropping.after(),
                    inputSize, (t, i) -> (t + cropping.before()) * inputSize + i);
            case Reshaping.UpSampling1D more -> new Rearrangement(inputSteps * more.size(), inputSize,
                    (t, i) -> t / more.size() * inputSize + i);
            case Reshaping.Slice slice -> new Rearrangement(inputSteps, slice.count(),
                    (t, i) -> t * inputSize + slice.first() + i);
        };
    }

    /** Returns the place of a value of the output in its input, or −1 for one that is 0. */
    public int place(int step, int feature) {
        return places.applyAsInt(step, feature);
    }
}
