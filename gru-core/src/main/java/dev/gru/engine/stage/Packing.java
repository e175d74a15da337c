package dev.gru.engine.stage;

import java.lang.foreign.Arena;

import dev.gru.kernel.GruKernel;
import dev.gru.kernel.PackedGru;
import dev.gru.layer.ActivationLayer.PReLU;
import dev.gru.layer.ActivationLayer.StepSoftmax;
import dev.gru.layer.ActivationLayer;
import dev.gru.layer.Attention;
import dev.gru.layer.Bidirectional;
import dev.gru.layer.Conv1D;
import dev.gru.layer.Dense;
import dev.gru.layer.Dropout;
import dev.gru.layer.Embedding;
import dev.gru.layer.GlobalPooling1D;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Layer;
import dev.gru.layer.Masking.SetMask;
import dev.gru.layer.Masking;
import dev.gru.layer.Merge;
import dev.gru.layer.Normalization.BatchNormalization;
import dev.gru.layer.Normalization.LayerNormalization;
import dev.gru.layer.Normalization.UnitNormalization;
import dev.gru.layer.Pooling1D;
import dev.gru.layer.Regularization;
import dev.gru.layer.Reshaping;
import dev.gru.layer.Scale;
import dev.gru.layer.TimeDistributed;
import dev.gru.weights.DenseWeights;
import dev.gru.weights.GruWeights;
import dev.gru.weights.Precision;

/**
 * Packs layers for a kernel. Of a layer whose weights are packed, the weights are not kept; of an embedding the table
 * is used as it is.
 *
 * @param kernel the kernel that runs the layers
 * @param precision the precision in which weights of matrix products are stored
 * @param arena owns the native memory of the weights
 */
public record Packing(GruKernel kernel, Precision precision, Arena arena) {

    /** Packs a layer; those that are the identity have nothing to run, and are not packed. */
    public Stage.PackedLayer pack(Layer layer) {
        return switch (layer) {
            case Embedding table -> new EmbeddingStage.Packed(table, true);
            case Masking masking -> masking(masking.maskValue());
            case SetMask _ -> MaskingStage.SET_MASK;
            case GruLayer gru -> new GruStage.Packed(pack(gru.weights()),
                    new GruStage.Options(gru.returnSequences(), gru.direction(), gru.zeroOutputForMask()));
            case Bidirectional both ->
                new BidirectionalStage.Packed(pack(both.forward().weights()), pack(both.backward().weights()),
                        new BidirectionalStage.Options(both.merge(), both.returnSequences()));
            case Dense dense -> dense(dense.weights());
            case TimeDistributed each -> dense(each.weights());
            case ActivationLayer alone ->
                (in, out, room) -> new ActivationStage(alone.activation(), in[0], out, room);
            case StepSoftmax _ -> (in, out, room) -> new StepSoftmaxStage(in[0], out, room);
            case Conv1D conv -> ConvStage.pack(conv, kernel, precision, arena);
            case Pooling1D pooling -> (in, out, _) -> new PoolingStage(pooling, in[0], out);
            case GlobalPooling1D pooling -> (in, out, _) -> new GlobalPoolingStage(pooling.kind(), in[0], out);
            case BatchNormalization batch -> ScalingStage.pack(batch);
            case Scale scale -> ScalingStage.pack(scale);
            case PReLU prelu -> ScalingStage.pack(prelu);
            case LayerNormalization standard -> NormalizationStage.pack(standard);
            case UnitNormalization unit -> NormalizationStage.pack(unit);
            case Reshaping reshaping -> new ReshapingStage.Packed(reshaping);
            case Merge merge -> (in, out, room) -> new MergeStage(merge.kind(), in, out, room);
            case Attention attention -> new AttentionStage.Packed(attention);
            case Dropout _,Regularization _ -> throw new IllegalArgumentException(layer + " has nothing to run");
        };
    }

    private PackedGru pack(GruWeights weights) {
        return kernel.pack(weights, precision, arena);
    }

    private Stage.PackedLayer dense(DenseWeights weights) {
        var packed = kernel.pack(weights, precision, arena);
        return (in, out, room) -> new DenseStage(packed.newRunner(room.arena()), in[0], out);
    }

    private static Stage.PackedLayer masking(float value) {
        return (in, out, room) -> new MaskingStage(value, in[0], out, room);
    }
}
