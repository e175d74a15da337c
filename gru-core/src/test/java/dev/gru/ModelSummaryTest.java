package dev.gru;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import dev.gru.format.file.ModelFormatException;
import dev.gru.kernel.RandomWeights;
import dev.gru.layer.Dense;
import dev.gru.layer.Graph;
import dev.gru.layer.Sequential;
import dev.gru.layer.Signature.Axis;
import dev.gru.layer.Signature.Port;
import dev.gru.layer.Signature.Role;
import dev.gru.layer.Signature;
import dev.gru.layer.TimeDistributed;
import dev.gru.weights.Activation;
import dev.gru.weights.GruVariant;
import dev.gru.weights.Precision;

/** The table of a model's layers. */
class ModelSummaryTest {
    private final Graph tagger = Sequential.builder()
            .dropout(0.1)
            .embedding(1000, 8, new float[8000]).maskZero()
            .bidirectional(RandomWeights.gru(GruVariant.RESET_AFTER, 8, 6, 1),
                    RandomWeights.gru(GruVariant.RESET_BEFORE, 8, 6, 2))
            .returnSequences()
            .activation(Activation.RELU)
            .gru(RandomWeights.gru(GruVariant.RESET_AFTER, 12, 5, 3))
            .dense(RandomWeights.dense(5, 2, Activation.SOFTMAX, 4))
            .build();

    @Test
    void aSummaryHasTheShapesAndCountsOfKerasAndTheBytesOfThePrecision() {
        // Of Keras's own GRU, 3 · 6 · (8 + 6 + 2) = 288 and 3 · 5 · (12 + 5 + 2) = 285.
        assertEquals("""
                Layer (type)                   Output Shape      Param #
                ========================================================
                dropout (Dropout)              (None, None)            0
                embedding (Embedding)          (None, None, 8)     8,000
                bidirectional (Bidirectional)  (None, None, 12)      576
                activation (Activation)        (None, None, 12)        0
                gru (GRU)                      (None, 5)             285
                dense (Dense)                  (None, 2)              12
                ========================================================
                Total params: 8,873 (34.66 KB)
                Precision: FP32
                Kernel: scalar, 1 thread
                """, Models.scalar(tagger).summary());
    }

    @Test
    void inALowerPrecisionTheWeightsOfProductsTakeLess() {
        try (GruModel model = GruModel.of(tagger,
                ModelOptions.defaults().withKernel(Models.SCALAR).withPrecision(Precision.BF16).withThreads(2))) {
            // 504 + 255 + 10 weights of products at 2 bytes; 8000 of the table, 72 + 30 + 2 biases at 4: 33,954 bytes.
            String summary = model.summary();
            assertEquals("Total params: 8,873 (33.16 KB)\nPrecision: BF16\nKernel: scalar, 2 threads\n",
                    summary.substring(summary.indexOf("Total")));
        }
    }

    @Test
    void aModelOfFeaturesHasNoIds() {
        assertEquals("""
                Layer (type)       Output Shape     Param #
                ===========================================
                masking (Masking)  (None, None, 3)        0
                gru (GRU)          (None, None, 2)       42
                """, Models.scalar(Sequential.builder().masking(0)
                .gru(RandomWeights.gru(GruVariant.RESET_AFTER, 3, 2, 1)).returnSequences().build()).summary()
                .lines().limit(4).map(line -> line + "\n").reduce("", String::concat));
    }

    /** Names come from files, and nothing in one may end the line or speak to the terminal. */
    @Test
    void whateverIsInANameItStaysInItsPlace() {
        String name = "a\nTotal params: 0\u001b[2J\u202e\u009b";
        Dense layer = new Dense(name, RandomWeights.dense(3, 2, Activation.LINEAR, 1));
        Port in = new Port(name, Role.INPUT, 0, 0, List.of(Axis.BATCH, Axis.STEP, Axis.FEATURE));
        Port out = new Port(name, Role.OUTPUT, 0, 2, List.of(Axis.BATCH, Axis.STEP, Axis.FEATURE));
        String printed = "a?Total params: 0?[2J??";
        assertEquals(printed + " (BATCH, STEP, FEATURE)", in.toString());
        try (GruModel model = Models.scalar(new Sequential(List.of(new TimeDistributed(name, layer)),
                new Signature(List.of(in), List.of(out))))) {
            String[] lines = model.summary().split("\n", -1);
            assertEquals(8, lines.length, model.summary());
            assertEquals(printed + " (TimeDistributed)  (None, None, 2)        8", lines[2]);
            String missing = assertThrows(IllegalArgumentException.class, () -> model.run(Map.of())).getMessage();
            assertEquals("array " + printed + " is missing; the model takes " + printed + " (BATCH, STEP, FEATURE)",
                    missing);
        }
        assertEquals("m: " + printed, new ModelFormatException("m: " + name).getMessage());
    }
}
