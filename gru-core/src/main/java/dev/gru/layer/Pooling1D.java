package dev.gru.layer;

import java.util.List;
import java.util.Objects;

import dev.gru.internal.OwnedFloats;
import dev.gru.internal.Shapes;
import dev.gru.layer.Conv1D.Padding;
import dev.gru.layer.LayerOptions.Option;

/**
 * The largest value or the average of windows of steps, feature by feature: Keras's {@code MaxPooling1D} and {@code
 * AveragePooling1D}. What padding adds is not counted.
 *
 * @param name the name of the layer in its model
 * @param kind what becomes of a window
 * @param size steps in a window, at least 1
 * @param stride steps from the beginning of a window to that of the next, at least 1
 * @param padding {@link Padding#VALID} or {@link Padding#SAME}
 */
public record Pooling1D(String name, Kind kind, int size, int stride, Padding padding) implements Layer {
    private static final Option<Kind> KIND = Option.choice("kind", Kind.class);
    private static final Option<Integer> SIZE = Option.size("size");
    private static final Option<Integer> STRIDE = Option.size("stride");
    private static final Option<Padding> PADDING = Option.choice("padding", Padding.class);
    static final List<Option<?>> OPTIONS = List.of(KIND, SIZE, STRIDE, PADDING);

    /** What becomes of a window. */
    public enum Kind {
        /** Its largest value. */
        MAX,
        /** Its average. */
        AVERAGE
    }

    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException if a size is below 1, or the padding is causal
     */
    public Pooling1D {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(kind, "kind");
        Shapes.requirePositive("size", size);
        Shapes.requirePositive("stride", stride);
        if (Objects.requireNonNull(padding, "padding") == Padding.CAUSAL) {
            throw new IllegalArgumentException("padding must be VALID or SAME, was CAUSAL");
        }
    }

    static Pooling1D make(String name, LayerOptions options, List<Layer> parts, List<OwnedFloats> parameters) {
        return new Pooling1D(name, options.get(KIND), options.get(SIZE), options.get(STRIDE), options.get(PADDING));
    }

    @Override
    public Layer.Type type() {
        return Layer.Type.POOLING1D;
    }

    @Override
    public LayerOptions options() {
        return LayerOptions.none().with(KIND, kind).with(SIZE, size).with(STRIDE, stride).with(PADDING, padding);
    }

    @Override
    public Shape outputShape(Shape input) {
        return Objects.requireNonNull(input, "input").requireFeatures().requireSequence();
    }

    @Override
    public int outputSteps(List<Shape> inputs, List<Integer> steps) {
        return padding.windows(size, stride, Shapes.first("steps", steps));
    }

    @Override
    public Time time() {
        return size == 1 && stride == 1 ? Time.PER_STEP : Time.WHOLE_SEQUENCE;
    }

    @Override
    public Mask mask() {
        return Mask.DROPS;
    }
}
