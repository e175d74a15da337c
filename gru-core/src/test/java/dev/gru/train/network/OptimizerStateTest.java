package dev.gru.train.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.gru.kernel.KernelSelection;
import dev.gru.kernel.RandomWeights;
import dev.gru.kernel.ThreadTeam;
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
import dev.gru.train.reference.ScalarGradients;
import dev.gru.train.reference.ScalarOptimizerState;
import dev.gru.weights.Activation;
import dev.gru.weights.GruVariant;

/** Steps in float go where the reference goes, with the same bits however they are shared out. */
class OptimizerStateTest {
    private static final int VOCABULARY = 500;
    private static final int CLASSES = 4;
    private static final int STEPS = 5;
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
            OptimizerState state = new OptimizerState(optimizer, network.arrays());
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
                OptimizerState ofOne = new OptimizerState(optimizer, one.arrays());
                OptimizerState ofOther = new OptimizerState(optimizer, other.arrays());
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
                OptimizerState state = new OptimizerState(optimizer, network.arrays());
                int kept = optimizer.kept().size();
                float[] values = table.values().clone();
                float[][] all = new float[kept][values.length];
                for (int i = 0; i < STEPS; i++) {
                    step(network, state, Double.POSITIVE_INFINITY, null);
                    optimizer.step(0.02, i + 1).update(values, table.gradient(), 1, all, 0,
                            values.length);
                    assertArrayEquals(values, table.values());
                }
            }
        }
    }

    @Test
    void aBoundOnTheNormKeepsTheDirection() {
        try (Backpropagation free = network(); Backpropagation bounded = network()) {
            OptimizerFormula sgd = new SgdFormula(0);
            OptimizerState state = new OptimizerState(sgd, free.arrays());
            gradients(free, 0);
            double norm = state.globalNorm(null);
            state.step(0.02, norm * 2, null);
            free.weightsChanged();
            OptimizerState half = new OptimizerState(sgd, bounded.arrays());
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
            OptimizerState state = new OptimizerState(optimizer, through.arrays());
            OptimizerState before = new OptimizerState(optimizer, first.arrays());
            for (int i = 0; i < STEPS; i++) {
                step(through, state, 1, null);
                step(first, before, 1, null);
            }
            Map<String, Map<String, float[]>> kept = before.kept();
            assertEquals(optimizer.kept(), List.copyOf(kept.keySet()));
            try (Backpropagation second = new Backpropagation(first.toModel(), KernelSelection.named("portable"), 1)) {
                OptimizerState after = new OptimizerState(optimizer, second.arrays());
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
