package dev.gru.layer;

import java.util.List;
import java.util.Objects;

import dev.gru.internal.OwnedFloats;
import dev.gru.internal.Shapes;
import dev.gru.layer.LayerOptions.Option;

/**
 * Masks the steps all of whose features have one value: Keras's {@code Masking}. The mask replaces one that came with
 * the input, except that steps beyond the length of their row stay masked; the features of masked steps become 0.
 *
 * @param name the name of the layer in its model
 * @param maskValue the value, usually 0
 */
public record Masking(String name, float maskValue) implements Layer {
    private static final Option<Float> MASK_VALUE = Option.number("mask_value");
    static final List<Option<?>> OPTIONS = List.of(MASK_VALUE);

    /**
     * Checks the value.
     *
     * @throws IllegalArgumentException if it is not finite
     */
    public Masking {
        Objects.requireNonNull(name, "name");
        if (!Float.isFinite(maskValue)) {
            throw new IllegalArgumentException("maskValue must be finite, was " + maskValue);
        }
    }

    static Masking make(String name, LayerOptions options, List<Layer> parts, List<OwnedFloats> parameters) {
        return new Masking(name, options.get(MASK_VALUE));
    }

    @Override
    public Layer.Type type() {
        return Layer.Type.MASKING;
    }

    @Override
    public LayerOptions options() {
        return LayerOptions.none().with(MASK_VALUE, maskValue);
    }

    @Override
    public Shape outputShape(Shape input) {
        return Objects.requireNonNull(input, "input").requireFeatures().requireSequence();
    }

    @Override
    public Time time() {
        return Time.PER_STEP;
    }

    @Override
    public Mask mask() {
        return Mask.MAKES;
    }

    /**
     * The features of the first of two sequences, unchanged, with the mask and the lengths of the second, which has as
     * many steps. So a mask goes on around a layer that is not shown it, as around a GRU with an initial state in Keras
     * 3.
     *
     * @param name the name of the layer in its model
     */
    public record SetMask(String name) implements Layer {
        /** Checks that nothing is null. */
        public SetMask {
            Objects.requireNonNull(name, "name");
        }

        static SetMask make(String name, LayerOptions options, List<Layer> parts, List<OwnedFloats> parameters) {
            return new SetMask(name);
        }

        @Override
        public Layer.Type type() {
            return Layer.Type.SET_MASK;
        }

        @Override
        public LayerOptions options() {
            return LayerOptions.none();
        }

        @Override
        public Shape outputShape(Shape input) {
            return outputShape(List.of(Objects.requireNonNull(input, "input")));
        }

        @Override
        public Shape outputShape(List<Shape> inputs) {
            if (Shapes.copyOf("inputs", inputs).size() != 2) {
                throw new IllegalArgumentException("it takes a sequence and one whose mask it gets, but gets "
                        + inputs.size() + " inputs");
            }
            inputs.get(1).requireSequence();
            return inputs.getFirst().requireFeatures().requireSequence();
        }

        @Override
        public int outputSteps(List<Shape> inputs, List<Integer> steps) {
            int first = Shapes.first("steps", steps);
            return Reshaping.requireSteps(Shapes.copyOf("steps", steps).getLast(), first);
        }

        @Override
        public Time time() {
            return Time.PER_STEP;
        }

        @Override
        public Mask mask() {
            return Mask.MAKES;
        }
    }
}
