package dev.gru.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer.Direction;
import dev.gru.layer.ModelInput;
import dev.gru.layer.Shape;

/**
 * Runs graphs in plain doubles, layer after layer, row after row, straight from the definitions of Keras and ONNX: what
 * the engine is tested against. It shares no code with it.
 */
public final class GraphInterpreter {
    /** One row of a value: (steps, features), and which steps are not masked, or null. */
    @SuppressWarnings("ArrayRecordComponent") // nobody keeps it
    record Rows(double[][] x, boolean[] mask, boolean[] within) {
        Rows(double[][] x) {
            this(x, null, null);
        }

        int steps() {
            return x.length;
        }

        int size() {
            return x[0].length;
        }

        boolean counts(int t) {
            return mask == null || mask[t];
        }

        Rows masked(Rows by) {
            return new Rows(x, by.mask, by.within);
        }
    }

    private GraphInterpreter() {
    }

    /** Returns the outputs of a model, each (batch, steps, features), in one array. */
    public static List<double[]> run(Graph model, ModelInput input) {
        List<List<Double>> outputs = new ArrayList<>();
        model.outputs().forEach(output -> outputs.add(new ArrayList<>()));
        for (int row = 0; row < input.batch(); row++) {
            List<Rows> values = runRow(model, input, row);
            for (int i = 0; i < outputs.size(); i++) {
                for (double[] step : values.get(model.outputs().get(i)).x) {
                    for (double v : step) {
                        outputs.get(i).add(v);
                    }
                }
            }
        }
        return outputs.stream().map(list -> list.stream().mapToDouble(Double::doubleValue).toArray()).toList();
    }

    private static List<Rows> runRow(Graph model, ModelInput input, int row) {
        List<Rows> values = new ArrayList<>();
        boolean limited = input.lengths() != null;
        for (int i = 0; i < input.inputs(); i++) {
            boolean[] within = null;
            Shape shape = model.inputs().get(i).shape();
            if (limited && shape.isSequence()) {
                within = new boolean[input.steps(i)];
                Arrays.fill(within, 0, input.lengths()[row], true);
                limited = false;
            }
            values.add(new Rows(row(input, i, row, shape.features()), within, within));
        }
        for (Graph.Node node : model.nodes()) {
            List<Rows> in = node.inputs().stream().map(values::get).toList();
            values.add(LayerEquations.apply(node.layer(), in));
        }
        return values;
    }

    private static double[][] row(ModelInput input, int i, int row, int size) {
        int steps = input.steps(i);
        double[][] x = new double[steps][size];
        for (int t = 0; t < steps; t++) {
            for (int k = 0; k < size; k++) {
                x[t][k] = input.tokens(i) == null
                        ? input.features(i)[(row * steps + t) * size + k]
                        : input.tokens(i)[row * steps + t];
            }
        }
        return x;
    }

    /** The order in which a layer reads steps. */
    static int[] order(Direction direction, int steps) {
        int[] order = new int[steps];
        for (int i = 0; i < steps; i++) {
            order[i] = direction == Direction.FORWARD ? i : steps - 1 - i;
        }
        return order;
    }
}
