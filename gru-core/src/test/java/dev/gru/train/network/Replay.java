package dev.gru.train.network;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.random.RandomGenerator;

import dev.gru.kernel.ScalarGruKernel;
import dev.gru.layer.Graph;
import dev.gru.layer.ModelInput;
import dev.gru.layer.Regularization;
import dev.gru.train.math.Plan;
import dev.gru.train.math.RandomStream;

/** Hands the reference, element by element, what {@link DropoutNode} and {@link RegularizationNode} draw. */
final class Replay implements RandomGenerator {
    private final Iterator<Double> draws;

    Replay(Graph model, ModelInput input, long seed) {
        Network network = new Network(model);
        Plan<Node> plan = network.plan();
        // The sizes of all values are those of one row.
        Passage passage = network.newPassage();
        passage.begin(new Node.Context(new ScalarGruKernel().training(), input, 0, 0, 1, null, 0, 0));
        passage.forward(plan.steps());
        List<Double> all = new ArrayList<>();
        for (Plan.Step<Node> step : plan.stepsTo(plan.outputs())) {
            Features x = passage.value(step.inputs().getFirst());
            long ofStep = DropoutNode.seed(seed, step.output() - plan.inputs());
            if (step.part() instanceof DropoutNode) {
                draw(input.batch(), x.steps, x.size, ofStep, false, all);
            } else if (step.part() instanceof RegularizationNode node) {
                boolean normal = node.kind == Regularization.Kind.GAUSSIAN_DROPOUT
                        || node.kind == Regularization.Kind.GAUSSIAN_NOISE;
                int steps = node.kind == Regularization.Kind.SPATIAL_DROPOUT1D ? 1 : x.steps;
                draw(input.batch(), steps, x.size, ofStep, normal, all);
            }
        }
        draws = all.iterator();
    }

    private static void draw(int batch, int steps, int size, long seed, boolean normal, List<Double> to) {
        for (long place = 0; place < (long) batch * steps; place++) {
            for (int i = 0; i < size; i++) {
                long bits = DropoutNode.bits(seed, place, i / 2, (size + 1) / 2);
                double uniform = ((i & 1) == 0 ? bits & 0xffffffffL : bits >>> 32) * 0x1p-32;
                to.add(normal ? RandomStream.normals(bits)[i & 1] : uniform);
            }
        }
    }

    @Override
    public long nextLong() {
        throw new AssertionError("only doubles are drawn");
    }

    @Override
    public double nextDouble() {
        return draws.next();
    }

    @Override
    public double nextGaussian() {
        return draws.next();
    }
}
