package dev.gru.train;

import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

import dev.gru.format.CheckpointFile;
import dev.gru.format.file.ModelFormatException;
import dev.gru.layer.Graph;
import dev.gru.layer.Tensor;
import dev.gru.train.TrainingOptions.BatchOrder;
import dev.gru.train.math.Parameters;
import dev.gru.train.optimizer.OptimizerState;

/**
 * All that a training needs to go on as if it had not ended.
 *
 * @param model the weights
 * @param options what must be the same, by name: options, and the data's sizes and checksums
 * @param steps steps of the optimizer
 * @param kept what it keeps, as {@link OptimizerState#kept} has it
 * @param batch batches of the epoch that are done
 * @param running the sums over them
 * @param history the epochs before
 * @param best the model of the best epoch, or null if it is not wanted or there is none yet
 */
record Checkpoint(Graph model, Map<String, String> options, long steps, Map<String, Map<String, float[]>> kept,
        int batch, BatchResult running, History history, Graph best) {
    private static final String STEPS = "steps";
    private static final String EPOCH = "epoch";
    private static final String BATCH = "batch";
    private static final String RUNNING = "running";
    private static final String HISTORY = "history";
    private static final String OPTION = "option.";
    private static final String OPTIMIZER = "optimizer/";
    private static final String BEST = "best/";

    /** Writes this as the newest one. */
    void write(CheckpointFile file) throws IOException {
        Parameters parameters = Parameters.of(model);
        Map<String, List<Integer>> shapes = parameters.shapes();
        Map<String, Tensor> arrays = new LinkedHashMap<>();
        kept.forEach((what, all) -> parameters.learntShapes()
                .forEach((name, shape) -> arrays.put(OPTIMIZER + what + "/" + name,
                        Tensor.of(all.get(name), dimensions(shape)))));
        if (best != null) {
            Parameters ofBest = Parameters.of(best);
            shapes.forEach((name, shape) -> arrays.put(BEST + name,
                    Tensor.of(ofBest.floats(name), dimensions(shape))));
        }
        Map<String, String> notes = new LinkedHashMap<>();
        options.forEach((name, value) -> notes.put(OPTION + name, value));
        notes.put(STEPS, String.valueOf(steps));
        notes.put(EPOCH, String.valueOf(history.epochs().size()));
        notes.put(BATCH, String.valueOf(batch));
        notes.put(RUNNING, words(running));
        notes.put(HISTORY, history.epochs().stream().map(Checkpoint::words).collect(Collectors.joining("\n")));
        file.write(new CheckpointFile.Content(file.file(), model, arrays, notes));
    }

    private static int[] dimensions(List<Integer> shape) {
        return shape.stream().mapToInt(Integer::intValue).toArray();
    }

    private static String words(BatchResult result) {
        return result.lossSum() + " " + result.counted() + " " + result.correct() + " " + result.steps() + " "
                + result.allCorrect();
    }

    private static String words(History.Epoch result) {
        return result.epoch() + " " + result.steps() + " " + result.learningRate() + " " + words(result.training())
                + result.validation().map(validation -> " " + words(validation)).orElse("");
    }

    /** Reads the newest whole one. */
    static Checkpoint read(CheckpointFile file) throws IOException {
        CheckpointFile.Content content = file.read();
        try {
            return of(content);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw content
                    .error("its notes are not those of a training: " + e.getMessage().lines().findFirst().orElse(""));
        }
    }

    private static Checkpoint of(CheckpointFile.Content content) throws ModelFormatException {
        Map<String, Tensor> arrays = new LinkedHashMap<>(content.arrays());
        Map<String, List<Integer>> shapes = Parameters.of(content.model()).shapes();
        Map<String, List<Integer>> learnt = Parameters.of(content.model()).learntShapes();
        Map<String, Map<String, float[]>> kept = new LinkedHashMap<>();
        Graph best = null;
        while (!arrays.isEmpty()) {
            String name = arrays.keySet().iterator().next();
            if (name.startsWith(OPTIMIZER)) {
                String what = name.split("/", 3)[1];
                kept.put(what, take(content, arrays, OPTIMIZER + what + "/", learnt));
            } else if (name.startsWith(BEST)) {
                Parameters parameters = Parameters.of(content.model());
                take(content, arrays, BEST, shapes).forEach((array, values) -> {
                    double[] to = parameters.get(array);
                    Arrays.setAll(to, i -> values[i]);
                });
                best = parameters.toModel(content.model());
            } else {
                throw content.error("has an array " + name + ", which is of no use to a training");
            }
        }
        Map<String, String> options = new LinkedHashMap<>();
        content.notes().forEach((key, value) -> {
            if (key.startsWith(OPTION)) {
                options.put(key.substring(OPTION.length()), value);
            }
        });
        // Checkpoints of before there were more than two orders.
        String shuffle = options.remove("shuffle");
        if (shuffle != null) {
            options.put("batchOrder",
                    (Boolean.parseBoolean(shuffle) ? BatchOrder.SHUFFLED : BatchOrder.AS_GIVEN).toString());
        }
        History history = new History(note(content, HISTORY).lines().map(Checkpoint::epoch).toList());
        if (Integer.parseInt(note(content, EPOCH)) != history.epochs().size()) {
            throw content.error("is of epoch " + note(content, EPOCH) + ", but its history has "
                    + history.epochs().size());
        }
        return new Checkpoint(content.model(), options, Long.parseLong(note(content, STEPS)), kept,
                Integer.parseInt(note(content, BATCH)), result(note(content, RUNNING).split(" "), 0), history, best);
    }

    private static String note(CheckpointFile.Content content, String key) throws ModelFormatException {
        String note = content.notes().get(key);
        if (note == null) {
            throw content.error("has no note " + key);
        }
        return note;
    }

    /** Takes an array for each parameter out of the map. */
    private static Map<String, float[]> take(CheckpointFile.Content content, Map<String, Tensor> arrays, String prefix,
            Map<String, List<Integer>> shapes) throws ModelFormatException {
        Map<String, float[]> taken = new LinkedHashMap<>();
        for (Map.Entry<String, List<Integer>> parameter : shapes.entrySet()) {
            Tensor array = arrays.remove(prefix + parameter.getKey());
            if (array == null || !Arrays.equals(array.shape(), dimensions(parameter.getValue()))) {
                throw content
                        .error("must have an array " + prefix + parameter.getKey() + " of " + parameter.getValue());
            }
            taken.put(parameter.getKey(), array.floats());
        }
        if (arrays.keySet().stream().anyMatch(name -> name.startsWith(prefix))) {
            throw content.error("has more arrays under " + prefix + " than the model has");
        }
        return taken;
    }

    private static BatchResult result(String[] words, int at) {
        return new BatchResult(Double.parseDouble(words[at]), Long.parseLong(words[at + 1]),
                Double.parseDouble(words[at + 2]), Long.parseLong(words[at + 3]), Double.parseDouble(words[at + 4]));
    }

    private static History.Epoch epoch(String line) {
        String[] all = line.split(" ");
        return new History.Epoch(Integer.parseInt(all[0]), Long.parseLong(all[1]), Double.parseDouble(all[2]),
                result(all, 3), all.length > 8 ? Optional.of(result(all, 8)) : Optional.empty());
    }

    /**
     * Checks that a training can go on from here.
     *
     * @param of the same of it
     * @throws IllegalArgumentException if it has other options or data
     */
    void requireSame(Map<String, String> of) {
        of.forEach((name, value) -> {
            if (!value.equals(options.get(name))) {
                throw new IllegalArgumentException(name + " must be that of the training that is resumed, "
                        + options.get(name) + ", was " + value);
            }
        });
    }
}
