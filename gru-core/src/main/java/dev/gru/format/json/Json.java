package dev.gru.format.json;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

import dev.gru.format.file.ModelFormatException;

/**
 * JSON (<a href="https://www.rfc-editor.org/rfc/rfc8259">RFC 8259</a>) to and from plain Java values: objects are
 * {@code Map<String, Object>} in the order of the file, arrays are {@code List<Object>}, strings are {@code String},
 * whole numbers that fit are {@code Long}, all other numbers {@code Double}, then {@code Boolean} and null.
 */
public final class Json {
    private Json() {
    }

    /**
     * Parses a document that must be one object.
     *
     * @param where names the file and the document, for messages
     * @param document UTF-8
     * @throws ModelFormatException if it is not one JSON object, has a name twice, is nested too deep or has too many
     *     parts
     */
    public static Map<String, Object> parseObject(String where, byte[] document) throws ModelFormatException {
        return parseObject(where, decoded(where, document));
    }

    private static String decoded(String where, byte[] document) throws ModelFormatException {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(document)).toString();
        } catch (CharacterCodingException e) {
            throw new ModelFormatException(where + ": is not UTF-8", e);
        }
    }

    /** Parses a document that is text already; otherwise the same as {@link #parseObject(String, byte[])}. */
    public static Map<String, Object> parseObject(String where, String document) throws ModelFormatException {
        return new Parser(where, document).document();
    }

    /**
     * Parses a document that Python wrote, which must be one object: {@code NaN}, {@code Infinity} and
     * {@code -Infinity} are numbers, and there may be any number of values.
     *
     * @param where names the file and the document, for messages
     * @param document UTF-8
     * @param skipped the names whose values are not wanted, however large they are: something stands for them that is
     *     no value of any kind, or null for null
     * @throws ModelFormatException if it is not one JSON object, has a name twice or is nested too deep
     */
    public static Map<String, Object> parsePython(String where, byte[] document, Predicate<String> skipped)
            throws ModelFormatException {
        return Parser.ofPython(where, decoded(where, document), skipped).document();
    }

    /**
     * Returns an object as a document.
     *
     * @param object values as described above, and finite; other whole numbers than {@code Long} will do as well
     * @throws IllegalArgumentException if there is a value of another kind
     */
    public static String write(Map<String, ?> object) {
        StringBuilder out = new StringBuilder();
        write(object, out);
        return out.toString();
    }

    private static void write(Object value, StringBuilder out) {
        switch (value) {
            case null -> out.append("null");
            case Map<?, ?> object -> {
                char before = '{';
                for (Map.Entry<?, ?> entry : object.entrySet()) {
                    out.append(before);
                    writeString((String) entry.getKey(), out);
                    out.append(':');
                    write(entry.getValue(), out);
                    before = ',';
                }
                out.append(object.isEmpty() ? "{}" : "}");
            }
            case List<?> array -> {
                char before = '[';
                for (Object element : array) {
                    out.append(before);
                    write(element, out);
                    before = ',';
                }
                out.append(array.isEmpty() ? "[]" : "]");
            }
            case String string -> writeString(string, out);
            case Double number when Double.isFinite(number) -> out.append(number);
            case Long _,Integer _,Boolean _ -> out.append(value);
            default -> throw new IllegalArgumentException("cannot be written: " + value);
        }
    }

    private static void writeString(String string, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ' || Character.isSurrogate(c)) {
                // Half of a pair has no form in UTF-8, and whole pairs may be written as two escapes too.
                out.append("\\u%04x".formatted((int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }
}
