package dev.gru.engine;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.stream.IntStream;

import dev.gru.engine.stage.GateTables;
import dev.gru.engine.stage.Packing;
import dev.gru.engine.stage.Room;
import dev.gru.engine.stage.Stage;
import dev.gru.engine.stage.Value;
import dev.gru.kernel.GruKernel;
import dev.gru.kernel.Tiling;
import dev.gru.layer.Embedding;
import dev.gru.layer.Graph;
import dev.gru.layer.Layer;
import dev.gru.layer.Shape;
import dev.gru.weights.Precision;

/**
 * The packed layers of a model and how they are joined: immutable, shared by all pipelines. Layers that are the
 * identity are left out; a shared layer is packed once.
 */
final class PackedModel {
    /**
     * A layer at its place in the graph.
     *
     * @param handsOnMask whether the output has the mask of the first input, unless the stage makes another
     * @param value the number of the value that comes out
     */
    @SuppressWarnings("ArrayRecordComponent") // made here, and nobody else sees them
    private record Node(Stage.PackedLayer layer, boolean handsOnMask, int[] inputs, int value) {
    }

    private final GruKernel kernel;
    private final Tiling tiling;
    private final List<Shape> shapes;
    private final int inputs;
    private final List<Node> nodes = new ArrayList<>();
    /** For each value, that which it is: another one if its layer is the identity. */
    private final int[] same;
    private final int[] outputs;
    private final BufferPlan buffers;
    private final StepRules rules;
    /** For each input, its smallest table, or null. */
    private final Embedding[] tables;
    private final int[] stateSizes;

    /**
     * Packs layers.
     *
     * @param model the layers, of which only the tables of embeddings are kept
     * @param kernel the kernel that runs them
     * @param precision the precision in which weights are stored
     * @param tableBytes the most that tables of gates may take, 0 for none
     * @param arena owns the native memory of the weights
     */
    PackedModel(Graph model, GruKernel kernel, Precision precision, long tableBytes, Arena arena) {
        this.kernel = kernel;
        tiling = kernel.tiling();
        inputs = model.inputs().size();
        shapes = IntStream.range(0, inputs + model.nodes().size()).mapToObj(model::shape).toList();
        same = IntStream.range(0, shapes.size()).toArray();
        rules = new StepRules(model);
        tables = IntStream.range(0, inputs).mapToObj(input -> model.embeddings(input)
                .min(Comparator.comparingInt(Embedding::vocabularySize)).orElse(null)).toArray(Embedding[]::new);
        stateSizes = model.stateSizes().stream().mapToInt(Integer::intValue).toArray();
        pack(model, new Packing(kernel, precision, arena), new GateTables(tableBytes, arena));
        outputs = model.outputs().stream().mapToInt(output -> same[output]).toArray();
        leaveFeaturesOut();
        buffers = plan();
    }

    private void pack(Graph model, Packing packing, GateTables tables) {
        IdentityHashMap<Layer, Stage.PackedLayer> packed = new IdentityHashMap<>();
        // A layer that is behind one embedding in several nodes has its tables once.
        IdentityHashMap<Layer, IdentityHashMap<Embedding, Stage.PackedLayer>> behind = new IdentityHashMap<>();
        Embedding[] embeddings = new Embedding[shapes.size()];
        for (int i = 0; i < model.nodes().size(); i++) {
            Graph.Node node = model.nodes().get(i);
            Layer layer = node.layer();
            int[] from = node.inputs().stream().mapToInt(value -> same[value]).toArray();
            if (layer.isIdentity()) {
                same[inputs + i] = from[0];
            } else {
                boolean handsOn = layer.mask() == Layer.Mask.HANDS_ON || layer.mask() == Layer.Mask.USES
                        || layer.mask() == Layer.Mask.MAKES;
                Stage.PackedLayer one = packed.computeIfAbsent(layer, packing::pack);
                Embedding before = embeddings[from[0]];
                if (before != null) {
                    one = behind.computeIfAbsent(layer, _ -> new IdentityHashMap<>()).computeIfAbsent(before,
                            embedding -> packed.get(layer).behind(embedding, tables));
                }
                nodes.add(new Node(one, handsOn, from, inputs + i));
                embeddings[inputs + i] = layer instanceof Embedding embedding ? embedding : null;
            }
        }
    }

