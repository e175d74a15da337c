package dev.gru.train;

import java.util.Objects;

import dev.gru.layer.Sequential;

/**
 * A whole data set: each row a sequence and what a model should put out for it.
 *
 * <p>Immutable, but arrays are not copied: whoever passes one must not change it while it is in use. Whether it fits a model
 * is checked when it is given to a {@link Trainer}.
 *
 * @param input what goes into the model; a batch in form, of all rows
 * @param targets what should come out
 */
public record TrainingData(TrainingInput input, Targets targets) {
    /** Checks that nothing is null. */
    public TrainingData {
        Objects.requireNonNull(input, "input");
        Objects.requireNonNull(targets, "targets");
    }

    /** Returns the number of rows. */
    public int rows() {
        return input.batch();
    }

    /** Returns the data of some rows, those from one index in {@code rows} to below another. */
    TrainingData rows(int[] rows, int from, int to) {
        return new TrainingData(input.rows(rows, from, to), targets.rows(input.batch(), rows, from, to));
    }

    /** Returns sizes and a checksum. */
    String fingerprint() {
        Fingerprint fingerprint = new Fingerprint();
        input.fingerprint(fingerprint);
        targets.fingerprint(fingerprint);
        return input.batch() + " rows of " + input.steps() + " steps, checksum " + fingerprint.value();
    }

    /**
     * Returns without doing anything if a model can be trained with this.
     *
     * @throws IllegalArgumentException if it cannot
     */
    void requireFits(Sequential model, Loss loss) {
        input.requireFits(model);
        input.requireFinite();
        targets.requireFits(loss, Math.multiplyExact(input.batch(), model.returnsSequences() ? input.steps() : 1),
                model.outputSize());
        targets.requireFinite();
    }
}
