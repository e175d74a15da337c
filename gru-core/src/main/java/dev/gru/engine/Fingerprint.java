package dev.gru.engine;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
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
        ByteBuffer digest = ByteBuffer.wrap(digester.digest());
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
        private final MessageDigest sha;
        private final ByteBuffer buffer = ByteBuffer.allocate(8192);

        Digester(Precision precision) {
            this.precision = precision;
            try {
                sha = MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
                throw new AssertionError("every Java platform has SHA-256", e);
            }
        }

        byte[] digest() {
            flush();
            return sha.digest();
        }

        private void flush() {
            sha.update(buffer.flip());
            buffer.clear();
        }

        private void add(int value) {
            if (buffer.remaining() < Integer.BYTES) {
                flush();
            }
            buffer.putInt(value);
        }

        private void add(String text) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            add(bytes.length);
            for (byte b : bytes) {
                add(b);
            }
        }

        private void add(FloatBuffer values, Precision rounded) {
            add(values.remaining());
            while (values.hasRemaining()) {
                add(Float.floatToRawIntBits(rounded.round(values.get())));
            }
        }

        private void add(float value) {
            add(Float.floatToRawIntBits(value));
        }

        private void add(boolean value) {
            add(value ? 1 : 0);
        }

        private void add(Activation activation) {
            add(activation.function().name());
            add(activation.alpha());
            add(activation.beta());
            if (activation.function().parameters() > 2) {
                add(activation.gamma());
            }
        }

        /** Adds how layers are joined, beside the layers; those without effect are as if they were not there. */
        void add(Graph model) {
            add(GRAPH);
            add(model.inputs().size());
            List<Integer> values = new ArrayList<>();
            for (Graph.Input input : model.inputs()) {
                add(input.shape().kind().name());
                add(input.shape().features());
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
                add(place == null ? digested : place);
                if (place == null) {
                    places.put(node.layer(), digested++);
                    add(node.layer());
                }
                add(node.inputs().size());
                node.inputs().forEach(input -> add((int) values.get(input)));
                values.add(next++);
            }
            add(model.outputs().size());
            model.outputs().forEach(output -> add((int) values.get(output)));
        }

        void add(Layer layer) {
            if (layer.isIdentity()) {
                return;
            }
            // A layer that has a part and no options computes what its part computes.
            if (layer.parts().isEmpty() || !layer.type().options().isEmpty()) {
                add(layer.type().key());
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
                case Integer size -> add((int) size);
                case Boolean flag -> add((boolean) flag);
                case Float number -> add((float) number);
                case Enum<?> choice -> add(choice.name());
                case Activation activation -> add(activation);
                default -> throw new AssertionError("no fingerprint has an option such as " + value);
            }
        }

        private void add(Parameter parameter) {
            add(parameter.values(), parameter.role().isRounded() ? precision : Precision.FP32);
        }
    }
}
