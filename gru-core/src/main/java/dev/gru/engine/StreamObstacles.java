package dev.gru.engine;

import java.util.Optional;

import dev.gru.internal.Printable;
import dev.gru.layer.ActivationLayer.PReLU;
import dev.gru.layer.Bidirectional;
import dev.gru.layer.Conv1D;
import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer.Direction;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Layer;
import dev.gru.layer.Merge;
import dev.gru.layer.Pooling1D;
import dev.gru.layer.Reshaping;

/** Why a model runs on whole sequences only, in the words in which its sessions are refused. */
final class StreamObstacles {
    private static final String INSTEAD = "; use run or predict";

    private StreamObstacles() {
    }

    /** Returns the first reason, which names the layer, or nothing if there is none. */
    static Optional<String> of(Graph model) {
        if (model.inputs().stream().noneMatch(input -> input.shape().isSequence())) {
            return Optional.of("the model takes no sequence, so it has no streams" + INSTEAD);
        }
        return model.nodes().stream().filter(node -> node.time() == Layer.Time.WHOLE_SEQUENCE).findFirst()
                .map(node -> "layer " + Printable.of(node.layer().name()) + " " + of(node)
                        + ", so the model needs whole sequences" + INSTEAD);
    }

    private static String of(Graph.Node node) {
        return switch (node.layer()) {
            case GruLayer gru when gru.direction() == Direction.FORWARD ->
                "begins at a state that the model computes";
            case GruLayer _,Bidirectional _ -> "reads sequences from their end";
            case Conv1D conv when conv.padding() == Conv1D.Padding.CAUSAL -> "has a stride above 1";
            case Conv1D _ -> "has windows of several steps that are not causal";
            case Pooling1D _ -> "has windows of several steps";
            case Merge _ -> "puts the steps of one sequence behind those of another";
            case PReLU _ -> "has slopes for each step of a sequence";
            case Reshaping _ -> "changes which steps there are";
            default -> "makes each output of all steps of a sequence";
        };
    }
}
