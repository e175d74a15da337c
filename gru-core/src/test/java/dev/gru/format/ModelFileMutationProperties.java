package dev.gru.format;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;

import dev.gru.GruModel;
import dev.gru.ModelOptions;
import dev.gru.format.file.ModelFormatException;
import dev.gru.format.fixture.Fixtures;
import dev.gru.format.fixture.Mutations;
import dev.gru.format.json.Json;
import dev.gru.layer.Graph;
import dev.gru.layer.Signature.Port;
import dev.gru.layer.Signature.Role;
import dev.gru.layer.Tensor;
import dev.gru.weights.Precision;

/** Whatever is done to a file of the library's own format: it is refused, or it is read and the model runs. */
class ModelFileMutationProperties {
    private static final byte[][] WHOLE = Stream.of("keras/article_model/model.keras",
            "keras/bidirectional_masked_sequences/model.keras",
            "pytorch/gru_bidirectional_two_layers/model.safetensors")
            .flatMap(name -> Stream.of(Precision.values()).map(precision -> saved(name, precision)))
            .toArray(byte[][]::new);

    private static final Mutations READER = new Mutations("Own format", ".safetensors", WHOLE[0], ModelFile::read);

    private static byte[] saved(String fixture, Precision precision) {
        try {
            Graph model = ModelReader.read(Fixtures.file(fixture));
            Path file = Files.createTempFile("model", ".safetensors");
            try {
                ModelFile.write(model, file, precision);
                return Fixtures.withoutChecksums(Files.readAllBytes(file));
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void check(byte[] content) {
        READER.check(content).ifPresent(model -> run((Graph) model));
    }

    /** Runs a model on arrays of zeros, all that its signature has. */
    private static void run(Graph model) {
        Map<String, Tensor> arrays = new LinkedHashMap<>();
        for (Port port : model.signature().inputs()) {
            int features = port.role() == Role.INITIAL_STATE
                    ? model.recurrentLayers().get(port.first()).stateSize()
                    : model.inputSize();
            int[] shape = port.axes().stream().mapToInt(axis -> switch (axis) {
                case BATCH -> 2;
                case STEP -> 3;
                case FEATURE -> features;
                case DIRECTION -> port.count();
                case ONE -> 1;
            }).toArray();
            int elements = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
            arrays.put(port.name(), model.takesInts(port)
                    ? Tensor.of(new int[elements], shape)
                    : Tensor.of(new float[elements], shape));
        }
        try (GruModel runnable = GruModel.of(model, ModelOptions.defaults().withKernel("scalar"))) {
            assertEquals(model.signature().outputs().size(), runnable.run(arrays).size());
        }
    }

    private static byte[] any(Random random) {
        return WHOLE[random.nextInt(WHOLE.length)];
    }

    @Property(tries = 4000, shrinking = ShrinkingMode.OFF)
    void damagedFilesAreReadOrRefused(@ForAll Random random) {
        check(Mutations.bytes(any(random), random));
    }

    @Property(tries = 4000, shrinking = ShrinkingMode.OFF)
    void damagedHeadersAreReadOrRefused(@ForAll Random random) {
        byte[] whole = any(random);
        check(Fixtures.withHeader(whole, Mutations.json(Fixtures.header(whole), random)));
    }

    @Property(tries = 4000, shrinking = ShrinkingMode.OFF)
    void damagedArchitecturesAreReadOrRefused(@ForAll Random random) throws ModelFormatException {
        byte[] whole = any(random);
        Map<String, Object> header = Json.parseObject("header", Fixtures.header(whole));
        String architecture = (String) ((Map<?, ?>) header.get("__metadata__")).get(ModelMetadata.KEY);
        Map<String, Object> damaged = new LinkedHashMap<>(header);
        damaged.put("__metadata__", Map.of(ModelMetadata.KEY, Mutations.json(architecture, random)));
        check(Fixtures.withHeader(whole, Json.write(damaged)));
    }

    @AfterContainer
    static void report() {
        System.out.println(READER.report());
    }
}
