package dev.gru.engine.stage;

import java.util.Arrays;
import java.util.List;

import dev.gru.layer.Embedding;

/**
 * Runs one layer in a pipeline, with scratch memory of its own: reads the values that go in, and writes the value that
 * comes out. Nothing is allocated after construction.
 */
public abstract sealed class Stage permits EmbeddingStage, MaskingStage, MaskingStage.SetMaskStage, DenseStage,
        ActivationStage, GruStage, BidirectionalStage, ConvStage, PoolingStage, GlobalPoolingStage, ScalingStage,
        NormalizationStage,
        ReshapingStage, MergeStage, AttentionStage, StepSoftmaxStage {
    /** A layer with its weights in a kernel's layout: immutable, shared by all pipelines and all nodes of a graph. */
    public interface PackedLayer {
        /**
         * Returns a new stage that runs the layer.
         *
         * @param in the values that go in
         * @param out the value that comes out, with the array and the mask that it has unless the stage sets others
         * @param room what the stages of its pipeline have in common
         */
        Stage newStage(Value[] in, Value out, Room room);

        /** Returns whether two threads can run the layer at the same time, one in each direction. */
        default boolean isBidirectional() {
            return false;
        }

        /** Returns whether the output is in the array of the input. */
        default boolean isView() {
            return false;
        }

        /** Returns whether the stages read the tokens that the first value stands for, and not its features. */
        default boolean readsTokens() {
            return false;
        }

        /**
         * Returns the layer that reads the tokens of an embedding before it, if it has such a form and there is room
         * for its tables; otherwise the layer itself.
         */
        default PackedLayer behind(Embedding embedding, GateTables tables) {
            return this;
        }

        /** Returns the layer without the features of its output, if others read its tokens in place of them. */
        default PackedLayer withoutFeatures() {
            return this;
        }
    }

    /** The value that goes in, or the first of them. */
    final Value in;
    /** The value that comes out; others may overwrite its array once all stages that read it have run. */
    final Value out;

    Stage(Value in, Value out) {
        this.in = in;
        this.out = out;
    }

    /**
     * Runs the layer on as many steps as its inputs have, and sets those of its output.
     *
     * @param rows streams
     */
    public abstract void run(int rows);

    /** Returns the states of the layer, in the order of {@link dev.gru.layer.Layer#stateSizes}. */
    public List<StreamState> states() {
        return List.of();
    }

    /** Sets the outputs of masked steps to 0. */
    static void zero(float[] outputs, int steps, boolean[] mask, int size) {
        for (int step = 0; step < steps; step++) {
            if (!mask[step]) {
                Arrays.fill(outputs, step * size, (step + 1) * size, 0);
            }
        }
    }
}
