package dev.gru;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

import dev.gru.kernel.ActivationRunner;
import dev.gru.kernel.DenseRunner;
import dev.gru.kernel.GruKernel;
import dev.gru.kernel.GruRunner;
import dev.gru.kernel.PackedDense;
import dev.gru.kernel.PackedGru;
import dev.gru.kernel.PortableGruKernel;
import dev.gru.kernel.ThreadTeam;
import dev.gru.kernel.TokenFeatures;
import dev.gru.kernel.Tiling;
import dev.gru.layer.ActivationLayer;
import dev.gru.layer.Bidirectional;
import dev.gru.layer.Dense;
import dev.gru.layer.Dropout;
import dev.gru.layer.Embedding;
import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Layer;
import dev.gru.layer.LayerOptions;
import dev.gru.layer.Masking;
import dev.gru.layer.ModelInput;
import dev.gru.layer.ModelOutput;
import dev.gru.layer.Parameter;
import dev.gru.layer.Sequential;
import dev.gru.layer.SequentialBuilder;
import dev.gru.layer.Shape;
import dev.gru.layer.Signature.Port;
import dev.gru.layer.Signature;
import dev.gru.layer.Tensor;
import dev.gru.layer.TimeDistributed;
import dev.gru.train.BatchResult;
import dev.gru.train.BatchTrainer;
import dev.gru.train.EarlyStopping;
import dev.gru.train.Gradients;
import dev.gru.train.History;
import dev.gru.train.LearningRateSchedule;
import dev.gru.train.Loss;
import dev.gru.train.Metric;
import dev.gru.train.Optimizer.Adam;
import dev.gru.train.Optimizer.Sgd;
import dev.gru.train.Optimizer;
import dev.gru.train.Targets;
import dev.gru.train.Trainer;
import dev.gru.train.TrainingCallback;
import dev.gru.train.TrainingData;
import dev.gru.train.TrainingOptions;
import dev.gru.train.TrainingResult;
import dev.gru.weights.Activation;
import dev.gru.weights.DenseWeights;
import dev.gru.weights.GruActivations;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;
import dev.gru.weights.Precision;

/**
 * Values of every type that the API takes: some that fit small models, and those that nobody should pass. Sizes of the
 * models, and lengths of the arrays, are few and small, so that some of all combinations fit.
 */
final class HostileValues {
    private static final int[] LENGTHS = {0, 1, 3, 64};
    private static final GruKernel KERNEL = new PortableGruKernel();

    /** A value that is made anew for each call, as calls change it. */
    record Fresh(Supplier<?> supplier) {
    }

    private final Map<String, List<Object>> values = new HashMap<>();

    HostileValues(Path folder) throws IOException {
        // No size at which an array would fit, but not into the memory of the tests.
        put(int.class, -1, 0, 1, 2, Integer.MAX_VALUE - 1, Integer.MAX_VALUE, Integer.MIN_VALUE);
        put(long.class, -1L, 0L, 1L, 1L << 40, Long.MAX_VALUE, Long.MIN_VALUE);
        put(double.class, -1.0, 0.0, 0.5, 1.0, 1e308, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);
        put(float.class, -1f, 0f, 0.5f, Float.NaN, Float.POSITIVE_INFINITY);
        put(boolean.class, false, true);
        put(String.class, "name", "", "gru", null);
        arrays();
        memory();
        files(folder);
        layers();
        new HostileGraphs(this).put();
        running();
        training();
        weightsByName();
    }

    void put(Type type, Object... all) {
        values.put(type.getTypeName(), Arrays.asList(all));
    }

    void put(String type, Object... all) {
        values.put(type, Arrays.asList(all));
    }

    static Fresh fresh(Supplier<?> supplier) {
        return new Fresh(supplier);
    }

    /** Returns what a value is for one call. */
    static Object fresh(Object value) {
        return value instanceof Fresh(Supplier<?> supplier) ? supplier.get() : value;
    }

    /** Returns the values of a type. */
    List<Object> of(Type type) {
        if (type instanceof Class<?> enumeration && enumeration.isEnum()) {
            List<Object> all = new ArrayList<>(Arrays.asList(enumeration.getEnumConstants()));
            all.add(null);
            return all;
        }
        List<Object> all = values.get(type.getTypeName());
        if (all == null) {
            throw new AssertionError("there are no values of " + type.getTypeName());
        }
        return all;
    }

