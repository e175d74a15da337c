package dev.gru.train.optimizer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntConsumer;

import dev.gru.kernel.ThreadTeam;
import dev.gru.kernel.training.TrainingKernel;
import dev.gru.train.math.FiniteFloats;
import dev.gru.train.math.OptimizerFormula;
import dev.gru.train.math.OptimizerStep;
import dev.gru.train.math.Parameters;
import dev.gru.train.network.TableGradient;
import dev.gru.train.network.WeightArray;

/**
 * An optimizer for the arrays of a network: its formula, the averages that it keeps, in the layout of the
 * arrays, and the number of its steps.
 *
 * <p>Arrays are cut into blocks that depend on their sizes only. Blocks are shared out over threads, and what is summed
 * is summed block by block, in order: the same bits on any number of threads.
 *
 * <p>Not safe for use by two threads at once.
 */
public final class OptimizerState {
    /** Large enough that a block takes microseconds, small enough that a model has many of them. */
    private static final int BLOCK = 1 << 14;

    /** Tasks that the rows of a table's gradient are shared out over. */
    private static final int TASKS = 32;

    /** A range of an array; of a table, whole rows. */
    private record Block(int array, int from, int to) {
    }

    /** A part of a step that one thread does; returns the largest number that it made, or NaN. */
    private interface Task {
        float run(OptimizerStep step, float scale);
    }

    private final OptimizerFormula optimizer;
    private final List<WeightArray> arrays;
    private final TrainingKernel kernel;
    /** For each array what {@link OptimizerFormula#kept} names. */
    private final float[][][] kept;
    private final List<DeferredSteps> tables = new ArrayList<>();
    private final List<Block> blocks = new ArrayList<>();
    private final List<Task> tasks = new ArrayList<>();
    private final double[] squares;
    /** Of each task how far from 0 anything is that it made in the last step. */
    private final float[] largest;
    private long steps;

    /**
     * Begins without any steps.
     *
     * @param optimizer the formula and its numbers
     * @param arrays what is to be changed
     * @param kernel the arithmetic
     */
    public OptimizerState(OptimizerFormula optimizer, List<WeightArray> arrays, TrainingKernel kernel) {
        this.optimizer = optimizer;
        this.arrays = List.copyOf(arrays);
        this.kernel = kernel;
        kept = new float[arrays.size()][][];
        for (int a = 0; a < kept.length; a++) {
            WeightArray array = arrays.get(a);
            int length = array.values().length;
            kept[a] = new float[optimizer.kept().size()][length];
            int size = array.isTable() ? Math.max(1, BLOCK / array.rowSize()) * array.rowSize() : BLOCK;
            for (int from = 0; from < length; from += Math.min(size, length - from)) {
                blocks.add(new Block(a, from, from + Math.min(size, length - from)));
            }
            if (array.isTable()) {
                addTable(array, kept[a]);
            }
        }
        for (Block block : blocks) {
            if (!arrays.get(block.array()).isTable()) {
                tasks.add((step, scale) -> update(step, scale, block));
            }
        }
        squares = new double[blocks.size()];
        largest = new float[tasks.size() + tables.size()];
    }

    private void addTable(WeightArray array, float[][] ofArray) {
        if (optimizer.usesSquaresOfTerms()) {
            array.ofRows().keepSquares();
        }
        DeferredSteps table = new DeferredSteps(array, ofArray, kernel);
        tables.add(table);
        TableGradient gradient = array.ofRows();
        for (int task = 0; task < TASKS; task++) {
            int part = task;
            tasks.add((_, scale) -> table.update(slot(gradient, part), slot(gradient, part + 1), scale));
        }
    }

    /** The slot that a part of the rows of a gradient begins with. */
    private static int slot(TableGradient gradient, int part) {
        return (int) ((long) gradient.count() * part / TASKS);
    }

    /** Returns the number of steps so far. */
    public long steps() {
        return steps;
    }

    /**
     * Makes one step along the gradients that are in the arrays; they stay as they are.
     *
     * @param learningRate lr in this step
     * @param maxNorm bound on the {@link #globalNorm} of the gradients: if it is above, each element is multiplied by
     *     maxNorm / norm, which is Keras's {@code global_clipnorm}; infinite for no bound
     * @param team whose members share the work, or null
     * @return the gradient that is infinite or NaN, if there is one; then nothing has been changed
     */
    public Optional<String> step(double learningRate, double maxNorm, ThreadTeam team) {
        double norm = globalNorm(team);
        // The squares of floats are far from the largest double, so nothing else makes such a norm.
        if (!Double.isFinite(norm)) {
            return Optional.of(firstNotFinite(WeightArray::gradient)
                    .map(other -> "the gradient of " + other).orElse("the norm of the gradients is " + norm));
        }
        float scale = norm > maxNorm ? (float) (maxNorm / norm) : 1;
        steps++;
        OptimizerStep step = optimizer.step(learningRate, steps);
        boolean[] deferred = new boolean[tables.size()];
        for (int t = 0; t < deferred.length; t++) {
            if (tables.get(t).isFull()) {
                catchUp(tables.get(t), team);
            }
            deferred[t] = tables.get(t).begin(step);
        }
        forAll(team, tasks.size(), index -> largest[index] = tasks.get(index).run(step, scale));
        for (int t = 0; t < deferred.length; t++) {
            for (int part = 0; part < TASKS; part++) {
                tables.get(t).updated(largest[t * TASKS + part]);
            }
            largest[tasks.size() + t] = deferred[t] ? 0 : catchUp(tables.get(t), team);
        }
        return Optional.empty();
    }

