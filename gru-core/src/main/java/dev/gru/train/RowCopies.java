package dev.gru.train;

import java.lang.reflect.Array;

import dev.gru.layer.ModelInput;

/** Copies of some rows of arrays, row by row as a whole. */
final class RowCopies {
    private RowCopies() {
    }

    /**
     * Returns the batch of some rows of an input.
     *
     * @param input all rows
     * @param rows which ones
     * @param from index in {@code rows} of the first
     * @param to that behind the last
     */
    static ModelInput of(ModelInput input, int[] rows, int from, int to) {
        int batch = input.batch();
        ModelInput some = null;
        for (int i = 0; i < input.inputs(); i++) {
            ModelInput next = input.tokens(i) != null
                    ? ModelInput.tokens(to - from, input.steps(i), of(input.tokens(i), batch, rows, from, to))
                    : ModelInput.features(to - from, input.steps(i), of(input.features(i), batch, rows, from, to));
            some = some == null ? next : some.and(next);
        }
        if (input.lengths() != null) {
            some = some.withLengths(of(input.lengths(), batch, rows, from, to));
        }
        return input.initialStates() == null
                ? some
                : some.withInitialStates(input.initialStates().stream()
                        .map(states -> of(states, batch, rows, from, to)).toList());
    }

    /**
     * Returns an array of some rows of another one.
     *
     * @param <A> an array of primitives
     * @param all the rows, one behind the other, or null
     * @param count how many they are
     * @param rows which ones
     * @param from index in {@code rows} of the first
     * @param to that behind the last
     * @return the rows, or null if {@code all} is
     */
    @SuppressWarnings("unchecked") // of the same component type
    static <A> A of(A all, int count, int[] rows, int from, int to) {
        if (all == null) {
            return null;
        }
        int size = Array.getLength(all) / count;
        A some = (A) Array.newInstance(all.getClass().getComponentType(), (to - from) * size);
        for (int i = from; i < to; i++) {
            System.arraycopy(all, rows[i] * size, some, (i - from) * size, size);
        }
        return some;
    }
}