    /** Returns the values of a type on which methods can be called. */
    List<Object> instances(Class<?> type) {
        List<Object> all = new ArrayList<>(of(type));
        all.removeIf(value -> value == null);
        return all;
    }

    private void arrays() {
        List<Object> floats = new ArrayList<>(Arrays.asList((Object) null));
        List<Object> doubles = new ArrayList<>(floats);
        List<Object> ints = new ArrayList<>(floats);
        List<Object> booleans = new ArrayList<>(floats);
        List<Object> bytes = new ArrayList<>(floats);
        for (int length : LENGTHS) {
            floats.add(fresh(() -> new float[length]));
            doubles.add(fresh(() -> new double[length]));
            ints.add(fresh(() -> new int[length]));
            booleans.add(fresh(() -> new boolean[length]));
            bytes.add(fresh(() -> new byte[length]));
        }
        floats.add(new float[]{Float.NaN});
        doubles.add(new double[]{Double.NaN});
        ints.addAll(List.of(new int[]{1}, new int[]{-1}, new int[]{Integer.MAX_VALUE}, new int[]{Integer.MIN_VALUE},
                new int[]{1 << 30, 1 << 30, 1 << 30}, new int[]{1, Integer.MAX_VALUE, Integer.MAX_VALUE}));
        values.put("float[]", floats);
        values.put("double[]", doubles);
        values.put("int[]", ints);
        values.put("boolean[]", booleans);
        values.put("byte[]", bytes);
        values.put("int[][]", Arrays.asList(null, new int[0][], new int[1][], new int[][]{{}, {1}},
                new int[][]{{1, Integer.MAX_VALUE}, {-1}}));
        values.put("float[][]", Arrays.asList(null, new float[0][], new float[1][], new float[][]{{}, {1}},
                new float[][]{new float[63], {Float.NaN}}));
        put("java.util.List<float[]>", null, List.of(), Arrays.asList((Object) null), List.of(new float[1]),
                List.of(new float[1], new float[3]));
        put("java.util.List<double[]>", null, List.of(), Arrays.asList((Object) null), List.of(new double[1]));
    }

    private void memory() {
        Arena closed = Arena.ofConfined();
        MemorySegment dead = closed.allocate(8);
        closed.close();
        put(MemorySegment.class, null, fresh(() -> MemorySegment.ofArray(new int[1])), MemorySegment.NULL,
                fresh(() -> MemorySegment.ofArray(new byte[3])), fresh(() -> MemorySegment.ofArray(new float[64])),
                dead, MemorySegment.ofArray(new float[64]).asReadOnly());
        put(ByteBuffer.class, null, fresh(() -> ByteBuffer.allocate(0)), fresh(() -> ByteBuffer.allocate(1000)),
                ByteBuffer.allocate(1000).asReadOnlyBuffer());
        put(InputStream.class, null, fresh(() -> new ByteArrayInputStream(new byte[0])));
        put(Arena.class, null, Arena.ofAuto(), closed);
        put(Duration.class, null, Duration.ZERO, Duration.ofSeconds(-1), Duration.ofSeconds(Long.MIN_VALUE));
    }

    private void files(Path folder) throws IOException {
        Files.writeString(folder.resolve("text"), "text");
        put(Path.class, null, folder, folder.resolve("text"), folder.resolve("new"), folder.resolve("no/such/folder"));
    }

    private static GruWeights gru(int size) {
        return new GruWeights(GruVariant.RESET_AFTER, size, size, new float[3 * size * size],
                new float[3 * size * size], new float[3 * size], new float[3 * size]);
    }

    static Graph tokens() {
        return Sequential.builder().embedding(3, 1).maskZero().gru(1).returnSequences().dense(3, Activation.SOFTMAX)
                .build();
    }

    static Graph features() {
        return Sequential.builder().input(1).gru(1).returnSequences().build();
    }

    private static Graph wholeSequences() {
        return Sequential.builder().input(1).bidirectional(1).build();
    }

