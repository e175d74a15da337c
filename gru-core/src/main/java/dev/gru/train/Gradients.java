package dev.gru.train;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * The gradients of a loss over some rows, for programs that train on several machines: each computes those of its share
 * of a batch, one adds them, and all make the same step along the sum.
 *
 * <pre>{@code
 * Gradients ofShare = trainer.gradients(input, targets, seed);          // on every machine
 * Gradients ofBatch = ofShare.plus(ofOtherShare);                       // in a fixed order: the same bits in every run
 * trainer.step(ofBatch, 0.001, Double.POSITIVE_INFINITY);               // on every machine
 * }</pre>
 *
 * <p>The arrays are <b>sums over steps</b>, not means: the derivatives of Σ w ℓ, with the terms of {@link Loss}. So
 * shares are added whatever their sizes, and are not averaged; the step divides by the number of steps in the
 * {@link #result}, which is added too. An optimizer that takes the squares of the terms of a gradient
 * ({@link Optimizer.Adam#squaresOfTerms}) has another array for each table, whose name ends in {@code /squares}: it
 * belongs to the gradients, is added like all others, and a step without it is refused.
 *
 * <p>The moving averages of batch normalizations have no gradients. Under their names are the moments of the rows, mean
 * and variance, multiplied by the number of steps in the {@link #result}: added and divided like all others they are
 * the means of the moments of the shares, and the step moves the averages towards these. So each share is normalized by
 * itself; the variances leave out what the means of the shares differ by.
 *
 * <p>The map is copied, the arrays are not, neither in nor out: whoever shares one must not change it. Otherwise
 * immutable.
 */
public final class Gradients {
    private final BatchResult result;
    private final Map<String, float[]> arrays;

    /**
     * Puts gradients together again that were taken apart, to be sent.
     *
     * @param result the sums of the loss and the metrics
     * @param arrays the sums of the gradients, by the names that {@link #arrays} had
     */
    public Gradients(BatchResult result, Map<String, float[]> arrays) {
        this.result = Objects.requireNonNull(result, "result");
        Map<String, float[]> copy = new LinkedHashMap<>();
        Objects.requireNonNull(arrays, "arrays").forEach((name, values) -> copy
                .put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(values, "arrays")));
        this.arrays = Collections.unmodifiableMap(copy);
    }

    /** Returns the sums of the loss and the metrics; the number of unmasked steps is the divisor of the gradients. */
    public BatchResult result() {
        return result;
    }

    /**
     * Returns the sums of the gradients, row-major, by the names of weights: that of the layer, a slash, and that of
     * its {@linkplain dev.gru.layer.Layer#parameters parameter}.
     */
    public Map<String, float[]> arrays() {
        return arrays;
    }

    /**
     * Returns the sum of these gradients and others.
     *
     * @throws IllegalArgumentException if they have other names or lengths
     */
    public Gradients plus(Gradients other) {
        Objects.requireNonNull(other, "other");
        if (!arrays.keySet().equals(other.arrays.keySet())) {
            throw new IllegalArgumentException("gradients must have the arrays " + arrays.keySet() + ", had "
                    + other.arrays.keySet());
        }
        Map<String, float[]> sums = new LinkedHashMap<>();
        arrays.forEach((name, values) -> {
            float[] more = other.arrays.get(name);
            if (more.length != values.length) {
                throw new IllegalArgumentException("gradients of " + name + " must have " + values.length
                        + " elements, had " + more.length);
            }
            float[] sum = values.clone();
            for (int i = 0; i < sum.length; i++) {
                sum[i] += more[i];
            }
            sums.put(name, sum);
        });
        return new Gradients(result.plus(other.result), sums);
    }
}
