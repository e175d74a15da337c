package dev.gru.format.keras;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.json.ConfigObject;

/**
 * Operations between the layers of a functional model by which Keras 3 says how a mask is computed. They must say what
 * follows from the layers anyway.
 */
final class Masks {
    /** What begins a mask: where an array differs from a value. */
    private static final String DIFFERS = "NotEqual";
    /** Where any feature does. */
    private static final String ANY = "Any";
    /** What a layer that joins arrays makes of their masks, which stays the same if all are. */
    private static final Set<String> JOINING = Set.of("LogicalOr", "ExpandDims", "ZerosLike", "Concatenate");

    private Masks() {
    }

    /** Returns whether an object is such an operation, and no layer. */
    static boolean isOperation(ConfigObject object, Dialect dialect) throws ModelFormatException {
        String className = object.string("class_name");
        if (className.equals(DIFFERS) || className.equals(ANY)) {
            return true;
        }
        if (!JOINING.contains(className)) {
            return false;
        }
        // In legacy files, where there are no modules, layers can be told by what all layers have.
        return object.get("module") instanceof String module
                ? module.startsWith("keras.src.ops.")
                : dialect.legacy() && object.get("config") instanceof Map<?, ?> config
                        && !config.containsKey("trainable");
    }

    /** Returns the numbers and the tensors, in lists or not, that an operation is called on. */
    private static List<Object> arguments(ConfigObject object, Dialect dialect) throws ModelFormatException {
        List<?> nodes = object.list("inbound_nodes");
        boolean own = object.get("module") instanceof String module
                ? module.startsWith("keras.src.ops.")
                : dialect.legacy() && object.get("module") == null;
        if (!own || nodes.size() != 1 || !(nodes.getFirst() instanceof Map<?, ?> map)) {
            throw object.error("is not an operation of Keras's own");
        }
        List<Object> arguments = new ArrayList<>();
        for (Object argument : new ConfigObject(object.where(), map).list("args")) {
            if (argument instanceof List<?> list) {
                arguments.addAll(list);
            } else {
                arguments.add(argument);
            }
        }
        if (arguments.isEmpty()) {
            throw object.error("has no arguments");
        }
        return arguments;
    }

    /** Returns the tensors that an operation is called on. */
    static List<Ref> tensors(ConfigObject object, Dialect dialect) throws ModelFormatException {
        List<Ref> tensors = new ArrayList<>();
        for (Object argument : arguments(object, dialect)) {
            if (!(argument instanceof Number)) {
                tensors.add(Ref.of(object, argument));
            }
        }
        return tensors;
    }

    /**
     * Returns the mask that an operation makes.
     *
     * @param source where the first of its tensors comes from; null if that is a mask
     * @param masks the masks that its tensors are, null for those that are none
     */
    static Flow.Origin made(ConfigObject object, Dialect dialect, Flow.Source source, List<Flow.Origin> masks)
            throws ModelFormatException {
        List<Object> arguments = arguments(object, dialect);
        Flow.Origin made = null;
        switch (object.string("class_name")) {
            case DIFFERS -> {
                if (arguments.size() == 2 && arguments.get(1) instanceof Number number && source != null) {
                    made = new Flow.Origin(source, number.doubleValue(), false);
                }
            }
            case ANY -> {
                Flow.Origin before = masks.getFirst();
                ConfigObject config = object.object("config");
                boolean last = Long.valueOf(-1).equals(config.get("axis")) && !config.boolOrFalse("keepdims");
                if (before != null && last && arguments.size() == 1) {
                    made = new Flow.Origin(before.of(), before.value(), true);
                }
            }
            default -> {
                // All masks among its arguments are the same one.
                List<Flow.Origin> there = masks.stream().filter(mask -> mask != null).distinct().toList();
                made = there.size() == 1 ? there.getFirst() : null;
            }
        }
        if (made == null) {
            throw object.error("is an operation that does not make a mask in the way of a layer, "
                    + "which is not supported");
        }
        return made;
    }
}
