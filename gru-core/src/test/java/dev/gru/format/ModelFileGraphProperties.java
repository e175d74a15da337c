package dev.gru.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;

import dev.gru.GruModel;
import dev.gru.ModelOptions;
import dev.gru.format.fixture.Fixtures;
import dev.gru.format.fixture.Mutations;
import dev.gru.format.json.Json;
import dev.gru.format.safetensors.TensorFile;
import dev.gru.format.safetensors.TensorFileWriter;
import dev.gru.graph.RandomGraph;
import dev.gru.layer.Graph;
import dev.gru.layer.ModelInput;
import dev.gru.layer.ModelOutput;
import dev.gru.weights.Precision;

/** Graphs in files of the library's own format: they come back as they were, and damaged ones are read or refused. */
class ModelFileGraphProperties {
    private static final int MOST_STEPS = 12;
    private static final ModelOptions PORTABLE = ModelOptions.defaults().withKernel("portable");

    private static final byte[][] WHOLE = IntStream.range(0, 12)
            .mapToObj(seed -> RandomGraph.of(new Random(seed), seed % 2 == 0, MOST_STEPS).graph())
            .map(ModelFileGraphProperties::written).toArray(byte[][]::new);

    private static final Mutations READER = new Mutations("Own format, graphs", ".safetensors", WHOLE[0],
            ModelFile::read);

    private static byte[] written(Graph model) {
        try {
            Path file = Files.createTempFile("graph", ".safetensors");
            try {
                ModelFile.write(model, file, Precision.FP32);
                return Files.readAllBytes(file);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] any(Random random) {
        return WHOLE[random.nextInt(WHOLE.length)];
    }

    @Property(tries = 300, shrinking = ShrinkingMode.OFF)
    void graphsComeBackWithTheirBits(@ForAll Random random, @ForAll boolean streams) throws IOException {
        RandomGraph made = RandomGraph.of(random, streams, MOST_STEPS);
        byte[] content = written(made.graph());
        Graph read = ModelReader.read("graph", new ByteArrayInputStream(content));
        assertArrayEquals(content, written(read));
        ModelInput input = made.input(2);
        try (GruModel before = GruModel.of(made.graph(), PORTABLE); GruModel after = GruModel.of(read, PORTABLE)) {
            assertEquals(before.fingerprint(), after.fingerprint());
            ModelOutput expected = before.run(input);
            ModelOutput actual = after.run(input);
            assertEquals(expected.outputs().size(), actual.outputs().size());
            for (int i = 0; i < expected.outputs().size(); i++) {
                assertArrayEquals(expected.outputs().get(i), actual.outputs().get(i));
            }
        }
    }

    /** Returns a file with another architecture, whose checksums are right: what is wrong in it breaks a rule. */
    private static byte[] with(byte[] whole, String architecture) throws IOException {
        Path file = Files.createTempFile("graph", ".safetensors");
        try {
            Files.write(file, whole);
            Safetensors arrays = Safetensors.read(file);
            TensorFileWriter writer = new TensorFileWriter();
            for (Safetensors.Tensor tensor : arrays.tensors().values()) {
                if (!tensor.name().equals(TensorFile.CHECKSUMS)) {
                    writer.add(tensor.name(), tensor.floats(), tensor.shape());
                }
            }
            writer.metadata(ModelMetadata.KEY, architecture).withChecksums().write(file);
            return Files.readAllBytes(file);
        } finally {
            Files.delete(file);
        }
    }

    @Property(tries = 2000, shrinking = ShrinkingMode.OFF)
    void damagedFilesAreReadOrRefused(@ForAll Random random) {
        READER.check(Mutations.bytes(any(random), random));
    }

    @Property(tries = 8000, shrinking = ShrinkingMode.OFF)
    void damagedArchitecturesAreReadOrRefused(@ForAll Random random) throws IOException {
        byte[] whole = any(random);
        Map<?, ?> header = Json.parseObject("header", Fixtures.header(whole));
        String architecture = (String) ((Map<?, ?>) header.get("__metadata__")).get(ModelMetadata.KEY);
        READER.check(with(whole, Mutations.json(architecture, random)));
    }

    @AfterContainer
    static void report() {
        System.out.println(READER.report());
    }
}
