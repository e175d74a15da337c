package dev.gru.format.onnx;

import java.util.ArrayList;
import java.util.List;

import dev.gru.format.file.ModelFormatException;
import dev.gru.internal.Printable;
import dev.gru.layer.Signature.Axis;
import dev.gru.layer.Signature.Port;
import dev.gru.layer.Signature.Role;

/**
 * An output of an ONNX graph, as an array of the model.
 *
 * @param file what messages call the file
 * @param name the name of the output
 * @param flow its values
 */
record GraphOutput(String file, String name, Flow flow) {

    /**
     * Returns the array.
     *
     * @param layer the last operation that changed values
     * @param sequences whether the model returns every step
     */
    Port port(int layer, boolean sequences) throws ModelFormatException {
        boolean isState = switch (flow.origin()) {
            case Flow.Input _ -> throw error("is an input that nothing was done to");
            case Flow.States _ -> true;
            case Flow.Output(int from) -> {
                if (from != layer || flow.hasSteps() != sequences) {
                    throw error("is the output of an inner layer, or of one step where another output has all; "
                            + "only outputs of the last layer and states are supported");
                }
                yield false;
            }
        };
        List<Axis> axes = new ArrayList<>();
        for (List<FlowAxis> dim : flow.dims()) {
            axes.add(axis(dim, isState));
        }
        return new Port(name, isState ? Role.FINAL_STATE : Role.OUTPUT, flow.first(), flow.count(), axes);
    }

    private Axis axis(List<FlowAxis> dim, boolean isState) throws ModelFormatException {
        List<FlowAxis> placed = Flow.withoutSpare(dim);
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

    private ModelFormatException error(String problem) {
        return new ModelFormatException(file + ": output " + Printable.quoted(name) + ": " + problem);
    }
}
