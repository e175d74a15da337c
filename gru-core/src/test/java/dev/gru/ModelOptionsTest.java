package dev.gru;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;

import dev.gru.kernel.KernelSelection;
import dev.gru.kernel.RandomWeights;
import dev.gru.layer.Dense;
import dev.gru.layer.Embedding;
import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Sequential;
import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;
import dev.gru.weights.Precision;

/** What {@link ModelOptions} hold, and that a model does as they say. */
class ModelOptionsTest {
    private static final ModelOptions SCALAR = ModelOptions.defaults().withKernel(Models.SCALAR);

    @Test
    void eachOptionIsSetByItself() {
        ModelOptions options = SCALAR.withPrecision(Precision.BF16).withThreads(3);
        assertSame(Models.SCALAR, options.kernel());
        assertEquals(Precision.BF16, options.precision());
        assertEquals(3, options.threads());
        assertEquals("ModelOptions[scalar, BF16, 3 threads]", options.toString());
        assertEquals(Precision.FP32, options.withPrecision(Precision.FP32).precision());
        assertEquals(3, options.withPrecision(Precision.FP32).threads());
        ModelOptions withTables = options.withGateTables(99).withoutLayers().withThreads(3)
                .withPrecision(Precision.BF16)
                .withKernel(Models.SCALAR);
        assertEquals(99, withTables.gateTableBytes());
        assertEquals("ModelOptions[scalar, BF16, tables of gates up to 99 bytes, 3 threads, without layers]",
                withTables.toString());
    }

    @Test
    void theDefaultsAreTheBestKernelFullPrecisionAndTheCallingThread() {
        ModelOptions options = ModelOptions.defaults();
        assertEquals("ModelOptions[best kernel, FP32, 1 thread]", options.toString());
        assertEquals(KernelSelection.best().name(), options.kernel());
        assertEquals(0, options.gateTableBytes());
    }

    @Test
    void whyAKernelRunsIsSaid() {
        assertEquals("GRU kernel: scalar, as the options ask", SCALAR.kernelReason());
        String reason = ModelOptions.defaults().kernelReason();
        assertTrue(reason.startsWith("GRU kernel: " + ModelOptions.defaults().kernel() + ", "), reason);
        try (GruModel model = GruModel.of(Models.features(GruVariant.RESET_AFTER, true), ModelOptions.defaults())) {
            assertEquals(reason, model.kernelReason());
        }
    }

    @Test
    void whatIsNoOptionIsRefused() {
        assertEquals("threads must be from 1 to 1024, was 0",
                assertThrows(IllegalArgumentException.class, () -> SCALAR.withThreads(0)).getMessage());
        assertEquals("maxBytes must be 0 or more, was -1",
                assertThrows(IllegalArgumentException.class, () -> SCALAR.withGateTables(-1)).getMessage());
        assertEquals("name", assertThrows(NullPointerException.class, () -> SCALAR.withKernel(null)).getMessage());
        assertEquals("precision",
                assertThrows(NullPointerException.class, () -> SCALAR.withPrecision(null)).getMessage());
    }

    @Test
    void aModelTellsItsOptions() {
        try (GruModel model = GruModel.of(Models.features(GruVariant.RESET_AFTER, true),
                SCALAR.withPrecision(Precision.BF16).withThreads(2))) {
            assertSame(Models.SCALAR, model.kernel());
            assertEquals(Precision.BF16, model.precision());
            assertEquals(2, model.threads());
        }
    }

    private static Graph layers(Precision ofTable, Precision ofWeights) {
        float[] table = RandomWeights.floats(12, new Random(7));
        for (int i = 0; i < table.length; i++) {
            table[i] = ofTable.round(table[i]);
        }
        GruWeights gru = RandomWeights.gru(GruVariant.RESET_AFTER, 3, 5, 1).rounded(ofWeights);
        DenseWeights dense = RandomWeights.dense(5, 2, Activation.TANH, 2).rounded(ofWeights);
        return new Sequential(
                List.of(new Embedding("table", 4, 3, table), new GruLayer("gru", gru).withReturnSequences(true),
                        new Dense("out", dense)));
    }

    @Test
    void bfloat16RoundsTheWeightsOfGruAndDenseLayersButNoTable() {
        int[] tokens = {1, 2, 3, 0, 2};
        try (GruModel compressed = GruModel.of(layers(Precision.FP32, Precision.FP32),
                SCALAR.withPrecision(Precision.BF16));
                GruModel rounded = Models.scalar(layers(Precision.FP32, Precision.BF16));
                GruModel tableToo = Models.scalar(layers(Precision.BF16, Precision.BF16));
                GruModel full = Models.scalar(layers(Precision.FP32, Precision.FP32))) {
            float[] y = compressed.predict(1, tokens.length, tokens);
            assertArrayEquals(rounded.predict(1, tokens.length, tokens), y);
            assertNotEquals(Arrays.toString(tableToo.predict(1, tokens.length, tokens)), Arrays.toString(y));
            assertNotEquals(Arrays.toString(full.predict(1, tokens.length, tokens)), Arrays.toString(y));
        }
    }
}
