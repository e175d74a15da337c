package dev.gru.bench.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;

import dev.gru.format.ModelReader;
import dev.gru.layer.Dense;
import dev.gru.layer.Embedding;
import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Merge;
import dev.gru.layer.ModelInput;
import dev.gru.layer.Sequential;
import dev.gru.layer.Shape;
import dev.gru.train.Initializer;
import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;
import dev.gru.weights.GruActivations;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;

/** Models of the kinds that people run. Weights are random, but for the tagger's. */
public enum WholeModel {
    /**
     * The article's: a table of 10,000 × 256, whose id 0 is padding, two GRU layers of 64 units, and a softmax over ten
     * classes at every step.
     */
    ARTICLE(100) {
        @Override
        public Graph graph() {
            return random(Sequential.builder().embedding(10_000, 256).maskZero().gru(64).returnSequences().gru(64)
                    .returnSequences().timeDistributed(10, Activation.SOFTMAX).build());
        }
    },
    /** The tagger of the demonstration, as it was trained: the article's model with a table of 2,000 × 64. */
    TAGGER(100) {
        @Override
        public Graph graph() {
            try (InputStream in = WholeModel.class.getResourceAsStream("/dev/gru/bench/" + TAGGER_FILE)) {
                return ModelReader.read(TAGGER_FILE, in);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    },
    /** A wake word as Precise listens for it: 29 steps of 13 cepstral coefficients, GRU(20), and how likely it is. */
    WAKE_WORD(29) {
        @Override
        public Graph graph() {
            return random(Sequential.builder().input(13).gru(20).dense(1, Activation.SIGMOID).build());
        }
    },
    /** The graph of RNNoise's training script: 42 features, three GRU layers that read one another, two outputs. */
    NOISE_SUPPRESSION(100) {
        @Override
        public Graph graph() {
            Graph.Builder graph = new Graph.Builder();
            int x = graph.input("x", Shape.sequence(42));
            int dense = graph.add(dense("input_dense", 42, 24, Activation.TANH), x);
            int voice = graph.add(gru("vad_gru", 24, 24, Activation.TANH), dense);
            int noiseInput = graph.add(new Merge("noise_input", Merge.Kind.CONCATENATE), dense, voice, x);
            int noise = graph.add(gru("noise_gru", 90, 48, Activation.RELU), noiseInput);
            int denoiseInput = graph.add(new Merge("denoise_input", Merge.Kind.CONCATENATE), voice, noise, x);
            int denoise = graph.add(gru("denoise_gru", 114, 96, Activation.TANH), denoiseInput);
            return random(graph.build(graph.add(dense("denoise_output", 96, 22, Activation.SIGMOID), denoise),
                    graph.add(dense("vad_output", 24, 1, Activation.SIGMOID), voice)));
        }
    },
    /** A forecaster of one series: GRU(128), GRU(64), the next value. */
    FORECASTER(100) {
        @Override
        public Graph graph() {
            return random(Sequential.builder().input(1).gru(128).returnSequences().gru(64)
                    .dense(1, Activation.LINEAR).build());
        }
    };

    private static final String TAGGER_FILE = "demo/java-tagger.safetensors";
    private static final int SEED = 20;

    private final int steps;

    WholeModel(int steps) {
        this.steps = steps;
    }

    /**
     * Returns the model of a name.
     *
     * @throws IllegalArgumentException if there is none; the message lists all
     */
    public static WholeModel named(String name) {
        return Arrays.stream(values()).filter(model -> model.toString().equals(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "model must be one of " + Arrays.toString(values()) + ", was " + name));
    }

    /** Returns the layers, with the same weights at each call. */
    public abstract Graph graph();

    /** Returns the steps of the sequences that it usually gets. */
    public int steps() {
        return steps;
    }

    /** Returns sequences for the model, the same at each call: features within 1, or tokens, none of them padding. */
    public static ModelInput input(Graph graph, int batch, int steps) {
        Random random = new Random(SEED);
        int count = Math.multiplyExact(batch, steps);
        if (graph.embedding().isPresent()) {
            Embedding table = graph.embedding().get();
            return ModelInput.tokens(batch, steps, random.ints(count, 1, table.vocabularySize()).toArray());
        }
        float[] x = new float[Math.multiplyExact(count, graph.inputSize())];
        for (int i = 0; i < x.length; i++) {
            x[i] = 2 * random.nextFloat() - 1;
        }
        return ModelInput.features(batch, steps, x);
    }

    /** Returns the name on the command line, such as {@code wake-word}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static Graph random(Graph model) {
        return Initializer.PYTORCH.initialize(model, SEED);
    }

    private static Dense dense(String name, int inputs, int outputs, Activation activation) {
        return new Dense(name, new DenseWeights(inputs, outputs, activation, new float[inputs * outputs],
                new float[outputs]));
    }

    /** As old versions of Keras have it: the reset gate comes before the product. */
    private static GruLayer gru(String name, int inputs, int units, Activation candidate) {
        GruActivations functions = new GruActivations(Activation.SIGMOID, candidate, Float.POSITIVE_INFINITY);
        return new GruLayer(name, new GruWeights(GruVariant.RESET_BEFORE, functions, inputs, units,
                new float[3 * units * inputs], new float[3 * units * units], new float[3 * units],
                new float[3 * units])).withReturnSequences(true);
    }
}
