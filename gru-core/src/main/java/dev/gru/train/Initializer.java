package dev.gru.train;

import java.util.Arrays;
import java.util.List;

import dev.gru.internal.Shapes;
import dev.gru.layer.Attention;
import dev.gru.layer.Graph;
import dev.gru.layer.Layer;
import dev.gru.layer.Parameter;
import dev.gru.train.math.Parameters;
import dev.gru.train.math.RandomStream;

/**
 * What the weights of a model are before it is trained: random, as a framework draws them for its layers.
 *
 * <p>The distributions are the framework's, the numbers are not. They come from a seed alone, each array of
 * {@link Parameters} from a stream of its own, and are the same bits on every machine.
 */
public enum Initializer {
    /**
     * Keras's defaults: kernels, the input weights of GRU and dense layers, Glorot uniform, ±√(6 / (in + out)), where
     * the three gates together are the outputs of a GRU layer; the recurrent weights of the three gates together an
     * orthogonal matrix, uniform among all, whose columns here are orthonormal; biases 0; the tables of embeddings
     * uniform, ±0.05. Of a convolution, in and out are the channels of a group and the filters, times the steps of a
     * window. The factors of normalizations and attention are 1, but those of an additive attention Glorot uniform,
     * ±√(3 / size); slopes of rectifiers are 0, moving averages of means 0 and of variances 1.
     */
    KERAS {
        @Override
        void draw(Parameter parameter, Layer layer, double[] values, RandomStream random) {
            switch (parameter.role()) {
                case TABLE -> random.uniform(0.05, values);
                case INPUT_MATRIX -> random.uniform(glorot(parameter.shape()), values);
                case RECURRENT_MATRIX -> {
                    random.normal(values);
                    orthonormalize(values, parameter.shape().getLast());
                }
                case BIAS, SLOPE, MOVING_MEAN -> Arrays.fill(values, 0);
                case SCALE -> {
                    if (layer instanceof Attention attention && attention.score() == Attention.Score.ADDITIVE) {
                        random.uniform(Math.sqrt(3.0 / values.length), values);
                    } else {
                        Arrays.fill(values, 1);
                    }
                }
                case MOVING_VARIANCE -> Arrays.fill(values, 1);
                case CONSTANT -> {
                    // It stays what it is.
                }
            }
        }

        private static double glorot(List<Integer> shape) {
            int steps = shape.size() == 3 ? shape.get(1) : 1;
            return Math.sqrt(6.0 / (((double) shape.getLast() + shape.getFirst()) * steps));
        }
    },

    /**
     * PyTorch's defaults: all weights and biases of a GRU layer uniform, ±1/√hiddenSize; weights and biases of a dense
     * layer uniform, ±1/√inputSize, which is what {@code kaiming_uniform} with a = √5 comes to; the tables of
     * embeddings normal with variance 1, but where id 0 is padding its row is 0, as that of {@code padding_idx}. Of a
     * convolution, inputSize is that of a window of a group. The factors of normalizations and attention are 1, their
     * summands and moving averages of means 0, moving averages of variances 1, slopes of rectifiers 0.25.
     */
    PYTORCH {
        @Override
        void draw(Parameter parameter, Layer layer, double[] values, RandomStream random) {
            switch (parameter.role()) {
                case INPUT_MATRIX, RECURRENT_MATRIX -> random.uniform(1 / Math.sqrt(fanIn(parameter, layer)), values);
                case BIAS -> {
                    int fanIn = fanIn(parameter, layer);
                    if (fanIn == 0) {
                        Arrays.fill(values, 0);
                    } else {
                        random.uniform(1 / Math.sqrt(fanIn), values);
                    }
                }
                case TABLE -> {
                    random.normal(values);
                    if (layer.mask() == Layer.Mask.MAKES) {
                        Arrays.fill(values, 0, parameter.shape().getLast(), 0);
                    }
                }
                case SLOPE -> Arrays.fill(values, 0.25);
                case MOVING_MEAN -> Arrays.fill(values, 0);
                case SCALE, MOVING_VARIANCE -> Arrays.fill(values, 1);
                case CONSTANT -> {
                    // It stays what it is.
                }
            }
        }

        // The units of a recurrent layer, or the inputs of one that has no states; 0 of one that has no matrix.
        private static int fanIn(Parameter parameter, Layer layer) {
            String part = part(parameter);
            int fanIn = 0;
            for (Parameter sibling : layer.parameters()) {
                boolean matrix = sibling.role() == Parameter.Role.RECURRENT_MATRIX
                        || (fanIn == 0 && sibling.role() == Parameter.Role.INPUT_MATRIX);
                fanIn = matrix && part(sibling).equals(part) ? elementsOfRow(sibling.shape()) : fanIn;
            }
            return fanIn;
        }

        private static int elementsOfRow(List<Integer> shape) {
            return shape.stream().skip(1).reduce(1, Math::multiplyExact);
        }

        private static String part(Parameter parameter) {
            return parameter.name().substring(0, parameter.name().lastIndexOf('/') + 1);
        }
    };

