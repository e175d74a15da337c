package dev.gru.train.network;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

import dev.gru.internal.Shapes;
import dev.gru.kernel.ThreadTeam;
import dev.gru.kernel.training.TrainingKernel;
import dev.gru.layer.ModelInput;
import dev.gru.train.math.Plan;
import dev.gru.train.math.TrainableModel;

/**
 * The parts of a batch on their way through a network, and the threads that share them. Where a step needs all rows of
 * the batch, the parts wait for each other. For one caller at a time; to be closed, if there are several threads.
 */
final class Passages implements AutoCloseable {
    private static final int ROWS = TrainingKernel.ROWS_AT_ONCE;

    private final Network network;
    private final TrainingKernel kernel;
    private final ThreadTeam team;
    private final List<Passage> all = new ArrayList<>();
    /** How many of them the parts of the last batch took. */
    private int count;
    /** The values that the last pass was for, and the steps to them. */
    private List<Integer> ends = List.of();
    private List<Plan.Step<Node>> steps = List.of();
    private boolean training;

    /**
     * Starts the threads.
     *
     * @param threads how many, the calling one among them
     * @throws IllegalArgumentException if there are fewer than one, or more than {@link ThreadTeam#MAX_SIZE}
     */
    Passages(Network network, TrainingKernel kernel, int threads) {
        this.network = network;
        this.kernel = kernel;
        team = Shapes.requireFrom1To("threads", threads, ThreadTeam.MAX_SIZE) == 1 ? null : new ThreadTeam(threads);
    }

    /** Returns the threads that help, or null if there are none. */
    ThreadTeam threads() {
        return team;
    }

    /** Runs tasks 0, 1 … on all threads, each as soon as one is free. */
    private void forAll(int tasks, IntConsumer task) {
        AtomicInteger next = new AtomicInteger();
        ThreadTeam.Task share = _ -> {
            for (int i = next.getAndIncrement(); i < tasks; i = next.getAndIncrement()) {
                task.accept(i);
            }
        };
        if (team == null || !team.tryRun(share)) {
            share.run(0);
        }
    }

    /** Runs a task for each part of the last batch. */
    void forParts(IntConsumer task) {
        forAll(count, task);
    }

    /** Returns the parts of the last batch, in the order of its rows. */
    List<Passage> parts() {
        return all.subList(0, count);
    }

    /** Returns the part that a row of the last batch is in. */
    Passage ofRow(int row) {
        return all.get(row / ROWS);
    }

    /** Returns the values that the last pass computed. */
    List<Integer> ends() {
        return ends;
    }

    /**
     * Computes some values.
     *
     * @param input the batch
     * @param removed how many steps at the end of each of its rows were left out
     * @param dropoutSeed the seed of what is drawn, or null if the model is not in training
     * @param values the numbers of the values
     * @throws IllegalArgumentException if the input is not such as the model takes
     */
    void forward(ModelInput input, int removed, Long dropoutSeed, List<Integer> values) {
        input.requireFits(network.model());
        TrainableModel.requireStates(network.model(), input);
        training = dropoutSeed != null;
        ends = values;
        steps = network.plan().stepsTo(values);
        count = Math.ceilDiv(input.batch(), ROWS);
        while (all.size() < count) {
            all.add(network.newPassage());
        }
        if (training) {
            network.clearMoments();
        }
        catchUp(input);
        List<List<Plan.Step<Node>>> sections = sections(steps);
        for (int i = 0; i < sections.size(); i++) {
            List<Plan.Step<Node>> section = sections.get(i);
            boolean first = i == 0;
            Plan.Step<Node> join = i + 1 < sections.size() ? sections.get(i + 1).getFirst() : null;
            forParts(part -> {
                Passage passage = all.get(part);
                if (first) {
                    int row = part * ROWS;
                    passage.begin(new Node.Context(kernel, input, removed, row, Math.min(ROWS, input.batch() - row),
                            dropoutSeed, 0, 0));
                }
                passage.forward(section);
                if (join != null) {
                    passage.measure(join);
                }
            });
            if (join != null) {
                ((BatchNormalizationNode) join.part()).join(passes(join));
            }
        }
    }

    /** Brings the rows of tables up to date that are about to be read; tables are inputs' neighbours. */
    private void catchUp(ModelInput input) {
        for (Plan.Step<Node> step : steps) {
            if (step.part() instanceof EmbeddingNode table) {
                int[] tokens = input.tokens(step.inputs().getFirst());
                forAll(EmbeddingNode.tasks(), task -> table.catchUp(tokens, task));
            }
        }
    }

    /** Cuts steps before each that needs all rows of a batch. */
    private List<List<Plan.Step<Node>>> sections(List<Plan.Step<Node>> whole) {
        List<List<Plan.Step<Node>>> sections = new ArrayList<>(List.of(new ArrayList<>()));
        for (Plan.Step<Node> step : whole) {
            if (training && step.part() instanceof BatchNormalizationNode) {
                sections.add(new ArrayList<>());
            }
            sections.getLast().add(step);
        }
        return sections;
    }

    private List<BatchNormalizationNode.BatchPass> passes(Plan.Step<Node> step) {
        return parts().stream().map(passage -> (BatchNormalizationNode.BatchPass) passage.pass(step)).toList();
    }

    /**
     * Computes the backward pass of the last forward pass and sums the gradients.
     *
     * @param ofInputs whether derivatives with respect to the inputs are wanted
     * @param ofEnds gives the derivatives with respect to the values that the last pass computed to a part
     */
    void backward(boolean ofInputs, IntConsumer ofEnds) {
        boolean[] needed = network.needed(ofInputs);
        List<Plan.Step<Node>> back = steps.stream().filter(step -> needed[step.output()]).toList();
        List<List<Plan.Step<Node>>> sections = sections(back);
        for (int i = sections.size() - 1; i >= 0; i--) {
            boolean last = i == sections.size() - 1;
            Plan.Step<Node> joined = last ? null : sections.get(i + 1).getFirst();
            Plan.Step<Node> join = i > 0 ? sections.get(i).getFirst() : null;
            List<Plan.Step<Node>> rest = sections.get(i).subList(join == null ? 0 : 1, sections.get(i).size());
            IntConsumer task = part -> {
                Passage passage = all.get(part);
                if (joined == null) {
                    passage.beginBackward();
                    ofEnds.accept(part);
                } else {
                    passage.backward(List.of(joined), needed);
                }
                passage.backward(rest, needed);
                if (join != null) {
                    passage.measureBackward(join);
                }
            };
            if (join != null) {
                forParts(task);
                ((BatchNormalizationNode) join.part()).joinBackward(passes(join));
            } else {
                sumGradients(back, task);
            }
        }
    }

    /**
     * Ends the backward pass and sums the gradients: those of a few parts at a time, while what they are sums of is
     * still in the cache. Sums go through the parts in order, however many of them are taken at a time.
     */
    private void sumGradients(List<Plan.Step<Node>> back, IntConsumer backward) {
        network.arrays().forEach(WeightArray::clearGradient);
        int atOnce = team == null ? 1 : team.size();
        for (int from = 0; from < count; from += atOnce) {
            int first = from;
            int some = Math.min(atOnce, count - from);
            forAll(some, part -> backward.accept(first + part));
            runAll(network.gradientTasks(back, all.subList(from, from + some), false, kernel));
        }
        runAll(network.gradientTasks(back, parts(), true, kernel));
    }

    private void runAll(List<Runnable> tasks) {
        forAll(tasks.size(), task -> tasks.get(task).run());
    }

    @Override
    public void close() {
        if (team != null) {
            team.close();
        }
    }
}