    /** Has embeddings look nothing up whose features nobody reads. */
    private void leaveFeaturesOut() {
        boolean[] read = new boolean[shapes.size()];
        for (int output : outputs) {
            read[output] = true;
        }
        for (Node node : nodes) {
            for (int i = node.layer.readsTokens() ? 1 : 0; i < node.inputs.length; i++) {
                read[node.inputs[i]] = true;
            }
        }
        nodes.replaceAll(node -> read[node.value]
                ? node
                : new Node(node.layer.withoutFeatures(), node.handsOnMask, node.inputs, node.value));
    }

    private BufferPlan plan() {
        int[][] read = new int[shapes.size() - inputs][0];
        boolean[] views = new boolean[read.length];
        for (Node node : nodes) {
            read[node.value - inputs] = node.inputs;
            views[node.value - inputs] = node.layer.isView();
        }
        return new BufferPlan(inputs, read, views, outputs);
    }

    /** Returns the number of inputs. */
    int inputs() {
        return inputs;
    }

    /** Returns the shape of an input. */
    Shape input(int index) {
        return shapes.get(index);
    }

    /** Returns the smallest table that the tokens of an input are looked up in, or null if there is none. */
    Embedding table(int input) {
        return tables[input];
    }

    /** Returns the number of outputs. */
    int outputs() {
        return outputs.length;
    }

    /** Returns the shape of an output. */
    Shape output(int index) {
        return shapes.get(outputs[index]);
    }

    /**
     * Returns the steps of each output.
     *
     * @param ofInputs the steps of the inputs; a vector has 1
     * @throws IllegalArgumentException if a layer does not take so many; the message names it
     */
    List<Integer> outputSteps(List<Integer> ofInputs) {
        List<Integer> steps = rules.steps(ofInputs);
        return Arrays.stream(outputs).mapToObj(steps::get).toList();
    }

    /** Returns the most steps that a value has for inputs of so many. */
    int mostSteps(List<Integer> ofInputs) {
        return rules.steps(ofInputs).stream().mapToInt(Integer::intValue).max().orElseThrow();
    }

    /** Returns the sizes of states, in the order of {@link Graph#stateSizes}; the array itself, read-only. */
    int[] stateSizes() {
        return stateSizes;
    }

    /** Returns whether a layer reads in both directions, which two threads can do at the same time. */
    boolean isBidirectional() {
        return nodes.stream().anyMatch(node -> node.layer.isBidirectional());
    }

    /** Returns the numbers of rows and steps that suit the kernel. */
    Tiling tiling() {
        return tiling;
    }

    /** Returns the kernel that runs the layers. */
    GruKernel kernel() {
        return kernel;
    }

    /**
     * Returns new values, without arrays.
     *
     * @param steps the most steps of each input
     */
    Value[] newValues(List<Integer> steps) {
        List<Integer> all = rules.steps(steps);
        Value[] values = new Value[shapes.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = same[i] == i ? new Value(shapes.get(i).features(), all.get(i)) : values[same[i]];
        }
        return values;
    }

    /** Returns those of the values that are outputs. */
    Value[] outputs(Value[] values) {
        return Arrays.stream(outputs).mapToObj(output -> values[output]).toArray(Value[]::new);
    }

    /**
     * Returns new stages, in the order in which they run, and gives their outputs arrays and masks.
     *
     * @param values all values; the inputs have arrays and masks
     * @param room what the stages have in common
     */
    Stage[] newStages(Value[] values, Room room) {
        int[] sizes = new int[buffers.count()];
        for (int i = 0; i < values.length; i++) {
            if (buffers.of(i) != BufferPlan.NONE) {
                sizes[buffers.of(i)] = Math.max(sizes[buffers.of(i)],
                        room.features(values[i].maxSteps, values[i].size));
            }
        }
        float[][] arrays = Arrays.stream(sizes).mapToObj(float[]::new).toArray(float[][]::new);
        List<Stage> stages = new ArrayList<>();
        for (Node node : nodes) {
            Value[] in = Arrays.stream(node.inputs).mapToObj(input -> values[input]).toArray(Value[]::new);
            Value out = values[node.value];
            out.data = node.layer.isView() ? in[0].data : arrays[buffers.of(node.value)];
            out.mask = node.handsOnMask ? in[0].mask : null;
            out.within = node.handsOnMask ? in[0].within : null;
            stages.add(node.layer.newStage(in, out, room));
        }
        return stages.toArray(Stage[]::new);
    }
}
