package dev.gru.layer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import dev.gru.internal.Printable;
import dev.gru.internal.Shapes;

/**
 * The input and output arrays of a model, with the names and layouts that its file gives them. A model that is made in
 * code has the {@link #standard} ones.
 *
 * <p>The states of a model are counted over its recurrent layers, first to last, a {@link Bidirectional} layer having
 * two: that of its forward layer, then that of its backward layer. {@link Graph#stateSizes} counts them
 * in this order, and those of other layers that a stream carries among them.
 *
 * <p>Immutable. {@link Sequential} checks that a signature is one of its layers.
 *
 * @param inputs the input arrays; one for each input of the model has the role {@link Role#INPUT}, and at most one
 *     {@link Role#LENGTHS}
 * @param outputs the output arrays; at least one
 */
public record Signature(List<Port> inputs, List<Port> outputs) {
    private static final String LENGTHS = "lengths";

    /** What an array means to the model. */
    public enum Role {
        /**
         * An input of the model: (BATCH, STEP) for token ids, (BATCH, STEP, FEATURE) for features, (BATCH, FEATURE) for
         * a vector, in any order.
         */
        INPUT,
        /** The lengths of the rows in steps, ints: (BATCH). Steps beyond them are masked. */
        LENGTHS,
        /** States before the first step: (BATCH, FEATURE), and DIRECTION if there is more than one. */
        INITIAL_STATE,
        /**
         * An output of the model, or some of its features: (BATCH, FEATURE), and STEP if there is one for every
         * step. A single feature may do without its axis.
         */
        OUTPUT,
        /** States after the last step, otherwise like {@link #INITIAL_STATE}. */
        FINAL_STATE;

        private Set<Axis> needed() {
            return switch (this) {
                case INPUT, LENGTHS -> EnumSet.of(Axis.BATCH);
                case INITIAL_STATE, FINAL_STATE, OUTPUT -> EnumSet.of(Axis.BATCH, Axis.FEATURE);
            };
        }

        private Set<Axis> possible() {
            Set<Axis> more = switch (this) {
                case INPUT -> EnumSet.of(Axis.STEP, Axis.FEATURE);
                case LENGTHS -> EnumSet.noneOf(Axis.class);
                case INITIAL_STATE, FINAL_STATE -> EnumSet.of(Axis.DIRECTION);
                case OUTPUT -> EnumSet.of(Axis.STEP, Axis.DIRECTION);
            };
            more.addAll(needed());
            more.add(Axis.ONE);
            return more;
        }

        /** Returns whether an array of this role is an input; otherwise it is an output. */
        public boolean isInput() {
            return this == INPUT || this == LENGTHS || this == INITIAL_STATE;
        }

        /**
         * Returns whether an array of this role holds ints, in a model that takes token ids or not; others hold floats.
         */
        public boolean isInts(boolean takesTokens) {
            return this == LENGTHS || (this == INPUT && takesTokens);
        }

        /** Returns whether an array of this role holds states. */
        public boolean isState() {
            return this == INITIAL_STATE || this == FINAL_STATE;
        }
    }

    /** A dimension of an array. */
    public enum Axis {
        /** The rows of a batch. */
        BATCH,
        /** The steps of a sequence. */
        STEP,
        /** Features, or the units of a state. */
        FEATURE,
        /**
         * Of a state: which of the port's states. Of an output: the first half of its features and then the second,
         * which are the two directions of a bidirectional layer.
         */
        DIRECTION,
        /** A dimension of size 1. */
        ONE
    }

    /** Whether an array may be left out. */
    public enum Presence {
        /** It must be there. */
        REQUIRED,
        /** It may be left out. */
        OPTIONAL;

        /** Returns {@link #OPTIONAL} if an array may be left out. */
        public static Presence optionalIf(boolean optional) {
            return optional ? OPTIONAL : REQUIRED;
        }
    }

