package dev.gru.format.keras;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.json.ConfigObject;
import dev.gru.internal.Printable;
import dev.gru.layer.Bidirectional;
import dev.gru.layer.GlobalPooling1D;
import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Layer;
import dev.gru.layer.Merge;
import dev.gru.layer.Reshaping;
import dev.gru.layer.Shape;

/**
 * The graph of a Keras model while it grows: its inputs, and a node for each layer that has been applied.
 *
 * <p>For one model and one thread.
 */
final class Assembly {
    /** What an embedding takes as token ids; without a given type, Keras declares float32 and casts. */
    private static final Set<String> TOKEN_TYPES = Set.of("int8", "uint8", "int16", "uint16", "int32", "uint32",
            "int64", "float32");

    /** Whatever it is declared as, a layer casts its input to the type that it computes in. */
    private static final Set<String> FEATURE_TYPES = Set.of("float32", "float16", "bfloat16");

    private final List<Flow.Slot> slots = new ArrayList<>();
    private final List<Graph.Node> nodes = new ArrayList<>();
    /** What has been made a value of its own, so that it need not be made twice. */
    private final Map<Flow.Source, Integer> values = new HashMap<>();
    /** What is not a layer of the file, by name: calls of one layer share it. */
    private final Map<String, Layer> shared = new HashMap<>();

    /**
     * Adds an input.
     *
     * @param config where it is said what it is
     * @param key under which its shape is
     * @param name its name
     * @param type the type of the values
     */
    Flow input(ConfigObject config, String key, String name, String type) throws ModelFormatException {
        List<?> shape = config.list(key);
        if (shape.size() != 2 && shape.size() != 3) {
            throw config.error(key + " has " + shape.size() + " dimensions, but a sequence has 3 "
                    + "(batch, steps, features), or 2 (batch, steps) if it is one of token ids, and a vector has 2 "
                    + "(batch, features)");
        }
        int second = shape.get(1) == null ? 0 : config.size("a dimension of " + key, shape.get(1));
        int steps = second == 0 ? Flow.UNKNOWN : second;
        Flow.Slot slot = new Flow.Slot(config, name, slots.size(), second, type);
        slots.add(slot);
        if (shape.size() == 2) {
            requireType(slot, TOKEN_TYPES.contains(type) || FEATURE_TYPES.contains(type), "token ids");
            return Flow.of(slot, null, steps);
        }
        slot.shape = Shape.sequence(config.size("the last dimension of " + key, shape.get(2)));
        requireFeatures(slot);
        return Flow.of(slot, slot.shape, steps);
    }

    /** Returns whether a dtype is one of whole numbers. */
    static boolean isTokenType(Object type) {
        return type instanceof String name && TOKEN_TYPES.contains(name) && !FEATURE_TYPES.contains(name);
    }

    private static void requireFeatures(Flow.Slot slot) throws ModelFormatException {
        requireType(slot, FEATURE_TYPES.contains(slot.type), "features, only float32, float16 and bfloat16");
    }

    private static void requireType(Flow.Slot slot, boolean supported, String what) throws ModelFormatException {
        if (!supported) {
            throw slot.config.error("dtype " + Printable.quoted(slot.type) + " is not supported for " + what);
        }
    }

    /**
     * Returns a two-dimensional input as one of token ids.
     *
     * @param config the layer that takes it
     * @return null if it is something else
     */
    Flow tokens(Flow flow, ConfigObject config) throws ModelFormatException {
        Flow.Slot slot = slot(flow);
        if (slot == null) {
            return null;
        }
        if (slot.shape == null) {
            requireType(slot, TOKEN_TYPES.contains(slot.type), "token ids");
            slot.shape = Shape.tokens();
        } else if (slot.shape.kind() != Shape.Kind.TOKENS) {
            throw config.error("takes the input " + Printable.quoted(slot.name)
                    + " as token ids, which another layer takes as features; that is not supported");
        }
        return new Flow(flow.source(), Shape.tokens(), flow.steps(), flow.mask(), flow.perStep());
    }

