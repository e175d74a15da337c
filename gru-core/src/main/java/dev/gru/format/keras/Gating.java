package dev.gru.format.keras;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.json.ConfigObject;
import dev.gru.layer.ActivationLayer;
import dev.gru.layer.Layer;
import dev.gru.layer.Merge;
import dev.gru.layer.Reshaping.Slice;
import dev.gru.weights.Activation;

/**
 * Keras's function {@code glu}, the gated linear unit of Dauphin et al. 2017: of the halves a and b of the features, a
 * · σ(b). As it halves the features, it is no function of a layer here, but four layers behind it, whose masks are
 * those of the layer.
 *
 * <p>For one model and one thread.
 */
final class Gating {
    /** What the function is called. */
    static final String GLU = "glu";
    private static final String KEY = "activation";

    /** The layers of a gate: the halves, the function of the second, and the product. */
    private record Gate(Slice value, Slice gate, Layer sigmoid, Layer product) {
    }

    private final Assembly assembly;
    private final Map<Entry, Gate> made = new HashMap<>();

    Gating(Assembly assembly) {
        this.assembly = assembly;
    }

    /** Returns whether a layer ends in a gate. */
    static boolean isNamed(ConfigObject config) {
        return GLU.equals(config.get(KEY));
    }

    /** Returns the function of a layer, before its gate if there is one. */
    static Activation before(ConfigObject config, Dialect dialect) throws ModelFormatException {
        return isNamed(config) ? Activation.LINEAR : Options.activation(config, KEY, dialect);
    }

    /**
     * Applies a gate.
     *
     * @param entry whose gate it is
     * @param flow what is halved
     */
    Flow apply(Entry entry, Flow flow) throws ModelFormatException {
        ConfigObject config = entry.config();
        int half = flow.features() / 2;
        if (2 * half != flow.features()) {
            throw config.error(GLU + ": axis size must be divisible by 2, is " + flow.features());
        }
        String name = entry.name();
        Gate layers = made.computeIfAbsent(entry, _ -> new Gate(new Slice(name + "/value", 0, half),
                new Slice(name + "/gate", half, half), new ActivationLayer(name + "/sigmoid", Activation.SIGMOID),
                new Merge(name + "/multiply", Merge.Kind.MULTIPLY)));
        if (layers.value.count() != half) {
            throw config.error(GLU + " of " + 2 * layers.value.count() + " features and of " + flow.features()
                    + " in one layer is not supported");
        }
        Flow gate = assembly.add(config, layers.sigmoid, assembly.add(config, layers.gate, flow));
        return assembly.add(config, layers.product, assembly.add(config, layers.value, flow), gate);
    }
}
