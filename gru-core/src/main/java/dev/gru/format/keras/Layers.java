package dev.gru.format.keras;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.json.ConfigObject;
import dev.gru.internal.OwnedFloats;
import dev.gru.internal.Printable;
import dev.gru.layer.ActivationLayer;
import dev.gru.layer.Dense;
import dev.gru.layer.Dropout;
import dev.gru.layer.Embedding;
import dev.gru.layer.Layer;
import dev.gru.layer.LayerOptions;
import dev.gru.layer.Masking;
import dev.gru.layer.TimeDistributed;
import dev.gru.weights.Activation;

/**
 * Makes layers of the configurations and the variables of a Keras model's, and applies them.
 *
 * <p>For one model and one thread.
 */
final class Layers implements Submodel.Applier {
    /** Makes layers of an entry, all of which are applied one after the other. */
    private interface Maker {
        List<Layer> make(Entry entry, Flow input) throws ModelFormatException;
    }

    private final Dialect dialect;
    private final Assembly assembly;
    private final Map<Entry, Submodel> models;
    private final Recurrent recurrent;
    private final Joins joins;
    private final Gating gating;
    private final Operations operations;
    /** The layers of one input and one output that have no state. */
    private final Map<String, Maker> makers;

    /**
     * Starts on a model.
     *
     * @param dialect what its configuration means
     * @param assembly the graph that its layers become nodes of
     * @param models the models that are layers of it
     */
    Layers(Dialect dialect, Assembly assembly, Map<Entry, Submodel> models) {
        this.dialect = dialect;
        this.assembly = assembly;
        this.models = models;
        recurrent = new Recurrent(dialect, assembly);
        joins = new Joins(dialect, assembly);
        gating = new Gating(assembly);
        operations = new Operations(dialect, assembly, gating);
        Convolutions convolutions = new Convolutions(dialect);
        Normalizations normalizations = new Normalizations();
        Reshapings reshapings = new Reshapings();
        makers = Map.ofEntries(Map.entry("Dense", this::dense), Map.entry("Activation", this::activation),
                Map.entry("ReLU", this::activation), Map.entry("LeakyReLU", this::activation),
                Map.entry("ELU", this::activation), Map.entry("ThresholdedReLU", this::activation),
                Map.entry("Softmax", this::activation), Map.entry("PReLU", normalizations::prelu),
                Map.entry("Conv1D", convolutions::conv), Map.entry("SeparableConv1D", convolutions::separable),
                Map.entry("DepthwiseConv1D", convolutions::depthwise), Map.entry("MaxPooling1D", reshapings::pooling),
                Map.entry("AveragePooling1D", reshapings::pooling),
                Map.entry("GlobalMaxPooling1D", reshapings::globalPooling),
                Map.entry("GlobalAveragePooling1D", reshapings::globalPooling),
                Map.entry("Flatten", reshapings::flatten), Map.entry("Reshape", reshapings::reshape),
                Map.entry("RepeatVector", reshapings::repeat), Map.entry("Permute", reshapings::permute),
                Map.entry("ZeroPadding1D", reshapings::zeroPadding), Map.entry("Cropping1D", reshapings::cropping),
                Map.entry("UpSampling1D", reshapings::upSampling),
                Map.entry("BatchNormalization", normalizations::batch),
                Map.entry("LayerNormalization", normalizations::layer),
                Map.entry("UnitNormalization", normalizations::unit),
                Map.entry("Normalization", normalizations::constant),
                Map.entry("Rescaling", normalizations::rescaling),
                Map.entry("SpatialDropout1D", normalizations::noise),
                Map.entry("GaussianNoise", normalizations::noise), Map.entry("GaussianDropout", normalizations::noise),
                Map.entry("AlphaDropout", normalizations::noise),
                Map.entry("ActivityRegularization", normalizations::noise));
    }

    /**
     * Applies a layer, which is made when it is applied for the first time.
     *
     * @return its outputs
     * @throws ModelFormatException if it, an option of it or what it is called on is not supported
     */
    @Override
    public List<Flow> apply(Call call) throws ModelFormatException {
        try {
            return applied(call);
        } catch (IllegalArgumentException | ArithmeticException e) {
            // What the types of the library find wrong with their arguments, which are those of the file; or products
            // of these are beyond all sizes.
            throw new ModelFormatException(call.config().where() + ": " + Printable.of(e), e);
        }
    }

    /** Returns a call on arrays as those of features, which layers take and operations between them. */
    private Call ofFeatures(Call call) throws ModelFormatException {
        return call.on(features(call.inputs(), call.config()), features(call.states(), call.config()));
    }

    private List<Flow> features(List<Flow> flows, ConfigObject config) throws ModelFormatException {
        List<Flow> features = new ArrayList<>();
        for (Flow flow : flows) {
            features.add(assembly.features(flow, config));
        }
        return features;
    }

    private List<Flow> applied(Call call) throws ModelFormatException {
        Entry entry = call.entry();
        ConfigObject config = entry.config();
        if (entry.isOperation()) {
            return List.of(operations.apply(ofFeatures(call)));
        }
        Options.requireKnown(entry.className(), config);
        // Early versions of Keras 2 gave an Embedding the type of its input; its table is of floats all the same.
        if (!entry.className().equals("Embedding") || !Assembly.isTokenType(config.get("dtype"))) {
            Options.requirePolicy(config);
        }
        if (models.containsKey(entry)) {
            return models.get(entry).apply(this, call.inputs());
        }
        switch (entry.className()) {
            case "Identity" -> {
                return List.of(call.input());
            }
            case "Embedding" -> {
                return List.of(embedding(entry, call.input()));
            }
            case "Dropout" -> {
                return List.of(dropout(entry, call.input()));
            }
            default -> {
                // What is not one of token ids is one of features.
            }
        }
        Call ofFeatures = ofFeatures(call);
        return switch (entry.className()) {
            case "Masking" -> List.of(masking(entry, ofFeatures.input()));
            case "GRU", "RNN" -> recurrent.gru(ofFeatures);
            case "Bidirectional" -> recurrent.bidirectional(ofFeatures);
            case "TimeDistributed" -> List.of(timeDistributed(entry, ofFeatures.input()));
            case "Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate" ->
                List.of(joins.merge(ofFeatures));
            case "Attention", "AdditiveAttention" -> List.of(joins.attention(ofFeatures));
            default -> List.of(made(entry, ofFeatures.input()));
        };
    }

