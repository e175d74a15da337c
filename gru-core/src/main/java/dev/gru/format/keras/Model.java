package dev.gru.format.keras;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.json.ConfigObject;
import dev.gru.format.keras.variables.Variables;
import dev.gru.internal.Printable;
import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Layer;
import dev.gru.layer.Sequential;
import dev.gru.layer.Shape;
import dev.gru.layer.Signature.Axis;
import dev.gru.layer.Signature.Port;
import dev.gru.layer.Signature.Role;
import dev.gru.layer.Signature;

/** Turns the configuration and the variables of one Keras model into a model. */
final class Model {
    private static final String SEQUENTIAL = "Sequential";
    private static final String INPUT_SHAPE = "batch_input_shape";
    private static final String BUILD_SHAPE = "build_input_shape";

    private final String file;
    private final Dialect dialect;
    private final Variables variables;
    private final Assembly assembly = new Assembly();

    /**
     * Starts on a model.
     *
     * @param file what messages call the file
     * @param dialect what its configuration means
     * @param variables its variables
     */
    Model(String file, Dialect dialect, Variables variables) {
        this.file = file;
        this.dialect = dialect;
        this.variables = variables;
    }

    /**
     * Returns the model.
     *
     * @param root the whole configuration
     * @throws ModelFormatException if it holds something that is not supported, or the variables do not fit it
     */
    Graph build(ConfigObject root) throws ModelFormatException {
        String className = root.string("class_name");
        if (!Options.MODELS.contains(className)) {
            throw root.error("the model is of class " + Printable.of(className)
                    + ", only Sequential and Functional are supported: what the code of another class computes is not "
                    + "in the file; in Keras, make a Sequential or functional model of the same layers, and save that");
        }
        ConfigObject config = open(root, className);
        Listing listing = new Listing(file, dialect);
        Submodel model = listing.model(className, config, variables);
        List<Flow> inputs = inputs(model, config, listing.models());
        List<Flow> outputs = model.apply(new Layers(dialect, assembly, listing.models()), inputs);
        try {
            return graph(outputs);
        } catch (IllegalArgumentException e) {
            throw new ModelFormatException(file + ": " + Printable.of(e), e);
        }
    }

    private ConfigObject open(ConfigObject root, String className) throws ModelFormatException {
        boolean sequential = className.equals(SEQUENTIAL);
        if (root.get("registered_name") instanceof String name && (sequential || !name.equals("Functional"))) {
            throw root.error("the registered custom class " + ConfigObject.show(name) + " is not supported");
        }
        root.requireOnly(Set.of("module", "class_name", "config", "registered_name", "build_config", "compile_config",
                "keras_version", "backend"));
        if (sequential && root.get("config") instanceof List<?> layers) {
            if (dialect.major() == 3) {
                throw root.error("its config is a list, which only versions of Keras before 2.2.3 write");
            }
            return new ConfigObject(root.where(), Map.of("layers", layers));
        }
        return Options.open(root, dialect, "keras_version", "backend");
    }

    /**
     * Where there is no input layer, the first layer says what the model takes, or the model says what it was built
     * for.
     */
    private List<Flow> inputs(Submodel model, ConfigObject config, Map<Entry, Submodel> models)
            throws ModelFormatException {
        List<Flow> flows = new ArrayList<>();
        for (Entry input : model.inputs()) {
            ConfigObject own = input.config();
            own.requireAbsent("sparse", "");
            own.requireAbsent("ragged", "");
            Options.requireKnown(input.className(), own);
            flows.add(assembly.input(own, own.has(INPUT_SHAPE) ? INPUT_SHAPE : "batch_shape", Options.name(own),
                    own.string("dtype")));
        }
        if (!flows.isEmpty()) {
            return flows;
        }
        Entry first = model instanceof Chain chain && !chain.layers().isEmpty() ? chain.layers().getFirst() : null;
        String type = "float32";
        while (first != null && models.get(first) instanceof Chain inner && !inner.layers().isEmpty()) {
            if (inner.input() != null) {
                return inputs(inner, config, models);
            }
            first = inner.layers().getFirst();
        }
        ConfigObject own = first == null ? null : first.config();
        if (own != null && own.get(INPUT_SHAPE) == null && own.get("layer") instanceof Map<?, ?>) {
            own = own.object("layer").object("config").at(own.where());
        }
        if (own != null && own.get(INPUT_SHAPE) != null) {
            return List.of(assembly.input(own, INPUT_SHAPE, "x", type));
        }
        if (config.get(BUILD_SHAPE) != null) {
            return List.of(assembly.input(config, BUILD_SHAPE, "x", type));
        }
        throw config.error("does not say what it takes: it has no InputLayer (build the model before saving it)");
    }

