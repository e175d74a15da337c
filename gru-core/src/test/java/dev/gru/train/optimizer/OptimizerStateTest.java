package dev.gru.train.optimizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.gru.kernel.KernelSelection;
import dev.gru.kernel.RandomWeights;
import dev.gru.kernel.ThreadTeam;
import dev.gru.kernel.training.Largest;
import dev.gru.kernel.training.TrainingKernel;
import dev.gru.layer.Graph;
import dev.gru.layer.ModelInput;
import dev.gru.layer.Sequential;
import dev.gru.train.math.AdamFormula;
import dev.gru.train.math.LossFunction;
import dev.gru.train.math.LossSums;
import dev.gru.train.math.OptimizerFormula;
import dev.gru.train.math.Parameters;
import dev.gru.train.math.SgdFormula;
import dev.gru.train.math.TargetValues;
import dev.gru.train.network.Backpropagation;
import dev.gru.train.network.WeightArray;
import dev.gru.train.reference.ScalarGradients;
import dev.gru.train.reference.ScalarOptimizerState;
import dev.gru.weights.Activation;
import dev.gru.weights.GruVariant;

/** Steps in float go where the reference goes, with the same bits however they are shared out. */
class OptimizerStateTest {
    private static final int VOCABULARY = 500;
    private static final int CLASSES = 4;
    private static final int STEPS = 5;
    private static final TrainingKernel KERNEL = KernelSelection.named("portable").training();
    private static final LossFunction LOSS = LossFunction.CATEGORICAL_CROSS_ENTROPY;

    /** A table of several blocks, whose rows do not divide a block, and small arrays. */
    private static Graph model() {
        int features = 70;
        return Sequential.builder()
                .embedding(VOCABULARY, features, RandomWeights.floats(VOCABULARY * features, new Random(1)))
                .gru(RandomWeights.gru(GruVariant.RESET_AFTER, features, 3, 2)).returnSequences()
                .dense(RandomWeights.dense(3, CLASSES, Activation.SOFTMAX, 3)).build();
    }

    static List<OptimizerFormula> optimizers() {
        return List.of(new AdamFormula(0, 0.9, 0.999, 1e-7, true), new AdamFormula(0.3, 0.5, 0.9, 1e-3, false),
                new SgdFormula(0), new SgdFormula(0.9));
    }

    private static LossSums gradients(Backpropagation network, int step) {
        Random random = new Random(step);
        return network.lossAndGradients(ModelInput.tokens(3, 4, random.ints(12, 0, VOCABULARY).toArray()),
                TargetValues.ofLabels(random.ints(12, 0, CLASSES).toArray()), LOSS, step);
    }

    private static Backpropagation network() {
        return new Backpropagation(model(), KernelSelection.named("portable"), 1);
    }

    private static void step(Backpropagation network, OptimizerState state, double maxNorm, ThreadTeam team) {
        gradients(network, (int) state.steps());
        state.step(0.02, maxNorm, team);
        network.weightsChanged();
    }

    private static void assertSameBits(Parameters expected, Parameters actual) {
        for (String name : expected.names()) {
            assertArrayEquals(expected.get(name), actual.get(name), name);
        }
    }

    /**
     * Each step rounds an element to a float a few times, all of them to values not much larger than the largest weight
     * or than what a step moves it by.
     */
    @ParameterizedTest
    @MethodSource("optimizers")
    void stepsAgreeWithTheReference(OptimizerFormula optimizer) {
        double maxNorm = 0.05;
        try (Backpropagation network = network()) {
            OptimizerState state = new OptimizerState(optimizer, network.arrays(), KERNEL);
            ScalarOptimizerState scalar = new ScalarOptimizerState(optimizer);
            Parameters expected = network.parameters();
            for (int step = 0; step < STEPS; step++) {
                gradients(network, step);
                Map<String, float[]> gradients = network.gradients();
                double norm = norm(gradients, expected);
                assertEquals(norm, state.globalNorm(null), 1e-12);
                scalar.step(expected, scaled(gradients, expected, norm > maxNorm ? maxNorm / norm : 1), 0.02);
                state.step(0.02, maxNorm, null);
                network.weightsChanged();
            }
            for (String name : expected.names()) {
                double[] before = Parameters.of(model()).get(name);
                double[] wanted = expected.get(name);
                double[] actual = network.parameters().get(name);
                for (int i = 0; i < wanted.length; i++) {
                    double size = Math.abs(before[i]) + Math.abs(wanted[i] - before[i]) + 0.02;
                    assertEquals(wanted[i], actual[i], STEPS * 8 * Math.ulp(1f) * size, name + "[" + i + "]");
                }
            }
        }
    }

    private static double norm(Map<String, float[]> gradients, Parameters of) {
        double sum = 0;
        for (String name : of.names()) {
            for (float g : gradients.get(name)) {
                sum += (double) g * g;
            }
        }
        return Math.sqrt(sum);
    }

