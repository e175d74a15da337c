package dev.gru.format.json;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.gru.format.file.ModelFormatException;
import dev.gru.internal.Printable;

/**
 * One object of a Keras configuration, with checks that name the place when they fail.
 *
 * <p>Immutable as long as the map that it is made of does not change.
 */
public final class ConfigObject {
    private final String where;
    private final Map<?, ?> values;

    /**
     * Wraps an object.
     *
     * @param where names the file and the object, for messages
     * @param values name to value, as {@link Json} gives them
     */
    public ConfigObject(String where, Map<?, ?> values) {
        this.where = where;
        this.values = values;
    }

    /** Returns what messages call this object. */
    public String where() {
        return where;
    }

    /** Returns this object with another name in messages. */
    public ConfigObject at(String place) {
        return new ConfigObject(place, values);
    }

    /** Returns an exception that names this object. */
    public ModelFormatException error(String problem) {
        return new ModelFormatException(where + ": " + problem);
    }

    /** Returns the value as it is, or null if there is none. */
    public Object get(String key) {
        return values.get(key);
    }

    /** Returns the names of all values, in their order. */
    public List<String> keys() {
        return values.keySet().stream().map(String.class::cast).toList();
    }

    /** Returns whether there is a value, be it null. */
    public boolean has(String key) {
        return values.containsKey(key);
    }

    /** Returns the string under {@code key}. */
    public String string(String key) throws ModelFormatException {
        return require(key, String.class, "a string");
    }

    /** Returns the truth value under {@code key}. */
    public boolean bool(String key) throws ModelFormatException {
        return require(key, Boolean.class, "true or false");
    }

    /** Returns the truth value under {@code key}, or false if there is none. */
    public boolean boolOrFalse(String key) throws ModelFormatException {
        return values.get(key) != null && bool(key);
    }

    /** Returns the truth value under {@code key}, or another one if there is none. */
    public boolean boolOr(String key, boolean otherwise) throws ModelFormatException {
        return values.get(key) == null ? otherwise : bool(key);
    }

    /** Returns the number under {@code key}. */
    public double number(String key) throws ModelFormatException {
        return require(key, Number.class, "a number").doubleValue();
    }

    /** Returns the list under {@code key}. */
    public List<?> list(String key) throws ModelFormatException {
        return require(key, List.class, "a list");
    }

    /** Returns the object under {@code key}; its place in messages is this one's and the key. */
    public ConfigObject object(String key) throws ModelFormatException {
        return new ConfigObject(where + ": " + key, require(key, Map.class, "an object"));
    }

    /** Returns the size under {@code key}: a whole number from 1 to the largest int. */
    public int size(String key) throws ModelFormatException {
        return size(key, require(key, Number.class, "a number"));
    }

    /** Returns {@code value} if it is a size. */
    public int size(String key, Object value) throws ModelFormatException {
        if (value instanceof Long size && size >= 1 && size <= Integer.MAX_VALUE) {
            return size.intValue();
        }
        throw error(key + " must be a whole number from 1 to " + Integer.MAX_VALUE + ", is " + show(value));
    }

    /** Returns the whole number under {@code key}, from 0 to the largest int. */
    public int count(String key) throws ModelFormatException {
        return count(key, require(key, Number.class, "a number"));
    }

    /** Returns {@code value} if it is a whole number from 0 to the largest int. */
    public int count(String key, Object value) throws ModelFormatException {
        if (value instanceof Long count && count >= 0 && count <= Integer.MAX_VALUE) {
            return count.intValue();
        }
        throw error(key + " must be a whole number from 0 to " + Integer.MAX_VALUE + ", is " + show(value));
    }

    /**
     * Returns the objects in the list under {@code key}; their places in messages are this one's, the key and a number.
     */
    public List<ConfigObject> objects(String key) throws ModelFormatException {
        List<ConfigObject> objects = new ArrayList<>();
        for (Object value : list(key)) {
            String place = key + "[" + objects.size() + "]";
            if (!(value instanceof Map<?, ?> object)) {
                throw error(place + " must be an object, is " + show(value));
            }
            objects.add(new ConfigObject(where + ": " + place, object));
        }
        return objects;
    }

    /** Returns the constant whose name is the string under {@code key}. */
    public <E extends Enum<E>> E constant(String key, Class<E> type) throws ModelFormatException {
        return constant(key, string(key), type);
    }

    /** Returns the constant whose name is {@code value}, which is or is in the value under {@code key}. */
    public <E extends Enum<E>> E constant(String key, Object value, Class<E> type) throws ModelFormatException {
        for (E constant : type.getEnumConstants()) {
            if (constant.name().equals(value)) {
                return constant;
            }
        }
        throw error(key + " " + show(value) + " is not supported, only " + Arrays.toString(type.getEnumConstants()));
    }

    /** Checks that the value under {@code key} is null, or false, or not there. */
    public void requireAbsent(String key, String advice) throws ModelFormatException {
        Object value = values.get(key);
        if (value != null && !Boolean.FALSE.equals(value)) {
            throw error(Printable.of(key) + " = " + show(value) + " is not supported" + advice);
        }
    }

    /** Checks that the value under {@code key} is the given string. */
    public void requireString(String key, String expected) throws ModelFormatException {
        if (!expected.equals(require(key, Object.class, "something"))) {
            throw error(key + " " + show(values.get(key)) + " is not supported, only " + expected);
        }
    }

    /** Checks that every key is one of {@code known}, or its value null or false. */
    public void requireOnly(Set<String> known) throws ModelFormatException {
        for (Object key : values.keySet()) {
            if (!known.contains(key)) {
                requireAbsent((String) key, "");
            }
        }
    }

    /** Checks that the keys are these and no others. */
    public void requireExactly(String... keys) throws ModelFormatException {
        Set<String> expected = Set.of(keys);
        for (Object key : values.keySet()) {
            if (!expected.contains(key)) {
                throw error(Printable.quoted((String) key) + " is not supported");
            }
        }
        for (String key : keys) {
            if (!values.containsKey(key)) {
                throw error("has no " + key);
            }
        }
    }

    private <T> T require(String key, Class<T> type, String description) throws ModelFormatException {
        Object value = values.get(key);
        if (!type.isInstance(value)) {
            throw error(values.containsKey(key)
                    ? key + " must be " + description + ", is " + show(value)
                    : "has no " + key);
        }
        return type.cast(value);
    }

    /** Returns a value as a message shows it; of objects, which may be large, only the class that they serialise. */
    public static String show(Object value) {
        return switch (value) {
            case String string -> Printable.quoted(string);
            case Map<?, ?> object when object.get("class_name") instanceof String name ->
                "an object of class " + Printable.of(name);
            case Map<?, ?> _ -> "an object";
            case List<?> list -> "a list of " + list.size();
            case null -> "null";
            default -> value.toString();
        };
    }
}
