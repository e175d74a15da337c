package dev.gru;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

import dev.gru.kernel.GruKernel;
import dev.gru.kernel.PackedDense;
import dev.gru.kernel.PackedGru;
import dev.gru.kernel.Precision;
import dev.gru.layer.ActivationLayer;
import dev.gru.layer.Bidirectional;
import dev.gru.layer.Dense;
import dev.gru.layer.Dropout;
import dev.gru.layer.Embedding;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Masking;
import dev.gru.layer.Sequential;
import dev.gru.layer.TimeDistributed;

/** The layers of a model, packed for one kernel: immutable, shared by all pipelines. */
final class PackedModel {

    /** One packed layer. */
    sealed interface Packed {
        record Gru(PackedGru layer, GruStage.Options options) implements Packed {
        }

        record Both(PackedGru forward, PackedGru backward, Bidirectional layer) implements Packed {
        }

        record Mask(float value, int size) implements Packed {
        }

        record Dense(PackedDense layer) implements Packed {
        }
    }

    private final List<Packed> layers = new ArrayList<>();

    PackedModel(Sequential model, GruKernel kernel, Precision precision, Arena arena) {
        for (int i = 0; i < model.layers().size(); i++) {
            switch (model.layers().get(i)) {
                case GruLayer gru -> layers.add(new Packed.Gru(kernel.pack(gru.weights(), precision, arena),
                        new GruStage.Options(gru.returnSequences(), gru.direction(), gru.zeroOutputForMask())));
                case Bidirectional both -> layers.add(
                        new Packed.Both(kernel.pack(both.forward().weights(), precision, arena),
                                kernel.pack(both.backward().weights(), precision, arena), both));
                case Masking masking -> layers.add(new Packed.Mask(masking.maskValue(), model.outputSize(i)));
                case Dense dense -> layers.add(new Packed.Dense(kernel.pack(dense.weights(), precision, arena)));
                case TimeDistributed distributed -> layers.add(
                        new Packed.Dense(kernel.pack(distributed.layer().weights(), precision, arena)));
                case ActivationLayer alone -> {
                    if (!alone.activation().isIdentity()) {
                        layers.add(new Packed.Dense(kernel.pack(alone.activation(), model.outputSize(i))));
                    }
                }
                // An embedding is a table as it stands, and dropout is the identity outside training.
                case Embedding _,Dropout _ -> {
                }
            }
        }
    }

    /**
     * Returns new stages.
     *
     * @param room what the model is to have room for
     * @param within which steps are within the lengths of their rows, or null if all are
     */
    Stage[] newStages(Stage.Room room, boolean[] within) {
        Stage[] stages = new Stage[layers.size()];
        Stage.Room next = room;
        for (int i = 0; i < stages.length; i++) {
            stages[i] = switch (layers.get(i)) {
                case Packed.Gru gru -> new GruStage(gru.layer(), gru.options(), next);
                case Packed.Both both -> new BidirectionalStage(both, next);
                case Packed.Mask mask -> new Stage.Masking(mask.value(), mask.size(), within, next);
                case Packed.Dense dense -> new Stage.Dense(dense.layer(), next);
            };
            next = next.withSteps(stages[i].stepsOut(next.steps()));
        }
        return stages;
    }
}
