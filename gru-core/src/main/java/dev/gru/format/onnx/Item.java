package dev.gru.format.onnx;

import java.util.List;

import dev.gru.format.onnx.loop.Formula;
import dev.gru.format.onnx.value.Size;
import dev.gru.format.onnx.value.Value;

/** What there is in the body of a {@code Loop}. */
sealed interface Item {

    /**
     * A vector for each row of the batch.
     *
     * @param formula its formula
     */
    record Vector(Formula formula) implements Item {
    }

    /**
     * Vectors side by side, on their way into a product with weights.
     *
     * @param parts the vectors
     */
    record Joined(List<Formula> parts) implements Item {
    }

    /**
     * A number that counts the steps: the number of the step, and an offset; or an offset less the number of the step.
     *
     * @param offset what it is in the first step
     * @param down whether it goes down
     */
    record Count(long offset, boolean down) implements Item {
    }

    /**
     * Whether the loop goes on: as long as the number of steps is below each bound.
     *
     * @param bounds the bounds
     */
    record Condition(List<Size> bounds) implements Item {
    }

    /** What does not depend on the step. */
    record Outer(Value value) implements Item {
    }
}
