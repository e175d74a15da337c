package dev.gru.simd;

import static dev.gru.simd.RandomWeights.uniform;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

import dev.gru.GruModel;
import dev.gru.GruSession;
import dev.gru.ModelOptions;
import dev.gru.layer.ActivationLayer;
import dev.gru.layer.Attention;
import dev.gru.layer.Conv1D.Padding;
import dev.gru.layer.Conv1D;
import dev.gru.layer.GlobalPooling1D;
import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer.Direction;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Masking;
import dev.gru.layer.Merge;
import dev.gru.layer.ModelInput;
import dev.gru.layer.Normalization.BatchNormalization;
import dev.gru.layer.Normalization.LayerNormalization;
import dev.gru.layer.Normalization.Learnt;
import dev.gru.layer.Shape;
import dev.gru.layer.Tensor;
import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;
import dev.gru.weights.GruActivations;
import dev.gru.weights.GruVariant;
import dev.gru.weights.Precision;

/** Graphs on this kernel have the bits of the portable one, and of themselves however they are run. */
class SimdGraphProperties {

    @Provide
    Arbitrary<Integer> sizes() {
        return GruCases.sizes();
    }

    private static GruModel model(Graph graph, String kernel, Precision precision, int threads) {
        return GruModel.of(graph,
                ModelOptions.defaults().withKernel(kernel).withPrecision(precision).withThreads(threads));
    }

    private static Conv1D conv(int channels, int filters, int kernelSize, int groups, Random random) {
        int inputs = channels / groups * kernelSize;
        return new Conv1D("conv", channels, kernelSize, new DenseWeights(inputs, filters, Activation.TANH,
                uniform(random, inputs * filters, 0.5f), uniform(random, filters, 0.5f)));
    }

    private static Conv1D anyConv(int channels, int filters, boolean grouped, Random random) {
        int groups = grouped && filters % channels == 0 ? channels : 1;
        Conv1D conv = conv(channels, filters, 1 + random.nextInt(4), groups, random);
        return random.nextBoolean() ? conv : conv.withDilation(1 + random.nextInt(3));
    }

    private static int normalized(Graph.Builder graph, int value, int size, Random random) {
        float[] variance = uniform(random, size, 0.5f);
        for (int i = 0; i < size; i++) {
            variance[i] += 1;
        }
        int batch = graph.add(new BatchNormalization("batch", size, 1e-3f, 0.9f, Learnt.BOTH,
                List.of(uniform(random, size, 1), uniform(random, size, 1), uniform(random, size, 1), variance)),
                value);
        int standard = graph.add(new LayerNormalization("standard", size, 1e-3f, Learnt.CENTER,
                List.of(uniform(random, size, 1))), batch);
        return graph.add(new ActivationLayer("sigmoid", Activation.SIGMOID), standard);
    }

    private static int gru(Graph.Builder graph, int value, int size, int units, Random random) {
        return graph.add(new GruLayer("gru",
                RandomWeights.gru(random, GruVariant.RESET_AFTER, GruActivations.STANDARD, size, units, 0.5f))
                .withReturnSequences(true), value);
    }

    @Property(tries = 80)
    void wholeSequencesHaveTheBitsOfThePortableKernel(@ForAll("sizes") int channels, @ForAll("sizes") int filters,
            @ForAll Padding padding, @ForAll boolean grouped, @ForAll Precision precision,
            @ForAll @IntRange(min = 1, max = 9) int batch, @ForAll @IntRange(min = 10, max = 40) int steps,
            @ForAll long seed) {
        Random random = new Random(seed);
        Graph.Builder graph = new Graph.Builder();
        int x = graph.input("x", Shape.sequence(channels));
        Conv1D layer = anyConv(channels, filters, grouped, random).withPadding(padding);
        int conv = graph.add(layer.dilation() == 1 ? layer.withStride(1 + random.nextInt(3)) : layer, x);
        int normalized = normalized(graph, conv, filters, random);
        int look = graph.add(new Attention("look", Attention.Score.ADDITIVE, uniform(random, filters, 1)), normalized,
                conv);
        int softmax = graph.add(new ActivationLayer.StepSoftmax("softmax"), look);
        Graph all = graph.build(gru(graph, look, filters, 3, random), softmax);
        ModelInput input = ModelInput.features(batch, steps, uniform(random, batch * steps * channels, 1));
        assertBitsOfPortable(all, input, precision, 1 + random.nextInt(3));
    }

