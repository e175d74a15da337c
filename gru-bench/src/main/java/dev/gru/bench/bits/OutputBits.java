package dev.gru.bench.bits;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.zip.CRC32;

import dev.gru.GruGroup;
import dev.gru.GruModel;
import dev.gru.GruSession;
import dev.gru.ModelOptions;
import dev.gru.layer.Bidirectional.MergeMode;
import dev.gru.layer.Graph;
import dev.gru.layer.ModelInput;
import dev.gru.layer.ModelOutput;
import dev.gru.layer.Sequential;
import dev.gru.layer.SequentialBuilder;
import dev.gru.train.BatchResult;
import dev.gru.train.BatchTrainer;
import dev.gru.train.Initializer;
import dev.gru.train.Loss;
import dev.gru.train.Optimizer.Adam;
import dev.gru.train.Optimizer.Sgd;
import dev.gru.train.Targets;
import dev.gru.weights.Activation;
import dev.gru.weights.GruVariant;
import dev.gru.weights.Precision;

/**
 * Checksums of the outputs of many models, and of their outputs after some training, by the name of the run. The
 * numeric contract promises that they are the same on every machine; they change only with an intended change of the
 * arithmetic.
 *
 * <p>For use by one thread.
 */
public final class OutputBits {
    /** What the checksums of a version are is in this file; those of {@code portable} and {@code simd} are the same. */
    private static final String EXPECTED = "output-bits.txt";
    private static final String SEPARATOR = ": ";

    /** Inputs and units: one, below, at and above the lanes of 128 to 512 bits, odd, more than one panel. */
    private static final int[][] SIZES = {{1, 1}, {3, 7}, {8, 8}, {15, 17}, {16, 16}, {31, 33}, {48, 64}, {100, 37},
            {64, 130}};
    private static final int[] BATCHES = {1, 2, 9};
    private static final int STEPS = 6;
    private static final int VOCABULARY = 30;
    private static final int CLASSES = 5;
    private static final int TRAINING_STEPS = 4;

    private final String kernel;
    private final Map<String, String> found = new LinkedHashMap<>();
    private final CRC32 crc = new CRC32();

    private OutputBits(String kernel) {
        this.kernel = kernel;
    }

    /** Returns how lines of the file begin that are of a kernel. */
    private static String group(String kernel) {
        return kernel.equals("scalar") ? "scalar " : "fast ";
    }

