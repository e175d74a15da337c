package dev.gru;

import java.lang.foreign.Arena;

import dev.gru.kernel.ActivationRunner;
import dev.gru.kernel.GruKernel;
import dev.gru.kernel.GruRunner;
import dev.gru.kernel.PackedDense;
import dev.gru.kernel.PackedGru;
import dev.gru.kernel.PortableGruKernel;
import dev.gru.kernel.ScalarGruKernel;
import dev.gru.kernel.ThreadTeam;
import dev.gru.kernel.TokenFeatures;
import dev.gru.kernel.Tiling;
import dev.gru.kernel.training.TrainingKernel;
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
    public ActivationRunner newActivationRunner(int size, Arena memory) {
        return scalar.newActivationRunner(size, memory);
    }

    @Override
    public TrainingKernel training() {
        return new PortableGruKernel().training();
    }

    @Override
    public Tiling tiling() {
        return scalar.tiling();
    }

    private static final class Gru extends PackedGru {
        private final PackedGru inner;
        private final Runnable before;

        Gru(GruWeights weights, PackedGru inner, Runnable before) {
            super(weights);
            this.inner = inner;
            this.before = before;
        }

        private Gru(Gru layer, int vocabularySize, TokenFeatures features, Arena memory) {
            super(layer, vocabularySize);
            inner = layer.inner.withVocabulary(vocabularySize, features, memory);
            before = layer.before;
        }

        @Override
        protected PackedGru lookingUp(int size, TokenFeatures features, Arena memory) {
            return new Gru(this, size, features, memory);
        }

        @Override
        public long bytesPerToken() {
            return inner.bytesPerToken();
        }

        @Override
        public GruRunner newRunner(int maxBatch, ThreadTeam team, Arena memory) {
            GruRunner runner = inner.newRunner(maxBatch, team, memory);
            return new GruRunner(inputSize(), hiddenSize(), stateSize(), vocabularySize(), maxBatch) {
                @Override
                protected void runStep(float[] x, float[] hPrev, float[] hNext) {
                    before.run();
                    runner.forwardStep(x, hPrev, hNext);
                }

                @Override
                protected void runStep(int token, float[] hPrev, float[] hNext) {
                    before.run();
                    runner.forwardStep(token, hPrev, hNext);
                }

                @Override
                protected void runBatch(int batch, int steps, float[] x, boolean[] mask, float[] state, float[] y) {
                    before.run();
                    runner.forwardBatch(batch, steps, x, mask, state, y);
                }

                @Override
                protected void runBatch(int batch, int steps, int[] tokens, boolean[] mask, float[] state, float[] y) {
                    before.run();
                    runner.forwardBatch(batch, steps, tokens, mask, state, y);
                }
            };
        }
    }
}
