package dev.gru.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

import dev.gru.GruGroup;
import dev.gru.GruModel;
import dev.gru.GruSession;
import dev.gru.ModelOptions;
import dev.gru.layer.Graph;
import dev.gru.layer.ModelInput;
import dev.gru.layer.ModelOutput;
import dev.gru.layer.Shape;
import dev.gru.layer.Tensor;

/** The outputs of a stream have the same bits however it is run: random graphs of all layers that have sessions. */
class GraphStreamProperties {
    /** How many steps the next call takes of those that are left. */
    private interface Cut {
        int next(int left);
    }

    private static GruModel model(Graph graph, int threads) {
        return GruModel.of(graph, ModelOptions.defaults().withKernel("portable").withThreads(threads));
    }

    private static void assertSame(ModelOutput expected, ModelOutput output, Graph graph) {
        for (int i = 0; i < expected.outputs().size(); i++) {
            assertArrayEquals(expected.outputs().get(i), output.outputs().get(i), "output " + i + " of " + graph);
        }
        for (int i = 0; i < expected.finalStates().size(); i++) {
            assertArrayEquals(expected.finalStates().get(i), output.finalStates().get(i),
                    "state " + i + " of " + graph);
        }
    }

    /** The rows of a batch that are in none of the padding of others. */
    private static ModelInput row(Graph graph, ModelInput input, int row) {
        ModelInput alone = null;
        for (int i = 0; i < input.inputs(); i++) {
            int steps = input.steps(i);
            int size = graph.inputs().get(i).shape().features();
            ModelInput next = input.tokens(i) != null
                    ? ModelInput.tokens(1, steps, Arrays.copyOfRange(input.tokens(i), row * steps, (row + 1) * steps))
                    : ModelInput.features(1, steps,
                            Arrays.copyOfRange(input.features(i), row * steps * size, (row + 1) * steps * size));
            alone = alone == null ? next : alone.and(next);
        }
        return input.lengths() == null ? alone : alone.withLengths(new int[]{input.lengths()[row]});
    }

    private static ModelOutput row(ModelOutput output, int batch, int row) {
        return new ModelOutput(output.outputs().stream().map(all -> part(all, batch, row)).toList(),
                output.finalStates().stream().map(all -> part(all, batch, row)).toList());
    }

    private static float[] part(float[] all, int batch, int row) {
        int size = all.length / batch;
        return Arrays.copyOfRange(all, row * size, (row + 1) * size);
    }

    @Property(tries = 300)
    void aRowHasTheBitsThatItHasAlone(@ForAll @IntRange(min = 1, max = 9) int batch, @ForAll long seed) {
        Random random = new Random(seed);
        RandomGraph made = RandomGraph.of(random, random.nextBoolean(), 40);
        Graph graph = made.graph();
        ModelInput input = made.input(batch);
        try (GruModel one = model(graph, 1); GruModel many = model(graph, 1 + random.nextInt(4))) {
            ModelOutput together = one.run(input);
            assertSame(together, many.run(input), graph);
            for (int row = 0; row < batch; row++) {
                assertSame(row(together, batch, row), one.run(row(graph, input, row)), graph);
            }
        }
    }

    private static Map<String, Tensor> outputs(Graph graph, int steps) {
        Map<String, Tensor> outputs = new HashMap<>();
        for (int i = 0; i < graph.outputs().size(); i++) {
            Shape shape = graph.shape(graph.outputs().get(i));
            int count = shape.isSequence() ? steps : 1;
            outputs.put(graph.signature().outputs().get(i).name(),
                    Tensor.of(new float[count * shape.features()], count, shape.features()));
        }
        return outputs;
    }

    private static Map<String, Tensor> inputs(Graph graph, ModelInput input, int from, int to) {
        Map<String, Tensor> arrays = new HashMap<>();
        for (int i = 0; i < input.inputs(); i++) {
            Shape shape = graph.inputs().get(i).shape();
            int size = shape.features();
            int first = shape.isSequence() ? from : 0;
            int end = shape.isSequence() ? to : 1;
            arrays.put(graph.signature().inputs().get(i).name(), input.tokens(i) == null
                    ? Tensor.of(Arrays.copyOfRange(input.features(i), first * size, end * size), end - first, size)
                    : Tensor.of(Arrays.copyOfRange(input.tokens(i), first, end), end - first));
        }
        return arrays;
    }

