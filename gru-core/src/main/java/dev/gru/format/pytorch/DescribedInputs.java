package dev.gru.format.pytorch;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.json.ConfigObject;
import dev.gru.internal.Printable;
import dev.gru.layer.Graph;
import dev.gru.layer.Shape;
import dev.gru.layer.Signature.Axis;
import dev.gru.layer.Signature.Port;
import dev.gru.layer.Signature.Presence;
import dev.gru.layer.Signature.Role;
import dev.gru.layer.Signature;

/**
 * The inputs that an architecture names, with their shapes: {@code {"x": ["batch", "steps", 5]}}, in the order of
 * dimensions that the array has. Without a number there are token ids, without {@code "steps"} a vector.
 */
final class DescribedInputs {
    private static final Map<String, Axis> AXES = Map.of("batch", Axis.BATCH, "steps", Axis.STEP);

    private final List<Graph.Input> inputs = new ArrayList<>();
    private final Map<String, List<Axis>> axes = new HashMap<>();

    private DescribedInputs() {
    }

    /**
     * Reads the inputs.
     *
     * @param object what the architecture says of them, or null
     */
    static DescribedInputs read(String where, Object object) throws ModelFormatException {
        DescribedInputs read = new DescribedInputs();
        if (object == null) {
            return read;
        }
        if (!(object instanceof Map<?, ?> named) || named.isEmpty()) {
            throw new ModelFormatException(where + ": inputs must be an object of shapes by name, is "
                    + ConfigObject.show(object));
        }
        for (Map.Entry<?, ?> entry : named.entrySet()) {
            read.add((String) entry.getKey(), where + ": input " + Printable.quoted((String) entry.getKey()),
                    entry.getValue());
        }
        return read;
    }

    private void add(String name, String where, Object shape) throws ModelFormatException {
        int features = 0;
        List<Axis> found = new ArrayList<>();
        for (Object size : shape instanceof List<?> list ? list : List.of()) {
            if (size instanceof Long number && number >= 1 && number <= Integer.MAX_VALUE) {
                features = number.intValue();
                found.add(Axis.FEATURE);
            } else {
                found.add(size instanceof String word ? AXES.get(word) : null);
            }
        }
        boolean steps = found.contains(Axis.STEP);
        if (!found.contains(Axis.BATCH) || found.contains(null) || found.stream().distinct().count() < found.size()
                || (!steps && features == 0)) {
            throw new ModelFormatException(
                    where + ": the shape must be a list of \"batch\", \"steps\" and the number of"
                            + " features, of which tokens have no features and vectors no steps");
        }
        inputs.add(new Graph.Input(name, !steps
                ? Shape.vector(features)
                : features == 0 ? Shape.tokens() : Shape.sequence(features)));
        axes.put(name, found);
    }

    /** Adds the only input of an architecture that names none. */
    void imply(Shape shape) {
        inputs.add(new Graph.Input("x", shape));
    }

    /** Returns the inputs, none if the architecture names none and none was implied. */
    List<Graph.Input> inputs() {
        return inputs;
    }

    /** Returns the arrays of a model with these inputs, called as the architecture calls them. */
    Signature signature(List<Shape> outputs) {
        Map<String, Shape> named = new LinkedHashMap<>();
        inputs.forEach(input -> named.put(input.name(), input.shape()));
        Signature standard = Signature.standard(named, outputs);
        List<Port> ports = new ArrayList<>();
        for (Port port : standard.inputs()) {
            Graph.Input input = inputs.get(port.index());
            ports.add(port.role() == Role.INPUT && axes.containsKey(input.name())
                    ? new Port(input.name(), Role.INPUT, port.index(), 0, 0, axes.get(input.name()), Presence.REQUIRED)
                    : port);
        }
        return new Signature(ports, standard.outputs());
    }
}
