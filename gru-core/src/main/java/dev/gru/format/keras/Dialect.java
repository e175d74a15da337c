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

    /**
     * Returns the dialect of a version.
     *
     * @param where names what the version stands in, for messages
     * @param version such as 3.15.1
     * @param legacy whether it stands in a legacy file
     * @throws ModelFormatException if the version is not one whose files can be read
     */
    static Dialect of(String where, String version, boolean legacy) throws ModelFormatException {
        String[] parts = version.split("\\.", 3);
        if (parts.length >= 2 && parts[1].matches("\\d{1,4}")
                && (parts[0].equals("3") || (legacy && parts[0].equals("2")))) {
            return new Dialect(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), legacy);
        }
        throw new ModelFormatException(
                where + ": keras_version " + Printable.quoted(version) + " is not supported, only "
                        + (legacy ? "2.x and 3.x" : "3.x; load the model in Keras 3 and save it again"));
    }

    /** Returns what this version calls {@code hard_sigmoid}: Keras 3 changed its slope. */
    Activation hardSigmoid() {
        return major == 2 ? Activation.hardSigmoid(0.2f, 0.5f) : Activation.hardSigmoid(1f / 6, 0.5f);
    }

    /** Returns whether masks end at recurrent layers and at TimeDistributed; until 3.15 they went on through them. */
    boolean endsMasks() {
        return major == 3 && minor >= 16;
    }
}
