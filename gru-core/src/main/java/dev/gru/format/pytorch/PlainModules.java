package dev.gru.format.pytorch;

import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.gru.format.file.ModelFormatException;
import dev.gru.layer.ActivationLayer.StepSoftmax;
import dev.gru.layer.ActivationLayer;
import dev.gru.layer.Conv1D.Padding;
import dev.gru.layer.Dropout;
import dev.gru.layer.GlobalPooling1D;
import dev.gru.layer.Layer;
import dev.gru.layer.Merge;
import dev.gru.layer.Pooling1D;
import dev.gru.layer.Regularization;
import dev.gru.layer.Reshaping.Permute;
import dev.gru.layer.Reshaping.Reshape;
import dev.gru.layer.Reshaping.ZeroPadding1D;
import dev.gru.layer.Shape;
import dev.gru.weights.Activation;

/**
 * Modules of {@code torch.nn} without tensors, by their names, and what a module's {@code forward} does by functions of
 * {@code torch}, by theirs. Dimensions are counted in (batch, steps, features) or (batch, features).
 */
final class PlainModules {
    /** Makes layers of a module of one type. */
    private interface Maker {
        List<Layer> make(PlainModules modules) throws ModelFormatException;
    }

    private static final int BATCH_AND_STEPS = 2;

    private static final Map<String, Maker> MAKERS = Map.ofEntries(
            Map.entry("Identity", modules -> List.of(new ActivationLayer(modules.name, Activation.LINEAR))),
            Map.entry("Dropout", modules -> List.of(new Dropout(modules.name, modules.probability()))),
            Map.entry("Dropout1d", modules -> List.of(modules.regularization(Regularization.Kind.SPATIAL_DROPOUT1D))),
            Map.entry("AlphaDropout", modules -> List.of(modules.regularization(Regularization.Kind.ALPHA_DROPOUT))),
            Map.entry("Softmax", modules -> List.of(modules.softmax())),
            Map.entry("LogSoftmax", modules -> List.of(modules.logSoftmax())),
            Map.entry("MaxPool1d", modules -> List.of(modules.pooling(Pooling1D.Kind.MAX))),
            Map.entry("AvgPool1d", modules -> List.of(modules.pooling(Pooling1D.Kind.AVERAGE))),
            Map.entry("AdaptiveMaxPool1d", modules -> List.of(modules.adaptive(GlobalPooling1D.Kind.MAX))),
            Map.entry("AdaptiveAvgPool1d", modules -> List.of(modules.adaptive(GlobalPooling1D.Kind.AVERAGE))),
            Map.entry("ZeroPad1d", modules -> List.of(modules.zeroPadding())),
            Map.entry("mean", modules -> List.of(modules.overSteps(GlobalPooling1D.Kind.AVERAGE))),
            Map.entry("amax", modules -> List.of(modules.overSteps(GlobalPooling1D.Kind.MAX))),
            Map.entry("select", modules -> List.of(modules.select())),
            Map.entry("cat", modules -> List.of(modules.concatenation())),
            Map.entry("add", modules -> List.of(new Merge(modules.name, Merge.Kind.ADD))),
            Map.entry("sub", modules -> List.of(new Merge(modules.name, Merge.Kind.SUBTRACT))),
            Map.entry("mul", modules -> List.of(new Merge(modules.name, Merge.Kind.MULTIPLY))),
            Map.entry("div", modules -> List.of(new Merge(modules.name, Merge.Kind.DIVIDE))),
            Map.entry("maximum", modules -> List.of(new Merge(modules.name, Merge.Kind.MAXIMUM))),
            Map.entry("minimum", modules -> List.of(new Merge(modules.name, Merge.Kind.MINIMUM))),
            Map.entry("Flatten", PlainModules::flatten));

    private final String name;
    private final Fields fields;
    private final Shape input;

    private PlainModules(String name, Fields fields, Shape input) {
        this.name = name;
        this.fields = fields;
        this.input = input;
    }

    /** Returns the types that there are. */
    static Set<String> types() {
        return MAKERS.keySet();
    }

    /**
     * Returns the layers that a module or function is, first to last.
     *
     * @param name what the layers are called
     * @param input the shape of its first input
     */
    static List<Layer> make(String type, String name, Fields fields, Shape input) throws ModelFormatException {
        return MAKERS.get(type).make(new PlainModules(name, fields, input));
    }

    private double probability() throws ModelFormatException {
        fields.skip("inplace");
        return fields.number("p", 0.5);
    }

    private Layer regularization(Regularization.Kind kind) throws ModelFormatException {
        return new Regularization(name, kind, (float) probability(), 0);
    }

