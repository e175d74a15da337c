package dev.gru.engine.stage;

import dev.gru.kernel.DenseRunner;

/** A dense layer. */
final class DenseStage extends Stage {
    private final DenseRunner runner;

    DenseStage(DenseRunner runner, Value in, Value out) {
        super(in, out);
        this.runner = runner;
    }

    @Override
    public void run(int rows) {
        runner.forward(rows * in.steps, in.data, out.data);
        out.steps = in.steps;
    }
}
