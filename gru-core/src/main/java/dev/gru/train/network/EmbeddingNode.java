package dev.gru.train.network;

import java.util.Arrays;
import java.util.List;

import dev.gru.kernel.training.Rows;
import dev.gru.kernel.training.TrainingKernel;
import dev.gru.layer.Embedding;
import dev.gru.train.math.Parameters;

/** A table in training. */
final class EmbeddingNode extends Node {
    /** Tasks that the rows of the table are shared out over. */
    private static final int TASKS = 16;

    private final boolean maskZero;
    private final int size;
    private final WeightArray table;

    EmbeddingNode(Embedding layer) {
        maskZero = layer.maskZero();
        size = layer.outputSize();
        table = WeightArray.table(Parameters.names(layer.name(), layer).getFirst(), layer.vocabularySize(), size);
    }

    @Override
    List<WeightArray> arrays() {
        return List.of(table);
    }

    @Override
    Pass newPass() {
        return new TablePass();
    }

    /** Returns how many tasks {@link #catchUp} takes. */
    static int tasks() {
        return TASKS;
    }

    /** Brings those rows of the table up to date that are about to be read: those of a task. */
    void catchUp(int[] tokens, int task) {
        for (int token : tokens) {
            if (token % TASKS == task) {
                table.catchUp(token);
            }
        }
    }

    private final class TablePass extends Pass {
        /** Step by step. */
        private int[] tokens = new int[0];
        private float[] y;
        private Rows dy;

        @Override
        Features forward(Features x, Context context) {
            tokens = x.tokens;
            int stride = table.rowSize();
            y = room(y, (long) x.count() * stride);
            Rows rows = table.weights();
            boolean[] mask = maskZero ? new boolean[x.count()] : x.mask;
            for (int at = 0; at < tokens.length; at++) {
                System.arraycopy(rows.values(), rows.place(tokens[at]), y, at * stride, stride);
                if (maskZero) {
                    mask[at] = tokens[at] != 0 && x.counts(at);
                }
            }
            return x.with(size, new Rows(y, 0, stride), mask);
        }

        @Override
        Rows backward(Rows ofOutput, boolean wanted) {
            dy = ofOutput;
            return null;
        }
    }

    /** All rows that get sums have to be known before. */
    @Override
    boolean needsAllPasses() {
        return true;
    }

    /** d row(token) = Σ dy over all steps with that token, in the order of the passes. */
    @Override
    void addTasks(List<Pass> passes, TrainingKernel kernel, List<Runnable> tasks) {
        TableGradient gradient = table.ofRows();
        for (Pass pass : passes) {
            for (int token : ((TablePass) pass).tokens) {
                gradient.touch(token);
            }
        }
        gradient.settle();
        Terms terms = new Terms(passes, gradient);
        for (int task = 0; task < TASKS; task++) {
            int from = (int) ((long) gradient.count() * task / TASKS);
            int to = (int) ((long) gradient.count() * (task + 1) / TASKS);
            tasks.add(() -> terms.add(from, to, kernel));
        }
    }

    /** The terms of the sums of each slot of a gradient, one slot after the other. */
    private static final class Terms {
        private final List<Pass> passes;
        private final TableGradient gradient;
        /** Where the terms of each slot begin, and of the last end. */
        private final int[] begin;
        /** Of each term the pass and the step there. */
        private final int[] pass;
        private final int[] step;

        Terms(List<Pass> passes, TableGradient gradient) {
            this.passes = passes;
            this.gradient = gradient;
            begin = new int[gradient.count() + 1];
            for (int p = 0; p < passes.size(); p++) {
                for (int token : tokens(p)) {
                    begin[gradient.slot(token) + 1]++;
                }
            }
            Arrays.parallelPrefix(begin, Integer::sum);
            pass = new int[begin[gradient.count()]];
            step = new int[pass.length];
            int[] next = begin.clone();
            for (int p = 0; p < passes.size(); p++) {
                int[] tokens = tokens(p);
                for (int i = 0; i < tokens.length; i++) {
                    int at = next[gradient.slot(tokens[i])]++;
                    pass[at] = p;
                    step[at] = i;
                }
            }
        }

        private int[] tokens(int p) {
            return ((TablePass) passes.get(p)).tokens;
        }

        void add(int from, int to, TrainingKernel kernel) {
            for (int slot = from; slot < to; slot++) {
                gradient.begin(slot);
                for (int term = begin[slot]; term < begin[slot + 1]; term++) {
                    Rows dy = ((TablePass) passes.get(pass[term])).dy;
                    gradient.add(kernel, dy.values(), dy.place(step[term]), slot);
                }
                gradient.end(slot);
            }
        }
    }
}
