package dev.gru.format.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.onnx.value.Flow;
import dev.gru.format.onnx.value.FlowAxis;
import dev.gru.internal.Printable;
import dev.gru.layer.Signature.Axis;
import dev.gru.layer.Signature.Port;
import dev.gru.layer.Signature.Presence;
import dev.gru.layer.Signature.Role;

/**
 * An output of an ONNX graph, as an array of the model.
 *
 * @param file what messages call the file
 * @param name the name of the output
 * @param flow its values
 */
record GraphOutput(String file, String name, Flow flow) {

    /** Returns the array as an output of the model, of the given number. */
    Port output(int index) throws ModelFormatException {
        return new Port(name, Role.OUTPUT, index, flow.first(), flow.count(), axes(false), Presence.REQUIRED);
    }

    /**
     * Returns the array as states.
     *
     * @param state finds where a state is that layers count as they are made
     */
    Port states(IntUnaryOperator state) throws ModelFormatException {
        int first = state.applyAsInt(flow.first());
        for (int i = 0; i < flow.count(); i++) {
            if (state.applyAsInt(flow.first() + i) != first + i) {
                throw error("holds states of layers that are not one after the other in the model");
            }
        }
        return new Port(name, Role.FINAL_STATE, first, flow.count(), axes(true));
    }

    private List<Axis> axes(boolean isState) throws ModelFormatException {
        List<Axis> axes = new ArrayList<>();
        for (List<FlowAxis> dim : flow.dims()) {
            axes.add(axis(dim, isState));
        }
        return axes;
    }

    private Axis axis(List<FlowAxis> dim, boolean isState) throws ModelFormatException {
        List<FlowAxis> placed = Flow.withoutSpare(dim);
        if (placed.stream().anyMatch(FlowAxis::isReversed)) {
            throw error("has its steps from the last to the first, which is not supported");
        }
        if (placed.isEmpty()) {
            return dim.stream().map(FlowAxis::role).filter(role -> role == Axis.FEATURE || isState).findFirst()
                    .orElse(Axis.ONE);
        }
        if (placed.size() == 1) {
            return placed.getFirst().role();
        }
        if (!placed.equals(Flow.withoutSpare(flow.index()))) {
            throw error("its dimension " + dim + " is not supported");
        }
        return isState ? Axis.DIRECTION : Axis.FEATURE;
    }

    ModelFormatException error(String problem) {
        return new ModelFormatException(file + ": output " + Printable.quoted(name) + ": " + problem);
    }
}
