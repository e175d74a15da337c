package dev.gru.train.math;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import dev.gru.layer.ActivationLayer;
import dev.gru.layer.Bidirectional;
import dev.gru.layer.Dense;
import dev.gru.layer.Dropout;
import dev.gru.layer.Embedding;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Layer;
import dev.gru.layer.Masking;
import dev.gru.layer.Sequential;
import dev.gru.layer.TimeDistributed;
import dev.gru.weights.DenseWeights;
import dev.gru.weights.Gate;
import dev.gru.weights.GruWeights;

/**
 * All weights of a model as arrays of doubles that can be changed, by name.
 *
 * <p>The names of a layer's arrays begin with the layer's own:
 *
 * <table>
 * <caption>Arrays, row-major</caption>
 * <tr><th>layer</th><th>arrays</th></tr>
 * <tr><td>{@link Embedding}</td><td>{@code <layer>/table} (vocabularySize, outputSize)</td></tr>
 * <tr><td>{@link GruLayer}</td><td>{@code <layer>/weight_ih} (3 · hiddenSize, inputSize), {@code <layer>/weight_hh}
 *     (3 · hiddenSize, hiddenSize), {@code <layer>/bias_ih} and {@code <layer>/bias_hh} (3 · hiddenSize), gates in the order
 *     of {@link Gate}</td></tr>
 * <tr><td>{@link Bidirectional}</td><td>the same under {@code <layer>/forward} and {@code <layer>/backward}</td></tr>
 * <tr><td>{@link Dense}, {@link TimeDistributed}</td><td>{@code <layer>/weight} (outputSize, inputSize),
 *     {@code <layer>/bias} (outputSize)</td></tr>
 * </table>
 *
 * <p>A layer whose file has one bias or none has both here, and training changes both. With
 * {@link dev.gru.weights.GruVariant#RESET_BEFORE} only the sum of the two matters: their gradients are the same, so the sum
 * goes twice as far in a step as it would if there were one.
 *
 * <p>Not safe for use by two threads while one of them changes an array.
 */
public final class Parameters {
    public static final String TABLE = "/table";
    /** Behind the name of a table: the sums of the squares of the terms of its gradient. */
    public static final String SQUARES = "/squares";
    public static final String WEIGHT_IH = "/weight_ih";
    public static final String WEIGHT_HH = "/weight_hh";
    public static final String BIAS_IH = "/bias_ih";
    public static final String BIAS_HH = "/bias_hh";
    public static final String WEIGHT = "/weight";
    public static final String BIAS = "/bias";
    public static final String FORWARD = "/forward";
    public static final String BACKWARD = "/backward";

    private final Map<String, double[]> arrays = new LinkedHashMap<>();
    private final Map<String, List<Integer>> shapes = new LinkedHashMap<>();

    private Parameters() {
    }

    /**
     * Copies the weights of a model.
     *
     * @throws IllegalArgumentException if two layers with weights have the same name
     */
    public static Parameters of(Sequential model) {
        Objects.requireNonNull(model, "model");
        Parameters parameters = new Parameters();
        for (Layer layer : model.layers()) {
            switch (layer) {
                case Embedding table -> parameters.add(table);
                case GruLayer gru -> parameters.add(gru.name(), gru.weights());
                case Bidirectional both -> {
                    parameters.add(both.name() + FORWARD, both.forward().weights());
                    parameters.add(both.name() + BACKWARD, both.backward().weights());
                }
                case Dense dense -> parameters.add(dense.name(), dense.weights());
                case TimeDistributed each -> parameters.add(each.name(), each.layer().weights());
                case Masking _,Dropout _,ActivationLayer _ -> {
                    // These have no weights.
                }
            }
        }
        return parameters;
    }

    /** Returns the names of all arrays, in the order of the layers. */
    public List<String> names() {
        return List.copyOf(arrays.keySet());
    }

    /**
     * Returns an array, row-major: the array itself, to be read or changed.
     *
     * @throws IllegalArgumentException if there is none of that name
     */
    public double[] get(String name) {
        return require(arrays, name);
    }

    /**
     * Returns the dimensions of an array, slowest first.
     *
     * @throws IllegalArgumentException if there is none of that name
     */
    public List<Integer> shape(String name) {
        return require(shapes, name);
    }

    public static <T> T require(Map<String, T> map, String name) {
        T found = map.get(name);
        if (found == null) {
            throw new IllegalArgumentException("name must be one of " + map.keySet() + ", was " + name);
        }
        return found;
    }

    /**
     * Returns a model with these weights, each rounded to the nearest float.
     *
     * @param like the model whose layers, options and signature it has; its weights do not matter
     * @throws IllegalArgumentException if these are not the parameters of such a model
     */
    public Sequential toModel(Sequential like) {
        requireSame("parameters", shapes, of(Objects.requireNonNull(like, "like")).shapes);
        return new Sequential(like.layers().stream().map(this::withWeights).toList(), like.signature());
    }

    private Layer withWeights(Layer layer) {
        return layer.withParameters(layer.parameters().stream()
                .map(parameter -> floats(layer.name() + "/" + parameter.name())).toList());
    }

    public float[] floats(String name) {
        double[] values = arrays.get(name);
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    /** Returns the dimensions of all arrays by name. */
    public Map<String, List<Integer>> shapes() {
        return shapes;
    }

    /**
     * Returns without doing anything if some arrays have the names and dimensions that they should have.
     *
     * @param what how the message calls them
     * @param actual the dimensions of arrays by name
     * @param expected what they should be
     * @throws IllegalArgumentException if they are not
     */
    public static void requireSame(String what, Map<String, List<Integer>> actual,
            Map<String, List<Integer>> expected) {
        expected.forEach((name, shape) -> {
            List<Integer> found = actual.get(name);
            if (!shape.equals(found)) {
                throw new IllegalArgumentException(what + " must have an array " + name + " of " + shape + ", had "
                        + (found == null ? "none" : "one of " + found));
            }
        });
        for (String name : actual.keySet()) {
            if (!expected.containsKey(name)) {
                throw new IllegalArgumentException(what + " must have no array " + name);
            }
        }
    }

    private void add(Embedding table) {
        add(table.name() + TABLE, table.table(), table.vocabularySize(), table.outputSize());
    }

    private void add(String prefix, GruWeights weights) {
        int rows = Gate.COUNT * weights.hiddenSize();
        add(prefix + WEIGHT_IH, weights.weightIh(), rows, weights.inputSize());
        add(prefix + WEIGHT_HH, weights.weightHh(), rows, weights.hiddenSize());
        add(prefix + BIAS_IH, weights.biasIh(), rows);
        add(prefix + BIAS_HH, weights.biasHh(), rows);
    }

    private void add(String prefix, DenseWeights weights) {
        add(prefix + WEIGHT, weights.weight(), weights.outputSize(), weights.inputSize());
        add(prefix + BIAS, weights.bias(), weights.outputSize());
    }

    private void add(String name, FloatBuffer values, Integer... shape) {
        double[] copy = new double[values.remaining()];
        Arrays.setAll(copy, values::get);
        if (arrays.put(name, copy) != null) {
            throw new IllegalArgumentException(
                    "layers must have different names to be trained, but two have the array " + name);
        }
        shapes.put(name, List.of(shape));
    }

    @Override
    public String toString() {
        return "Parameters" + shapes;
    }
}
