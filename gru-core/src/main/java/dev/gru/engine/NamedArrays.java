package dev.gru.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

import dev.gru.internal.Printable;
import dev.gru.internal.Shapes;
import dev.gru.layer.ModelInput;
import dev.gru.layer.ModelOutput;
import dev.gru.layer.Signature.Axis;
import dev.gru.layer.Signature.Port;
import dev.gru.layer.Signature.Role;
import dev.gru.layer.Tensor;

/** The input and output arrays of one run, by name and in the layouts of a model's signature. */
public final class NamedArrays {
    private final Engine model;
    private final int[] stateSizes;
    private final Map<String, Tensor> arrays;
    private final int batch;
    /** The steps of each input of the model. */
    private final List<Integer> steps = new ArrayList<>();

    /**
     * Checks names, types and shapes.
     *
     * @param model the model whose signature describes the arrays
     * @param given the inputs
     * @throws IllegalArgumentException if they do not match the signature
     */
    public NamedArrays(Engine model, Map<String, Tensor> given) {
        this.model = model;
        arrays = new LinkedHashMap<>(Objects.requireNonNull(given, "arrays"));
        stateSizes = model.model().stateSizes();
        requireNames();
        List<Port> inputs = inputs();
        batch = size(inputs.getFirst(), Axis.BATCH);
        for (Port input : inputs) {
            steps.add(size(input, Axis.STEP));
        }
        for (Port port : model.signature().inputs()) {
            if (arrays.containsKey(port.name())) {
                requireFits(port, arrays.get(port.name()));
            }
        }
    }

    /** Returns the ports of the model's inputs, in their order. */
    private List<Port> inputs() {
        return model.signature().inputs().stream().filter(port -> port.role() == Role.INPUT)
                .sorted(Comparator.comparingInt(Port::index)).toList();
    }

    /** Returns the size of an array along an axis; 1 if it does not have it. */
    private int size(Port input, Axis axis) {
        int[] shape = arrays.get(input.name()).shape();
        if (shape.length != input.axes().size()) {
            throw new IllegalArgumentException("array " + input + " must have " + input.axes().size()
                    + " dimensions, was " + arrays.get(input.name()));
        }
        int index = input.axes().indexOf(axis);
        return index < 0 ? 1 : shape[index];
    }

    private void requireNames() {
        List<Port> ports = model.signature().inputs();
        for (Port port : ports) {
            if (!port.optional() && !arrays.containsKey(port.name())) {
                throw new IllegalArgumentException("array " + Printable.of(port.name()) + " is missing; " + takes());
            }
        }
        for (String name : arrays.keySet()) {
            if (ports.stream().noneMatch(port -> port.name().equals(name))) {
                throw new IllegalArgumentException(
                        "array " + Printable.of(name) + " is not an input of the model; " + takes());
            }
            if (arrays.get(name) == null) {
                throw new IllegalArgumentException("array " + name + " must not be null; " + takes());
            }
        }
    }

    private String takes() {
        return model.signature().inputs().stream().map(Port::toString)
                .collect(Collectors.joining("; ", "the model takes ", ""));
    }

    private void requireFits(Port port, Tensor array) {
        boolean ints = port.role() == Role.LENGTHS
                || (port.role() == Role.INPUT && model.takesTokens(port.index()));
        if (array.isInts() != ints) {
            throw new IllegalArgumentException(
                    "array " + port + " must be " + (ints ? "ints" : "floats") + ", was " + array);
        }
        int[] expected = layout(port).shape();
        if (!Arrays.equals(expected, array.shape())) {
            throw new IllegalArgumentException(
                    "array " + port + " must be " + Arrays.toString(expected) + ", was " + array);
        }
    }

