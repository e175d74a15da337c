package dev.gru.format.onnx;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntUnaryOperator;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.onnx.stage.Assembly;
import dev.gru.format.onnx.stage.Stage;
import dev.gru.format.onnx.value.Flow;
import dev.gru.format.onnx.value.FlowAxis;
import dev.gru.layer.ActivationLayer;
import dev.gru.layer.GlobalPooling1D;
import dev.gru.layer.Graph;
import dev.gru.layer.Layer;
import dev.gru.layer.Sequential;
import dev.gru.layer.Signature.Axis;
import dev.gru.layer.Signature.Port;
import dev.gru.layer.Signature;

/**
 * Makes the model of the stages that an ONNX graph turned out to be, with the arrays of the graph: a chain of layers,
 * if it is one.
 *
 * <p>For one graph and one thread.
 */
final class ModelOfStages {
    private final String file;
    private final GraphInputs inputs;
    private final List<Stage> stages;
    private final Recurrences recurrences;
    /** The outputs that are values of the model, and those that are states of it, by name. */
    private final Map<String, Flow> values = new LinkedHashMap<>();
    private final Map<String, Flow> states = new LinkedHashMap<>();

    /**
     * Starts on a model.
     *
     * @param file what messages call the file
     * @param inputs the inputs of the graph
     * @param layers its layers
     * @param recurrences its GRU layers
     */
    ModelOfStages(String file, GraphInputs inputs, Layers layers, Recurrences recurrences) {
        this.file = file;
        this.inputs = inputs;
        this.recurrences = recurrences;
        stages = layers.stages();
    }

    /**
     * Returns the model.
     *
     * @param outputs the outputs of the graph, in order
     */
    Graph build(Map<String, Flow> outputs) throws ModelFormatException {
        if (recurrences.states().isEmpty()) {
            throw new ModelFormatException(file + ": no output of the graph depends on a GRU node");
        }
        boolean sequences = false;
        for (Map.Entry<String, Flow> output : outputs.entrySet()) {
            switch (output.getValue().origin()) {
                case Flow.Input _ -> throw new GraphOutput(file, output.getKey(), output.getValue())
                        .error("is an input that nothing was done to");
                case Flow.States() -> states.put(output.getKey(), output.getValue());
                case Flow.Output _ -> {
                    values.put(output.getKey(), output.getValue());
                    sequences |= output.getValue().hasSteps();
                }
            }
        }
        Graph chain = chain(outputs, sequences);
        return chain != null ? chain : graph(outputs);
    }

    private static int stage(Flow flow) {
        return ((Flow.Output) flow.origin()).stage();
    }

    private Set<Integer> valueStages() {
        Set<Integer> numbers = new LinkedHashSet<>();
        values.values().forEach(flow -> numbers.add(stage(flow)));
        return numbers;
    }

    private Set<Integer> stateStages() {
        Set<Integer> numbers = new LinkedHashSet<>();
        for (Flow flow : states.values()) {
            for (int i = 0; i < flow.count(); i++) {
                numbers.add(recurrences.states().get(flow.first() + i).stage());
            }
        }
        return numbers;
    }

    /** Returns the model as a chain, or null if it is none. */
    private Graph chain(Map<String, Flow> outputs, boolean sequences) throws ModelFormatException {
        Set<Integer> numbers = valueStages();
        if (numbers.size() > 1) {
            return null;
        }
        // States of the last layer that are one vector are its output, if it has no other.
        int last = numbers.isEmpty() ? -1 : numbers.iterator().next();
        Assembly assembly = Assembly.of(stages, numbers, stateStages());
        int output = last >= 0 ? assembly.value(last) : assembly.nodes().size();
        if (!assembly.isChain(output)) {
            return null;
        }
        requireNoStepsCounted(assembly);
        boolean implied = assembly.nodes().stream().anyMatch(node -> node.layer().firstInput().isPresent());
        Graph.Input input = new Graph.Input(implied ? "x" : assembly.inputs().getFirst(),
                inputs.shape(assembly.inputs().getFirst()));
        IntUnaryOperator state = states(assembly, List.of(input), List.of(output));
        List<Port> ports = new ArrayList<>();
        for (Map.Entry<String, Flow> entry : outputs.entrySet()) {
            Flow flow = entry.getValue();
            boolean isLast = states.containsKey(entry.getKey()) && !sequences && !flow.hasDirections()
                    && isLastOutput(assembly, flow);
            GraphOutput port = new GraphOutput(file, entry.getKey(), isLast ? asOutput(flow) : flow);
            ports.add(isLast || values.containsKey(entry.getKey()) ? port.output(0) : port.states(state));
        }
        List<Layer> layers = assembly.nodes().stream().map(Graph.Node::layer).toList();
        return new Sequential(layers, input, new Signature(inputs.ports(assembly.inputs(), state), ports));
    }

