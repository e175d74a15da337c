package dev.gru.train.network;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import dev.gru.kernel.training.Rows;
import dev.gru.kernel.training.TrainingKernel;
import dev.gru.layer.Normalization.BatchNormalization;
import dev.gru.train.math.BatchMoments;

/**
 * A {@link BatchNormalization} layer in training, y = gamma ⊙ x̂ + beta, x̂ = (x − mean) / √(variance + ε).
 *
 * <p>In training the moments are those of the whole batch, so all parts of it meet here, on the way forward and back:
 * each {@linkplain BatchPass#measure measures} its rows, {@link #join} puts the measures together in the order of the
 * parts, in double, and then each goes on. The same bits on any number of threads.
 */
final class BatchNormalizationNode extends Node {
    private final BatchNormalization layer;
    private final int size;
    private final int stride;
    /** Null if there is none. */
    private final WeightArray gamma;
    private final WeightArray beta;
    /** Of all ones. */
    private final float[] one;
    private final Moving mean;
    private final Moving variance;

    /** A moving average, and what it is to move towards. */
    private static final class Moving {
        private final float[] values;
        /** The mean of the moments of the uses in a step, weighted as they reach the average. */
        private final float[] batch;
        /** How much of the average stays in a step. */
        private double stays = 1;

        Moving(int size) {
            values = new float[size];
            batch = new float[size];
        }

        /**
         * Takes the moment of another use of the layer: two of them make m of moving averages
         * (m k + a (1 − k)) k + b (1 − k), which is m k² + (a k + b) / (1 + k) · (1 − k²).
         */
        void add(double[] moment, double momentum) {
            double after = stays * momentum;
            double divisor = 1 - after;
            for (int i = 0; i < batch.length; i++) {
                double sum = batch[i] * (1 - stays) * momentum + moment[i] * (1 - momentum);
                batch[i] = (float) (stays == 1 || divisor == 0 ? moment[i] : sum / divisor);
            }
            stays = after;
        }

        void move() {
            for (int i = 0; i < values.length && stays < 1; i++) {
                values[i] = (float) (values[i] * stays + batch[i] * (1 - stays));
            }
            clear();
        }

        void clear() {
            stays = 1;
        }
    }

    BatchNormalizationNode(BatchNormalization layer) {
        this.layer = layer;
        size = layer.size();
        stride = TrainingKernel.padded(size);
        gamma = layer.learnt().scales() ? WeightArray.vectors(name("gamma"), 1, size) : null;
        beta = layer.learnt().centers() ? WeightArray.vectors(name("beta"), 1, size) : null;
        one = new float[size];
        Arrays.fill(one, 1);
        mean = new Moving(size);
        variance = new Moving(size);
    }

    private String name(String array) {
        return layer.name() + "/" + array;
    }

    @Override
    List<WeightArray> arrays() {
        return Stream.of(gamma, beta).filter(array -> array != null).toList();
    }

    @Override
    Map<String, float[]> fixed() {
        return Map.of(name("moving_mean"), mean.values, name("moving_variance"), variance.values);
    }

    /**
     * Returns what the moving averages are to move towards, by their names: the moments of the last batch, the arrays
     * themselves; those of several uses of the layer weighted as they reach the averages.
     */
    Map<String, float[]> moments() {
        Map<String, float[]> moments = new LinkedHashMap<>();
        moments.put(name("moving_mean"), mean.batch);
        moments.put(name("moving_variance"), variance.batch);
        return moments;
    }

    /** Forgets the moments. */
    void clearMoments() {
        mean.clear();
        variance.clear();
    }

    /**
     * Takes the moments of a batch, of so many uses of the layer, as {@link #moments} had them.
     *
     * @param moments the arrays by name
     * @param factor multiplies them
     * @param uses how many steps share this layer
     */
    void loadMoments(Map<String, float[]> moments, double factor, int uses) {
        clearMoments();
        for (Map.Entry<String, Moving> each : Map.of(name("moving_mean"), mean, name("moving_variance"), variance)
                .entrySet()) {
            Moving moving = each.getValue();
            float[] from = moments.get(each.getKey());
            for (int i = 0; i < size; i++) {
                moving.batch[i] = (float) (from[i] * factor);
            }
            moving.stays = Math.pow(layer.momentum(), uses);
        }
    }

    /** moving = moving · momentum + batch · (1 − momentum), for each use of the layer in the last batch. */
    void moveAverages() {
        mean.move();
        variance.move();
    }

    @Override
    BatchPass newPass() {
        return new BatchPass();
    }

    /** What all parts of a batch have in common. */
    private static final class Joined {
        private final double[] mean;
        private final double[] variance;
        private double divisor;
        /** Σ (x − mean) over the steps that count, which is not quite 0 where the divisor is not quite their number. */
        private final double[] differences;
        private double[] sums;
        private double[] products;

        Joined(int size) {
            mean = new double[size];
            variance = new double[size];
            differences = new double[size];
        }
    }

    /** Finds the moments of a batch from the measures of its parts, in their order. */
    void join(List<BatchPass> parts) {
        Joined joined = new Joined(size);
        long count = 0;
        boolean masked = false;
        for (BatchPass part : parts) {
            count += part.counted;
            masked |= part.x.mask != null;
        }
        joined.divisor = BatchMoments.divisor(count, masked);
        for (int i = 0; i < size; i++) {
            double sum = 0;
            for (BatchPass part : parts) {
                sum += part.counted * part.partMean[i];
            }
            joined.mean[i] = sum / joined.divisor;
            joined.differences[i] = sum - count * joined.mean[i];
            double squares = 0;
            for (BatchPass part : parts) {
                double difference = part.partMean[i] - joined.mean[i];
                squares += part.partSquares[i] + part.counted * difference * difference;
            }
            joined.variance[i] = squares / joined.divisor;
        }
        parts.forEach(part -> part.joined = joined);
        mean.add(joined.mean, layer.momentum());
        variance.add(joined.variance, layer.momentum());
    }

