package dev.gru.format.keras;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.gru.format.KerasReader;
import dev.gru.format.ModelFile;
import dev.gru.format.Safetensors;
import dev.gru.format.fixture.Fixtures;
import dev.gru.kernel.PortableGruKernel;
import dev.gru.layer.Graph;
import dev.gru.layer.ModelInput;
import dev.gru.layer.Shape;
import dev.gru.train.BatchTrainer;
import dev.gru.train.Loss;
import dev.gru.train.Optimizer.Adam;
import dev.gru.train.Targets;
import dev.gru.train.math.AdamFormula;
import dev.gru.train.math.LossFunction;
import dev.gru.train.math.Parameters;
import dev.gru.train.math.TargetValues;
import dev.gru.train.network.Backpropagation;
import dev.gru.train.reference.ScalarBackpropagation;
import dev.gru.train.reference.ScalarGradients;
import dev.gru.train.reference.ScalarInput;
import dev.gru.train.reference.ScalarOptimizerState;
import dev.gru.weights.Precision;

/**
 * Training of the graphs that people publish goes as it went in Keras: the same gradients and moving averages after the
 * first step, the same losses step after step, and the same weights in the end.
 */
class KerasGraphTrainingTest {
    private static final double LEARNING_RATE = 0.001;
    /** What Keras's gradients and ours may differ by, of the largest element of an array, and where all are 0. */
    private static final double GRADIENT = 1e-4;
    private static final double NONE = 1e-7;
    private static final double LOSS = 1e-4;
    private static final double WEIGHT = 1e-4;

    private record Case(String name, Loss loss, Safetensors io, Graph initial) {
        static Case of(String name, Loss loss) throws IOException {
            return new Case(name, loss, Safetensors.read(file(name, "io.safetensors")), read(name, "initial"));
        }

        private static Path file(String name, String file) {
            return Fixtures.file("keras/training_graphs/" + name + "/" + file);
        }

        static Graph read(String name, String model) throws IOException {
            return KerasReader.read(file(name, model + ".keras"));
        }

        ModelInput input() throws IOException {
            ModelInput input = null;
            for (int i = 0; i < initial.inputs().size(); i++) {
                Shape shape = initial.inputs().get(i).shape();
                Safetensors.Tensor x = io.tensor("x" + i);
                int batch = x.shape()[0];
                ModelInput next = switch (shape.kind()) {
                    case TOKENS -> ModelInput.tokens(batch, x.shape()[1], x.ints());
                    case SEQUENCE -> ModelInput.features(batch, x.shape()[1], x.floats());
                    case VECTOR -> ModelInput.vector(batch, x.floats());
                };
                input = input == null ? next : input.and(next);
            }
            return input;
        }

        private double[] values(int output) throws IOException {
            float[] t = io.tensor("t" + output).floats();
            return IntStream.range(0, t.length).mapToDouble(i -> t[i]).toArray();
        }

        List<TargetValues> targetValues() throws IOException {
            List<TargetValues> targets = new ArrayList<>();
            for (int i = 0; i < initial.outputs().size(); i++) {
                targets.add(loss == Loss.CATEGORICAL_CROSS_ENTROPY
                        ? TargetValues.ofLabels(io.tensor("t" + i).ints())
                        : TargetValues.ofValues(values(i)));
            }
            return targets;
        }

        Targets targets() throws IOException {
            Targets targets = null;
            for (int i = 0; i < initial.outputs().size(); i++) {
                Targets next = loss == Loss.CATEGORICAL_CROSS_ENTROPY
                        ? Targets.labels(io.tensor("t" + i).ints())
                        : Targets.values(values(i));
                targets = targets == null ? next : targets.and(next);
            }
            return targets;
        }

        LossFunction function() {
            return LossFunction.valueOf(loss.name());
        }

        float[] losses() throws IOException {
            return io.tensor("loss").floats();
        }
    }