    /** Applies a layer of one input and one output. */
    private Flow made(Entry entry, Flow input) throws ModelFormatException {
        Maker maker = makers.get(entry.className());
        if (maker == null) {
            throw entry.config().error("the class " + Printable.of(entry.className()) + " is not supported");
        }
        if (entry.className().endsWith("AveragePooling1D")) {
            input.requireCertainMask(entry.config());
        }
        List<Layer> layers = entry.made() != null ? entry.made() : entry.made(maker.make(entry, input));
        Flow flow = input;
        for (Layer layer : layers) {
            flow = assembly.add(entry.config(), layer, flow);
        }
        return Gating.isNamed(entry.config()) ? gating.apply(entry, flow) : flow;
    }

    private Flow embedding(Entry entry, Flow input) throws ModelFormatException {
        ConfigObject config = entry.config();
        Flow tokens = assembly.tokens(input, config);
        if (tokens == null) {
            throw config.error("an Embedding must be the first layer, and its input (batch, steps)");
        }
        int vocabularySize = config.size("input_dim");
        int outputSize = config.size("output_dim");
        boolean maskZero = config.boolOr("mask_zero", false);
        if (entry.made() == null) {
            float[] table = entry.variables(1).read(0, vocabularySize, outputSize);
            entry.made(List.of(Embedding.owning(entry.name(), vocabularySize, outputSize, OwnedFloats.of(table))
                    .withMaskZero(maskZero)));
        }
        Flow flow = assembly.add(config, entry.made().getFirst(), tokens);
        return maskZero ? flow.with(Flow.Mask.of(new Flow.Origin(input.source(), 0, false))) : flow;
    }

    private Flow masking(Entry entry, Flow input) throws ModelFormatException {
        ConfigObject config = entry.config();
        input.requireSequence(config);
        double value = config.number("mask_value");
        if (entry.made() == null) {
            entry.made(List.of(new Masking(entry.name(), (float) value)));
        }
        return assembly.add(config, entry.made().getFirst(), input)
                .with(Flow.Mask.of(new Flow.Origin(input.source(), value, true)));
    }

    private Flow dropout(Entry entry, Flow input) throws ModelFormatException {
        if (entry.made() == null) {
            entry.made(List.of(new Dropout(entry.name(), entry.config().number("rate"))));
        }
        return assembly.add(entry.config(), entry.made().getFirst(), input);
    }

    private List<Layer> dense(Entry entry, Flow input) throws ModelFormatException {
        return List.of(new Dense(entry.name(), Weights.dense(entry.variables(), entry.path(""),
                Gating.before(entry.config(), dialect), input.features(),
                entry.config().size("units"), entry.config().bool("use_bias"))));
    }

    private List<Layer> activation(Entry entry, Flow input) throws ModelFormatException {
        if (entry.className().equals("Softmax")) {
            return List.of(softmax(entry, input));
        }
        if (Gating.isNamed(entry.config())) {
            return List.of();
        }
        return List.of(new ActivationLayer(entry.name(),
                Options.activation(entry.className(), entry.config(), dialect)));
    }

    private static Layer softmax(Entry entry, Flow input) throws ModelFormatException {
        ConfigObject config = entry.config();
        input.requireCertainMask(config);
        if (input.masked()) {
            throw config.error("Softmax takes the mask of steps that comes to it for one of features, "
                    + "which is not supported; use Activation(\"softmax\")");
        }
        long axis = Options.axis(config, "axis", input.shape());
        return axis == 1
                ? Layer.Type.STEP_SOFTMAX.make(entry.name(), LayerOptions.none(), List.of(), List.of())
                : new ActivationLayer(entry.name(), Activation.SOFTMAX);
    }

    /** A layer that works on each step by itself is that layer, applied to a sequence. */
    private Flow timeDistributed(Entry entry, Flow input) throws ModelFormatException {
        ConfigObject config = entry.config();
        input.requireSequence(config);
        Entry inner = entry.inner();
        Flow output;
        if (inner.className().equals("Dense")) {
            Options.requireKnown(inner.className(), inner.config());
            Options.requirePolicy(inner.config());
            if (entry.made() == null) {
                Dense dense = (Dense) dense(inner, input).getFirst();
                entry.made(List.of(new TimeDistributed(entry.name(), dense)));
            }
            output = assembly.add(config, entry.made().getFirst(), input);
            output = Gating.isNamed(inner.config()) ? gating.apply(entry, output) : output;
        } else {
            List<Flow> outputs = apply(new Call(inner, input.eachStep()));
            if (outputs.size() != 1 || !outputs.getFirst().perStep()) {
                throw config.error("TimeDistributed of " + Printable.of(inner.className())
                        + " is not supported, only of layers that make one vector of one");
            }
            output = outputs.getFirst().whole();
        }
        return dialect.endsMasks()
                ? output.with(output.mask().doubtful(Flow.endedBy(entry.name(), dialect)))
                : output;
    }
}
