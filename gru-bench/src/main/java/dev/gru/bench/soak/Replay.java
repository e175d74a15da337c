package dev.gru.bench.soak;

import java.util.Arrays;
import java.util.Random;

import dev.gru.GruModel;
import dev.gru.GruSession;
import dev.gru.ModelOptions;
import dev.gru.bench.LayerWork;
import dev.gru.layer.Graph;
import dev.gru.layer.Sequential;
import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;

/**
 * Streams of inputs and their outputs, computed once by one thread, step by step. Every user of the model is at some
 * step of one of them, so that its next output is known.
 *
 * <p>Immutable and safe for use by any number of threads.
 */
final class Replay {
    /** Steps of each stream. */
    static final int STEPS = 256;
    private static final int STREAMS = 48;
    private static final int SEED = 20;

    /** Sizes that are no multiple of a vector length. */
    private static final LayerWork FIRST = LayerWork.parse("1x1:19x37");
    private static final LayerWork SECOND = LayerWork.parse("1x1:37x24");
    private static final int CLASSES = 5;

    private final float[][][] inputs;
    private final float[][][] outputs;

    private Replay(float[][][] inputs, float[][][] outputs) {
        this.inputs = inputs;
        this.outputs = outputs;
    }

    /** Returns the layers of the model: two GRU layers and a softmax. */
    static Graph layers() {
        Random random = new Random(SEED);
        float[] dense = new float[CLASSES * SECOND.hiddenSize()];
        for (int i = 0; i < dense.length; i++) {
            dense[i] = random.nextFloat() - 0.5f;
        }
        return Sequential.builder().gru(FIRST.weights()).returnSequences().gru(SECOND.weights()).returnSequences()
                .dense(new DenseWeights(SECOND.hiddenSize(), CLASSES, Activation.SOFTMAX, dense, new float[CLASSES]))
                .build();
    }

    /** Runs all streams through a new model of the layers. */
    static Replay of(Graph layers) {
        Random random = new Random(SEED);
        float[][][] inputs = new float[STREAMS][STEPS][layers.inputSize()];
        float[][][] outputs = new float[STREAMS][STEPS][layers.outputSize()];
        try (GruModel model = GruModel.of(layers, ModelOptions.defaults())) {
            GruSession session = model.newSession();
            for (int stream = 0; stream < STREAMS; stream++) {
                session.reset();
                for (int step = 0; step < STEPS; step++) {
                    for (int i = 0; i < layers.inputSize(); i++) {
                        inputs[stream][step][i] = 2 * random.nextFloat() - 1;
                    }
                    session.step(inputs[stream][step], outputs[stream][step]);
                }
            }
        }
        return new Replay(inputs, outputs);
    }

    int streams() {
        return STREAMS;
    }

    /** Returns the number of steps of its stream from a position on. */
    static int left(Position at) {
        return STEPS - at.step();
    }

    /** Copies the input of a step into an array. */
    void input(Position at, float[] x, int offset) {
        float[] input = inputs[at.stream()][at.step()];
        System.arraycopy(input, 0, x, offset, input.length);
    }

    /** Returns whether an output has the bits of the replay. */
    boolean matches(Position at, float[] y, int offset) {
        float[] expected = outputs[at.stream()][at.step()];
        // Equality of Float.equals, which distinguishes -0 from 0; there are no NaN.
        return Arrays.equals(expected, 0, expected.length, y, offset, offset + expected.length);
    }

    /** Returns a replay with a wrong last bit in one output, to test that a soak detects it. */
    Replay withWrongBit(Position at, int index) {
        float[][][] wrong = Arrays.stream(outputs)
                .map(stream -> Arrays.stream(stream).map(float[]::clone).toArray(float[][]::new))
                .toArray(float[][][]::new);
        wrong[at.stream()][at.step()][index] = Math.nextUp(wrong[at.stream()][at.step()][index]);
        return new Replay(inputs, wrong);
    }
}