    /**
     * One array.
     *
     * @param name its name
     * @param role what it means
     * @param index which of the model's inputs or outputs it is; 0 for other roles
     * @param first of a state, which is the first; of an output, the first feature; otherwise 0
     * @param count of a state, how many; of an output, how many features; otherwise 0
     * @param axes its dimensions, slowest first: those that its role names, in any order, each once, and any number of
     *     {@link Axis#ONE}
     * @param presence whether it may be left out, which the model's input and its outputs may not: lengths then are all
     *     steps, states zeros
     */
    public record Port(String name, Role role, int index, int first, int count, List<Axis> axes,
            Presence presence) {
        /**
         * Copies the dimensions and checks that all of this goes together.
         *
         * @throws IllegalArgumentException if {@code first} and {@code count} are no range, an axis is not one of the
         *     role, missing or there twice, an output with DIRECTION has an odd number of features, or something is
         *     optional that cannot be
         */
        public Port {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(role, "role");
            axes = Shapes.copyOf("axes", axes);
            if (index < 0 || (index > 0 && role != Role.INPUT && role != Role.OUTPUT)) {
                throw error(name, "index must be at least 0, and 0 for the role " + role + ", was " + index);
            }
            requireRange(name, role, first, count);
            requireAxes(name, role, count, axes);
            Objects.requireNonNull(presence, "presence");
            if (presence == Presence.OPTIONAL && role != Role.LENGTHS && role != Role.INITIAL_STATE) {
                throw error(name, "a port of the role " + role + " cannot be optional");
            }
        }

        /** Describes an array of a model with one input and one output. */
        public Port(String name, Role role, int first, int count, List<Axis> axes, Presence presence) {
            this(name, role, 0, first, count, axes, presence);
        }

        /** Describes an array of a model with one input and one output that may not be left out. */
        public Port(String name, Role role, int first, int count, List<Axis> axes) {
            this(name, role, 0, first, count, axes, Presence.REQUIRED);
        }

        /** Returns whether the array may be left out. */
        public boolean optional() {
            return presence == Presence.OPTIONAL;
        }

        private static void requireRange(String name, Role role, int first, int count) {
            boolean ranges = role.isState() || role == Role.OUTPUT;
            if (ranges && (first < 0 || count < 1 || first > Integer.MAX_VALUE - count)) {
                throw error(name, "first must be at least 0 and count at least 1, were " + first + " and " + count);
            }
            if (!ranges && (first != 0 || count != 0)) {
                throw error(name, "first and count must be 0 for the role " + role + ", were " + first + " and "
                        + count);
            }
        }

        private static void requireAxes(String name, Role role, int count, List<Axis> axes) {
            Set<Axis> seen = EnumSet.noneOf(Axis.class);
            for (Axis axis : axes) {
                if (!seen.add(axis) && axis != Axis.ONE) {
                    throw error(name, "the axis " + axis + " must be there once, axes were " + axes);
                }
                if (!role.possible().contains(axis)) {
                    throw error(name, "the role " + role + " has no axis " + axis + ", axes were " + axes);
                }
            }
            Set<Axis> missing = role.needed();
            if (role.isState() && count > 1) {
                missing.add(Axis.DIRECTION);
            }
            if (role == Role.OUTPUT && count == 1) {
                missing.remove(Axis.FEATURE);
            }
            missing.removeAll(seen);
            if (!missing.isEmpty()) {
                throw error(name, "the axes of the role " + role + " must include " + missing + ", axes were " + axes);
            }
            if (role == Role.OUTPUT && seen.contains(Axis.DIRECTION) && count % 2 != 0) {
                throw error(name, "count must be even where features are halved by the axis DIRECTION, was " + count);
            }
        }

        IllegalArgumentException error(String message) {
            return error(name, message);
        }

        private static IllegalArgumentException error(String name, String message) {
            return new IllegalArgumentException("array " + Printable.of(name) + ": " + message);
        }

        /** Returns how many directions the axis {@link Axis#DIRECTION} has, or has room for; at least 1. */
        public int directions() {
            if (role.isState()) {
                return count;
            }
            return axes.contains(Axis.DIRECTION) ? 2 : 1;
        }

        /** Returns what users are told of the array, such as {@code x (BATCH, STEP)}, on one line. */
        @Override
        public String toString() {
            return Printable.of(name) + axes.stream().map(Axis::name).collect(Collectors.joining(", ", " (", ")"))
                    + (optional() ? ", optional" : "");
        }
    }

