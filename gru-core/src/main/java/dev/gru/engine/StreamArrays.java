package dev.gru.engine;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import dev.gru.engine.stage.Value;
import dev.gru.internal.Printable;
import dev.gru.internal.Shapes;
import dev.gru.layer.Shape;
import dev.gru.layer.Signature.Port;
import dev.gru.layer.Signature.Role;
import dev.gru.layer.Tensor;

/**
 * The arrays of one call of a stream or of a group, found by the names of the model's signature. Made once and used
 * for one call after the other, which allocate nothing.
 */
final class StreamArrays {
    private final Engine engine;
    /** The ports of inputs, in the order of the model's inputs, and those of outputs. */
    private final Port[] in;
    private final Port[] out;
    /** For each port, the array of the current call; null if an output is not wanted. */
    private final Object[] inputs;
    private final float[][] outputs;

    StreamArrays(Engine engine) {
        this.engine = engine;
        List<Port> ports = engine.signature().inputs().stream().filter(port -> port.role() == Role.INPUT).toList();
        in = new Port[ports.size()];
        ports.forEach(port -> in[port.index()] = port);
        out = engine.signature().outputs().stream().filter(port -> port.role() == Role.OUTPUT).toArray(Port[]::new);
        inputs = new Object[in.length];
        outputs = new float[out.length][];
    }

    /**
     * Takes and checks the arrays of a call.
     *
     * @param rows steps of sequences, or streams of a group
     * @param vectorRows rows of vectors: 1, or streams of a group
     * @param given the inputs
     * @param wanted some of the outputs
     * @throws IllegalArgumentException if an input is missing or a name unknown, an array has the wrong type or is too
     *     short, or a token is not in its table
     */
    void take(int rows, int vectorRows, Map<String, Tensor> given, Map<String, Tensor> wanted) {
        Objects.requireNonNull(given, "inputs");
        Objects.requireNonNull(wanted, "outputs");
        for (int i = 0; i < in.length; i++) {
            Tensor tensor = given.get(in[i].name());
            if (tensor == null) {
                throw new IllegalArgumentException("input " + Printable.of(in[i].name()) + " is missing");
            }
            takeInput(i, tensor, rows(engine.model().input(i), rows, vectorRows));
        }
        if (given.size() != in.length) {
            throw unknown("inputs", given, in);
        }
        int found = 0;
        for (int i = 0; i < out.length; i++) {
            Tensor tensor = wanted.get(out[i].name());
            outputs[i] = null;
            if (tensor != null) {
                float[] array = tensor.floats();
                requireRoom(out[i], array.length, rows(engine.model().output(out[i].index()), rows, vectorRows)
                        * (long) out[i].count());
                outputs[i] = array;
                found++;
            }
        }
        if (wanted.size() != found) {
            throw unknown("outputs", wanted, out);
        }
        requireOthers();
    }

    private void takeInput(int i, Tensor tensor, int rows) {
        boolean tokens = engine.takesTokens(i);
        if (tensor.isInts() != tokens) {
            throw new IllegalArgumentException("array " + Printable.of(in[i].name()) + " must be "
                    + (tokens ? "ints" : "floats") + ", was " + tensor);
        }
        if (tokens) {
            requireRoom(in[i], tensor.ints().length, rows);
            engine.requireTokens(i, tensor.ints(), 0, rows);
            inputs[i] = tensor.ints();
        } else {
            requireRoom(in[i], tensor.floats().length, rows * (long) engine.model().input(i).features());
            inputs[i] = tensor.floats();
        }
    }

    private void requireOthers() {
        for (int i = 0; i < out.length; i++) {
            for (Object input : inputs) {
                requireOther(i, input);
            }
            for (int other = 0; other < i && outputs[i] != null; other++) {
                requireOther(i, outputs[other]);
            }
        }
    }

    @SuppressWarnings("ReferenceEquality") // identity is the question
    private void requireOther(int output, Object array) {
        if (array == outputs[output] && array != null) {
            throw new IllegalArgumentException("array " + Printable.of(out[output].name())
                    + " must be another than those of all other inputs and outputs");
        }
    }

    private static void requireRoom(Port port, int length, long count) {
        if (count > length) {
            throw new IllegalArgumentException("array " + Printable.of(port.name()) + " must have room for " + count
                    + " elements, its length is " + length);
        }
    }

    private static IllegalArgumentException unknown(String what, Map<String, Tensor> arrays, Port[] ports) {
        List<String> names = Arrays.stream(ports).map(Port::name).toList();
        return new IllegalArgumentException(what + " must be arrays of " + names + ", were of " + arrays.keySet());
    }

    private static int rows(Shape shape, int rows, int vectorRows) {
        return shape.isSequence() ? rows : vectorRows;
    }

    /** Puts {@code count} steps of one stream from the step {@code from} on, or the same of as many streams. */
    void put(Pipeline pipeline, int from, int count, boolean streams) {
        for (int i = 0; i < in.length; i++) {
            if (streams || engine.model().input(i).isSequence()) {
                pipeline.put(i, inputs[i], from, 0, count);
            } else {
                pipeline.put(i, inputs[i], 0, 0, 1);
            }
        }
    }

    /** Gets the outputs of what {@link #put} has put; those of a stream without steps only if it was the last. */
    void get(Pipeline pipeline, int from, int count, boolean streams, boolean last) {
        for (int i = 0; i < out.length; i++) {
            if (outputs[i] == null) {
                continue;
            }
            Value value = pipeline.output(out[i].index());
            if (streams || engine.model().output(out[i].index()).isSequence()) {
                copy(value, count, i, from);
            } else if (last) {
                copy(value, 1, i, 0);
            }
        }
    }

    private void copy(Value value, int rows, int i, int to) {
        int count = out[i].count();
        for (int row = 0; row < rows; row++) {
            System.arraycopy(value.data, row * value.size + out[i].first(), outputs[i], (to + row) * count, count);
        }
    }

    /** Lets the arrays go. */
    void forget() {
        Arrays.fill(inputs, null);
        Arrays.fill(outputs, null);
    }
}