    private void layers() {
        Dense dense = new Dense("dense",
                new DenseWeights(1, 1, Activation.LINEAR, new float[1], new float[1]));
        GruLayer layer = new GruLayer("gru", gru(1)).withReturnSequences(true);
        GruLayer wide = new GruLayer("wide", gru(3)).withReturnSequences(true);
        Embedding table = new Embedding("table", 3, 1, new float[3]).withMaskZero(true);
        Signature standard = Signature.standard(Shape.sequence(1), Shape.sequence(1));
        Port port = standard.inputs().getFirst();
        TokenFeatures features = table::copyRow;
        put(TokenFeatures.class, null, features);
        put(Activation.class, null, Activation.SOFTMAX, Activation.LINEAR);
        put(GruActivations.class, null, GruActivations.STANDARD);
        put(GruWeights.class, null, gru(1), gru(3));
        put(DenseWeights.class, null, dense.weights());
        put(Layer.class, null, dense, layer, wide, table);
        put(GruLayer.class, null, layer, wide);
        put(Dense.class, null, dense);
        put(Embedding.class, null, table);
        put(ActivationLayer.class, null, new ActivationLayer("softmax", Activation.SOFTMAX));
        Bidirectional both = new Bidirectional("both", gru(1), gru(1));
        TimeDistributed each = new TimeDistributed("each", dense);
        put(Bidirectional.class, null, both);
        put(TimeDistributed.class, null, each);
        put(Dropout.class, null, new Dropout("dropout", 0.5));
        put(Masking.class, null, new Masking("masking", 0));
        descriptions(layer, both, each);
        put(Sequential.class, null, tokens(), features(), wholeSequences());
        put(SequentialBuilder.class, null, fresh(Sequential::builder), fresh(() -> Sequential.builder().input(1)),
                fresh(() -> Sequential.builder().input(1).gru(1).returnSequences()),
                fresh(() -> Sequential.builder().input(1).bidirectional(1)),
                fresh(() -> Sequential.builder().input(Integer.MAX_VALUE)));
        put("java.util.List<? extends dev.gru.layer.Layer>", null, List.of(), Arrays.asList((Object) null),
                List.of(layer), List.of(layer, wide), List.of(table, layer));
        put(Signature.class, null, standard, Signature.standard(Shape.tokens(), Shape.sequence(3)));
        put(Port.class, null, port, standard.outputs().getFirst());
        put("java.util.List<dev.gru.layer.Signature$Port>", null, List.of(), Arrays.asList((Object) null),
                standard.inputs(), standard.outputs());
        put("java.util.List<dev.gru.layer.Signature$Axis>", null, List.of(), Arrays.asList((Object) null),
                List.of(Signature.Axis.values()), List.of(Signature.Axis.BATCH, Signature.Axis.STEP));
        put(Tensor.class, null, Tensor.of(new float[1], 1, 1, 1), Tensor.of(new int[1], 1, 1));
    }

    private void descriptions(Layer... layers) {
        put(Shape.class, null, Shape.tokens(), Shape.sequence(1), Shape.vector(3));
        List<Object> options = new ArrayList<>(Arrays.asList((Object) null));
        List<Object> ofLayers = new ArrayList<>(Arrays.asList(null, LayerOptions.none()));
        for (Layer layer : layers) {
            options.addAll(layer.type().options());
            ofLayers.add(layer.options());
        }
        values.put("dev.gru.layer.LayerOptions$Option<?>", options);
        values.put("dev.gru.layer.LayerOptions$Option<T>", options);
        values.put(LayerOptions.class.getTypeName(), ofLayers);
        put(Object.class, null, 1, true, 0.5f, "value", Activation.TANH);
        Parameter parameter = layers[0].parameters().getFirst();
        put(Parameter.class, null, parameter);
        put(Parameter.Spec.class, null, parameter.spec());
        put("java.util.List<java.lang.Long>", null, List.of(), Arrays.asList((Long) null), List.of(-1L),
                List.of(3L, 1L));
        put(FloatBuffer.class, null, FloatBuffer.allocate(3));
        put(Sequential.EmbeddingOptions.class, fresh(() -> Sequential.builder().embedding(3, 1)));
        put(Sequential.GruOptions.class, fresh(() -> Sequential.builder().input(1).gru(1)));
        put(Sequential.BidirectionalOptions.class, fresh(() -> Sequential.builder().input(1).bidirectional(1)));
        put(Sequential.Conv1DOptions.class,
                fresh(() -> Sequential.builder().input(2).conv1d(4, 3, Activation.RELU)));
        put(Sequential.PoolingOptions.class, fresh(() -> Sequential.builder().input(1).maxPooling(2)));
        put(Sequential.BatchNormalizationOptions.class,
                fresh(() -> Sequential.builder().input(1).batchNormalization()));
        put(Sequential.LayerNormalizationOptions.class,
                fresh(() -> Sequential.builder().input(1).layerNormalization()));
    }