    /**
     * Draws the values of an array.
     *
     * @param parameter which array
     * @param layer the layer that it is of
     * @param values takes the values
     * @param random the stream that they come from
     */
    abstract void draw(Parameter parameter, Layer layer, double[] values, RandomStream random);

    /**
     * Draws the weights of a model.
     *
     * @param model its layers and options; its weights do not matter, and stay as they are
     * @param seed determines the weights
     * @return the same model with other weights
     * @throws IllegalArgumentException if two layers with weights have the same name
     */
    public Graph initialize(Graph model, long seed) {
        Parameters parameters = Parameters.of(model);
        int index = 0;
        for (Layer layer : model.layers()) {
            List<String> names = Parameters.names(layer.name(), layer);
            for (int i = 0; i < names.size(); i++) {
                draw(layer.parameters().get(i), layer, parameters.get(names.get(i)), RandomStream.of(seed, index++));
            }
        }
        return parameters.toModel(model);
    }

    /**
     * Draws an orthogonal matrix, uniform among all: what Keras begins the recurrent weights of a plain recurrent layer
     * with.
     *
     * @param size its rows and columns, at least 1
     * @param seed what it comes from
     * @return (size, size), row-major
     * @throws IllegalArgumentException if the size is below 1, or no array holds the matrix
     */
    public static double[] orthogonal(int size, long seed) {
        double[] matrix = new double[Shapes.requireArray("a matrix", Shapes.requirePositive("size", size), size)];
        RandomStream.of(seed, 0).normal(matrix);
        // Rows and columns being equally many, some columns may be almost those of before: what the first pass loses to
        // rounding, the second one brings back.
        orthonormalize(matrix, size);
        orthonormalize(matrix, size);
        return matrix;
    }

    /**
     * Makes the columns of a matrix orthonormal, one after the other, by the modified method of Gram and Schmidt: of a
     * matrix of normal numbers that is Q of A = Q R with a positive diagonal of R, which is uniform among all such
     * matrices. (Of a matrix as tall as three of its width, whose columns are almost orthogonal, little is lost to
     * rounding.)
     *
     * @param a row-major, with at least as many rows as columns
     * @param columns its columns
     */
    private static void orthonormalize(double[] a, int columns) {
        double[] products = new double[columns];
        for (int j = 0; j < columns; j++) {
            double square = 0;
            for (int row = 0; row < a.length; row += columns) {
                square += a[row + j] * a[row + j];
            }
            double norm = Math.sqrt(square);
            Arrays.fill(products, 0);
            for (int row = 0; row < a.length; row += columns) {
                double q = a[row + j] / norm;
                a[row + j] = q;
                for (int k = j + 1; k < columns; k++) {
                    products[k] += q * a[row + k];
                }
            }
            for (int row = 0; row < a.length; row += columns) {
                double q = a[row + j];
                for (int k = j + 1; k < columns; k++) {
                    a[row + k] -= products[k] * q;
                }
            }
        }
    }
}