    /** Brings all rows of a table up to date; returns the largest number in it, or NaN. */
    private static float catchUp(DeferredSteps table, ThreadTeam team) {
        float[] ofParts = new float[TASKS];
        forAll(team, TASKS, part -> ofParts[part] = table.catchUp((int) ((long) table.rows() * part / TASKS),
                (int) ((long) table.rows() * (part + 1) / TASKS)));
        float all = 0;
        for (float ofPart : ofParts) {
            all = Math.max(all, ofPart);
        }
        table.caughtUp(all);
        return all;
    }

    /**
     * Returns the first weight, or number that is kept, that the last step made infinite or NaN, or nothing if all are
     * finite.
     */
    public Optional<String> firstNotFinite() {
        boolean finite = true;
        for (float found : largest) {
            finite &= Float.isFinite(found);
        }
        if (finite) {
            return Optional.empty();
        }
        return firstNotFinite(WeightArray::values).map(other -> "the weight " + other)
                .or(() -> firstNotFinite(kept()));
    }

    private static Optional<String> firstNotFinite(Map<String, Map<String, float[]>> kept) {
        return kept.entrySet().stream().flatMap(what -> FiniteFloats.firstNotFinite(what.getValue()).stream()
                .map(other -> "the optimizer's " + what.getKey() + " of " + other)).findFirst();
    }

    private Optional<String> firstNotFinite(Function<WeightArray, float[]> layout) {
        return arrays.stream().flatMap(array -> FiniteFloats.firstNotFinite(array.unpack(layout.apply(array))).stream())
                .findFirst();
    }

    /**
     * Returns √(Σ g²) over all gradients.
     *
     * @param team whose members share the work, or null
     */
    double globalNorm(ThreadTeam team) {
        forAll(team, blocks.size(), index -> squares[index] = squares(blocks.get(index)));
        double sum = 0;
        for (double square : squares) {
            sum += square;
        }
        return Math.sqrt(sum);
    }

    private static void forAll(ThreadTeam team, int count, IntConsumer task) {
        int members = team == null ? 1 : team.size();
        ThreadTeam.Task share = member -> {
            for (int index = member; index < count; index += members) {
                task.accept(index);
            }
        };
        if (team == null || !team.tryRun(share)) {
            for (int member = 0; member < members; member++) {
                share.run(member);
            }
        }
    }

    private float update(OptimizerStep step, float scale, Block block) {
        WeightArray array = arrays.get(block.array());
        return step.update(kernel, block.to() - block.from(), array.values(), kept[block.array()], block.from(),
                array.gradient(), null, block.from(), scale);
    }

    private double squares(Block block) {
        WeightArray array = arrays.get(block.array());
        if (!array.isTable()) {
            return TableGradient.sumOfSquares(array.gradient(), block.from(), block.to());
        }
        TableGradient gradient = array.ofRows();
        int end = block.to() / array.rowSize();
        double sum = 0;
        for (int slot = gradient.firstFrom(block.from() / array.rowSize()); slot < gradient.count()
                && gradient.row(slot) < end; slot++) {
            sum += gradient.norm(slot);
        }
        return sum;
    }

    /** Returns copies of what is kept: by {@link OptimizerFormula#kept}, then by the names of {@link Parameters}. */
    public Map<String, Map<String, float[]>> kept() {
        Map<String, Map<String, float[]>> all = new LinkedHashMap<>();
        List<String> names = optimizer.kept();
        tables.forEach(DeferredSteps::catchUp);
        for (int i = 0; i < names.size(); i++) {
            Map<String, float[]> canonical = new LinkedHashMap<>();
            for (int a = 0; a < kept.length; a++) {
                canonical.putAll(arrays.get(a).unpack(kept[a][i]));
            }
            all.put(names.get(i), canonical);
        }
        return all;
    }

    /**
     * Goes on where another one was.
     *
     * @param stepsSoFar its {@link #steps}
     * @param all its {@link #kept}
     * @throws IllegalArgumentException if that is not what this optimizer keeps, or not finite; then nothing is changed
     */
    public void restore(long stepsSoFar, Map<String, Map<String, float[]>> all) {
        List<String> names = optimizer.kept();
        if (!all.keySet().equals(Set.copyOf(names))) {
            throw new IllegalArgumentException(
                    "what " + optimizer + " keeps must be " + names + ", was " + all.keySet());
        }
        firstNotFinite(all).ifPresent(other -> {
            throw new IllegalArgumentException("what an optimizer keeps must be finite, but " + other);
        });
        tables.forEach(DeferredSteps::catchUp);
        steps = stepsSoFar;
        for (int i = 0; i < names.size(); i++) {
            for (int a = 0; a < kept.length; a++) {
                arrays.get(a).pack(all.get(names.get(i)), kept[a][i]);
            }
        }
    }
}
