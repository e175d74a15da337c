package dev.gru.layer;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import dev.gru.internal.OwnedFloats;
import dev.gru.internal.Shapes;
import dev.gru.layer.GruLayer.Direction;
import dev.gru.layer.LayerOptions.Option;
import dev.gru.weights.GruWeights;

/**
 * Two GRU layers that read the same sequence, one from its beginning and one from its end: Keras's {@code
 * Bidirectional}. Their outputs for a step are merged, so every output depends on the whole sequence.
 *
 * <p>If the layer returns sequences, the output of a masked step is 0. If it returns its last output, the backward
 * half's is that after the first step of the sequence; of a row all of whose steps are masked, it is the initial state,
 * or 0 if that is an input of the layer's {@linkplain Graph.Node node}.
 *
 * <p>Immutable; the {@code with} methods return another layer. Without them the outputs are concatenated, and the last
 * one is returned.
 */
public final class Bidirectional implements Layer {
    private static final Option<MergeMode> MERGE = Option.choice("merge", MergeMode.class);
    static final List<Option<?>> OPTIONS = List.of(MERGE);

    private final String name;
    private final GruLayer forward;
    private final GruLayer backward;
    private final MergeMode merge;

    /** How the outputs of two layers become one. */
    public enum MergeMode {
        /** Those of the forward layer, then those of the backward layer. */
        CONCAT,
        /** The sums, unit by unit. */
        SUM,
        /** The products, unit by unit. */
        MUL,
        /** The means, unit by unit. */
        AVE
    }

    /**
     * Describes a layer that returns its last output, that of the two directions concatenated. These have the names
     * {@code forward_} and {@code backward_} with the layer's behind.
     *
     * @param name the name of the layer in its model
     * @param forward the weights that read from the first step to the last
     * @param backward the weights that read from the last step to the first
     * @throws IllegalArgumentException if they take inputs of different sizes
     */
    public Bidirectional(String name, GruWeights forward, GruWeights backward) {
        this(name, new GruLayer("forward_" + name, forward), new GruLayer("backward_" + name, backward),
                MergeMode.CONCAT);
    }

    private Bidirectional(String name, GruLayer forward, GruLayer backward, MergeMode merge) {
        this.name = Objects.requireNonNull(name, "name");
        this.forward = forward;
        this.backward = backward.withDirection(Direction.BACKWARD);
        this.merge = Objects.requireNonNull(merge, "merge");
        requireSame("input size,", forward.weights().inputSize(), backward.weights().inputSize());
        if (merge != MergeMode.CONCAT) {
            requireSame("hidden size, which " + merge + " needs,", forward.weights().hiddenSize(),
                    backward.weights().hiddenSize());
        }
    }

    private static void requireSame(String what, Object ofForward, Object ofBackward) {
        if (!ofForward.equals(ofBackward)) {
            throw new IllegalArgumentException("forward and backward must have the same " + what + " had " + ofForward
                    + " and " + ofBackward);
        }
    }

    static Bidirectional make(String name, LayerOptions options, List<Layer> parts, List<OwnedFloats> parameters) {
        GruLayer forward = (GruLayer) parts.get(0);
        GruLayer backward = (GruLayer) parts.get(1);
        if (forward.direction() != Direction.FORWARD) {
            throw new IllegalArgumentException("forward must have the direction FORWARD, had " + forward.direction());
        }
        requireSame("returnSequences,", forward.returnSequences(), backward.returnSequences());
        return new Bidirectional(name, forward, backward, options.get(MERGE));
    }

    /** Returns two values under the names of the parts. */
    static <T> Map<String, T> byName(T forward, T backward) {
        Map<String, T> both = new LinkedHashMap<>();
        both.put("forward", forward);
        both.put("backward", backward);
        return Collections.unmodifiableMap(both);
    }

    /**
     * Returns the same layer with another way of merging.
     *
     * @throws IllegalArgumentException if the two have different numbers of units and are not concatenated
     */
    public Bidirectional withMerge(MergeMode other) {
        return new Bidirectional(name, forward, backward, other);
    }

    /** Returns the same layer with another output: that of every step, or one for the whole sequence. */
    public Bidirectional withReturnSequences(boolean everyStep) {
        return new Bidirectional(name, forward.withReturnSequences(everyStep), backward.withReturnSequences(everyStep),
                merge);
    }

