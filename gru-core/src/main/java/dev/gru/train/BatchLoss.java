package dev.gru.train;

import java.util.Arrays;
import java.util.List;

import dev.gru.kernel.TrainingKernel;
import dev.gru.kernel.TrainingKernel.Rows;

/** A loss of a batch and its derivatives, part by part; the sums over parts are in their order, whoever computes them. */
final class BatchLoss {
    private final TrainingKernel kernel;
    private final Loss loss;
    private final Targets targets;
    private final List<FloatFeatures> outputs;
    private final int rowsOfPart;
    /** Steps that count, of all parts. */
    private final long counted;
    private final BatchResult[] results;

    /**
     * Counts the steps.
     *
     * @param outputs what the model puts out, in parts, or the sums that go into its last function
     * @param rowsOfPart rows of every part but the last
     */
    BatchLoss(TrainingKernel kernel, Loss loss, Targets targets, List<FloatFeatures> outputs, int rowsOfPart) {
        this.kernel = kernel;
        this.loss = loss;
        this.targets = targets;
        this.outputs = outputs;
        this.rowsOfPart = rowsOfPart;
        long count = 0;
        for (int part = 0; part < outputs.size(); part++) {
            for (int i = 0; i < outputs.get(part).count(); i++) {
                count += counts(part, i) ? 1 : 0;
            }
        }
        counted = count;
        results = new BatchResult[outputs.size()];
    }

    private boolean counts(int part, int i) {
        return outputs.get(part).counts(i) && targets.counts(target(part, i));
    }

    /** Which target is that of output {@code i} of a part. */
    private int target(int part, int i) {
        FloatFeatures out = outputs.get(part);
        return (part * rowsOfPart + i % out.rows) * out.steps + i / out.rows;
    }

    /** Computes the loss of a part; returns {@code d} with the derivatives, dv = w / N · dℓ/dv. */
    Rows of(int part, Rows d) {
        FloatFeatures out = outputs.get(part);
        float[] v = out.values.values();
        double lossSum = 0;
        double correct = 0;
        double allCorrect = 0;
        long countedHere = 0;
        for (int i = 0; i < out.count(); i++) {
            int step = target(part, i);
            double right = targets.counts(step) ? loss.correct(v, out.values.place(i), out.size, targets, step) : 0;
            allCorrect += right;
            if (counts(part, i)) {
                double weight = targets.weight(step);
                countedHere++;
                correct += right;
                lossSum += weight
                        * loss.ofRow(kernel, v, out.values.place(i), out.size, targets, step, weight / counted,
                                d.values(), d.place(i));
            } else {
                Arrays.fill(d.values(), d.place(i), d.place(i + 1), 0);
            }
        }
        results[part] = new BatchResult(lossSum, countedHere, correct, out.count(), allCorrect);
        return d;
    }

    /** Returns the sums, once all parts have been computed. */
    BatchResult result() {
        return Arrays.stream(results).reduce(BatchResult.NONE, BatchResult::plus);
    }
}
