package dev.gru.train.network;

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
            boolean[] mask = maskZero ? new boolean[x.count()] : x.mask;
            for (int at = 0; at < tokens.length; at++) {
                System.arraycopy(table.values(), tokens[at] * stride, y, at * stride, stride);
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

    /** d row(token) += dy, for every step with that token. */
    @Override
    void addTasks(List<Pass> passes, TrainingKernel kernel, List<Runnable> tasks) {
        List<TablePass> all = passes.stream().map(TablePass.class::cast).toList();
        for (TablePass pass : all) {
            for (int token : pass.tokens) {
                table.touchRow(token);
            }
        }
        for (int task = 0; task < TASKS; task++) {
            int remainder = task;
            tasks.add(() -> all.forEach(pass -> addRows(pass, remainder, kernel)));
        }
    }

    private void addRows(TablePass pass, int remainder, TrainingKernel kernel) {
        Rows one = new Rows(new float[]{1}, 0, 0);
        for (int i = 0; i < pass.tokens.length; i++) {
            if (pass.tokens[i] % TASKS == remainder) {
                kernel.addProducts(1, one, 1, pass.dy.at(i, 0), table.rowSize(),
                        table.weightGradient().at(pass.tokens[i], 0));
                if (table.squares() != null) {
                    kernel.addSquares(table.rowSize(), pass.dy.values(), pass.dy.place(i), table.squares(),
                            pass.tokens[i] * table.rowSize());
                }
            }
        }
    }
}
