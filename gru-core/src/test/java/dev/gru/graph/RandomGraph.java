package dev.gru.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

import dev.gru.kernel.RandomWeights;
import dev.gru.layer.Dropout;
import dev.gru.layer.Embedding;
import dev.gru.layer.Graph;
import dev.gru.layer.Layer;
import dev.gru.layer.Masking.SetMask;
import dev.gru.layer.Masking;
import dev.gru.layer.Merge;
import dev.gru.layer.ModelInput;
import dev.gru.layer.Shape;

/** A random graph of all layers, with several inputs and outputs, branches, shared layers and masks; and batches for it. */
public final class RandomGraph {
    private static final int VOCABULARY = 7;
    /** The value by which features leave a step out. */
    private static final float MASKED = 0.5f;

    private final Random random;
    private final boolean streams;
    private final Graph.Builder builder = new Graph.Builder();
    private final List<Shape> inputs = new ArrayList<>();
    private final List<Integer> inputSteps = new ArrayList<>();
    private final List<Shape> shapes = new ArrayList<>();
    private final List<Integer> steps = new ArrayList<>();
    private final List<Layer> layers = new ArrayList<>();
    private final RandomLayers make;
    private Graph graph;

    private RandomGraph(Random random, boolean streams) {
        this.random = random;
        this.streams = streams;
        make = new RandomLayers(random, streams);
    }

    /**
     * Makes a graph.
     *
     * @param streams whether it has sessions: all of its layers are per step, causal or collapsing
     * @param most the most steps of a sequence
     */
    public static RandomGraph of(Random random, boolean streams, int most) {
        RandomGraph one = new RandomGraph(random, streams);
        one.build(1 + random.nextInt(most));
        return one;
    }