    private void running() {
        ModelOptions options = ModelOptions.defaults().withKernel(KERNEL.name());
        List<GruModel> models = List.of(GruModel.of(tokens(), options), GruModel.of(features(), options),
                GruModel.of(wholeSequences(), options));
        put(ModelOptions.class, null, options);
        put(GruModel.class, models.toArray());
        put(SharedModel.class, SharedModel.of(new byte[9], options),
                SharedModel.of(models.getFirst().toBytes(), options));
        put(GruSession.class, fresh(models.get(0)::newSession), fresh(models.get(1)::newSession));
        put(GruGroup.class, fresh(models.get(0)::newGroup), fresh(() -> withStream(models.get(0))),
                fresh(() -> withStream(models.get(1))));
        put(ModelInput.class, null, ModelInput.tokens(1, 1, new int[]{1}), ModelInput.tokens(1, 3, new int[]{4, 5, 6}),
                ModelInput.features(1, 3, new float[]{Float.NaN, 0, 0}),
                ModelInput.features(1 << 30, 1 << 30, new float[3]),
                ModelInput.features(3, 1, new float[3]).withLengths(new int[]{1, 0, 1}));
        put(ModelOutput.class, new ModelOutput(List.of(new float[1]), List.of()));
        Map<String, Tensor> withoutArray = new HashMap<>();
        withoutArray.put("x", null);
        Map<String, Tensor> withoutName = new HashMap<>();
        withoutName.put(null, Tensor.of(new float[1], 1));
        put("java.util.Map<java.lang.String, dev.gru.layer.Tensor>", null, Map.of(), withoutArray, withoutName,
                Map.of("x", Tensor.of(new float[1], 1, 1, 1)), Map.of("x", Tensor.of(new int[1], 1, 1)),
                Map.of("x", Tensor.of(new float[0], 1 << 30, 0, 1)), Map.of("x", Tensor.of(new int[0], 0, 1 << 30)),
                Map.of("x", Tensor.of(new float[0], 1 << 30, 1 << 30, 0)), Map.of("x", Tensor.of(new float[1])));
        PackedGru gru = KERNEL.pack(gru(3), Arena.ofAuto());
        PackedDense dense = KERNEL.pack(new DenseWeights(3, 3, Activation.SOFTMAX, new float[9], new float[3]),
                Arena.ofAuto());
        put(GruKernel.class, null, KERNEL, Models.SCALAR);
        put(PortableGruKernel.class, KERNEL);
        put(dev.gru.kernel.ScalarGruKernel.class, Models.SCALAR);
        put(PackedGru.class, gru, KERNEL.pack(gru(3), Arena.ofAuto()));
        put(PackedDense.class, dense, KERNEL
                .pack(new DenseWeights(3, 3, Activation.SOFTMAX, new float[9], new float[3]), Arena.ofAuto()));
        put(GruRunner.class, gru.newRunner(1));
        put(DenseRunner.class, dense.newRunner());
        put(ActivationRunner.class, KERNEL.newActivationRunner(3, Arena.ofAuto()));
        put(Tiling.class, KERNEL.tiling());
        put("java.util.List<java.lang.Integer>", null, List.of(), List.of(0), Arrays.asList(1, null), List.of(1, 7));
        ThreadTeam closed = new ThreadTeam(1);
        closed.close();
        put(ThreadTeam.class, null, new ThreadTeam(1), closed);
        put(ThreadTeam.Task.class, null, (ThreadTeam.Task) member -> {
        });
    }

