package dev.gru.format.pytorch;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.json.ConfigObject;
import dev.gru.internal.Printable;

/**
 * The fields of one object of an architecture, with a note of which have been asked for. Fields have the names of
 * PyTorch's arguments; what PyTorch takes as a tuple of one element may be a list of one.
 *
 * <p>For use by one thread.
 */
final class Fields {
    private final ConfigObject object;
    private final Map<?, ?> values;
    private final Set<String> asked;

    Fields(String where, Map<?, ?> values) {
        this(new ConfigObject(where, values), values, new HashSet<>());
    }

    private Fields(ConfigObject object, Map<?, ?> values, Set<String> asked) {
        this.object = object;
        this.values = values;
        this.asked = asked;
    }

    /** Returns what messages call this object. */
    String where() {
        return object.where();
    }

    /** Returns an exception that names this object. */
    ModelFormatException error(String problem) {
        return object.error(problem);
    }

    /** Returns the field as it is; a list of one element is that element; null if there is none. */
    Object get(String key) {
        asked.add(key);
        return object.get(key) instanceof List<?> list && list.size() == 1 ? list.getFirst() : object.get(key);
    }

    /** Returns this object with another name in messages, and the same notes. */
    Fields at(String place) {
        return new Fields(object.at(place), values, asked);
    }

    /** Returns the list under a key, which must be there and not be empty. */
    List<?> list(String key) throws ModelFormatException {
        asked.add(key);
        List<?> list = object.list(key);
        if (list.isEmpty()) {
            throw error(key + " must not be empty");
        }
        return list;
    }

    /** Returns the string under a key, or another one if there is none. */
    String string(String key, String otherwise) throws ModelFormatException {
        Object value = get(key);
        if (value == null) {
            return otherwise;
        }
        if (value instanceof String string) {
            return string;
        }
        throw error(key + " must be a string, is " + ConfigObject.show(value));
    }

    /** Returns the strings under a key, or null if there are none. */
    List<String> strings(String key) throws ModelFormatException {
        if (!object.has(key)) {
            return null;
        }
        List<?> list = list(key);
        for (Object value : list) {
            if (!(value instanceof String)) {
                throw error(key + " must be a list of strings, has " + ConfigObject.show(value));
            }
        }
        return list.stream().map(String.class::cast).toList();
    }

    /** Returns the size under a key, at least 1, or another one if there is none. */
    int size(String key, int otherwise) throws ModelFormatException {
        Object value = get(key);
        return value == null ? otherwise : object.size(key, value);
    }

    /** Returns the size under a key, which must be there. */
    int size(String key) throws ModelFormatException {
        if (get(key) == null) {
            throw error("has no " + key);
        }
        return size(key, 1);
    }

    /** Returns the count under a key, at least 0, or another one if there is none. */
    int count(String key, int otherwise) throws ModelFormatException {
        Object value = get(key);
        return value == null ? otherwise : object.count(key, value);
    }

    /** Returns a value, which is or is in that under a key, if it is a count. */
    int countOf(String key, Object value) throws ModelFormatException {
        return object.count(key, value);
    }

    /** Returns the truth value under a key, or another one if there is none. */
    boolean flag(String key, boolean otherwise) throws ModelFormatException {
        return get(key) == null ? otherwise : object.bool(key);
    }

    /** Returns the number under a key, or another one if there is none. */
    double number(String key, double otherwise) throws ModelFormatException {
        Object value = get(key);
        if (value == null) {
            return otherwise;
        }
        if (value instanceof Number number) {
            return number.doubleValue();
        }
        throw error(key + " must be a number, is " + ConfigObject.show(value));
    }

    /** Notes fields that change nothing when a model runs. */
    void skip(String... keys) {
        asked.addAll(List.of(keys));
    }

    /**
     * Checks a size that the tensors of the file say too.
     *
     * @param found what they say
     */
    int agreed(String key, int found) throws ModelFormatException {
        int said = size(key, found);
        if (said != found) {
            throw error(key + " is " + said + ", but by the file's tensors it is " + found);
        }
        return found;
    }

    /** Checks a truth value that the tensors of the file say too. */
    boolean agreed(String key, boolean found) throws ModelFormatException {
        if (flag(key, found) != found) {
            throw error(key + " is " + !found + ", but by the file's tensors it is " + found);
        }
        return found;
    }

    /** Checks that a field has one of some values, or is not there. */
    void require(String key, Object... supported) throws ModelFormatException {
        Object value = get(key);
        if (value == null) {
            return;
        }
        for (Object each : supported) {
            if (Objects.equals(value, each)) {
                return;
            }
        }
        throw error(key + " = " + ConfigObject.show(value) + " is not supported" + (supported.length == 0
                ? ""
                : ", only " + Stream.of(supported).map(ConfigObject::show).collect(Collectors.joining(", "))));
    }

    /** Checks that all fields have been asked for. */
    void requireAllAsked() throws ModelFormatException {
        List<String> unknown = values.keySet().stream().map(String.class::cast).filter(key -> !asked.contains(key))
                .map(Printable::quoted).toList();
        if (!unknown.isEmpty()) {
            throw error((unknown.size() == 1 ? "the field " : "the fields ") + String.join(", ", unknown)
                    + (unknown.size() == 1 ? " is" : " are") + " not known");
        }
    }
}
