package dev.gru.engine.stage;

import java.lang.foreign.Arena;

import dev.gru.kernel.PackedGru;
import dev.gru.layer.Embedding;

/**
 * Makes the tables of GRU layers behind embeddings: what each token adds to the gates, as long as they all take no more
 * than they may.
 */
public final class GateTables {
    private final long maxBytes;
    private final Arena arena;
    private long bytes;

    /**
     * Begins without tables.
     *
     * @param maxBytes the most that all tables may take
     * @param arena owns their native memory
     */
    public GateTables(long maxBytes, Arena arena) {
        this.maxBytes = maxBytes;
        this.arena = arena;
    }

    /** Returns whether there is room for the tables of some layers over one vocabulary, which then is taken. */
    boolean take(Embedding embedding, PackedGru... layers) {
        long wanted = 0;
        for (PackedGru layer : layers) {
            wanted += layer.bytesPerToken() * embedding.vocabularySize();
        }
        // Those of a kernel that keeps nothing are made if any are.
        boolean fits = maxBytes > 0 && wanted <= maxBytes - bytes;
        bytes += fits ? wanted : 0;
        return fits;
    }

    /** Returns a layer with its table, for which room has been taken. */
    PackedGru make(Embedding embedding, PackedGru layer) {
        return layer.withVocabulary(embedding.vocabularySize(), embedding::copyRow, arena);
    }
}