    private static GruGroup withStream(GruModel model) {
        GruGroup group = model.newGroup();
        group.add();
        return group;
    }

    private void training() {
        ModelInput tokens = ModelInput.tokens(1, 3, new int[]{1, 2, 0});
        ModelInput features = ModelInput.features(3, 1, new float[3]);
        Targets labels = Targets.labels(new int[]{1, 2, 0});
        Targets targets = Targets.values(new double[3]);
        put(Targets.class, null, labels, targets, Targets.labels(new int[]{-1, Integer.MAX_VALUE, 0}));
        put(TrainingData.class, null, new TrainingData(tokens, labels), new TrainingData(features, targets),
                new TrainingData(ModelInput.features(1 << 30, 1 << 30, new float[3]), targets));
        put(Optimizer.class, null, new Adam(), new Sgd(Float.MAX_VALUE));
        put(Adam.class, new Adam());
        put(Sgd.class, new Sgd(1));
        put(LearningRateSchedule.class, null, new LearningRateSchedule.Constant(),
                new LearningRateSchedule.Cosine(1, 0));
        put(LearningRateSchedule.Constant.class, new LearningRateSchedule.Constant());
        put(LearningRateSchedule.Cosine.class, new LearningRateSchedule.Cosine(Long.MAX_VALUE, 0));
        put(LearningRateSchedule.Plateau.class, new LearningRateSchedule.Plateau(Metric.LOSS, 1, 0, 0));
        put(EarlyStopping.class, null, new EarlyStopping(Metric.LOSS, 1, 0, true));
        put(BatchResult.class, null, BatchResult.NONE);
        Map<String, float[]> arrays = Map.of("dense/weight", new float[]{Float.NaN}, "dense/bias", new float[0]);
        put("java.util.Map<java.lang.String, float[]>", null, Map.of(), arrays, Collections.singletonMap("name", null),
                Collections.singletonMap(null, new float[1]));
        put(Gradients.class, null, new Gradients(BatchResult.NONE, Map.of()),
                new Gradients(BatchResult.NONE, arrays));
        History.Epoch epoch = new History.Epoch(1, 1, 1, BatchResult.NONE, Optional.empty());
        put(History.Epoch.class, epoch);
        put("java.util.Optional<dev.gru.train.BatchResult>", null, Optional.empty(), Optional.of(BatchResult.NONE));
        put("java.util.List<dev.gru.train.History$Epoch>", null, List.of(), List.of(epoch),
                Arrays.asList((Object) null));
        put(History.class, null, History.EMPTY, new History(List.of(epoch)));
        TrainingOptions.Builder builder = TrainingOptions.builder(Loss.MEAN_SQUARED_ERROR).kernel("portable");
        TrainingOptions options = builder.build();
        put(TrainingOptions.Builder.class,
                fresh(() -> TrainingOptions.builder(Loss.MEAN_SQUARED_ERROR).kernel("portable")));
        put(TrainingOptions.class, null, options, builder.optimizer(new Sgd(Float.MAX_VALUE)).build(),
                builder.batchSize(Integer.MAX_VALUE).validationSplit(0.5).build());
        put(Trainer.class, fresh(() -> new Trainer(options)),
                fresh(() -> new Trainer(TrainingOptions.builder(Loss.CATEGORICAL_CROSS_ENTROPY).kernel("portable")
                        .batchSize(Integer.MAX_VALUE).validationSplit(0.5).build())));
        put(RandomGenerator.class, null, fresh(() -> new SplittableRandom(1)));
        put(BatchTrainer.class,
                fresh(() -> new BatchTrainer(features(), Loss.MEAN_SQUARED_ERROR, new Adam(), "portable", 1)));
        put(TrainingCallback.class, null, new TrainingCallback() {
        });
        put(TrainingCallback.SaveBest.class);
        put(TrainingCallback.Progress.class, (Object) null);
        put(TrainingResult.class);
    }

    private void weightsByName() {
        put(Precision.class, (Object[]) Precision.values());
        put("java.util.Map<java.lang.String, double[]>", null, Map.of(), Collections.singletonMap("name", null));
    }
}
