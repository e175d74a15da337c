package dev.gru.format.keras;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;

import dev.gru.format.KerasReader;
import dev.gru.format.file.ModelFormatException;
import dev.gru.format.fixture.Fixtures;
import dev.gru.format.fixture.Mutations;
import dev.gru.format.hdf5.Hdf5Mutations;
import dev.gru.kernel.RandomWeights;
import dev.gru.layer.Graph;
import dev.gru.layer.Sequential;
import dev.gru.weights.Activation;
import dev.gru.weights.GruVariant;

/**
 * Of thousands of damaged files of graphs, of old versions of Keras, of weights that are compressed, and of
 * architectures beside weights, each is read, or refused as {@link Mutations} says.
 */
class KerasGraphMutationProperties {
    private static final List<Map<String, byte[]>> ARCHIVES = Stream
            .of("graphs/graph_shared_model", "graphs/mask_joined", "graphs/graph_states", "graphs/graph_nested_twice",
                    "graphs/prelu_variants", "graphs/each_step", "graphs/norm_adapted", "graphs/shape_reshape",
                    "graphs/conv_separable", "graphs/graph_attention", "graphs/mask_initial_state_bidirectional",
                    "graphs/mask_shown_states", "old/keras_2_13_nested", "old/keras_2_13_nested_windows",
                    "old/keras_2_15_nested", "graphs/operation_arithmetic", "graphs/operation_keras2",
                    "graphs/gate_masked")
            .map(name -> Fixtures.entries(Fixtures.file("keras/" + name + "/model.keras"))).toList();
    private static final List<Hdf5Mutations> WEIGHTS = ARCHIVES.stream()
            .map(entries -> new Hdf5Mutations(entries.get(Fixtures.WEIGHTS))).toList();
    private static final List<byte[]> LEGACY = Stream
            .of("graphs/graph_shared_layers", "graphs/mask_attention", "graphs/graph_nested_twice",
                    "graphs/mask_shown_keras_2_11", "old/keras_1_2", "old/keras_2_1_nested",
                    "graphs/operation_keras2")
            .map(name -> Fixtures.bytes("keras/" + name + "/model.h5")).toList();
    private static final List<Hdf5Mutations> LEGACY_STRUCTURES = LEGACY.stream().map(Hdf5Mutations::new).toList();
    private static final List<byte[]> COMPRESSED = Stream.of("gzip", "latest")
            .map(name -> Fixtures.bytes("hdf5/functional_state_" + name + ".weights.h5")).toList();
    private static final List<Hdf5Mutations> COMPRESSED_STRUCTURES = COMPRESSED.stream().map(Hdf5Mutations::new)
            .toList();
    private static final String JSON = new String(Fixtures.bytes("keras/old/keras_2_1_nested/model.json"),
            StandardCharsets.UTF_8);
    /** Arrays may inflate to 1 MB whatever the size of the file is, and are copied on the way. */
    private static final int INFLATED = 4 << 20;
    /** What is allocated is bounded by the size of the mutated file, but the weights are read, too. */
    private static final String ROOM = " ".repeat(50_000);
    private static final String SHORT = """
            # the model of weights_only
            Input(12, 5)
            GRU(9, return_sequences=True, activation='tanh')
            GRU(7)
            Dense(2, activation="linear", use_bias=True)
            """;

    private static final Sequential ARCHITECTURE = Sequential.builder().embedding(9, 3, new float[27]).maskZero()
            .gru(RandomWeights.gru(GruVariant.RESET_AFTER, 3, 4, 1)).returnSequences()
            .gru(RandomWeights.gru(GruVariant.RESET_AFTER, 4, 3, 2)).returnSequences()
            .dense(RandomWeights.dense(3, 2, Activation.SOFTMAX, 3)).build();

