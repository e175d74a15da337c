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
 * A convolution over the steps of a sequence: a dense layer over windows of {@code kernelSize} steps, {@code dilation}
 * steps apart, of which one begins every {@code stride} steps. With groups, each group of filters sees its own part of
 * the channels only; a depthwise convolution has as many groups as channels.
 *
 * <p>With n = (kernelSize − 1) · dilation + 1 steps in a window, T steps become (T − n) / stride + 1 if the padding is
 * VALID, and ⌈T / stride⌉ if it is SAME or CAUSAL.
 *
 * <p>Immutable; the {@code with} methods return another layer.
 */
public final class Conv1D implements Layer {
    private static final Option<Integer> INPUT_SIZE = Option.size("input_size");
    private static final Option<Integer> FILTERS = Option.size("filters");
    private static final Option<Integer> KERNEL_SIZE = Option.size("kernel_size");
    private static final Option<Integer> STRIDE = Option.size("stride");
    private static final Option<Integer> DILATION = Option.size("dilation");
    private static final Option<Integer> GROUPS = Option.size("groups");
    private static final Option<Padding> PADDING = Option.choice("padding", Padding.class);
    private static final Option<Activation> ACTIVATION = Option.activation("activation");
    static final List<Option<?>> OPTIONS = List.of(INPUT_SIZE, FILTERS, KERNEL_SIZE, STRIDE, DILATION, GROUPS, PADDING,
            ACTIVATION);

    private final String name;
    private final int inputSize;
    private final int kernelSize;
    private final int groups;
    private final DenseWeights weights;
    private final int stride;
    private final int dilation;
    private final Padding padding;

    /** What is before the first step and after the last one. */
    public enum Padding {
        /** Nothing: windows lie within the sequence. */
        VALID,
        /**
         * Zeros on both sides, as few as give ⌈T / stride⌉ outputs, one more at the end if their number is odd. Pooling
         * leaves them out.
         */
        SAME,
        /** (kernelSize − 1) · dilation zeros before the first step, so that no output depends on later steps. */
        CAUSAL;

        /**
         * Returns how many zeros are before the first step.
         *
         * @param window steps from the first to the last of a window
         * @param stride steps from window to window
         * @param steps steps of the sequence
         */
        public int before(int window, int stride, int steps) {
            requirePositive(window, stride);
            return switch (this) {
                case VALID -> 0;
                case SAME -> Math.max((Math.ceilDiv(steps, stride) - 1) * stride + window - steps, 0) / 2;
                case CAUSAL -> window - 1;
            };
        }

        /**
         * Returns how many windows there are.
         *
         * @throws IllegalArgumentException if not even one fits; the other arguments are those of {@link #before}
         */
        public int windows(int window, int stride, int steps) {
            requirePositive(window, stride);
            if (this != VALID) {
                return Math.ceilDiv(steps, stride);
            }
            if (steps < window) {
                throw new IllegalArgumentException("it needs at least " + window + " steps, but gets " + steps);
            }
            return (steps - window) / stride + 1;
        }

        private static void requirePositive(int window, int stride) {
            Shapes.requirePositive("window", window);
            Shapes.requirePositive("stride", stride);
        }
    }

    /**
     * Describes a convolution with stride 1, without dilation and padding.
     *
     * @param name the name of the layer in its model
     * @param inputSize channels: features per step
     * @param kernelSize steps in a window, at least 1
     * @param weights the weights and the activation: one output for each filter, and inputs for each step of the window
     *     and, in it, each channel of a group. There are inputSize · kernelSize / weights.inputSize() groups
     * @throws IllegalArgumentException if the sizes do not go together
     */
    public Conv1D(String name, int inputSize, int kernelSize, DenseWeights weights) {
        this(name, inputSize, kernelSize, groups(inputSize, kernelSize, weights), weights, 1, 1, Padding.VALID);
    }

    private Conv1D(String name, int inputSize, int kernelSize, int groups, DenseWeights weights, int stride,
            int dilation, Padding padding) {
        this.name = Objects.requireNonNull(name, "name");
        this.inputSize = inputSize;
        this.kernelSize = kernelSize;
        this.groups = groups;
        this.weights = weights;
        this.stride = Shapes.requirePositive("stride", stride);
        this.dilation = Shapes.requirePositive("dilation", dilation);
        this.padding = Objects.requireNonNull(padding, "padding");
        if (stride > 1 && dilation > 1) {
            throw new IllegalArgumentException("stride and dilation must not both be above 1, were " + stride + " and "
                    + dilation);
        }
        if ((kernelSize - 1L) * dilation >= Shapes.MAX_ARRAY) {
            throw new IllegalArgumentException("kernelSize × dilation must be less than an array holds, was "
                    + kernelSize + " × " + dilation);
        }
    }

    private static int groups(int inputSize, int kernelSize, DenseWeights weights) {
        Shapes.requirePositive("inputSize", inputSize);
        Shapes.requirePositive("kernelSize", kernelSize);
        Objects.requireNonNull(weights, "weights");
        long all = (long) inputSize * kernelSize;
        long groups = all / weights.inputSize();
        if (groups * weights.inputSize() != all || groups == 0 || inputSize % groups != 0
                || weights.outputSize() % groups != 0) {
            throw new IllegalArgumentException("weights must have inputSize × kernelSize / groups inputs, where"
                    + " inputSize = " + inputSize + " and their outputs are multiples of groups, kernelSize = "
                    + kernelSize + ", were " + weights);
        }
        return (int) groups;
    }

