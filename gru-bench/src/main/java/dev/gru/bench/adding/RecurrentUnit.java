package dev.gru.bench.adding;

import java.util.Arrays;

import dev.gru.layer.Sequential;
import dev.gru.train.Initializer;
import dev.gru.train.math.Parameters;
import dev.gru.weights.Activation;
import dev.gru.weights.Gate;

/** What remembers: with gates or without. Each is a GRU layer here, so that the same code trains both. */
public enum RecurrentUnit {
    /** A GRU with the weights that Keras begins with. */
    GRU("GRU") {
        @Override
        void begin(Parameters parameters, int units, long seed) {
            // As they were drawn.
        }
    },

    /**
     * A plain recurrent unit, h' = tanh(W x + b + U h), with the weights that Keras begins a {@code SimpleRNN} with: W is
     * Glorot uniform, U orthogonal, b is 0.
     *
     * <p>It is a GRU whose gates are fixed: their weights are 0 and their biases such that r is exactly 1 and z exactly 0. A
     * gate as far out as this has the derivative 0, so training leaves all of these weights exactly as they are.
     */
    PLAIN("plain unit") {
        @Override
        void begin(Parameters parameters, int units, long seed) {
            gate(parameters, Gate.RESET, units, SATURATED);
            gate(parameters, Gate.UPDATE, units, -SATURATED);
            Sequential ofInput = Initializer.KERAS.initialize(
                    Sequential.builder().input(AddingProblem.FEATURES).dense(units, Activation.LINEAR).build(), seed);
            put(Parameters.of(ofInput).get("dense/weight"), parameters.get(WEIGHT_IH), Gate.NEW);
            put(Initializer.orthogonal(units, seed), parameters.get(WEIGHT_HH), Gate.NEW);
        }
    };

    /** Of a bias: the logistic function of it is 1, and that of its negative 0, in floats as in doubles. */
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
     * Returns a model for the adding problem that is not trained: a layer of such units, and a dense layer on its last
     * output.
     *
     * @param units how many, at least 1
     * @param seed what its weights come from
     * @throws IllegalArgumentException if there are none
     */
    Sequential model(int units, long seed) {
        Sequential drawn = Initializer.KERAS.initialize(Sequential.builder().input(AddingProblem.FEATURES)
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

    /** Puts the weights of a gate where they belong among those of all. */
    private static void put(double[] ofGate, double[] all, Gate gate) {
        System.arraycopy(ofGate, 0, all, gate.index() * ofGate.length, ofGate.length);
    }

    /** Returns the name in words. */
    @Override
    public String toString() {
        return title;
    }
}
