package dev.gru.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.gru.layer.ActivationLayer.PReLU;
import dev.gru.layer.Attention;
import dev.gru.layer.Conv1D;
import dev.gru.layer.Dense;
import dev.gru.layer.Graph;
import dev.gru.layer.Normalization;
import dev.gru.layer.Scale;
import dev.gru.layer.Sequential;
import dev.gru.layer.Shape;
import dev.gru.train.math.Parameters;
import dev.gru.train.math.RandomStream;
import dev.gru.train.math.RandomTraining;
import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;
import dev.gru.weights.Gate;
import dev.gru.weights.GruVariant;

/** Distributions of first weights: bounds, moments, orthogonality; and the same bits from the same seed. */
class InitializerTest {
    private static final int FEATURES = 20;
    private static final int UNITS = 33;
    private static final int OUTPUTS = 17;

    private static Graph untrained() {
        return Sequential.builder().embedding(2000, FEATURES).maskZero().gru(UNITS).returnSequences()
                .bidirectional(GruVariant.DUAL_STATE, 12).returnSequences()
                .gru(GruVariant.RESET_BEFORE, UNITS).returnSequences().dropout(0.3).dense(OUTPUTS, Activation.TANH)
                .timeDistributed(5, Activation.SOFTMAX).build();
    }

    private static Parameters initialized(Initializer initializer) {
        return Parameters.of(initializer.initialize(untrained(), 5));
    }

    /**
     * Uniform numbers have the mean 0 and the variance b² / 3, which those of a sample miss by more than five standard
     * deviations, b / √(3 n) and b² √(4 / (45 n)), once in two million samples.
     */
    private static void assertUniform(double bound, double[] values) {
        double[] sizes = Arrays.stream(values).map(Math::abs).toArray();
        double largest = Arrays.stream(sizes).max().orElseThrow();
        // To the nearest float.
        assertTrue(largest <= bound * (1 + 0x1p-24), largest + " is above " + bound);
        double mean = Arrays.stream(values).average().orElseThrow();
        double variance = Arrays.stream(values).map(v -> v * v).average().orElseThrow();
        int n = values.length;
        assertEquals(0, mean, 5 * bound / Math.sqrt(3.0 * n));
        assertEquals(bound * bound / 3, variance, 5 * bound * bound * Math.sqrt(4 / (45.0 * n)));
    }

    /** As {@link #assertUniform}; the variance of a sample has the standard deviation √(2 / n). */
    private static void assertNormal(double[] values) {
        int n = values.length;
        assertEquals(0, Arrays.stream(values).average().orElseThrow(), 5 / Math.sqrt(n));
        assertEquals(1, Arrays.stream(values).map(v -> v * v).average().orElseThrow(), 5 * Math.sqrt(2.0 / n));
        // 68.27 % are within one standard deviation.
        double within = Arrays.stream(values).filter(v -> Math.abs(v) < 1).count() / (double) n;
        assertEquals(0.6827, within, 5 * Math.sqrt(0.6827 * 0.3173 / n));
    }