    /** Gradients that are shorter in the same direction, and the squares of the terms that go with them. */
    private static ScalarGradients scaled(Map<String, float[]> gradients, Parameters of, double factor) {
        ScalarGradients scaled = new ScalarGradients(of);
        for (String name : of.names()) {
            float[] from = gradients.get(name);
            Arrays.setAll(scaled.get(name), i -> factor * from[i]);
            float[] squares = gradients.get(name + Parameters.SQUARES);
            if (squares != null) {
                Arrays.setAll(scaled.squares(name), i -> factor * factor * squares[i]);
            }
        }
        return scaled;
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void threadsDoNotChangeABit(int threads) {
        for (OptimizerFormula optimizer : optimizers()) {
            try (Backpropagation one = network();
                    Backpropagation other = network();
                    ThreadTeam team = new ThreadTeam(threads)) {
                OptimizerState ofOne = new OptimizerState(optimizer, one.arrays(), KERNEL);
                OptimizerState ofOther = new OptimizerState(optimizer, other.arrays(), KERNEL);
                for (int i = 0; i < STEPS; i++) {
                    step(one, ofOne, 0.05, null);
                    step(other, ofOther, 0.05, team);
                }
                assertEquals(ofOne.globalNorm(null), ofOther.globalNorm(team));
                assertSameBits(one.parameters(), other.parameters());
            }
        }
    }

    @Test
    void rowsThatWereNotTouchedMoveAsIfTheirGradientHadBeenRead() {
        for (OptimizerFormula optimizer : optimizers()) {
            try (Backpropagation network = network()) {
                WeightArray table = network.arrays().stream().filter(WeightArray::isTable).findFirst().orElseThrow();
                OptimizerState state = new OptimizerState(optimizer, network.arrays(), KERNEL);
                int kept = optimizer.kept().size();
                float[] values = table.values().clone();
                float[][] all = new float[kept][values.length];
                for (int i = 0; i < STEPS; i++) {
                    step(network, state, Double.POSITIVE_INFINITY, null);
                    optimizer.step(0.02, i + 1).update(KERNEL, values.length, values, all, 0, table.gradient(),
                            null, 0, 1);
                    assertArrayEquals(values, table.values());
                }
            }
        }
    }

    /** More steps than are ever deferred, with values and averages that nobody asks for on the way. */
    @ParameterizedTest
    @MethodSource("optimizers")
    void rowsThatCatchUpHaveTheBitsOfStepsMadeAtOnce(OptimizerFormula optimizer) {
        try (Backpropagation network = network(); Backpropagation watched = network()) {
            OptimizerState state = new OptimizerState(optimizer, network.arrays(), KERNEL);
            OptimizerState atOnce = new OptimizerState(optimizer, watched.arrays(), KERNEL);
            for (int i = 0; i < 150; i++) {
                step(network, state, 0.05, null);
                step(watched, atOnce, 0.05, null);
                watched.arrays().forEach(WeightArray::values);
            }
            assertSameBits(watched.parameters(), network.parameters());
            Map<String, Map<String, float[]>> kept = state.kept();
            atOnce.kept().forEach((what, all) -> all
                    .forEach((name, values) -> assertArrayEquals(values, kept.get(what).get(name), what + name)));
        }
    }

    /** Rows without a gradient too: a decay that is more than the whole weight makes them grow. */
    @Test
    void aWeightThatIsNoLongerFiniteIsFoundInTheStepThatMadeIt() {
        double rate = 1e4;
        OptimizerFormula adam = new AdamFormula(1, 0.9, 0.999, 1e-7, true);
        try (Backpropagation network = network()) {
            WeightArray table = network.arrays().stream().filter(WeightArray::isTable).findFirst().orElseThrow();
            OptimizerState state = new OptimizerState(adam, List.of(table), KERNEL);
            float largest = Largest.of(table.values(), 0, table.values().length, 0);
            for (int i = 0; Float.isFinite(largest); i++) {
                assertEquals(Optional.empty(), state.firstNotFinite(), "step " + i);
                state.step(rate, Double.POSITIVE_INFINITY, null);
                largest = Math.abs(largest * (float) (1 - rate));
            }
            assertTrue(state.firstNotFinite().isPresent());
        }
    }

    @Test
    void aBoundOnTheNormKeepsTheDirection() {
        try (Backpropagation free = network(); Backpropagation bounded = network()) {
            OptimizerFormula sgd = new SgdFormula(0);
            OptimizerState state = new OptimizerState(sgd, free.arrays(), KERNEL);
            gradients(free, 0);
            double norm = state.globalNorm(null);
            state.step(0.02, norm * 2, null);
            free.weightsChanged();
            OptimizerState half = new OptimizerState(sgd, bounded.arrays(), KERNEL);
            gradients(bounded, 0);
            half.step(0.04, norm / 2, null);
            bounded.weightsChanged();
            // Half the gradient at twice the rate: powers of two, so but for the norm's own rounding it is the same.
            for (String name : free.parameters().names()) {
                assertArrayEquals(free.parameters().get(name), bounded.parameters().get(name), 1e-7, name);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void whatWasKeptGoesOn(OptimizerFormula optimizer) {
        try (Backpropagation through = network(); Backpropagation first = network()) {
            OptimizerState state = new OptimizerState(optimizer, through.arrays(), KERNEL);
            OptimizerState before = new OptimizerState(optimizer, first.arrays(), KERNEL);
            for (int i = 0; i < STEPS; i++) {
                step(through, state, 1, null);
                step(first, before, 1, null);
            }
            Map<String, Map<String, float[]>> kept = before.kept();
            assertEquals(optimizer.kept(), List.copyOf(kept.keySet()));
            try (Backpropagation second = new Backpropagation(first.toModel(), KernelSelection.named("portable"), 1)) {
                OptimizerState after = new OptimizerState(optimizer, second.arrays(), KERNEL);
                after.restore(before.steps(), kept);
                for (int i = 0; i < STEPS; i++) {
                    step(through, state, 1, null);
                    step(second, after, 1, null);
                }
                assertSameBits(through.parameters(), second.parameters());
            }
        }
    }
}
