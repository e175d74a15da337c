package dev.gru.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

import dev.gru.GruModel;
import dev.gru.ModelOptions;
import dev.gru.layer.Graph;
import dev.gru.layer.Layer;
import dev.gru.layer.ModelInput;
import dev.gru.layer.ModelOutput;

/** Random graphs of all layers compute what {@link GraphInterpreter} computes. */
class GraphProperties {
    /**
     * Relative to the largest output: a dozen layers one after the other, each of which rounds to floats and makes what
     * came in up to some ten times as wrong.
     */
    private static final double TOLERANCE = 1e-4;

    static void assertClose(List<double[]> expected, ModelOutput output, Graph graph) {
        assertEquals(expected.size(), output.outputs().size());
        for (int i = 0; i < expected.size(); i++) {
            double[] e = expected.get(i);
            float[] y = output.outputs().get(i);
            assertEquals(e.length, y.length, graph::toString);
            double largest = 1;
            for (double v : e) {
                largest = Double.isNaN(v) ? largest : Math.max(largest, Math.abs(v));
            }
            for (int j = 0; j < e.length; j++) {
                int at = j;
                assertEquals(e[j], y[j], TOLERANCE * largest, () -> "element " + at + " of " + graph + graph.nodes());
            }
        }
    }

    private static void run(String kernel, int batch, long seed) {
        Random random = new Random(seed);
        RandomGraph made = RandomGraph.of(random, random.nextInt(3) == 0, 12);
        ModelInput input = made.input(batch);
        try (GruModel model = GruModel.of(made.graph(), ModelOptions.defaults().withKernel(kernel))) {
            assertClose(GraphInterpreter.run(made.graph(), input), model.run(input), made.graph());
        }
    }

    @Test
    void theGraphsHoldEveryLayerAndWhatMakesThemGraphs() {
        Set<Layer.Type> types = EnumSet.noneOf(Layer.Type.class);
        int shared = 0;
        int initialStates = 0;
        int inputs = 0;
        int outputs = 0;
        for (int seed = 0; seed < 1000; seed++) {
            Graph graph = RandomGraph.of(new Random(seed), false, 12).graph();
            graph.layers().forEach(layer -> types.add(layer.type()));
            shared += graph.layers().size() < graph.nodes().size() ? 1 : 0;
            initialStates += graph.nodes().stream().anyMatch(node -> node.inputs().size() > 1
                    && node.layer().type() == Layer.Type.GRU) ? 1 : 0;
            inputs += graph.inputs().size() > 1 ? 1 : 0;
            outputs += graph.outputs().size() > 1 ? 1 : 0;
        }
        assertEquals(EnumSet.allOf(Layer.Type.class), types);
        for (int count : new int[]{shared, initialStates, inputs, outputs}) {
            assertTrue(count > 10, shared + " shared, " + initialStates + " states, " + inputs + " inputs, " + outputs);
        }
    }

    @Property(tries = 1000)
    void theReferenceComputesWhatTheEquationsSay(@ForAll @IntRange(min = 1, max = 5) int batch, @ForAll long seed) {
        run("scalar", batch, seed);
    }

    @Property(tries = 1000)
    void thePortableKernelComputesWhatTheEquationsSay(@ForAll @IntRange(min = 1, max = 5) int batch,
            @ForAll long seed) {
        run("portable", batch, seed);
    }
}
