package dev.gru.layer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.gru.internal.Printable;
import dev.gru.internal.Shapes;

/**
 * A model: a directed acyclic graph of layers. Each node applies a layer to some values, inputs of the model or outputs
 * of nodes before it, and its output is another value. A {@link Sequential} is a graph whose nodes form a chain.
 *
 * <p>Values are counted: first the inputs of the model, then the outputs of the nodes, in their order. A layer that
 * several nodes apply is shared: it has its weights once, and a state for each node.
 *
 * <p>Some steps may be masked: those of padding, if an embedding masks it, those that a {@link Masking} layer finds,
 * and those beyond the length of a row. The mask goes from layer to layer, as {@link Layer#mask} says. Recurrent layers
 * skip masked steps; what their outputs are there is an option of theirs.
 *
 * <p>Immutable and safe for use by any number of threads.
 */
public sealed class Graph permits Sequential {
    private final List<Input> inputs;
    private final List<Node> nodes;
    private final List<Integer> outputs;
    private final List<Layer> layers;
    private final List<Shape> shapes;
    private final Signature signature;

    /**
     * An input of a model.
     *
     * @param name its name, by which messages and summaries call it
     * @param shape token ids, features of a sequence or a vector
     */
    public record Input(String name, Shape shape) {
        /** Checks that nothing is null. */
        public Input {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(shape, "shape");
        }
    }

    /**
     * A layer with what it is applied to.
     *
     * @param layer the layer
     * @param inputs the numbers of the values that go in, in the order in which the layer takes them. The second input
     *     of a GRU layer is its initial state; the second and the third of a bidirectional layer are those of its
     *     directions
     */
    public record Node(Layer layer, List<Integer> inputs) {
        /** Copies the list, and checks that nothing is null. */
        public Node {
            Objects.requireNonNull(layer, "layer");
            inputs = Shapes.copyOf("inputs", inputs);
        }

        /**
         * Returns which steps of its inputs an output depends on; a GRU with an initial state needs the whole of it.
         */
        public Layer.Time time() {
            return layer instanceof GruLayer && inputs.size() > 1 ? Layer.Time.WHOLE_SEQUENCE : layer.time();
        }
    }

    /**
     * Checks that nodes and layers fit.
     *
     * @param inputs the inputs of the model, at least one, of different names
     * @param nodes the nodes, each after those whose outputs it takes
     * @param outputs the numbers of the values that the model returns, at least one
     * @param signature the arrays of the model, or null for the {@link Signature#standard(Map, List) standard} ones
     * @throws IllegalArgumentException if a node takes a value that there is not, a layer does not take what it gets,
     *     two different layers have one name, or the signature is not one of such a model
     */
    public Graph(List<Input> inputs, List<Node> nodes, List<Integer> outputs, Signature signature) {
        this.inputs = Shapes.copyOf("inputs", inputs);
        this.nodes = Shapes.copyOf("nodes", nodes);
        this.outputs = Shapes.copyOf("outputs", outputs);
        if (this.inputs.isEmpty() || this.outputs.isEmpty()) {
            throw new IllegalArgumentException("a model must have at least one input and one output, had "
                    + this.inputs.size() + " and " + this.outputs.size());
        }
        shapes = shapes();
        Set<Layer> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        boolean chain = isChain();
        layers = this.nodes.stream().map(Node::layer).filter(layer -> seen.add(layer) || chain).toList();
        this.outputs.forEach(output -> Shapes.requireIndex("outputs", output, shapes.size()));
        requireDifferent("inputs", this.inputs.stream().map(Input::name));
        requireDifferent("the layers of a graph", chain ? Stream.of() : layers.stream().map(Layer::name));
        List<Shape> outputShapes = this.outputs.stream().map(shapes::get).toList();
        Map<String, Shape> named = new LinkedHashMap<>();
        this.inputs.forEach(input -> named.put(input.name(), input.shape()));
        this.signature = signature == null ? Signature.standard(named, outputShapes) : signature;
        SignatureCheck.requireFits(this.signature, List.copyOf(named.values()), outputShapes,
                stateSizes().stream().mapToInt(Integer::intValue).toArray());
    }

    private List<Shape> shapes() {
        List<Shape> all = new ArrayList<>();
        inputs.forEach(input -> all.add(input.shape()));
        for (Node node : nodes) {
            List<Shape> ofInputs = new ArrayList<>();
            for (int input : node.inputs()) {
                ofInputs.add(all.get(Shapes.requireIndex("inputs of layer " + Printable.of(node.layer().name()), input,
                        all.size())));
            }
            all.add(outputShape(node.layer(), ofInputs));
        }
        return List.copyOf(all);
    }

