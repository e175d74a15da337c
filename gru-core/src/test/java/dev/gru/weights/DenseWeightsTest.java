package dev.gru.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.gru.internal.Shapes;
import dev.gru.kernel.RandomWeights;

/** The layout of {@link DenseWeights}, its copies and its checks; the checks of {@link Shapes} in general. */
class DenseWeightsTest {
    private final float[] weight = RandomWeights.ramp(6, 10);
    private final float[] bias = RandomWeights.ramp(2, 20);

    @Test
    void rowsAreOutputs() {
        DenseWeights weights = new DenseWeights(3, 2, Activation.TANH, weight, bias);
        for (int output = 0; output < 2; output++) {
            for (int input = 0; input < 3; input++) {
                assertEquals(10 + output * 3 + input, weights.weight(output, input));
            }
            assertEquals(20 + output, weights.bias(output));
        }
        assertEquals(Activation.TANH, weights.activation());
    }

    @Test
    void changingTheArraysAfterwardsChangesNothing() {
        DenseWeights weights = new DenseWeights(3, 2, Activation.LINEAR, weight, bias);
        weight[0] = bias[0] = -1;
        assertEquals(10, weights.weight(0, 0));
        assertEquals(20, weights.bias(0));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "0 | 2 | 6 | 2 | inputSize must be at least 1, was 0",
            "3 | 0 | 6 | 2 | outputSize must be at least 1, was 0",
            "3 | 2 | 5 | 2 | weight must have 2 × 3 = 6 elements, had 5",
            "3 | 2 | 6 | 3 | bias must have 2 = 2 elements, had 3"})
    void aWrongSizeOrLengthIsRefusedByItsName(int inputSize, int outputSize, int weights, int biases, String message) {
        var e = assertThrows(IllegalArgumentException.class, () -> new DenseWeights(inputSize, outputSize,
                Activation.LINEAR, new float[weights], new float[biases]));
        assertEquals(message, e.getMessage());
    }

    @Test
    void whatIsMissingIsNamed() {
        assertEquals("activation", assertThrows(NullPointerException.class,
                () -> new DenseWeights(3, 2, null, weight, bias)).getMessage());
        assertEquals("bias", assertThrows(NullPointerException.class,
                () -> new DenseWeights(3, 2, Activation.LINEAR, weight, null)).getMessage());
    }

    @ParameterizedTest
    @CsvSource({"-1, 0", "2, 0", "0, -1", "0, 3"})
    void anIndexOutsideItsOwnDimensionIsRefused(int output, int input) {
        DenseWeights weights = new DenseWeights(3, 2, Activation.LINEAR, weight, bias);
        assertThrows(IllegalArgumentException.class, () -> weights.weight(output, input));
        if (output != 0) {
            assertThrows(IllegalArgumentException.class, () -> weights.bias(output));
        }
    }

    @Test
    void theNumberOfElementsIsExactAndSaturates() {
        assertEquals(24, Shapes.elements(2, 3, 4));
        assertEquals(0, Shapes.elements(0, Integer.MAX_VALUE, Integer.MAX_VALUE));
        assertEquals((1L << 62) - (1L << 31), Shapes.elements(1 << 30, Integer.MAX_VALUE, 2));
        assertEquals(Long.MAX_VALUE, Shapes.elements(1 << 30, 1 << 30, 8));
        assertEquals(Long.MAX_VALUE, Shapes.elements(1 << 30, 1 << 30, 16));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "4 |  0 | 5 | v must have room for 5 elements, its length is 4",
            "4 |  3 | 2 | v must have room for 2 elements from offset 3, its length is 4",
            "4 | -1 | 2 | v must have room for 2 elements from offset -1, its length is 4",
            "4 |  2147483647 | 9223372036854775807 "
                    + "| v must have room for 9223372036854775807 elements from offset 2147483647, its length is 4"})
    void tooLittleRoomIsRefused(int length, int offset, long count, String message) {
        var e = assertThrows(IllegalArgumentException.class, () -> Shapes.requireRoom("v", length, offset, count));
        assertEquals(message, e.getMessage());
        Shapes.requireRoom("v", length, 0, length);
        Shapes.requireRoom("v", length, length, 0);
    }
}
