package dev.gru.bench;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;

/**
 * A GRU layer and how much it is given at once.
 *
 * @param steps steps of each stream, T
 * @param batch streams at once, B
 * @param inputSize features per step, I
 * @param hiddenSize units, H
 */
public record LayerWork(int steps, int batch, int inputSize, int hiddenSize) implements Work {
    private static final long GATES = 3;
    private static final Pattern FORM = Pattern
            .compile("([1-9]\\d{0,4})x([1-9]\\d{0,4}):([1-9]\\d{0,4})x([1-9]\\d{0,4})");

    /**
     * Parses TxB:IxH, such as {@code 100x32:256x64} for 100 steps of 32 streams, 256 inputs and 64 units. There is no
     * comma in it, because JMH separates values by commas.
     *
     * @throws IllegalArgumentException if it has another form, or is more than arrays hold
     */
    public static LayerWork parse(String text) {
        Matcher sizes = FORM.matcher(text);
        if (!sizes.matches()) {
            throw new IllegalArgumentException(
                    "work must be TxB:IxH, such as 100x32:256x64 for 100 steps of 32 streams from 256 inputs to 64"
                            + " units, was " + text);
        }
        LayerWork work = new LayerWork(Integer.parseInt(sizes.group(1)), Integer.parseInt(sizes.group(2)),
                Integer.parseInt(sizes.group(3)), Integer.parseInt(sizes.group(4)));
        long widest = Math.max(work.inputSize, work.hiddenSize);
        if (Math.max((long) work.steps * work.batch, GATES * work.hiddenSize) > Integer.MAX_VALUE / widest) {
            throw new IllegalArgumentException(
                    "work must have no more inputs, outputs or weights than an array holds, was " + text);
        }
        return work;
    }

    @Override
    public String parameter() {
        return steps + "x" + batch + ":" + inputSize + "x" + hiddenSize;
    }

    /** Returns the form for people. */
    @Override
    public String toString() {
        return steps + "×" + batch + ", " + inputSize + "→" + hiddenSize;
    }

    /** Returns weights of {@link GruVariant#RESET_AFTER}, the same at each call. */
    public GruWeights weights() {
        return new LayerShape(inputSize, hiddenSize).weights(GruVariant.RESET_AFTER);
    }

    /** Returns inputs, (batch, steps, inputSize), the same at each call. */
    public float[] inputs() {
        return new LayerShape(inputSize, hiddenSize).inputs(Math.multiplyExact(steps, batch));
    }
}
