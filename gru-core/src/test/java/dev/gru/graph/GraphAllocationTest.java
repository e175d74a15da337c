package dev.gru.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

import com.sun.management.ThreadMXBean;
import org.junit.jupiter.api.Test;

import dev.gru.GruGroup;
import dev.gru.GruModel;
import dev.gru.GruSession;
import dev.gru.ModelOptions;
import dev.gru.kernel.RandomWeights;
import dev.gru.layer.ActivationLayer;
import dev.gru.layer.Conv1D;
import dev.gru.layer.Dense;
import dev.gru.layer.Embedding;
import dev.gru.layer.GlobalPooling1D;
import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Merge;
import dev.gru.layer.Normalization.BatchNormalization;
import dev.gru.layer.Normalization.LayerNormalization;
import dev.gru.layer.Normalization.Learnt;
import dev.gru.layer.Sequential;
import dev.gru.layer.Shape;
import dev.gru.layer.Tensor;
import dev.gru.weights.Activation;
import dev.gru.weights.GruVariant;

/** Streams of graphs allocate nothing, counted in bytes. */
class GraphAllocationTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int CALLS = 2000;
    /** What counting itself may cost; an object for each call would come to 32,000 bytes. */
    private static final long OF_THE_COUNTING = 512;
    /** What the JVM may spend on a thread at its own times spoils one count. */
    private static final int COUNTS = 5;

    private static void assertAllocatesNothing(Runnable call) {
        long least = Long.MAX_VALUE;
        for (int count = 0; count < COUNTS; count++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < CALLS; i++) {
                call.run();
            }
            least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
        }
        assertEquals(0, Math.max(0, least - OF_THE_COUNTING));
    }

    private static float[] floats(int count) {
        return RandomWeights.floats(count, new Random(count));
    }

    private static BatchNormalization batch(int size) {
        float[] variance = floats(size);
        for (int i = 0; i < size; i++) {
            variance[i] = 1 + Math.abs(variance[i]);
        }
        return new BatchNormalization("batch", size, 1e-3f, 0.99f, Learnt.BOTH,
                List.of(floats(size), floats(size), floats(size), variance));
    }

    private static GruModel model(Graph graph) {
        return GruModel.of(graph, ModelOptions.defaults().withKernel("portable"));
    }

    @Test
    void aConvolutionWithANormalisationBeforeAGruAllocatesNothing() {
        GruModel model = model(new Sequential(List.of(
                new Conv1D("conv", 3, 4, RandomWeights.dense(12, 5, Activation.LINEAR, 1))
                        .withPadding(Conv1D.Padding.CAUSAL),
                batch(5), new ActivationLayer("relu", Activation.RELU),
                new GruLayer("gru", RandomWeights.gru(GruVariant.RESET_AFTER, 5, 4, 2)).withReturnSequences(true),
                new Dense("out", RandomWeights.dense(4, 2, Activation.SOFTMAX, 3)))));
        GruSession session = model.newSession();
        GruGroup group = model.newGroup();
        int[] streams = IntStream.range(0, 5).map(i -> group.add()).toArray();
        float[] x = floats(40 * 3);
        float[] y = new float[40 * 2];
        assertAllocatesNothing(() -> session.step(x, y));
        assertAllocatesNothing(() -> session.sequence(40, x, y));
        assertAllocatesNothing(() -> group.step(5, streams, x, y));
    }

    @Test
    void aGraphOfSeveralInputsAndOutputsAllocatesNothing() {
        Graph.Builder graph = new Graph.Builder();
        int ids = graph.input("ids", Shape.tokens());
        int speed = graph.input("speed", Shape.sequence(2));
        int user = graph.input("user", Shape.vector(3));
        int table = graph.add(new Embedding("table", 5, 3, floats(15)).withMaskZero(true), ids);
        int both = graph.add(new Merge("both", Merge.Kind.CONCATENATE), table, speed);
        int conv = graph.add(new Conv1D("conv", 5, 3, RandomWeights.dense(3, 10, Activation.TANH, 1))
                .withPadding(Conv1D.Padding.CAUSAL).withDilation(2), both);
        int standard = graph.add(new LayerNormalization("standard", 10, 1e-3f, Learnt.NOTHING, List.of()), conv);
        int gru = graph.add(new GruLayer("gru", RandomWeights.gru(GruVariant.RESET_AFTER, 10, 3, 2))
                .withReturnSequences(true), standard);
        int mean = graph.add(new GlobalPooling1D("mean", GlobalPooling1D.Kind.AVERAGE), gru);
        int sum = graph.add(new Merge("sum", Merge.Kind.ADD), mean, user);
        GruModel model = model(graph.build(gru, sum));
        Map<String, Tensor> in = Map.of("ids", Tensor.of(new Random(1).ints(40, 0, 5).toArray(), 40), "speed",
                Tensor.of(floats(80), 40, 2), "user", Tensor.of(floats(120), 40, 3));
        Map<String, Tensor> out = Map.of("y", Tensor.of(new float[120], 40, 3), "y1", Tensor.of(new float[120], 40, 3));
        GruSession session = model.newSession();
        assertAllocatesNothing(() -> session.run(1, in, out));
        assertAllocatesNothing(() -> session.run(40, in, out));
        assertAllocatesNothing(session::reset);
        GruGroup group = model.newGroup();
        int[] streams = IntStream.range(0, 40).map(i -> group.add()).toArray();
        assertAllocatesNothing(() -> group.step(40, streams, in, out));
        int[] some = {9, 3, 7};
        assertAllocatesNothing(() -> group.step(3, some, in, out));
    }
}
