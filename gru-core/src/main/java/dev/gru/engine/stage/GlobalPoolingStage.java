package dev.gru.engine.stage;

import java.util.List;

import dev.gru.layer.GlobalPooling1D.Kind;

/**
 * One vector of all steps. The state of a stream is what has been found so far, and the number of steps as the bits of
 * an int, up to the largest that are those of a finite float: a longer stream has its average from there on.
 *
 * <p>A sum for an average is two floats, high and low: each step adds to the high one and what that rounds off to the
 * low one (Knuth's two-sum), so that long streams lose nothing.
 */
final class GlobalPoolingStage extends Stage {
    private static final int MAX_COUNT = Float.floatToRawIntBits(Float.MAX_VALUE);

    private final Kind kind;
    private final int stateSize;
    private final StreamState state = new StreamState();

    GlobalPoolingStage(Kind kind, Value in, Value out) {
        super(in, out);
        this.kind = kind;
        stateSize = (kind == Kind.AVERAGE ? 2 : 1) * in.size + 1;
    }

    @Override
    public List<StreamState> states() {
        return List.of(state);
    }

    @Override
    public void run(int rows) {
        // Keras's layer of maxima knows no masks.
        boolean[] mask = kind == Kind.MAX ? null : in.mask;
        float[] states = state.values;
        for (int row = 0; row < rows; row++) {
            int at = row * stateSize;
            int countAt = at + stateSize - 1;
            int count = Float.floatToRawIntBits(states[countAt]);
            for (int t = 0; t < in.steps; t++) {
                int step = row * in.steps + t;
                if (mask == null || mask[step]) {
                    add(step * in.size, at, count);
                    count = Math.min(count + 1, MAX_COUNT);
                }
            }
            states[countAt] = Float.intBitsToFloat(count);
            if (kind == Kind.AVERAGE) {
                divide(at, count, row * out.size);
            } else {
                System.arraycopy(states, at, out.data, row * out.size, out.size);
            }
        }
        out.steps = 1;
    }

    /** Adds a step to the state of a stream, which has seen {@code count} steps before. */
    private void add(int from, int at, int count) {
        float[] x = in.data;
        float[] v = state.values;
        int size = in.size;
        switch (kind) {
            case MAX -> {
                if (count == 0) {
                    System.arraycopy(x, from, v, at, size);
                }
                for (int i = 0; i < size; i++) {
                    v[at + i] = Math.max(v[at + i], x[from + i]);
                }
            }
            case AVERAGE -> {
                if (count < MAX_COUNT) {
                    sum(x, from, v, at, size);
                }
            }
            case FIRST -> {
                if (count == 0) {
                    System.arraycopy(x, from, v, at, size);
                }
            }
            case LAST -> System.arraycopy(x, from, v, at, size);
        }
    }

    private static void sum(float[] x, int from, float[] v, int at, int size) {
        for (int i = 0; i < size; i++) {
            float a = v[at + i];
            float b = x[from + i];
            float high = a + b;
            float ofB = high - a;
            v[at + i] = high;
            v[at + size + i] += (a - (high - ofB)) + (b - ofB);
        }
    }

    private void divide(int at, int count, int to) {
        float[] v = state.values;
        int size = in.size;
        for (int i = 0; i < size; i++) {
            float high = v[at + i];
            // Beside an infinite sum, or one that is no number, the low one is no number either.
            double sum = Float.isFinite(high) ? (double) high + v[at + size + i] : high;
            out.data[to + i] = (float) (sum / count);
        }
    }
}