    static List<Parameter.Spec> specs(LayerOptions options) {
        int groups = options.get(GROUPS);
        int inputSize = options.get(INPUT_SIZE);
        if (inputSize % groups != 0) {
            throw new IllegalArgumentException("input_size must be a multiple of groups = " + groups + ", was "
                    + inputSize);
        }
        return specs(options.get(FILTERS), options.get(KERNEL_SIZE), inputSize / groups);
    }

    private static List<Parameter.Spec> specs(int filters, int kernelSize, int channels) {
        return List.of(Parameter.Spec.of("weight", Parameter.Role.INPUT_MATRIX, filters, kernelSize, channels),
                Parameter.Spec.of("bias", Parameter.Role.BIAS, filters));
    }

    /** Returns weights of 0, for a layer that is given by its sizes, with so many channels in each group. */
    static DenseWeights zeros(int filters, int kernelSize, int channels, Activation activation) {
        Shapes.requirePositive("filters", filters);
        Shapes.requirePositive("kernelSize", kernelSize);
        Objects.requireNonNull(activation, "activation");
        int weights = Shapes.requireArray("weights of " + filters + " filters", filters, kernelSize, channels);
        return new DenseWeights(kernelSize * channels, filters, activation, new float[weights], new float[filters]);
    }

    static Conv1D make(String name, LayerOptions options, List<Layer> parts, List<OwnedFloats> parameters) {
        int inputs = Shapes.requireArray("inputs", options.get(KERNEL_SIZE),
                options.get(INPUT_SIZE) / options.get(GROUPS));
        DenseWeights weights = DenseWeights.owning(inputs, options.get(FILTERS), options.get(ACTIVATION),
                parameters.get(0), parameters.get(1));
        return new Conv1D(name, options.get(INPUT_SIZE), options.get(KERNEL_SIZE), weights)
                .withStride(options.get(STRIDE)).withDilation(options.get(DILATION)).withPadding(options.get(PADDING));
    }

    /**
     * Returns the same layer with another stride.
     *
     * @throws IllegalArgumentException if it is below 1, or above it where there is dilation
     */
    public Conv1D withStride(int other) {
        return new Conv1D(name, inputSize, kernelSize, groups, weights, other, dilation, padding);
    }

    /**
     * Returns the same layer with other distances between the steps of a window.
     *
     * @throws IllegalArgumentException if it is below 1, or above it where there is a stride
     */
    public Conv1D withDilation(int other) {
        return new Conv1D(name, inputSize, kernelSize, groups, weights, stride, other, padding);
    }

    /** Returns the same layer with another padding. */
    public Conv1D withPadding(Padding other) {
        return new Conv1D(name, inputSize, kernelSize, groups, weights, stride, dilation, other);
    }

    @Override
    public String name() {
        return name;
    }

    /** Returns the channels: features per step of the input. */
    public int inputSize() {
        return inputSize;
    }

    /** Returns the steps that are in a window. */
    public int kernelSize() {
        return kernelSize;
    }

    /** Returns into how many groups the channels and the filters are divided. */
    public int groups() {
        return groups;
    }

    /** Returns the filters: features per step of the output. */
    public int filters() {
        return weights.outputSize();
    }

    /**
     * Returns the weights and the activation: an output for each filter, group after group; inputs for each step of a
     * window and, in it, each channel of the filter's group.
     */
    public DenseWeights weights() {
        return weights;
    }

    /** Returns the steps from the beginning of a window to that of the next. */
    public int stride() {
        return stride;
    }

    /** Returns the distance between neighbouring steps of a window. */
    public int dilation() {
        return dilation;
    }

    /** Returns what is before the first step and after the last one. */
    public Padding padding() {
        return padding;
    }

    /** Returns the steps from the first to the last of a window. */
    public int window() {
        return (kernelSize - 1) * dilation + 1;
    }

    @Override
    public Layer.Type type() {
        return Layer.Type.CONV1D;
    }

    @Override
    public LayerOptions options() {
        return LayerOptions.none().with(INPUT_SIZE, inputSize).with(FILTERS, filters()).with(KERNEL_SIZE, kernelSize)
                .with(STRIDE, stride).with(DILATION, dilation).with(GROUPS, groups).with(PADDING, padding)
                .with(ACTIVATION, weights.activation());
    }

    @Override
    public List<Parameter> parameters() {
        return Parameter.zip(specs(filters(), kernelSize, inputSize / groups), weights.weight(), weights.bias());
    }

    @Override
    public Optional<Shape> firstInput() {
        return Optional.of(Shape.sequence(inputSize));
    }

    @Override
    public Shape outputShape(Shape input) {
        return Objects.requireNonNull(input, "input").requireFeatures(inputSize).requireSequence()
                .withFeatures(filters());
    }

    @Override
    public int outputSteps(List<Shape> inputs, List<Integer> steps) {
        return padding.windows(window(), stride, Shapes.first("steps", steps));
    }

    /** Returns the inputs of the steps before that a window reaches back to, if the layer is causal. */
    @Override
    public List<Integer> stateSizes(List<Shape> inputs) {
        return time() == Time.CAUSAL
                ? List.of(Shapes.requireArray("states of " + name, window() - 1, inputSize))
                : List.of();
    }

    @Override
    public Time time() {
        if (kernelSize == 1 && stride == 1) {
            return Time.PER_STEP;
        }
        return padding == Padding.CAUSAL && stride == 1 ? Time.CAUSAL : Time.WHOLE_SEQUENCE;
    }

    @Override
    public Mask mask() {
        return Mask.DROPS;
    }

    @Override
    public String toString() {
        return "Conv1D[" + name + ", " + inputSize + "→" + filters() + ", kernelSize=" + kernelSize + ", stride="
                + stride + ", dilation=" + dilation + ", groups=" + groups + ", " + padding + ", "
                + weights.activation() + "]";
    }
}
