package dev.gru.layer;

import java.util.List;
import java.util.Objects;

import dev.gru.internal.OwnedFloats;
import dev.gru.internal.Shapes;
import dev.gru.layer.LayerOptions.Option;

/**
 * Makes one vector of all steps of a sequence, feature by feature.
 *
 * <p>The state in a stream is, for each feature, what has been found so far, and a count of the steps.
 *
 * @param name the name of the layer in its model
 * @param kind what becomes of the steps
 */
public record GlobalPooling1D(String name, Kind kind) implements Layer {
    private static final Option<Kind> KIND = Option.choice("kind", Kind.class);
    static final List<Option<?>> OPTIONS = List.of(KIND);

    /** What becomes of the steps. */
    public enum Kind {
        /** The largest value, that of masked steps among them: Keras's {@code GlobalMaxPooling1D}. */
        MAX,
        /** The average over the steps that are not masked: Keras's {@code GlobalAveragePooling1D}. */
        AVERAGE,
        /** The first step that is not masked, or 0 if all are. */
        FIRST,
        /**
         * The last step that is not masked, or 0 if all are: of the sequence that a GRU layer returns, its final state.
         */
        LAST
    }

    /** Checks that nothing is null. */
    public GlobalPooling1D {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(kind, "kind");
    }

    static GlobalPooling1D make(String name, LayerOptions options, List<Layer> parts, List<OwnedFloats> parameters) {
        return new GlobalPooling1D(name, options.get(KIND));
    }

    @Override
    public Layer.Type type() {
        return Layer.Type.GLOBAL_POOLING1D;
    }

    @Override
    public LayerOptions options() {
        return LayerOptions.none().with(KIND, kind);
    }

    @Override
    public Shape outputShape(Shape input) {
        return Shape.vector(Objects.requireNonNull(input, "input").requireFeatures().requireSequence().features());
    }

    @Override
    public int outputSteps(List<Shape> inputs, List<Integer> steps) {
        return 1;
    }

    /** Returns the floats of the running value, and one for the count of steps. */
    @Override
    public List<Integer> stateSizes(List<Shape> inputs) {
        // An average is a sum in two floats, high and low, so that long streams lose nothing.
        return List.of((kind == Kind.AVERAGE ? 2 : 1) * Shapes.first("inputs", inputs).features() + 1);
    }

    @Override
    public Time time() {
        return Time.COLLAPSING;
    }

    @Override
    public Mask mask() {
        return kind == Kind.MAX ? Mask.DROPS : Mask.ENDS;
    }
}
