package dev.gru.format.keras;

import java.util.List;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.json.ConfigObject;
import dev.gru.layer.Attention;
import dev.gru.layer.Merge;

/** Makes and applies layers of Keras's that make one array of several. */
final class Joins {
    private final Dialect dialect;
    private final Assembly assembly;

    Joins(Dialect dialect, Assembly assembly) {
        this.dialect = dialect;
        this.assembly = assembly;
    }

    /** Applies a layer that computes element by element, or puts arrays one after the other. */
    Flow merge(Call call) throws ModelFormatException {
        Entry entry = call.entry();
        ConfigObject config = entry.config();
        List<Flow> inputs = call.inputs();
        if (inputs.size() < 2) {
            throw config.error("is called on " + inputs.size() + " arguments, but joins at least two");
        }
        Merge.Kind kind = switch (entry.className()) {
            case "Add" -> Merge.Kind.ADD;
            case "Subtract" -> Merge.Kind.SUBTRACT;
            case "Multiply" -> Merge.Kind.MULTIPLY;
            case "Average" -> Merge.Kind.AVERAGE;
            case "Maximum" -> Merge.Kind.MAXIMUM;
            case "Minimum" -> Merge.Kind.MINIMUM;
            default -> Options.axis(config, "axis", inputs.getFirst().shape()) == 1
                    && inputs.getFirst().isSequence() ? Merge.Kind.CONCATENATE_STEPS : Merge.Kind.CONCATENATE;
        };
        Flow.Mask mask = mask(config, kind, inputs);
        if (entry.made() == null) {
            entry.made(List.of(new Merge(entry.name(), kind)));
        }
        return assembly.add(config, entry.made().getFirst(), inputs.toArray(new Flow[0])).with(mask);
    }

    /** If all inputs have one mask, or none has any, so has the output; of anything else versions make other things. */
    private Flow.Mask mask(ConfigObject config, Merge.Kind kind, List<Flow> inputs) throws ModelFormatException {
        Flow.Mask first = inputs.getFirst().mask();
        if (inputs.stream().allMatch(input -> input.mask().kind() == Flow.Mask.Kind.NONE)) {
            return Flow.Mask.NONE;
        }
        if (kind == Merge.Kind.MULTIPLY && dialect.major() == 3) {
            throw config.error("multiplies arrays of masked steps, which some versions of Keras make 0 there; "
                    + "that is not supported");
        }
        if (kind == Merge.Kind.CONCATENATE_STEPS || inputs.stream().anyMatch(input -> !input.mask().equals(first))) {
            return new Flow.Mask(Flow.Mask.Kind.DOUBTFUL, first.origin(), "steps are masked before "
                    + config.where().substring(config.where().indexOf(": ") + 2)
                    + ", which joins arrays with different masks; what becomes of these is not the same in all "
                    + "versions of Keras");
        }
        return first;
    }

    /** Applies an {@code Attention} or {@code AdditiveAttention}. */
    Flow attention(Call call) throws ModelFormatException {
        Entry entry = call.entry();
        ConfigObject config = entry.config();
        for (Flow input : call.inputs()) {
            input.requireSequence(config);
            input.requireCertainMask(config);
        }
        if (entry.made() == null) {
            entry.made(List.of(attention(entry, call.inputs().getFirst().features())
                    .withCausal(config.boolOr("causal", false) || call.causal())));
        }
        return assembly.add(config, entry.made().getFirst(), call.inputs().toArray(new Flow[0]));
    }

    private static Attention attention(Entry entry, int features) throws ModelFormatException {
        ConfigObject config = entry.config();
        boolean scaled = config.boolOr("use_scale", false);
        if (entry.className().equals("AdditiveAttention")) {
            return new Attention(entry.name(), Attention.Score.ADDITIVE,
                    scaled ? entry.variables(1).read(0, features) : new float[0]);
        }
        String mode = config.get("score_mode") == null ? "dot" : config.string("score_mode");
        return switch (mode) {
            case "dot" -> new Attention(entry.name(), Attention.Score.DOT,
                    scaled ? entry.variables(1).read(0) : new float[0]);
            case "concat" -> {
                if (scaled) {
                    throw config.error("score_mode \"concat\" with use_scale is not supported");
                }
                yield new Attention(entry.name(), Attention.Score.CONCATENATE, entry.variables(1).read(0));
            }
            default -> throw config.error("score_mode " + ConfigObject.show(config.get("score_mode"))
                    + " is not supported, only dot and concat");
        };
    }
}
