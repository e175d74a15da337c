package dev.gru.bench.compare;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import dev.gru.layer.Embedding;
import dev.gru.layer.Graph;
import dev.gru.layer.Signature.Axis;
import dev.gru.layer.Signature.Port;
import dev.gru.layer.Signature.Role;
import dev.gru.layer.Tensor;

/** Makes random inputs of a model, of the sizes that its file fixes. */
final class ModelInputs {
    private static final int SEED = 20;

    private ModelInputs() {
    }

    /**
     * Returns arrays by name: features and states from a normal distribution, ids of all tokens alike, full lengths.
     *
     * @param model the model
     * @param declared the dimensions of each input as the file has them, −1 for those that a run decides
     * @param batch rows where the file does not say how many
     * @param steps steps where the file does not say how many
     * @throws IllegalArgumentException if the file fixes another number of rows
     */
    static Map<String, Tensor> random(Graph model, Map<String, List<Long>> declared, int batch, int steps) {
        Random random = new Random(SEED);
        Map<String, Tensor> arrays = new LinkedHashMap<>();
        int most = steps(model, declared, steps);
        for (Port port : model.signature().inputs()) {
            List<Long> sizes = declared.get(port.name());
            if (sizes == null || sizes.size() != port.axes().size()) {
                if (port.optional()) {
                    continue;
                }
                throw new IllegalArgumentException("the file has no input " + port);
            }
            int[] shape = new int[sizes.size()];
            for (int i = 0; i < shape.length; i++) {
                int free = switch (port.axes().get(i)) {
                    case BATCH -> batch;
                    case STEP -> steps;
                    case FEATURE -> features(model, port);
                    case DIRECTION -> port.directions();
                    case ONE -> 1;
                };
                shape[i] = sizes.get(i) > 0 ? Math.toIntExact(sizes.get(i)) : free;
                if (port.axes().get(i) == Axis.BATCH && shape[i] != batch) {
                    throw new IllegalArgumentException("the file has " + shape[i] + " rows, not " + batch);
                }
            }
            int elements = Arrays.stream(shape).reduce(1, Math::multiplyExact);
            arrays.put(port.name(), model.takesInts(port)
                    ? Tensor.of(ints(model, port, elements, most, random), shape)
                    : Tensor.of(floats(elements, random), shape));
        }
        return arrays;
    }

    /** Returns how many rows the file fixes, or 0 if it leaves them to the run. */
    static int fixedBatch(Graph model, Map<String, List<Long>> declared) {
        return (int) size(model, declared, Axis.BATCH, 0);
    }

    private static int steps(Graph model, Map<String, List<Long>> declared, int otherwise) {
        return (int) size(model, declared, Axis.STEP, otherwise);
    }

    private static long size(Graph model, Map<String, List<Long>> declared, Axis axis, long otherwise) {
        for (Port port : model.signature().inputs()) {
            int at = port.axes().indexOf(axis);
            if (at >= 0 && declared.containsKey(port.name()) && declared.get(port.name()).get(at) > 0) {
                return declared.get(port.name()).get(at);
            }
        }
        return otherwise;
    }

    private static int features(Graph model, Port port) {
        return port.role() == Role.INPUT
                ? model.inputs().get(port.index()).shape().features()
                : model.stateSizes().get(port.first());
    }

    private static int[] ints(Graph model, Port port, int count, int steps, Random random) {
        if (port.role() == Role.LENGTHS) {
            int[] lengths = new int[count];
            Arrays.fill(lengths, steps);
            return lengths;
        }
        int tokens = model.embeddings(port.index()).mapToInt(Embedding::vocabularySize).min().orElse(1);
        return random.ints(count, 0, tokens).toArray();
    }

    private static float[] floats(int count, Random random) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
