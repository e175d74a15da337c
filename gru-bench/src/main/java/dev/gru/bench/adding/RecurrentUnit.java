package dev.gru.bench.adding;

import java.util.Arrays;

import dev.gru.layer.Graph;
import dev.gru.layer.Sequential;
import dev.gru.train.Initializer;
import dev.gru.train.math.Parameters;
import dev.gru.weights.Activation;
import dev.gru.weights.Gate;

/** A recurrent unit with or without gates. Both are GRU layers here, so that the same code trains both. */
public enum RecurrentUnit {
    /** A GRU with Keras's initial weights. */
    GRU("GRU") {
        @Override
        void begin(Parameters parameters, int units, long seed) {
            // Keeps the weights as they were drawn.
        }
    },

    /**
     * A plain recurrent unit, h' = tanh(W x + b + U h), with Keras's initial weights of a {@code SimpleRNN}: W is
     * Glorot uniform, U orthogonal, b is 0.
     *
     * <p>It is a GRU whose gates are fixed: their weights are 0 and their biases such that r is exactly 1 and z exactly
     * 0. A gate as saturated as this has the derivative 0, so training leaves all of these weights exactly as they are.
     */
    PLAIN("plain unit") {
        @Override
        void begin(Parameters parameters, int units, long seed) {
            gate(parameters, Gate.RESET, units, SATURATED);
            gate(parameters, Gate.UPDATE, units, -SATURATED);
            Graph ofInput = Initializer.KERAS.initialize(
                    Sequential.builder().input(AddingProblem.FEATURES).dense(units, Activation.LINEAR).build(), seed);
            put(Parameters.of(ofInput).get("dense/weight"), parameters.get(WEIGHT_IH), Gate.NEW);
            put(Initializer.orthogonal(units, seed), parameters.get(WEIGHT_HH), Gate.NEW);
        }
    };

    /** A bias whose logistic function is exactly 1, and whose negative has exactly 0, in float and in double. */
    private static final double SATURATED = 1000;
    private static final String WEIGHT_IH = "gru/weight_ih";
    private static final String WEIGHT_HH = "gru/weight_hh";
    private static final String BIAS_IH = "gru/bias_ih";

    private final String title;

    RecurrentUnit(String title) {
        this.title = title;
    }

    abstract void begin(Parameters parameters, int units, long seed);

    /**
     * Returns an untrained model for the adding problem: a layer of these units, and a dense layer on its last output.
     *
     * @param units the number of units, at least 1
     * @param seed the seed of its weights
     * @throws IllegalArgumentException if units is below 1
     */
    Graph model(int units, long seed) {
        Graph drawn = Initializer.KERAS.initialize(Sequential.builder().input(AddingProblem.FEATURES)
                .gru(units).dense(1, Activation.LINEAR).build(), seed);
        Parameters parameters = Parameters.of(drawn);
        begin(parameters, units, seed);
        return parameters.toModel(drawn);
    }

    private static void gate(Parameters parameters, Gate gate, int units, double bias) {
        put(new double[units * AddingProblem.FEATURES], parameters.get(WEIGHT_IH), gate);
        put(new double[units * units], parameters.get(WEIGHT_HH), gate);
        double[] biases = new double[units];
        Arrays.fill(biases, bias);
        put(biases, parameters.get(BIAS_IH), gate);
    }

    /** Copies the weights of a gate to their place among those of all gates. */
    private static void put(double[] ofGate, double[] all, Gate gate) {
        System.arraycopy(ofGate, 0, all, gate.index() * ofGate.length, ofGate.length);
    }

    /** Returns the name for people. */
    @Override
    public String toString() {
        return title;
    }
}
