package dev.gru.format.keras.variables;

import java.util.List;

import dev.gru.format.file.ModelFormatException;

/**
 * The variables of a Keras model. Its layers are asked for in the order of the model, each once; of a layer, its parts
 * in the order in which Keras creates them.
 */
public interface Variables {

    /**
     * Returns the variables of the next layer.
     *
     * @param className Keras's class of the layer
     * @param name the layer's own name
     * @throws ModelFormatException if there are none
     */
    Layer layer(String className, String name) throws ModelFormatException;

    /** The variables of one layer. */
    interface Layer {

        /**
         * Returns how many variables a part of the layer has, or, where parts are not told apart, how many are left.
         *
         * @param path as for {@link #part}
         */
        int count(String path) throws ModelFormatException;

        /**
         * Returns the variables of the next part of the layer.
         *
         * @param path the attributes that lead to the part, with {@code /} between them; empty for the layer itself
         * @param count how many variables it must have: more or fewer would mean an option that is not known
         * @throws ModelFormatException if it has another number
         */
        Part part(String path, int count) throws ModelFormatException;

        /**
         * Returns the variables of a model that this layer is, or that is a part of it.
         *
         * @param path as for {@link #part}
         */
        Variables nested(String path) throws ModelFormatException;

        /**
         * Checks that there are no variables beside those of the parts that were asked for.
         *
         * @throws ModelFormatException if there are
         */
        void end() throws ModelFormatException;
    }

    /** The variables of a part of a layer, by number. */
    interface Part {

        /**
         * Returns a variable.
         *
         * @param index its number, in the order in which Keras creates them
         * @param dimensions the shape that it must have
         * @throws ModelFormatException if it is not there, has another shape or type, or is damaged
         */
        float[] read(int index, long... dimensions) throws ModelFormatException;

        /**
         * Returns the shape of a variable.
         *
         * @param index its number
         */
        List<Integer> shape(int index) throws ModelFormatException;
    }
}
