package dev.gru.layer;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

import dev.gru.internal.OwnedFloats;
import dev.gru.internal.Shapes;
import dev.gru.layer.LayerOptions.Option;

/**
 * (v − shift) · scale + offset with constants for each feature, which training does not change: Keras's {@code
 * Normalization} and {@code Rescaling}, and what ONNX graphs do with constants.
 */
public final class Scale implements Normalization {
    private static final Option<Integer> SIZE = Option.size("size");
    static final List<Option<?>> OPTIONS = List.of(SIZE);

    private final String name;
    private final Normalization.Arrays arrays;

    /**
     * Describes a layer.
     *
     * @param name the name of the layer in its model
     * @param size features
     * @param shift what is subtracted first, (size)
     * @param scale what the differences are multiplied with, (size)
     * @param offset what is added to the products, (size)
     * @throws IllegalArgumentException if an array does not have that length
     */
    public Scale(String name, int size, float[] shift, float[] scale, float[] offset) {
        this(name, new Normalization.Arrays(size, specs(size),
                Normalization.Arrays.copies(List.of(Objects.requireNonNull(shift, "shift"),
                        Objects.requireNonNull(scale, "scale"), Objects.requireNonNull(offset, "offset")))));
    }

    private Scale(String name, Normalization.Arrays arrays) {
        this.name = Objects.requireNonNull(name, "name");
        Shapes.requirePositive("size", arrays.size);
        this.arrays = arrays;
    }

    static List<Parameter.Spec> specs(LayerOptions options) {
        return specs(options.get(SIZE));
    }

    private static List<Parameter.Spec> specs(int size) {
        return List.of(Parameter.Spec.of("shift", Parameter.Role.CONSTANT, size),
                Parameter.Spec.of("scale", Parameter.Role.CONSTANT, size),
                Parameter.Spec.of("offset", Parameter.Role.CONSTANT, size));
    }

    static Scale make(String name, LayerOptions options, List<Layer> parts, List<OwnedFloats> parameters) {
        return new Scale(name, new Normalization.Arrays(options.get(SIZE), specs(options), parameters));
    }

    @Override
    public String name() {
        return name;
    }

    /** Returns the number of features. */
    public int size() {
        return arrays.size;
    }

    /** Returns a copy of what is subtracted first. */
    public float[] shift() {
        return arrays.get("shift", 0);
    }

    /** Returns a copy of what the differences are multiplied with. */
    public float[] scale() {
        return arrays.get("scale", 1);
    }

    /** Returns a copy of what is added to the products. */
    public float[] offset() {
        return arrays.get("offset", 0);
    }

    @Override
    public Layer.Type type() {
        return Layer.Type.SCALE;
    }

    @Override
    public LayerOptions options() {
        return LayerOptions.none().with(SIZE, arrays.size);
    }

    @Override
    public List<Parameter> parameters() {
        return arrays.parameters();
    }

    @Override
    public Optional<Shape> firstInput() {
        return Optional.of(Shape.sequence(arrays.size));
    }

    @Override
    public Shape outputShape(Shape input) {
        return Objects.requireNonNull(input, "input").requireFeatures(arrays.size);
    }

    @Override
    public String toString() {
        return "Scale[" + name + ", " + arrays.size + "]";
    }
}