    private Graph graph(List<Flow> outputs) throws ModelFormatException {
        for (Flow output : outputs) {
            if (output.mask().undefined()) {
                throw new ModelFormatException(
                        file + ": an output holds masked steps of a Multiply, Maximum or Minimum, of "
                                + "which versions of Keras differ; that is not supported");
            }
        }
        List<Graph.Input> inputs = assembly.inputs();
        if (isChain(inputs, outputs)) {
            List<Layer> layers = assembly.nodes().stream().map(Graph.Node::layer).toList();
            Signature signature = signature(inputs.getFirst().shape(), outputs);
            Graph chain = new Sequential(layers, new Graph.Input("x", inputs.getFirst().shape()), signature);
            return Sequential.isImplied(chain) ? new Sequential(layers, signature) : chain;
        }
        List<Integer> values = new ArrayList<>();
        for (Flow output : outputs) {
            values.add(assembly.value(new ConfigObject(file, Map.of()), output));
        }
        return new Graph(inputs, assembly.nodes(), values, null);
    }

    /** Returns whether each layer takes the output of the one before it, and a chain has all that comes out. */
    private boolean isChain(List<Graph.Input> inputs, List<Flow> outputs) {
        List<Graph.Node> nodes = assembly.nodes();
        if (inputs.size() != 1 || nodes.isEmpty()) {
            return false;
        }
        for (int i = 0; i < nodes.size(); i++) {
            if (!nodes.get(i).inputs().equals(List.of(i))) {
                return false;
            }
        }
        return outputs.stream().allMatch(output -> switch (output.source()) {
            case Flow.Value value -> value.number() == nodes.size() || isLastOutput(value.number());
            case Flow.Part part -> part.number() == nodes.size();
            case Flow.State _ -> true;
            case Flow.Source _ -> false;
        });
    }

    /** Returns whether a value is the last output of a GRU, which is its state. */
    private boolean isLastOutput(int value) {
        return value > 0 && assembly.nodes().get(value - 1).layer() instanceof GruLayer gru && !gru.returnSequences();
    }

    /** Returns the signature of a chain, or null if it is the standard one. */
    private Signature signature(Shape input, List<Flow> outputs) {
        int last = assembly.nodes().size();
        if (outputs.size() == 1 && outputs.getFirst().source().equals(new Flow.Value(last))) {
            return null;
        }
        int[] states = statesBefore();
        List<Port> ports = new ArrayList<>();
        for (Flow output : outputs) {
            String name = ports.isEmpty() ? "y" : "y" + ports.size();
            ports.add(switch (output.source()) {
                case Flow.State state -> state(name, states[state.number() - 1] + state.index());
                case Flow.Part part -> output(name, output, part.first());
                case Flow.Value value when value.number() < last -> state(name, states[value.number() - 1]);
                default -> output(name, output, 0);
            });
        }
        return new Signature(Signature.standard(input, Shape.sequence(1)).inputs(), ports);
    }

    private static Port output(String name, Flow output, int first) {
        return new Port(name, Role.OUTPUT, first, output.features(), output.ofSource().isSequence()
                ? List.of(Axis.BATCH, Axis.STEP, Axis.FEATURE)
                : List.of(Axis.BATCH, Axis.FEATURE));
    }

    private static Port state(String name, int number) {
        return new Port(name, Role.FINAL_STATE, number, 1, List.of(Axis.BATCH, Axis.FEATURE));
    }

    /** Returns for each node how many states those before it have. */
    private int[] statesBefore() {
        int[] before = new int[assembly.nodes().size()];
        int count = 0;
        for (int i = 0; i < before.length; i++) {
            before[i] = count;
            count += assembly.nodes().get(i).layer().stateSizes(List.of(Shape.sequence(1))).size();
        }
        return before;
    }
}