    /** Returns a dimension, counted from 0. */
    private int dimension() throws ModelFormatException {
        int rank = input.isSequence() ? BATCH_AND_STEPS + 1 : BATCH_AND_STEPS;
        if (!(fields.get("dim") instanceof Long dim) || dim < -rank || dim >= rank) {
            throw fields.error("dim must be a whole number from " + -rank + " to " + (rank - 1) + " for "
                    + words());
        }
        return (int) (dim < 0 ? dim + rank : dim);
    }

    private String words() {
        return input.isSequence() ? "(batch, steps, features)" : "(batch, features)";
    }

    /** Checks that a dimension is that of the features. */
    private boolean isFeatures(int dimension) throws ModelFormatException {
        if (dimension == 0) {
            throw fields.error("dim must not be that of the batch in " + words());
        }
        return dimension == (input.isSequence() ? BATCH_AND_STEPS : 1);
    }

    private Layer softmax() throws ModelFormatException {
        return isFeatures(dimension()) ? new ActivationLayer(name, Activation.SOFTMAX) : new StepSoftmax(name);
    }

    private Layer logSoftmax() throws ModelFormatException {
        if (!isFeatures(dimension())) {
            throw fields.error("the logarithm of a softmax over steps is not supported");
        }
        return new ActivationLayer(name, Activation.LOG_SOFTMAX);
    }

    private Layer pooling(Pooling1D.Kind kind) throws ModelFormatException {
        fields.require("padding", 0L);
        fields.require("ceil_mode", false);
        if (kind == Pooling1D.Kind.MAX) {
            fields.require("dilation", 1L);
            fields.require("return_indices", false);
        } else {
            fields.skip("count_include_pad"); // there is no padding to count
        }
        int size = fields.size("kernel_size");
        return new Pooling1D(name, kind, size, fields.size("stride", size), Padding.VALID);
    }

    private Layer adaptive(GlobalPooling1D.Kind kind) throws ModelFormatException {
        if (fields.size("output_size") != 1) {
            fields.require("output_size", 1L);
        }
        return new GlobalPooling1D(name, kind);
    }

    private Layer overSteps(GlobalPooling1D.Kind kind) throws ModelFormatException {
        requireSteps();
        return new GlobalPooling1D(name, kind);
    }

    private void requireSteps() throws ModelFormatException {
        if (!input.isSequence() || isFeatures(dimension())) {
            throw fields.error("dim must be 1, that of the steps in (batch, steps, features), and the input "
                    + (input.isSequence() ? "has them" : "has no steps"));
        }
    }

    private Layer select() throws ModelFormatException {
        requireSteps();
        fields.require("index", 0L, -1L);
        if (fields.get("index") == null) {
            throw fields.error("has no index");
        }
        return new GlobalPooling1D(name, fields.get("index").equals(0L)
                ? GlobalPooling1D.Kind.FIRST
                : GlobalPooling1D.Kind.LAST);
    }

    private Layer concatenation() throws ModelFormatException {
        return new Merge(name, isFeatures(dimension()) ? Merge.Kind.CONCATENATE : Merge.Kind.CONCATENATE_STEPS);
    }

    private Layer zeroPadding() throws ModelFormatException {
        Object padding = fields.get("padding");
        if (padding instanceof List<?> both && both.size() == 2) {
            return new ZeroPadding1D(name, fields.countOf("padding", both.get(0)),
                    fields.countOf("padding", both.get(1)));
        }
        int zeros = fields.countOf("padding", padding);
        return new ZeroPadding1D(name, zeros, zeros);
    }

    /** Returns a vector of all steps: features within steps or, as PyTorch's convolutions have it, the reverse. */
    private List<Layer> flatten() throws ModelFormatException {
        fields.require("start_dim", 1L);
        fields.require("end_dim", -1L, 2L);
        int steps = fields.size("steps");
        boolean channelsFirst = "channels_first".equals(fields.string("layout", null));
        if (fields.get("layout") == null) {
            throw fields.error("has no layout, which is \"channels_last\" or \"channels_first\": what was flattened in"
                    + " PyTorch, (batch, steps, features) or (batch, features, steps)");
        }
        fields.require("layout", "channels_last", "channels_first");
        if (!input.isSequence() || (long) steps * input.features() > Integer.MAX_VALUE) {
            throw fields.error("must have a sequence with steps = " + steps + ", has " + words() + " with "
                    + input.features() + " features");
        }
        Layer flat = new Reshape(name, Shape.vector(steps * input.features()));
        return channelsFirst ? List.of(new Permute(name + ".transpose", steps, input.features()), flat) : List.of(flat);
    }
}
