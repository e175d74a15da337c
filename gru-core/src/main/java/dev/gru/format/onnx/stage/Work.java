package dev.gru.format.onnx.stage;

import java.util.List;

import dev.gru.layer.GlobalPooling1D;
import dev.gru.layer.GruLayer.Direction;
import dev.gru.layer.Layer;
import dev.gru.layer.Merge;
import dev.gru.weights.Activation;
import dev.gru.weights.GruWeights;

/** What a {@link Stage} does with its inputs. */
public sealed interface Work {

    /** Makes a layer. */
    interface Maker {
        /** Makes the layer, given its name in the model. */
        Layer make(String name);
    }

    /** Makes a layer that has a bias and a function. */
    interface WeightedMaker {
        /** Makes the layer, given its name in the model, a bias for each output, and the function of its sums. */
        Layer make(String name, float[] bias, Activation activation);
    }

    /**
     * An input of the graph.
     *
     * @param name its name
     */
    record Input(String name) implements Work {
    }

    /**
     * A product with weights, of a step or of a window of steps, to which a bias and a function may come.
     *
     * @param perStep whether it is one of a step
     * @param bias a number for each output, or null for none yet
     * @param activation the function
     * @param maker makes the layer
     */
    @SuppressWarnings("ArrayRecordComponent") // for one thread, and not changed once it is in here
    record Weighted(boolean perStep, float[] bias, Activation activation, WeightedMaker maker) implements Work {
    }

    /**
     * Constants for each feature: v · scale + offset.
     *
     * @param scale the factors, or null for 1
     * @param offset the summands, or null for 0
     */
    @SuppressWarnings("ArrayRecordComponent") // as above
    record Affine(float[] scale, float[] offset) implements Work {
    }

    /**
     * A function of each feature, or of all features of a step.
     *
     * @param activation the function
     */
    record Function(Activation activation) implements Work {
    }

    /**
     * Some of the features, as many as the stage has.
     *
     * @param first the first of them
     */
    record Part(int first) implements Work {
    }

    /**
     * Several values made one.
     *
     * @param kind how
     */
    record Merged(Merge.Kind kind) implements Work {
    }

    /**
     * A vector of all steps.
     *
     * @param kind what becomes of them
     */
    record Pooled(GlobalPooling1D.Kind kind) implements Work {
    }

    /**
     * A GRU, all its outputs; inputs after the first are the initial states of its directions.
     *
     * @param weights those of each direction
     * @param direction from which end its only direction reads, or the first of two
     */
    record Recurrent(List<GruWeights> weights, Direction direction) implements Work {
        /** Copies the list. */
        public Recurrent {
            weights = List.copyOf(weights);
        }

        /** Returns the units of each direction. */
        public int units() {
            return weights.getFirst().hiddenSize();
        }

        /** Returns whether what a direction makes last is its output of the first step. */
        public boolean endsAtFirst(int index) {
            return direction == Direction.BACKWARD || index == 1;
        }
    }

    /**
     * The final states of a GRU, which is the input.
     *
     * @param direction of which of its directions; {@link #ALL} for one after the other
     */
    record Final(int direction) implements Work {
        /** Stands for all directions. */
        public static final int ALL = -1;
    }

    /**
     * Zeros before the first step and after the last one.
     *
     * @param before how many before
     * @param after how many after
     */
    record Padded(int before, int after) implements Work {
    }

    /**
     * Any other layer.
     *
     * @param perStep whether an output depends on the same step alone
     * @param maker makes the layer
     */
    record Made(boolean perStep, Maker maker) implements Work {
    }
}
