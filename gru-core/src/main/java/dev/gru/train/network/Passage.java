package dev.gru.train.network;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import dev.gru.kernel.training.Rows;
import dev.gru.kernel.training.TrainingKernel;
import dev.gru.layer.Graph;
import dev.gru.layer.ModelInput;
import dev.gru.layer.Shape;
import dev.gru.train.math.Plan;

/** Memory for passes over some rows of a batch, and what is in it of the last one. */
final class Passage {
    private final Graph model;
    private final Plan<Node> plan;
    /** One for each step. */
    private final List<Node.Pass> passes;
    private final Features[] values;
    private final Rows[] derivatives;
    private final float[][] outputGradients;
    private final float[][] penaltyGradients;
    private Node.Context context;

    /** Makes memory that is not shared. */
    Passage(Graph model, Plan<Node> plan) {
        this.model = model;
        this.plan = plan;
        passes = plan.steps().stream().map(step -> step.part().newPass()).toList();
        values = new Features[plan.values()];
        derivatives = new Rows[plan.values()];
        outputGradients = new float[plan.outputs().size()][];
        penaltyGradients = new float[plan.penalties().size()][];
    }

    /** Returns the passes, one for each step. */
    List<Node.Pass> passes() {
        return passes;
    }

    /** Returns the pass of a step. */
    Node.Pass pass(Plan.Step<Node> step) {
        return passes.get(step.output() - plan.inputs());
    }

    /** Returns the part of the batch that goes through. */
    Node.Context context() {
        return context;
    }

    /** Returns the passes of all GRU layers, as {@link Graph#recurrentLayers} has them. */
    List<GruNode.GruPass> recurrent() {
        List<GruNode.GruPass> recurrent = new ArrayList<>();
        for (Node.Pass pass : passes) {
            if (pass instanceof GruNode.GruPass gru) {
                recurrent.add(gru);
            } else if (pass instanceof BidirectionalNode.BothPass both) {
                recurrent.addAll(both.recurrent());
            }
        }
        return recurrent;
    }

    /** Returns a value of the last forward pass. */
    Features value(int value) {
        return values[value];
    }

    /** Returns the derivatives with respect to a value of the last backward pass, or null if there are none. */
    Rows derivatives(int value) {
        return derivatives[value];
    }

    /** Returns room for the derivatives with respect to an output, whose padding is 0. */
    Rows outputGradient(int output, Features out) {
        int stride = TrainingKernel.padded(out.size);
        outputGradients[output] = Node.room(outputGradients[output], (long) out.count() * stride);
        return new Rows(outputGradients[output], 0, stride);
    }

    /** Begins a forward pass of a part of a batch. */
    void begin(Node.Context part) {
        context = part;
        int[] lengths = part.batch().lengths();
        for (int i = 0; i < plan.inputs(); i++) {
            Shape shape = model.inputs().get(i).shape();
            boolean[] within = lengths == null || !shape.isSequence() ? null : within(lengths, part.batch().steps(i));
            lengths = within == null ? lengths : null;
            values[i] = input(i, shape.features(), within);
        }
    }

    private boolean[] within(int[] lengths, int steps) {
        boolean[] within = new boolean[steps * context.rows()];
        for (int i = 0; i < within.length; i++) {
            within[i] = i / context.rows() < lengths[context.first() + i % context.rows()];
        }
        return within;
    }

    /** Returns an input of the model, step by step. */
    private Features input(int input, int size, boolean[] within) {
        ModelInput batch = context.batch();
        int rows = context.rows();
        int steps = batch.steps(input);
        int[] tokens = batch.tokens(input) == null ? null : new int[rows * steps];
        float[] x = tokens == null ? new float[rows * steps * size] : null;
        for (int row = 0; row < rows; row++) {
            for (int t = 0; t < steps; t++) {
                int from = (context.first() + row) * steps + t;
                int to = t * rows + row;
                if (tokens == null) {
                    System.arraycopy(batch.features(input), from * size, x, to * size, size);
                } else {
                    tokens[to] = batch.tokens(input)[from];
                }
            }
        }
        return tokens == null
                ? Features.of(rows, steps, size, new Rows(x, 0, size), within)
                : Features.ofTokens(rows, steps, tokens, within);
    }

    /** Computes some steps. */
    void forward(List<Plan.Step<Node>> steps) {
        for (Plan.Step<Node> step : steps) {
            values[step.output()] = pass(step).forward(inputs(step),
                    context.at(step.output() - plan.inputs(), step.state()));
        }
    }

    private List<Features> inputs(Plan.Step<Node> step) {
        return step.inputs().stream().map(value -> values[value]).toList();
    }

    /** Measures what goes into a step that all parts of a batch are joined at. */
    void measure(Plan.Step<Node> step) {
        ((BatchNormalizationNode.BatchPass) pass(step)).measure(values[step.inputs().getFirst()]);
    }

    /** Forgets the derivatives of the last backward pass. */
    void beginBackward() {
        Arrays.fill(derivatives, null);
    }

    /** Adds derivatives with respect to a value, which may be written over. */
    void add(Rows d, int value) {
        Rows sum = derivatives[value];
        if (sum == null) {
            derivatives[value] = d;
            return;
        }
        Features like = values[value];
        for (int index = 0; index < like.count(); index++) {
            int from = d.place(index);
            int to = sum.place(index);
            for (int i = 0; i < like.size; i++) {
                sum.values()[to + i] += d.values()[from + i];
            }
        }
    }

    /**
     * Adds the derivatives of the penalties; returns the sum of these over the rows.
     *
     * @param factor of the derivatives
     */
    double addPenalties(double factor) {
        double sum = 0;
        for (int p = 0; p < penaltyGradients.length; p++) {
            Plan.Penalty penalty = plan.penalties().get(p);
            Features x = values[penalty.value()];
            int stride = TrainingKernel.padded(x.size);
            penaltyGradients[p] = Node.zeros(penaltyGradients[p], (long) x.count() * stride);
            for (int index = 0; index < x.count(); index++) {
                for (int i = 0; i < x.size; i++) {
                    float v = x.get(index, i);
                    sum += penalty.of(v);
                    penaltyGradients[p][index * stride + i] = (float) (factor * penalty.slope(v));
                }
            }
            add(new Rows(penaltyGradients[p], 0, stride), penalty.value());
        }
        return sum;
    }

    /**
     * Computes the backward pass of some steps, from the last to the first.
     *
     * @param needed which values need derivatives
     */
    void backward(List<Plan.Step<Node>> steps, boolean[] needed) {
        for (Plan.Step<Node> step : steps.reversed()) {
            boolean[] wanted = new boolean[step.inputs().size()];
            for (int i = 0; i < wanted.length; i++) {
                wanted[i] = needed[step.inputs().get(i)];
            }
            Rows[] d = pass(step).backward(derivatives[step.output()], wanted);
            for (int i = 0; i < wanted.length; i++) {
                if (wanted[i]) {
                    add(d[i], step.inputs().get(i));
                }
            }
        }
    }

    /** Measures the derivatives of a step that all parts of a batch are joined at. */
    void measureBackward(Plan.Step<Node> step) {
        ((BatchNormalizationNode.BatchPass) pass(step)).measure(derivatives[step.output()]);
    }
}
