package dev.gru.engine.stage;

import java.util.Arrays;
import java.util.Objects;

import dev.gru.layer.Merge.Kind;

/**
 * Makes one value of several. Where they are joined feature by feature or computed with, a step is masked if all mask
 * it; where the steps of one follow those of another, each keeps its mask.
 */
final class MergeStage extends Stage {
    private final Kind kind;
    private final Value[] inputs;
    /** Whether the mask is made in each run; otherwise it is that of the inputs, or there is none. */
    private final boolean joinsMasks;
    private final boolean joinsWithin;

    MergeStage(Kind kind, Value[] inputs, Value out, Room room) {
        super(inputs[0], out);
        this.kind = kind;
        this.inputs = inputs;
        boolean[][] masks = Arrays.stream(inputs).map(input -> input.mask).toArray(boolean[][]::new);
        boolean[][] within = Arrays.stream(inputs).map(input -> input.within).toArray(boolean[][]::new);
        joinsMasks = joins(masks);
        joinsWithin = joins(within);
        out.mask = joinsMasks ? room.newMask(out.maxSteps) : same(masks);
        out.within = joinsWithin ? room.newMask(out.maxSteps) : same(within);
    }

    private boolean joins(boolean[][] masks) {
        if (kind == Kind.CONCATENATE_STEPS) {
            return Arrays.stream(masks).anyMatch(Objects::nonNull);
        }
        return Arrays.stream(masks).allMatch(Objects::nonNull) && Arrays.stream(masks).distinct().count() > 1;
    }

    private boolean[] same(boolean[][] masks) {
        return kind != Kind.CONCATENATE_STEPS && Arrays.stream(masks).allMatch(Objects::nonNull) ? masks[0] : null;
    }

    @Override
    public void run(int rows) {
        switch (kind) {
            case CONCATENATE -> concatenate(rows);
            case CONCATENATE_STEPS -> concatenateSteps(rows);
            default -> {
                out.steps = in.steps;
                compute(rows * in.steps);
            }
        }
        if (joinsMasks) {
            joinMasks(rows, out.mask, false);
        }
        if (joinsWithin) {
            joinMasks(rows, out.within, true);
        }
    }

    private void concatenate(int rows) {
        out.steps = in.steps;
        int count = rows * in.steps;
        int to = 0;
        for (Value input : inputs) {
            for (int step = 0; step < count; step++) {
                System.arraycopy(input.data, step * input.size, out.data, step * out.size + to, input.size);
            }
            to += input.size;
        }
    }

    private void concatenateSteps(int rows) {
        out.steps = 0;
        for (Value input : inputs) {
            out.steps += input.steps;
        }
        int before = 0;
        for (Value input : inputs) {
            for (int row = 0; row < rows; row++) {
                System.arraycopy(input.data, row * input.steps * out.size, out.data,
                        (row * out.steps + before) * out.size, input.steps * out.size);
            }
            before += input.steps;
        }
    }

    private void joinMasks(int rows, boolean[] joined, boolean within) {
        int before = 0;
        for (int i = 0; i < inputs.length; i++) {
            Value input = inputs[i];
            boolean[] mask = within ? input.within : input.mask;
            for (int row = 0; row < rows; row++) {
                for (int t = 0; t < input.steps; t++) {
                    boolean counts = mask == null || mask[row * input.steps + t];
                    if (kind == Kind.CONCATENATE_STEPS) {
                        joined[row * out.steps + before + t] = counts;
                    } else {
                        int step = row * input.steps + t;
                        joined[step] = counts || (i > 0 && joined[step]);
                    }
                }
            }
            before += input.steps;
        }
    }

    private void compute(int count) {
        for (int i = 0; i < inputs.length; i++) {
            Value input = inputs[i];
            for (int step = 0; step < count; step++) {
                if (input.size == out.size) {
                    include(i, input.data, step * out.size, step * out.size);
                } else {
                    includeOne(i, input.data[step], step * out.size);
                }
            }
        }
        if (kind == Kind.AVERAGE) {
            float[] y = out.data;
            for (int i = 0; i < count * out.size; i++) {
                y[i] /= inputs.length;
            }
        }
    }

    /** Includes the features of one step of an input. */
    private void include(int input, float[] x, int from, int to) {
        float[] y = out.data;
        int size = out.size;
        if (input == 0) {
            System.arraycopy(x, from, y, to, size);
            return;
        }
        switch (kind) {
            case ADD, AVERAGE -> {
                for (int i = 0; i < size; i++) {
                    y[to + i] += x[from + i];
                }
            }
            case SUBTRACT -> {
                for (int i = 0; i < size; i++) {
                    y[to + i] -= x[from + i];
                }
            }
            case MULTIPLY -> {
                for (int i = 0; i < size; i++) {
                    y[to + i] *= x[from + i];
                }
            }
            case DIVIDE -> {
                for (int i = 0; i < size; i++) {
                    y[to + i] /= x[from + i];
                }
            }
            case MAXIMUM -> {
                for (int i = 0; i < size; i++) {
                    y[to + i] = Math.max(y[to + i], x[from + i]);
                }
            }
            case MINIMUM -> {
                for (int i = 0; i < size; i++) {
                    y[to + i] = Math.min(y[to + i], x[from + i]);
                }
            }
            case CONCATENATE, CONCATENATE_STEPS -> throw new AssertionError(kind);
        }
    }

    /** Includes the one feature of a step of an input, which stands for all. */
    private void includeOne(int input, float x, int to) {
        for (int i = to; i < to + out.size; i++) {
            float y = out.data[i];
            out.data[i] = input == 0 ? x : switch (kind) {
                case ADD, AVERAGE -> y + x;
                case SUBTRACT -> y - x;
                case MULTIPLY -> y * x;
                case DIVIDE -> y / x;
                case MAXIMUM -> Math.max(y, x);
                case MINIMUM -> Math.min(y, x);
                case CONCATENATE, CONCATENATE_STEPS -> throw new AssertionError(kind);
            };
        }
    }
}