    /** Finds the sums of derivatives from those of the parts, in their order. */
    void joinBackward(List<BatchPass> parts) {
        Joined joined = parts.getFirst().joined;
        joined.sums = new double[size];
        joined.products = new double[size];
        for (BatchPass part : parts) {
            for (int i = 0; i < size; i++) {
                joined.sums[i] += part.dSums[i];
                joined.products[i] += part.dProducts[i];
            }
        }
    }

    @Override
    boolean needsAllPasses() {
        return true;
    }

    /** dgamma += dy ⊙ x̂, dbeta += dy. */
    @Override
    void addTasks(List<Pass> passes, TrainingKernel kernel, List<Runnable> tasks) {
        tasks.add(() -> {
            for (int i = 0; i < size; i++) {
                double sum = 0;
                double products = 0;
                for (Pass pass : passes) {
                    sum += ((BatchPass) pass).dSums[i];
                    products += ((BatchPass) pass).dProducts[i];
                }
                if (gamma != null) {
                    gamma.gradient()[i] = (float) products;
                }
                if (beta != null) {
                    beta.gradient()[i] = (float) sum;
                }
            }
        });
    }

    /** A pass over some rows; in training {@link #measure} comes before each forward and backward pass, and a join. */
    final class BatchPass extends Pass {
        private Features x;
        private boolean training;
        private long counted;
        private double[] partMean;
        private double[] partSquares;
        private Joined joined;
        private float[] normalized;
        private float[] y;
        private double[] deviation;
        private double[] dSums;
        private double[] dProducts;
        private float[] dx;

        /** Finds the mean of the steps that count, and the sum of the squares of the differences from it. */
        void measure(Features in) {
            x = in;
            counted = 0;
            partMean = new double[size];
            partSquares = new double[size];
            for (int index = 0; index < x.count(); index++) {
                counted += x.counts(index) ? 1 : 0;
                for (int i = 0; i < size && x.counts(index); i++) {
                    partMean[i] += x.get(index, i);
                }
            }
            for (int i = 0; i < size; i++) {
                partMean[i] /= Math.max(1, counted);
            }
            for (int index = 0; index < x.count(); index++) {
                for (int i = 0; i < size && x.counts(index); i++) {
                    double difference = x.get(index, i) - partMean[i];
                    partSquares[i] += difference * difference;
                }
            }
        }

        @Override
        Features forward(Features in, Context context) {
            x = in;
            training = context.training();
            normalized = room(normalized, (long) x.count() * stride);
            y = room(y, (long) x.count() * stride);
            float[] scale = gamma == null ? one : gamma.values();
            deviation = new double[size];
            for (int i = 0; i < size; i++) {
                deviation[i] = Math.sqrt((training ? joined.variance[i] : variance.values[i]) + layer.epsilon());
            }
            for (int index = 0; index < x.count(); index++) {
                for (int i = 0; i < size; i++) {
                    int at = index * stride + i;
                    double from = training ? joined.mean[i] : mean.values[i];
                    normalized[at] = (float) ((x.get(index, i) - from) / deviation[i]);
                    y[at] = scale[i] * normalized[at] + (beta == null ? 0 : beta.values()[i]);
                }
            }
            return x.with(size, new Rows(y, 0, stride));
        }

        /** Finds Σ dy and Σ dy ⊙ x̂. */
        void measure(Rows dy) {
            dSums = new double[size];
            dProducts = new double[size];
            for (int index = 0; index < x.count(); index++) {
                int from = dy.place(index);
                for (int i = 0; i < size; i++) {
                    dSums[i] += dy.values()[from + i];
                    dProducts[i] += (double) dy.values()[from + i] * normalized[index * stride + i];
                }
            }
        }

        /**
         * With D the divisor of the means, and the last sum over the steps that count
         *
         * <pre>
         * dx = dy ⊙ gamma / √(variance + ε) + (dvariance · 2 (x − mean) + dmean) / D   the latter for steps that count
         * dvariance = −½ gamma ⊙ Σ dy ⊙ x̂ / (variance + ε)
         * dmean = −gamma ⊙ Σ dy / √(variance + ε) − dvariance · 2 / D · Σ (x − mean)
         * </pre>
         */
        @Override
        Rows backward(Rows dy, boolean wanted) {
            if (!training) {
                measure(dy);
            }
            if (!wanted) {
                return null;
            }
            dx = room(dx, (long) x.count() * stride);
            for (int i = 0; i < size; i++) {
                double scale = gamma == null ? 1 : gamma.values()[i];
                double ofX = 0;
                double ofAll = 0;
                if (training) {
                    double dVariance = -0.5 * scale * joined.products[i] / (deviation[i] * deviation[i]);
                    double dMean = -scale * joined.sums[i] / deviation[i]
                            - dVariance * 2 / joined.divisor * joined.differences[i];
                    // x − mean is x̂ times the deviation.
                    ofX = dVariance * 2 * deviation[i] / joined.divisor;
                    ofAll = dMean / joined.divisor;
                }
                for (int index = 0; index < x.count(); index++) {
                    double d = dy.values()[dy.place(index) + i] * scale / deviation[i];
                    dx[index * stride + i] = (float) (x.counts(index)
                            ? d + ofX * normalized[index * stride + i] + ofAll
                            : d);
                }
            }
            return new Rows(dx, 0, stride);
        }
    }
}
