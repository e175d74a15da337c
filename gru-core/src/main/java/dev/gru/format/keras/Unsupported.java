package dev.gru.format.keras;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.json.ConfigObject;
import dev.gru.internal.Printable;

/**
 * The layers of a model whose classes are not supported, all of which a refusal names.
 *
 * <p>For one model and one thread.
 */
final class Unsupported {
    private static final String OTHER_RECURRENCE = "it has another recurrence than a GRU";
    private static final String TWO_DIMENSIONS = "it is not one of sequences";

    /** Why, for classes that one meets beside a GRU. */
    private static final Map<String, String> REASONS = Map.ofEntries(Map.entry("LSTM", OTHER_RECURRENCE),
            Map.entry("SimpleRNN", OTHER_RECURRENCE), Map.entry("CuDNNLSTM", OTHER_RECURRENCE),
            Map.entry("ConvLSTM1D", OTHER_RECURRENCE), Map.entry("ConvLSTM2D", OTHER_RECURRENCE),
            Map.entry("CuDNNGRU", "load the model in Keras 2 and replace it by GRU(reset_after=True)"),
            Map.entry("Lambda", "it is a Python function; put layers of Keras in its place"),
            Map.entry("TFOpLambda", "it is an operation of TensorFlow; put layers of Keras in its place"),
            Map.entry("TensorFlowOpLayer", "it is an operation of TensorFlow; put layers of Keras in its place"),
            Map.entry("Conv2D", TWO_DIMENSIONS), Map.entry("MaxPooling2D", TWO_DIMENSIONS),
            Map.entry("AveragePooling2D", TWO_DIMENSIONS), Map.entry("SeparableConv2D", TWO_DIMENSIONS),
            Map.entry("TextVectorization", "texts must be made token ids before"),
            Map.entry("StringLookup", "texts must be made token ids before"));

    /** So many are named, which no model of layers of one kind has. */
    private static final int MAX_NAMED = 50;

    private final String file;
    private final List<ModelFormatException> problems = new ArrayList<>();
    private final List<String> names = new ArrayList<>();

    Unsupported(String file) {
        this.file = file;
    }

    /** Notes a class that is not supported. */
    void addClass(ConfigObject object, String className) {
        add(object, "the class " + Printable.of(className) + " is not supported"
                + (REASONS.containsKey(className) ? ": " + REASONS.get(className) : ""), Printable.of(className));
    }

    /**
     * Notes a layer that is not supported.
     *
     * @param object where it stands
     * @param problem what is said of it if it is the only one
     * @param what its class, or what else it is
     */
    void add(ConfigObject object, String problem, String what) {
        problems.add(object.error(problem));
        if (names.size() < MAX_NAMED) {
            names.add(object.where().substring(object.where().lastIndexOf(": layer ") + 8) + " (" + what + ")");
        }
    }

    /** Fails if there are any. */
    void requireNone() throws ModelFormatException {
        if (problems.size() == 1) {
            throw problems.getFirst();
        }
        if (!problems.isEmpty()) {
            throw new ModelFormatException(file + ": " + problems.size() + " layers are not supported: "
                    + String.join(", ", names) + (problems.size() > names.size() ? " and others" : ""));
        }
    }
}
