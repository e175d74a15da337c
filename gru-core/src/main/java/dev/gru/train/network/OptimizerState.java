package dev.gru.train.network;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

import dev.gru.kernel.ThreadTeam;
import dev.gru.train.math.FiniteFloats;
import dev.gru.train.math.OptimizerFormula;
import dev.gru.train.math.OptimizerStep;
import dev.gru.train.math.Parameters;

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

    /** A range of an array; of a table, whole rows. */
    private record Block(int array, int from, int to) {
    }

    private final OptimizerFormula optimizer;
    private final List<WeightArray> arrays;
    /** For each array what {@link OptimizerFormula#kept} names. */
    private final float[][][] kept;
    private final List<Block> blocks = new ArrayList<>();
    private final double[] squares;
    /** Of each block how far from 0 anything in it is after the last step: {@link FiniteFloats#largest}. */
    private final float[] largest;
    /** Of each table the rows that have a gradient, in the current step. */
    private final int[][] touched;
    private long steps;

    /**
     * Begins without any steps.
     *
     * @param optimizer the formula and its numbers
     * @param arrays what is to be changed
     */
    public OptimizerState(OptimizerFormula optimizer, List<WeightArray> arrays) {
        this.optimizer = optimizer;
        this.arrays = List.copyOf(arrays);
        kept = new float[arrays.size()][][];
        for (int a = 0; a < kept.length; a++) {
            WeightArray array = arrays.get(a);
            int length = array.values().length;
            if (array.isTable() && optimizer.usesSquaresOfTerms()) {
                array.keepSquares();
            }
            kept[a] = new float[optimizer.kept().size()][length];
            int size = array.isTable() ? Math.max(1, BLOCK / array.rowSize()) * array.rowSize() : BLOCK;
            for (int from = 0; from < length; from += Math.min(size, length - from)) {
                blocks.add(new Block(a, from, from + Math.min(size, length - from)));
            }
        }
        squares = new double[blocks.size()];
        largest = new float[blocks.size()];
        touched = new int[kept.length][];
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
        noteTouchedRows();
        double norm = norm(team);
        // The squares of floats are far from the largest double, so nothing else makes such a norm.
        if (!Double.isFinite(norm)) {
            return Optional.of(firstNotFinite(WeightArray::gradient)
                    .map(other -> "the gradient of " + other).orElse("the norm of the gradients is " + norm));
        }
        float scale = norm > maxNorm ? (float) (maxNorm / norm) : 1;
        steps++;
        OptimizerStep step = optimizer.step(learningRate, steps);
        forEachBlock(team, index -> {
            Block block = blocks.get(index);
            update(step, scale, block);
            // At once, while the block is in the cache.
            largest[index] = largest(block);
        });
        return Optional.empty();
    }

    private float largest(Block block) {
        float found = FiniteFloats.largest(arrays.get(block.array()).values(), block.from(), block.to(), 0);
        for (float[] values : kept[block.array()]) {
            found = FiniteFloats.largest(values, block.from(), block.to(), found);
        }
        return found;
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
        noteTouchedRows();
        return norm(team);
    }

    private void noteTouchedRows() {
        for (int a = 0; a < touched.length; a++) {
            touched[a] = arrays.get(a).isTable() ? arrays.get(a).touchedRows() : null;
        }
    }

    private double norm(ThreadTeam team) {
        forEachBlock(team, index -> squares[index] = squares(blocks.get(index)));
        double sum = 0;
        for (double square : squares) {
            sum += square;
        }
        return Math.sqrt(sum);
    }

    private interface BlockTask {
        void run(int index);
    }

    private void forEachBlock(ThreadTeam team, BlockTask task) {
        int members = team == null ? 1 : team.size();
        // Tables are often touched at their beginning more than at their end, so no member gets either alone.
        ThreadTeam.Task share = member -> {
            for (int index = member; index < blocks.size(); index += members) {
                task.run(index);
            }
        };
        if (team == null || !team.tryRun(share)) {
            for (int member = 0; member < members; member++) {
                share.run(member);
            }
        }
    }

    private void update(OptimizerStep step, float scale, Block block) {
        WeightArray array = arrays.get(block.array());
        float[][] ofArray = kept[block.array()];
        if (!array.isTable()) {
            step.update(array.values(), array.gradient(), scale, ofArray, block.from(), block.to());
            return;
        }
        int[] rows = touched[block.array()];
        int size = array.rowSize();
        int done = block.from();
        for (int i = firstFrom(rows, block.from() / size); i < rows.length && rows[i] * size < block.to(); i++) {
            int row = rows[i] * size;
            step.updateWithoutGradient(array.values(), ofArray, done, row);
            if (array.squares() == null) {
                step.update(array.values(), array.gradient(), scale, ofArray, row, row + size);
            } else {
                step.update(array.values(), array.gradient(), array.squares(), scale, ofArray, row, row + size);
            }
            done = row + size;
        }
        step.updateWithoutGradient(array.values(), ofArray, done, block.to());
    }

    private double squares(Block block) {
        WeightArray array = arrays.get(block.array());
        if (!array.isTable()) {
            return squares(array.gradient(), block.from(), block.to());
        }
        int[] rows = touched[block.array()];
        int size = array.rowSize();
        double sum = 0;
        for (int i = firstFrom(rows, block.from() / size); i < rows.length && rows[i] * size < block.to(); i++) {
            sum += squares(array.gradient(), rows[i] * size, (rows[i] + 1) * size);
        }
        return sum;
    }

    /** Returns the index of the first row that is not below one, of rows in ascending order. */
    private static int firstFrom(int[] rows, int row) {
        int found = Arrays.binarySearch(rows, row);
        return found < 0 ? -found - 1 : found;
    }

    /** Sums four elements at a time, since a sum waits for the one before it. */
    private static double squares(float[] g, int from, int to) {
        double sum0 = 0;
        double sum1 = 0;
        double sum2 = 0;
        double sum3 = 0;
        int i = from;
        for (; i + 3 < to; i += 4) {
            sum0 += (double) g[i] * g[i];
            sum1 += (double) g[i + 1] * g[i + 1];
            sum2 += (double) g[i + 2] * g[i + 2];
            sum3 += (double) g[i + 3] * g[i + 3];
        }
        double sum = sum0 + sum1 + (sum2 + sum3);
        for (; i < to; i++) {
            sum += (double) g[i] * g[i];
        }
        return sum;
    }

    /** Returns copies of what is kept: by {@link OptimizerFormula#kept}, then by the names of {@link Parameters}. */
    public Map<String, Map<String, float[]>> kept() {
        Map<String, Map<String, float[]>> all = new LinkedHashMap<>();
        List<String> names = optimizer.kept();
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
        steps = stepsSoFar;
        for (int i = 0; i < names.size(); i++) {
            for (int a = 0; a < kept.length; a++) {
                arrays.get(a).pack(all.get(names.get(i)), kept[a][i]);
            }
        }
    }
}