    /** Runs a row in pieces; a snapshot may take it to another session between two of them. */
    private static List<float[]> stream(GruModel model, Graph graph, ModelInput input, int steps, Cut cut,
            Random snapshots) {
        GruSession session = model.newSession();
        Map<String, float[]> whole = new HashMap<>();
        outputs(graph, steps).forEach((name, tensor) -> whole.put(name, tensor.floats()));
        for (int from = 0, to; from < steps; from = to) {
            to = from + cut.next(steps - from);
            Map<String, Tensor> out = outputs(graph, to - from);
            session.run(to - from, inputs(graph, input, from, to), out);
            for (int i = 0; i < graph.outputs().size(); i++) {
                String name = graph.signature().outputs().get(i).name();
                Shape shape = graph.shape(graph.outputs().get(i));
                float[] part = out.get(name).floats();
                System.arraycopy(part, 0, whole.get(name), shape.isSequence() ? from * shape.features() : 0,
                        part.length);
            }
            if (snapshots.nextInt(5) == 0) {
                byte[] snapshot = session.snapshot();
                session = model.newSession();
                session.restore(snapshot);
            }
        }
        return IntStream.range(0, graph.outputs().size())
                .mapToObj(i -> whole.get(graph.signature().outputs().get(i).name())).toList();
    }

    @Property(tries = 500)
    void stepsAndPiecesHaveTheBitsOfTheWhole(@ForAll long seed) {
        Random random = new Random(seed);
        RandomGraph made = RandomGraph.of(random, true, 80);
        Graph graph = made.graph();
        ModelInput input = row(graph, made.input(1), 0);
        ModelInput plain = input.lengths() == null
                ? input
                : input.withLengths(new int[]{made.steps()});
        int steps = made.steps();
        try (GruModel model = model(graph, 1)) {
            ModelOutput whole = model.run(plain);
            for (Cut cut : List.<Cut>of(left -> 1, left -> left, left -> 1 + random.nextInt(left))) {
                List<float[]> outputs = stream(model, graph, plain, steps, cut, random);
                for (int i = 0; i < outputs.size(); i++) {
                    assertArrayEquals(whole.outputs().get(i), outputs.get(i), "output " + i + " of " + graph);
                }
            }
        }
    }

    @Property(tries = 200)
    void streamsOfAGroupHaveTheBitsOfRows(@ForAll @IntRange(min = 1, max = 70) int batch, @ForAll long seed) {
        Random random = new Random(seed);
        RandomGraph made = RandomGraph.of(random, true, 6);
        Graph graph = made.graph();
        ModelInput input = made.input(batch);
        try (GruModel model = model(graph, 1 + random.nextInt(3))) {
            GruGroup group = model.newGroup();
            int[] streams = IntStream.range(0, batch).map(i -> group.add()).toArray();
            if (random.nextBoolean()) {
                streams = IntStream.range(0, batch).map(i -> batch - 1 - i).toArray();
            }
            List<float[]> last = List.of();
            for (int t = 0; t < made.steps(); t++) {
                last = step(graph, group, input, streams, t);
            }
            for (int row = 0; row < batch; row++) {
                ModelOutput alone = model.run(unlimited(graph, input, row));
                for (int i = 0; i < last.size(); i++) {
                    float[] y = alone.outputs().get(i);
                    int size = graph.shape(graph.outputs().get(i)).features();
                    assertArrayEquals(Arrays.copyOfRange(y, y.length - size, y.length), part(last.get(i), batch, row),
                            "output " + i + " of " + graph);
                }
            }
        }
    }

