package dev.gru.format.onnx.stage;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.gru.layer.ActivationLayer;
import dev.gru.layer.Bidirectional;
import dev.gru.layer.GlobalPooling1D;
import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Layer;
import dev.gru.layer.Merge;
import dev.gru.layer.Reshaping;
import dev.gru.layer.Scale;

/**
 * Puts the stages of a graph together as the nodes of a model.
 *
 * <p>For one graph and one thread.
 */
public final class Assembly {
    private final List<Stage> stages;
    private final List<String> inputs = new ArrayList<>();
    private final List<Graph.Node> nodes = new ArrayList<>();
    /** The number of each stage's value in the model; not there for one that the model does not need. */
    private final Map<Integer, Integer> values = new HashMap<>();
    /** For GRU stages, the number of its node. */
    private final Map<Integer, Integer> recurrent = new HashMap<>();
    private final Set<String> names = new HashSet<>();
    /** Whether all outputs of a GRU are looked at, not only the final ones. */
    private final boolean[] sequences;

    private Assembly(List<Stage> stages) {
        this.stages = stages;
        sequences = new boolean[stages.size()];
    }

    /**
     * Puts stages together.
     *
     * @param stages the stages, each after those whose values it takes
     * @param outputs the numbers of the stages whose values are returned
     * @param states the numbers of further GRU stages, whose states are returned
     */
    public static Assembly of(List<Stage> stages, Collection<Integer> outputs, Collection<Integer> states) {
        List<Integer> all = new ArrayList<>(outputs);
        all.addAll(states);
        List<Stage> simple = Simplification.simplified(stages, all);
        Assembly assembly = new Assembly(simple);
        boolean[] needed = Simplification.needed(simple, all);
        outputs.forEach(output -> assembly.sequences[output] = true);
        for (int i = 0; i < needed.length; i++) {
            Stage stage = simple.get(i);
            if (needed[i] && !(stage.work() instanceof Work.Final)) {
                stage.inputs().forEach(input -> assembly.sequences[input] = true);
            }
            if (needed[i] && stage.work() instanceof Work.Input(String name)) {
                assembly.values.put(i, assembly.inputs.size());
                assembly.inputs.add(name);
            }
        }
        for (int i = 0; i < needed.length; i++) {
            if (needed[i]) {
                assembly.add(i);
            }
        }
        return assembly;
    }

    /** Returns the names of the graph's inputs that the model takes, in the order of its values. */
    public List<String> inputs() {
        return inputs;
    }

    /** Returns the nodes of the model. */
    public List<Graph.Node> nodes() {
        return nodes;
    }

    /** Returns the number in the model of the value of a stage. */
    public int value(int stage) {
        return values.get(stage);
    }

    /** Returns which node of the model a GRU stage is. */
    public int node(int stage) {
        return recurrent.get(stage);
    }

    /** Returns whether the model is a chain of layers, the last of which makes the given value. */
    public boolean isChain(int output) {
        boolean chain = inputs.size() == 1 && output == nodes.size();
        for (int i = 0; chain && i < nodes.size(); i++) {
            chain = nodes.get(i).inputs().equals(List.of(i));
        }
        return chain;
    }

    private void add(int number) {
        Stage stage = stages.get(number);
        List<Integer> from = stage.inputs().stream().map(values::get).toList();
        int value = switch (stage.work()) {
            case Work.Input _ -> values.get(number);
            case Work.Weighted weighted -> node(weighted.maker().make(name(stage.name()), weighted.bias() == null
                    ? new float[stage.features()]
                    : weighted.bias(), weighted.activation()), from);
            case Work.Affine(float[] scale, float[] offset) -> node(new Scale(name(stage.name()), stage.features(),
                    new float[stage.features()], scale == null ? ones(stage.features()) : scale,
                    offset == null ? new float[stage.features()] : offset), from);
            case Work.Function function -> node(new ActivationLayer(name(stage.name()), function.activation()), from);
            case Work.Part(int first) -> first == 0 && stages.get(stage.input()).features() == stage.features()
                    ? from.getFirst()
                    : node(new Reshaping.Slice(name(stage.name()), first, stage.features()), from);
            case Work.Merged merged -> node(new Merge(name(stage.name()), merged.kind()), from);
            case Work.Pooled pooled -> node(new GlobalPooling1D(name(stage.name()), pooled.kind()), from);
            case Work.Recurrent gru -> recurrent(number, gru, from);
            case Work.Final(int direction) -> last(stage, direction, from.getFirst());
            case Work.Padded(int before, int after) ->
                node(new Reshaping.ZeroPadding1D(name(stage.name()), before, after),
                        from);
            case Work.Made made -> node(made.maker().make(name(stage.name())), from);
        };
        values.put(number, value);
    }

    private int recurrent(int number, Work.Recurrent gru, List<Integer> from) {
        String name = name(stages.get(number).name());
        // ONNX pads with zeros beyond the length of a row.
        Layer layer = gru.weights().size() == 1
                ? new GruLayer(name, gru.weights().getFirst()).withReturnSequences(sequences[number])
                        .withDirection(gru.direction())
                        .withZeroOutputForMask(true)
                : new Bidirectional(name, gru.weights().get(0), gru.weights().get(1)).withNames(name, name)
                        .withReturnSequences(sequences[number]).withZeroOutputForMask(true);
        recurrent.put(number, nodes.size());
        return node(layer, from);
    }

    /** Makes the final states of a GRU: its last output, or a step of all its outputs, one for each direction. */
    private int last(Stage stage, int direction, int outputs) {
        Work.Recurrent gru = (Work.Recurrent) stages.get(stage.input()).work();
        int directions = gru.weights().size();
        if (!sequences[stage.input()]) {
            return direction == Work.Final.ALL || directions == 1
                    ? outputs
                    : node(new Reshaping.Slice(name(stage.name()), direction * gru.units(), gru.units()),
                            List.of(outputs));
        }
        if (direction != Work.Final.ALL || directions == 1) {
            return step(stage.name(), gru, Math.max(direction, 0), outputs);
        }
        List<Integer> halves = new ArrayList<>();
        for (int i = 0; i < directions; i++) {
            halves.add(step(stage.name(), gru, i, outputs));
        }
        return node(new Merge(name(stage.name()), Merge.Kind.CONCATENATE), halves);
    }

    private int step(String name, Work.Recurrent gru, int direction, int outputs) {
        int half = gru.weights().size() == 1
                ? outputs
                : node(new Reshaping.Slice(name(name), direction * gru.units(), gru.units()), List.of(outputs));
        return node(new GlobalPooling1D(name(name),
                gru.endsAtFirst(direction) ? GlobalPooling1D.Kind.FIRST : GlobalPooling1D.Kind.LAST), List.of(half));
    }

    private int node(Layer layer, List<Integer> from) {
        nodes.add(new Graph.Node(layer, from));
        return inputs.size() + nodes.size() - 1;
    }

    /** Returns a name that no layer has yet: the given one, or with a number if that is taken. */
    private String name(String wanted) {
        String name = wanted;
        for (int i = 1; !names.add(name); i++) {
            name = wanted + "_" + i;
        }
        return name;
    }

    private static float[] ones(int size) {
        float[] ones = new float[size];
        Arrays.fill(ones, 1);
        return ones;
    }
}
