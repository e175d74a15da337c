package dev.gru.simd;

import static dev.gru.simd.RandomWeights.uniform;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

import dev.gru.kernel.PortableGruKernel;
import dev.gru.kernel.training.AdamStep;
import dev.gru.kernel.training.GruTrainingCell;
import dev.gru.kernel.training.Rows;
import dev.gru.kernel.training.TrainingKernel;
import dev.gru.layer.ActivationLayer;
import dev.gru.layer.Attention;
import dev.gru.layer.Bidirectional.MergeMode;
import dev.gru.layer.Conv1D;
import dev.gru.layer.Dense;
import dev.gru.layer.GlobalPooling1D;
import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Merge;
import dev.gru.layer.ModelInput;
import dev.gru.layer.Normalization.BatchNormalization;
import dev.gru.layer.Normalization.Learnt;
import dev.gru.layer.Sequential;
import dev.gru.layer.Shape;
import dev.gru.train.math.LossFunction;
import dev.gru.train.math.LossSums;
import dev.gru.train.math.TargetValues;
import dev.gru.train.network.Backpropagation;
import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;
import dev.gru.weights.GruActivations;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;

/** The arithmetic of training against that of the portable kernel, bit for bit. */
class SimdTrainingProperties {
    private final TrainingKernel portable = new PortableGruKernel().training();
    private final TrainingKernel simd = new SimdGruKernel().training();

    @Provide
    Arbitrary<Integer> sizes() {
        return GruCases.sizes();
    }

    @Provide
    Arbitrary<Activation> functionsOfOneNumber() {
        return Arbitraries.of(GruCases.FUNCTIONS);
    }

    @Provide
    Arbitrary<GruActivations> activations() {
        return GruCases.functions();
    }

    /** Random rows, with something before, behind and between them. */
    private static Rows rows(int count, int columns, Random random) {
        int from = random.nextInt(5);
        int stride = columns + random.nextInt(3) * TrainingKernel.PADDING;
        return new Rows(uniform(random, from + count * stride + 3, 1), from, stride);
    }

    private static Rows copy(Rows rows) {
        return new Rows(rows.values().clone(), rows.place(0), rows.stride());
    }

    @Property(tries = 200)
    void products(@ForAll("sizes") int rows, @ForAll("sizes") int inputs, @ForAll("sizes") int outputs,
            @ForAll boolean biased, @ForAll long seed) {
        Random random = new Random(seed);
        int columns = TrainingKernel.padded(outputs);
        Rows x = rows(rows, inputs, random);
        Rows w = rows(inputs, columns, random);
        Rows expected = rows(rows, columns, random);
        Rows actual = copy(expected);
        Rows bias = new Rows(rows(1, columns, random).values(), 0, 0);
        portable.multiply(rows, x, inputs, w, columns, biased ? bias : expected, expected);
        simd.multiply(rows, x, inputs, w, columns, biased ? bias : actual, actual);
        assertArrayEquals(expected.values(), actual.values());
    }

    @Property(tries = 200)
    void productsOverRows(@ForAll @IntRange(min = 1, max = 300) int rows, @ForAll("sizes") int inputs,
            @ForAll("sizes") int outputs, @ForAll long seed) {
        Random random = new Random(seed);
        int columns = TrainingKernel.padded(outputs);
        Rows x = rows(rows, inputs, random);
        Rows d = rows(rows, columns, random);
        Rows expected = rows(inputs, columns, random);
        Rows actual = copy(expected);
        portable.addProducts(rows, x, inputs, d, columns, expected);
        simd.addProducts(rows, x, inputs, d, columns, actual);
        assertArrayEquals(expected.values(), actual.values());
    }

