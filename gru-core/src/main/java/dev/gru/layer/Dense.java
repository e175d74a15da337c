package dev.gru.layer;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

import dev.gru.internal.OwnedFloats;
import dev.gru.internal.Shapes;
import dev.gru.layer.LayerOptions.Option;
import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;

/**
 * A dense (fully connected) layer; on a sequence it acts on every step by itself.
 *
 * @param name the name of the layer in its model
 * @param weights the weights and the activation
 */
public record Dense(String name, DenseWeights weights) implements Layer {
    private static final Option<Integer> INPUT_SIZE = Option.size("input_size");
    private static final Option<Integer> OUTPUT_SIZE = Option.size("output_size");
    private static final Option<Activation> ACTIVATION = Option.activation("activation");
    static final List<Option<?>> OPTIONS = List.of(INPUT_SIZE, OUTPUT_SIZE, ACTIVATION);
    static final List<Option<?>> DIGESTED = List.of(ACTIVATION, INPUT_SIZE, OUTPUT_SIZE);

    /** Checks that nothing is null. */
    public Dense {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(weights, "weights");
    }

    static List<Parameter.Spec> specs(LayerOptions options) {
        return specs(options.get(INPUT_SIZE), options.get(OUTPUT_SIZE));
    }

    private static List<Parameter.Spec> specs(int inputSize, int outputSize) {
        return List.of(Parameter.Spec.of("weight", Parameter.Role.INPUT_MATRIX, outputSize, inputSize),
                Parameter.Spec.of("bias", Parameter.Role.BIAS, outputSize));
    }

    /** Returns weights of 0, for a layer that is given by its sizes. */
    static DenseWeights zeros(int features, int units, Activation activation) {
        Shapes.requirePositive("units", units);
        Objects.requireNonNull(activation, "activation");
        return new DenseWeights(features, units, activation,
                new float[Shapes.requireArray("weights of " + units + " units", units, features)], new float[units]);
    }

    static Dense make(String name, LayerOptions options, List<Layer> parts, List<OwnedFloats> parameters) {
        return new Dense(name, DenseWeights.owning(options.get(INPUT_SIZE), options.get(OUTPUT_SIZE),
                options.get(ACTIVATION), parameters.get(0), parameters.get(1)));
    }

    @Override
    public Layer.Type type() {
        return Layer.Type.DENSE;
    }

    @Override
    public LayerOptions options() {
        return LayerOptions.none().with(INPUT_SIZE, weights.inputSize()).with(OUTPUT_SIZE, weights.outputSize())
                .with(ACTIVATION, weights.activation());
    }

    @Override
    public List<Parameter> parameters() {
        return Parameter.zip(specs(weights.inputSize(), weights.outputSize()), weights.weight(), weights.bias());
    }

    @Override
    public Optional<Shape> firstInput() {
        return Optional.of(Shape.sequence(weights.inputSize()));
    }

    @Override
    public Shape outputShape(Shape input) {
        return Objects.requireNonNull(input, "input").requireFeatures(weights.inputSize())
                .withFeatures(weights.outputSize());
    }

    @Override
    public Time time() {
        return Time.PER_STEP;
    }

    @Override
    public Mask mask() {
        return Mask.HANDS_ON;
    }
}
