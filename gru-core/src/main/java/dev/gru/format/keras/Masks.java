package dev.gru.format.keras;

import java.util.ArrayList;
import java.util.HashSet;
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
    /** What is no mask, but as many values that mask nothing. */
    private static final String ZEROS = "ZerosLike";
    /** What hands a mask on as it is. */
    private static final String SAME = "ConvertToTensor";
    /** What a layer that joins arrays makes of their masks, which stays the same if all are. */
    private static final Set<String> JOINING = Set.of("LogicalOr", "ExpandDims", ZEROS, "Concatenate", SAME);

    /**
     * What an operation makes.
     *
     * @param origin the mask; null for zeros
     * @param ofFeatures whether it has one for every feature of a step, all the same
     */
    record Made(Flow.Origin origin, boolean ofFeatures) {
    }

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
    static Made made(ConfigObject object, Dialect dialect, Flow.Source source, List<Made> masks)
            throws ModelFormatException {
        List<Object> arguments = arguments(object, dialect);
        Made first = masks.getFirst();
        Made made = switch (object.string("class_name")) {
            case DIFFERS -> arguments.size() == 2 && arguments.get(1) instanceof Number number && source != null
                    ? new Made(new Flow.Origin(source, number.doubleValue(), false), false)
                    : null;
            case ANY -> first != null && first.origin != null && arguments.size() == 1 ? any(object, first) : null;
            case ZEROS -> new Made(null, true);
            default -> joined(object, masks);
        };
        if (made == null) {
            throw object.error("is an operation that does not make a mask in the way of a layer, "
                    + "which is not supported");
        }
        return made;
    }

    private static Made any(ConfigObject object, Made mask) throws ModelFormatException {
        ConfigObject config = object.object("config");
        if (!Long.valueOf(-1).equals(config.get("axis")) || config.boolOrFalse("keepdims")) {
            return null;
        }
        Flow.Origin origin = mask.origin;
        return new Made(mask.ofFeatures ? origin : new Flow.Origin(origin.of(), origin.value(), true), false);
    }

    /** All masks among the arguments must be the same one. */
    private static Made joined(ConfigObject object, List<Made> masks) throws ModelFormatException {
        Set<Flow.Origin> origins = new HashSet<>();
        boolean ofFeatures = object.string("class_name").equals("ExpandDims");
        for (Made mask : masks) {
            if (mask == null) {
                return null;
            }
            if (mask.origin != null) {
                origins.add(mask.origin);
            }
            ofFeatures |= mask.ofFeatures;
        }
        return origins.size() == 1 ? new Made(origins.iterator().next(), ofFeatures) : null;
    }
}
