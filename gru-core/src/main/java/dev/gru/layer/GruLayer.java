package dev.gru.layer;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

import dev.gru.internal.OwnedFloats;
import dev.gru.internal.Shapes;
import dev.gru.layer.LayerOptions.Option;
import dev.gru.weights.Activation;
import dev.gru.weights.Gate;
import dev.gru.weights.GruActivations;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;

/**
 * A GRU layer.
 *
 * <p>Immutable; the {@code with} methods return another layer. Its options are as in Keras if nothing is said of them:
 * it returns its last output, reads forward, and repeats its output where a step is masked.
 */
public final class GruLayer implements Layer {
    private static final Option<GruVariant> VARIANT = Option.choice("variant", GruVariant.class);
    private static final Option<Integer> INPUT_SIZE = Option.size("input_size");
    private static final Option<Integer> HIDDEN_SIZE = Option.size("hidden_size");
    private static final Option<Activation> GATES = Option.activation("gates");
    private static final Option<Activation> CANDIDATE = Option.activation("candidate");
    private static final Option<Float> CLIP = Option.bound("clip");
    private static final Option<Boolean> RETURN_SEQUENCES = Option.flag("return_sequences");
    private static final Option<Direction> DIRECTION = Option.choice("direction", Direction.class);
    private static final Option<Boolean> ZERO_OUTPUT_FOR_MASK = Option.flag("zero_output_for_mask");
    static final List<Option<?>> OPTIONS = List.of(VARIANT, INPUT_SIZE, HIDDEN_SIZE, GATES, CANDIDATE, CLIP,
            RETURN_SEQUENCES, DIRECTION, ZERO_OUTPUT_FOR_MASK);
    static final List<Option<?>> DIGESTED = List.of(VARIANT, GATES, CANDIDATE, CLIP, RETURN_SEQUENCES, DIRECTION,
            ZERO_OUTPUT_FOR_MASK, INPUT_SIZE, HIDDEN_SIZE);

    private final String name;
    private final GruWeights weights;
    private final boolean returnSequences;
    private final Direction direction;
    private final boolean zeroOutputForMask;

    /** From which end a layer reads a sequence, and in which order its outputs are. */
    public enum Direction {
        /** From the first step to the last. */
        FORWARD,
        /**
         * From the last step to the first, the output of each step at the place of the step: ONNX's {@code reverse},
         * and the backward layer of a {@link Bidirectional}.
         */
        BACKWARD,
        /**
         * From the last step to the first, the outputs in the order in which they are made, that of the last step
         * first: Keras's {@code go_backwards}. A mask stays in the order of the input.
         */
        BACKWARD_AS_READ
    }

    /**
     * Describes a layer that returns its last output, reads forward, and repeats its output where a step is masked.
     *
     * @param name the name of the layer in its model
     * @param weights the recurrence and its weights
     */
    public GruLayer(String name, GruWeights weights) {
        this(name, weights, false, Direction.FORWARD, false);
    }

    private GruLayer(String name, GruWeights weights, boolean returnSequences, Direction direction,
            boolean zeroOutputForMask) {
        this.name = Objects.requireNonNull(name, "name");
        this.weights = Objects.requireNonNull(weights, "weights");
        this.returnSequences = returnSequences;
        this.direction = Objects.requireNonNull(direction, "direction");
        this.zeroOutputForMask = zeroOutputForMask;
    }

    static List<Parameter.Spec> specs(LayerOptions options) {
        return specs(options.get(INPUT_SIZE), options.get(HIDDEN_SIZE));
    }

    private static List<Parameter.Spec> specs(int inputSize, int hiddenSize) {
        long rows = (long) Gate.COUNT * hiddenSize;
        return List.of(Parameter.Spec.of("weight_ih", Parameter.Role.INPUT_MATRIX, rows, inputSize),
                Parameter.Spec.of("weight_hh", Parameter.Role.RECURRENT_MATRIX, rows, hiddenSize),
                Parameter.Spec.of("bias_ih", Parameter.Role.BIAS, rows),
                Parameter.Spec.of("bias_hh", Parameter.Role.BIAS, rows));
    }

    /** Returns weights of 0, for a layer that is given by its sizes. */
    static GruWeights zeros(GruVariant variant, int features, int units) {
        Objects.requireNonNull(variant, "variant");
        Shapes.requirePositive("units", units);
        String weights = "weights of " + units + " units";
        // Before the first of them is allocated, which could fail for want of memory where another is too large.
        int recurrent = Shapes.requireArray("recurrent " + weights, Gate.COUNT, units, units);
        int rows = Gate.COUNT * units;
        return new GruWeights(variant, features, units,
                new float[Shapes.requireArray("input " + weights, Gate.COUNT, units, features)], new float[recurrent],
                new float[rows], new float[rows]);
    }

    static GruLayer make(String name, LayerOptions options, List<Layer> parts, List<OwnedFloats> parameters) {
        GruActivations activations = new GruActivations(options.get(GATES), options.get(CANDIDATE), options.get(CLIP));
        GruWeights weights = GruWeights.owning(options.get(VARIANT), activations, options.get(INPUT_SIZE),
                options.get(HIDDEN_SIZE), parameters.get(0), parameters.get(1), parameters.get(2), parameters.get(3));
        return new GruLayer(name, weights, options.get(RETURN_SEQUENCES), options.get(DIRECTION),
                options.get(ZERO_OUTPUT_FOR_MASK));
    }

