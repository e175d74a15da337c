package dev.gru.format;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gru.GruModel;
import dev.gru.ModelOptions;
import dev.gru.layer.Sequential;

/** What a file may take, as the documentation of this package has it. */
final class Justified {
    private static final long PER_BYTE = 512;
    private static final long ANYWAY = 16 << 20;

    private Justified() {
    }

    /** Fails if more bytes were allocated than a file of a size justifies, to read it and to use it. */
    static void require(long allocated, int size) {
        assertTrue(allocated <= ANYWAY + PER_BYTE * size, () -> allocated + " bytes allocated for " + size);
    }

    /** Does with a model what everybody does: packs it, prints it, and takes a step if it can. */
    static void use(Sequential layers) {
        try (GruModel model = GruModel.of(layers, ModelOptions.defaults().withKernel("portable"))) {
            assertTrue(model.summary().contains("Total params"));
            if (layers.wholeSequences().isPresent()) {
                return;
            }
            float[] y = new float[model.outputSize()];
            if (model.takesTokens()) {
                model.newSession().step(0, y);
            } else {
                model.newSession().step(new float[model.inputSize()], y);
            }
        }
    }
}
