package dev.gru;

import java.lang.foreign.Arena;

import dev.gru.kernel.GruKernel;
import dev.gru.kernel.PackedDense;
import dev.gru.kernel.PackedGru;
import dev.gru.kernel.ScalarGruKernel;
import dev.gru.kernel.Workspace;
import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;
import dev.gru.weights.GruWeights;
import dev.gru.weights.Precision;

/** The scalar kernel with something done before every call into a GRU layer, for tests; it remembers its arena. */
final class ScalarInDisguise implements GruKernel {
    private final GruKernel scalar = new ScalarGruKernel();
    private Runnable before;
    private Arena arena;

    ScalarInDisguise(Runnable before) {
        this.before = before;
    }

    /** Sets what is done in models that are packed from now on. */
    void setBefore(Runnable other) {
        before = other;
    }

    /** The arena of the model that was packed last. */
    Arena arena() {
        return arena;
    }

    @Override
    public String name() {
        return "disguise";
    }

    @Override
    public PackedGru pack(GruWeights weights, Precision precision, Arena memory) {
        arena = memory;
        return new Gru(weights, scalar.pack(weights, precision, memory), before);
    }

    @Override
    public PackedDense pack(DenseWeights weights, Precision precision, Arena memory) {
        return scalar.pack(weights, precision, memory);
    }

    @Override
    public PackedDense pack(Activation activation, int size) {
        return scalar.pack(activation, size);
    }

    private static final class Gru extends PackedGru {
        private final PackedGru inner;
        private final Runnable before;

        Gru(GruWeights weights, PackedGru inner, Runnable before) {
            super(weights);
            this.inner = inner;
            this.before = before;
        }

        private static final class Scratch extends Workspace {
            final Workspace inner;

            Scratch(Gru owner, int maxBatch) {
                super(owner, maxBatch);
                inner = owner.inner.newWorkspace(maxBatch);
            }
        }

        @Override
        public Workspace newWorkspace(int maxBatch) {
            return new Scratch(this, maxBatch);
        }

        @Override
        protected void runStep(float[] x, float[] hPrev, Workspace workspace, float[] hNext) {
            before.run();
            inner.forwardStep(x, hPrev, ((Scratch) workspace).inner, hNext);
        }

        @Override
        protected void runBatch(int batch, int steps, float[] x, boolean[] mask, float[] state, Workspace workspace,
                float[] y) {
            before.run();
            inner.forwardBatch(batch, steps, x, mask, state, ((Scratch) workspace).inner, y);
        }
    }
}