    /**
     * Returns the checksums that a kernel has in this version, eight hexadecimal digits each.
     *
     * @param kernel its name
     */
    public static Map<String, String> expected(String kernel) {
        String group = group(kernel);
        try (InputStream in = OutputBits.class.getResourceAsStream(EXPECTED)) {
            Map<String, String> expected = new TreeMap<>();
            new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().filter(line -> line.startsWith(group))
                    .map(line -> line.substring(group.length()).split(SEPARATOR))
                    .forEach(parts -> expected.put(parts[0], parts[1]));
            return expected;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the lines that {@link #expected} reads. */
    static String lines(String kernel, Map<String, String> checksums) {
        return checksums.entrySet().stream().map(entry -> group(kernel) + entry.getKey() + SEPARATOR + entry.getValue())
                .collect(Collectors.joining("\n"));
    }

    /** Returns one digest of all checksums, in the order of their names: 32 hexadecimal digits. */
    public static String digest(Map<String, String> checksums) {
        try {
            byte[] sha = MessageDigest.getInstance("SHA-256")
                    .digest(new TreeMap<>(checksums).toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(sha, 0, sha.length / 2);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    /**
     * Returns the checksums that a kernel has here, by the names of the runs, in the order in which they were made.
     *
     * @param kernel its name
     * @throws IllegalStateException if there is no such kernel, or it cannot run here; the message says why
     */
    public static Map<String, String> of(String kernel) {
        OutputBits bits = new OutputBits(kernel);
        for (Precision precision : Precision.values()) {
            for (GruVariant variant : GruVariant.values()) {
                bits.record("layers " + variant + " " + precision, () -> bits.layers(variant, precision));
            }
            bits.models().forEach((name, model) -> bits.record("model " + name + " " + precision,
                    () -> bits.everyWay(model, precision)));
        }
        bits.models().forEach((name, model) -> bits.record("training " + name, () -> bits.training(model)));
        SampleModels.all().forEach((name, model) -> {
            for (Precision precision : Precision.values()) {
                bits.record("model " + name + " " + precision, () -> bits.everyWay(model, precision));
            }
        });
        return bits.found;
    }

    private void record(String name, Runnable work) {
        crc.reset();
        work.run();
        found.put(name, "%08x".formatted(crc.getValue()));
    }

    private static Graph initialized(SequentialBuilder builder) {
        return Initializer.PYTORCH.initialize(builder.build(), 41);
    }

    private void layers(GruVariant variant, Precision precision) {
        for (int[] size : SIZES) {
            everyWay(initialized(Sequential.builder().input(size[0]).gru(variant, size[1]).returnSequences()),
                    precision);
        }
    }

    private Map<String, Graph> models() {
        Map<String, Graph> models = new LinkedHashMap<>();
        models.put("article",
                initialized(Sequential.builder().embedding(VOCABULARY, 19).maskZero().gru(20).returnSequences()
                        .dropout(0.3).gru(12).returnSequences().dropout(0.3)
                        .timeDistributed(CLASSES, Activation.SOFTMAX)));
        for (GruVariant variant : GruVariant.values()) {
            models.put("last " + variant,
                    initialized(Sequential.builder().input(7).masking(0).gru(variant, 18).returnSequences()
                            .activation(Activation.RELU).gru(variant, 9).dense(CLASSES, Activation.SOFTMAX)));
        }
        for (MergeMode merge : MergeMode.values()) {
            models.put("bidirectional " + merge, initialized(Sequential.builder().embedding(VOCABULARY, 8).maskZero()
                    .bidirectional(GruVariant.RESET_AFTER, 17).merge(merge).returnSequences()
                    .bidirectional(GruVariant.RESET_BEFORE, 6).merge(merge)
                    .dense(3, Activation.TANH).dense(CLASSES, Activation.SOFTMAX)));
        }
        return models;
    }

    private void add(float[] values) {
        for (float value : values) {
            int bits = Float.floatToIntBits(value);
            for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
                crc.update(bits >>> shift);
            }
        }
    }

    private static float[] features(int count, Random random) {
        float[] x = new float[count];
        for (int i = 0; i < count; i++) {
            x[i] = random.nextInt(8) == 0 ? 0 : 4 * random.nextFloat() - 2;
        }
        return x;
    }

    private void everyWay(Graph layers, Precision precision) {
        try (GruModel model = GruModel.of(layers,
                ModelOptions.defaults().withKernel(kernel).withPrecision(precision))) {
            Random random = new Random(17);
            for (int batch : BATCHES) {
                wholeSequences(model, batch, random);
            }
            if (layers.wholeSequences().isEmpty()) {
                streams(model, random);
            }
        }
    }

    private void wholeSequences(GruModel model, int batch, Random random) {
        ModelInput input = model.takesTokens()
                ? ModelInput.tokens(batch, STEPS, random.ints((long) batch * STEPS, 0, VOCABULARY).toArray())
                : ModelInput.features(batch, STEPS, features(batch * STEPS * model.inputSize(), random));
        List<float[]> states = new ArrayList<>();
        add(model.run(input)).finalStates().forEach(state -> states.add(features(state.length, random)));
        int[] lengths = random.ints(batch, 0, STEPS + 1).toArray();
        add(model.run(input.withInitialStates(states).withLengths(lengths)));
    }

    private ModelOutput add(ModelOutput output) {
        output.outputs().forEach(this::add);
        output.finalStates().forEach(this::add);
        return output;
    }

    private void streams(GruModel model, Random random) {
        int streams = 9;
        int size = model.inputSize();
        GruSession session = model.newSession();
        GruGroup group = model.newGroup();
        int[] handles = new int[streams];
        for (int i = 0; i < streams; i++) {
            handles[i] = group.add();
        }
        float[] y = new float[model.outputSize()];
        float[] all = new float[streams * model.outputSize()];
        for (int step = 0; step < STEPS; step++) {
            if (model.takesTokens()) {
                int[] tokens = random.ints(streams, 0, VOCABULARY).toArray();
                session.step(tokens[0], y);
                group.step(streams, handles, tokens, all);
            } else {
                float[] x = features(streams * size, random);
                session.step(x, 0, y, 0);
                group.step(streams, handles, x, all);
            }
            add(y);
            add(all);
        }
    }

    private static float[] uniform(int count, Random random) {
        float[] features = new float[count];
        for (int i = 0; i < count; i++) {
            features[i] = (float) random.nextDouble(-2, 2);
        }
        return features;
    }

    private void training(Graph layers) {
        boolean tokens = layers.embedding().isPresent();
        int batch = 7;
        Random random = new Random(23);
        Consumer<BatchTrainer> steps = trainer -> {
            for (int step = 0; step < TRAINING_STEPS; step++) {
                ModelInput input = tokens
                        ? ModelInput.tokens(batch, STEPS,
                                random.ints((long) batch * STEPS, 0, VOCABULARY).toArray())
                        : ModelInput.features(batch, STEPS,
                                uniform(batch * STEPS * layers.inputSize(), random));
                Targets targets = Targets.labels(random
                        .ints(layers.returnsSequences() ? (long) batch * STEPS : batch, 0, CLASSES).toArray());
                BatchResult result = trainer.step(input, targets, step, 0.01, step % 2 == 0 ? 1 : 1e9);
                add(new float[]{(float) result.lossSum()});
            }
            weights(trainer.toModel());
        };
        try (BatchTrainer adam = new BatchTrainer(layers, Loss.CATEGORICAL_CROSS_ENTROPY, new Adam(), kernel,
                1)) {
            steps.accept(adam);
        }
        try (BatchTrainer sgd = new BatchTrainer(layers, Loss.CATEGORICAL_CROSS_ENTROPY, new Sgd(0.1, 0.9),
                kernel,
                2)) {
            steps.accept(sgd);
        }
    }

    /** Runs the trained model, whose outputs depend on all weights. */
    private void weights(Graph model) {
        try (GruModel packed = GruModel.of(model, ModelOptions.defaults().withKernel(kernel))) {
            wholeSequences(packed, 3, new Random(29));
        }
    }
}