    private void build(int sequenceSteps) {
        int count = 1 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            Shape shape = switch (i == 0 ? random.nextInt(2) : random.nextInt(3)) {
                case 0 -> Shape.sequence(1 + random.nextInt(5));
                case 1 -> Shape.tokens();
                default -> Shape.vector(1 + random.nextInt(5));
            };
            inputs.add(shape);
            inputSteps.add(shape.isSequence()
                    ? streams || random.nextBoolean()
                            ? sequenceSteps
                            : 1 + random.nextInt(sequenceSteps)
                    : 1);
            shapes.add(shape);
            steps.add(inputSteps.getLast());
            builder.input("input" + i, shape);
        }
        for (int i = 0; i < count; i++) {
            embedOrMask(i);
        }
        int nodes = 1 + random.nextInt(12);
        while (nodes > 0) {
            nodes -= addAny() ? 1 : 0;
        }
        List<Integer> outputs = new ArrayList<>(List.of(shapes.size() - 1));
        for (int more = random.nextInt(3); more > 0; more--) {
            int value = random.nextInt(shapes.size());
            if (shapes.get(value).kind() != Shape.Kind.TOKENS) {
                outputs.add(value);
            }
        }
        graph = builder.build(outputs.stream().mapToInt(Integer::intValue).toArray());
    }

    private void embedOrMask(int input) {
        if (inputs.get(input).kind() == Shape.Kind.TOKENS) {
            for (int tables = 1 + random.nextInt(2); tables > 0; tables--) {
                int size = 1 + random.nextInt(4);
                add(new Embedding(name(), VOCABULARY, size, RandomWeights.floats(VOCABULARY * size, random))
                        .withMaskZero(random.nextBoolean()), input);
            }
        } else if (inputs.get(input).isSequence() && random.nextInt(3) == 0) {
            add(new Masking(name(), MASKED), input);
        } else if (random.nextInt(4) == 0) {
            add(new Dropout(name(), 0.5f), input);
        }
    }

    private String name() {
        return "layer" + layers.size();
    }

    private boolean add(Layer layer, int... values) {
        List<Shape> in = Arrays.stream(values).mapToObj(shapes::get).toList();
        try {
            Shape shape = in.size() == 1 ? layer.outputShape(in.getFirst()) : layer.outputShape(in);
            int count = layer.outputSteps(in, Arrays.stream(values).mapToObj(steps::get).toList());
            boolean whole = new Graph.Node(layer, Arrays.stream(values).boxed().toList())
                    .time() == Layer.Time.WHOLE_SEQUENCE;
            if ((long) count * shape.features() > 400 || (streams && whole)) {
                return false;
            }
            shapes.add(shape);
            steps.add(count);
        } catch (IllegalArgumentException e) {
            return false;
        }
        layers.add(layer);
        builder.add(layer, values);
        return true;
    }

    private int anyValue() {
        return random.nextInt(3) == 0 ? random.nextInt(shapes.size()) : shapes.size() - 1;
    }

    private boolean addAny() {
        int value = anyValue();
        Shape shape = shapes.get(value);
        if (shape.kind() == Shape.Kind.TOKENS) {
            return false;
        }
        if (random.nextInt(4) == 0) {
            return addJoined(value);
        }
        if (random.nextInt(6) == 0 && !layers.isEmpty()) {
            Layer shared = layers.get(random.nextInt(layers.size()));
            return !(shared instanceof Masking) && add(shared, value);
        }
        return add(make.any(name(), shape, steps.get(value)), value);
    }

    /** Several values of one kind and so many steps, or those that attention, or a GRU with a state, takes. */
    private boolean addJoined(int value) {
        int other = random.nextInt(shapes.size());
        return switch (random.nextInt(5)) {
            case 0 -> random.nextBoolean()
                    ? add(make.attention(name(), shapes.get(value)), value, other)
                    : add(make.attention(name(), shapes.get(value)), value, other, random.nextInt(shapes.size()));
            case 1 -> (shapes.get(other).isSequence() || !shapes.get(value).isSequence())
                    ? false
                    : random.nextBoolean()
                            ? add(make.gru(name(), shapes.get(value).features(), shapes.get(other).features()), value,
                                    other)
                            : add(make.both(name(), shapes.get(value).features(), shapes.get(other).features()), value,
                                    other, other);
            case 2 -> add(new SetMask(name()), value, other);
            default -> {
                Merge.Kind kind = make.anyOf(List.of(Merge.Kind.values()));
                int count = kind == Merge.Kind.SUBTRACT ? 2 : 1 + random.nextInt(3);
                int[] values = IntStream.range(0, count).map(i -> i == 0 ? value : random.nextInt(shapes.size()))
                        .toArray();
                // A quotient of what may be near 0 has no digits in common with one in double.
                yield kind != Merge.Kind.DIVIDE && add(new Merge(name(), kind), values);
            }
        };
    }

    /** Returns the model. */
    public Graph graph() {
        return graph;
    }

    /** Returns the steps of the sequences. */
    public int steps() {
        return IntStream.range(0, inputs.size()).filter(i -> inputs.get(i).isSequence()).map(inputSteps::get).max()
                .orElseThrow();
    }

    /** Returns a batch; perhaps with lengths. */
    public ModelInput input(int batch) {
        ModelInput input = null;
        for (int i = 0; i < inputs.size(); i++) {
            ModelInput next = input(i, batch);
            input = input == null ? next : input.and(next);
        }
        for (int i = 0; i < inputs.size(); i++) {
            if (inputs.get(i).isSequence()) {
                int most = inputSteps.get(i);
                return random.nextInt(3) > 0
                        ? input
                        : input.withLengths(random.ints(batch, 0, most + 1).toArray());
            }
        }
        return input;
    }

    private ModelInput input(int i, int batch) {
        int count = inputSteps.get(i);
        if (inputs.get(i).kind() == Shape.Kind.TOKENS) {
            return ModelInput.tokens(batch, count, random.ints((long) batch * count, 0, VOCABULARY).toArray());
        }
        int size = inputs.get(i).features();
        float[] x = RandomWeights.floats(batch * count * size, random);
        for (int step = 0; step < batch * count; step++) {
            if (random.nextInt(4) == 0) {
                Arrays.fill(x, step * size, (step + 1) * size, MASKED);
            }
        }
        return ModelInput.features(batch, count, x);
    }
}
