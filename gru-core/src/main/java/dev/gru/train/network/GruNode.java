package dev.gru.train.network;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import dev.gru.kernel.training.GruTrainingCell;
import dev.gru.kernel.training.Rows;
import dev.gru.kernel.training.TrainingKernel;
import dev.gru.layer.GruLayer.Direction;
import dev.gru.layer.GruLayer;
import dev.gru.weights.Gate;
import dev.gru.weights.GruVariant;

/** A GRU layer in training, in any direction. */
final class GruNode extends Node {
    /** Rows of a product with the weights of the inputs: their gates take some hundred KB. */
    private static final int ROWS_AT_ONCE = 128;

    private final GruWeightArrays w;
    private final boolean returnSequences;
    private final Direction direction;
    private final boolean zeroOutputForMask;

    /**
     * Describes the layer.
     *
     * @param prefix what the names of its parameters begin with
     * @param layer the variant, the sizes and whether it returns sequences
     * @param direction from which end it reads
     * @param zeroOutputForMask whether its outputs at masked steps are 0
     */
    GruNode(String prefix, GruLayer layer, Direction direction, boolean zeroOutputForMask) {
        w = new GruWeightArrays(prefix, layer);
        returnSequences = layer.returnSequences();
        this.direction = direction;
        this.zeroOutputForMask = zeroOutputForMask;
    }

    @Override
    List<WeightArray> arrays() {
        return List.of(w.ofInput, w.ofState);
    }

    @Override
    GruPass newPass() {
        return new GruPass();
    }

    @Override
    void addTasks(List<Pass> passes, TrainingKernel kernel, List<Runnable> tasks) {
        addProducts(passes.stream().map(pass -> ((GruPass) pass).products()).toList(), kernel, tasks);
    }

    /** Steps are counted as they are read, i = 0, 1 …; memory is in that order. */
    final class GruPass extends PassOfSeveral {
        private Features x;
        /** The states that it begins with, h and behind it c if there is a cell, or null if they are not an input. */
        private Features given;
        /**
         * Of each row, how many masked steps come first as they are read, whose outputs are 0 after a given state; null
         * if there are none.
         */
        private int[] leading;
        /** Whether any step is masked; in most batches of full rows none is. */
        private boolean masked;
        private GruTrainingCell cell;
        private TrainingKernel kernel;
        private int maxRows;
        /** The inputs as they are read: those of x itself, or a copy in reverse. */
        private Rows read;
        private float[] reversed;
        /** Zeros for a row of the inputs or of the states. */
        private Rows zeros;
        /** Gates, and in the backward pass derivatives, (steps, rows, gatesStride). */
        private float[] gates;
        private Rows g;
        /** The states before each step, and after the last, (steps + 1, rows, stateStride). */
        private float[] states;
        private Rows h;
        private float[] y;
        private float[] dState;

        // The rows of this part.
        private final Rows gatesNow = new Rows();
        private final Rows statesNow = new Rows();
        private final Rows nextNow = new Rows();
        private final Rows dOutputs = new Rows();
        private final Rows dOutputsNow = new Rows();
        private final Rows dStatesNow = new Rows();

        private float[] dx;
        private float[] dxInOrder;
        private float[] dGiven;

        @Override
        Features forward(List<Features> inputs, Context context) {
            x = inputs.getFirst();
            given = inputs.size() > 1 ? inputs.get(1) : null;
            begin(context);
            int chunk = stepsAtOnce();
            for (int i = 0; i < x.steps; i++) {
                if (i % chunk == 0) {
                    // What the inputs give to the gates.
                    kernel.multiply(Math.min(chunk, x.steps - i) * x.rows, read.at(i * x.rows, 0), w.inputs,
                            w.ofInput.weights(), Gate.COUNT * w.padded, w.ofInput.bias(), g.at(i * x.rows, 0));
                }
                for (int row = 0; row < x.rows;) {
                    int end = endOfRun(i, row);
                    int at = i * x.rows + row;
                    if (counts(i, row)) {
                        cell.forward(end - row, gatesNow.set(g, at, 0), statesNow.set(h, at, 0),
                                nextNow.set(h, at + x.rows, 0));
                    } else {
                        System.arraycopy(states, h.place(at), states, h.place(at + x.rows),
                                (end - row) * w.stateStride);
                    }
                    row = end;
                }
            }
            return output();
        }

        /** As many steps as have their gates in the second level of the cache, all of them at once in a product. */
        private int stepsAtOnce() {
            return Math.max(1, ROWS_AT_ONCE / x.rows);
        }