    /**
     * Returns the shape of a layer's output.
     *
     * @throws IllegalArgumentException if the layer does not take such inputs; the message names it
     */
    static Shape outputShape(Layer layer, List<Shape> inputs) {
        try {
            Shapes.requirePositive("inputs", inputs.size());
            return inputs.size() == 1 ? layer.outputShape(inputs.getFirst()) : layer.outputShape(inputs);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("layer " + Printable.of(layer.name()) + ": " + e.getMessage(), e);
        }
    }

    private static void requireDifferent(String what, Stream<String> names) {
        Set<String> seen = new HashSet<>();
        names.filter(name -> !seen.add(name)).findFirst().ifPresent(name -> {
            throw new IllegalArgumentException(
                    what + " must have different names, but two are called " + Printable.of(name));
        });
    }

    /** Returns the inputs of the model, which are the first values. */
    public final List<Input> inputs() {
        return inputs;
    }

    /** Returns the nodes, each after those whose outputs it takes. */
    public final List<Node> nodes() {
        return nodes;
    }

    /** Returns the numbers of the values that the model returns. */
    public final List<Integer> outputs() {
        return outputs;
    }

    /** Returns the arrays that go in and come out, by name. */
    public final Signature signature() {
        return signature;
    }

    /** Returns the layers in the order of the nodes, a shared layer once; those of a chain one for each node. */
    public final List<Layer> layers() {
        return layers;
    }

    /** Returns the places in {@link #nodes} of the nodes that apply a layer, this one and not one like it. */
    @SuppressWarnings("ReferenceEquality") // shared is what is the same
    public final List<Integer> uses(Layer layer) {
        return IntStream.range(0, nodes.size()).filter(i -> nodes.get(i).layer() == layer).boxed().toList();
    }

    /**
     * Returns whether there is one input, each node takes the output of the one before it, and the last is returned.
     */
    public final boolean isChain() {
        return inputs.size() == 1 && outputs.equals(List.of(nodes.size()))
                && IntStream.range(0, nodes.size()).allMatch(i -> nodes.get(i).inputs().equals(List.of(i)));
    }

    /**
     * Returns the shape of a value.
     *
     * @param value its number
     */
    public final Shape shape(int value) {
        return shapes.get(Shapes.requireIndex("value", value, shapes.size()));
    }

    /** Returns the shapes of what goes into a node. */
    public final List<Shape> inputShapes(Node node) {
        return Objects.requireNonNull(node, "node").inputs().stream().map(this::shape).toList();
    }

    /**
     * Returns how many steps each value has in a run.
     *
     * @param ofInputs the steps of the model's inputs; a vector has 1
     * @throws IllegalArgumentException if a layer does not take so many; the message names it
     */
    public final List<Integer> steps(List<Integer> ofInputs) {
        List<Integer> steps = new ArrayList<>(Shapes.copyOf("steps", ofInputs));
        if (steps.size() != inputs.size()) {
            throw new IllegalArgumentException("steps must be those of " + inputs.size() + " inputs, were " + steps);
        }
        for (Node node : nodes) {
            try {
                steps.add(node.layer().outputSteps(inputShapes(node), node.inputs().stream().map(steps::get).toList()));
            } catch (IllegalArgumentException | ArithmeticException e) {
                throw new IllegalArgumentException("layer " + Printable.of(node.layer().name()) + ": " + e.getMessage(),
                        e);
            }
        }
        return steps;
    }

    /** Returns the floats that one stream carries from step to step, for each state of each node, in their order. */
    public final List<Integer> stateSizes() {
        return nodes.stream().flatMap(node -> node.layer().stateSizes(inputShapes(node)).stream()).toList();
    }

    /** Returns the table that the tokens of the first input are looked up in, or nothing if it takes features. */
    public final Optional<Embedding> embedding() {
        return embeddings(0).findFirst();
    }

    /** Returns the tables that the tokens of an input are looked up in; none if it takes features. */
    public final Stream<Embedding> embeddings(int input) {
        Set<Integer> ids = new HashSet<>(
                shape(Shapes.requireIndex("input", input, inputs.size())).kind() == Shape.Kind.TOKENS
                        ? Set.of(input)
                        : Set.of());
        List<Embedding> found = new ArrayList<>();
        for (int i = 0; i < nodes.size(); i++) {
            Node node = nodes.get(i);
            if (ids.contains(node.inputs().getFirst())) {
                if (node.layer() instanceof Embedding table) {
                    found.add(table);
                } else {
                    ids.add(inputs.size() + i);
                }
            }
        }
        return found.stream();
    }

    /** Returns whether an input array holds ints, as lengths and token ids do; all others hold floats. */
    public final boolean takesInts(Signature.Port input) {
        return Objects.requireNonNull(input, "input").role().isInts(input.role() == Signature.Role.INPUT
                && inputs.get(input.index()).shape().kind() == Shape.Kind.TOKENS);
    }

    /** Returns the shape of the first input. */
    public final Shape inputShape() {
        return inputs.getFirst().shape();
    }

