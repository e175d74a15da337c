package dev.gru.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.gru.kernel.KernelSelection;
import dev.gru.kernel.PackedGru;
import dev.gru.weights.Precision;

class LayerWorkTest {

    @Test
    void theParameterIsParsedAndPrinted() {
        LayerWork work = new LayerWork(100, 32, 256, 64);
        assertEquals(work, LayerWork.parse("100x32:256x64"));
        assertEquals("100x32:256x64", work.parameter());
        assertEquals("100×32, 256→64", work.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "64x64", "1x1,64x64", "0x1:64x64", "1x1:64x-4", "1x1:64x640000", "1x1:64x64 "})
    void otherFormsAreRefused(String text) {
        String message = assertThrows(IllegalArgumentException.class, () -> LayerWork.parse(text)).getMessage();
        assertTrue(message.endsWith("was " + text), message);
    }

    @ParameterizedTest
    @CsvSource({"gru, FP32, 1x1:5x7", "gru bf16, BF16, 3x2:5x7"})
    void theBenchmarkComputesTheLayer(String contender, Precision precision, String parameter) {
        LayerWork work = LayerWork.parse(parameter);
        PeersBenchmark benchmark = new PeersBenchmark();
        benchmark.contender = contender;
        benchmark.work = parameter;
        benchmark.prepare();
        float[] y = new float[work.batch() * work.steps() * work.hiddenSize()];
        float[] hn = new float[work.batch() * work.hiddenSize()];
        benchmark.run().get(y, hn);
        benchmark.close();
        PackedGru packed = KernelSelection.named("simd").pack(work.weights(), precision, Arena.ofAuto());
        float[] state = new float[hn.length];
        float[] expected = new float[y.length];
        packed.newRunner(work.batch()).forwardBatch(work.batch(), work.steps(), work.inputs(), null, state, expected);
        assertArrayEquals(expected, y);
        assertArrayEquals(state, hn);
    }
}
