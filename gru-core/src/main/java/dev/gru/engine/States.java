package dev.gru.engine;

import java.util.Arrays;
import java.util.List;

import dev.gru.internal.Shapes;

/** The states of some streams of one model, initially zero: an array (rows, stateSize) for each layer with states. */
final class States {
    private final int[] sizes;
    private final float[][] ofLayers;

    /**
     * Allocates everything.
     *
     * @param sizes the state size of each layer, in the order of {@link dev.gru.layer.Signature}; not copied
     * @param rows streams
     */
    States(int[] sizes, int rows) {
        this.sizes = sizes;
        ofLayers = new float[sizes.length][];
        for (int i = 0; i < sizes.length; i++) {
            ofLayers[i] = new float[Shapes.requireArray("states", rows, sizes[i])];
        }
    }

    /** Returns new zero states of the same layers. */
    States sameFor(int rows) {
        return new States(sizes, rows);
    }

    /** Returns the number of layers with states. */
    int layers() {
        return sizes.length;
    }

    /** Returns the number of floats of one stream in a layer. */
    int size(int layer) {
        return sizes[layer];
    }

    /** Returns the states of a layer, (rows, stateSize): the array itself. */
    float[] of(int layer) {
        return ofLayers[layer];
    }

    /** Sets all streams to their zero states. */
    void reset() {
        for (float[] states : ofLayers) {
            Arrays.fill(states, 0);
        }
    }

    /** Sets one stream to its zero state, without a call in which the stack could overflow halfway. */
    void reset(int row) {
        for (int layer = 0; layer < sizes.length; layer++) {
            float[] states = ofLayers[layer];
            int end = (row + 1) * sizes[layer];
            for (int i = row * sizes[layer]; i < end; i++) {
                states[i] = 0;
            }
        }
    }

    /** Copies the states of one stream to a row of other states of the same model. */
    void copyRow(int row, States to, int toRow) {
        for (int i = 0; i < sizes.length; i++) {
            System.arraycopy(ofLayers[i], row * sizes[i], to.ofLayers[i], toRow * sizes[i], sizes[i]);
        }
    }

    /**
     * Sets the states of the first rows.
     *
     * @param states one array for each layer, (all rows, stateSize)
      * @param firstRow the row of the first stream in them
     * @param rows number of streams
     */
    void setFrom(List<float[]> states, int firstRow, int rows) {
        for (int i = 0; i < sizes.length; i++) {
            System.arraycopy(states.get(i), firstRow * sizes[i], ofLayers[i], 0, rows * sizes[i]);
        }
    }

    /** Copies the states of the first rows; the parameters are those of {@link #setFrom}. */
    void copyTo(List<float[]> states, int firstRow, int rows) {
        for (int i = 0; i < sizes.length; i++) {
            System.arraycopy(ofLayers[i], 0, states.get(i), firstRow * sizes[i], rows * sizes[i]);
        }
    }
}
