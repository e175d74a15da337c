package dev.gru.format;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.gru.format.fixture.Fixtures;
import dev.gru.format.fixture.TrainingAssertions;
import dev.gru.kernel.PortableGruKernel;
import dev.gru.layer.Bidirectional;
import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Layer;
import dev.gru.layer.ModelInput;
import dev.gru.layer.Sequential;
import dev.gru.train.math.Parameters;
import dev.gru.train.network.Backpropagation;
import dev.gru.train.reference.ScalarBackpropagation;
import dev.gru.train.reference.ScalarGradients;
import dev.gru.train.reference.ScalarInput;
import dev.gru.weights.Gate;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;

/**
 * ScalarGradients are those that PyTorch computed, for stacks and both directions, from any state: in double, and in
 * floats on the portable kernel, whose bits those of {@code simd} are.
 */
class PyTorchGradientTest {
    /** PyTorch computes in float. */
    private static final double TOLERANCE = 1e-4;

    private Safetensors weights;
    private Safetensors io;

    @ParameterizedTest
    @CsvSource({"gru,1,false", "gru_no_bias,1,false", "gru_two_layers,2,false", "gru_bidirectional_two_layers,2,true"})
    void outputsAndGradientsAgree(String name, int layers, boolean bidirectional) throws IOException {
        weights = Safetensors.read(Fixtures.file("pytorch/" + name + "/model.safetensors"));
        io = Safetensors.read(Fixtures.file("pytorch/" + name + "/io.safetensors"));
        int[] shape = io.tensor("x").shape();
        int units = io.tensor("h0").shape()[2];
        List<Layer> stack = new ArrayList<>();
        for (int i = 0; i < layers; i++) {
            GruLayer forward = gru("_l" + i, units);
            stack.add(bidirectional
                    ? new Bidirectional("both" + i, forward.weights(), gru("_l" + i + "_reverse", units).weights())
                            .withReturnSequences(true)
                    : forward);
        }
        Graph model = new Sequential(stack);
        ModelInput input = ModelInput.features(shape[0], shape[1], io.tensor("x").floats())
                .withInitialStates(states(model.recurrentLayers().size(), shape[0] * units));
        float[] dy = io.tensor("dy").floats();

        Parameters parameters = Parameters.of(model);
        ScalarGradients gradients = new ScalarGradients(parameters);
        ScalarBackpropagation scalar = new ScalarBackpropagation(model);
        TrainingAssertions.assertClose("y", io.tensor("y").floats(), scalar.forward(parameters, ScalarInput.of(input)),
                TOLERANCE);
        scalar.backward(doubles(dy), gradients);
        check(scalar.inputGradient(), gradients::get, layers, bidirectional);

        try (Backpropagation fast = new Backpropagation(model, new PortableGruKernel(), 1)) {
            TrainingAssertions.assertClose("y", io.tensor("y").floats(), doubles(fast.forward(input)), TOLERANCE);
            fast.backward(dy);
            Map<String, float[]> inFloats = fast.gradients();
            check(fast.inputGradient(), array -> doubles(inFloats.get(array)), layers, bidirectional);
        }
    }

    private void check(double[] dx, Function<String, double[]> gradients, int layers, boolean bidirectional)
            throws IOException {
        TrainingAssertions.assertClose("dx", io.tensor("dx").floats(), dx, TOLERANCE);
        for (int i = 0; i < layers; i++) {
            check(gradients, bidirectional ? "both" + i + "/forward" : "_l" + i, "_l" + i);
            if (bidirectional) {
                check(gradients, "both" + i + "/backward", "_l" + i + "_reverse");
            }
        }
    }

    private void check(Function<String, double[]> gradients, String layer, String suffix) throws IOException {
        List<String> names = weights.tensors().containsKey("bias_ih" + suffix)
                ? List.of("weight_ih", "weight_hh", "bias_ih", "bias_hh")
                : List.of("weight_ih", "weight_hh");
        for (String array : names) {
            TrainingAssertions.assertClose(array + suffix, io.tensor("grad/" + array + suffix).floats(),
                    gradients.apply(layer + "/" + array), TOLERANCE);
        }
    }

    /** PyTorch has h0 (layers · directions, batch, units), in the order of the recurrent layers. */
    private List<float[]> states(int count, int size) throws IOException {
        float[] all = io.tensor("h0").floats();
        List<float[]> states = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            states.add(Arrays.copyOfRange(all, i * size, (i + 1) * size));
        }
        return states;
    }

    private GruLayer gru(String suffix, int units) throws IOException {
        float[] noBias = new float[Gate.COUNT * units];
        boolean bias = weights.tensors().containsKey("bias_ih" + suffix);
        Safetensors.Tensor weightIh = weights.tensor("weight_ih" + suffix);
        return new GruLayer(suffix,
                new GruWeights(GruVariant.RESET_AFTER, weightIh.shape()[1], units, weightIh.floats(),
                        weights.tensor("weight_hh" + suffix).floats(),
                        bias ? weights.tensor("bias_ih" + suffix).floats() : noBias,
                        bias ? weights.tensor("bias_hh" + suffix).floats() : noBias))
                .withReturnSequences(true);
    }

    private static double[] doubles(float[] floats) {
        double[] values = new double[floats.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = floats[i];
        }
        return values;
    }
}
