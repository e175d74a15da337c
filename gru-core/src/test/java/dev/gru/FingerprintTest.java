package dev.gru;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.gru.kernel.RandomWeights;
import dev.gru.layer.ActivationLayer.StepSoftmax;
import dev.gru.layer.ActivationLayer;
import dev.gru.layer.Bidirectional.MergeMode;
import dev.gru.layer.Bidirectional;
import dev.gru.layer.Dense;
import dev.gru.layer.Dropout;
import dev.gru.layer.Embedding;
import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer.Direction;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Layer;
import dev.gru.layer.Masking;
import dev.gru.layer.Normalization.UnitNormalization;
import dev.gru.layer.Sequential;
import dev.gru.layer.TimeDistributed;
import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;
import dev.gru.weights.GruActivations;
import dev.gru.weights.GruVariant;
import dev.gru.weights.Precision;

/** Models that put out other things have other fingerprints, and no others have. */
class FingerprintTest {

    private static String of(Layer... layers) {
        return Models.scalar(new Sequential(List.of(layers))).fingerprint();
    }

    private static GruLayer gru(GruVariant variant, GruActivations functions, boolean sequences, Direction direction,
            boolean zeros, long seed) {
        return new GruLayer("gru", RandomWeights.gru(variant, functions, 3, 3, seed)).withReturnSequences(sequences)
                .withDirection(direction).withZeroOutputForMask(zeros);
    }

    private static GruLayer gru(long seed) {
        return gru(GruVariant.RESET_AFTER, GruActivations.STANDARD, true, Direction.FORWARD, false, seed);
    }

    private static Bidirectional both(long forward, long backward, MergeMode merge) {
        return new Bidirectional("b", gru(forward).weights(), gru(backward).weights()).withMerge(merge)
                .withReturnSequences(true);
    }

    private static DenseWeights dense(float bias) {
        return new DenseWeights(3, 2, Activation.TANH, RandomWeights.floats(6, new Random(1)), new float[]{1, bias});
    }

    @Test
    void everythingThatChangesOutputsChangesIt() {
        float[] table = RandomWeights.floats(12, new Random(1));
        List<String> prints = List.of(of(gru(1)), of(gru(2)),
                of(gru(GruVariant.RESET_BEFORE, GruActivations.STANDARD, true, Direction.FORWARD, false, 1)),
                of(gru(GruVariant.RESET_AFTER,
                        new GruActivations(Activation.SIGMOID, Activation.RELU, Float.POSITIVE_INFINITY), true,
                        Direction.FORWARD, false, 1)),
                of(gru(GruVariant.RESET_AFTER, new GruActivations(Activation.SIGMOID, Activation.TANH, 3), true,
                        Direction.FORWARD, false, 1)),
                of(gru(GruVariant.RESET_AFTER, GruActivations.STANDARD, false, Direction.FORWARD, false, 1)),
                of(gru(GruVariant.RESET_AFTER, GruActivations.STANDARD, true, Direction.BACKWARD, false, 1)),
                of(gru(GruVariant.RESET_AFTER, GruActivations.STANDARD, true, Direction.FORWARD, true, 1)),
                of(gru(1), gru(1)), of(gru(1), gru(2)), of(gru(2), gru(1)), of(gru(1), new Masking("m", 0)),
                of(gru(1), new Masking("m", 1)), of(gru(1), new Dense("d", dense(0))),
                of(gru(1), new Dense("d", dense(-0f))), of(gru(1), new Dense("d", dense(Math.nextUp(0f)))),
                of(gru(1), new ActivationLayer("a", Activation.TANH)),
                of(gru(1), new UnitNormalization("u")), of(gru(1), new StepSoftmax("s")),
                of(gru(1), new ActivationLayer("a", Activation.hardSigmoid(0.2f, 0.5f))),
                of(gru(1), new ActivationLayer("a", Activation.hardSigmoid(0.25f, 0.5f))),
                of(new Embedding("e", 4, 3, table), gru(1)),
                of(new Embedding("e", 4, 3, table).withMaskZero(true), gru(1)),
                of(both(1, 2, MergeMode.SUM)),
                of(both(2, 1, MergeMode.SUM)),
                of(both(1, 2, MergeMode.MUL)),
                GruModel.of(new Sequential(List.of(gru(1))),
                        ModelOptions.defaults().withKernel(Models.SCALAR).withPrecision(Precision.BF16))
                        .fingerprint());
        Set<String> different = new HashSet<>(prints);
        assertEquals(prints.size(), different.size());
        assertTrue(prints.stream().allMatch(print -> print.matches("[0-9a-f]{32}")));
    }

