package dev.gru.bench.peer;

import dev.gru.weights.Precision;

/** oneDNN's GRU primitive with weights, inputs, states and outputs in bfloat16; sums and biases are in binary32. */
public final class OneDnnBf16Contender extends OneDnnContender {

    /** Creates the contender; the native library is loaded by {@link #prepare}. */
    public OneDnnBf16Contender() {
        super("onednn bf16", Precision.BF16);
    }
}
