package dev.gru.format.keras;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.json.ConfigObject;
import dev.gru.layer.ActivationLayer;
import dev.gru.layer.ActivationLayer.StepSoftmax;
import dev.gru.layer.GlobalPooling1D;
import dev.gru.layer.Layer;
import dev.gru.layer.Merge;
import dev.gru.layer.Reshaping.Cropping1D;
import dev.gru.layer.Reshaping.RepeatVector;
import dev.gru.layer.Reshaping.Reshape;
import dev.gru.layer.Reshaping.Slice;
import dev.gru.layer.Scale;
import dev.gru.weights.Activation;

/**
 * Applies operations between layers, which become layers that compute the same. In all versions of Keras, operations
 * neither see masks nor hand them on.
 *
 * <p>For one model and one thread.
 */
final class Operations {
    private final Dialect dialect;
    private final Assembly assembly;
    private final Gating gating;
    /** The layers so far: a model that is applied twice has each once. */
    private final Map<String, Layer> made = new HashMap<>();

    Operations(Dialect dialect, Assembly assembly, Gating gating) {
        this.dialect = dialect;
        this.assembly = assembly;
        this.gating = gating;
    }

    /** Applies an operation. */
    Flow apply(Call call) throws ModelFormatException {
        return new Applied(call).output();
    }

    /** One call. */
    private final class Applied {
        private final Entry entry;
        private final Operation operation;
        private final ConfigObject options;
        private final String name;
        private final List<Flow> inputs = new ArrayList<>();

        Applied(Call call) throws ModelFormatException {
            entry = call.entry();
            operation = call.operation();
            options = operation.options();
            name = entry.name() + (operation.call() == 0 ? "" : "/" + operation.call());
            for (Flow input : call.inputs()) {
                inputs.add(unmasked(input));
            }
        }

        private Flow unmasked(Flow input) throws ModelFormatException {
            return input.mask().kind() == Flow.Mask.Kind.NONE
                    ? input
                    : add(new Reshape(name + "/unmasked" + (inputs.isEmpty() ? "" : "_" + inputs.size()),
                            input.ofSource()), input);
        }

        private Flow add(Layer layer, Flow... arguments) throws ModelFormatException {
            Layer first = made.putIfAbsent(layer.name(), layer);
            if (first != null && !(layer instanceof Scale) && !first.equals(layer)) {
                throw options.error("is applied to arrays of different sizes, which is not supported");
            }
            return assembly.add(entry.config(), first == null ? layer : first, arguments);
        }

        Flow output() throws ModelFormatException {
            return switch (operation.name()) {
                case "Add" -> joined(Merge.Kind.ADD);
                case "Subtract" -> joined(Merge.Kind.SUBTRACT);
                case "Multiply" -> joined(Merge.Kind.MULTIPLY);
                case "Divide", "TrueDivide" -> joined(Merge.Kind.DIVIDE);
                case "Maximum" -> joined(Merge.Kind.MAXIMUM);
                case "Minimum" -> joined(Merge.Kind.MINIMUM);
                case "Concatenate" -> joined(axis() == 1 && inputs.getFirst().isSequence()
                        ? Merge.Kind.CONCATENATE_STEPS
                        : Merge.Kind.CONCATENATE);
                case "GetItem" -> part(only());
                case "Mean" -> pooled(GlobalPooling1D.Kind.AVERAGE);
                case "Max" -> pooled(GlobalPooling1D.Kind.MAX);
                default -> function(only());
            };
        }

        private Flow only() throws ModelFormatException {
            if (operation.operands().size() != 1) {
                throw options
                        .error("is called on " + operation.operands().size() + " arguments, only one is supported");
            }
            return inputs.getFirst();
        }

        /** Returns the axis, counted from the batch on; without one, that of features. */
        private int axis() throws ModelFormatException {
            Flow input = inputs.getFirst();
            return options.has("axis")
                    ? Options.axis(options, "axis", input.shape())
                    : rank(input) - 1;
        }

        private static int rank(Flow input) {
            return input.isSequence() ? 3 : 2;
        }

        private Flow joined(Merge.Kind kind) throws ModelFormatException {
            options.requireOnly(kind == Merge.Kind.CONCATENATE || kind == Merge.Kind.CONCATENATE_STEPS
                    ? Set.of("axis")
                    : Set.of());
            List<Object> operands = operation.operands();
            if (operands.size() < 2) {
                throw options.error("is called on one argument, but joins at least two");
            }
            if (inputs.size() == operands.size()) {
                return add(new Merge(name, kind), inputs.toArray(new Flow[0]));
            }
            if (operands.size() > 2) {
                throw options.error("joins more than two arguments, of which not all are arrays of the model; "
                        + "that is not supported");
            }
            return add(withConstant(kind, operands.getFirst() != null), inputs.getFirst());
        }