    @Property(tries = 300)
    void cells(@ForAll GruVariant variant, @ForAll("activations") GruActivations activations,
            @ForAll @IntRange(min = 1, max = 9) int rows, @ForAll("sizes") int units,
            @ForAll long seed) {
        Random random = new Random(seed);
        int padded = TrainingKernel.padded(units);
        int states = variant.stateSize(padded);
        GruTrainingCell.Weights weights = new GruTrainingCell.Weights(variant, activations, units, padded,
                rows(units, 3 * padded, random), new Rows(rows(1, 3 * padded, random).values(), 0, 0),
                rows(3 * padded, padded, random));
        GruTrainingCell expected = portable.newGruCell(weights, 9);
        GruTrainingCell actual = simd.newGruCell(weights, 9);
        // A cell is used for many steps, of more rows and of fewer.
        for (int step = 0; step < 2; step++) {
            int some = step == 0 ? rows : 1 + random.nextInt(rows);
            Rows g = rows(some, GruTrainingCell.parts(activations) * padded, random);
            Rows sameG = copy(g);
            Rows h = rows(some, states, random);
            Rows hNext = rows(some, states, random);
            Rows sameNext = copy(hNext);
            expected.forward(some, g, h, hNext);
            actual.forward(some, sameG, h, sameNext);
            assertArrayEquals(g.values(), sameG.values());
            assertArrayEquals(hNext.values(), sameNext.values());

            Rows dy = rows(some, padded, random);
            Rows dh = rows(some, states, random);
            Rows sameDh = copy(dh);
            expected.backward(some, g, h, dy, dh);
            actual.backward(some, sameG, h, dy, sameDh);
            assertArrayEquals(g.values(), sameG.values());
            assertArrayEquals(dh.values(), sameDh.values());
        }
    }

    @Property(tries = 100)
    void functions(@ForAll("functionsOfOneNumber") Activation function, @ForAll("sizes") int size, @ForAll long seed) {
        Random random = new Random(seed);
        int columns = TrainingKernel.padded(size);
        Rows expected = rows(3, columns, random);
        for (int i = 0; i < expected.values().length; i++) {
            expected.values()[i] *= 20;
        }
        Rows actual = copy(expected);
        portable.apply(function, 3, columns, expected);
        simd.apply(function, 3, columns, actual);
        assertArrayEquals(expected.values(), actual.values());
        float shift = random.nextFloat();
        portable.exp(columns, expected.values(), expected.place(1), shift);
        simd.exp(columns, actual.values(), actual.place(1), shift);
        assertArrayEquals(expected.values(), actual.values());
    }

    /** Terms of a gradient, and a step of Adam along them, in the same elements or others. */
    @Property(tries = 200)
    void optimizer(@ForAll("sizes") int size, @ForAll boolean ofTerms, @ForAll boolean elsewhere, @ForAll long seed) {
        Random random = new Random(seed);
        int count = TrainingKernel.padded(size);
        int at = random.nextInt(5);
        int from = elsewhere ? at + 1 + random.nextInt(5) : at;
        float[] d = uniform(random, from + count, 1);
        List<float[]> expected = all(random, from + count);
        List<float[]> actual = expected.stream().map(float[]::clone).toList();
        AdamStep step = new AdamStep(0.99f, 0.1f, 0.001f, 0.01f, 1e-7f);
        assertEquals(steps(portable, step, count, at, from, d, ofTerms, expected),
                steps(simd, step, count, at, from, d, ofTerms, actual));
        for (int i = 0; i < expected.size(); i++) {
            assertArrayEquals(expected.get(i), actual.get(i));
        }
    }

