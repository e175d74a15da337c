package dev.gru.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;

import org.junit.jupiter.api.Test;

import dev.gru.layer.Layer;
import dev.gru.weights.Precision;

/** Both benchmarks load the same model. */
class LoadBenchmarkTest {

    @Test
    void whatIsConvertedIsWhatCame() throws IOException {
        LoadBenchmark.AsItCame original = new LoadBenchmark.AsItCame();
        original.file = "tagger";
        LoadBenchmark.Converted converted = new LoadBenchmark.Converted();
        converted.file = "tagger";
        converted.precision = Precision.FP32;
        original.find();
        converted.convert();
        try {
            LoadBenchmark benchmark = new LoadBenchmark();
            assertEquals(benchmark.asItCame(original).toString(), benchmark.converted(converted).toString());
        } finally {
            original.remove();
            converted.remove();
        }
    }

    @Test
    void theLargeModelHasTheSizeThatIsSaidOfIt() {
        assertEquals(10.6,
                Math.round(LoadBenchmark.large().layers().stream().mapToLong(Layer::parameterCount).sum() * 4 / 1e5)
                        / 10.0);
    }
}