    /** Returns a two-dimensional input as a vector of features; anything else stays as it is. */
    Flow features(Flow flow, ConfigObject config) throws ModelFormatException {
        Flow.Slot slot = slot(flow);
        if (slot == null) {
            return flow;
        }
        if (slot.shape == null && slot.width > 0) {
            requireFeatures(slot);
            slot.shape = Shape.vector(slot.width);
        } else if (slot.shape == null || slot.shape.kind() == Shape.Kind.TOKENS) {
            flow.requireSequence(config); // says what it is instead
        }
        return new Flow(flow.source(), slot.shape, 1, flow.mask(), flow.perStep());
    }

    /** Returns the two-dimensional input that an array is, with nothing but identities between them, or null. */
    private Flow.Slot slot(Flow flow) {
        if (flow.ofSource() != null) {
            return null;
        }
        int number = flow.source() instanceof Flow.Value value ? value.number() : ((Flow.Slot) flow.source()).number;
        while (number >= slots.size()) {
            number = nodes.get(number - slots.size()).inputs().getFirst();
        }
        return slots.get(number);
    }

    /**
     * Applies a layer.
     *
     * @param config where its configuration is
     * @return its output, with the mask of its first input as the layer has it
     * @throws ModelFormatException if it does not take such inputs
     */
    Flow add(ConfigObject config, Layer layer, Flow... inputs) throws ModelFormatException {
        List<Integer> numbers = new ArrayList<>();
        List<Shape> shapes = new ArrayList<>();
        List<Integer> steps = new ArrayList<>();
        for (Flow input : inputs) {
            numbers.add(value(config, input));
            shapes.add(input.ofSource());
            steps.add(input.steps());
        }
        Flow first = inputs[0];
        requireDefined(config, layer.mask(), inputs);
        nodes.add(new Graph.Node(layer, numbers));
        Flow.Value value = new Flow.Value(slots.size() + nodes.size() - 1);
        if (first.ofSource() == null) {
            return new Flow(value, null, first.steps(), first.mask(), first.perStep());
        }
        try {
            Shape shape = shapes.size() == 1 ? layer.outputShape(first.ofSource()) : layer.outputShape(shapes);
            int left = steps.contains(Flow.UNKNOWN) ? Flow.UNKNOWN : layer.outputSteps(shapes, steps);
            Flow.Mask mask = switch (layer.mask()) {
                case USES -> shape.isSequence() ? first.mask().withUndefined(false) : Flow.Mask.NONE;
                case HANDS_ON -> shape.isSequence() ? first.mask() : Flow.Mask.NONE;
                case ENDS, DROPS, MAKES -> Flow.Mask.NONE;
            };
            return new Flow(value, shape, shape.isSequence() ? left : 1, mask, first.perStep());
        } catch (IllegalArgumentException | ArithmeticException e) {
            // What the types of the library find wrong with their arguments, which are those of the file.
            throw new ModelFormatException(config.where() + ": " + Printable.of(e), e);
        }
    }

    /** What computes masked steps like all others needs to know what they hold. */
    private static void requireDefined(ConfigObject config, Layer.Mask mask, Flow... inputs)
            throws ModelFormatException {
        boolean looks = mask == Layer.Mask.DROPS || mask == Layer.Mask.MAKES;
        for (Flow input : inputs) {
            if (looks && input.mask().undefined()) {
                throw config.error(
                        "computes from masked steps of a Multiply, Maximum or Minimum, of which versions of Keras "
                                + "differ; that is not supported");
            }
        }
    }

