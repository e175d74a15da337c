package dev.gru.engine;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Which buffer each value of a graph is written to. A buffer is used again as soon as no later node reads what is in
 * it; so a chain needs two.
 */
final class BufferPlan {
    /** That a value has no buffer: an input of the model, or one that is in another value's array. */
    static final int NONE = -1;

    private final int[] buffers;
    private int count;

    /**
     * Makes a plan.
     *
     * @param inputs how many of the values are inputs of the model
     * @param read for each node, the values that it reads
     * @param views for each node, whether its output is in the array of its first input
     * @param outputs the values that are read in the end
     */
    BufferPlan(int inputs, int[][] read, boolean[] views, int[] outputs) {
        int values = inputs + read.length;
        int[] owners = new int[values];
        int[] lastReads = new int[values];
        Arrays.fill(lastReads, -1);
        for (int value = 0; value < values; value++) {
            int node = value - inputs;
            owners[value] = node >= 0 && views[node] ? owners[read[node][0]] : value;
            if (node >= 0) {
                lastReads[owners[value]] = Math.max(lastReads[owners[value]], node);
                for (int of : read[node]) {
                    lastReads[owners[of]] = node;
                }
            }
        }
        for (int output : outputs) {
            lastReads[owners[output]] = Integer.MAX_VALUE;
        }
        buffers = new int[values];
        Arrays.fill(buffers, NONE);
        BitSet taken = new BitSet();
        for (int node = 0; node < read.length; node++) {
            int value = inputs + node;
            if (owners[value] == value) {
                buffers[value] = taken.nextClearBit(0);
                taken.set(buffers[value]);
                count = Math.max(count, buffers[value] + 1);
                leave(value, node, lastReads, taken);
            }
            for (int of : read[node]) {
                leave(owners[of], node, lastReads, taken);
            }
        }
    }

    private void leave(int value, int node, int[] lastReads, BitSet taken) {
        if (buffers[value] != NONE && lastReads[value] == node) {
            taken.clear(buffers[value]);
        }
    }

    /** Returns the number of buffers. */
    int count() {
        return count;
    }

    /** Returns the buffer of a value, or {@link #NONE}. */
    int of(int value) {
        return buffers[value];
    }
}
