package dev.gru;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.ToDoubleFunction;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer;
import dev.gru.layer.ModelInput;
import dev.gru.layer.ModelOutput;
import dev.gru.layer.Sequential;
import dev.gru.layer.Signature.Axis;
import dev.gru.layer.Signature.Port;
import dev.gru.layer.Signature.Presence;
import dev.gru.layer.Signature.Role;
import dev.gru.layer.Signature;
import dev.gru.layer.Tensor;

/** Arrays by name, in every order of their axes, are those of a run with canonical arrays. */
class NamedArraysProperties {

    /** The model's array that a port stands for, by where each element is. */
    private interface Element extends ToDoubleFunction<Map<Axis, Integer>> {
    }

    private static List<Axis> shuffled(Random random, Axis... axes) {
        List<Axis> all = new ArrayList<>(List.of(axes));
        for (int ones = random.nextInt(3); ones > 0; ones--) {
            all.add(Axis.ONE);
        }
        Collections.shuffle(all, random);
        return all;
    }

    /** One port for each state, or for two neighbours of the same size. */
    private static List<Port> statePorts(Graph model, Role role, Random random) {
        List<GruLayer> layers = model.recurrentLayers();
        List<Port> ports = new ArrayList<>();
        for (int i = 0; i < layers.size();) {
            boolean two = i + 1 < layers.size() && layers.get(i).stateSize() == layers.get(i + 1).stateSize()
                    && random.nextBoolean();
            int count = two ? 2 : 1;
            List<Axis> axes = two || random.nextBoolean()
                    ? shuffled(random, Axis.BATCH, Axis.FEATURE, Axis.DIRECTION)
                    : shuffled(random, Axis.BATCH, Axis.FEATURE);
            ports.add(new Port("state " + i, role, i, count, axes,
                    Presence.optionalIf(role == Role.INITIAL_STATE)));
            i += count;
        }
        return ports;
    }

    private static Signature signature(Graph model, Random random) {
        List<Port> inputs = new ArrayList<>(statePorts(model, Role.INITIAL_STATE, random));
        inputs.add(new Port("in", Role.INPUT, 0, 0, model.embedding().isPresent()
                ? shuffled(random, Axis.BATCH, Axis.STEP)
                : shuffled(random, Axis.BATCH, Axis.STEP, Axis.FEATURE)));
        inputs.add(
                new Port("lengths", Role.LENGTHS, 0, 0, shuffled(random, Axis.BATCH), Presence.OPTIONAL));
        List<Port> outputs = new ArrayList<>(statePorts(model, Role.FINAL_STATE, random));
        int size = model.outputSize();
        int first = random.nextInt(size);
        outputs.add(output("all", model, 0, size, false, random));
        outputs.add(output("part", model, first, 1 + random.nextInt(size - first), false, random));
        if (size > 1) {
            outputs.add(output("halves", model, size % 2, size - size % 2, true, random));
        }
        return new Signature(inputs, outputs);
    }

    private static Port output(String name, Graph model, int first, int count, boolean halves, Random random) {
        List<Axis> axes = new ArrayList<>(List.of(Axis.BATCH, Axis.FEATURE));
        if (model.returnsSequences()) {
            axes.add(Axis.STEP);
        }
        if (halves) {
            axes.add(Axis.DIRECTION);
        }
        return new Port(name, Role.OUTPUT, first, count, shuffled(random, axes.toArray(Axis[]::new)));
    }

    /** Puts elements in the order of axes. */
    private static float[] arrange(List<Axis> axes, int[] shape, Element element) {
        int count = 1;
        for (int size : shape) {
            count *= size;
        }
        float[] array = new float[count];
        for (int i = 0; i < count; i++) {
            Map<Axis, Integer> index = new EnumMap<>(Axis.class);
            int left = i;
            for (int axis = axes.size() - 1; axis >= 0; axis--) {
                index.put(axes.get(axis), left % shape[axis]);
                left /= shape[axis];
            }
            array[i] = (float) element.applyAsDouble(index);
        }
        return array;
    }

