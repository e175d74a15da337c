package dev.gru.format.keras;

import java.util.ArrayList;
import java.util.List;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.json.ConfigObject;
import dev.gru.layer.Conv1D.Padding;
import dev.gru.layer.GlobalPooling1D;
import dev.gru.layer.Layer;
import dev.gru.layer.Pooling1D;
import dev.gru.layer.Reshaping.Cropping1D;
import dev.gru.layer.Reshaping.Permute;
import dev.gru.layer.Reshaping.RepeatVector;
import dev.gru.layer.Reshaping.Reshape;
import dev.gru.layer.Reshaping.UpSampling1D;
import dev.gru.layer.Reshaping.ZeroPadding1D;
import dev.gru.layer.Shape;

/** Makes layers of Keras's that change how many steps there are, or what is a step and what a feature. */
final class Reshapings {
    private static final String PADDING = "padding";

    List<Layer> pooling(Entry entry, Flow input) throws ModelFormatException {
        ConfigObject config = entry.config();
        input.requireSequence(config);
        Options.requireChannelsLast(config);
        int size = Options.only(config, "pool_size");
        int stride = config.get("strides") == null ? size : Options.only(config, "strides");
        Padding padding = switch (config.string(PADDING)) {
            case "valid" -> Padding.VALID;
            case "same" -> Padding.SAME;
            default -> throw config.error("padding " + ConfigObject.show(config.get(PADDING))
                    + " is not supported, only valid and same");
        };
        return List.of(new Pooling1D(entry.name(), entry.className().startsWith("Max")
                ? Pooling1D.Kind.MAX
                : Pooling1D.Kind.AVERAGE, size, stride, padding));
    }

    List<Layer> globalPooling(Entry entry, Flow input) throws ModelFormatException {
        ConfigObject config = entry.config();
        input.requireSequence(config);
        Options.requireChannelsLast(config);
        Layer pooling = new GlobalPooling1D(entry.name(), entry.className().equals("GlobalMaxPooling1D")
                ? GlobalPooling1D.Kind.MAX
                : GlobalPooling1D.Kind.AVERAGE);
        return config.boolOr("keepdims", false)
                ? List.of(pooling, new RepeatVector(entry.name() + "/keepdims", 1))
                : List.of(pooling);
    }

    List<Layer> flatten(Entry entry, Flow input) throws ModelFormatException {
        ConfigObject config = entry.config();
        Options.requireChannelsLast(config);
        if (!input.isSequence()) {
            return List.of();
        }
        return List.of(new Reshape(entry.name(),
                Shape.vector(Math.multiplyExact(input.requireSteps(config), input.features()))));
    }

    List<Layer> reshape(Entry entry, Flow input) throws ModelFormatException {
        ConfigObject config = entry.config();
        List<Long> target = new ArrayList<>();
        long known = 1;
        for (Object size : config.list("target_shape")) {
            long number = Long.valueOf(-1).equals(size) ? -1 : config.size("a dimension of target_shape", size);
            target.add(number);
            known = number < 0 ? known : Math.multiplyExact(known, number);
        }
        boolean inferred = target.contains(-1L);
        if (target.isEmpty() || target.size() > 2 || (inferred && target.indexOf(-1L) != target.lastIndexOf(-1L))) {
            throw config.error("target_shape has " + target.size() + " dimensions, only (steps, features) and "
                    + "(features) are supported, of which one may be -1");
        }
        if (input.perStep()) {
            if (target.size() == 1 && (inferred || known == input.features())) {
                return List.of();
            }
            throw config.error("makes more than a vector of each step, which is not supported");
        }
        if (target.size() == 2 && target.get(0) == -1) {
            return List.of(new Reshape(entry.name(), Shape.sequence(Math.toIntExact(known))));
        }
        long all = (long) (input.isSequence() ? input.requireSteps(config) : 1) * input.features();
        if (inferred ? all % known != 0 : all != known) {
            throw config.error("target_shape has " + known + " elements, but its input has " + all);
        }
        int features = Math.toIntExact(target.getLast() == -1 ? all / known : target.getLast());
        return List.of(new Reshape(entry.name(), target.size() == 1
                ? Shape.vector(features)
                : Shape.sequence(features)));
    }

    List<Layer> repeat(Entry entry, Flow input) throws ModelFormatException {
        if (input.isSequence() || input.perStep()) {
            throw entry.config().error("takes a vector, but its input is a sequence");
        }
        return List.of(new RepeatVector(entry.name(), entry.config().size("n")));
    }

    List<Layer> permute(Entry entry, Flow input) throws ModelFormatException {
        ConfigObject config = entry.config();
        List<?> dims = config.list("dims");
        if (dims.equals(List.of(1L, 2L)) || dims.equals(List.of(1L))) {
            return List.of();
        }
        input.requireSequence(config);
        if (!dims.equals(List.of(2L, 1L))) {
            throw config.error("dims must be (2, 1) or (1, 2)");
        }
        return List.of(new Permute(entry.name(), input.requireSteps(config), input.features()));
    }

    List<Layer> zeroPadding(Entry entry, Flow input) throws ModelFormatException {
        input.requireSequence(entry.config());
        Options.requireChannelsLast(entry.config());
        int[] sides = sides(entry.config(), PADDING);
        return List.of(new ZeroPadding1D(entry.name(), sides[0], sides[1]));
    }

    List<Layer> cropping(Entry entry, Flow input) throws ModelFormatException {
        input.requireSequence(entry.config());
        int[] sides = sides(entry.config(), "cropping");
        return List.of(new Cropping1D(entry.name(), sides[0], sides[1]));
    }

    /** Reads a number for both sides, or one for each. */
    private static int[] sides(ConfigObject config, String key) throws ModelFormatException {
        Object value = config.get(key);
        List<?> both = value instanceof List<?> list ? list : value == null ? List.of() : List.of(value, value);
        int[] sides = new int[2];
        for (int i = 0; i < 2; i++) {
            if (both.size() != 2 || !(both.get(i) instanceof Long side) || side < 0 || side > Integer.MAX_VALUE) {
                throw config.error(key + " must be two numbers of steps, is " + ConfigObject.show(value));
            }
            sides[i] = side.intValue();
        }
        return sides;
    }

    List<Layer> upSampling(Entry entry, Flow input) throws ModelFormatException {
        input.requireSequence(entry.config());
        return List.of(new UpSampling1D(entry.name(), Options.only(entry.config(), "size")));
    }
}
