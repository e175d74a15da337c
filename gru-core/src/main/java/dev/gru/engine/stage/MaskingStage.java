package dev.gru.engine.stage;

/** Masks the steps whose features all have one value. */
final class MaskingStage extends Stage {
    /** A layer that gives a sequence the mask of another one. */
    static final PackedLayer SET_MASK = new PackedLayer() {
        @Override
        public Stage newStage(Value[] in, Value out, Room room) {
            return new SetMaskStage(in[0], in[1], out);
        }

        @Override
        public boolean isView() {
            return true;
        }
    };

    private final float masked;

    MaskingStage(float masked, Value in, Value out, Room room) {
        super(in, out);
        this.masked = masked;
        out.mask = room.newMask(in.maxSteps);
    }

    @Override
    public void run(int rows) {
        int count = rows * in.steps;
        boolean[] within = in.within;
        boolean[] mask = out.mask;
        for (int step = 0; step < count; step++) {
            mask[step] = (within == null || within[step]) && differs(in.data, step * in.size);
        }
        System.arraycopy(in.data, 0, out.data, 0, count * in.size);
        zero(out.data, count, mask, in.size);
        out.steps = in.steps;
    }

    private boolean differs(float[] x, int from) {
        for (int i = from; i < from + in.size; i++) {
            if (x[i] != masked) {
                return true;
            }
        }
        return false;
    }

    /** The output is the input in its own array; the mask is in that of the value that it comes from. */
    static final class SetMaskStage extends Stage {
        private SetMaskStage(Value in, Value masked, Value out) {
            super(in, out);
            out.mask = masked.mask;
            out.within = masked.within;
        }

        @Override
        public void run(int rows) {
            out.use(in.data);
            out.steps = in.steps;
        }
    }
}