    private static final Mutations KERAS = new Mutations("Keras graphs, .keras", ".keras",
            Fixtures.storedZip(ARCHIVES.getFirst()), KerasReader::read);
    private static final Mutations H5 = new Mutations("Keras graphs, .h5", ".h5", LEGACY.getFirst(),
            KerasReader::read);
    private static final Mutations WEIGHTS_H5 = new Mutations("Keras .weights.h5, compressed", ".weights.h5",
            COMPRESSED.getFirst(), new WeightsReader(ARCHITECTURE), INFLATED);
    private static final Mutations OF_JSON = new Mutations("Keras architecture, JSON", ".json",
            withRoom(JSON),
            new ArchitectureReader(Fixtures.file("keras/old/keras_2_1_nested/weights.h5")));
    private static final Mutations OF_SHORT_FORM = new Mutations("Keras architecture, short form", ".txt",
            withRoom(SHORT),
            new ArchitectureReader(Fixtures.file("keras/files/weights_only_legacy.h5")));

    /** Classes of their own, as lambdas would wait for the one that is being initialised. */
    private record WeightsReader(Graph architecture) implements Mutations.Reader {
        @Override
        public Object read(Path file) throws IOException {
            return KerasReader.readWeights(file, architecture);
        }
    }

    /** A refusal may name the weights, of which the architecture asks for others. */
    private record ArchitectureReader(Path weights) implements Mutations.Reader {
        @Override
        public Object read(Path file) throws IOException {
            try {
                // Not as a model: what it allocates is bounded by the size of the weights, too.
                return KerasReader.readWeights(weights, file).toString();
            } catch (ModelFormatException e) {
                throw e.getMessage().startsWith(weights + ": ")
                        ? new ModelFormatException(file + ": " + e.getMessage(), e)
                        : e;
            }
        }
    }

    private static byte[] withRoom(String architecture) {
        return (architecture + ROOM).getBytes(StandardCharsets.UTF_8);
    }

    private static <T> T any(List<T> of, Random random) {
        return of.get(random.nextInt(of.size()));
    }

    private static byte[] json(byte[] whole, Random random) {
        return Mutations.json(new String(whole, StandardCharsets.UTF_8), random).getBytes(StandardCharsets.UTF_8);
    }

    @Property(tries = 10_000, shrinking = ShrinkingMode.OFF)
    void damagedArchivesAreReadOrRefused(@ForAll Random random) {
        int model = random.nextInt(ARCHIVES.size());
        Map<String, byte[]> entries = new LinkedHashMap<>(ARCHIVES.get(model));
        switch (random.nextInt(8)) {
            case 0 -> entries.compute(Fixtures.WEIGHTS, (_, whole) -> Mutations.bytes(whole, random));
            case 1, 2 -> entries.put(Fixtures.WEIGHTS, WEIGHTS.get(model).structures(random));
            default -> entries.compute(Fixtures.CONFIG, (_, whole) -> json(whole, random));
        }
        KERAS.check(Fixtures.storedZip(entries));
    }

    @Property(tries = 10_000, shrinking = ShrinkingMode.OFF)
    void damagedLegacyFilesAreReadOrRefused(@ForAll Random random) {
        H5.check(switch (random.nextInt(4)) {
            case 0 -> Mutations.bytes(any(LEGACY, random), random);
            case 1 -> any(LEGACY_STRUCTURES, random).structures(random);
            default -> any(LEGACY_STRUCTURES, random).config(random);
        });
    }

    @Property(tries = 10_000, shrinking = ShrinkingMode.OFF)
    void damagedCompressedWeightsAreReadOrRefused(@ForAll Random random) {
        WEIGHTS_H5.check(random.nextInt(3) == 0
                ? Mutations.bytes(any(COMPRESSED, random), random)
                : any(COMPRESSED_STRUCTURES, random).structures(random));
    }

    @Property(tries = 10_000, shrinking = ShrinkingMode.OFF)
    void damagedArchitecturesInJsonAreReadOrRefused(@ForAll Random random) {
        OF_JSON.check(withRoom(Mutations.json(JSON, random)));
    }

    @Property(tries = 10_000, shrinking = ShrinkingMode.OFF)
    void damagedArchitecturesInTheShortFormAreReadOrRefused(@ForAll Random random) {
        OF_SHORT_FORM.check(random.nextBoolean()
                ? Mutations.bytes(withRoom(SHORT), random)
                : withRoom(Mutations.json(SHORT, random)));
    }

    @AfterContainer
    static void report() {
        for (Mutations mutations : List.of(KERAS, H5, WEIGHTS_H5, OF_JSON, OF_SHORT_FORM)) {
            System.out.println(mutations.report());
        }
    }
}