        private void begin(Context context) {
            if (x.rows > maxRows) {
                kernel = context.kernel();
                maxRows = x.rows;
                cell = kernel.newGruCell(w.cellWeights(), maxRows);
                zeros = new Rows(new float[Math.max(w.padded, w.ofInput.transposedSize())], 0, 0);
            }
            masked = x.isMasked();
            read = direction == Direction.FORWARD ? x.values : reverse();
            gates = room(gates, (long) x.count() * w.gatesStride);
            g = new Rows(gates, 0, w.gatesStride);
            states = room(states, (x.count() + (long) x.rows) * w.stateStride);
            h = new Rows(states, 0, w.stateStride);
            Arrays.fill(states, 0, x.rows * w.stateStride, 0);
            leading = null;
            if (given != null) {
                copyInitialStates(given.values);
                leading = x.mask == null ? null : leadingMaskedSteps();
            } else if (context.batch().initialStates() != null) {
                int size = w.variant.stateSize(w.units);
                copyInitialStates(new Rows(context.batch().initialStates().get(context.state()),
                        context.first() * size, size));
            }
        }

        /** Copies h, and behind it c if there is a cell. */
        private void copyInitialStates(Rows from) {
            for (int row = 0; row < x.rows; row++) {
                for (int part = 0; part < w.variant.stateSize(w.units) / w.units; part++) {
                    System.arraycopy(from.values(), from.place(row) + part * w.units, states,
                            row * w.stateStride + part * w.padded, w.units);
                }
            }
        }

        private int[] leadingMaskedSteps() {
            int[] counts = new int[x.rows];
            for (int row = 0; row < x.rows; row++) {
                while (counts[row] < x.steps && !counts(counts[row], row)) {
                    counts[row]++;
                }
            }
            return Arrays.stream(counts).allMatch(count -> count == 0) ? null : counts;
        }

        /** Whether the output after step i is 0 whatever the state, as no step has been read by then. */
        private boolean isLeading(int i, int row) {
            return leading != null && i < leading[row];
        }

        private Rows reverse() {
            int stride = x.values.stride();
            reversed = room(reversed, (long) x.count() * stride);
            for (int i = 0; i < x.steps; i++) {
                for (int row = 0; row < x.rows; row++) {
                    System.arraycopy(x.values.values(), x.values.place(stepRead(i) * x.rows + row), reversed,
                            (i * x.rows + row) * stride, x.size);
                }
            }
            return new Rows(reversed, 0, stride);
        }

        private Features output() {
            Rows after = h.at(x.rows, 0);
            if (!returnSequences && leading == null) {
                return x.ofSteps(1, w.units, h.at(x.count(), 0));
            }
            if (returnSequences && direction != Direction.BACKWARD && !zeroOutputForMask && leading == null) {
                return x.with(w.units, after);
            }
            y = room(y, (long) (returnSequences ? x.count() : x.rows) * w.padded);
            for (int i = returnSequences ? 0 : x.steps - 1; i < x.steps; i++) {
                for (int row = 0; row < x.rows; row++) {
                    int to = ((returnSequences ? output(i) : 0) + row) * w.padded;
                    if (isLeading(i, row) || (returnSequences && zeroOutputForMask && !counts(i, row))) {
                        Arrays.fill(y, to, to + w.padded, 0);
                    } else {
                        System.arraycopy(states, after.place(i * x.rows + row), y, to, w.padded);
                    }
                }
            }
            Rows out = new Rows(y, 0, w.padded);
            return returnSequences ? x.with(w.units, out) : x.ofSteps(1, w.units, out);
        }

        /**
         * From the last step read to the first: the derivative of the state after a step is that of the output there
         * and that from the steps read later; a masked step hands it on as it is.
         */
        @Override
        Rows[] backward(Rows dy, boolean[] wanted) {
            dState = room(dState, (long) x.rows * w.stateStride);
            Arrays.fill(dState, 0, x.rows * w.stateStride, 0);
            Rows d = new Rows(dState, 0, w.stateStride);
            int chunk = stepsAtOnce();
            beginInputGradient(wanted[0]);
            for (int i = x.steps - 1; i >= 0; i--) {
                setDerivativesOfOutputs(dy, i);
                for (int row = 0; row < x.rows;) {
                    int end = endOfRun(i, row);
                    int at = i * x.rows + row;
                    if (counts(i, row)) {
                        cell.backward(end - row, gatesNow.set(g, at, 0), statesNow.set(h, at, 0),
                                dOutputsNow.set(dOutputs, row, 0), dStatesNow.set(d, row, 0));
                    } else {
                        Arrays.fill(gates, g.place(at), g.place(at + end - row), 0);
                        carry(i, row, end, d);
                    }
                    row = end;
                }
                if (wanted[0] && i % chunk == 0) {
                    addInputGradient(i, Math.min(chunk, x.steps - i));
                }
            }
            Rows dInput = wanted[0] ? inputGradient() : null;
            return given == null ? new Rows[]{dInput} : new Rows[]{dInput, wanted[1] ? givenGradient() : null};
        }

