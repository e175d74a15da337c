package dev.gru.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
    @EnumSource(names = {"RELU", "SIGMOID", "TANH", "SOFTMAX", "GELU", "GELU_TANH", "SOFTPLUS", "SOFTSIGN", "SILU",
            "EXPONENTIAL", "TANH_SHRINK", "LOG_SIGMOID", "MISH", "SPARSE_PLUS", "LOG_SOFTMAX", "SPARSEMAX"})
    void aFunctionWithoutParametersTakesNoOthersThanOneAndZero(Activation.Function function) {
        assertEquals(function, new Activation(function, 1, 0).function());
        assertRefused(function + " has no parameters, so they must be 1 and 0, were 2.0 and 0.0",
                () -> new Activation(function, 2, 0));
        assertRefused(function + " has no parameters, so they must be 1 and 0, were 1.0 and 0.5",
                () -> new Activation(function, 1, 0.5f));
    }

    @Test
    void parametersThatAFunctionDoesNotHaveAreRefused() {
        assertRefused("ELU: beta, which it does not have, must be 0, was 2.0",
                () -> new Activation(Activation.Function.ELU, 1, 2));
        assertRefused("CLIP: gamma, which it does not have, must be 0, was 2.0",
                () -> new Activation(Activation.Function.CLIP, 1, 2, 2));
    }

    @Test
    void parametersOutOfTheirRangeAreRefused() {
        assertRefused("CELU: alpha must be above 0, was 0.0", () -> Activation.celu(0));
        assertRefused("HARD_SHRINK: alpha must be at least 0, was -1.0", () -> Activation.hardShrink(-1));
        assertRefused("SOFT_SHRINK: alpha must be at least 0, was -1.0", () -> Activation.softShrink(-1));
        assertRefused("SQUAREPLUS: alpha must be at least 0, was -1.0", () -> Activation.squareplus(-1));
        assertRefused("LEAKY_RELU: beta must be at least 0, was -1.0", () -> Activation.relu(1, -1, 0));
        assertRefused("LEAKY_RELU: beta must be at least 0, was NaN", () -> Activation.relu(1, Float.NaN, 0));
        assertRefused("alpha and gamma must be finite, were NaN and 0.0", () -> Activation.leakyRelu(Float.NaN));
        assertRefused("alpha and beta must be finite, were Infinity and 0.0",
                () -> Activation.elu(Float.POSITIVE_INFINITY));
    }

    @ParameterizedTest
    @CsvSource({"2, 1", "NaN, 1", "0, NaN", "Infinity, Infinity", "-Infinity, -Infinity"})
    void boundsMustLeaveNumbersBetweenThem(float least, float most) {
        assertRefused("CLIP must have alpha, its least value, up to beta, were " + least + " and " + most,
                () -> Activation.clip(least, most));
    }

    @Test
    void aReluIsTheSimplestFunctionThatItIs() {
        float none = Float.POSITIVE_INFINITY;
        assertEquals(Activation.RELU, Activation.relu(0, none, 0));
        assertEquals(Activation.RELU6, Activation.relu(0, 6, 0));
        assertEquals(Activation.threshold(0.5f, 0), Activation.relu(0, none, 0.5f));
        assertEquals(new Activation(Activation.Function.LEAKY_RELU, 0.1f, none), Activation.leakyRelu(0.1f));
        assertEquals(new Activation(Activation.Function.LEAKY_RELU, 0, 6, 0.5f), Activation.relu(0, 6, 0.5f));
    }

    @Test
    void textHasTheParametersThatThereAre() {
        assertEquals("GELU", Activation.GELU.toString());
        assertEquals("ELU(0.5)", Activation.elu(0.5f).toString());
        assertEquals("CLIP(0.0, 6.0)", Activation.RELU6.toString());
        assertEquals("LEAKY_RELU(0.1, Infinity, 0.0)", Activation.leakyRelu(0.1f).toString());
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
        assertRefused("gates and candidate must be functions of one number, not sparsemax",
                () -> new GruActivations(Activation.SIGMOID, Activation.SPARSEMAX, none));
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
