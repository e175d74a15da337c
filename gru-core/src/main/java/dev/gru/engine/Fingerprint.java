package dev.gru.engine;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.IdentityHashMap;
import java.util.List;

import dev.gru.layer.Graph;
import dev.gru.layer.Layer;
import dev.gru.layer.LayerOptions;
import dev.gru.layer.Parameter;
import dev.gru.layer.Sequential;
import dev.gru.weights.Activation;
import dev.gru.weights.Precision;

/**
 * A hash of everything that determines the outputs of a model: the first half of the SHA-256 of its architecture and of
 * its weights, rounded to its precision. Names, layers without effect on inference, kernels and threads are not part of
 * it.
 *
 * <p>Snapshots contain it, so the bytes that are hashed must stay the same from version to version.
 *
 * @param upper the first 64 bits
 * @param lower the others
 */
public record Fingerprint(long upper, long lower) {
    /** What the bytes of a graph begin with, which is the name of no layer's type. */
    private static final String GRAPH = "joined";

    /** Computes the fingerprint of a model, which takes some milliseconds for ten megabytes. */
    public static Fingerprint of(Graph model, Precision precision) {
        Digester digester = new Digester(precision);
        if (Sequential.isImplied(model)) {
            model.layers().forEach(digester::add);
        } else {
            digester.add(model);
        }
        ByteBuffer digest = digester.digest.value();
        return new Fingerprint(digest.getLong(), digest.getLong());
    }

    /** Returns 32 hexadecimal digits. */
    @Override
    public String toString() {
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits(upper) + hex.toHexDigits(lower);
    }

    private static final class Digester {
        private final Precision precision;
        private final Digest digest = new Digest();

        Digester(Precision precision) {
            this.precision = precision;
        }

        private void add(Activation activation) {
            digest.add(activation.function().name());
            digest.add(activation.alpha());
            digest.add(activation.beta());
            if (activation.function().parameters() > 2) {
                digest.add(activation.gamma());
            }
        }

        /** Adds how layers are joined, beside the layers; those without effect are as if they were not there. */
        void add(Graph model) {
            digest.add(GRAPH);
            digest.add(model.inputs().size());
            List<Integer> values = new ArrayList<>();
            for (Graph.Input input : model.inputs()) {
                digest.add(input.shape().kind().name());
                digest.add(input.shape().features());
                values.add(values.size());
            }
            IdentityHashMap<Layer, Integer> places = new IdentityHashMap<>();
            int next = values.size();
            int digested = 0;
            boolean chain = model.isChain();
            for (Graph.Node node : model.nodes()) {
                if (node.layer().isIdentity()) {
                    values.add(values.get(node.inputs().getFirst()));
                    continue;
                }
                // A chain has a layer for each node, the same or not.
                Integer place = chain ? null : places.get(node.layer());
                digest.add(place == null ? digested : place);
                if (place == null) {
                    places.put(node.layer(), digested++);
                    add(node.layer());
                }
                digest.add(node.inputs().size());
                node.inputs().forEach(input -> digest.add((int) values.get(input)));
                values.add(next++);
            }
            digest.add(model.outputs().size());
            model.outputs().forEach(output -> digest.add((int) values.get(output)));
        }

        void add(Layer layer) {
            if (layer.isIdentity()) {
                return;
            }
            // A layer that has a part and no options computes what its part computes.
            if (layer.parts().isEmpty() || !layer.type().options().isEmpty()) {
                digest.add(layer.type().key());
                LayerOptions options = layer.options();
                layer.type().digested().forEach(option -> addOption(options.get(option)));
            }
            layer.parts().values().forEach(this::add);
            if (layer.parts().isEmpty()) {
                layer.parameters().forEach(this::add);
            }
        }

        private void addOption(Object value) {
            switch (value) {
                case Integer size -> digest.add((int) size);
                case Boolean flag -> digest.add((boolean) flag);
                case Float number -> digest.add((float) number);
                case Enum<?> choice -> digest.add(choice.name());
                case Activation activation -> add(activation);
                default -> throw new AssertionError("no fingerprint has an option such as " + value);
            }
        }

        private void add(Parameter parameter) {
            digest.add(parameter.values(), parameter.role().isRounded() ? precision : Precision.FP32);
        }
    }
}
