package dev.gru.train.reference;

import java.util.List;

import dev.gru.layer.Bidirectional.MergeMode;
import dev.gru.layer.Bidirectional;
import dev.gru.layer.GruLayer.Direction;

/** A {@link Bidirectional} layer in training. */
final class ScalarBidirectional implements ScalarLayer.OfSeveral {
    private final Bidirectional layer;
    private final ScalarGru forward;
    private final ScalarGru backward;
    private ScalarFeatures a;
    private ScalarFeatures b;

    /**
     * Describes the layer.
     *
     * @param layer the layer
     * @param stateIndex the number of its forward layer's state among those of the model
     */
    ScalarBidirectional(Bidirectional layer, int stateIndex) {
        this.layer = layer;
        List<String> parts = layer.parts().keySet().stream().map(part -> layer.name() + "/" + part).toList();
        forward = new ScalarGru(parts.getFirst(), layer.forward(), Direction.FORWARD, false,
                stateIndex);
        backward = new ScalarGru(parts.getLast(), layer.backward(), Direction.BACKWARD, false,
                stateIndex + 1);
    }

    /** Returns the two layers that have states. */
    List<ScalarGru> recurrent() {
        return List.of(forward, backward);
    }

    @Override
    public ScalarFeatures forward(List<ScalarFeatures> inputs, Pass pass) {
        ScalarFeatures x = inputs.getFirst();
        boolean states = inputs.size() > 1;
        a = forward.forward(states ? List.of(x, inputs.get(1)) : inputs, pass);
        b = backward.forward(states ? List.of(x, inputs.get(2)) : inputs, pass);
        int size = layer.outputSize();
        double[] y = new double[a.rows * a.steps * size];
        for (int step = 0; step < a.rows * a.steps; step++) {
            for (int i = 0; i < size && a.counts(step); i++) {
                y[step * size + i] = merge(step, i);
            }
        }
        return a.with(size, y);
    }

    private double merge(int step, int i) {
        if (layer.merge() == MergeMode.CONCAT) {
            return i < a.size ? a.values[step * a.size + i] : b.values[step * b.size + i - a.size];
        }
        double ofA = a.values[step * a.size + i];
        double ofB = b.values[step * b.size + i];
        return switch (layer.merge()) {
            case SUM -> ofA + ofB;
            case MUL -> ofA * ofB;
            case AVE -> (ofA + ofB) / 2;
            case CONCAT -> throw new AssertionError("concatenated");
        };
    }

    /** dx is the sum of those of the two layers; masked steps have the output 0. */
    @Override
    public List<double[]> backwardToAll(double[] dy, ScalarGradients gradients) {
        int size = layer.outputSize();
        double[] da = new double[a.values.length];
        double[] db = new double[b.values.length];
        for (int step = 0; step < a.rows * a.steps; step++) {
            for (int i = 0; i < size && a.counts(step); i++) {
                backwardThroughMerge(dy[step * size + i], step, i, da, db);
            }
        }
        List<double[]> ofForward = forward.backwardToAll(da, gradients);
        List<double[]> ofBackward = backward.backwardToAll(db, gradients);
        double[] dx = ofForward.getFirst();
        for (int i = 0; i < dx.length; i++) {
            dx[i] += ofBackward.getFirst()[i];
        }
        return ofForward.size() == 1 ? List.of(dx) : List.of(dx, ofForward.get(1), ofBackward.get(1));
    }

    private void backwardThroughMerge(double d, int step, int i, double[] da, double[] db) {
        int inA = step * a.size + i;
        int inB = step * b.size + i;
        switch (layer.merge()) {
            case CONCAT -> {
                // y = a, then b
                if (i < a.size) {
                    da[inA] = d;
                } else {
                    db[inB - a.size] = d;
                }
            }
            case SUM -> {
                // y = a + b: da = dy, db = dy
                da[inA] = d;
                db[inB] = d;
            }
            case MUL -> {
                // y = a ⊙ b: da = dy ⊙ b, db = dy ⊙ a
                da[inA] = d * b.values[inB];
                db[inB] = d * a.values[inA];
            }
            case AVE -> {
                // y = (a + b) / 2: da = dy / 2, db = dy / 2
                da[inA] = d / 2;
                db[inB] = d / 2;
            }
        }
    }
}
