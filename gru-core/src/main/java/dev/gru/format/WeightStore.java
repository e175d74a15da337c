package dev.gru.format;

/** Arrays by path, as a model file has them. */
interface WeightStore {

    /**
     * Returns the number of arrays and groups in a group.
     *
     * @throws ModelFormatException if there is no such group
     */
    int count(String path) throws ModelFormatException;

    /**
     * Returns an array. Its shape and type are checked before its data is read.
     *
     * @param path where it is: names with {@code /} between them
     * @param dimensions the shape that it must have
     * @return its elements, row-major
     * @throws ModelFormatException if it is not there, has another shape, is not of type float32 or is damaged
     */
    float[] read(String path, long... dimensions) throws ModelFormatException;
}