        private Layer withConstant(Merge.Kind kind, boolean constantFirst) throws ModelFormatException {
            int size = inputs.getFirst().features();
            float[] zeros = new float[size];
            float[] ones = filled(size, 1);
            return switch (kind) {
                case ADD -> new Scale(name, size, zeros, ones, constants(size));
                case SUBTRACT -> constantFirst
                        ? new Scale(name, size, zeros, filled(size, -1), constants(size))
                        : new Scale(name, size, constants(size), ones, zeros);
                case MULTIPLY -> new Scale(name, size, zeros, constants(size), zeros);
                case DIVIDE -> new Scale(name, size, zeros, reciprocals(size, constantFirst), zeros);
                case MAXIMUM -> function(Activation.clip(constants(1)[0], Float.POSITIVE_INFINITY));
                case MINIMUM -> function(Activation.clip(Float.NEGATIVE_INFINITY, constants(1)[0]));
                default -> throw options.error("joins an array of the model with a constant, which is not supported");
            };
        }

        private float[] reciprocals(int size, boolean constantFirst) throws ModelFormatException {
            if (constantFirst) {
                throw options.error("divides a constant by an array, which is not supported");
            }
            float[] values = constants(size);
            for (int i = 0; i < size; i++) {
                values[i] = 1 / values[i];
            }
            return values;
        }

        private static float[] filled(int size, float value) {
            float[] array = new float[size];
            Arrays.fill(array, value);
            return array;
        }

        /** Returns the constant: for all features, or one for each. */
        private float[] constants(int size) throws ModelFormatException {
            Object operand = operation.operands().getFirst() == null
                    ? operation.operands().getLast()
                    : operation.operands().getFirst();
            ConfigObject place = new ConfigObject(options.where(), Map.of("constant", operand));
            Object value = operand instanceof Map<?, ?>
                    ? place.object("constant").object("config").get("value")
                    : operand;
            int dimensions = 0;
            for (; value instanceof List<?> list && !list.isEmpty(); value = list.getFirst()) {
                dimensions++;
            }
            if (dimensions > rank(inputs.getFirst())) {
                throw options.error("joins an array with a constant of more dimensions, which is not supported");
            }
            return Options.numbers(place, "constant", size);
        }

        private Flow pooled(GlobalPooling1D.Kind kind) throws ModelFormatException {
            options.requireOnly(Set.of("axis", "keepdims"));
            Flow input = only();
            if (!input.isSequence() || !options.has("axis") || axis() != 1) {
                throw options.error("axis " + ConfigObject.show(options.get("axis"))
                        + " is not supported, only that of the steps of a sequence");
            }
            Flow pooled = add(new GlobalPooling1D(name, kind), input);
            return options.boolOrFalse("keepdims") ? add(new RepeatVector(name + "/keepdims", 1), pooled) : pooled;
        }

        private Layer function(Activation activation) {
            return new ActivationLayer(name, activation);
        }