    /**
     * Returns the number of the value that an array is, which becomes one if it is none.
     *
     * @param config who takes it
     */
    int value(ConfigObject config, Flow flow) throws ModelFormatException {
        if (flow.source() instanceof Flow.Slot slot) {
            return slot.number;
        }
        if (flow.source() instanceof Flow.Value value) {
            return value.number();
        }
        Integer made = values.get(flow.source());
        if (made == null) {
            if (flow.source() instanceof Flow.State state) {
                if (state.problem() != null) {
                    throw config.error("takes a state of " + Printable.quoted(state.name()) + ", " + state.problem());
                }
                made = state(state);
            } else {
                Flow.Part part = (Flow.Part) flow.source();
                made = add(part.name(), name -> new Reshaping.Slice(name, part.first(), part.count()), part.number());
            }
            values.put(flow.source(), made);
        }
        return made;
    }

    private int state(Flow.State state) {
        int last = state.number();
        Graph.Node returned = nodes.get(last - slots.size());
        if (state.carried()) {
            return last(state.name(), state.backward(), carried(state, returned));
        }
        if (returnsSequences(returned.layer())) {
            last = last(state.name(), state.backward(), last);
        }
        return slice(state, last, features(state.number()));
    }

    /** Returns a sequence whose last unmasked step is a state: the initial one is a step before all others. */
    private int carried(Flow.State state, Graph.Node returned) {
        int steps = slice(state, state.number(), features(state.number()));
        int initial = add(state.name() + "/initial", name -> new Reshaping.Reshape(name, Shape.sequence(state.count())),
                returned.inputs().get(1 + state.index()));
        int[] order = state.backward() ? new int[]{steps, initial} : new int[]{initial, steps};
        return add(state.name() + "/carried", name -> new Merge(name, Merge.Kind.CONCATENATE_STEPS), order);
    }

    /**
     * Returns the last step of a sequence of a GRU that is not masked.
     *
     * @param name what a layer would be called that takes it out
     * @param backward whether the GRU ends at the first step
     */
    Flow last(String name, boolean backward, Flow sequence) {
        int number = last(name, backward, ((Flow.Value) sequence.source()).number());
        return Flow.of(new Flow.Value(number), Shape.vector(sequence.features()), 1);
    }

    private int last(String layer, boolean backward, int sequence) {
        return add(layer,
                name -> new GlobalPooling1D(name, backward ? GlobalPooling1D.Kind.FIRST : GlobalPooling1D.Kind.LAST),
                sequence);
    }

    private int slice(Flow.State state, int value, int all) {
        return all == state.count()
                ? value
                : add(state.name() + "/slice", name -> new Reshaping.Slice(name, state.first(), state.count()), value);
    }

    private static boolean returnsSequences(Layer layer) {
        return switch (layer) {
            case GruLayer gru -> gru.returnSequences();
            case Bidirectional both -> both.returnSequences();
            default -> true;
        };
    }

    private int features(int value) {
        return switch (nodes.get(value - slots.size()).layer()) {
            case GruLayer gru -> gru.weights().hiddenSize();
            case Bidirectional both -> both.outputSize();
            default -> 0;
        };
    }

    private int add(String name, Function<String, Layer> maker, int... from) {
        nodes.add(new Graph.Node(layer(name, maker), Arrays.stream(from).boxed().toList()));
        return slots.size() + nodes.size() - 1;
    }

    /** Returns a layer that is not one of the file: the one of that name, which is made if there is none yet. */
    Layer layer(String name, Function<String, Layer> maker) {
        return shared.computeIfAbsent(name, maker);
    }

    /** Returns the nodes so far. */
    List<Graph.Node> nodes() {
        return nodes;
    }

    /** Returns the inputs, all of whose shapes must be known by now. */
    List<Graph.Input> inputs() throws ModelFormatException {
        List<Graph.Input> inputs = new ArrayList<>();
        for (Flow.Slot slot : slots) {
            if (slot.shape == null) {
                throw slot.config.error("is not taken by any layer that says what it is");
            }
            inputs.add(new Graph.Input(slot.name, slot.shape));
        }
        return inputs;
    }
}