    private static int[] shape(Port port, int batch, int steps, int features) {
        return port.axes().stream().mapToInt(axis -> switch (axis) {
            case BATCH -> batch;
            case STEP -> steps;
            case FEATURE -> features;
            case DIRECTION -> port.role() == Role.OUTPUT ? 2 : port.count();
            case ONE -> 1;
        }).toArray();
    }

    private static int at(Map<Axis, Integer> index, Axis axis) {
        return index.getOrDefault(axis, 0);
    }

    private static float[] arrangeStates(Port port, int[] shape, List<float[]> states, int size) {
        return arrange(port.axes(), shape, index -> states.get(port.first() + at(index, Axis.DIRECTION))[at(index,
                Axis.BATCH) * size + at(index, Axis.FEATURE)]);
    }

    private static Tensor tensorIn(Port port, Graph model, ModelInput input) {
        int steps = input.steps();
        int size = port.role() == Role.INITIAL_STATE
                ? model.recurrentLayers().get(port.first()).stateSize()
                : model.inputSize();
        int[] shape = shape(port, input.batch(), steps, size);
        if (port.role() == Role.INITIAL_STATE) {
            return Tensor.of(arrangeStates(port, shape, input.initialStates(), size), shape);
        }
        int[] ints = port.role() == Role.LENGTHS ? input.lengths() : input.tokens();
        int stepsOfPort = port.role() == Role.LENGTHS ? 1 : steps;
        float[] values = arrange(port.axes(), shape, index -> {
            int step = at(index, Axis.BATCH) * stepsOfPort + at(index, Axis.STEP);
            return ints == null ? input.features()[step * size + at(index, Axis.FEATURE)] : ints[step];
        });
        if (ints == null) {
            return Tensor.of(values, shape);
        }
        int[] asInts = new int[values.length];
        for (int i = 0; i < asInts.length; i++) {
            asInts[i] = (int) values[i];
        }
        return Tensor.of(asInts, shape);
    }

    private static Tensor tensorOut(Port port, Graph model, ModelInput input, ModelOutput output) {
        if (port.role() == Role.FINAL_STATE) {
            int size = model.recurrentLayers().get(port.first()).stateSize();
            int[] shape = shape(port, input.batch(), 1, size);
            return Tensor.of(arrangeStates(port, shape, output.finalStates(), size), shape);
        }
        int steps = model.returnsSequences() ? input.steps() : 1;
        int features = port.axes().contains(Axis.DIRECTION) ? port.count() / 2 : port.count();
        int[] shape = shape(port, input.batch(), steps, features);
        return Tensor.of(arrange(port.axes(), shape, index -> output.y()[(at(index, Axis.BATCH) * steps
                + at(index, Axis.STEP)) * model.outputSize() + port.first() + at(index, Axis.DIRECTION) * features
                + at(index, Axis.FEATURE)]), shape);
    }

    @Property(tries = 300)
    void everyOrderOfAxesGivesTheValuesOfTheCanonicalOne(@ForAll @IntRange(min = 1, max = 5) int batch,
            @ForAll @IntRange(min = 1, max = 5) int steps, @ForAll long seed) {
        Random random = new Random(seed);
        Graph plain = RandomModel.layers(random);
        ModelInput input = RandomModel.input(plain, batch, steps, random);
        Graph layers = new Sequential(plain.layers(), signature(plain, random));
        Map<String, Tensor> arrays = new LinkedHashMap<>();
        for (Port port : layers.signature().inputs()) {
            boolean given = switch (port.role()) {
                case LENGTHS -> input.lengths() != null;
                case INITIAL_STATE -> input.initialStates() != null;
                default -> true;
            };
            if (given) {
                arrays.put(port.name(), tensorIn(port, layers, input));
            }
        }
        try (GruModel model = Models.scalar(layers)) {
            ModelOutput expected = model.run(input);
            Map<String, Tensor> outputs = model.run(arrays);
            assertEquals(model.signature().outputs().stream().map(Port::name).toList(),
                    List.copyOf(outputs.keySet()));
            for (Port port : model.signature().outputs()) {
                Tensor tensor = tensorOut(port, layers, input, expected);
                assertArrayEquals(tensor.shape(), outputs.get(port.name()).shape(), port.toString());
                assertArrayEquals(tensor.floats(), outputs.get(port.name()).floats(), port.toString());
            }
        }
    }
}