        private Flow function(Flow input) throws ModelFormatException {
            switch (operation.name()) {
                case "Softmax", "LogSoftmax", "Glu" -> options.requireOnly(Set.of("axis"));
                case "ReLU" -> options.requireOnly(Set.of("negative_slope", "max_value", "threshold"));
                case "LeakyRelu" -> options.requireOnly(Set.of("negative_slope"));
                case "Elu", "Celu" -> options.requireOnly(Set.of("alpha"));
                case "Gelu" -> options.requireOnly(Set.of("approximate"));
                default -> options.requireOnly(Set.of());
            }
            boolean ofSteps = input.isSequence() && axis() == 1;
            if (operation.name().equals("Softmax") && ofSteps) {
                return add(new StepSoftmax(name), input);
            }
            if (ofSteps) {
                throw options.error("axis 1 is not supported, only -1");
            }
            if (operation.name().equals("Glu")) {
                return gating.apply(entry, input);
            }
            return add(function(switch (operation.name()) {
                case "Negative" -> Activation.linear(-1, 0);
                case "Exp" -> Activation.EXPONENTIAL;
                case "ReLU" -> Options.activation("ReLU", options, dialect);
                case "LeakyRelu" -> Activation.leakyRelu((float) options.number("negative_slope"));
                case "Elu" -> Activation.elu(Options.number(options, "alpha", 1));
                case "Celu" -> Activation.celu(Options.number(options, "alpha", 1));
                case "Gelu" -> options.boolOr("approximate", true) ? Activation.GELU_TANH : Activation.GELU;
                default ->
                    Activations.of(operation.name().replaceAll("([a-z])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT))
                            .orElseThrow();
            }), input);
        }

        /** What is between brackets behind an array: {@code [:, -1]}, {@code [:, 1:-1, :4]}. */
        private Flow part(Flow input) throws ModelFormatException {
            List<Object> items = items(input);
            requireAll(items.getFirst());
            boolean ofSteps = input.isSequence() && !items.get(1).equals(Bounds.ALL);
            Flow flow = input;
            Object features = items.getLast();
            if (ofSteps) {
                flow = items.get(1) instanceof Long step ? step(step, flow) : steps(items.get(1), flow);
            }
            if (!(features instanceof Bounds bounds)) {
                throw options.error("takes a single feature, which is not supported; take a range of one");
            }
            long first = bounds.first(input.features());
            long end = bounds.end(input.features());
            if (first >= end) {
                throw options.error("takes no features");
            }
            return first == 0 && end == input.features()
                    ? flow
                    : add(new Slice(name + (ofSteps ? "/features" : ""), (int) first, (int) (end - first)), flow);
        }

        /** Returns for each dimension a number or a range. */
        private List<Object> items(Flow input) throws ModelFormatException {
            options.requireOnly(Set.of(Operation.KEY));
            List<Object> items = new ArrayList<>();
            int rank = rank(input);
            List<?> key = options.get(Operation.KEY) instanceof List<?> list
                    ? list
                    : Collections.singletonList(options.get(Operation.KEY));
            for (Object item : key) {
                if (item instanceof Map<?, ?> map && "__ellipsis__".equals(map.get("class_name"))) {
                    for (int left = rank - (key.size() - 1); left > 0; left--) {
                        items.add(Bounds.ALL);
                    }
                } else {
                    items.add(item instanceof Long ? item : bounds(item));
                }
            }
            while (items.size() < rank) {
                items.add(Bounds.ALL);
            }
            if (items.size() > rank) {
                throw options.error("takes parts of " + items.size() + " dimensions of an array that has " + rank);
            }
            return items;
        }

        private Bounds bounds(Object item) throws ModelFormatException {
            Object range = item instanceof Map<?, ?> map && "__slice__".equals(map.get("class_name"))
                    ? map.get("config")
                    : item;
            if (range instanceof Map<?, ?> map && (map.get("step") == null || Long.valueOf(1).equals(map.get("step")))
                    && (map.get("start") == null || map.get("start") instanceof Long)
                    && (map.get("stop") == null || map.get("stop") instanceof Long)) {
                return new Bounds((Long) map.get("start"), (Long) map.get("stop"));
            }
            throw options.error("takes parts in another way than by whole numbers and ranges of them, "
                    + "which is not supported");
        }

        private void requireAll(Object ofBatch) throws ModelFormatException {
            if (!ofBatch.equals(Bounds.ALL)) {
                throw options.error("takes a part of the batch, which is not supported");
            }
        }

        private Flow step(long step, Flow input) throws ModelFormatException {
            boolean last = step < 0;
            long before = last ? -(step + 1) : step;
            if (before > Integer.MAX_VALUE) {
                throw options.error("takes the step " + step + ", which no sequence has");
            }
            Flow flow = before == 0
                    ? input
                    : add(new Cropping1D(name + "/steps", last ? 0 : (int) before, last ? (int) before : 0), input);
            return add(new GlobalPooling1D(name, last ? GlobalPooling1D.Kind.LAST : GlobalPooling1D.Kind.FIRST), flow);
        }

        /** Steps from the first ones on, or up to the last ones, need not be counted. */
        private Flow steps(Object item, Flow input) throws ModelFormatException {
            Bounds bounds = (Bounds) item;
            long first = bounds.start == null ? 0 : bounds.start;
            long left = bounds.stop == null ? 0 : -bounds.stop;
            if (first < 0 || left < 0 || (bounds.stop != null && left == 0)) {
                int steps = input.requireSteps(options);
                first = bounds.first(steps);
                left = steps - bounds.end(steps);
            }
            if (first > Integer.MAX_VALUE || left > Integer.MAX_VALUE) {
                throw options.error("takes no steps");
            }
            return add(new Cropping1D(name, (int) first, (int) left), input);
        }
    }

    /** A range; null is the end on that side, negative numbers count from the last on. */
    private record Bounds(Long start, Long stop) {
        static final Bounds ALL = new Bounds(null, null);

        long first(int size) {
            return start == null ? 0 : within(start, size);
        }

        long end(int size) {
            return stop == null ? size : within(stop, size);
        }

        private static long within(long index, int size) {
            return Math.clamp(index < 0 ? index + size : index, 0, size);
        }
    }
}
