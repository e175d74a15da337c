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
 *
 * <p>With the losses L_o of several outputs, and N_o steps that count in each, the sum of the batch's losses is
 * N_1 Σ_o L_o: divided by the steps of the first output it is the sum of the losses. Metrics are those of the first.
 */
final class BatchLoss {
    /** The function whose derivatives are wanted: the mean of the steps' losses, or their sum. */
    enum Derivatives {
        NONE, OF_MEAN, OF_SUM
    }

    private final TrainingKernel kernel;
    private final LossFunction loss;
    private final List<TargetValues> targets;
    /** For each part the outputs of the model, or the sums that go into their last functions. */
    private final List<List<Features>> parts;
    private final Derivatives derivatives;
    /** Of each output the steps that count, of all parts. */
    private final long[] counted;
    /** Of each part and output. */
    private final LossSums[][] results;
    /** Of each part what activity regularization adds. */
    private final double[] penalties;

    /** Counts the steps. */
    BatchLoss(TrainingKernel kernel, LossFunction loss, List<TargetValues> targets, List<List<Features>> parts,
            Derivatives derivatives) {
        this.kernel = kernel;
        this.loss = loss;
        this.targets = targets;
        this.parts = parts;
        this.derivatives = derivatives;
        counted = new long[targets.size()];
        for (int output = 0; output < counted.length; output++) {
            for (int part = 0; part < parts.size(); part++) {
                Features out = parts.get(part).get(output);
                for (int i = 0; i < out.count(); i++) {
                    counted[output] += counts(part, output, i) ? 1 : 0;
                }
            }
        }
        results = new LossSums[parts.size()][counted.length];
        penalties = new double[parts.size()];
    }

    /** Returns the steps that count in the first output. */
    long counted() {
        return counted[0];
    }

    private boolean counts(int part, int output, int i) {
        return parts.get(part).get(output).counts(i) && targets.get(output).counts(target(part, output, i));
    }

    /** Which target is that of step {@code i} of an output of a part. */
    private int target(int part, int output, int i) {
        Features out = parts.get(part).get(output);
        return (part * TrainingKernel.ROWS_AT_ONCE + i % out.rows) * out.steps + i / out.rows;
    }

    /** Returns what the derivatives of an output are divided by. */
    private double divisor(int output) {
        if (derivatives != Derivatives.OF_SUM) {
            return counted[output];
        }
        return output == 0 ? 1 : (double) counted[output] / counted[0];
    }

    /** Returns the factor of what is added to the mean, in the function whose derivatives are wanted. */
    double ofMean() {
        return derivatives == Derivatives.OF_SUM ? counted[0] : 1;
    }

    /**
     * Computes the loss of an output of a part; returns {@code d} with the derivatives, dv = w / N · dℓ/dv, or those of
     * the sum.
     */
    Rows of(int part, int output, Rows d) {
        Features out = parts.get(part).get(output);
        TargetValues ofOutput = targets.get(output);
        float[] v = out.values.values();
        double lossSum = 0;
        double correct = 0;
        double allCorrect = 0;
        long countedHere = 0;
        double divisor = divisor(output);
        for (int i = 0; i < out.count(); i++) {
            int step = target(part, output, i);
            double right = ofOutput.counts(step)
                    ? loss.correct(v, out.values.place(i), out.size, ofOutput, step)
                    : 0;
            allCorrect += right;
            if (counts(part, output, i)) {
                double weight = ofOutput.weight(step);
                countedHere++;
                correct += right;
                lossSum += weight
                        * loss.ofRow(kernel, v, out.values.place(i), out.size, ofOutput, step, weight / divisor,
                                d.values(), d.place(i));
            } else {
                Arrays.fill(d.values(), d.place(i), d.place(i + 1), 0);
            }
        }
        results[part][output] = new LossSums(lossSum, countedHere, correct, out.count(), allCorrect);
        return d;
    }

    /** Notes what activity regularization adds to the mean, in a part. */
    void addPenalty(int part, double penalty) {
        penalties[part] = penalty;
    }

    /** Returns the sums, once all parts have been computed. */
    LossSums result() {
        LossSums sums = sums(0);
        double more = Arrays.stream(penalties).sum() * sums.counted();
        for (int output = 1; output < counted.length; output++) {
            LossSums other = sums(output);
            more += other.counted() == 0 ? 0 : other.lossSum() * sums.counted() / other.counted();
        }
        return more == 0
                ? sums
                : new LossSums(sums.lossSum() + more, sums.counted(), sums.correct(), sums.steps(), sums.allCorrect());
    }

    private LossSums sums(int output) {
        return Arrays.stream(results).map(ofPart -> ofPart[output]).reduce(LossSums.NONE, LossSums::plus);
    }
}
