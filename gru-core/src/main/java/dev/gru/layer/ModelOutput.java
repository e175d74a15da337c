package dev.gru.layer;

import java.util.List;

import dev.gru.internal.Shapes;

/**
 * What came out of a batch.
 *
 * @param outputs for each output of the model, (batch, steps, features) or, if it has no steps, (batch, features)
 * @param finalStates the states after the last step that is not masked, one array for each state of the model, (batch,
 *     stateSize), in the order of {@link dev.gru.layer.Graph#stateSizes}
 */
public record ModelOutput(List<float[]> outputs, List<float[]> finalStates) {
    /** Copies the lists, and checks that nothing is null. */
    public ModelOutput {
        outputs = Shapes.copyOf("outputs", outputs);
        finalStates = Shapes.copyOf("finalStates", finalStates);
    }

    /** Returns the first output, which in most models is the only one. */
    public float[] y() {
        return outputs.getFirst();
    }
}
