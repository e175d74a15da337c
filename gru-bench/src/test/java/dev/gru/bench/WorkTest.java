package dev.gru.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

import dev.gru.bench.model.WholeModel;

class WorkTest {

    @Test
    void layersAndModelsAreToldApart() {
        assertEquals(new LayerWork(100, 32, 256, 64), Work.parse("100x32:256x64"));
        assertEquals(new ModelWork(29, 1, WholeModel.WAKE_WORD), Work.parse("29x1:wake-word"));
        assertEquals("29x1:wake-word", Work.parse("29x1:wake-word").parameter());
        assertEquals("29×1, wake-word", Work.parse("29x1:wake-word").toString());
    }

    @Test
    void whatIsNeitherIsRefused() {
        for (String text : new String[]{"", ":", "article", "0x1:article", "1x1:", "1x1:none", "1x:article"}) {
            assertThrows(IllegalArgumentException.class, () -> Work.parse(text), text);
        }
    }
}
