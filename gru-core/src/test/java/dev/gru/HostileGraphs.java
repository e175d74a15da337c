package dev.gru;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.gru.layer.ActivationLayer.PReLU;
import dev.gru.layer.ActivationLayer;
import dev.gru.layer.Attention;
import dev.gru.layer.Conv1D;
import dev.gru.layer.Embedding;
import dev.gru.layer.GlobalPooling1D;
import dev.gru.layer.Graph;
import dev.gru.layer.Layer;
import dev.gru.layer.Masking;
import dev.gru.layer.Merge;
import dev.gru.layer.ModelInput;
import dev.gru.layer.Normalization.BatchNormalization;
import dev.gru.layer.Normalization.LayerNormalization;
import dev.gru.layer.Normalization.Learnt;
import dev.gru.layer.Normalization.UnitNormalization;
import dev.gru.layer.Normalization;
import dev.gru.layer.Pooling1D;
import dev.gru.layer.Regularization;
import dev.gru.layer.Reshaping;
import dev.gru.layer.Scale;
import dev.gru.layer.Shape;
import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;

/** Values of layers around a GRU, and of graphs that join them. */
final class HostileGraphs {
    private final HostileValues values;

    HostileGraphs(HostileValues values) {
        this.values = values;
    }

    void put() {
        float[] ones = {1};
        BatchNormalization batch = new BatchNormalization("batch", 1, 0.001f, 0.99f, Learnt.BOTH,
                List.of(ones, ones, ones, ones));
        Map<Class<?>, Layer> around = new LinkedHashMap<>();
        around.put(ActivationLayer.StepSoftmax.class, new ActivationLayer.StepSoftmax("softmax"));
        around.put(PReLU.class, new PReLU("prelu", 1, 1, ones));
        around.put(Conv1D.class, new Conv1D("conv", 1, 1, new DenseWeights(1, 1, Activation.LINEAR, ones, ones)));
        around.put(Pooling1D.class, new Pooling1D("pool", Pooling1D.Kind.MAX, 2, 2, Conv1D.Padding.VALID));
        around.put(GlobalPooling1D.class, new GlobalPooling1D("global", GlobalPooling1D.Kind.AVERAGE));
        around.put(BatchNormalization.class, batch);
        around.put(LayerNormalization.class,
                new LayerNormalization("layer", 1, 0.001f, Learnt.BOTH, List.of(ones, ones)));
        around.put(UnitNormalization.class, new UnitNormalization("unit"));
        around.put(Scale.class, new Scale("scale", 1, ones, ones, ones));
        around.put(Reshaping.Reshape.class, new Reshaping.Reshape("reshape", Shape.sequence(1)));
        around.put(Reshaping.RepeatVector.class, new Reshaping.RepeatVector("repeat", 2));
        around.put(Reshaping.Permute.class, new Reshaping.Permute("permute", 2, 1));
        around.put(Reshaping.ZeroPadding1D.class, new Reshaping.ZeroPadding1D("zeros", 1, 0));
        around.put(Reshaping.Cropping1D.class, new Reshaping.Cropping1D("crop", 1, 0));
        around.put(Reshaping.UpSampling1D.class, new Reshaping.UpSampling1D("up", 2));
        around.put(Reshaping.Slice.class, new Reshaping.Slice("slice", 0, 1));
        around.put(Regularization.class,
                new Regularization("noise", Regularization.Kind.GAUSSIAN_NOISE, 0.5f, 0));
        around.put(Merge.class, new Merge("merge", Merge.Kind.ADD));
        around.put(Masking.SetMask.class, new Masking.SetMask("set_mask"));
        around.put(Attention.class, new Attention("attention", Attention.Score.DOT, new float[0]));
        around.forEach((type, layer) -> values.put(type, null, layer));
        values.put(Normalization.class, batch);
        values.put(Reshaping.class, around.get(Reshaping.Reshape.class));
        Graph.Input input = new Graph.Input("x", Shape.sequence(1));
        Graph.Node node = new Graph.Node(batch, List.of(0));
        values.put(Graph.Input.class, null, input, new Graph.Input("x", Shape.tokens()));
        values.put(Graph.Node.class, null, node, new Graph.Node(around.get(Merge.class), List.of(0, 1)),
                new Graph.Node(batch, List.of()));
        values.put("java.util.List<dev.gru.layer.Graph$Input>", null, List.of(), Arrays.asList((Object) null),
                List.of(input),
                List.of(input, input));
        values.put("java.util.List<dev.gru.layer.Graph$Node>", null, List.of(), Arrays.asList((Object) null),
                List.of(node),
                List.of(new Graph.Node(around.get(Merge.class), List.of(0, 7))));
        values.put("java.util.List<java.lang.Integer>", null, List.of(), Arrays.asList((Integer) null), List.of(0),
                List.of(-1), List.of(1, 1), List.of(Integer.MAX_VALUE));
        values.put("java.util.Map<java.lang.String, dev.gru.layer.Shape>", null, Map.of(),
                Collections.singletonMap(null, Shape.tokens()), Collections.singletonMap("x", null),
                Map.of("x", Shape.sequence(1)));
        values.put("java.util.List<dev.gru.layer.Shape>", null, List.of(), Arrays.asList((Object) null),
                List.of(Shape.sequence(1)), List.of(Shape.tokens(), Shape.vector(3)));
        values.put(Graph.class, null, HostileValues.tokens(), HostileValues.features(),
                new Graph(List.of(input), List.of(node), List.of(0, 1), null));
        values.put(Graph.Builder.class, HostileValues.fresh(Graph.Builder::new), HostileValues.fresh(() -> {
            Graph.Builder graph = new Graph.Builder();
            graph.input("x", Shape.sequence(1));
            return graph;
        }));
        values.put(ModelInput.Taken.class, null, new ModelInput.Taken(HostileValues.features(), 0));
        values.put("java.util.List<dev.gru.layer.ModelInput$Taken>", null, List.of(), Arrays.asList((Object) null),
                List.of(new ModelInput.Taken(HostileValues.features(), 0)));
        values.put("java.util.List<dev.gru.layer.Embedding>", null, List.of(), Arrays.asList((Object) null));
    }
}