    @Test
    void namesAndLayersThatDoNothingDoNotChangeIt() {
        GruLayer other = new GruLayer("other", gru(1).weights()).withReturnSequences(true);
        assertEquals(of(gru(1)), of(other));
        assertEquals(of(gru(1)), of(new Dropout("d", 0.5), gru(1), new ActivationLayer("a", Activation.LINEAR)));
        Dense dense = new Dense("d", dense(0));
        assertEquals(of(gru(1), dense), of(gru(1), new TimeDistributed("t", dense)));
    }

    /** Snapshots and the notes of users have them, so they are the same in every version. */
    @Test
    void thatOfAModelOfAllLayersIsWhatItAlwaysWas() {
        GruActivations functions = new GruActivations(Activation.hardSigmoid(0.2f, 0.5f), Activation.RELU, 3);
        Graph model = new Sequential(List.of(
                new Embedding("words", 5, 3, RandomWeights.ramp(15, 1)).withMaskZero(true), new Masking("skip", 0.5f),
                new Dropout("drop", 0.25),
                new GruLayer("gru", RandomWeights.gru(GruVariant.RESET_BEFORE, functions, 3, 4, 1))
                        .withReturnSequences(true).withDirection(Direction.BACKWARD_AS_READ)
                        .withZeroOutputForMask(true),
                new ActivationLayer("relu", Activation.RELU),
                new TimeDistributed("each", new Dense("inner", RandomWeights.dense(4, 3, Activation.TANH, 2))),
                new Bidirectional("both", RandomWeights.gru(GruVariant.RESET_AFTER, 3, 2, 3),
                        RandomWeights.gru(GruVariant.DUAL_STATE, 3, 4, 4)).withNames("ahead", "back"),
                new Dense("out", RandomWeights.dense(6, 2, Activation.SOFTMAX, 5))));
        ModelOptions options = ModelOptions.defaults().withKernel(Models.SCALAR);
        assertEquals("0e1437173c0f45f6a9d55f730a674699", GruModel.of(model, options).fingerprint());
        assertEquals("90e9ef5f220935850f4b9064af58b432",
                GruModel.of(model, options.withPrecision(Precision.BF16)).fingerprint());
    }

    @Test
    void kernelsThreadsAndFilesDoNotChangeIt(@TempDir Path directory) throws IOException {
        Graph layers = new Sequential(List.of(gru(1), new Dense("d", dense(0))));
        ModelOptions scalar = ModelOptions.defaults().withKernel(Models.SCALAR);
        String expected = GruModel.of(layers, scalar).fingerprint();
        assertEquals(expected,
                GruModel.of(layers, ModelOptions.defaults().withKernel("portable")).fingerprint());
        try (GruModel threads = GruModel.of(layers, scalar.withThreads(2))) {
            assertEquals(expected, threads.fingerprint());
        }
        Path file = directory.resolve("m.safetensors");
        Models.scalar(layers).save(file);
        assertEquals(expected, GruModel.load(file, scalar).fingerprint());
        Models.scalar(layers).save(file, Precision.BF16);
        assertEquals(GruModel.of(layers, scalar.withPrecision(Precision.BF16)).fingerprint(),
                GruModel.load(file, scalar).fingerprint());
    }
}