    private static ModelInput unlimited(Graph graph, ModelInput input, int row) {
        ModelInput alone = row(graph, input, row);
        for (int i = 0; i < input.inputs() && alone.lengths() != null; i++) {
            if (graph.inputs().get(i).shape().isSequence()) {
                return alone.withLengths(new int[]{alone.steps(i)});
            }
        }
        return alone;
    }

    /** One step of all streams, of which {@code streams} says in which order they are given; outputs are by row. */
    private static List<float[]> step(Graph graph, GruGroup group, ModelInput input, int[] streams, int t) {
        int batch = streams.length;
        Map<String, Tensor> in = new HashMap<>();
        for (int i = 0; i < input.inputs(); i++) {
            Shape shape = graph.inputs().get(i).shape();
            int at = shape.isSequence() ? t : 0;
            int size = shape.features();
            float[] x = new float[batch * size];
            int[] tokens = new int[batch];
            for (int j = 0; j < batch; j++) {
                int step = streams[j] * input.steps(i) + at;
                if (input.tokens(i) == null) {
                    System.arraycopy(input.features(i), step * size, x, j * size, size);
                } else {
                    tokens[j] = input.tokens(i)[step];
                }
            }
            in.put(graph.signature().inputs().get(i).name(),
                    input.tokens(i) == null ? Tensor.of(x, batch, size) : Tensor.of(tokens, batch));
        }
        Map<String, Tensor> out = new HashMap<>();
        for (int i = 0; i < graph.outputs().size(); i++) {
            int size = graph.shape(graph.outputs().get(i)).features();
            out.put(graph.signature().outputs().get(i).name(), Tensor.of(new float[batch * size], batch, size));
        }
        group.step(batch, streams, in, out);
        List<float[]> byRow = new ArrayList<>();
        for (int i = 0; i < graph.outputs().size(); i++) {
            float[] y = out.get(graph.signature().outputs().get(i).name()).floats();
            int size = y.length / batch;
            float[] ordered = new float[y.length];
            for (int j = 0; j < batch; j++) {
                System.arraycopy(y, j * size, ordered, streams[j] * size, size);
            }
            byRow.add(ordered);
        }
        return byRow;
    }

    @Property(tries = 200)
    void aRunGoesOnFromItsFinalStates(@ForAll @IntRange(min = 1, max = 4) int batch, @ForAll long seed) {
        Random random = new Random(seed);
        RandomGraph made = RandomGraph.of(random, true, 50);
        Graph graph = made.graph();
        ModelInput input = row(graph, made.input(1), 0);
        int steps = made.steps();
        int middle = random.nextInt(steps);
        try (GruModel model = model(graph, 1)) {
            ModelInput whole = unlimited(graph, input, 0);
            ModelOutput expected = model.run(whole);
            if (middle > 0) {
                ModelOutput first = model.run(piece(graph, whole, 0, middle));
                ModelOutput second = model
                        .run(piece(graph, whole, middle, steps).withInitialStates(first.finalStates()));
                for (int i = 0; i < expected.outputs().size(); i++) {
                    float[] y = expected.outputs().get(i);
                    float[] end = second.outputs().get(i);
                    assertArrayEquals(Arrays.copyOfRange(y, y.length - end.length, y.length), end,
                            "output " + i + " of " + graph);
                }
                assertEquals(expected.finalStates().size(), second.finalStates().size());
                assertSame(new ModelOutput(second.outputs(), expected.finalStates()), second, graph);
            }
        }
    }

    private static ModelInput piece(Graph graph, ModelInput input, int from, int to) {
        ModelInput piece = null;
        for (int i = 0; i < input.inputs(); i++) {
            Shape shape = graph.inputs().get(i).shape();
            int size = shape.features();
            ModelInput next = !shape.isSequence()
                    ? ModelInput.vector(1, input.features(i))
                    : input.tokens(i) != null
                            ? ModelInput.tokens(1, to - from, Arrays.copyOfRange(input.tokens(i), from, to))
                            : ModelInput.features(1, to - from,
                                    Arrays.copyOfRange(input.features(i), from * size, to * size));
            piece = piece == null ? next : piece.and(next);
        }
        return piece;
    }
}
