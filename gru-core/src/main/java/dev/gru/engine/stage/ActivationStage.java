package dev.gru.engine.stage;

import dev.gru.kernel.ActivationRunner;
import dev.gru.weights.Activation;

/** An activation alone. */
final class ActivationStage extends Stage {
    private final Activation activation;
    private final ActivationRunner runner;

    ActivationStage(Activation activation, Value in, Value out, Room room) {
        super(in, out);
        this.activation = activation;
        runner = room.activations(in.size);
    }

    @Override
    public void run(int rows) {
        runner.forward(activation, rows * in.steps, in.data, out.data);
        out.steps = in.steps;
    }
}
