package dev.gru;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

import dev.gru.kernel.GruKernel;
import dev.gru.kernel.PackedDense;
import dev.gru.kernel.PackedGru;
import dev.gru.kernel.Precision;
import dev.gru.kernel.ThreadTeam;
import dev.gru.layer.ActivationLayer;
import dev.gru.layer.Bidirectional;
import dev.gru.layer.Dense;
import dev.gru.layer.Dropout;
import dev.gru.layer.Embedding;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Layer;
import dev.gru.layer.Masking;
import dev.gru.layer.Sequential;
import dev.gru.layer.TimeDistributed;

/** The layers of a model, packed for one kernel: immutable, shared by all pipelines. */
final class PackedModel {

    /** One packed layer. */
    sealed interface Packed {
        record Gru(PackedGru layer, boolean returnSequences) implements Packed {
        }

        record Both(PackedGru forward, PackedGru backward, Bidirectional layer) implements Packed {
        }

        record Dense(PackedDense layer) implements Packed {
        }
    }

    private final List<Packed> layers = new ArrayList<>();

    PackedModel(Sequential model, GruKernel kernel, Precision precision, Arena arena) {
        for (Layer layer : model.layers()) {
            switch (layer) {
                case GruLayer gru -> layers.add(
                        new Packed.Gru(kernel.pack(gru.weights(), precision, arena), gru.returnSequences()));
                case Bidirectional both -> layers.add(
                        new Packed.Both(kernel.pack(both.forward().weights(), precision, arena),
                                kernel.pack(both.backward().weights(), precision, arena), both));
                case Dense dense -> layers.add(new Packed.Dense(kernel.pack(dense.weights(), precision, arena)));
                case TimeDistributed distributed -> layers.add(
                        new Packed.Dense(kernel.pack(distributed.layer().weights(), precision, arena)));
                // An embedding is a table as it stands, and dropout is the identity outside training.
                case Embedding _,Dropout _ -> {
                }
                case Masking _,ActivationLayer _ -> throw new UnsupportedOperationException("TODO");
            }
        }
    }

    /** Returns new stages, with memory for so many streams and steps at once, and a team to help them or null. */
    Stage[] newStages(int maxRows, int maxSteps, ThreadTeam team) {
        Stage[] stages = new Stage[layers.size()];
        int stepsOut = maxSteps;
        for (int i = 0; i < stages.length; i++) {
            switch (layers.get(i)) {
                case Packed.Gru gru -> {
                    stages[i] = new Stage.Gru(gru.layer(), gru.returnSequences(), maxRows, maxSteps, team);
                    stepsOut = gru.returnSequences() ? maxSteps : 1;
                }
                case Packed.Both both -> {
                    stages[i] = new BidirectionalStage(both, maxRows, maxSteps, team);
                    stepsOut = both.layer().returnSequences() ? maxSteps : 1;
                }
                case Packed.Dense dense -> stages[i] = new Stage.Dense(dense.layer(), maxRows, stepsOut);
            }
        }
        return stages;
    }
}