    @ParameterizedTest
    @CsvSource({"conv_valid_stride, BINARY_CROSS_ENTROPY", "normalised, MEAN_SQUARED_ERROR",
            "residual, MEAN_SQUARED_ERROR", "noise_suppression, BINARY_CROSS_ENTROPY",
            "two_pools, BINARY_CROSS_ENTROPY",
            "masked_attention, CATEGORICAL_CROSS_ENTROPY", "series_and_static, MEAN_SQUARED_ERROR"})
    void firstGradientsAndMovingAveragesAgree(String name, Loss loss) throws IOException {
        Case of = Case.of(name, loss);
        Parameters expected = Parameters.of(Case.read(name, "gradients"));
        Parameters parameters = Parameters.of(of.initial);
        ScalarGradients gradients = new ScalarGradients(parameters);
        ScalarBackpropagation scalar = new ScalarBackpropagation(of.initial);
        assertEquals(of.losses()[0], scalar.lossAndGradients(parameters, ScalarInput.of(of.input()), of.function(),
                of.targetValues(), new Random(0), gradients), LOSS);
        scalar.moveAverages(parameters);
        assertEquals(expected.names(), parameters.names());
        try (Backpropagation fast = new Backpropagation(of.initial, new PortableGruKernel(), 1)) {
            fast.lossAndGradients(of.input(), of.targetValues(), of.function(), 0);
            fast.moveAverages();
            for (String array : expected.names()) {
                boolean learnt = parameters.isLearnt(array);
                float[] inFloats = learnt ? fast.gradients().get(array) : fast.fixed().get(array);
                assertClose(array, expected.get(array), learnt ? gradients.get(array) : parameters.get(array));
                assertClose(array + " in floats", expected.get(array),
                        IntStream.range(0, inFloats.length).mapToDouble(i -> inFloats[i]).toArray());
            }
        }
    }

    private static void assertClose(String what, double[] expected, double[] actual) {
        double largest = 0;
        for (double v : expected) {
            largest = Math.max(largest, Math.abs(v));
        }
        assertArrayEquals(expected, actual, GRADIENT * largest + NONE, what);
    }

    @ParameterizedTest
    @CsvSource({"conv_valid_stride, BINARY_CROSS_ENTROPY", "normalised, MEAN_SQUARED_ERROR",
            "residual, MEAN_SQUARED_ERROR", "noise_suppression, BINARY_CROSS_ENTROPY",
            "two_pools, BINARY_CROSS_ENTROPY",
            "masked_attention, CATEGORICAL_CROSS_ENTROPY", "series_and_static, MEAN_SQUARED_ERROR"})
    void tenStepsOfAdamAgreeInDouble(String name, Loss loss) throws IOException {
        Case of = Case.of(name, loss);
        Parameters parameters = Parameters.of(of.initial);
        ScalarGradients gradients = new ScalarGradients(parameters);
        ScalarBackpropagation scalar = new ScalarBackpropagation(of.initial);
        ScalarOptimizerState adam = new ScalarOptimizerState(new AdamFormula(0, 0.9, 0.999, 1e-7, true));
        for (float expected : of.losses()) {
            gradients.clear();
            assertEquals(expected, scalar.lossAndGradients(parameters, ScalarInput.of(of.input()), of.function(),
                    of.targetValues(), new Random(0), gradients), LOSS);
            scalar.moveAverages(parameters);
            adam.step(parameters, gradients, LEARNING_RATE);
        }
        assertWeights(name, parameters);
    }

    /** On the portable kernel, whose bits those of {@code simd} are; saved and read again. */
    @ParameterizedTest
    @CsvSource({"conv_valid_stride, BINARY_CROSS_ENTROPY", "normalised, MEAN_SQUARED_ERROR",
            "residual, MEAN_SQUARED_ERROR", "noise_suppression, BINARY_CROSS_ENTROPY",
            "two_pools, BINARY_CROSS_ENTROPY",
            "masked_attention, CATEGORICAL_CROSS_ENTROPY", "series_and_static, MEAN_SQUARED_ERROR"})
    void tenStepsOfAdamAgreeInFloats(String name, Loss loss, @TempDir Path folder) throws IOException {
        Case of = Case.of(name, loss);
        try (BatchTrainer trainer = new BatchTrainer(of.initial, loss, new Adam(LEARNING_RATE), "portable", 2)) {
            for (float expected : of.losses()) {
                assertEquals(expected, trainer
                        .step(of.input(), of.targets(), 0, LEARNING_RATE, Double.POSITIVE_INFINITY).loss(), LOSS);
            }
            Path file = folder.resolve("model.safetensors");
            ModelFile.write(trainer.toModel(), file, Precision.FP32);
            assertWeights(name, Parameters.of(trainer.toModel()));
            Parameters again = Parameters.of(ModelFile.read(file));
            Parameters trained = Parameters.of(trainer.toModel());
            trained.names().forEach(array -> assertArrayEquals(trained.get(array), again.get(array), array));
        }
    }

    private static void assertWeights(String name, Parameters actual) throws IOException {
        Parameters expected = Parameters.of(Case.read(name, "after"));
        assertEquals(expected.names(), actual.names());
        for (String array : expected.names()) {
            assertArrayEquals(expected.get(array), actual.get(array), WEIGHT, array);
        }
    }
}
