package dev.gru.simd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import dev.gru.kernel.GruRunner;
import dev.gru.kernel.PackedGru;
import dev.gru.kernel.ThreadTeam;
import dev.gru.weights.GruVariant;
import dev.gru.weights.Precision;

/** A large layer whose steps are shared among a team has the bits that it has on one thread. */
class SimdTeamTest {
    private static final int STEPS = 19;

    static Stream<Arguments> cases() {
        return Stream.concat(usual(), Stream.of(GruVariant.values())
                .map(variant -> Arguments.of(Precision.FP32, new GruCase(variant, GruCases.OTHERS, 301, 333, 3, STEPS,
                        0.1f, 1, 0, GruCase.Masking.HOLES, 5))));
    }

    private static Stream<Arguments> usual() {
        return Stream.of(GruVariant.values())
                .flatMap(variant -> Stream.of(Precision.values())
                        .flatMap(precision -> Stream.of(1, 3)
                                .flatMap(batch -> Stream.of(GruCase.Masking.NONE, GruCase.Masking.HOLES)
                                        .map(masking -> Arguments.of(precision, new GruCase(variant, 301, 333, batch,
                                                STEPS, 0.1f, 1, 0, masking, 5))))));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aTeamHasTheBitsOfOneThread(Precision precision, GruCase layer) {
        PackedGru packed = new SimdGruKernel().pack(layer.weights(), precision, Arena.ofAuto());
        float[] expectedState = layer.state();
        float[] expected = run(layer, packed.newRunner(layer.batch()), expectedState);
        for (int threads = 2; threads <= 3; threads++) {
            try (ThreadTeam team = new ThreadTeam(threads)) {
                GruRunner runner = packed.newRunner(layer.batch(), team, Arena.ofAuto());
                float[] state = layer.state();
                assertArrayEquals(expected, run(layer, runner, state));
                assertArrayEquals(expectedState, state);

                // Called from inside a task, the team is at work already, and the thread is on its own.
                float[] alone = layer.state();
                assertTrue(team.tryRun(member -> {
                    if (member == 0) {
                        assertArrayEquals(expected, run(layer, runner, alone));
                    }
                }));
                assertArrayEquals(expectedState, alone);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aTeamStepsAsOneThreadDoes(Precision precision, GruCase layer) {
        PackedGru packed = new SimdGruKernel().pack(layer.weights(), precision, Arena.ofAuto());
        try (ThreadTeam team = new ThreadTeam(2)) {
            GruRunner alone = packed.newRunner(1);
            GruRunner shared = packed.newRunner(1, team, Arena.ofAuto());
            float[] expected = Arrays.copyOf(layer.state(), packed.stateSize());
            float[] state = expected.clone();
            for (int t = 0; t < STEPS; t++) {
                float[] x = Arrays.copyOfRange(layer.x(), t * layer.inputSize(), (t + 1) * layer.inputSize());
                alone.forwardStep(x, expected, expected);
                shared.forwardStep(x, state, state);
                assertArrayEquals(expected, state);
            }
        }
    }

    private static float[] run(GruCase layer, GruRunner runner, float[] state) {
        float[] y = new float[layer.batch() * STEPS * layer.hiddenSize()];
        runner.forwardBatch(layer.batch(), STEPS, layer.x(), layer.mask(), state, y);
        return y;
    }
}
