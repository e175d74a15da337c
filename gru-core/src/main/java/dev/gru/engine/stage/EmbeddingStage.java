package dev.gru.engine.stage;

import dev.gru.layer.Embedding;

/** Looks token ids up in a table, and masks those of padding if the table does. */
final class EmbeddingStage extends Stage {
    private final Embedding table;
    private final boolean looksUp;

    /**
     * The table as it is.
     *
     * @param looksUp whether the output has features; otherwise only its tokens and mask are read
     */
    record Packed(Embedding table, boolean looksUp) implements PackedLayer {
        @Override
        public Stage newStage(Value[] in, Value out, Room room) {
            return new EmbeddingStage(this, in[0], out, room);
        }

        @Override
        public boolean isView() {
            return !looksUp;
        }

        @Override
        public PackedLayer withoutFeatures() {
            return new Packed(table, false);
        }
    }

    private EmbeddingStage(Packed layer, Value in, Value out, Room room) {
        super(in, out);
        table = layer.table;
        looksUp = layer.looksUp;
        out.tokens = in.tokens;
        if (table.maskZero()) {
            out.mask = room.newMask(in.maxSteps);
        }
    }

    @Override
    public void run(int rows) {
        int count = rows * in.steps;
        int[] tokens = in.tokens;
        if (looksUp) {
            float[] data = out.data;
            for (int step = 0; step < count; step++) {
                table.copyRow(tokens[step], data, step * out.size);
            }
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