    @Test
    void kerasDrawsUniformKernelsAndTables() {
        Parameters p = initialized(Initializer.KERAS);
        assertUniform(0.05, p.get("embedding/table"));
        assertUniform(Math.sqrt(6.0 / (FEATURES + 3 * UNITS)), p.get("gru/weight_ih"));
        assertUniform(Math.sqrt(6.0 / (UNITS + 3 * 12)), p.get("bidirectional/backward/weight_ih"));
        assertUniform(Math.sqrt(6.0 / (UNITS + OUTPUTS)), p.get("dense/weight"));
        assertUniform(Math.sqrt(6.0 / (OUTPUTS + 5)), p.get("time_distributed/weight"));
        for (String name : p.names()) {
            if (name.contains("bias")) {
                assertArrayEquals(new double[p.get(name).length], p.get(name), name);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 15, 16, 17, 33, 128})
    void kerasDrawsOrthogonalRecurrentWeights(int units) {
        Graph model = Initializer.KERAS
                .initialize(Sequential.builder().input(2).gru(GruVariant.RESET_BEFORE, units).returnSequences().build(),
                        units);
        double[] weight = Parameters.of(model).get("gru/weight_hh");
        assertEquals(Gate.COUNT * units * units, weight.length);
        for (int a = 0; a < units; a++) {
            for (int b = 0; b <= a; b++) {
                double product = 0;
                for (int row = 0; row < weight.length; row += units) {
                    product += weight[row + a] * weight[row + b];
                }
                // Each element is off by up to 2^-24 of itself, so a product of two unit columns by up to twice that.
                assertEquals(a == b ? 1 : 0, product, 2.01 * 0x1p-24, a + "·" + b);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 15, 16, 17, 33, 128})
    void aSquareMatrixIsOrthogonalToo(int size) {
        double[] matrix = Initializer.orthogonal(size, 5);
        assertEquals(size * size, matrix.length);
        for (int a = 0; a < size; a++) {
            for (int b = 0; b <= a; b++) {
                double product = 0;
                for (int row = 0; row < matrix.length; row += size) {
                    product += matrix[row + a] * matrix[row + b];
                }
                // The sums that a product here, and the last subtraction and the norm there, are made of.
                assertEquals(a == b ? 1 : 0, product, 3 * (size + 3) * 0x1p-53, a + "·" + b);
            }
        }
        assertArrayEquals(matrix, Initializer.orthogonal(size, 5));
        // Of one element there are but the sign's two values.
        assertTrue(size == 1 || !Arrays.equals(matrix, Initializer.orthogonal(size, 7)));
    }

    @Test
    void orthogonalWeightsHaveNoPreference() {
        // Of all elements of an orthonormal matrix the mean is 0 and the mean square 1 / rows, in each of the gates.
        double[] weight = initialized(Initializer.KERAS).get("gru/weight_hh");
        int gate = UNITS * UNITS;
        for (int from = 0; from < weight.length; from += gate) {
            double[] values = Arrays.copyOfRange(weight, from, from + gate);
            double square = 1.0 / (Gate.COUNT * UNITS);
            assertEquals(0, Arrays.stream(values).average().orElseThrow(), 5 * Math.sqrt(square / gate));
            assertEquals(square, Arrays.stream(values).map(v -> v * v).average().orElseThrow(),
                    5 * square * Math.sqrt(2.0 / gate));
        }
    }

    @Test
    void pytorchDrawsUniformWeightsAndNormalTables() {
        Parameters p = initialized(Initializer.PYTORCH);
        for (String array : new String[]{"weight_ih", "weight_hh", "bias_ih", "bias_hh"}) {
            assertUniform(1 / Math.sqrt(UNITS), p.get("gru/" + array));
            assertUniform(1 / Math.sqrt(12), p.get("bidirectional/forward/" + array));
        }
        assertUniform(1 / Math.sqrt(UNITS), p.get("dense/weight"));
        assertUniform(1 / Math.sqrt(UNITS), p.get("dense/bias"));
        assertUniform(1 / Math.sqrt(OUTPUTS), p.get("time_distributed/weight"));
        double[] table = p.get("embedding/table");
        assertArrayEquals(new double[FEATURES], Arrays.copyOf(table, FEATURES));
        assertNormal(Arrays.copyOfRange(table, FEATURES, table.length));
        Graph unmasked = Sequential.builder().embedding(2, FEATURES).build();
        assertTrue(Arrays.stream(Parameters.of(Initializer.PYTORCH.initialize(unmasked, 1)).get("embedding/table"))
                .allMatch(v -> v != 0));
    }

    private static Graph aroundAGru() {
        float[] four = {5, 5, 5, 5};
        Graph.Builder graph = new Graph.Builder();
        int x = graph.input("x", Shape.sequence(4));
        int y = graph.add(new Conv1D("conv", 4, 50, new DenseWeights(100, 60, Activation.LINEAR, new float[6000],
                new float[60])).withPadding(Conv1D.Padding.SAME), x);
        y = graph.add(new Dense("dense", new DenseWeights(60, 4, Activation.LINEAR, new float[240], new float[4])), y);
        y = graph.add(new Normalization.BatchNormalization("batch", 4, 0.1f, 0.9f, Normalization.Learnt.BOTH,
                List.of(four, four, four, four)), y);
        y = graph.add(new Normalization.LayerNormalization("layer", 4, 0.1f, Normalization.Learnt.BOTH,
                List.of(four, four)), y);
        y = graph.add(new PReLU("prelu", 1, 4, four), y);
        y = graph.add(new Scale("scale", 4, four, four, four), y);
        y = graph.add(new Attention("dot", Attention.Score.DOT, new float[1]), y, y);
        return graph.build(graph.add(new Attention("additive", Attention.Score.ADDITIVE, four), y, y));
    }

    private static void assertAll(double value, Parameters p, String... names) {
        for (String name : names) {
            assertTrue(Arrays.stream(p.get(name)).allMatch(v -> v == value), name);
        }
    }

    /** Two groups of two channels, and 50 steps in a window. */
    @Test
    void layersAroundAGruBeginAsTheirFrameworksHaveThem() {
        Parameters keras = Parameters.of(Initializer.KERAS.initialize(aroundAGru(), 5));
        assertUniform(Math.sqrt(6.0 / (50 * 2 + 50 * 60)), keras.get("conv/weight"));
        assertAll(0, keras, "conv/bias", "batch/beta", "batch/moving_mean", "layer/beta", "prelu/slope");
        assertAll(1, keras, "batch/gamma", "batch/moving_variance", "layer/gamma", "dot/scale");
        assertAll(5, keras, "scale/shift", "scale/scale", "scale/offset");
        double largest = Arrays.stream(keras.get("additive/scale")).map(Math::abs).max().orElseThrow();
        assertTrue(largest > 0 && largest <= Math.sqrt(3.0 / 4), "Glorot uniform, in = out = 4");

        Parameters pytorch = Parameters.of(Initializer.PYTORCH.initialize(aroundAGru(), 5));
        assertUniform(0.1, pytorch.get("conv/weight"));
        assertUniform(0.1, pytorch.get("conv/bias"));
        assertAll(0, pytorch, "batch/beta", "batch/moving_mean", "layer/beta");
        assertAll(1, pytorch, "batch/gamma", "batch/moving_variance", "layer/gamma", "dot/scale", "additive/scale");
        assertAll(0.25, pytorch, "prelu/slope");
        assertAll(5, pytorch, "scale/shift", "scale/scale", "scale/offset");
    }

    @ParameterizedTest
    @EnumSource
    void aSeedHasOneSetOfWeightsAndNoTwoArraysOfThemAreTheSame(Initializer initializer) {
        Parameters p = initialized(initializer);
        Parameters same = initialized(initializer);
        Parameters other = Parameters.of(initializer.initialize(untrained(), 6));
        for (String name : p.names()) {
            assertArrayEquals(p.get(name), same.get(name), name);
            assertEquals(initializer == Initializer.KERAS && name.contains("bias"),
                    Arrays.equals(p.get(name), other.get(name)), name);
        }
        assertFalse(Arrays.equals(p.get("bidirectional/forward/weight_ih"), p.get("bidirectional/backward/weight_ih")));
    }

    @Test
    void onlyWeightsChange() {
        for (int seed = 0; seed < 20; seed++) {
            Graph model = RandomTraining.model(new Random(seed));
            Parameters before = Parameters.of(model);
            Graph drawn = Initializer.PYTORCH.initialize(model, seed);
            assertEquals(model.toString(), drawn.toString());
            assertEquals(model.signature(), drawn.signature());
            for (String name : before.names()) {
                assertArrayEquals(before.get(name), Parameters.of(model).get(name));
            }
        }
    }

    /** Bits that must never change, or seeds would no longer mean what they meant. */
    @Test
    void theGeneratorIsSplitMix64() {
        RandomStream stream = new RandomStream(1234567);
        for (long expected : new long[]{6457827717110365317L, 3203168211198807973L, -8629252141511181193L,
                4593380528125082431L, -2037821214251327795L}) {
            assertEquals(expected, stream.nextLong());
        }
        for (long seed : new long[]{0, -1, 42}) {
            SplittableRandom java = new SplittableRandom(seed);
            RandomStream own = new RandomStream(seed);
            assertArrayEquals(java.longs(100).toArray(),
                    IntStream.range(0, 100).mapToLong(_ -> own.nextLong()).toArray());
        }
        assertEquals(new RandomStream(RandomStream.seed(1, 2)).nextLong(), RandomStream.of(1, 2).nextLong());
    }

    @Test
    void boundedNumbersReachAllOfTheirRangeEvenly() {
        RandomStream stream = RandomStream.of(1, 1);
        int[] counts = new int[7];
        int n = 70_000;
        for (int i = 0; i < n; i++) {
            counts[stream.below(7)]++;
        }
        for (int count : counts) {
            assertEquals(n / 7.0, count, 5 * Math.sqrt(n * (1 / 7.0) * (6 / 7.0)));
        }
    }
}