    private static List<float[]> assertBitsOfPortable(Graph graph, ModelInput input, Precision precision,
            int threads) {
        try (GruModel simd = model(graph, "simd", precision, threads);
                GruModel portable = model(graph, "portable", precision, 1)) {
            List<float[]> expected = portable.run(input).outputs();
            List<float[]> outputs = simd.run(input).outputs();
            for (int i = 0; i < expected.size(); i++) {
                assertArrayEquals(expected.get(i), outputs.get(i));
            }
            return outputs;
        }
    }

    /** A decoder that begins with a state, is shown a mask or only hands it on, and what looks at the mask behind it. */
    @Property(tries = 80)
    void decodersOfMaskedStepsHaveTheBitsOfThePortableKernel(@ForAll("sizes") int features,
            @ForAll("sizes") int units, @ForAll GruVariant variant, @ForAll Direction direction,
            @ForAll boolean shown, @ForAll boolean zeroOutput, @ForAll Precision precision,
            @ForAll @IntRange(min = 1, max = 9) int batch, @ForAll @IntRange(min = 1, max = 20) int steps,
            @ForAll long seed) {
        Random random = new Random(seed);
        Graph.Builder graph = new Graph.Builder();
        int x = graph.input("x", Shape.sequence(features));
        int state = graph.input("state", Shape.vector(variant.stateSize(units)));
        int masked = graph.add(new Masking("masking", 0), x);
        GruLayer gru = new GruLayer("gru",
                RandomWeights.gru(random, variant, GruActivations.STANDARD, features, units, 0.5f))
                .withDirection(direction).withZeroOutputForMask(zeroOutput);
        int read = shown ? masked : x;
        int last = graph.add(gru, read, state);
        int decoder = graph.add(new GruLayer("decoder", gru.weights()).withReturnSequences(true)
                .withDirection(direction).withZeroOutputForMask(zeroOutput), read, state);
        int handedOn = graph.add(new Masking.SetMask("set_mask"), decoder, masked);
        int look = graph.add(new Attention("look", Attention.Score.DOT, new float[0]), handedOn, decoder);
        int mean = graph.add(new GlobalPooling1D("mean", GlobalPooling1D.Kind.AVERAGE), handedOn);
        Graph all = graph.build(last, decoder, handedOn, look, mean);
        float[] inputs = uniform(random, batch * steps * features, 1);
        for (int step = 0; step < batch * steps; step++) {
            if (step < steps || random.nextInt(3) == 0) {
                Arrays.fill(inputs, step * features, (step + 1) * features, 0);
            }
        }
        ModelInput input = ModelInput.features(batch, steps, inputs)
                .and(ModelInput.vector(batch, uniform(random, batch * variant.stateSize(units), 1)));
        List<float[]> outputs = assertBitsOfPortable(all, input, precision, 1 + random.nextInt(3));
        assertArrayEquals(outputs.get(1), outputs.get(2));
    }

    @Property(tries = 80)
    void streamsHaveTheBitsOfWholeSequences(@ForAll("sizes") int channels, @ForAll("sizes") int filters,
            @ForAll boolean grouped, @ForAll Precision precision, @ForAll @IntRange(min = 1, max = 70) int steps,
            @ForAll long seed) {
        Random random = new Random(seed);
        Graph.Builder graph = new Graph.Builder();
        int x = graph.input("x", Shape.sequence(channels));
        int conv = graph.add(anyConv(channels, filters, grouped, random).withPadding(Padding.CAUSAL), x);
        int gru = gru(graph, normalized(graph, conv, filters, random), filters, 1 + random.nextInt(20), random);
        int mean = graph.add(new GlobalPooling1D("mean", GlobalPooling1D.Kind.AVERAGE), conv);
        int sum = graph.add(new Merge("sum", Merge.Kind.MULTIPLY), mean, mean);
        Graph all = graph.build(gru, sum);
        int units = all.outputSize();
        float[] features = uniform(random, steps * channels, 1);
        try (GruModel model = model(all, "simd", precision, 1)) {
            List<float[]> whole = model.run(ModelInput.features(1, steps, features)).outputs();
            GruSession session = model.newSession();
            float[] last = new float[filters];
            for (int from = 0, to; from < steps; from = to) {
                to = from + 1 + (random.nextBoolean() ? 0 : random.nextInt(steps - from));
                float[] y = new float[(to - from) * units];
                session.run(to - from,
                        Map.of("x", Tensor.of(Arrays.copyOfRange(features, from * channels, to * channels),
                                to - from, channels)),
                        Map.of("y", Tensor.of(y, to - from, units), "y1", Tensor.of(last, filters)));
                assertArrayEquals(Arrays.copyOfRange(whole.get(0), from * units, to * units), y);
            }
            assertArrayEquals(whole.get(1), last);
        }
    }
}
