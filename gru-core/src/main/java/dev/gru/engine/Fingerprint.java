package dev.gru.engine;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

import dev.gru.layer.ActivationLayer;
import dev.gru.layer.Bidirectional;
import dev.gru.layer.Dense;
import dev.gru.layer.Dropout;
import dev.gru.layer.Embedding;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Layer;
import dev.gru.layer.Masking;
import dev.gru.layer.Sequential;
import dev.gru.layer.TimeDistributed;
import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;
import dev.gru.weights.GruWeights;
import dev.gru.weights.Precision;

/**
 * A hash of everything that determines the outputs of a model: the first half of the SHA-256 of its architecture and of its
 * weights, rounded to its precision. Names, layers without effect on inference, kernels and threads are not part of it.
 *
 * <p>Snapshots contain it, so the bytes that are hashed must stay the same from version to version.
 *
 * @param upper the first 64 bits
 * @param lower the others
 */
public record Fingerprint(long upper, long lower) {

    /** Computes the fingerprint of a model, which takes some milliseconds for ten megabytes. */
    public static Fingerprint of(Sequential model, Precision precision) {
        Digester digester = new Digester(precision);
        model.layers().forEach(digester::add);
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
        }

        void add(Layer layer) {
            switch (layer) {
                case Embedding embedding -> {
                    add("embedding");
                    add(embedding.outputSize());
                    add(embedding.maskZero());
                    add(embedding.table(), Precision.FP32);
                }
                case Masking masking -> {
                    add("masking");
                    add(masking.maskValue());
                }
                case GruLayer gru -> addGru(gru);
                case Bidirectional both -> {
                    add("bidirectional");
                    add(both.merge().name());
                    addGru(both.forward());
                    addGru(both.backward());
                }
                case Dense dense -> addDense(dense.weights());
                case TimeDistributed distributed -> addDense(distributed.layer().weights());
                case ActivationLayer alone -> {
                    if (!alone.activation().isIdentity()) {
                        add("activation");
                        add(alone.activation());
                    }
                }
                case Dropout _ -> {
                }
            }
        }

        private void addGru(GruLayer layer) {
            GruWeights weights = layer.weights();
            add("gru");
            add(weights.variant().name());
            add(weights.activations().gates());
            add(weights.activations().candidate());
            add(weights.activations().clip());
            add(layer.returnSequences());
            add(layer.direction().name());
            add(layer.zeroOutputForMask());
            add(weights.inputSize());
            add(weights.hiddenSize());
            add(weights.weightIh(), precision);
            add(weights.weightHh(), precision);
            add(weights.biasIh(), Precision.FP32);
            add(weights.biasHh(), Precision.FP32);
        }

        private void addDense(DenseWeights weights) {
            add("dense");
            add(weights.activation());
            add(weights.inputSize());
            add(weights.outputSize());
            add(weights.weight(), precision);
            add(weights.bias(), Precision.FP32);
        }
    }
}
