package dev.gru.bench.peer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import dev.gru.kernel.GruRunner;
import dev.gru.kernel.KernelSelection;
import dev.gru.kernel.PackedGru;
import dev.gru.weights.Gate;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;
import dev.gru.weights.Precision;

/** All contenders of this build compute the same layer: with the profile {@code peers}, the peers too. */
class ContendersTest {

    /** The largest relative error of rounding to the 8 significant bits of bfloat16. */
    private static final double BF16_ROUNDING = 0x1p-8;

    private static final int ONE_STREAM = 1;

    /** The size of a layer and of the work: {@code steps} × {@code batch}, {@code inputs} → {@code units}. */
    record Shape(int steps, int batch, int inputs, int units) {
        GruWeights weights(Random random) {
            float scale = (float) (1 / Math.sqrt(units));
            int rows = Gate.COUNT * units;
            return new GruWeights(GruVariant.RESET_AFTER, inputs, units, uniform(random, rows * inputs, scale),
                    uniform(random, rows * units, scale), uniform(random, rows, scale), uniform(random, rows, scale));
        }

        @Override
        public String toString() {
            return steps + "×" + batch + ", " + inputs + "→" + units;
        }
    }

    private static final List<Shape> SHAPES = List.of(new Shape(1, 1, 16, 16), new Shape(1, 1, 37, 41),
            new Shape(1, 3, 8, 24), new Shape(5, 3, 24, 40), new Shape(20, 1, 64, 64), new Shape(4, 32, 48, 64));

    static Stream<Arguments> contendersAndShapes() {
        return Contenders.all().stream()
                .flatMap(contender -> SHAPES.stream().map(shape -> Arguments.of(contender.name(), shape)));
    }

    @Test
    void theLibraryItselfComesFirstInEveryPrecision() {
        List<String> ours = Contenders.all().stream().filter(Contender::isOurs).map(Contender::name).toList();
        assertEquals(List.of("gru", "gru bf16"), ours);
        assertTrue(Contenders.all().subList(0, ours.size()).stream().allMatch(Contender::isOurs));
    }

    @Test
    void anUnknownNameIsAnsweredWithThoseThatThereAre() {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> Contenders.named("abacus"));
        assertTrue(e.getMessage().contains("gru bf16"), e.getMessage());
        assertTrue(e.getMessage().contains("abacus"), e.getMessage());
    }

    /** Each step is held to the reference's step from the contender's own states before it, so errors do not add up. */
    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("contendersAndShapes")
    void everyStepIsWithinTheBoundOfTheReference(String name, Shape shape) {
        Contender contender = Contenders.named(name);
        // This library keeps only weights in bfloat16; a peer may keep everything that is stored.
        Precision storage = contender.isOurs() ? Precision.FP32 : contender.precision();
        Random random = new Random(7);
        GruWeights weights = shape.weights(random);
        float[] x = uniform(random, shape.batch * shape.steps * shape.inputs, 1);
        float[] h0 = uniform(random, shape.batch * shape.units, 1);
        float[] y = new float[shape.batch * shape.steps * shape.units];
        float[] hn = new float[shape.batch * shape.units];
        try (PreparedLayer layer = contender.prepare(weights, shape.batch, shape.steps)) {
            layer.set(x, h0);
            layer.run();
            layer.run();
            layer.set(x, h0);
            layer.run();
            layer.get(y, hn);
        }

        GruWeights kept = weights.rounded(contender.precision());
        StepErrorBound bound = new StepErrorBound(kept, storage == Precision.BF16 ? BF16_ROUNDING : 0);
        try (Arena arena = Arena.ofConfined()) {
            PackedGru reference = KernelSelection.named("scalar").pack(kept, arena);
            GruRunner runner = reference.newRunner(ONE_STREAM);
            float[] expected = new float[shape.units];
            for (int row = 0; row < shape.batch; row++) {
                float[] h = rounded(slice(h0, row, shape.units), storage);
                for (int step = 0; step < shape.steps; step++) {
                    int index = row * shape.steps + step;
                    float[] xStep = rounded(slice(x, index, shape.inputs), storage);
                    float[] actual = slice(y, index, shape.units);
                    runner.forwardStep(xStep, h, expected);
                    for (int unit = 0; unit < shape.units; unit++) {
                        assertEquals(expected[unit], actual[unit], bound.at(unit, xStep, h),
                                "row " + row + ", step " + step + ", unit " + unit);
                    }
                    h = actual;
                }
                assertArrayEquals(h, slice(hn, row, shape.units), "the states after the last step");
            }
        }
    }

    private static float[] slice(float[] values, int index, int length) {
        return Arrays.copyOfRange(values, index * length, (index + 1) * length);
    }

    private static float[] rounded(float[] values, Precision precision) {
        for (int i = 0; i < values.length; i++) {
            values[i] = precision.round(values[i]);
        }
        return values;
    }

    private static float[] uniform(Random random, int length, float scale) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (2 * random.nextFloat() - 1) * scale;
        }
        return values;
    }
}
