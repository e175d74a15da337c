package dev.gru.layer;

import java.util.List;
import java.util.Objects;

import dev.gru.internal.OwnedFloats;
import dev.gru.internal.Shapes;
import dev.gru.layer.LayerOptions.Option;

/**
 * Makes one of several inputs, all of them sequences of as many steps, or all of them vectors. But for {@link
 * Kind#CONCATENATE} they have as many features, or 1, which then stands for all.
 *
 * <p>A step of the output is masked if all inputs have masks and mask it.
 *
 * @param name the name of the layer in its model
 * @param kind how they become one
 */
public record Merge(String name, Kind kind) implements Layer {
    private static final Option<Kind> KIND = Option.choice("kind", Kind.class);
    static final List<Option<?>> OPTIONS = List.of(KIND);

    /** How inputs become one; each is Keras's layer of that name. */
    public enum Kind {
        /** The features of the first, then those of the second, and so on. */
        CONCATENATE,
        /** The steps of the first, then those of the second, and so on: {@code Concatenate(axis=1)}. */
        CONCATENATE_STEPS,
        /** Their sum, from the first to the last. */
        ADD,
        /** The first less the second. */
        SUBTRACT,
        /** Their product, from the first to the last. */
        MULTIPLY,
        /** The first divided by the second; ONNX has it. */
        DIVIDE,
        /** Their sum divided by their number. */
        AVERAGE,
        /** The largest of them. */
        MAXIMUM,
        /** The smallest of them. */
        MINIMUM
    }

    /** Checks that nothing is null. */
    public Merge {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(kind, "kind");
    }

    static Merge make(String name, LayerOptions options, List<Layer> parts, List<OwnedFloats> parameters) {
        return new Merge(name, options.get(KIND));
    }

    @Override
    public Layer.Type type() {
        return Layer.Type.MERGE;
    }

    @Override
    public LayerOptions options() {
        return LayerOptions.none().with(KIND, kind);
    }

    @Override
    public Shape outputShape(Shape input) {
        return outputShape(List.of(Objects.requireNonNull(input, "input")));
    }

    @Override
    public Shape outputShape(List<Shape> inputs) {
        Shape first = Shapes.first("inputs", inputs);
        int most = 0;
        long sum = 0;
        for (Shape input : inputs) {
            input.requireFeatures();
            if (input.kind() != first.kind()) {
                throw new IllegalArgumentException("its inputs must all be sequences or all be vectors, but are "
                        + inputs);
            }
            most = Math.max(most, input.features());
            sum += input.features();
        }
        if (kind == Kind.CONCATENATE) {
            if (sum > Shapes.MAX_ARRAY) {
                throw new IllegalArgumentException("it makes " + sum + " features, more than an array holds");
            }
            return first.withFeatures((int) sum);
        }
        if (kind == Kind.CONCATENATE_STEPS) {
            first.requireSequence();
        }
        if ((kind == Kind.SUBTRACT || kind == Kind.DIVIDE) && inputs.size() != 2) {
            throw new IllegalArgumentException("it takes two inputs, but gets " + inputs.size());
        }
        for (Shape input : inputs) {
            if (input.features() != most && (input.features() != 1 || kind == Kind.CONCATENATE_STEPS)) {
                throw new IllegalArgumentException("its inputs must have as many features, but are " + inputs);
            }
        }
        return first.withFeatures(most);
    }

    @Override
    public int outputSteps(List<Shape> inputs, List<Integer> steps) {
        int first = Shapes.first("steps", steps);
        if (kind == Kind.CONCATENATE_STEPS) {
            return Math.toIntExact(steps.stream().mapToLong(Integer::longValue).sum());
        }
        if (steps.stream().distinct().count() > 1) {
            throw new IllegalArgumentException("its inputs must have as many steps, but have " + steps);
        }
        return first;
    }

    @Override
    public Time time() {
        return kind == Kind.CONCATENATE_STEPS ? Time.WHOLE_SEQUENCE : Time.PER_STEP;
    }

    @Override
    public Mask mask() {
        return Mask.HANDS_ON;
    }
}