    /** Returns the number of features per step of the first input; 1, the id, if it takes tokens. */
    public final int inputSize() {
        return inputShape().features();
    }

    /** Returns the number of features of the first output, per step or in all. */
    public final int outputSize() {
        return shape(outputs.getFirst()).features();
    }

    /** Returns whether the first output has steps; otherwise there is one vector for the whole sequence. */
    public final boolean returnsSequences() {
        return shape(outputs.getFirst()).isSequence();
    }

    /**
     * Returns the shape of a node's output.
     *
     * @param index the node's place in {@link #nodes}, which in a chain is the layer's place in {@link #layers}
     */
    public final Shape outputShape(int index) {
        return shape(inputs.size() + Shapes.requireIndex("index", index, nodes.size()));
    }

    /**
     * Returns the GRU layers of all nodes in their order, the two of a bidirectional layer among them, forward before
     * backward.
     */
    public final List<GruLayer> recurrentLayers() {
        return nodes.stream().map(Node::layer)
                .flatMap(layer -> Stream.concat(Stream.of(layer), layer.parts().values().stream()))
                .filter(GruLayer.class::isInstance).map(GruLayer.class::cast).toList();
    }

    /**
     * Returns the first layer that needs whole sequences, or nothing if there is none. With one, a model runs on whole
     * sequences only.
     */
    public final Optional<Layer> wholeSequences() {
        return IntStream.range(0, nodes.size()).filter(this::needsWholeSequence)
                .mapToObj(i -> nodes.get(i).layer()).findFirst();
    }

    /** Returns whether a node needs whole sequences; one that makes vectors of vectors does not, whatever its layer. */
    private boolean needsWholeSequence(int index) {
        Node node = nodes.get(index);
        return node.time() == Layer.Time.WHOLE_SEQUENCE && (outputShape(index).isSequence()
                || inputShapes(node).stream().anyMatch(Shape::isSequence));
    }

    /**
     * Returns the same model with other layers of the same types, options and shapes: with other weights.
     *
     * @param others one for each of {@link #layers}, in their order
     */
    public final Graph withLayers(List<? extends Layer> others) {
        List<Layer> copies = Shapes.copyOf("layers", others);
        Layer.Type.requireCount(layers.size(), copies);
        if (isChain()) {
            return new Sequential(copies, inputs.getFirst(), signature);
        }
        IdentityHashMap<Layer, Layer> replaced = new IdentityHashMap<>();
        for (int i = 0; i < copies.size(); i++) {
            replaced.put(layers.get(i), copies.get(i));
        }
        return new Graph(inputs,
                nodes.stream().map(node -> new Node(replaced.get(node.layer()), node.inputs())).toList(), outputs,
                signature);
    }

    @Override
    public String toString() {
        return (isChain() ? "Sequential" : "Graph") + layers;
    }

    /**
     * Makes a graph in code, node by node:
     *
     * <pre>{@code
     * Graph.Builder graph = new Graph.Builder();
     * int x = graph.input("x", Shape.sequence(42));
     * int h = graph.add(new GruLayer("gru", weights).withReturnSequences(true), x);
     * int sum = graph.add(new Merge("add", Merge.Kind.ADD), x, h);
     * Graph residual = graph.build(graph.add(new Dense("dense", out), sum));
     * }</pre>
     *
     * <p>Not safe for use by two threads at once.
     */
    public static final class Builder {
        private final List<Input> inputs = new ArrayList<>();
        private final List<Node> nodes = new ArrayList<>();
        private Signature signature;

        /** Begins without inputs and nodes. */
        public Builder() {
        }

        /**
         * Adds an input and returns the number of its value.
         *
         * @throws IllegalStateException if there are nodes already
         */
        public int input(String name, Shape shape) {
            if (!nodes.isEmpty()) {
                throw new IllegalStateException("inputs must be added before the first node");
            }
            inputs.add(new Input(name, shape));
            return inputs.size() - 1;
        }

        /**
         * Applies a layer to values, and returns the number of the value that comes out.
         *
         * @param layer the layer; one that is given again is shared
         * @param values the numbers of its inputs
         */
        public int add(Layer layer, int... values) {
            nodes.add(new Node(layer, Arrays.stream(Objects.requireNonNull(values, "values")).boxed().toList()));
            return inputs.size() + nodes.size() - 1;
        }

        /** Sets the input and output arrays; without this they are the standard ones. */
        public Builder signature(Signature arrays) {
            signature = Objects.requireNonNull(arrays, "signature");
            return this;
        }

        /**
         * Returns the model of the nodes so far.
         *
         * @param outputs the numbers of the values that it returns
         */
        public Graph build(int... outputs) {
            return new Graph(inputs, nodes, Arrays.stream(Objects.requireNonNull(outputs, "outputs")).boxed().toList(),
                    signature);
        }
    }
}
