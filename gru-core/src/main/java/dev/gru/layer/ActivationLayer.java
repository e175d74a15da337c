package dev.gru.layer;

import java.util.List;
import java.util.Objects;

import dev.gru.internal.OwnedFloats;
import dev.gru.layer.LayerOptions.Option;
import dev.gru.weights.Activation;

/**
 * A function applied to every feature of every step, or, in the case of softmax, to the features of each step.
 *
 * @param name the name of the layer in its model
 * @param activation the function
 */
public record ActivationLayer(String name, Activation activation) implements Layer {
    private static final Option<Activation> ACTIVATION = Option.activation("activation");
    static final List<Option<?>> OPTIONS = List.of(ACTIVATION);

    /** Checks that nothing is null. */
    public ActivationLayer {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(activation, "activation");
    }

    static ActivationLayer make(String name, LayerOptions options, List<Layer> parts, List<OwnedFloats> parameters) {
        return new ActivationLayer(name, options.get(ACTIVATION));
    }

    @Override
    public LayerType type() {
        return LayerType.ACTIVATION;
    }

    @Override
    public LayerOptions options() {
        return LayerOptions.none().with(ACTIVATION, activation);
    }

    @Override
    public Shape outputShape(Shape input) {
        return Objects.requireNonNull(input, "input").requireFeatures();
    }

    @Override
    public Time time() {
        return Time.PER_STEP;
    }

    @Override
    public Mask mask() {
        return Mask.HANDS_ON;
    }

    @Override
    public boolean isIdentity() {
        return activation.isIdentity();
    }

    /**
     * The softmax over all steps of a sequence, for each feature by itself: Keras's {@code Softmax(axis=1)}. Over the
     * features of a step it is an {@link ActivationLayer}.
     *
     * @param name the name of the layer in its model
     */
    public record StepSoftmax(String name) implements Layer {
        /** Checks the name. */
        public StepSoftmax {
            Objects.requireNonNull(name, "name");
        }

        static StepSoftmax make(String name, LayerOptions options, List<Layer> parts, List<OwnedFloats> parameters) {
            return new StepSoftmax(name);
        }

        @Override
        public LayerType type() {
            return LayerType.STEP_SOFTMAX;
        }

        @Override
        public LayerOptions options() {
            return LayerOptions.none();
        }

        @Override
        public Shape outputShape(Shape input) {
            return Objects.requireNonNull(input, "input").requireFeatures().requireSequence();
        }

        @Override
        public Time time() {
            return Time.WHOLE_SEQUENCE;
        }

        @Override
        public Mask mask() {
            return Mask.HANDS_ON;
        }
    }
}
