package dev.gru.format.keras;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.json.ConfigObject;
import dev.gru.internal.Printable;
import dev.gru.layer.Embedding;
import dev.gru.layer.Sequential;
import dev.gru.layer.Shape;
import dev.gru.layer.Signature.Port;
import dev.gru.layer.Signature.Role;
import dev.gru.layer.Signature;

/** Turns the configuration and the variables of one Keras model into a model. */
final class Model {
    /**
     * Whatever its class is called in them, a functional model is one of these; its constructor gives it another class.
     */
    private static final Set<String> FUNCTIONAL = Set.of("Functional", "Model");

    private final String file;
    private final Dialect dialect;
    private final Layers layers;

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
        layers = new Layers(dialect, variables);
    }

    /**
     * Returns the model.
     *
     * @param root the whole configuration
     * @throws ModelFormatException if it holds something that is not supported, or the variables do not fit it
     */
    dev.gru.layer.Graph build(ConfigObject root) throws ModelFormatException {
        String className = root.string("class_name");
        boolean sequential = className.equals("Sequential");
        if (!sequential && !FUNCTIONAL.contains(className)) {
            throw root.error("the model is of class " + Printable.of(className)
                    + ", only Sequential and Functional are supported");
        }
        ConfigObject model = open(root, sequential);
        Options.requirePolicy(model);
        model.requireOnly(sequential ? Options.SEQUENTIAL : Options.FUNCTIONAL);
        Chain chain = sequential
                ? Chain.sequential(file, model, dialect)
                : Graph.chain(file, model, dialect);
        readInput(chain, model);
        for (Chain.Step step : chain.steps()) {
            try {
                layers.add(step);
            } catch (IllegalArgumentException e) {
                // What the types of the library find wrong with their arguments, which are those of the file.
                throw new ModelFormatException(step.config().where() + ": " + Printable.of(e), e);
            }
        }
        List<BuiltLayer> built = layers.built();
        try {
            return new Sequential(built.stream().map(BuiltLayer::layer).toList(), signature(chain, built));
        } catch (IllegalArgumentException e) {
            throw new ModelFormatException(file + ": " + Printable.of(e), e);
        }
    }

    private ConfigObject open(ConfigObject root, boolean sequential) throws ModelFormatException {
        Object module = root.get("module");
        Object registered = root.get("registered_name");
        boolean own = module instanceof String name && (name.equals("keras") || name.startsWith("keras.src."));
        if (!own && !(dialect.legacy() && module == null)) {
            throw root.error("module " + ConfigObject.show(module) + " is not supported, only keras");
        }
        if (registered != null && (sequential || !registered.equals("Functional"))) {
            throw root.error("the registered custom class " + ConfigObject.show(registered) + " is not supported");
        }
        root.requireOnly(Set.of("module", "class_name", "config", "registered_name", "build_config", "compile_config",
                "keras_version", "backend"));
        return root.object("config").at(root.where());
    }

    /**
     * Where there is no input layer, the first layer says what the model takes, or the model says what it was built
     * for.
     */
    private void readInput(Chain chain, ConfigObject model) throws ModelFormatException {
        if (chain.input() != null) {
            ConfigObject input = chain.input();
            input.requireAbsent("sparse", "");
            input.requireAbsent("ragged", "");
            input.requireOnly(Options.INPUT);
            layers.input(input, input.has("batch_input_shape") ? "batch_input_shape" : "batch_shape",
                    input.string("dtype"));
            return;
        }
        if (!chain.steps().isEmpty() && chain.steps().getFirst().config().get("batch_input_shape") != null) {
            layers.input(chain.steps().getFirst().config(), "batch_input_shape", "float32");
        } else if (model.get("build_input_shape") != null) {
            layers.input(model, "build_input_shape", "float32");
        } else {
            throw model.error("does not say what it takes: it has no InputLayer (build the model before saving it)");
        }
    }

    /** Returns the signature, or null if it is the standard one. */
    private Signature signature(Chain chain, List<BuiltLayer> built) throws ModelFormatException {
        List<Port> outputs = new ArrayList<>();
        if (chain.outputs().isEmpty() && !built.isEmpty()) {
            outputs.addAll(built.getLast().outputs());
        }
        for (Chain.Output output : chain.outputs()) {
            outputs.add(output(chain.steps().get(output.step()), built.get(output.step()), output.index()));
        }
        if (outputs.isEmpty() || outputs.equals(List.of(layers.everything()))) {
            return null;
        }
        boolean tokens = built.stream().anyMatch(layer -> layer.layer() instanceof Embedding);
        List<Port> named = new ArrayList<>();
        for (Port port : outputs) {
            String name = named.isEmpty() ? "y" : "y" + named.size();
            named.add(new Port(name, port.role(), port.first(), port.count(), port.axes()));
        }
        return new Signature(
                Signature.standard(tokens ? Shape.tokens() : Shape.sequence(1), Shape.sequence(1)).inputs(), named);
    }

    private static Port output(Chain.Step step, BuiltLayer built, int index) throws ModelFormatException {
        if (index >= built.outputs().size()) {
            throw step.config().error("has no output " + index);
        }
        Port port = built.outputs().get(index);
        if (port.role() == Role.OUTPUT && !step.last()) {
            throw step.config().error("is an output of the model that another layer takes; "
                    + "only states and outputs of the last layer are supported");
        }
        return port;
    }
}
