package dev.gru.engine.stage;

import dev.gru.kernel.ActivationRunner;
import dev.gru.weights.Activation;

/** The softmax over the steps of whole sequences, feature by feature. */
final class StepSoftmaxStage extends Stage {
    private final ActivationRunner runner;
    /** The features of one row, (size, steps), and their softmax. */
    private final float[] turned;
    private final float[] softmax;

    StepSoftmaxStage(Value in, Value out, Room room) {
        super(in, out);
        runner = room.activations(in.maxSteps);
        turned = new float[in.maxSteps * in.size];
        softmax = new float[turned.length];
    }

    @Override
    public void run(int rows) {
        int steps = in.steps;
        int size = in.size;
        for (int row = 0; row < rows; row++) {
            int from = row * steps * size;
            turn(in.data, from, steps, size, turned, 0);
            runner.forward(Activation.SOFTMAX, size, turned, softmax);
            turn(softmax, 0, size, steps, out.data, from);
        }
        out.steps = steps;
    }

    /** Copies a matrix to its transpose. */
    static void turn(float[] from, int from0, int rows, int columns, float[] to, int to0) {
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                to[to0 + j * rows + i] = from[from0 + i * columns + j];
            }
        }
    }
}