    private PortLayout layout(Port port) {
        return switch (port.role()) {
            case INPUT -> new PortLayout(port, batch, steps.get(port.index()),
                    model.model().input(port.index()).features());
            case LENGTHS -> new PortLayout(port, batch, 1, 1);
            case INITIAL_STATE, FINAL_STATE -> new PortLayout(port, batch, 1, stateSizes[port.first()]);
            case OUTPUT -> new PortLayout(port, batch, model.model().outputSteps(steps).get(port.index()),
                    port.count() / port.directions());
        };
    }

    /** Returns the inputs in canonical layout. */
    public ModelInput input() {
        ModelInput input = null;
        for (Port port : inputs()) {
            Tensor array = arrays.get(port.name());
            ModelInput next = array.isInts()
                    ? ModelInput.tokens(batch, steps.get(port.index()), canonicalInts(port, array.ints()))
                    : ModelInput.features(batch, steps.get(port.index()), canonical(port, array.floats(), 0));
            input = input == null ? next : input.and(next);
        }
        int[] lengths = null;
        List<float[]> states = null;
        for (Port port : model.signature().inputs()) {
            Tensor array = arrays.get(port.name());
            if (array == null) {
                continue;
            }
            switch (port.role()) {
                case INPUT -> {
                    // They have been joined.
                }
                case LENGTHS -> lengths = canonicalInts(port, array.ints());
                case INITIAL_STATE -> {
                    states = states == null ? zeroStates() : states;
                    for (int i = 0; i < port.count(); i++) {
                        states.set(port.first() + i, canonical(port, array.floats(), i));
                    }
                }
                case OUTPUT, FINAL_STATE -> throw new AssertionError(port);
            }
        }
        Objects.requireNonNull(input);
        input = lengths == null ? input : input.withLengths(lengths);
        return states == null ? input : input.withInitialStates(states);
    }

    private List<float[]> zeroStates() {
        List<float[]> states = new ArrayList<>();
        for (int size : stateSizes) {
            states.add(new float[Shapes.requireArray("states", batch, size)]);
        }
        return states;
    }

    private int[] canonicalInts(Port port, int[] array) {
        PortLayout layout = layout(port);
        if (layout.isCanonical()) {
            return array;
        }
        int[] canonical = new int[array.length];
        layout.read(array, 0, canonical);
        return canonical;
    }

    /** Returns one direction of an array of floats, in canonical layout. */
    private float[] canonical(Port port, float[] array, int direction) {
        PortLayout layout = layout(port);
        if (layout.isCanonical()) {
            return array;
        }
        float[] canonical = new float[array.length / port.directions()];
        layout.read(array, direction, canonical);
        return canonical;
    }

    /** Returns the outputs by name, in the order of the signature. */
    public Map<String, Tensor> outputs(ModelOutput output) {
        Map<String, Tensor> outputs = new LinkedHashMap<>();
        for (Port port : model.signature().outputs()) {
            PortLayout layout = layout(port);
            outputs.put(port.name(), Tensor.of(port.role() == Role.OUTPUT
                    ? output(port, layout, output.outputs().get(port.index()))
                    : states(port, layout, output.finalStates()), layout.shape()));
        }
        return Collections.unmodifiableMap(outputs);
    }

    private float[] output(Port port, PortLayout layout, float[] y) {
        int size = model.model().output(port.index()).features();
        if (layout.isCanonical() && port.count() == size) {
            return y;
        }
        float[] array = new float[y.length / size * port.count()];
        int half = port.count() / port.directions();
        for (int direction = 0; direction < port.directions(); direction++) {
            layout.write(y, size, port.first() + direction * half, array, direction);
        }
        return array;
    }

    private float[] states(Port port, PortLayout layout, List<float[]> states) {
        if (layout.isCanonical()) {
            return states.get(port.first());
        }
        int size = stateSizes[port.first()];
        float[] array = new float[Shapes.requireArray("states", batch, port.count(), size)];
        for (int i = 0; i < port.count(); i++) {
            layout.write(states.get(port.first() + i), size, 0, array, i);
        }
        return array;
    }
}
