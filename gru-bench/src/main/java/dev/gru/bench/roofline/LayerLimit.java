package dev.gru.bench.roofline;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import dev.gru.bench.LayerWork;
import dev.gru.bench.ModelWork;
import dev.gru.bench.Work;
import dev.gru.layer.Dense;
import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer;
import dev.gru.layer.TimeDistributed;
import dev.gru.weights.DenseWeights;
import dev.gru.weights.Gate;
import dev.gru.weights.Precision;

/**
 * The shortest time that a GRU layer can take on a core with given limits, from the weights that must be read and the
 * multiply-adds that must be done. Gates and activations are not counted, so no kernel reaches it.
 *
 * <p>A layer of I inputs and H units has 3·H·I input weights and 3·H·H recurrent weights, of 4 bytes or, in bfloat16,
 * 2. With P the peak and BW(s) the bandwidth of the fastest level that s bytes fit into:
 *
 * <ul>
 * <li>one step of B streams reads all weights once and does 6·H·(I + H)·B operations:
 * max(bytes / BW(bytes), 6·H·(I + H)·B / P);
 * <li>T steps have all inputs beforehand, so their product is one of B·T rows: max(input bytes / BW(all bytes),
 * 6·H·I·B·T / P); and then each step needs the state of the one before: T · max(recurrent bytes / BW(recurrent bytes),
 * 6·H·H·B / P).
 * </ul>
 *
 * <p>That of a model is the sum over its GRU layers and its dense layers, each a product of as many rows as it has
 * outputs; what is looked up in tables of gates is counted as if it were multiplied, so a model can take less.
 *
 * <p>A part of weights that are somewhat larger than a level may stay in it, if the cache does not simply evict the
 * oldest line; then the true limit is lower than this one.
 *
 * @param micros the shortest time, in µs
 * @param boundBy the limit that takes the larger part of that time: {@code FMA} or the name of a level
 */
public record LayerLimit(double micros, String boundBy) {
    private static final String FMA = "FMA";

    /** The formula of the shortest time, as it is printed. */
    public static final String FORMULA = """
            Limit of T steps x B streams, I inputs, H units, w bytes a weight (4, bf16 2), P the FMA peak, BW(s) the
            bandwidth of the nearest level that holds s bytes; gates are not counted:
              T = 1: max(3H(I+H)w / BW(3H(I+H)w), 6H(I+H)B / P)
              T > 1: max(3HIw / BW(3H(I+H)w), 6HIBT / P) + T max(3HHw / BW(3HHw), 6HHB / P)
            A model: the sum over its GRU and dense layers, as if every input was multiplied.
            """;

    /** Returns the limit of a layer or a model. */
    public static LayerLimit of(Work work, Precision precision, MachineLimits limits) {
        return switch (work) {
            case LayerWork layer -> of(layer, precision, limits);
            case ModelWork model -> of(model, precision, limits);
        };
    }

    private static LayerLimit of(ModelWork work, Precision precision, MachineLimits limits) {
        Graph graph = work.model().graph();
        List<LayerLimit> parts = new ArrayList<>();
        for (Graph.Node node : graph.nodes()) {
            switch (node.layer()) {
                case GruLayer gru -> parts.add(of(new LayerWork(work.steps(), work.batch(),
                        gru.weights().inputSize(), gru.weights().hiddenSize()), precision, limits));
                case Dense dense -> parts.add(dense(dense.weights(),
                        graph.shape(node.inputs().getFirst()).isSequence()
                                ? work.steps() * work.batch()
                                : work.batch(),
                        precision, limits));
                case TimeDistributed each ->
                    parts.add(dense(each.weights(), work.steps() * work.batch(), precision, limits));
                default -> {
                    // It has no matrix.
                }
            }
        }
        double micros = parts.stream().mapToDouble(LayerLimit::micros).sum();
        return new LayerLimit(micros, parts.stream().max(Comparator.comparingDouble(LayerLimit::micros)).orElseThrow()
                .boundBy());
    }

    private static LayerLimit dense(DenseWeights weights, int rows, Precision precision, MachineLimits limits) {
        long count = (long) weights.inputSize() * weights.outputSize();
        long bytes = count * weightBytes(precision);
        return product(limits, bytes, bytes, 2.0 * count * rows);
    }

    private static long weightBytes(Precision precision) {
        return switch (precision) {
            case FP32 -> 4;
            case BF16 -> 2;
        };
    }

    private static LayerLimit of(LayerWork work, Precision precision, MachineLimits limits) {
        long weightBytes = weightBytes(precision);
        long inputWeights = (long) Gate.COUNT * work.hiddenSize() * work.inputSize();
        long recurrentWeights = (long) Gate.COUNT * work.hiddenSize() * work.hiddenSize();
        long inputBytes = inputWeights * weightBytes;
        long recurrentBytes = recurrentWeights * weightBytes;
        if (work.steps() == 1) {
            long bytes = inputBytes + recurrentBytes;
            return product(limits, bytes, bytes, 2.0 * (inputWeights + recurrentWeights) * work.batch());
        }
        LayerLimit input = product(limits, inputBytes, inputBytes + recurrentBytes,
                2.0 * inputWeights * work.batch() * work.steps());
        LayerLimit step = product(limits, recurrentBytes, recurrentBytes, 2.0 * recurrentWeights * work.batch());
        double recurrent = work.steps() * step.micros;
        return new LayerLimit(input.micros + recurrent, recurrent >= input.micros ? step.boundBy : input.boundBy);
    }

    private static LayerLimit product(MachineLimits limits, long bytes, long workingSet, double operations) {
        MachineLimits.Level level = limits.level(workingSet);
        double reading = bytes / level.bandwidth().best() / 1e3;
        double computing = operations / limits.peak().best() / 1e3;
        return reading >= computing ? new LayerLimit(reading, level.name()) : new LayerLimit(computing, FMA);
    }
}