    /**
     * Copies the lists and checks that their ports go together.
     *
     * @throws IllegalArgumentException if a name is there twice among the inputs or among the outputs, a port's role
     *     belongs to the other side, the inputs are not counted from 0, more than one array of lengths, no output, or
     *     a state that two inputs set
     */
    public Signature {
        inputs = Shapes.copyOf("inputs", inputs);
        outputs = Shapes.copyOf("outputs", outputs);
        requireNamesAndRoles("inputs", inputs, true);
        requireNamesAndRoles("outputs", outputs, false);
        if (ofRole(inputs, Role.INPUT).isEmpty()) {
            throw new IllegalArgumentException("inputs must hold at least one port of the role INPUT, held " + inputs);
        }
        requireInputs(ofRole(inputs, Role.INPUT));
        if (ofRole(inputs, Role.LENGTHS).size() > 1) {
            throw new IllegalArgumentException("inputs must hold at most one port of the role LENGTHS, held " + inputs);
        }
        if (outputs.isEmpty()) {
            throw new IllegalArgumentException("outputs must hold at least one port");
        }
        requireDisjoint(ofRole(inputs, Role.INITIAL_STATE));
    }

    private static List<Port> ofRole(List<Port> ports, Role role) {
        return ports.stream().filter(port -> port.role() == role).toList();
    }

    private static void requireInputs(List<Port> ports) {
        List<Integer> indices = ports.stream().map(Port::index).sorted().toList();
        if (!indices.equals(IntStream.range(0, ports.size()).boxed().toList())) {
            throw new IllegalArgumentException(
                    "inputs must hold one port of the role INPUT for each input of the model,"
                            + " held " + ports);
        }
    }

    private static void requireNamesAndRoles(String list, List<Port> ports, boolean input) {
        Set<String> names = new HashSet<>();
        for (Port port : ports) {
            if (!names.add(port.name())) {
                throw new IllegalArgumentException(
                        list + " must have different names, had " + Printable.of(port.name()) + " twice");
            }
            if (port.role().isInput() != input) {
                throw port.error("a port of the role " + port.role() + " is not one of " + list);
            }
        }
    }

    private static void requireDisjoint(List<Port> states) {
        List<Port> inOrder = states.stream().sorted(Comparator.comparingInt(Port::first)).toList();
        for (int i = 1; i < inOrder.size(); i++) {
            Port before = inOrder.get(i - 1);
            Port port = inOrder.get(i);
            if (port.first() < before.first() + before.count()) {
                throw port.error("it sets a state that " + Printable.of(before.name()) + " sets too");
            }
        }
    }

    /**
     * Returns the signature of a model that has no other and one input and one output: the inputs are {@code x} and,
     * optionally, {@code lengths} (batch); the output is {@code y}.
     *
     * @param input the shape of {@code x}
     * @param output the shape of {@code y}
     */
    public static Signature standard(Shape input, Shape output) {
        return standard(Map.of("x", Objects.requireNonNull(input, "input")),
                List.of(Objects.requireNonNull(output, "output")));
    }

    /**
     * Returns the signature of a model that has no other. One input is called {@code x}, several have their names. If
     * exactly one of them is a sequence, {@code lengths} (batch) may be an input too. Outputs are {@code y}, {@code y1}
     * and so on.
     *
     * @param inputs the shapes of the model's inputs by their names, in their order
     * @param outputs the shapes of its outputs
     */
    public static Signature standard(Map<String, Shape> inputs, List<Shape> outputs) {
        List<Port> in = new ArrayList<>();
        boolean one = Objects.requireNonNull(inputs, "inputs").size() == 1;
        inputs.forEach((name, shape) -> in.add(
                new Port(one ? "x" : name, Role.INPUT, in.size(), 0, 0, axes(Objects.requireNonNull(shape, name)),
                        Presence.REQUIRED)));
        if (inputs.values().stream().filter(Shape::isSequence).count() == 1 && (one || !inputs.containsKey(LENGTHS))) {
            in.add(new Port(LENGTHS, Role.LENGTHS, 0, 0, List.of(Axis.BATCH), Presence.OPTIONAL));
        }
        List<Port> out = new ArrayList<>();
        for (Shape output : Shapes.copyOf("outputs", outputs)) {
            out.add(new Port(out.isEmpty() ? "y" : "y" + out.size(), Role.OUTPUT, out.size(), 0, output.features(),
                    axes(output), Presence.REQUIRED));
        }
        return new Signature(in, out);
    }

    private static List<Axis> axes(Shape shape) {
        return switch (shape.kind()) {
            case TOKENS -> List.of(Axis.BATCH, Axis.STEP);
            case SEQUENCE -> List.of(Axis.BATCH, Axis.STEP, Axis.FEATURE);
            case VECTOR -> List.of(Axis.BATCH, Axis.FEATURE);
        };
    }
}
