package dev.gru.format.keras;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.gru.GruModel;
import dev.gru.ModelOptions;
import dev.gru.format.Safetensors;
import dev.gru.format.fixture.Fixtures;
import dev.gru.format.shared.GateOrder;
import dev.gru.kernel.GruKernel;
import dev.gru.kernel.Kernels;
import dev.gru.layer.ActivationLayer;
import dev.gru.layer.Bidirectional;
import dev.gru.layer.Dense;
import dev.gru.layer.GruLayer.Direction;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Layer;
import dev.gru.layer.Masking;
import dev.gru.layer.ModelInput;
import dev.gru.layer.ModelOutput;
import dev.gru.layer.Sequential;
import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;

/** Where steps are left out, layers read backward, or states are given, models compute what Keras computed. */
class KerasMaskTest {
    /** As in {@link KerasReferenceTest}: sums of at most 9 terms, 7 steps, values around 1. */
    private static final float TOLERANCE = 1e-5f;

    private final Safetensors io = Safetensors.read(Fixtures.file("keras/masks/io.safetensors"));
    private final int batch = io.tensor("x").shape()[0];
    private final int steps = io.tensor("x").shape()[1];
    private final int size = io.tensor("x").shape()[2];
    private final GruWeights weights = weights();

    KerasMaskTest() throws IOException {
    }

    private GruWeights weights() throws IOException {
        GateOrder order = GateOrder.UPDATE_RESET_NEW;
        float[] bias = io.tensor("bias").floats();
        return new GruWeights(GruVariant.RESET_AFTER, size, size,
                order.canonicalFromColumns(io.tensor("kernel").floats(), size, size),
                order.canonicalFromColumns(io.tensor("recurrent").floats(), size, size),
                order.canonicalBias(bias, 0, size), order.canonicalBias(bias, bias.length / 2, size));
    }

    private GruLayer gru(boolean sequences, Direction direction, boolean zero) {
        return new GruLayer("gru", weights).withReturnSequences(sequences).withDirection(direction)
                .withZeroOutputForMask(zero);
    }

    private GruLayer gru(boolean sequences) {
        return new GruLayer("gru", weights).withReturnSequences(sequences);
    }

    /** The layers after the first, which masks 0.5, under the names of make_mask_fixtures.py. */
    private Map<String, List<Layer>> cases() {
        return Map.of(
                "forward", List.of(gru(true)),
                "forward_zero", List.of(gru(true, Direction.FORWARD, true)),
                "forward_last", List.of(gru(false)),
                "backward", List.of(gru(true, Direction.BACKWARD_AS_READ, false)),
                "backward_zero", List.of(gru(true, Direction.BACKWARD_AS_READ, true)),
                "backward_last", List.of(gru(false, Direction.BACKWARD_AS_READ, false)),
                "backward_then_forward", List.of(gru(true, Direction.BACKWARD_AS_READ, false), gru(true)),
                "both", List.of(new Bidirectional("both", weights, weights).withMerge(Bidirectional.MergeMode.SUM)
                        .withReturnSequences(true),
                        gru(false)),
                "replaced", List.of(new ActivationLayer("sigmoid", Activation.SIGMOID), new Masking("second", 0),
                        gru(true)),
                "softmax", List.of(gru(true), new ActivationLayer("softmax", Activation.SOFTMAX), gru(false)));
    }

    static Stream<Arguments> namesAndKernels() {
        return Stream.of("forward", "forward_zero", "forward_last", "backward", "backward_zero", "backward_last",
                "backward_then_forward", "both", "replaced", "softmax")
                .flatMap(name -> Kernels.all().map(kernel -> Arguments.of(name, kernel)));
    }

    @ParameterizedTest
    @MethodSource("namesAndKernels")
    void maskedStepsAreWhatTheyAreInKeras(String name, GruKernel kernel) throws IOException {
        List<Layer> layers = new ArrayList<>(List.of(new Masking("masking", 0.5f)));
        layers.addAll(cases().get(name));
        try (GruModel model = GruModel.of(new Sequential(layers), ModelOptions.defaults().withKernel(kernel.name()))) {
            assertArrayEquals(io.tensor("y_" + name).floats(),
                    model.predict(batch, steps, io.tensor("x").floats()), TOLERANCE);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void givenStatesAreWhereALayerBeginsToRead(boolean backward) throws IOException {
        String name = backward ? "states_backward" : "states";
        GruLayer layer = gru(true, backward ? Direction.BACKWARD_AS_READ : Direction.FORWARD, false);
        for (GruKernel kernel : Kernels.all().toList()) {
            try (GruModel model = GruModel.of(new Sequential(List.of(layer)),
                    ModelOptions.defaults().withKernel(kernel.name()))) {
                ModelOutput output = model.run(ModelInput.features(batch, steps, io.tensor("x").floats())
                        .withInitialStates(List.of(io.tensor("h0").floats())));
                assertArrayEquals(io.tensor("y_" + name).floats(), output.y(), TOLERANCE);
                assertArrayEquals(io.tensor("h_" + name).floats(), output.finalStates().get(0), TOLERANCE);
            }
        }
    }

    @Test
    void maskedFeaturesBecomeZero() throws IOException {
        float[] identity = new float[size * size];
        for (int i = 0; i < size; i++) {
            identity[i * size + i] = 1;
        }
        Dense same = new Dense("same",
                new DenseWeights(size, size, Activation.LINEAR, identity, new float[size]));
        for (GruKernel kernel : Kernels.all().toList()) {
            try (GruModel model = GruModel.of(new Sequential(List.of(new Masking("masking", 0.5f), same)),
                    ModelOptions.defaults().withKernel(kernel.name()))) {
                assertArrayEquals(io.tensor("y_masking").floats(),
                        model.predict(batch, steps, io.tensor("x").floats()));
            }
        }
    }
}
