package dev.gru.bench;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.gru.bench.model.WholeModel;

/**
 * A whole model and how much it is given at once.
 *
 * @param steps steps of each stream, T
 * @param batch streams at once, B
 * @param model the model
 */
public record ModelWork(int steps, int batch, WholeModel model) implements Work {
    private static final Pattern FORM = Pattern.compile("([1-9]\\d{0,3})x([1-9]\\d{0,3}):([a-z-]+)");

    /**
     * Parses TxB:MODEL, such as {@code 100x32:article} for 100 steps of 32 streams.
     *
     * @throws IllegalArgumentException if it has another form
     */
    public static ModelWork parse(String text) {
        Matcher parts = FORM.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "work with a model must be TxB:MODEL, such as 100x32:article for 100 steps"
                            + " of 32 streams, was " + text);
        }
        return new ModelWork(Integer.parseInt(parts.group(1)), Integer.parseInt(parts.group(2)),
                WholeModel.named(parts.group(3)));
    }

    @Override
    public String parameter() {
        return steps + "x" + batch + ":" + model;
    }

    /** Returns the form for people. */
    @Override
    public String toString() {
        return steps + "×" + batch + ", " + model;
    }
}
