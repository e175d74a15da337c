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
    /** So many different masks may come together in one. */
    private static final int MAX_MASKS = 16;
    /** What begins a mask: where an array differs from a value. */
    private static final String DIFFERS = "NotEqual";
    /** Where any feature does. */
    private static final String ANY = "Any";
    /** Where all features do. */
    private static final String ALL = "All";
    /** What is no mask, but as many values that mask everything, or nothing. */
    private static final String ZEROS = "ZerosLike";
    private static final String ONES = "OnesLike";
    /** A value for every feature in place of one for a step. */
    private static final String EXPAND = "ExpandDims";
    /** What a layer that joins arrays makes of their masks. */
    private static final Set<String> JOINING = Set.of("LogicalOr", EXPAND, ZEROS, ONES, "Concatenate", ALL,
            "ConvertToTensor");

    /**
     * What an operation makes: true where any of some masks is.
     *
     * @param origins the masks
     * @param everywhere whether it is true everywhere
     * @param ofFeatures whether it has a value for every feature of a step
     */
    record Made(Set<Flow.Origin> origins, boolean everywhere, boolean ofFeatures) {
        /** Returns what is masked by it. */
        Set<Flow.Origin> masked() {
            return everywhere ? Set.of() : origins;
        }
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
                    ? new Made(Set.of(new Flow.Origin(source, number.doubleValue(), false)), false, false)
                    : null;
            case ANY -> first != null && arguments.size() == 1 && isOverFeatures(object) ? any(first) : null;
            case ALL -> first != null && arguments.size() == 1 && isOverFeatures(object) && first.ofFeatures
                    && !first.everywhere && first.origins.size() == 1 ? any(first) : null;
            case ZEROS -> new Made(Set.of(), false, true);
            case ONES -> new Made(Set.of(), true, true);
            default -> joined(object, masks);
        };
        if (made == null) {
            throw object.error("is an operation that does not make a mask in the way of a layer, "
                    + "which is not supported");
        }
        return made;
    }

    private static boolean isOverFeatures(ConfigObject object) throws ModelFormatException {
        ConfigObject config = object.object("config");
        return Long.valueOf(-1).equals(config.get("axis")) && !config.boolOrFalse("keepdims");
    }

    private static Made any(Made mask) {
        if (mask.ofFeatures) {
            return new Made(mask.origins, mask.everywhere, false);
        }
        // Where any feature differs from a value.
        return mask.origins.size() == 1 && !mask.everywhere
                ? new Made(Set.of(mask.origins.iterator().next().ofAnyFeature()), false, false)
                : null;
    }

    private static Made joined(ConfigObject object, List<Made> masks) throws ModelFormatException {
        Set<Flow.Origin> origins = new HashSet<>();
        boolean everywhere = false;
        boolean ofFeatures = object.string("class_name").equals(EXPAND);
        for (Made mask : masks) {
            if (mask == null) {
                return null;
            }
            origins.addAll(mask.origins);
            everywhere |= mask.everywhere;
            ofFeatures |= mask.ofFeatures;
        }
        return origins.size() > MAX_MASKS ? null : new Made(Set.copyOf(origins), everywhere, ofFeatures);
    }
}
