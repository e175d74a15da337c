package dev.gru.format.keras;

import java.util.List;

import dev.gru.format.file.ModelFormatException;

/** A Keras model, whole or as a layer of another: its layers, and how they are connected. */
interface Submodel {

    /** Applies layers. */
    interface Applier {
        /**
         * Applies a layer and returns its outputs.
         *
         * @throws ModelFormatException if something of it is not supported
         */
        List<Flow> apply(Call call) throws ModelFormatException;
    }

    /**
     * Applies the model.
     *
     * @param layers applies its layers
     * @param inputs what it is called on
     * @return its outputs
     * @throws ModelFormatException if something in it is not supported
     */
    List<Flow> apply(Applier layers, List<Flow> inputs) throws ModelFormatException;

    /** Returns the entries of the inputs that it says it has; empty if its first layer says what it takes. */
    List<Entry> inputs();
}
