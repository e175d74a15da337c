package dev.gru.simd;

import dev.gru.simd.loops.Lanes;
import dev.gru.weights.Gate;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;
import dev.gru.weights.Precision;

/**
 * The weights of a small GRU layer for steps of many streams, whose lanes are streams; and when that is faster.
 *
 * <p><b>When.</b> Lanes that are units are not all used unless the units fill vectors; lanes that are streams are, but
 * rows have to be turned. Measured on a Zen 4 with 16 lanes, the time of a batch whose lanes are units to that of one
 * whose lanes are streams, by units and streams (one step, as many inputs as units):
 *
 * <pre>
 *        12    16    32    48    64
 *  4   1.84  2.09  2.48  2.18  2.66
 *  8   1.19  1.65  2.07  1.86  2.23
 * 12   0.81  0.83  1.22  1.14  1.31
 * 16   0.54  0.73  0.96  0.74  0.94
 * 20   0.62  1.14  1.45  1.00  1.49
 * 24   0.70  0.98  1.48  1.20  1.38
 * 32   0.42  0.83  0.90  0.82  0.91
 * 40   0.74  1.05  0.96  1.06  1.19
 * 48   0.56  0.72  0.78  0.80  0.90
 * </pre>
 *
 * <p>So layers are run in this way if a quarter of the lanes would be unused, and if there are streams for two vectors,
 * or for most of one where half of the lanes would be unused.
 *
 * <p>Immutable, safe for use by any number of threads.
 */
final class StreamGates {
    /** Layers of more units take longer per stream in this way, whatever they leave unused. */
    static final int MAX_UNITS = 32;

    final GruVariant variant;
    final int inputSize;
    final int hiddenSize;

    /** From the inputs to r, z, n. */
    final StreamMatrix fromInput;
    /** From the state to r, z, n; only r, z where the reset gate comes before the product. */
    final StreamMatrix fromState;
    /** From r ⊙ state to n; null where the reset gate comes after the product. */
    final StreamMatrix fromGated;

    private StreamGates(GruWeights weights, Precision precision) {
        variant = weights.variant();
        inputSize = weights.inputSize();
        hiddenSize = weights.hiddenSize();
        fromInput = new StreamMatrix(weights, false, precision, Gate.RESET, Gate.UPDATE, Gate.NEW);
        if (variant == GruVariant.RESET_AFTER) {
            fromState = new StreamMatrix(weights, true, precision, Gate.RESET, Gate.UPDATE, Gate.NEW);
            fromGated = null;
        } else {
            fromState = new StreamMatrix(weights, true, precision, Gate.RESET, Gate.UPDATE);
            fromGated = new StreamMatrix(weights, true, precision, Gate.NEW);
        }
    }

    /** Returns the weights of a layer that many streams are stepped by in this way, or null for others. */
    static StreamGates of(GruWeights weights, Precision precision) {
        int units = weights.hiddenSize();
        return units <= MAX_UNITS && 4 * units <= 3 * Lanes.padded(units) && weights.activations().areStandard()
                ? new StreamGates(weights, precision)
                : null;
    }

    /** Returns how many streams are stepped together, at least. */
    int minStreams() {
        return 2 * hiddenSize <= Lanes.COUNT ? Math.max(2, 3 * Lanes.COUNT / 4) : 2 * Lanes.COUNT;
    }
}
