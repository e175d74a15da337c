package dev.gru.simd;

import static dev.gru.simd.RandomWeights.uniform;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import dev.gru.simd.loops.Lanes;
import dev.gru.weights.Precision;

/** Every width of panel and every tile gives the one chain that defines an output, in either precision. */
class PackedMatrixTest {
    private static final float UNTOUCHED = 1234.5f;

    private final Random random = new Random(3);

    static Stream<Arguments> panels() {
        return Stream
                .of(new int[]{1}, new int[]{2}, new int[]{3}, new int[]{4}, new int[]{6}, new int[]{8}, new int[]{9},
                        new int[]{12}, new int[]{6, 9}, new int[]{12, 12, 3}, new int[]{1, 2, 3, 4, 1})
                .flatMap(widths -> Stream.of(Precision.values()).map(precision -> Arguments.of(widths, precision)));
    }

    @ParameterizedTest
    @MethodSource("panels")
    void everyOutputIsItsBiasAndThenItsInputsInOrder(int[] widths, Precision precision) {
        int outputs = IntStream.of(widths).sum() * Lanes.COUNT;
        // Small enough for the first level of the cache, and with the last number too large for it.
        for (int inputs : new int[]{1, 2, 7, 16, (int) (140_000L / 4 / outputs)}) {
            float[] bias = uniform(random, outputs, 0.5f);
            float[] weight = uniform(random, outputs * inputs, 0.5f);
            PackedMatrix matrix = new PackedMatrix(widths, inputs, precision, new PackedMatrix.Source() {
                @Override
                public float bias(int output) {
                    return bias[output];
                }

                @Override
                public float weight(int output, int input) {
                    return weight[output * inputs + input];
                }
            }, Arena.ofAuto());
            for (int i = 0; i < weight.length; i++) {
                weight[i] = precision.round(weight[i]);
            }
            // All sums of tiles of 8, 4, 3 and 2 rows, and what they leave over; and enough to make floats of bfloat16.
            for (int rows : List.of(1, 2, 3, 4, 5, 7, 8, 9, 11, 15, 16, 19, 24, 29)) {
                checkRows(matrix, rows, inputs, outputs, bias, weight);
            }
        }
    }

    /** Rows with gaps between them, in x and in y; what lies in the gaps of y must stay. */
    private void checkRows(PackedMatrix matrix, int rows, int inputs, int outputs, float[] bias, float[] weight) {
        int x0 = 3;
        int xStride = inputs + 2;
        int yStride = outputs + Lanes.COUNT;
        float[] x = uniform(random, x0 + rows * xStride, 0.5f);
        MemorySegment y = Arena.ofAuto().allocate((long) rows * yStride * Float.BYTES, 64);
        for (int i = 0; i < rows * yStride; i++) {
            y.setAtIndex(ValueLayout.JAVA_FLOAT, i, UNTOUCHED);
        }
        matrix.multiply(0, matrix.panels(), rows % 2 == 0, rows, x, x0, xStride,
                matrix.newScratch(rows, false, Arena.ofAuto()), y, 0,
                (long) yStride * Float.BYTES);
        for (int row = 0; row < rows; row++) {
            for (int output = 0; output < yStride; output++) {
                float expected = UNTOUCHED;
                if (output < outputs) {
                    expected = bias[output];
                    for (int k = 0; k < inputs; k++) {
                        expected = Math.fma(x[x0 + row * xStride + k], weight[output * inputs + k], expected);
                    }
                }
                assertEquals(expected, y.getAtIndex(ValueLayout.JAVA_FLOAT, row * yStride + output));
            }
        }
    }
}
