package dev.gru.engine;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.gru.kernel.ActivationRunner;
import dev.gru.kernel.GruKernel;
import dev.gru.kernel.PackedDense;
import dev.gru.kernel.PackedGru;
import dev.gru.kernel.Tiling;
import dev.gru.layer.ActivationLayer;
import dev.gru.layer.Bidirectional;
import dev.gru.layer.Dense;
import dev.gru.layer.Dropout;
import dev.gru.layer.Embedding;
import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Masking;
import dev.gru.layer.TimeDistributed;
import dev.gru.weights.Activation;
import dev.gru.weights.Precision;

/** The packed layers of a model: immutable, shared by all pipelines. */
final class PackedModel {

    /** One packed layer. */
    sealed interface Packed {
        /** Returns the features of an output. */
        int outputSize();

        /** Returns whether the layer has an output for every step; otherwise it has one for the whole sequence. */
        default boolean returnsSequences() {
            return true;
        }

        record Gru(PackedGru layer, GruStage.Options options) implements Packed {
            @Override
            public int outputSize() {
                return layer.hiddenSize();
            }

            @Override
            public boolean returnsSequences() {
                return options.returnSequences();
            }
        }

        record Both(PackedGru forward, PackedGru backward, Bidirectional layer) implements Packed {
            @Override
            public int outputSize() {
                return layer.outputSize();
            }

            @Override
            public boolean returnsSequences() {
                return layer.returnSequences();
            }
        }

        record Mask(float value, int size) implements Packed {
            @Override
            public int outputSize() {
                return size;
            }
        }

        record Dense(PackedDense layer) implements Packed {
            @Override
            public int outputSize() {
                return layer.outputSize();
            }
        }

        record Alone(Activation activation, int size) implements Packed {
            @Override
            public int outputSize() {
                return size;
            }
        }
    }

    private final GruKernel kernel;
    private final List<Packed> layers = new ArrayList<>();
    /** The table of a model that takes tokens, or null. */
    private final Embedding embedding;
    private final int inputSize;
    private final int outputSize;
    private final boolean returnsSequences;
    private final int[] stateSizes;
    private final Tiling tiling;

    /**
     * Packs layers.
     *
      * @param model the layers, of which only the table of an embedding is kept
      * @param kernel the kernel that runs them
      * @param precision the precision in which weights are stored
      * @param arena owns the native memory of the weights
     */
    PackedModel(Graph model, GruKernel kernel, Precision precision, Arena arena) {
        tiling = kernel.tiling();
        embedding = model.embedding().orElse(null);
        inputSize = model.inputSize();
        outputSize = model.outputSize();
        returnsSequences = model.returnsSequences();
        stateSizes = model.recurrentLayers().stream().mapToInt(GruLayer::stateSize).toArray();
        this.kernel = kernel;
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
                        layers.add(new Packed.Alone(alone.activation(), model.outputSize(i)));
                    }
                }
                // An embedding is used as it is, and dropout is the identity in inference.
                case Embedding _,Dropout _ -> {
                }
                default -> throw new IllegalArgumentException("layers of the type " + model.layers().get(i).type()
                        + " do not run yet");
            }
        }
    }

    /** Returns the table of a model that takes tokens, or null. */
    Embedding embedding() {
        return embedding;
    }

    /** Returns the features per step that the model takes; 1, the id, if it takes tokens. */
    int inputSize() {
        return inputSize;
    }

    /** Returns the features of an output. */
    int outputSize() {
        return outputSize;
    }

    /** Returns whether the model has an output for every step; otherwise it has one for the whole sequence. */
    boolean returnsSequences() {
        return returnsSequences;
    }

    /** Returns the sizes of states, in the order of {@link dev.gru.layer.Signature}; the array itself, read-only. */
    int[] stateSizes() {
        return stateSizes;
    }

    /** Returns whether a layer reads in both directions, which two threads can do at the same time. */
    boolean isBidirectional() {
        return layers.stream().anyMatch(Packed.Both.class::isInstance);
    }

    /** Returns the numbers of rows and steps that suit the kernel. */
    Tiling tiling() {
        return tiling;
    }

    /**
      * Returns new stages. A stage reads the output of the previous one only, so two arrays, used in turn, are enough
      * for all outputs. Activations alone, which have no weights and of which there may be any number, share runners
      * and scratch memory by size.
      *
      * @param room the largest input of the model
      * @param within which steps are within the lengths of their rows, or null if all are
     */
    Stage[] newStages(Stage.Room room, boolean[] within) {
        float[][] outputs = newOutputs(room);
        Map<Integer, ActivationRunner> ofActivations = new HashMap<>();
        Stage[] stages = new Stage[layers.size()];
        Stage.Room next = room;
        for (int i = 0; i < stages.length; i++) {
            float[] out = outputs[i % 2];
            stages[i] = switch (layers.get(i)) {
                case Packed.Gru gru -> new GruStage(gru.layer(), gru.options(), next, out);
                case Packed.Both both ->
                    new BidirectionalStage(both.layer(), both.forward(), both.backward(), next, out);
                case Packed.Mask mask -> new Stage.Masking(mask.value(), mask.size(), within, next, out);
                case Packed.Dense dense -> new Stage.Dense(dense.layer().newRunner(room.arena()), out);
                case Packed.Alone alone -> new Stage.Alone(alone.activation(), ofActivations.computeIfAbsent(
                        alone.size(), size -> kernel.newActivationRunner(size, room.arena())), out);
            };
            next = next.after(layers.get(i).returnsSequences());
        }
        return stages;
    }

    /** Returns two arrays, one with room for the output of every other layer, one for those between. */
    private float[][] newOutputs(Stage.Room room) {
        int[] sizes = new int[2];
        Stage.Room next = room;
        for (int i = 0; i < layers.size(); i++) {
            next = next.after(layers.get(i).returnsSequences());
            sizes[i % 2] = Math.max(sizes[i % 2], next.features(layers.get(i).outputSize()));
        }
        return new float[][]{new float[sizes[0]], new float[sizes[1]]};
    }
}
