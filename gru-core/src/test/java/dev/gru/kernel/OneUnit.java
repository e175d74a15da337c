package dev.gru.kernel;

import java.lang.foreign.Arena;

import dev.gru.weights.GruActivations;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;

/** Layers of one unit and one input, whose steps can be followed by hand; arguments in the order r, z, n. */
final class OneUnit {
    private OneUnit() {
    }

    static GruWeights oneUnit(GruVariant variant, float[] ih, float[] hh, float[] bIh, float[] bHh) {
        return oneUnit(variant, GruActivations.STANDARD, ih, hh, bIh, bHh);
    }

    static GruWeights oneUnit(GruVariant variant, GruActivations functions, float[] ih, float[] hh, float[] bIh,
            float[] bHh) {
        return new GruWeights(variant, functions, 1, 1, ih, hh, bIh, bHh);
    }

    /** One whose gates hang on the input biases alone. */
    static GruWeights biasesOnly(GruVariant variant, float r, float z, float n) {
        return biasesOnly(variant, GruActivations.STANDARD, r, z, n);
    }

    static GruWeights biasesOnly(GruVariant variant, GruActivations functions, float r, float z, float n) {
        return oneUnit(variant, functions, new float[3], new float[3], new float[]{r, z, n}, new float[3]);
    }

    /** The state after one step of a single stream, of a layer of any size. */
    static float[] step(GruKernel kernel, GruWeights weights, float[] x, float... state) {
        PackedGru layer = kernel.pack(weights, Arena.global());
        float[] next = new float[layer.stateSize()];
        layer.newRunner(1).forwardStep(x, state, next);
        return next;
    }
}