    /**
     * Returns the same layer with other weights in its two directions.
     *
     * @throws IllegalArgumentException if they do not go together
     */
    public Bidirectional withWeights(GruWeights ofForward, GruWeights ofBackward) {
        return new Bidirectional(name, forward.withWeights(ofForward), backward.withWeights(ofBackward), merge);
    }

    /** Returns the same layer whose two directions have other names. */
    public Bidirectional withNames(String ofForward, String ofBackward) {
        return new Bidirectional(name, renamed(forward, ofForward), renamed(backward, ofBackward), merge);
    }

    private static GruLayer renamed(GruLayer half, String name) {
        return new GruLayer(name, half.weights()).withReturnSequences(half.returnSequences())
                .withDirection(half.direction()).withZeroOutputForMask(half.zeroOutputForMask());
    }

    /**
     * Returns the same layer with this option in its two directions. It changes no output, as that of a masked step is
     * 0 in any case, but it is in files and fingerprints.
     */
    public Bidirectional withZeroOutputForMask(boolean zero) {
        return new Bidirectional(name, forward.withZeroOutputForMask(zero), backward.withZeroOutputForMask(zero),
                merge);
    }

    @Override
    public String name() {
        return name;
    }

    /** Returns what reads from the first step to the last, as a layer by itself. */
    public GruLayer forward() {
        return forward;
    }

    /** Returns what reads from the last step to the first, as a layer by itself. */
    public GruLayer backward() {
        return backward;
    }

    /** Returns how the outputs of the two become one. */
    public MergeMode merge() {
        return merge;
    }

    /** Returns the number of features in. */
    public int inputSize() {
        return forward.weights().inputSize();
    }

    /** Returns the number of features out. */
    public int outputSize() {
        int units = forward.weights().hiddenSize();
        return merge == MergeMode.CONCAT ? units + backward.weights().hiddenSize() : units;
    }

    /** Returns whether the output is that of every step; otherwise there is one for the whole sequence. */
    public boolean returnSequences() {
        return forward.returnSequences();
    }

    @Override
    public Layer.Type type() {
        return Layer.Type.BIDIRECTIONAL;
    }

    @Override
    public LayerOptions options() {
        return LayerOptions.none().with(MERGE, merge);
    }

    @Override
    public Map<String, Layer> parts() {
        return byName(forward, backward);
    }

    @Override
    public List<Parameter> parameters() {
        List<Parameter> parameters = new ArrayList<>();
        parts().forEach((part, layer) -> layer.parameters().forEach(each -> parameters.add(each.in(part))));
        return parameters;
    }

    @Override
    public Optional<Shape> firstInput() {
        return forward.firstInput();
    }

    @Override
    public Shape outputShape(Shape input) {
        return forward.outputShape(input).withFeatures(outputSize());
    }

    /** Takes the initial states of the two directions too, vectors, if there are three inputs. */
    @Override
    public Shape outputShape(List<Shape> inputs) {
        if (Shapes.copyOf("inputs", inputs).size() != 1 && inputs.size() != 3) {
            throw new IllegalArgumentException("it takes an input and perhaps two initial states, but gets "
                    + inputs.size() + " inputs");
        }
        if (inputs.size() == 3) {
            forward.requireState(inputs.get(1));
            backward.requireState(inputs.get(2));
        }
        return outputShape(inputs.getFirst());
    }

    @Override
    public int outputSteps(List<Shape> inputs, List<Integer> steps) {
        return forward.outputSteps(inputs, steps);
    }

    @Override
    public List<Integer> stateSizes(List<Shape> inputs) {
        return List.of(forward.stateSize(), backward.stateSize());
    }

    @Override
    public Time time() {
        return Time.WHOLE_SEQUENCE;
    }

    @Override
    public Mask mask() {
        return forward.mask();
    }

    /** Two layers are equal if their two directions are, and all else is the same. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Bidirectional layer && name.equals(layer.name) && forward.equals(layer.forward)
                && backward.equals(layer.backward) && merge == layer.merge;
    }

    @Override
    public int hashCode() {
        return Objects.hash(name, forward, backward, merge);
    }

    @Override
    public String toString() {
        return "Bidirectional[name=" + name + ", forward=" + forward + ", backward=" + backward + ", merge=" + merge
                + "]";
    }
}
