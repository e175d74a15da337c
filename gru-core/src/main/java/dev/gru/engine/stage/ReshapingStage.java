package dev.gru.engine.stage;

import java.util.Arrays;

import dev.gru.layer.Reshaping;
import dev.gru.layer.Reshaping.Cropping1D;
import dev.gru.layer.Reshaping.Permute;
import dev.gru.layer.Reshaping.RepeatVector;
import dev.gru.layer.Reshaping.Reshape;
import dev.gru.layer.Reshaping.Slice;
import dev.gru.layer.Reshaping.UpSampling1D;
import dev.gru.layer.Reshaping.ZeroPadding1D;

/** Copies steps and features to other places, or reads the same array in other steps and features. */
final class ReshapingStage extends Stage {
    private final Reshaping layer;

    /** A layer, which has no weights to be packed. */
    record Packed(Reshaping layer) implements PackedLayer {
        @Override
        public Stage newStage(Value[] in, Value out, Room room) {
            return new ReshapingStage(layer, in[0], out);
        }

        @Override
        public boolean isView() {
            return layer instanceof Reshape;
        }
    }

    private ReshapingStage(Reshaping layer, Value in, Value out) {
        super(in, out);
        this.layer = layer;
    }

    @Override
    public void run(int rows) {
        switch (layer) {
            case Reshape _ -> {
                out.data = in.data;
                out.steps = in.steps * in.size / out.size;
            }
            case RepeatVector repeat -> repeat(rows, repeat.steps());
            case UpSampling1D up -> repeat(rows, up.size());
            case Permute _ -> permute(rows);
            case ZeroPadding1D padding -> pad(rows, padding.before(), padding.after());
            case Cropping1D cropping -> crop(rows, cropping.before(), cropping.after());
            case Slice slice -> slice(rows, slice.first());
        }
    }

    /** Copies each step to so many. */
    private void repeat(int rows, int times) {
        int count = rows * in.steps;
        for (int step = 0; step < count; step++) {
            for (int i = 0; i < times; i++) {
                System.arraycopy(in.data, step * in.size, out.data, (step * times + i) * in.size, in.size);
            }
        }
        out.steps = in.steps * times;
    }

    private void permute(int rows) {
        int steps = in.steps;
        int all = steps * in.size;
        for (int row = 0; row < rows; row++) {
            for (int t = 0; t < steps; t++) {
                for (int i = 0; i < in.size; i++) {
                    out.data[row * all + i * steps + t] = in.data[row * all + t * in.size + i];
                }
            }
        }
        out.steps = in.size;
    }

    private void pad(int rows, int before, int after) {
        int own = in.steps * in.size;
        int first = before * in.size;
        int all = first + own + after * in.size;
        for (int row = 0; row < rows; row++) {
            int to = row * all;
            Arrays.fill(out.data, to, to + first, 0);
            System.arraycopy(in.data, row * own, out.data, to + first, own);
            Arrays.fill(out.data, to + first + own, to + all, 0);
        }
        out.steps = before + in.steps + after;
    }

    private void crop(int rows, int before, int after) {
        int steps = in.steps - before - after;
        for (int row = 0; row < rows; row++) {
            System.arraycopy(in.data, (row * in.steps + before) * in.size, out.data, row * steps * in.size,
                    steps * in.size);
        }
        out.steps = steps;
    }

    private void slice(int rows, int first) {
        int count = rows * in.steps;
        for (int step = 0; step < count; step++) {
            System.arraycopy(in.data, step * in.size + first, out.data, step * out.size, out.size);
        }
        out.steps = in.steps;
    }
}
