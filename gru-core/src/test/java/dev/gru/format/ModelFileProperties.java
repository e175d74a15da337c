package dev.gru.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

import dev.gru.layer.Bidirectional;
import dev.gru.layer.Dense;
import dev.gru.layer.Embedding;
import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Layer;
import dev.gru.layer.TimeDistributed;
import dev.gru.weights.DenseWeights;
import dev.gru.weights.GruWeights;
import dev.gru.weights.Precision;

/** A model comes back with every option and every bit, or with weights that are rounded once, as they are in memory. */
class ModelFileProperties {

    private static void assertComesBack(Graph model, Precision precision) throws IOException {
        Path file = Files.createTempFile("model", ".safetensors");
        Path again = Files.createTempFile("model", ".safetensors");
        try {
            ModelFile.write(model, file, precision);
            Graph read = ModelFile.read(file);
            // Names, sizes and options of all layers.
            assertEquals(model.toString(), read.toString());
            assertEquals(options(model.layers()), options(read.layers()));
            assertEquals(model.signature(), read.signature());
            List<Object> expected = new ArrayList<>();
            model.layers().forEach(layer -> addBits(layer, precision, expected));
            List<Object> found = new ArrayList<>();
            read.layers().forEach(layer -> addBits(layer, Precision.FP32, found));
            assertEquals(expected, found);
            ModelFile.write(read, again, precision);
            assertArrayEquals(Files.readAllBytes(file), Files.readAllBytes(again));
        } finally {
            Files.delete(file);
            Files.delete(again);
        }
    }

    /** Returns what {@code toString} may leave out. */
    private static List<Object> options(List<? extends Layer> layers) {
        List<Object> options = new ArrayList<>();
        for (Layer layer : layers) {
            switch (layer) {
                case Embedding table -> options.add(table.maskZero());
                case GruLayer gru ->
                    options.add(List.of(gru.returnSequences(), gru.direction(), gru.zeroOutputForMask(),
                            gru.weights().variant(), gru.weights().activations()));
                case Bidirectional both -> options.add(List.of(both.merge(),
                        options(List.of(both.forward(), both.backward()))));
                case Dense dense -> options.add(dense.weights().activation());
                case TimeDistributed each -> options.add(options(List.of(each.layer())));
                default -> options.add(layer);
            }
        }
        return options;
    }

    private static void addBits(Layer layer, Precision precision, List<Object> bits) {
        switch (layer) {
            case Embedding table -> bits.add(bits(table.table()));
            case GruLayer gru -> {
                GruWeights weights = gru.weights().rounded(precision);
                bits.addAll(List.of(bits(weights.weightIh()), bits(weights.weightHh()), bits(weights.biasIh()),
                        bits(weights.biasHh())));
            }
            case Bidirectional both -> {
                addBits(both.forward(), precision, bits);
                addBits(both.backward(), precision, bits);
            }
            case Dense dense -> {
                DenseWeights weights = dense.weights().rounded(precision);
                bits.addAll(List.of(bits(weights.weight()), bits(weights.bias())));
            }
            case TimeDistributed each -> addBits(each.layer(), precision, bits);
            default -> {
            }
        }
    }

    private static List<Integer> bits(FloatBuffer values) {
        return IntStream.range(0, values.limit()).mapToObj(i -> Float.floatToRawIntBits(values.get(i))).toList();
    }

    @Property(tries = 300, shrinking = ShrinkingMode.OFF)
    void everyOptionAndEveryBitComesBack(@ForAll Random random) throws IOException {
        assertComesBack(RandomArchitecture.model(random), Precision.FP32);
    }

    @Property(tries = 300, shrinking = ShrinkingMode.OFF)
    void inBfloat16WeightsAreRoundedAsAPackedModelRoundsThem(@ForAll Random random) throws IOException {
        assertComesBack(RandomArchitecture.model(random), Precision.BF16);
    }
}
