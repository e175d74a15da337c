package dev.gru.train.network;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import dev.gru.kernel.training.Rows;
import dev.gru.kernel.training.TrainingKernel;
import dev.gru.layer.Bidirectional.MergeMode;
import dev.gru.layer.Bidirectional;
import dev.gru.layer.GruLayer.Direction;

/** A {@link Bidirectional} layer in training. */
final class BidirectionalNode extends Node {
    private final MergeMode merge;
    private final int outputSize;
    private final GruNode forward;
    private final GruNode backward;

    BidirectionalNode(Bidirectional layer) {
        merge = layer.merge();
        outputSize = layer.outputSize();
        List<String> parts = layer.parts().keySet().stream().map(part -> layer.name() + "/" + part).toList();
        forward = new GruNode(parts.getFirst(), layer.forward(), Direction.FORWARD, false);
        backward = new GruNode(parts.getLast(), layer.backward(), Direction.BACKWARD, false);
    }

    @Override
    List<WeightArray> arrays() {
        return Stream.concat(forward.arrays().stream(), backward.arrays().stream()).toList();
    }

    @Override
    BothPass newPass() {
        return new BothPass();
    }

    @Override
    void addTasks(List<Pass> passes, TrainingKernel kernel, List<Runnable> tasks) {
        forward.addTasks(passes.stream().map(pass -> (Pass) ((BothPass) pass).ofForward).toList(), kernel, tasks);
        backward.addTasks(passes.stream().map(pass -> (Pass) ((BothPass) pass).ofBackward).toList(), kernel, tasks);
    }

    final class BothPass extends PassOfSeveral {
        private final GruNode.GruPass ofForward = forward.newPass();
        private final GruNode.GruPass ofBackward = backward.newPass();
        private Features a;
        private Features b;
        private float[] y;
        private float[] da;
        private float[] db;

        List<GruNode.GruPass> recurrent() {
            return List.of(ofForward, ofBackward);
        }

        @Override
        Features forward(List<Features> inputs, Context context) {
            boolean states = inputs.size() > 1;
            Features x = inputs.getFirst();
            a = ofForward.forward(states ? List.of(x, inputs.get(1)) : inputs, context);
            b = ofBackward.forward(states ? List.of(x, inputs.get(2)) : inputs,
                    context.at(context.step(), context.state() + 1));
            int stride = TrainingKernel.padded(outputSize);
            y = room(y, (long) a.count() * stride);
            Arrays.fill(y, 0, a.count() * stride, 0);
            for (int i = 0; i < a.count(); i++) {
                for (int u = 0; u < outputSize && a.counts(i); u++) {
                    y[i * stride + u] = merge(i, u);
                }
            }
            return a.with(outputSize, new Rows(y, 0, stride));
        }

        private float merge(int i, int u) {
            if (merge == MergeMode.CONCAT) {
                return u < a.size ? value(a, i, u) : value(b, i, u - a.size);
            }
            return switch (merge) {
                case SUM -> value(a, i, u) + value(b, i, u);
                case MUL -> value(a, i, u) * value(b, i, u);
                case AVE -> (value(a, i, u) + value(b, i, u)) / 2;
                case CONCAT -> throw new AssertionError("concatenated");
            };
        }

        private static float value(Features features, int i, int u) {
            return features.values.values()[features.values.place(i) + u];
        }

        /** dx is the sum of those of the two layers; masked steps have the output 0. */
        @Override
        Rows[] backward(Rows dy, boolean[] wanted) {
            int strideA = TrainingKernel.padded(a.size);
            int strideB = TrainingKernel.padded(b.size);
            da = room(da, (long) a.count() * strideA);
            db = room(db, (long) b.count() * strideB);
            Arrays.fill(da, 0, a.count() * strideA, 0);
            Arrays.fill(db, 0, b.count() * strideB, 0);
            for (int i = 0; i < a.count(); i++) {
                for (int u = 0; u < outputSize && a.counts(i); u++) {
                    backwardThroughMerge(dy.values()[dy.place(i) + u], i, u, strideA, strideB);
                }
            }
            boolean states = wanted.length > 1;
            Rows[] dx = ofForward.backward(new Rows(da, 0, strideA),
                    states ? new boolean[]{wanted[0], wanted[1]} : wanted);
            Rows[] more = ofBackward.backward(new Rows(db, 0, strideB),
                    states ? new boolean[]{wanted[0], wanted[2]} : wanted);
            for (int j = 0; wanted[0] && j < ofForward.elementsOfInput(); j++) {
                dx[0].values()[j] += more[0].values()[j];
            }
            return states ? new Rows[]{dx[0], dx[1], more[1]} : dx;
        }

        private void backwardThroughMerge(float d, int i, int u, int strideA, int strideB) {
            int inA = i * strideA + u;
            int inB = i * strideB + u;
            switch (merge) {
                case CONCAT -> {
                    // y = a, then b
                    if (u < a.size) {
                        da[inA] = d;
                    } else {
                        db[inB - a.size] = d;
                    }
                }
                case SUM -> {
                    // y = a + b: da = dy, db = dy
                    da[inA] = d;
                    db[inB] = d;
                }
                case MUL -> {
                    // y = a ⊙ b: da = dy ⊙ b, db = dy ⊙ a
                    da[inA] = d * value(b, i, u);
                    db[inB] = d * value(a, i, u);
                }
                case AVE -> {
                    // y = (a + b) / 2: da = dy / 2, db = dy / 2
                    da[inA] = d / 2;
                    db[inB] = d / 2;
                }
            }
        }
    }
}
