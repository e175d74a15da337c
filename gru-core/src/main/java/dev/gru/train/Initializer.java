package dev.gru.train;

import java.util.Arrays;
import java.util.List;

import dev.gru.internal.Shapes;
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
import dev.gru.train.math.Parameters;
import dev.gru.train.math.RandomStream;
import dev.gru.weights.DenseWeights;
import dev.gru.weights.Gate;
import dev.gru.weights.GruWeights;

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
     * orthogonal matrix, uniform among all, whose columns here are orthonormal; biases 0; the tables of embeddings uniform,
     * ±0.05.
     */
    KERAS {
        @Override
        void embedding(Embedding layer, double[] table, RandomStream random) {
            random.uniform(0.05, table);
        }

        @Override
        void weightIh(GruWeights shape, double[] weight, RandomStream random) {
            random.uniform(glorot(shape.inputSize(), Gate.COUNT * shape.hiddenSize()), weight);
        }

        @Override
        void weightHh(GruWeights shape, double[] weight, RandomStream random) {
            random.normal(weight);
            orthonormalize(weight, shape.hiddenSize());
        }

        @Override
        void gruBias(GruWeights shape, double[] bias, RandomStream random) {
            Arrays.fill(bias, 0);
        }

        @Override
        void weight(DenseWeights shape, double[] weight, RandomStream random) {
            random.uniform(glorot(shape.inputSize(), shape.outputSize()), weight);
        }

        @Override
        void bias(DenseWeights shape, double[] bias, RandomStream random) {
            Arrays.fill(bias, 0);
        }

        private static double glorot(int in, int out) {
            return Math.sqrt(6.0 / ((double) in + out));
        }
    },

    /**
     * PyTorch's defaults: all weights and biases of a GRU layer uniform, ±1/√hiddenSize; weights and biases of a dense layer
     * uniform, ±1/√inputSize, which is what {@code kaiming_uniform} with a = √5 comes to; the tables of embeddings normal
     * with variance 1, but where id 0 is padding its row is 0, as that of {@code padding_idx}.
     */
    PYTORCH {
        @Override
        void embedding(Embedding layer, double[] table, RandomStream random) {
            random.normal(table);
            if (layer.maskZero()) {
                Arrays.fill(table, 0, layer.outputSize(), 0);
            }
        }

        @Override
        void weightIh(GruWeights shape, double[] weight, RandomStream random) {
            random.uniform(1 / Math.sqrt(shape.hiddenSize()), weight);
        }

        @Override
        void weightHh(GruWeights shape, double[] weight, RandomStream random) {
            weightIh(shape, weight, random);
        }

        @Override
        void gruBias(GruWeights shape, double[] bias, RandomStream random) {
            weightIh(shape, bias, random);
        }

        @Override
        void weight(DenseWeights shape, double[] weight, RandomStream random) {
            random.uniform(1 / Math.sqrt(shape.inputSize()), weight);
        }

        @Override
        void bias(DenseWeights shape, double[] bias, RandomStream random) {
            weight(shape, bias, random);
        }
    };

    abstract void embedding(Embedding layer, double[] table, RandomStream random);

    abstract void weightIh(GruWeights shape, double[] weight, RandomStream random);

    abstract void weightHh(GruWeights shape, double[] weight, RandomStream random);

    abstract void gruBias(GruWeights shape, double[] bias, RandomStream random);

    abstract void weight(DenseWeights shape, double[] weight, RandomStream random);

    abstract void bias(DenseWeights shape, double[] bias, RandomStream random);

    /**
     * Draws the weights of a model.
     *
     * @param model its layers and options; its weights do not matter, and stay as they are
     * @param seed what the weights come from
     * @return the same model with other weights
     * @throws IllegalArgumentException if two layers with weights have the same name
     */
    public Sequential initialize(Sequential model, long seed) {
        Parameters parameters = Parameters.of(model);
        List<String> names = parameters.names();
        Draw draw = (name, fill) -> fill.fill(parameters.get(name), RandomStream.of(seed, names.indexOf(name)));
        for (Layer layer : model.layers()) {
            switch (layer) {
                case Embedding e ->
                    draw.draw(e.name() + Parameters.TABLE, (table, random) -> embedding(e, table, random));
                case GruLayer gru -> gru(gru.name(), gru.weights(), draw);
                case Bidirectional both -> {
                    gru(both.name() + Parameters.FORWARD, both.forward().weights(), draw);
                    gru(both.name() + Parameters.BACKWARD, both.backward().weights(), draw);
                }
                case Dense dense -> dense(dense.name(), dense.weights(), draw);
                case TimeDistributed each -> dense(each.name(), each.layer().weights(), draw);
                case Masking _,Dropout _,ActivationLayer _ -> {
                    // These have no weights.
                }
            }
        }
        return parameters.toModel(model);
    }

    /**
     * Draws an orthogonal matrix, uniform among all: what Keras begins the recurrent weights of a plain recurrent layer with.
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

    /** Fills an array from a stream. */
    private interface Fill {
        void fill(double[] values, RandomStream random);
    }

    /** Fills the array of a name from its own stream. */
    private interface Draw {
        void draw(String name, Fill fill);
    }

    private void gru(String prefix, GruWeights shape, Draw draw) {
        draw.draw(prefix + Parameters.WEIGHT_IH, (weight, random) -> weightIh(shape, weight, random));
        draw.draw(prefix + Parameters.WEIGHT_HH, (weight, random) -> weightHh(shape, weight, random));
        draw.draw(prefix + Parameters.BIAS_IH, (bias, random) -> gruBias(shape, bias, random));
        draw.draw(prefix + Parameters.BIAS_HH, (bias, random) -> gruBias(shape, bias, random));
    }

    private void dense(String prefix, DenseWeights shape, Draw draw) {
        draw.draw(prefix + Parameters.WEIGHT, (weight, random) -> weight(shape, weight, random));
        draw.draw(prefix + Parameters.BIAS, (bias, random) -> bias(shape, bias, random));
    }

    /**
     * Makes the columns of a matrix orthonormal, one after the other, by the modified method of Gram and Schmidt: of a matrix
     * of normal numbers that is Q of A = Q R with a positive diagonal of R, which is uniform among all such matrices. (Of a
     * matrix as tall as three of its width, whose columns are almost orthogonal, little is lost to rounding.)
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
