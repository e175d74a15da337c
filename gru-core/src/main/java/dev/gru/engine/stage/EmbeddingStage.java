package dev.gru.engine.stage;

import dev.gru.layer.Embedding;

/** Looks token ids up in a table, and masks those of padding if the table does. */
final class EmbeddingStage extends Stage {
    private final Embedding table;

    EmbeddingStage(Embedding table, Value in, Value out, Room room) {
        super(in, out);
        this.table = table;
        if (table.maskZero()) {
            out.mask = room.newMask(in.maxSteps);
        }
    }

    @Override
    public void run(int rows) {
        int count = rows * in.steps;
        int[] tokens = in.tokens;
        float[] data = out.data;
        for (int step = 0; step < count; step++) {
            table.copyRow(tokens[step], data, step * out.size);
        }
        if (table.maskZero()) {
            boolean[] within = in.within;
            for (int step = 0; step < count; step++) {
                out.mask[step] = tokens[step] != 0 && (within == null || within[step]);
            }
        }
        out.steps = in.steps;
    }
}
