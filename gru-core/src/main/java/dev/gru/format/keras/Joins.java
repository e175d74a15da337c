package dev.gru.format.keras;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.json.ConfigObject;
import dev.gru.layer.Attention;
import dev.gru.layer.Merge;

/** Makes and applies layers of Keras's that make one array of several. */
final class Joins {
    /** So many different masks may come together in one array. */
    private static final int MAX_MASKS = 16;

    /** What looks at the masks of its inputs, in newer versions of Keras, and leaves out what is masked. */
    private static final Set<Merge.Kind> LOOKING = Set.of(Merge.Kind.MULTIPLY, Merge.Kind.MAXIMUM,
            Merge.Kind.MINIMUM);

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

    /**
     * If all inputs have one mask, or none has any, so has the output. Of different ones, Keras 3.15 masks the steps
     * that all mask, if all have masks; other versions do other things, so the file must say which mask a layer is
     * given.
     */
    private Flow.Mask mask(ConfigObject config, Merge.Kind kind, List<Flow> inputs) throws ModelFormatException {
        Flow.Mask first = inputs.getFirst().mask();
        boolean undefined = inputs.stream().anyMatch(input -> input.mask().undefined());
        if (inputs.stream().allMatch(input -> input.mask().kind() == Flow.Mask.Kind.NONE)) {
            return Flow.Mask.NONE;
        }
        boolean same = inputs.stream().allMatch(input -> input.mask().kind() == first.kind()
                && input.mask().origins().equals(first.origins()));
        if (LOOKING.contains(kind) && dialect.major() == 3) {
            if (!same) {
                throw config.error("joins arrays with different masks, of which some versions of Keras leave out the "
                        + "masked steps; that is not supported");
            }
            undefined = true;
        }
        if (same && kind != Merge.Kind.CONCATENATE_STEPS) {
            return first.withUndefined(undefined);
        }
        Set<Flow.Origin> origins = new HashSet<>();
        for (Flow input : inputs) {
            origins.addAll(input.mask().origins());
        }
        if (origins.size() > MAX_MASKS || kind == Merge.Kind.CONCATENATE_STEPS) {
            throw config.error("joins masks in a way that is not supported");
        }
        if (inputs.stream().anyMatch(input -> input.mask().origins().isEmpty())) {
            origins.clear();
        }
        return new Flow.Mask(Flow.Mask.Kind.DOUBTFUL, Set.copyOf(origins), "steps are masked before "
                + config.where().substring(config.where().lastIndexOf(": ") + 2)
                + ", which joins arrays with different masks; what becomes of these is not the same in all "
                + "versions of Keras", undefined);
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
