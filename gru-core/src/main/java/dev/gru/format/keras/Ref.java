package dev.gru.format.keras;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.json.ConfigObject;

/**
 * An output of a layer of a functional model, or of an operation.
 *
 * @param layer the name of the layer
 * @param call which of its calls made it
 * @param index which of its outputs it is
 */
record Ref(String layer, int call, int index) {

    /** Reads one tensor: as Keras 3 serialises it, or a list of name, number of the call and number of the output. */
    static Ref of(ConfigObject where, Object value) throws ModelFormatException {
        Object history = value;
        if (value instanceof Map<?, ?> map) {
            ConfigObject serialized = new ConfigObject(where.where(), map);
            serialized.requireString("class_name", "__keras_tensor__");
            history = serialized.object("config").at(where.where()).list("keras_history");
        }
        if (isTensor(history)) {
            List<?> parts = (List<?>) history;
            return new Ref((String) parts.getFirst(), ((Long) parts.get(1)).intValue(),
                    ((Long) parts.get(2)).intValue());
        }
        throw where.error("takes " + ConfigObject.show(value) + ", but only outputs of layers are supported");
    }

    /** Returns whether something is a list of name, number of the call and number of the output. */
    static boolean isTensor(Object value) {
        return value instanceof List<?> parts && parts.size() == 3 && parts.getFirst() instanceof String
                && isNumber(parts.get(1)) && isNumber(parts.get(2));
    }

    private static boolean isNumber(Object value) {
        return value instanceof Long number && number >= 0 && number <= Integer.MAX_VALUE;
    }

    /** Reads one tensor, or a list of them. */
    static List<Ref> several(ConfigObject where, Object value) throws ModelFormatException {
        if (!(value instanceof List<?> list) || isTensor(value)) {
            return List.of(of(where, value));
        }
        List<Ref> tensors = new ArrayList<>();
        for (Object each : list) {
            tensors.add(of(where, each));
        }
        return tensors;
    }

    /** Returns the call that makes it, as a tensor of it. */
    Ref first() {
        return new Ref(layer, call, 0);
    }
}