        private Rows givenGradient() {
            int stride = TrainingKernel.padded(given.size);
            dGiven = room(dGiven, (long) x.rows * stride);
            for (int row = 0; row < x.rows; row++) {
                for (int i = 0; i < given.size; i++) {
                    dGiven[row * stride + i] = initialStateGradient(row, i);
                }
            }
            return new Rows(dGiven, 0, stride);
        }

        /** Finds those of the outputs after step i, a row each; zeros where there is no output. */
        private void setDerivativesOfOutputs(Rows dy, int i) {
            if (returnSequences) {
                dOutputs.set(dy, output(i), 0);
            } else {
                dOutputs.set(i == x.steps - 1 ? dy : zeros, 0, 0);
            }
        }

        /** Adds the derivatives of the outputs after step i, where it is masked in some rows. */
        private void carry(int i, int row, int end, Rows d) {
            for (int r = row; r < end && !(returnSequences && zeroOutputForMask); r++) {
                for (int u = 0; u < w.padded && !isLeading(i, r); u++) {
                    dState[d.place(r) + u] += dOutputs.values()[dOutputs.place(r) + u];
                }
            }
        }

        private void beginInputGradient(boolean wanted) {
            dx = wanted ? room(dx, (long) x.count() * w.ofInput.transposedSize()) : dx;
        }

        /** dx = W_iᵀ (dg_n, dg_r, dg_z), for some steps at once. */
        private void addInputGradient(int step, int steps) {
            int stride = w.ofInput.transposedSize();
            kernel.multiply(steps * x.rows, g.at(step * x.rows, 0), Gate.COUNT * w.padded, w.ofInput.transposed(),
                    stride,
                    zeros, new Rows(dx, step * x.rows * stride, stride));
        }

        private Rows inputGradient() {
            int stride = w.ofInput.transposedSize();
            Rows asRead = new Rows(dx, 0, stride);
            if (direction == Direction.FORWARD) {
                return asRead;
            }
            dxInOrder = room(dxInOrder, (long) x.count() * stride);
            int step = x.rows * stride;
            for (int i = 0; i < x.steps; i++) {
                System.arraycopy(dx, i * step, dxInOrder, stepRead(i) * step, step);
            }
            return new Rows(dxInOrder, 0, stride);
        }

        /** Returns how many elements {@link #backward}'s derivatives have, padding included, from 0 on. */
        int elementsOfInput() {
            return x.count() * w.ofInput.transposedSize();
        }

        private List<Product> products() {
            List<Product> products = new ArrayList<>();
            products.add(new Product(x.count(), read, w.inputs, g, Gate.COUNT * w.padded, w.ofInput.weightGradient()));
            products.add(Product.sum(x.count(), g, Gate.COUNT * w.padded, w.ofInput.biasGradient()));
            addStateProducts(products);
            return products;
        }

        /**
         * Those of the weights that act on the state: all of h, or, for n, of r ⊙ h or r ⊙ c, if r acts before the
         * product.
         */
        private void addStateProducts(List<Product> products) {
            Rows ofState = g.at(0, w.padded);
            Rows dWeights = w.ofState.weightGradient();
            Rows dBias = w.ofState.biasGradient();
            boolean ofGated = w.variant != GruVariant.RESET_AFTER;
            int columns = (ofGated ? 2 : Gate.COUNT) * w.padded;
            products.add(new Product(x.count(), h, w.units, ofState, columns, dWeights));
            products.add(Product.sum(x.count(), ofState, columns, dBias));
            if (ofGated) {
                products.add(new Product(x.count(), g.at(0, Gate.COUNT * w.padded), w.units, g, w.padded,
                        dWeights.at(0, columns)));
                products.add(Product.sum(x.count(), g, w.padded, dBias.at(0, columns)));
            }
        }

        /** Copies the derivatives of a row's state before the first step, h and behind it c if there is a cell. */
        void copyInitialStateGradient(int row, double[] to, int at) {
            for (int i = 0; i < w.variant.stateSize(w.units); i++) {
                to[at + i] = initialStateGradient(row, i);
            }
        }

        private float initialStateGradient(int row, int i) {
            return dState[row * w.stateStride + i / w.units * w.padded + i % w.units];
        }

        /** The step of the input that is read as step i. */
        private int stepRead(int i) {
            return direction == Direction.FORWARD ? i : x.steps - 1 - i;
        }

        /** The first row of the outputs after step i. */
        private int output(int i) {
            return (direction == Direction.BACKWARD ? stepRead(i) : i) * x.rows;
        }

        private boolean counts(int i, int row) {
            return !masked || x.counts(stepRead(i) * x.rows + row);
        }

        /** The end of the run of rows that count, or do not, like the given one. */
        private int endOfRun(int i, int row) {
            if (!masked) {
                return x.rows;
            }
            int end = row + 1;
            while (end < x.rows && counts(i, end) == counts(i, row)) {
                end++;
            }
            return end;
        }
    }
}
