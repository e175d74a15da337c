package dev.gru.train.network;

import java.util.Arrays;
import java.util.List;

import dev.gru.kernel.training.Rows;
import dev.gru.kernel.training.TrainingKernel;
import dev.gru.train.math.LossFunction;
import dev.gru.train.math.LossSums;
import dev.gru.train.math.TargetValues;

/**
 * A loss of a batch and its derivatives, part by part; the sums over parts are in their order, whoever computes them.
 */
final class BatchLoss {
    /** The function whose derivatives are wanted: the mean of the steps' losses, or their sum. */
    enum Derivatives {
        NONE, OF_MEAN, OF_SUM
    }

    private final TrainingKernel kernel;
    private final LossFunction loss;
    private final TargetValues targets;
    private final List<Features> outputs;
    private final Derivatives derivatives;
    /** Steps that count, of all parts. */
    private final long counted;
    private final LossSums[] results;

    /**
     * Counts the steps.
     *
     * @param outputs the outputs of the model, in parts, or the sums that go into its last function
     */
    BatchLoss(TrainingKernel kernel, LossFunction loss, TargetValues targets, List<Features> outputs,
            Derivatives derivatives) {
        this.kernel = kernel;
        this.loss = loss;
        this.targets = targets;
        this.outputs = outputs;
        this.derivatives = derivatives;
        long count = 0;
        for (int part = 0; part < outputs.size(); part++) {
            for (int i = 0; i < outputs.get(part).count(); i++) {
                count += counts(part, i) ? 1 : 0;
            }
        }
        counted = count;
        results = new LossSums[outputs.size()];
    }

    private boolean counts(int part, int i) {
        return outputs.get(part).counts(i) && targets.counts(target(part, i));
    }

    /** Which target is that of output {@code i} of a part. */
    private int target(int part, int i) {
        Features out = outputs.get(part);
        return (part * TrainingKernel.ROWS_AT_ONCE + i % out.rows) * out.steps + i / out.rows;
    }

    /**
     * Computes the loss of a part; returns {@code d} with the derivatives, dv = w / N · dℓ/dv, or w · dℓ/dv of the sum.
     */
    Rows of(int part, Rows d) {
        Features out = outputs.get(part);
        float[] v = out.values.values();
        double lossSum = 0;
        double correct = 0;
        double allCorrect = 0;
        long countedHere = 0;
        double divisor = derivatives == Derivatives.OF_SUM ? 1 : counted;
        for (int i = 0; i < out.count(); i++) {
            int step = target(part, i);
            double right = targets.counts(step) ? loss.correct(v, out.values.place(i), out.size, targets, step) : 0;
            allCorrect += right;
            if (counts(part, i)) {
                double weight = targets.weight(step);
                countedHere++;
                correct += right;
                lossSum += weight
                        * loss.ofRow(kernel, v, out.values.place(i), out.size, targets, step, weight / divisor,
                                d.values(), d.place(i));
            } else {
                Arrays.fill(d.values(), d.place(i), d.place(i + 1), 0);
            }
        }
        results[part] = new LossSums(lossSum, countedHere, correct, out.count(), allCorrect);
        return d;
    }

    /** Returns the sums, once all parts have been computed. */
    LossSums result() {
        return Arrays.stream(results).reduce(LossSums.NONE, LossSums::plus);
    }
}
