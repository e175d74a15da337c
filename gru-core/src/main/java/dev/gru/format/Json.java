package dev.gru.format;

import java.util.Map;

/**
 * JSON to and from plain Java values: objects are {@code Map<String, Object>} in the order of the file, arrays are
 * {@code List<Object>}, strings are {@code String}, whole numbers that fit are {@code Long}, all other numbers
 * {@code Double}, then {@code Boolean} and null.
 *
 * <p>This class loads without the JSON library.
 */
final class Json {
    private Json() {
    }

    /**
     * Parses a document that must be one object.
     *
     * @param where names the file and the document, for messages
     * @param document UTF-8
     * @throws ModelFormatException if it is not one JSON object, has a name twice, is nested too deep or has too many
     *     parts
     * @throws IllegalStateException if the library is missing
     */
    static Map<String, Object> parseObject(String where, byte[] document) throws ModelFormatException {
        try {
            return JacksonJson.parseObject(where, document);
        } catch (NoClassDefFoundError e) {
            throw OptionalLibrary.JACKSON.missing("reading " + where, e);
        }
    }

    /**
     * Returns an object as a document in UTF-8.
     *
     * @param object values as described above
     * @throws IllegalStateException if the library is missing
     */
    static byte[] write(Map<String, ?> object) {
        try {
            return JacksonJson.write(object);
        } catch (NoClassDefFoundError e) {
            throw OptionalLibrary.JACKSON.missing("writing JSON", e);
        }
    }
}
