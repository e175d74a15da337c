package dev.gru.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The checks of {@link Activation} and {@link GruActivations}. */
class ActivationTest {

    private static void assertRefused(String message, Executable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
    }

    @Test
    void parametersMustBeFinite() {
        assertRefused("alpha and beta must be finite, were NaN and 0.5", () -> Activation.hardSigmoid(Float.NaN, 0.5f));
        assertRefused("alpha and beta must be finite, were 1.0 and -Infinity",
                () -> Activation.linear(1, Float.NEGATIVE_INFINITY));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = {"LINEAR", "HARD_SIGMOID"})
    void aFunctionWithoutParametersTakesNoOthersThanOneAndZero(Activation.Function function) {
        assertEquals(function, new Activation(function, 1, 0).function());
        assertRefused(function + " has no parameters, so they must be 1 and 0, were 2.0 and 0.0",
                () -> new Activation(function, 2, 0));
        assertRefused(function + " has no parameters, so they must be 1 and 0, were 1.0 and 0.5",
                () -> new Activation(function, 1, 0.5f));
    }

    @Test
    void onlyTheLineOfSlopeOneThroughZeroIsTheIdentity() {
        assertTrue(Activation.linear(1, 0).isIdentity());
        assertFalse(Activation.linear(-1, 0).isIdentity());
        assertFalse(Activation.linear(1, 0.5f).isIdentity());
        assertFalse(Activation.RELU.isIdentity());
    }

    @Test
    void gatesAndCandidatesAreFunctionsOfOneNumber() {
        String message = "gates and candidate must be functions of one number, not softmax";
        float none = Float.POSITIVE_INFINITY;
        assertRefused(message, () -> new GruActivations(Activation.SOFTMAX, Activation.TANH, none));
        assertRefused(message, () -> new GruActivations(Activation.SIGMOID, Activation.SOFTMAX, none));
    }

    @ParameterizedTest
    @ValueSource(floats = {0, -1, Float.NaN, Float.NEGATIVE_INFINITY})
    void aBoundIsAboveZero(float clip) {
        assertRefused("clip must be above 0, was " + clip,
                () -> new GruActivations(Activation.SIGMOID, Activation.TANH, clip));
    }

    @Test
    void onlyInfinityIsNoBound() {
        assertFalse(GruActivations.STANDARD.clips());
        assertTrue(new GruActivations(Activation.SIGMOID, Activation.TANH, Float.MAX_VALUE).clips());
    }
}
