package dev.gru.format.keras;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import dev.gru.GruModel;
import dev.gru.ModelOptions;
import dev.gru.format.KerasReader;
import dev.gru.format.Safetensors;
import dev.gru.format.file.ModelFormatException;
import dev.gru.format.fixture.Fixtures;
import dev.gru.kernel.GruKernel;
import dev.gru.kernel.Kernels;
import dev.gru.layer.Graph;
import dev.gru.layer.Signature.Port;
import dev.gru.layer.Tensor;

/**
 * What this module's kernels compute from models of the kinds that people publish is what Keras computed: convolutions,
 * pooling, normalisation, branches, several inputs and outputs, states that begin others, models in models, masks, and
 * the files of all versions of Keras.
 */
class KerasFieldTest {
    /** As in {@link KerasReferenceTest}. */
    private static final float TOLERANCE = 1e-5f;

    /**
     * The recurrence of this model amplifies rounding: what Keras computes in float32 is 5.8e-5 away from what it
     * computes itself in float64. Two computations in float32 differ by at most twice that.
     */
    private static final Map<String, Float> ROUNDING_OF_KERAS = Map.of("noise_suppression", 2 * 5.8e-5f);

    static Stream<Path> files() throws IOException {
        try (Stream<Path> files = Files.find(Fixtures.file("keras"), 3,
                (path, _) -> path.getFileName().toString().matches("model\\.(keras|h5)")
                        && List.of("field", "graphs", "old")
                                .contains(path.getParent().getParent().getFileName().toString()))) {
            return files.sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void outputsAreKerass(Path file) throws IOException {
        assertOutputs(KerasReader.read(file), file.resolveSibling("io.safetensors"),
                ROUNDING_OF_KERAS.getOrDefault(file.getParent().getFileName().toString(), TOLERANCE));
    }

    /** Faults of users of other libraries: Python's infinity, and what Keras 2.0 to 2.2 left out. */
    @ParameterizedTest
    @CsvSource({"k208_functional_no_reset_after", "k208_list_no_reset_after", "k213_dict_no_reset_after", "k220_list"})
    void outputsOfEarlyKeras2AreRight(String name) throws IOException {
        assertOutputs(KerasReader.read(Fixtures.file("keras/files/" + name + ".h5")),
                Fixtures.file("keras/files/" + name + ".in.safetensors"), TOLERANCE);
    }

    @ParameterizedTest
    @CsvSource({"compiled_clipnorm_inf.keras", "constraint_inf.h5"})
    void infinityInAConfigurationIsRead(String name) throws IOException {
        assertEquals(2, KerasReader.read(Fixtures.file("keras/files/" + name)).layers().size());
    }

    /**
     * Before 2.3, what a GRU with an initial state returned up to its first step was a matter of the backend; and there
     * are states that no output of the layer holds.
     */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "keras_2_2      | whose output in Keras before 2.3 is 0 or the initial state up to the first step",
            "pair_of_states | /forward_state\", which does not return sequences, but has initial states and masked",
            "and_not        | is called with an initial_state and masked steps, and without"})
    void masksThatAreShownToInitialStatesAreRefusedWhereTheyChangeMore(String name, String message) {
        ModelFormatException refused = assertThrows(ModelFormatException.class, () -> KerasReader
                .read(Fixtures.file("keras/refused/mask_shown_" + name + "/model.h5")));
        assertTrue(refused.getMessage().contains(message), refused.getMessage());
    }

    /** Runs a model on the inputs in a file, in all kernels, and compares with the outputs in that file. */
    static void assertOutputs(Graph read, Path io, float tolerance) throws IOException {
        Safetensors arrays = Safetensors.read(io);
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        for (Port port : read.signature().inputs()) {
            if (arrays.tensors().containsKey(port.name())) {
                Safetensors.Tensor array = arrays.tensor(port.name());
                inputs.put(port.name(), read.takesInts(port)
                        ? Tensor.of(array.ints(), array.shape())
                        : Tensor.of(array.floats(), array.shape()));
            }
        }
        long outputs = arrays.tensors().keySet().stream().filter(name -> name.matches("y\\d*")).count();
        for (GruKernel kernel : Kernels.all().toList()) {
            try (GruModel model = GruModel.of(read, ModelOptions.defaults().withKernel(kernel.name()))) {
                Map<String, Tensor> computed = model.run(inputs);
                assertEquals(outputs, computed.size());
                for (Map.Entry<String, Tensor> output : computed.entrySet()) {
                    Safetensors.Tensor expected = arrays.tensor(output.getKey());
                    assertArrayEquals(expected.shape(), output.getValue().shape(), output.getKey());
                    assertArrayEquals(expected.floats(), output.getValue().floats(), tolerance,
                            kernel.name() + ", " + output.getKey());
                }
            }
        }
    }
}
