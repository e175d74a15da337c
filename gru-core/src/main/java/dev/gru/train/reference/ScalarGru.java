package dev.gru.train.reference;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

import dev.gru.layer.GruLayer.Direction;
import dev.gru.layer.GruLayer;
import dev.gru.train.math.Parameters;
import dev.gru.weights.GruWeights;

/** A GRU layer in training, in any direction. */
final class ScalarGru implements ScalarLayer.OfSeveral {
    /** weight_ih, weight_hh, bias_ih, bias_hh. */
    private final List<String> names;
    private final GruWeights shape;
    private final boolean returnSequences;
    private final Direction direction;
    private final boolean zeroOutputForMask;
    private final int stateIndex;
    private final int stateSize;
    private ScalarFeatures x;
    private ScalarGruSteps equations;
    private double[] dInitialState;
    /** Whether the initial state is an input. */
    private boolean stateIsInput;

    /**
     * Describes the layer.
     *
     * @param prefix what the names of its parameters begin with
     * @param layer the variant, the sizes and whether it returns sequences
     * @param direction from which end it reads
     * @param zeroOutputForMask whether its outputs at masked steps are 0
     * @param stateIndex the number of its state among those of the model
     */
    ScalarGru(String prefix, GruLayer layer, Direction direction, boolean zeroOutputForMask, int stateIndex) {
        names = Parameters.names(prefix, layer);
        shape = layer.weights();
        returnSequences = layer.returnSequences();
        this.direction = direction;
        this.zeroOutputForMask = zeroOutputForMask;
        this.stateIndex = stateIndex;
        stateSize = layer.stateSize();
    }

    @Override
    public ScalarFeatures forward(List<ScalarFeatures> inputs, Pass pass) {
        x = inputs.getFirst();
        stateIsInput = inputs.size() > 1;
        equations = new ScalarGruSteps(shape, pass.parameters(), names, x,
                stateIsInput ? inputs.get(1).values : pass.input().initialState(stateIndex, stateSize));
        int units = shape.hiddenSize();
        double[] y = new double[x.rows * (returnSequences ? x.steps : 1) * units];
        for (int row = 0; row < x.rows; row++) {
            for (int i = 0; i < x.steps; i++) {
                if (counts(row, i)) {
                    equations.forward(row, i, stepRead(i));
                } else {
                    equations.carry(row, i);
                }
                if (putsOut(row, i)) {
                    equations.copyOutput(row, i, y, output(row, i) * units);
                }
            }
        }
        return returnSequences ? x.with(units, y) : x.ofSteps(1, units, y);
    }

    /**
     * From the last step read to the first: the derivative of the state after a step is that of the output there and
     * what came back from the steps read later; a masked step passes it on unchanged.
     */
    @Override
    public List<double[]> backwardToAll(double[] dy, ScalarGradients gradients) {
        ScalarGruSteps.GruGradients ofLayer = new ScalarGruSteps.GruGradients(gradients, names);
        int units = shape.hiddenSize();
        double[] dx = new double[x.values.length];
        dInitialState = new double[x.rows * stateSize];
        double[] dState = new double[stateSize];
        for (int row = 0; row < x.rows; row++) {
            Arrays.fill(dState, 0);
            for (int i = x.steps - 1; i >= 0; i--) {
                for (int u = 0; u < units && putsOut(row, i); u++) {
                    dState[u] += dy[output(row, i) * units + u];
                }
                if (counts(row, i)) {
                    equations.backward(row, i, stepRead(i), dState, ofLayer, dx);
                }
            }
            System.arraycopy(dState, 0, dInitialState, row * stateSize, stateSize);
        }
        return stateIsInput ? List.of(dx, dInitialState.clone()) : List.of(dx);
    }

    /** Returns the derivatives with respect to the states before the first step, (rows, stateSize). */
    double[] initialStateGradient() {
        return dInitialState;
    }

    /** The step of the input that is read as step i. */
    private int stepRead(int i) {
        return direction == Direction.FORWARD ? i : x.steps - 1 - i;
    }

    private boolean counts(int row, int i) {
        return x.counts(row * x.steps + stepRead(i));
    }

    /** Whether the state after step i is an output; otherwise there is none, or it is 0. */
    private boolean putsOut(int row, int i) {
        return (returnSequences ? !zeroOutputForMask || counts(row, i) : i == x.steps - 1)
                && (!stateIsInput || IntStream.rangeClosed(0, i).anyMatch(earlier -> counts(row, earlier)));
    }

    /** The place of the output after step i among all outputs. */
    private int output(int row, int i) {
        if (!returnSequences) {
            return row;
        }
        return row * x.steps + (direction == Direction.BACKWARD ? stepRead(i) : i);
    }
}
