package dev.gru.engine;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;

import dev.gru.internal.Shapes;
import dev.gru.kernel.ActivationRunner;
import dev.gru.kernel.DenseRunner;
import dev.gru.kernel.ThreadTeam;
import dev.gru.weights.Activation;

/** One packed layer at work in a {@link Pipeline}: its scratch memory and its output. */
abstract sealed class Stage permits GruStage, BidirectionalStage, Stage.Masking, Stage.Dense,
        Stage.Alone {
    /** What the last {@link #run} put out, (batch, steps, outputSize) or (batch, outputSize); not to be written by others. */
    float[] out;

    /**
     * What a stage is to have room for.
     *
     * @param rows the largest number of streams
     * @param steps the largest number of steps of so many streams; of fewer there may be more, if not more in all
     * @param team who may help, or null
     * @param arena owns the memory outside the heap
     */
    record Room(int rows, int steps, ThreadTeam team, Arena arena) {
        /** Returns the room for what follows a layer that puts something out for every step, or once. */
        Room after(boolean returnsSequences) {
            return returnsSequences ? this : new Room(rows, 1, team, arena);
        }

        Room withoutTeam() {
            return new Room(rows, steps, null, arena);
        }

        /** Returns how many features there are of {@code size} a step, which an array must hold. */
        int features(int size) {
            return Shapes.requireArray("features", rows, steps, size);
        }

        float[] newFeatures(int size) {
            return new float[features(size)];
        }

        boolean[] newMask() {
            return new boolean[Shapes.requireArray("steps", rows, steps)];
        }
    }

    /** Takes the array that outputs go to; others may write to it once the stage after has run. */
    Stage(float[] out) {
        this.out = out;
    }

    /**
     * Runs the layer.
     *
     * @param rows streams
     * @param steps steps of every stream
     * @param x its input, the output of the stage before
     * @param mask which steps count, (rows, steps), or null if all do
     */
    abstract void run(int rows, int steps, float[] x, boolean[] mask);

    /** Returns for how many steps the layer puts something out when it is given {@code steps}. */
    int stepsOut(int steps) {
        return steps;
    }

    /** Returns which steps of the layer's output count, when it was given {@code mask}; null if all do. */
    boolean[] maskOut(boolean[] mask) {
        return mask;
    }

    /** Returns what has states, in the order of {@link dev.gru.layer.Signature}. */
    List<GruStage> recurrent() {
        return List.of();
    }

    /** Puts 0 into the outputs of steps that do not count. */
    final void zeroOutputs(int steps, boolean[] mask, int outputSize) {
        for (int step = 0; step < steps; step++) {
            if (!mask[step]) {
                Arrays.fill(out, step * outputSize, (step + 1) * outputSize, 0);
            }
        }
    }

    /** Leaves out steps whose features are all one value. */
    static final class Masking extends Stage {
        private final float value;
        private final int size;
        private final boolean[] within;
        private final boolean[] mask;

        /**
         * Allocates everything.
         *
         * @param value the value
         * @param size features per step
         * @param within which steps are within the lengths of their rows, (rows, steps) of every run, or null if all are
         * @param room what it is to have room for
         * @param out where outputs go
         */
        Masking(float value, int size, boolean[] within, Room room, float[] out) {
            super(out);
            this.value = value;
            this.size = size;
            this.within = within;
            mask = room.newMask();
        }

        @Override
        void run(int rows, int steps, float[] x, boolean[] replaced) {
            int count = rows * steps;
            for (int step = 0; step < count; step++) {
                mask[step] = (within == null || within[step]) && differs(x, step * size);
            }
            System.arraycopy(x, 0, out, 0, count * size);
            zeroOutputs(count, mask, size);
        }

        private boolean differs(float[] x, int from) {
            for (int i = from; i < from + size; i++) {
                if (x[i] != value) {
                    return true;
                }
            }
            return false;
        }

        @Override
        boolean[] maskOut(boolean[] replaced) {
            return mask;
        }
    }

    /** A dense layer. */
    static final class Dense extends Stage {
        private final DenseRunner runner;

        Dense(DenseRunner runner, float[] out) {
            super(out);
            this.runner = runner;
        }

        @Override
        void run(int rows, int steps, float[] x, boolean[] mask) {
            runner.forward(rows * steps, x, out);
        }
    }

    /** An activation alone. */
    static final class Alone extends Stage {
        private final Activation activation;
        private final ActivationRunner runner;

        Alone(Activation activation, ActivationRunner runner, float[] out) {
            super(out);
            this.activation = activation;
            this.runner = runner;
        }

        @Override
        void run(int rows, int steps, float[] x, boolean[] mask) {
            runner.forward(activation, rows * steps, x, out);
        }
    }
}