    /** p, m, v, sums and squares; what stands for squares is not negative. */
    private static List<float[]> all(Random random, int length) {
        List<float[]> all = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            float[] values = uniform(random, length, 1);
            for (int j = 0; j < length && i % 2 == 0 && i > 0; j++) {
                values[j] = Math.abs(values[j]);
            }
            all.add(values);
        }
        return all;
    }

    private static List<Float> steps(TrainingKernel kernel, AdamStep step, int count, int at, int from, float[] d,
            boolean ofTerms, List<float[]> all) {
        float[] squares = ofTerms ? all.get(4) : null;
        kernel.addTerm(count, d, from, all.get(3), squares, from);
        float first = kernel.adam(step, count, all.get(0), all.get(1), all.get(2), at, all.get(3), squares, from, 0.7f);
        return List.of(first, kernel.adam(step, count, all.get(0), all.get(1), all.get(2), at));
    }

    @Example
    void theLargestNumberOfAStepIsNotFiniteIfOneIsNot() {
        for (float hostile : new float[]{Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            for (int array = 0; array < 3; array++) {
                List<float[]> all = all(new Random(1), 48);
                all.get(array)[33] = hostile;
                AdamStep step = new AdamStep(1, 0.1f, 0.001f, 0.01f, 1e-7f);
                assertFalse(Float.isFinite(simd.adam(step, 48, all.get(0), all.get(1), all.get(2), 0)));
                assertFalse(Float.isFinite(portable.adam(step, 48, all.get(0), all.get(1), all.get(2), 0)));
            }
        }
    }

    private static GruWeights gru(GruVariant variant, int inputs, int units, Random random) {
        return RandomWeights.gru(random, variant, GruActivations.STANDARD, inputs, units, 1);
    }

    /** A model of a table, two recurrent layers, dropout and softmax, of every variant. */
    @Property(tries = 40)
    void wholeModels(@ForAll GruVariant variant, @ForAll MergeMode merge,
            @ForAll @IntRange(min = 1, max = 20) int units,
            @ForAll @IntRange(min = 1, max = 18) int batch, @ForAll long seed) {
        Random random = new Random(seed);
        int both = merge == MergeMode.CONCAT ? 2 * units : units;
        Graph model = Sequential.builder().embedding(7, 5, uniform(random, 7 * 5, 1)).maskZero()
                .bidirectional(gru(variant, 5, units, random), gru(variant, 5, units, random)).merge(merge)
                .returnSequences().dropout(0.3)
                .gru(gru(variant, both, units, random)).returnSequences().dropout(0.5)
                .dense(new DenseWeights(units, 4, Activation.SOFTMAX, uniform(random, 4 * units, 1),
                        uniform(random, 4, 1)))
                .build();
        int steps = 5;
        ModelInput input = ModelInput.tokens(batch, steps, random.ints((long) batch * steps, 0, 7).toArray());
        TargetValues targets = TargetValues.ofLabels(random.ints((long) batch * steps, 0, 4).toArray());
        assertSameBits(model, input, targets, seed);
    }

    /** A graph of layers around a GRU that compute products, exponentials and hyperbolic tangents. */
    @Property(tries = 40)
    void wholeGraphs(@ForAll @IntRange(min = 1, max = 20) int filters, @ForAll @IntRange(min = 1, max = 18) int batch,
            @ForAll boolean grouped, @ForAll Attention.Score score, @ForAll long seed) {
        Random random = new Random(seed);
        int size = 2 * filters;
        Graph.Builder graph = new Graph.Builder();
        int x = graph.input("x", Shape.sequence(4));
        int conv = graph.add(new Conv1D("conv", 4, 3, new DenseWeights(grouped ? 6 : 12, size, Activation.LINEAR,
                uniform(random, (grouped ? 6 : 12) * size, 1), uniform(random, size, 1)))
                .withPadding(Conv1D.Padding.SAME), x);
        int batched = graph.add(new BatchNormalization("batch", size, 0.1f, 0.9f, Learnt.BOTH,
                List.of(uniform(random, size, 1), uniform(random, size, 1), new float[size], new float[size])), conv);
        int gru = graph.add(new GruLayer("gru", gru(GruVariant.RESET_AFTER, size, size, random))
                .withReturnSequences(true), batched);
        int seen = graph.add(new Attention("attention", score, uniform(random, 1, 1)), gru, batched);
        int soft = graph.add(new ActivationLayer.StepSoftmax("soft"), seen);
        int all = graph.add(new Merge("all", Merge.Kind.MULTIPLY), gru, soft);
        int pooled = graph.add(new GlobalPooling1D("pooled", GlobalPooling1D.Kind.MAX), all);
        Graph model = graph.build(graph.add(new Dense("dense", new DenseWeights(size, 3, Activation.SOFTMAX,
                uniform(random, 3 * size, 1), uniform(random, 3, 1))), pooled));
        ModelInput input = ModelInput.features(batch, 6, uniform(random, batch * 6 * 4, 1));
        TargetValues targets = TargetValues.ofLabels(random.ints(batch, 0, 3).toArray());
        assertSameBits(model, input, targets, seed);
    }

    private static void assertSameBits(Graph model, ModelInput input, TargetValues targets, long seed) {
        try (Backpropagation expected = new Backpropagation(model, new PortableGruKernel(), 1);
                Backpropagation actual = new Backpropagation(model, new SimdGruKernel(), 1)) {
            LossSums result = expected.lossAndGradients(input, targets, LossFunction.CATEGORICAL_CROSS_ENTROPY, seed);
            assertEquals(result, actual.lossAndGradients(input, targets, LossFunction.CATEGORICAL_CROSS_ENTROPY, seed));
            Map<String, float[]> gradients = actual.gradients();
            assertEquals(expected.gradients().keySet(), gradients.keySet());
            expected.gradients().forEach((name, values) -> assertArrayEquals(values, gradients.get(name), name));
        }
    }
}
