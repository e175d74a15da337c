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
import dev.gru.format.fixture.Fixtures;
import dev.gru.format.fixture.Mutations;
import dev.gru.format.hdf5.Hdf5Mutations;
import dev.gru.kernel.RandomWeights;
import dev.gru.layer.Graph;
import dev.gru.layer.Sequential;
import dev.gru.weights.Activation;
import dev.gru.weights.GruVariant;

/** Whatever is done to a file of any of Keras's formats: it is read or refused. */
class KerasMutationProperties {
    private static final List<String> MODELS = List.of("gru_no_bias", "functional_state", "functional_masking",
            "pair_unmerged", "newest_hdf5");
    private static final List<byte[]> ARCHIVES = MODELS.stream()
            .map(name -> Fixtures.bytes("keras/" + name + "/model.keras")).toList();
    private static final List<Map<String, byte[]>> ENTRIES = MODELS.stream()
            .map(name -> Fixtures.entries(Fixtures.file("keras/" + name + "/model.keras"))).toList();
    private static final List<Hdf5Mutations> WEIGHTS = ENTRIES.stream()
            .map(entries -> new Hdf5Mutations(entries.get(Fixtures.WEIGHTS))).toList();
    private static final List<byte[]> LEGACY = Stream.of("functional_state", "pair_unmerged", "bfloat16")
            .map(name -> Fixtures.bytes("keras/" + name + "/model.h5")).toList();
    private static final List<Hdf5Mutations> LEGACY_STRUCTURES = LEGACY.stream().map(Hdf5Mutations::new).toList();
    private static final byte[] ALONE = Fixtures.bytes("keras/functional_state/model.weights.h5");
    private static final Hdf5Mutations ALONE_STRUCTURES = new Hdf5Mutations(ALONE);

    private static final Graph ARCHITECTURE = Sequential.builder().embedding(9, 3, new float[27]).maskZero()
            .gru(RandomWeights.gru(GruVariant.RESET_AFTER, 3, 4, 1)).returnSequences()
            .gru(RandomWeights.gru(GruVariant.RESET_AFTER, 4, 3, 2)).returnSequences()
            .dense(RandomWeights.dense(3, 2, Activation.SOFTMAX, 3)).build();

    private static final Mutations KERAS = new Mutations("Keras .keras", ".keras", ARCHIVES.getFirst(),
            KerasReader::read);
    private static final Mutations H5 = new Mutations("Keras .h5", ".h5", LEGACY.getFirst(), KerasReader::read);
    private static final Mutations WEIGHTS_H5 = new Mutations("Keras .weights.h5", ".weights.h5", ALONE,
            new WeightsReader(ARCHITECTURE));

    /** A class of its own, as a lambda would wait for the one that is being initialised. */
    private record WeightsReader(Graph architecture) implements Mutations.Reader {
        @Override
        public Object read(Path file) throws IOException {
            return KerasReader.readWeights(file, architecture);
        }
    }

    private static <T> T any(List<T> of, Random random) {
        return of.get(random.nextInt(of.size()));
    }

    @Property(tries = 3000, shrinking = ShrinkingMode.OFF)
    void damagedArchivesAreReadOrRefused(@ForAll Random random) {
        KERAS.check(Mutations.bytes(any(ARCHIVES, random), random));
    }

    /** In an archive that is whole, so that the damage gets past its checksums. */
    @Property(tries = 9000, shrinking = ShrinkingMode.OFF)
    void damagedEntriesAreReadOrRefused(@ForAll Random random) {
        int model = random.nextInt(MODELS.size());
        Map<String, byte[]> entries = new LinkedHashMap<>(ENTRIES.get(model));
        switch (random.nextInt(8)) {
            case 0, 1 -> entries.compute(Fixtures.WEIGHTS, (_, whole) -> Mutations.bytes(whole, random));
            case 2, 3, 4 -> entries.put(Fixtures.WEIGHTS, WEIGHTS.get(model).structures(random));
            case 5 -> entries.compute(Fixtures.METADATA, (_, whole) -> json(whole, random));
            default -> entries.compute(Fixtures.CONFIG, (_, whole) -> json(whole, random));
        }
        KERAS.check(Fixtures.storedZip(entries));
    }

    private static byte[] json(byte[] whole, Random random) {
        return Mutations.json(new String(whole, StandardCharsets.UTF_8), random).getBytes(StandardCharsets.UTF_8);
    }

    @Property(tries = 4000, shrinking = ShrinkingMode.OFF)
    void damagedLegacyFilesAreReadOrRefused(@ForAll Random random) {
        H5.check(Mutations.bytes(any(LEGACY, random), random));
    }

    @Property(tries = 4000, shrinking = ShrinkingMode.OFF)
    void legacyFilesOfDamagedStructureAreReadOrRefused(@ForAll Random random) {
        H5.check(any(LEGACY_STRUCTURES, random).structures(random));
    }

    @Property(tries = 3000, shrinking = ShrinkingMode.OFF)
    void legacyFilesOfDamagedConfigurationAreReadOrRefused(@ForAll Random random) {
        H5.check(any(LEGACY_STRUCTURES, random).config(random));
    }

    @Property(tries = 5000, shrinking = ShrinkingMode.OFF)
    void damagedWeightsAreReadOrRefused(@ForAll Random random) {
        WEIGHTS_H5.check(Mutations.bytes(ALONE, random));
    }

    @Property(tries = 6000, shrinking = ShrinkingMode.OFF)
    void weightsOfDamagedStructureAreReadOrRefused(@ForAll Random random) {
        WEIGHTS_H5.check(ALONE_STRUCTURES.structures(random));
    }

    @AfterContainer
    static void report() {
        System.out.println(KERAS.report());
        System.out.println(H5.report());
        System.out.println(WEIGHTS_H5.report());
    }
}
