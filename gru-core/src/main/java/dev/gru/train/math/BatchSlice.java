package dev.gru.train.math;

import java.lang.reflect.Array;
import java.util.Arrays;
import java.util.stream.IntStream;

import dev.gru.layer.ModelInput;

/** Some rows of a batch, or the first steps of all of them: copies their arrays. */
public final class BatchSlice {
    private final int batch;
    private final int[] rows;
    private final int from;
    private final int to;
    private final int maxSteps;

    private BatchSlice(int batch, int[] rows, int from, int to, int maxSteps) {
        this.batch = batch;
        this.rows = rows;
        this.from = from;
        this.to = to;
        this.maxSteps = maxSteps;
    }

    /**
     * Takes whole rows.
     *
     * @param batch how many rows the batch has
     * @param rows which ones
     * @param from index in {@code rows} of the first
     * @param to that behind the last
     */
    public static BatchSlice ofRows(int batch, int[] rows, int from, int to) {
        return new BatchSlice(batch, rows, from, to, Integer.MAX_VALUE);
    }

    /**
     * Takes the first steps of all rows.
     *
     * @param batch how many rows the batch has
     * @param maxSteps how many steps, at least 1; of what has fewer, such as a vector, all
     */
    public static BatchSlice ofSteps(int batch, int maxSteps) {
        return new BatchSlice(batch, IntStream.range(0, batch).toArray(), 0, batch, maxSteps);
    }

    /** Returns an input of these rows and steps; lengths behind the steps are cut to them. */
    public ModelInput of(ModelInput input) {
        ModelInput some = null;
        for (int i = 0; i < input.inputs(); i++) {
            int steps = input.steps(i);
            int kept = Math.min(steps, maxSteps);
            ModelInput next = input.tokens(i) != null
                    ? ModelInput.tokens(to - from, kept, of(input.tokens(i), steps))
                    : ModelInput.features(to - from, kept, of(input.features(i), steps));
            some = some == null ? next : some.and(next);
        }
        if (input.lengths() != null) {
            some = some.withLengths(Arrays.stream(of(input.lengths(), 1)).map(length -> Math.min(length, maxSteps))
                    .toArray());
        }
        return input.initialStates() == null
                ? some
                : some.withInitialStates(input.initialStates().stream().map(states -> of(states, 1)).toList());
    }

    /**
     * Returns the targets of these rows and steps.
     *
     * @param targets all of them
     * @param steps how many steps the output has
     */
    public TargetValues of(TargetValues targets, int steps) {
        return new TargetValues(of(targets.labels(), steps), of(targets.values(), steps),
                of(targets.weights(), steps), of(targets.mask(), steps));
    }

    /** Returns these rows and steps of an array of primitives, or null if there is none. */
    @SuppressWarnings("unchecked") // of the same component type
    private <A> A of(A all, int steps) {
        if (all == null) {
            return null;
        }
        int size = Array.getLength(all) / batch;
        int kept = size / steps * Math.min(steps, maxSteps);
        A some = (A) Array.newInstance(all.getClass().getComponentType(), (to - from) * kept);
        for (int i = from; i < to; i++) {
            System.arraycopy(all, rows[i] * size, some, (i - from) * kept, kept);
        }
        return some;
    }
}
