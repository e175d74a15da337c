package dev.gru.layer;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import dev.gru.internal.OwnedFloats;
import dev.gru.weights.DenseWeights;

/**
 * A dense layer applied to every step of a sequence. It computes what {@link Dense} alone computes, but needs a
 * sequence.
 *
 * @param name the name of the layer in its model
 * @param layer the layer that is applied
 */
public record TimeDistributed(String name, Dense layer) implements Layer {
    static final String LAYER = "layer";

    /** Checks that nothing is null. */
    public TimeDistributed {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(layer, "layer");
    }

    /** Describes a layer whose dense layer has the same name. */
    public TimeDistributed(String name, DenseWeights weights) {
        this(name, new Dense(name, weights));
    }

    static TimeDistributed make(String name, LayerOptions options, List<Layer> parts, List<OwnedFloats> parameters) {
        return new TimeDistributed(name, (Dense) parts.getFirst());
    }

    /** Returns the weights and the activation of the layer that is applied. */
    public DenseWeights weights() {
        return layer.weights();
    }

    @Override
    public Layer.Type type() {
        return Layer.Type.TIME_DISTRIBUTED;
    }

    @Override
    public LayerOptions options() {
        return LayerOptions.none();
    }

    @Override
    public Map<String, Layer> parts() {
        return Map.of(LAYER, layer);
    }

    /** Returns the weights of the layer that is applied, under the names that they have there. */
    @Override
    public List<Parameter> parameters() {
        return layer.parameters();
    }

    @Override
    public Optional<Shape> firstInput() {
        return layer.firstInput();
    }

    @Override
    public Shape outputShape(Shape input) {
        Shape output = layer.outputShape(input);
        input.requireSequence();
        return output;
    }

    @Override
    public Time time() {
        return layer.time();
    }

    @Override
    public Mask mask() {
        return layer.mask();
    }
}
