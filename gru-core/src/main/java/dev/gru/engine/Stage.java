package dev.gru.engine;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;

import dev.gru.internal.Shapes;
import dev.gru.kernel.ActivationRunner;
import dev.gru.kernel.DenseRunner;
import dev.gru.kernel.ThreadTeam;
import dev.gru.weights.Activation;

/** Runs one packed layer in a {@link Pipeline}, with scratch memory of its own. */
abstract sealed class Stage permits GruStage, BidirectionalStage, Stage.Masking, Stage.Dense,
        Stage.Alone {
    /**
     * The outputs of the last {@link #run}, (batch, steps, outputSize) or (batch, outputSize); read-only for others.
     */
    float[] out;

    /**
     * The largest input of a stage.
     *
     * @param rows the largest number of streams
     * @param steps the largest number of steps with that many streams; with fewer it may be more, if the product is not
     *     larger
     * @param team threads that may help, or null
     * @param arena owns the native memory
     */
    record Room(int rows, int steps, ThreadTeam team, Arena arena) {
        /** Returns the room after a layer that has an output for every step, or one for the whole sequence. */
        Room after(boolean returnsSequences) {
            return returnsSequences ? this : new Room(rows, 1, team, arena);
        }

        Room withoutTeam() {
            return new Room(rows, steps, null, arena);
        }

        /** Returns the number of features with {@code size} per step, checked to fit into an array. */
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

    /** Takes the array for outputs, which others may overwrite once the next stage has run. */
    Stage(float[] out) {
        this.out = out;
    }

    /**
     * Runs the layer.
     *
      * @param rows streams
      * @param steps steps of each
      * @param x the input, which is the output of the previous stage
      * @param mask which steps are not masked, (rows, steps), or null if none is masked
     */
    abstract void run(int rows, int steps, float[] x, boolean[] mask);

    /** Returns the number of steps of the output for an input of {@code steps}. */
    int stepsOut(int steps) {
        return steps;
    }

    /** Returns the mask of the output for the mask of the input; null if no step is masked. */
    boolean[] maskOut(boolean[] mask) {
        return mask;
    }

    /** Returns the stages with states, in the order of {@link dev.gru.layer.Signature}. */
    List<GruStage> recurrent() {
        return List.of();
    }

    /** Sets the outputs of masked steps to 0. */
    final void zeroOutputs(int steps, boolean[] mask, int outputSize) {
        for (int step = 0; step < steps; step++) {
            if (!mask[step]) {
                Arrays.fill(out, step * outputSize, (step + 1) * outputSize, 0);
            }
        }
    }

    /** Masks the steps whose features all have one value. */
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
          * @param within which steps are within the lengths of their rows, (rows, steps) of every run, or null if all
          *     are
          * @param room the largest input
          * @param out the array for outputs
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