    /**
     * Returns the same layer with another output: that of every step, (batch, steps, hiddenSize), or that of the last
     * step that it reads, (batch, hiddenSize).
     */
    public GruLayer withReturnSequences(boolean everyStep) {
        return new GruLayer(name, weights, everyStep, direction, zeroOutputForMask);
    }

    /** Returns the same layer that reads from another end. */
    public GruLayer withDirection(Direction other) {
        return new GruLayer(name, weights, returnSequences, other, zeroOutputForMask);
    }

    /**
     * Returns the same layer with 0 for the output of a masked step, or with the output of the step that was read
     * before it. Of no consequence unless the layer returns sequences.
     *
     * <p>Where no step was read before, that is the initial state: what a stream has come with. An initial state that
     * is an input of the layer's {@linkplain Graph.Node node} is no output, as in Keras: up to the first step that is
     * read, and as the last output of a row without one, there is 0.
     */
    public GruLayer withZeroOutputForMask(boolean zero) {
        return new GruLayer(name, weights, returnSequences, direction, zero);
    }

    /** Returns a layer of the same name and options with other weights, which may be of other sizes. */
    public GruLayer withWeights(GruWeights other) {
        return new GruLayer(name, other, returnSequences, direction, zeroOutputForMask);
    }

    @Override
    public String name() {
        return name;
    }

    /** Returns the recurrence and its weights. */
    public GruWeights weights() {
        return weights;
    }

    /** Returns whether the output is that of every step; otherwise it is that of the last one. */
    public boolean returnSequences() {
        return returnSequences;
    }

    /** Returns from which end the layer reads. */
    public Direction direction() {
        return direction;
    }

    /**
     * Returns whether the output of a masked step is 0; otherwise it is that of the step before, as
     * {@link #withZeroOutputForMask} says.
     */
    public boolean zeroOutputForMask() {
        return zeroOutputForMask;
    }

    /** Returns the number of floats that the layer carries from step to step. */
    public int stateSize() {
        return weights.variant().stateSize(weights.hiddenSize());
    }

    @Override
    public Layer.Type type() {
        return Layer.Type.GRU;
    }

    @Override
    public LayerOptions options() {
        GruActivations activations = weights.activations();
        return LayerOptions.none().with(VARIANT, weights.variant()).with(INPUT_SIZE, weights.inputSize())
                .with(HIDDEN_SIZE, weights.hiddenSize()).with(GATES, activations.gates())
                .with(CANDIDATE, activations.candidate()).with(CLIP, activations.clip())
                .with(RETURN_SEQUENCES, returnSequences).with(DIRECTION, direction)
                .with(ZERO_OUTPUT_FOR_MASK, zeroOutputForMask);
    }

    @Override
    public List<Parameter> parameters() {
        return Parameter.zip(specs(weights.inputSize(), weights.hiddenSize()), weights.weightIh(), weights.weightHh(),
                weights.biasIh(), weights.biasHh());
    }

    @Override
    public Optional<Shape> firstInput() {
        return Optional.of(Shape.sequence(weights.inputSize()));
    }

    @Override
    public Shape outputShape(Shape input) {
        Objects.requireNonNull(input, "input").requireFeatures(weights.inputSize()).requireSequence();
        return returnSequences ? Shape.sequence(weights.hiddenSize()) : Shape.vector(weights.hiddenSize());
    }

    /** Takes the initial state too, a vector, if there is a second input. */
    @Override
    public Shape outputShape(List<Shape> inputs) {
        if (Shapes.copyOf("inputs", inputs).size() > 2) {
            throw new IllegalArgumentException("it takes an input and perhaps an initial state, but gets "
                    + inputs.size() + " inputs");
        }
        if (inputs.size() == 2) {
            requireState(inputs.get(1));
        }
        return outputShape(Shapes.first("inputs", inputs));
    }

    /** Checks the shape of an initial state. */
    void requireState(Shape state) {
        if (state.isSequence() || state.features() != stateSize()) {
            throw new IllegalArgumentException("its initial state must be a vector of " + stateSize()
                    + " features, but is " + state);
        }
    }

    @Override
    public int outputSteps(List<Shape> inputs, List<Integer> steps) {
        return returnSequences ? Shapes.first("steps", steps) : 1;
    }

    @Override
    public List<Integer> stateSizes(List<Shape> inputs) {
        return List.of(stateSize());
    }

    @Override
    public Time time() {
        if (direction != Direction.FORWARD) {
            return Time.WHOLE_SEQUENCE;
        }
        return returnSequences ? Time.CAUSAL : Time.COLLAPSING;
    }

    @Override
    public Mask mask() {
        return returnSequences ? Mask.USES : Mask.ENDS;
    }

    /** Two layers are equal if they have the same weights, not only equal ones, beside the same name and options. */
    @Override
    public boolean equals(Object other) {
        return other instanceof GruLayer layer && name.equals(layer.name) && weights.equals(layer.weights)
                && returnSequences == layer.returnSequences && direction == layer.direction
                && zeroOutputForMask == layer.zeroOutputForMask;
    }

    @Override
    public int hashCode() {
        return Objects.hash(name, weights, returnSequences, direction, zeroOutputForMask);
    }

    /** Returns what the layer is; options that are as usual are left out. */
    @Override
    public String toString() {
        return "GruLayer[name=" + name + ", weights=" + weights + ", returnSequences=" + returnSequences
                + (direction == Direction.FORWARD ? "" : ", direction=" + direction)
                + (zeroOutputForMask ? ", zeroOutputForMask]" : "]");
    }
}
