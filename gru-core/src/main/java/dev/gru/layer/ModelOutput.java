package dev.gru.layer;

import java.util.List;
import java.util.Objects;

import dev.gru.internal.Shapes;

/**
 * What came out of a batch of sequences.
 *
 * @param y the output of the last layer, (batch, steps, outputSize) or, if only the last is returned, (batch,
 *     outputSize)
 * @param finalStates the states after the last step that counts, one array for each state of the model, (batch,
 *     stateSize), in the order of {@link dev.gru.layer.Signature}
 */
@SuppressWarnings("ArrayRecordComponent") // one large array, not copied
public record ModelOutput(float[] y, List<float[]> finalStates) {
    /** Copies the list, and checks that nothing is null. */
    public ModelOutput {
        Objects.requireNonNull(y, "y");
        finalStates = Shapes.copyOf("finalStates", finalStates);
    }
}
