package dev.gru.format.onnx.stage;

import java.util.List;

/**
 * A value of a model in the making: an input of the graph, or what comes out of an operation.
 *
 * @param name the name of the layer that the operation becomes, or of the input
 * @param work what is done
 * @param inputs to which values: the numbers of stages before it
 * @param features how many features come out
 */
public record Stage(String name, Work work, List<Integer> inputs, int features) {
    /** Copies the list. */
    public Stage {
        inputs = List.copyOf(inputs);
    }

    /** Returns the only input. */
    int input() {
        return inputs.getFirst();
    }

    /** Returns whether a step that comes out depends on that step of its only input, and on nothing else. */
    boolean isPerStep() {
        return switch (work) {
            case Work.Weighted weighted -> weighted.perStep();
            case Work.Affine _,Work.Function _,Work.Part _ -> true;
            case Work.Made made -> made.perStep() && inputs.size() == 1;
            default -> false;
        };
    }
}
