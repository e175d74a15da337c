package dev.gru.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

import dev.gru.kernel.RandomWeights;
import dev.gru.layer.Signature.Axis;
import dev.gru.layer.Signature.Port;
import dev.gru.layer.Signature.Presence;
import dev.gru.layer.Signature.Role;
import dev.gru.weights.GruVariant;

/** Which ports there can be, which go together, and which fit a model. */
class SignatureTest {
    private static final List<Axis> SEQUENCE = List.of(Axis.STEP, Axis.BATCH, Axis.FEATURE);
    private static final List<Axis> STATE = List.of(Axis.BATCH, Axis.FEATURE);
    private static final List<Axis> STATES = List.of(Axis.DIRECTION, Axis.BATCH, Axis.FEATURE);
    private static final Port X = port("x", Role.INPUT, 0, 0, SEQUENCE);
    private static final Port Y = port("y", Role.OUTPUT, 0, 4, SEQUENCE);

    private static Port port(String name, Role role, int first, int count, List<Axis> axes) {
        return new Port(name, role, first, count, axes);
    }

    private static void assertRefused(String message, Executable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
    }

    @Test
    void aPortHasTheAxesOfItsRole() {
        assertRefused("array x: the axis STEP must be there once, axes were [STEP, BATCH, STEP]",
                () -> port("x", Role.INPUT, 0, 0, List.of(Axis.STEP, Axis.BATCH, Axis.STEP)));
        assertRefused("array n: the role LENGTHS has no axis STEP, axes were [BATCH, STEP]",
                () -> port("n", Role.LENGTHS, 0, 0, List.of(Axis.BATCH, Axis.STEP)));
        assertRefused("array h: the axes of the role INITIAL_STATE must include [FEATURE], axes were [BATCH, ONE, ONE]",
                () -> port("h", Role.INITIAL_STATE, 0, 1, List.of(Axis.BATCH, Axis.ONE, Axis.ONE)));
        assertRefused("array h: the axes of the role FINAL_STATE must include [DIRECTION], axes were [BATCH, FEATURE]",
                () -> port("h", Role.FINAL_STATE, 0, 2, STATE));
        assertRefused("array y: count must be even where features are halved by the axis DIRECTION, was 3",
                () -> port("y", Role.OUTPUT, 0, 3, STATES));
    }

    @Test
    void aPortHasARangeIfItsRoleHasOne() {
        assertRefused("array x: first and count must be 0 for the role INPUT, were 0 and 3",
                () -> port("x", Role.INPUT, 0, 3, SEQUENCE));
        assertRefused("array y: first must be at least 0 and count at least 1, were 0 and 0",
                () -> port("y", Role.OUTPUT, 0, 0, SEQUENCE));
        assertRefused("array h: first must be at least 0 and count at least 1, were -1 and 1",
                () -> port("h", Role.FINAL_STATE, -1, 1, STATE));
        assertRefused("array y: first must be at least 0 and count at least 1, were 2147483647 and 1",
                () -> port("y", Role.OUTPUT, Integer.MAX_VALUE, 1, SEQUENCE));
    }

    @Test
    void onlyLengthsAndInitialStatesCanBeOptional() {
        assertRefused("array x: a port of the role INPUT cannot be optional",
                () -> new Port("x", Role.INPUT, 0, 0, SEQUENCE, Presence.OPTIONAL));
        assertRefused("array y: a port of the role OUTPUT cannot be optional",
                () -> new Port("y", Role.OUTPUT, 0, 4, SEQUENCE, Presence.OPTIONAL));
    }

    @Test
    void portsGoTogether() {
        Port lengths = port("n", Role.LENGTHS, 0, 0, List.of(Axis.BATCH));
        assertRefused("inputs must have different names, had x twice",
                () -> new Signature(List.of(X, X), List.of(Y)));
        assertRefused("array y: a port of the role OUTPUT is not one of inputs",
                () -> new Signature(List.of(X, Y), List.of(Y)));
        assertRefused("array n: a port of the role LENGTHS is not one of outputs",
                () -> new Signature(List.of(X), List.of(lengths)));
        assertRefused("inputs must hold at least one port of the role INPUT, held [n (BATCH)]",
                () -> new Signature(List.of(lengths), List.of(Y)));
        assertRefused("inputs must hold at most one port of the role LENGTHS, held "
                + "[x (STEP, BATCH, FEATURE), n (BATCH), m (BATCH)]",
                () -> new Signature(List.of(X, lengths, port("m", Role.LENGTHS, 0, 0, List.of(Axis.BATCH))),
                        List.of(Y)));
        assertRefused("outputs must hold at least one port", () -> new Signature(List.of(X), List.of()));
        assertRefused("array h1: it sets a state that h0 sets too",
                () -> new Signature(List.of(X, port("h0", Role.INITIAL_STATE, 0, 2, STATES),
                        port("h1", Role.INITIAL_STATE, 1, 1, STATE)), List.of(Y)));
    }

    private static GruLayer gru(int in, int units, boolean sequences) {
        return new GruLayer("gru", RandomWeights.gru(GruVariant.RESET_AFTER, in, units, 1))
                .withReturnSequences(sequences);
    }

    private static Sequential model(boolean sequences, Port input, Port output) {
        return new Sequential(List.of(gru(3, 5, true), gru(5, 4, sequences)),
                new Signature(List.of(input), List.of(output)));
    }

    @Test
    void aSignatureFitsItsModel() {
        assertEquals(Y, model(true, X, Y).signature().outputs().get(0));
        assertRefused("array x: its axes must include FEATURE, because the model takes features, "
                + "axes were [BATCH, STEP]",
                () -> model(true, port("x", Role.INPUT, 0, 0, List.of(Axis.BATCH, Axis.STEP)), Y));
        assertRefused("array x: its axes must not include FEATURE, because the model takes tokens, "
                + "axes were [STEP, BATCH, FEATURE]",
                () -> new Sequential(List.of(new Embedding("e", 2, 4, new float[8])),
                        new Signature(List.of(X), List.of(Y))));
        assertRefused("array y: its axes must not include STEP, because the model returns its last output only, "
                + "axes were [STEP, BATCH, FEATURE]", () -> model(false, X, Y));
        assertRefused("array y: its axes must include STEP, because the model returns sequences, "
                + "axes were [BATCH, FEATURE]", () -> model(true, X, port("y", Role.OUTPUT, 0, 4, STATE)));
        assertRefused("array y: it has features up to 5, but the output of the model has 4",
                () -> model(true, X, port("y", Role.OUTPUT, 3, 2, SEQUENCE)));
        assertRefused("array h: it has states up to 3, but the model has 2",
                () -> model(true, X, port("h", Role.FINAL_STATE, 2, 1, STATE)));
        assertRefused("array h: its states must be of one size, were of 5 and 4",
                () -> model(true, X, port("h", Role.FINAL_STATE, 0, 2, STATES)));
        assertRefused("array h: it has states up to 3, but the model has 2",
                () -> new Sequential(List.of(gru(3, 5, true), gru(5, 4, true)), new Signature(
                        List.of(X, port("h", Role.INITIAL_STATE, 1, 2, STATES)), List.of(Y))));
    }
}