    private boolean isLastOutput(Assembly assembly, Flow flow) {
        Recurrences.State state = recurrences.states().get(flow.first());
        return state.direction() == 0 && flow.count() == state.work().weights().size()
                && assembly.node(state.stage()) == assembly.nodes().size() - 1;
    }

    private static Flow asOutput(Flow flow) {
        List<FlowAxis> index = new ArrayList<>(flow.index());
        flow.dims().stream().flatMap(List::stream).filter(axis -> axis.role() == Axis.FEATURE).forEach(index::add);
        return new Flow(new Flow.Output(0), 0, index, flow.dims(), false);
    }

    private Graph graph(Map<String, Flow> outputs) throws ModelFormatException {
        // States of one layer are an output like any other; only those of several are an array of states.
        for (Map.Entry<String, Flow> entry : List.copyOf(states.entrySet())) {
            Recurrences.State state = recurrences.states().get(entry.getValue().first());
            if (isOfOneLayer(entry.getValue())) {
                states.remove(entry.getKey());
                values.put(entry.getKey(), recurrences.features(state.node(), entry.getValue()));
            }
        }
        Set<Integer> numbers = valueStages();
        Set<Integer> further = stateStages();
        if (numbers.isEmpty()) {
            numbers.addAll(further);
        }
        Assembly assembly = Assembly.of(stages, numbers, further);
        requireNoStepsCounted(assembly);
        List<Integer> results = numbers.stream().map(assembly::value).distinct().toList();
        List<Graph.Input> of = assembly.inputs().stream().map(name -> new Graph.Input(name, inputs.shape(name)))
                .toList();
        IntUnaryOperator state = states(assembly, of, results);
        List<Port> ports = new ArrayList<>();
        for (String name : outputs.keySet()) {
            GraphOutput port = new GraphOutput(file, name, values.getOrDefault(name, outputs.get(name)));
            ports.add(values.containsKey(name)
                    ? port.output(results.indexOf(assembly.value(stage(values.get(name)))))
                    : port.states(state));
        }
        return new Graph(of, assembly.nodes(), results,
                new Signature(inputs.ports(assembly.inputs(), state), ports));
    }

    /** Finds where in the model a state is that layers count as they are made. */
    private IntUnaryOperator states(Assembly assembly, List<Graph.Input> of, List<Integer> results) {
        List<Integer> first = firstStates(of, assembly.nodes(), results);
        return i -> first.get(assembly.node(recurrences.states().get(i).stage()))
                + recurrences.states().get(i).direction();
    }

    private boolean isOfOneLayer(Flow flow) {
        Recurrences.State state = recurrences.states().get(flow.first());
        return flow.count() == 1
                || (state.direction() == 0 && flow.count() == 2 && state.work().weights().size() == 2);
    }

    /** Returns, for each node, how many states the nodes before it have. */
    private static List<Integer> firstStates(List<Graph.Input> of, List<Graph.Node> nodes, List<Integer> results) {
        Graph graph = new Graph(of, nodes, results, null);
        List<Integer> first = new ArrayList<>();
        int next = 0;
        for (Graph.Node node : graph.nodes()) {
            first.add(next);
            next += node.layer().stateSizes(graph.inputShapes(node)).size();
        }
        return first;
    }

    /** With lengths, ONNX leaves steps out in GRU nodes only; here, they are masked for every layer. */
    private void requireNoStepsCounted(Assembly assembly) throws ModelFormatException {
        if (!recurrences.hasLengths()) {
            return;
        }
        for (Graph.Node node : assembly.nodes()) {
            Layer layer = node.layer();
            boolean isPooling = layer instanceof GlobalPooling1D;
            boolean averages = layer instanceof GlobalPooling1D(_, GlobalPooling1D.Kind kind)
                    && kind == GlobalPooling1D.Kind.AVERAGE;
            boolean isOverSteps = layer instanceof ActivationLayer.StepSoftmax;
            if (averages || isOverSteps || (!isPooling && layer.mask() == Layer.Mask.DROPS)) {
                throw new ModelFormatException(file + ": node \"" + layer.name()
                        + "\": works on all steps, but there are rows of different lengths (sequence_lens); "
                        + "that is not supported");
            }
        }
    }
}
