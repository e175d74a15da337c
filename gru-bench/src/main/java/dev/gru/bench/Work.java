package dev.gru.bench;

/** What is measured: a layer or a whole model, and how much it is given at once. */
public sealed interface Work permits LayerWork, ModelWork {

    /**
     * Parses TxB:IxH or TxB:MODEL, such as {@code 100x32:256x64} or {@code 29x1:wake-word}.
     *
     * @throws IllegalArgumentException if it is neither
     */
    static Work parse(String text) {
        String what = text.substring(text.indexOf(':') + 1);
        return !what.equals(text) && !what.isEmpty() && Character.isLetter(what.charAt(0))
                ? ModelWork.parse(text)
                : LayerWork.parse(text);
    }

    /** Returns the form that {@link #parse} reads. */
    String parameter();

    /** Returns the steps of each stream, T. */
    int steps();

    /** Returns the streams at once, B. */
    int batch();
}
