package dev.gru.train.network;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import dev.gru.internal.Shapes;
import dev.gru.kernel.training.Rows;
import dev.gru.kernel.training.TrainingKernel;
import dev.gru.layer.ModelInput;
import dev.gru.train.math.Parameters;

/**
 * A layer in training, in floats: its weights, and what makes passes over some rows of a batch. What is here is done
 * alike for all rows, so that a batch can be cut into parts of which each thread takes some.
 */
abstract sealed class Node permits EmbeddingNode, MaskingNode, MaskingNode.SetMaskNode, GruNode,
        BidirectionalNode, DropoutNode, RegularizationNode, LinearNode, ActivationNode, StepSoftmaxNode, PReLUNode,
        ConvNode, PoolingNode,
        GlobalPoolingNode, BatchNormalizationNode, StepNormalizationNode, ScaleNode, ReshapingNode, MergeNode,
        AttentionNode {
    /** Rows of nothing but 0, and of nothing but 1, of any number; as long as the sums that they are added to. */
    private static final float[] ONE = {1};

    /**
     * What a layer has to know of one pass over some rows.
     *
     * @param kernel the arithmetic
     * @param batch the whole batch
     * @param removed how many steps at the end of each of its rows were left out
     * @param first the first of the rows
     * @param rows how many
     * @param dropout the seed of what is drawn, or null if the model is not in training
     * @param step the number of the layer's step
     * @param state the number of the first of the model's states that are the layer's
     */
    record Context(TrainingKernel kernel, ModelInput batch, int removed, int first, int rows, Long dropout, int step,
            int state) {
        /** Returns the same of another step. */
        Context at(int otherStep, int otherState) {
            return new Context(kernel, batch, removed, first, rows, dropout, otherStep, otherState);
        }

        /**
         * Returns the number of a step in the batch, row by row, those that were left out among them.
         *
         * @param x features of the rows; if steps were left out, those of one step are a vector
         * @param index the index of the step · rows + that of the row
         */
        long place(Features x, int index) {
            int steps = x.steps == 1 ? 1 : x.steps + removed;
            return (long) (first + index % x.rows) * steps + index / x.rows;
        }

        /** Returns whether the model is in training: things are drawn, and moments are those of the batch. */
        boolean training() {
            return dropout != null;
        }
    }

    /**
     * Forward and backward pass over some rows. Keeps the values that the backward pass needs; its memory is used
     * again.
     */
    abstract static class Pass {
        /** Returns the outputs of the layer; they stay until the next pass. */
        abstract Features forward(Features x, Context context);

        /**
         * Computes the backward pass of the last forward pass. Gradients of weights are left to {@link Node#addTasks}.
         *
         * @param dy the derivatives of the loss with respect to the outputs, which may be written over; padding is 0
         * @param wanted whether those with respect to the inputs are
         * @return these, or null if they are not wanted: in rows whose padding is 0 and that may be added to, as nobody
         *     reads them any more
         */
        abstract Rows backward(Rows dy, boolean wanted);

        /** Returns the outputs of one or several inputs; otherwise the same as for one. */
        Features forward(List<Features> inputs, Context context) {
            return forward(inputs.getFirst(), context);
        }

        /** Computes the backward pass to each of the inputs that is wanted; otherwise the same as for one. */
        Rows[] backward(Rows dy, boolean[] wanted) {
            return new Rows[]{backward(dy, wanted[0])};
        }
    }

    /** A pass that may have several inputs. */
    abstract static class PassOfSeveral extends Pass {
        @Override
        abstract Features forward(List<Features> inputs, Context context);

        @Override
        abstract Rows[] backward(Rows dy, boolean[] wanted);

        @Override
        final Features forward(Features x, Context context) {
            return forward(List.of(x), context);
        }

        @Override
        final Rows backward(Rows dy, boolean wanted) {
            return backward(dy, new boolean[]{wanted})[0];
        }
    }

    /** One product that a gradient is the sum of: target += xᵀ d. */
    record Product(int rows, Rows x, int inputs, Rows d, int columns, Rows target) {
        /** Returns the sum of d over its rows. */
        static Product sum(int rows, Rows d, int columns, Rows target) {
            return new Product(rows, new Rows(ONE, 0, 0), 1, d, columns, target);
        }
    }

    /** Returns all weights, in a fixed order; most layers have none. */
    List<WeightArray> arrays() {
        return List.of();
    }

    /** Returns the arrays that no gradient changes, by the names of {@link Parameters}: themselves. */
    Map<String, float[]> fixed() {
        return Map.of();
    }

    /** Returns memory for passes over some rows. */
    abstract Pass newPass();

    /**
     * Adds the work for the gradients of the weights after the backward passes of all rows, in tasks that may be run in
     * any order and by any threads.
     *
     * @param passes this layer's, of all rows in order; if several steps share the layer, those of one after those of
     *     another
     */
    void addTasks(List<Pass> passes, TrainingKernel kernel, List<Runnable> tasks) {
        // Without weights there is nothing to do.
    }

    /** Returns whether {@link #addTasks} has to be given all passes at once, not those of some rows after others. */
    boolean needsAllPasses() {
        return false;
    }

    /**
     * Adds tasks for products: each takes some elements of the target, through all passes in order, so that they are
     * sums in one order whoever computes them.
     *
     * @param ofPasses for each pass the same products
     */
    static void addProducts(List<List<Product>> ofPasses, TrainingKernel kernel, List<Runnable> tasks) {
        for (int p = 0; p < ofPasses.getFirst().size(); p++) {
            int index = p;
            List<Product> products = new ArrayList<>();
            ofPasses.forEach(ofPass -> products.add(ofPass.get(index)));
            Product like = products.getFirst();
            // Sums of a few columns would wait for each other.
            int columns = like.inputs == 1 ? like.columns : TrainingKernel.TASK_COLUMNS;
            for (int column = 0; column < like.columns; column += columns) {
                for (int input = 0; input < like.inputs; input += TrainingKernel.TASK_INPUTS) {
                    int fromColumn = column;
                    int fromInput = input;
                    tasks.add(() -> add(products, fromInput, fromColumn, columns, kernel));
                }
            }
        }
    }

    private static void add(List<Product> products, int input, int column, int columns, TrainingKernel kernel) {
        for (Product p : products) {
            kernel.addProducts(p.rows, p.x.at(0, input), Math.min(TrainingKernel.TASK_INPUTS, p.inputs - input),
                    p.d.at(0, column),
                    Math.min(columns, p.columns - column), p.target.at(input, column));
        }
    }

    /** Returns an array of at least so many elements, of which so many are 0; otherwise the same as {@link #room}. */
    static float[] zeros(float[] array, long elements) {
        float[] room = room(array, elements);
        Arrays.fill(room, 0, (int) elements, 0);
        return room;
    }

    /**
     * Returns an array of at least so many elements: the one given if it has them, else a new one of zeros.
     *
     * @throws IllegalArgumentException if no array has so many
     */
    static float[] room(float[] array, long elements) {
        if (array != null && array.length >= elements) {
            return array;
        }
        if (elements > Shapes.MAX_ARRAY) {
            throw new IllegalArgumentException("sequences must have fewer steps: what is kept of the steps of some rows"
                    + " would be " + elements + " elements, and an array holds " + Shapes.MAX_ARRAY);
        }
        return new float[(int) elements];
    }
}
