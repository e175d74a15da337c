package dev.gru.layer;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

import dev.gru.weights.Activation;

/** The options of one layer with their values, in order. Immutable. */
public final class LayerOptions {
    private static final LayerOptions NONE = new LayerOptions(Map.of());
    private final Map<Option<?>, Object> values;

    private LayerOptions(Map<Option<?>, Object> values) {
        this.values = values;
    }

    /** Returns no options. */
    public static LayerOptions none() {
        return NONE;
    }

    /**
     * Returns these options and one more.
     *
     * @throws IllegalArgumentException if the option does not have such values
     */
    public LayerOptions with(Option<?> option, Object value) {
        Objects.requireNonNull(option, "option");
        Objects.requireNonNull(value, "value");
        if (!option.valueType().isInstance(value)) {
            throw new IllegalArgumentException("value of " + option + " must be of the class "
                    + option.valueType().getSimpleName() + ", was " + value);
        }
        Map<Option<?>, Object> more = new LinkedHashMap<>(values);
        more.put(option, value);
        return new LayerOptions(more);
    }

    /**
     * Returns the value of an option.
     *
     * @throws IllegalArgumentException if it is not one of these
     */
    public <T> T get(Option<T> option) {
        Object value = values.get(Objects.requireNonNull(option, "option"));
        if (value == null) {
            throw new IllegalArgumentException("option must be one of " + values.keySet() + ", was " + option);
        }
        return option.valueType().cast(value);
    }

    @Override
    public String toString() {
        return values.toString();
    }

    /**
     * An option that layers of one type have.
     *
     * @param <T> the type of its values
     */
    public static final class Option<T> {
        /** What values an option may have. */
        public enum Kind {
            /** An Integer, at least 1. */
            SIZE,
            /** An Integer, at least 0. */
            COUNT,
            /** A Boolean. */
            FLAG,
            /** A Float. */
            NUMBER,
            /** A Float above 0; infinity for no bound. */
            BOUND,
            /** A Double. */
            PROBABILITY,
            /** A constant of an enum. */
            CHOICE,
            /** An {@link dev.gru.weights.Activation}. */
            ACTIVATION
        }

        private final String name;
        private final Kind kind;
        private final Class<T> valueType;

        private Option(String name, Kind kind, Class<T> valueType) {
            this.name = name;
            this.kind = kind;
            this.valueType = valueType;
        }

        static Option<Integer> size(String name) {
            return new Option<>(name, Kind.SIZE, Integer.class);
        }

        static Option<Integer> count(String name) {
            return new Option<>(name, Kind.COUNT, Integer.class);
        }

        static Option<Boolean> flag(String name) {
            return new Option<>(name, Kind.FLAG, Boolean.class);
        }

        static Option<Float> number(String name) {
            return new Option<>(name, Kind.NUMBER, Float.class);
        }

        static Option<Float> bound(String name) {
            return new Option<>(name, Kind.BOUND, Float.class);
        }

        static Option<Double> probability(String name) {
            return new Option<>(name, Kind.PROBABILITY, Double.class);
        }

        static <E extends Enum<E>> Option<E> choice(String name, Class<E> constants) {
            return new Option<>(name, Kind.CHOICE, constants);
        }

        static Option<Activation> activation(String name) {
            return new Option<>(name, Kind.ACTIVATION, Activation.class);
        }

        /** Returns the name of the option in files. */
        public String name() {
            return name;
        }

        /** Returns what values it may have. */
        public Kind kind() {
            return kind;
        }

        /** Returns the class of its values. */
        public Class<T> valueType() {
            return valueType;
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
