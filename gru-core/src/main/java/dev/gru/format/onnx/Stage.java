package dev.gru.format.onnx;

import java.util.List;

import dev.gru.layer.Bidirectional;
import dev.gru.layer.Dense;
import dev.gru.layer.GruLayer.Direction;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Layer;
import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;
import dev.gru.weights.GruWeights;

/** A layer that later nodes of an ONNX graph may still change. */
sealed interface Stage {
    /** Returns the number of output features. */
    int outputSize();

    /**
     * Returns the layer.
     *
     * @param sequences whether it returns every step, if it is a recurrent one
     */
    Layer layer(boolean sequences);

    /**
     * A layer that stays as it is.
     *
     * @param layer the layer
     * @param outputSize number of output features
     */
    record Plain(Layer layer, int outputSize) implements Stage {
        @Override
        public Layer layer(boolean sequences) {
            return layer;
        }
    }

    /** A product with weights, to which a bias and a function may come. For use by one thread. */
    final class Product implements Stage {
        private final String name;
        private final int inputSize;
        private final int outputSize;
        private final float[] weight;
        private float[] bias;
        private Activation activation = Activation.LINEAR;

        /**
         * Makes a product.
         *
         * @param weight (outputs, inputs), row-major
         * @param bias (outputs), or null
         */
        Product(String name, int inputSize, int outputSize, float[] weight, float[] bias) {
            this.name = name;
            this.inputSize = inputSize;
            this.outputSize = outputSize;
            this.weight = weight;
            this.bias = bias;
        }

        boolean hasBias() {
            return bias != null;
        }

        void setBias(float[] added) {
            bias = added;
        }

        boolean isLinear() {
            return activation.isIdentity();
        }

        void setActivation(Activation function) {
            activation = function;
        }

        @Override
        public int outputSize() {
            return outputSize;
        }

        @Override
        public Layer layer(boolean sequences) {
            return new Dense(name, new DenseWeights(inputSize, outputSize, activation, weight,
                    bias == null ? new float[outputSize] : bias));
        }
    }

    /**
     * A GRU layer, of one direction or two.
     *
     * @param name the name of the node
     * @param weights those of each direction
     * @param reverse whether its only direction is from the end
     * @param layer which operation of the chain it is
     * @param firstState the first of its states among those of the model
     */
    record Gru(String name, List<GruWeights> weights, boolean reverse, int layer, int firstState)
            implements
                Stage {
        /** Returns the number of directions. */
        int directions() {
            return weights.size();
        }

        /** Returns the units of each direction. */
        int units() {
            return weights.getFirst().hiddenSize();
        }

        /** Returns from which end the direction at that index reads. */
        Direction direction(int index) {
            return reverse || index == 1 ? Direction.BACKWARD : Direction.FORWARD;
        }

        @Override
        public int outputSize() {
            return directions() * units();
        }

        @Override
        public Layer layer(boolean sequences) {
            // ONNX pads with zeros beyond the length of a row.
            return directions() == 1
                    ? new GruLayer(name, weights.getFirst()).withReturnSequences(sequences)
                            .withDirection(direction(0)).withZeroOutputForMask(true)
                    : new Bidirectional(name, weights.get(0), weights.get(1)).withNames(name, name)
                            .withReturnSequences(sequences).withZeroOutputForMask(true);
        }
    }
}
