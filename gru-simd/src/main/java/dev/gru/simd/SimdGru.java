package dev.gru.simd;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

import dev.gru.kernel.GruRunner;
import dev.gru.kernel.PackedGru;
import dev.gru.kernel.ThreadTeam;
import dev.gru.kernel.TokenFeatures;
import dev.gru.weights.GruWeights;
import dev.gru.weights.Precision;

/**
 * A GRU layer as {@link SimdGruKernel} runs it: {@link PackedGates}, run by {@link SimdGruRunner} or
 * {@link SmallGruRunner}.
 */
final class SimdGru extends PackedGru {
    /**
     * Layers whose packed weights are smaller take a step in a few microseconds: not worth a meeting of threads, which
     * takes tenths of one when all come at once, and more when they do not.
     */
    private static final long TEAM_BYTES = 1 << 20;

    private final PackedGates gates;
    /** The products with the inputs that tokens stand for, or null without a vocabulary. */
    private final MemorySegment ofTokens;

    SimdGru(GruWeights weights, Precision precision, Arena arena) {
        super(weights);
        gates = new PackedGates(weights, precision, arena);
        ofTokens = null;
    }

    private SimdGru(SimdGru layer, int vocabularySize, TokenFeatures features, Arena arena) {
        super(layer, vocabularySize);
        gates = layer.gates;
        ofTokens = gates.sumsOfInputs(vocabularySize, features, arena);
    }

    @Override
    protected PackedGru lookingUp(int size, TokenFeatures features, Arena arena) {
        return new SimdGru(this, size, features, arena);
    }

    @Override
    public long bytesPerToken() {
        return gates.fromInput.outputBytes();
    }

    /** {@inheritDoc} A layer that one thread finishes sooner than two have met does not ask for help. */
    @Override
    public GruRunner newRunner(int maxBatch, ThreadTeam team, Arena arena) {
        if (ofTokens == null && SmallGruRunner.fits(gates)) {
            return new SmallGruRunner(gates, maxBatch, arena);
        }
        if (ofTokens == null && gates.ofStreams != null) {
            return StreamGruRunner.ofBatches(gates, maxBatch, arena);
        }
        return new SimdGruRunner(gates, ofTokens, vocabularySize(), maxBatch, gates.bytes() >= TEAM_BYTES ? team : null,
                arena);
    }
}
