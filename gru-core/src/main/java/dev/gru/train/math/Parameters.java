package dev.gru.train.math;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import dev.gru.layer.Graph;
import dev.gru.layer.Layer;
import dev.gru.layer.Parameter;

/**
 * All weights of a model as arrays of doubles that can be changed, by name.
 *
 * <p>The name of an array is that of its layer, a slash, and that of the parameter: {@code gru/weight_ih}, or
 * {@code bidirectional/forward/weight_ih}. Shapes are those of {@link Layer#parameters}, row-major.
 *
 * <p>A layer whose file has one bias or none has both here, and training changes both. With
 * {@link dev.gru.weights.GruVariant#RESET_BEFORE} only the sum of the two matters: their gradients are the same, so the
 * sum goes twice as far in a step as it would if there were one.
 *
 * <p>Not safe for use by two threads while one of them changes an array.
 */
public final class Parameters {
    /** Behind the name of a table: the sums of the squares of the terms of its gradient. */
    public static final String SQUARES = "/squares";

    private final Map<String, double[]> arrays = new LinkedHashMap<>();
    private final Map<String, List<Integer>> shapes = new LinkedHashMap<>();
    private final Map<String, Parameter.Role> roles = new LinkedHashMap<>();

    private Parameters() {
    }

    /**
     * Copies the weights of a model.
     *
     * @throws IllegalArgumentException if two layers with weights have the same name
     */
    public static Parameters of(Graph model) {
        Objects.requireNonNull(model, "model");
        Parameters parameters = new Parameters();
        for (Layer layer : model.layers()) {
            for (Parameter parameter : layer.parameters()) {
                parameters.add(name(layer.name(), parameter), parameter);
            }
        }
        return parameters;
    }

    private static String name(String prefix, Parameter parameter) {
        return prefix + "/" + parameter.name();
    }

    /** Returns the names of the arrays of a layer, in the order of its parameters, given how they begin. */
    public static List<String> names(String prefix, Layer layer) {
        return layer.parameters().stream().map(parameter -> name(prefix, parameter)).toList();
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

    /** Returns whether training changes an array along its gradient. */
    public boolean isLearnt(String name) {
        return require(roles, name).hasGradient();
    }

    /** Returns the dimensions of the arrays that are {@linkplain #isLearnt learnt} by name. */
    public Map<String, List<Integer>> learntShapes() {
        Map<String, List<Integer>> learnt = new LinkedHashMap<>(shapes);
        learnt.keySet().removeIf(name -> !isLearnt(name));
        return learnt;
    }

    /** Returns whether an array is the table of an embedding. */
    public boolean isTable(String name) {
        return require(roles, name) == Parameter.Role.TABLE;
    }

    /**
     * Returns the value of a name.
     *
     * @throws IllegalArgumentException if there is none
     */
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
    public Graph toModel(Graph like) {
        requireSame("parameters", shapes, of(Objects.requireNonNull(like, "like")).shapes);
        return like.withLayers(like.layers().stream().map(this::withWeights).toList());
    }

    private Layer withWeights(Layer layer) {
        return layer.withParameters(names(layer.name(), layer).stream().map(this::floats).toList());
    }

    /** Returns an array, each element rounded to the nearest float. */
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
     * Checks that some arrays have the names and dimensions that they should have.
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

    private void add(String name, Parameter parameter) {
        FloatBuffer values = parameter.values();
        double[] copy = new double[values.remaining()];
        Arrays.setAll(copy, values::get);
        if (arrays.put(name, copy) != null) {
            throw new IllegalArgumentException(
                    "layers must have different names to be trained, but two have the array " + name);
        }
        shapes.put(name, parameter.shape());
        roles.put(name, parameter.role());
    }

    @Override
    public String toString() {
        return "Parameters" + shapes;
    }
}
