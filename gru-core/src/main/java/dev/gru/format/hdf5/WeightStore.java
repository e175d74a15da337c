package dev.gru.format.hdf5;

import java.util.List;
import java.util.Set;

import dev.gru.format.file.ModelFormatException;

/**
 * Arrays by path, as a model file has them, and the attributes of the groups that they are in. A path is made of names
 * with {@code /} between them; that of the outermost group is empty.
 */
public interface WeightStore {

    /**
     * Returns the names of the arrays and groups in a group.
     *
     * @throws ModelFormatException if there is no such group
     */
    Set<String> children(String path) throws ModelFormatException;

    /**
     * Returns an array. Its shape and type are checked before its data is read.
     *
     * @param path where it is
     * @param dimensions the shape that it must have
     * @return its elements, row-major, widened if they are float16 or bfloat16
     * @throws ModelFormatException if it is not there, has another shape or type, shares its place in the file with an
     *     array that has been read before, or is damaged
     */
    float[] read(String path, long... dimensions) throws ModelFormatException;

    /**
     * Returns the shape of an array.
     *
     * @throws ModelFormatException if it is not there
     */
    List<Integer> shape(String path) throws ModelFormatException;

    /**
     * Returns whether a group has an attribute.
     *
     * @throws ModelFormatException if there is no such group
     */
    boolean hasAttribute(String path, String attribute) throws ModelFormatException;

    /**
     * Returns the text that an attribute of a group is, or null if the group has no such attribute.
     *
     * @throws ModelFormatException if there is no such group, or the attribute is not one text
     */
    byte[] text(String path, String attribute) throws ModelFormatException;

    /**
     * Returns the names that an attribute of a group lists.
     *
     * @throws ModelFormatException if there is no such group or attribute, or the attribute is not a list of names
     */
    List<String> names(String path, String attribute) throws ModelFormatException;
}
