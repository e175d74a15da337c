package dev.gru.format.keras;

import dev.gru.format.file.ModelFormatException;
import dev.gru.internal.Printable;
import dev.gru.weights.Activation;

/**
 * What the files of one version of Keras mean.
 *
 * @param major the first number of the version that wrote the file
 * @param minor the second
 * @param legacy whether the configuration is in the form of legacy {@code .h5} files, without modules
 */
record Dialect(int major, int minor, boolean legacy) {
    /** The first version of Keras 2 whose masked outputs are the same in all backends. */
    private static final int FIRST_SAME_OUTPUTS = 3;
    /** What TensorFlow 1.13 to 2.1 call their Keras, whose recurrent layers are those of 2.3. */
    private static final String OF_TENSORFLOW = "2.2.4-tf";
    /** The first version of Keras 2 that has {@code .keras} files. */
    private static final int FIRST_ARCHIVES = 12;
    /** In place of the number of a version that is not known. */
    private static final int UNKNOWN = Integer.MAX_VALUE;

    /** What the short form of a model means. */
    static final Dialect OF_SHORT_FORM = new Dialect(3, 15, true);

    /**
     * Returns the dialect of a version.
     *
     * @param where names what the version stands in, for messages
     * @param version such as 3.15.1
     * @param legacy whether it stands in a legacy file
     * @throws ModelFormatException if the version is not one whose files can be read
     */
    static Dialect of(String where, String version, boolean legacy) throws ModelFormatException {
        if (legacy && version.equals(OF_TENSORFLOW)) {
            return new Dialect(2, FIRST_SAME_OUTPUTS, true);
        }
        String[] parts = version.split("\\.", 3);
        if (parts.length >= 2 && parts[1].matches("\\d{1,4}") && parts[0].matches("[123]")) {
            Dialect dialect = new Dialect(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), legacy);
            if (legacy || dialect.major == 3 || (dialect.major == 2 && dialect.minor >= FIRST_ARCHIVES)) {
                return dialect;
            }
        }
        throw new ModelFormatException(
                where + ": keras_version " + Printable.quoted(version) + " is not supported, only "
                        + (legacy ? "1.x, 2.x and 3.x" : "2.12 to 2.15 and 3.x"));
    }

    /**
     * Returns the dialect of a configuration of Keras 3 that does not say its version, as {@code model.to_json()}
     * writes it. What differs between versions of Keras 3 is not certain in it.
     */
    static Dialect ofKeras3() {
        return new Dialect(3, UNKNOWN, false);
    }

    /** Returns whether the version is not known. */
    boolean isUnknown() {
        return minor == UNKNOWN;
    }

    /** Returns what this version calls {@code hard_sigmoid}: Keras 3 changed its slope. */
    Activation hardSigmoid() {
        return major < 3 ? Activation.hardSigmoid(0.2f, 0.5f) : Activation.hardSigmoid(1f / 6, 0.5f);
    }

    /**
     * Returns whether a recurrent layer with an initial state sees the mask of its sequence. Keras 3 fills in masks
     * only for layers that are called on one array, and this one is called on more; but the mask goes on behind it.
     */
    boolean showsMasksWithStates() {
        return major < 3;
    }

    /**
     * Returns whether the output of a recurrent layer is 0 up to the first step that is not masked. Before 2.3, it was
     * the initial state in TensorFlow, unless the layer was unrolled, and 0 in Theano.
     */
    boolean beginsOutputsAtZero() {
        return major >= 3 || (major == 2 && minor >= FIRST_SAME_OUTPUTS);
    }

    /** Returns whether masks end at recurrent layers and at TimeDistributed; until 3.15 they went on through them. */
    boolean endsMasks() {
        return major == 3 && minor >= 16;
    }
}
