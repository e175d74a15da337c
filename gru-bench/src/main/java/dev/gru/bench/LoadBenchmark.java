package dev.gru.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import dev.gru.GruModel;
import dev.gru.ModelOptions;
import dev.gru.format.ModelFile;
import dev.gru.format.ModelReader;
import dev.gru.kernel.KernelSelection;
import dev.gru.layer.Graph;
import dev.gru.layer.Sequential;
import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;
import dev.gru.weights.GruVariant;
import dev.gru.weights.Precision;

/**
 * How long does it take to read, check and pack a model file, in its original format and in the library's own? The file
 * is in the page cache of the operating system.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class LoadBenchmark {
    /** A tagger of the same sizes as the demonstration's, written by Keras. */
    private static final String KERAS = "tagger.keras";

    /** The parameter that selects it. */
    private static final String TAGGER = "tagger";

    /**
     * The parameter that selects random weights in the shapes of a larger tagger, 10.6 MB, in the library's own format
     * only.
     */
    private static final String LARGE = "large";

    private static Path copyOfTagger() throws IOException {
        Path copy = Files.createTempFile("tagger", ".keras");
        try (InputStream in = LoadBenchmark.class.getResourceAsStream(KERAS)) {
            Files.write(copy, in.readAllBytes());
        }
        return copy;
    }

    /** A model file in its original format. */
    @State(Scope.Thread)
    public static class AsItCame {
        /** {@value LoadBenchmark#TAGGER}, or the path of a model file of any format. */
        @Param(TAGGER)
        public String file;

        private Path path;
        private ModelOptions options;

        /** Finds the file. */
        @Setup
        public void find() throws IOException {
            path = file.equals(TAGGER) ? copyOfTagger() : Path.of(file);
            options = options();
        }

        /** Removes a copy. */
        @TearDown
        public void remove() throws IOException {
            if (file.equals(TAGGER)) {
                Files.delete(path);
            }
        }
    }

    /** A model in a file of the library's own. */
    @State(Scope.Thread)
    public static class Converted {
        /** {@value LoadBenchmark#TAGGER}, {@value LoadBenchmark#LARGE}, or the path of a model file of any format. */
        @Param({TAGGER, LARGE})
        public String file;

        /** The precision of the weights in the file. */
        @Param("FP32")
        public Precision precision;

        private Path path;
        private ModelOptions options;

        /** Converts the file. */
        @Setup
        public void convert() throws IOException {
            path = Files.createTempFile("converted", ".safetensors");
            ModelFile.write(file.equals(LARGE) ? large() : read(), path, precision);
            options = options();
        }

        private Graph read() throws IOException {
            if (!file.equals(TAGGER)) {
                return ModelReader.read(Path.of(file));
            }
            Path copy = copyOfTagger();
            try {
                return ModelReader.read(copy);
            } finally {
                Files.delete(copy);
            }
        }

        /** Removes the converted file. */
        @TearDown
        public void remove() throws IOException {
            Files.delete(path);
        }
    }

    private static ModelOptions options() {
        return ModelOptions.defaults().withKernel(KernelSelection.best().name());
    }

    /** Returns a model of 10,000 words, 256 features each, two GRU layers of 64 units and ten classes. */
    static Graph large() {
        int vocabulary = 10_000;
        int features = 256;
        int units = 64;
        int classes = 10;
        Random random = new Random(20);
        return Sequential.builder()
                .embedding(vocabulary, features, LayerShape.uniform(random, vocabulary * features, 1)).maskZero()
                .gru(new LayerShape(features, units).weights(GruVariant.RESET_AFTER)).returnSequences()
                .gru(new LayerShape(units, units).weights(GruVariant.RESET_AFTER)).returnSequences()
                .timeDistributed(new DenseWeights(units, classes, Activation.SOFTMAX,
                        LayerShape.uniform(random, units * classes, 1), new float[classes]))
                .build();
    }

    /** The file in its original format. */
    @Benchmark
    public List<?> asItCame(AsItCame model) throws IOException {
        return load(model.path, model.options);
    }

    /** The same model in the library's own format. */
    @Benchmark
    public List<?> converted(Converted model) throws IOException {
        return load(model.path, model.options);
    }

    private static List<?> load(Path path, ModelOptions options) throws IOException {
        try (GruModel model = GruModel.load(path, options)) {
            return model.layers().layers();
        }
    }
}
