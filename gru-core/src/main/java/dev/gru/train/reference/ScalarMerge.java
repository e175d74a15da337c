package dev.gru.train.reference;

import java.util.ArrayList;
import java.util.List;

import dev.gru.layer.Merge;
import dev.gru.train.math.Masks;

/**
 * A {@link Merge} layer in training. The derivative of the largest or the smallest is that of the first, if there are
 * several.
 */
final class ScalarMerge implements ScalarLayer.OfSeveral {
    private final Merge.Kind kind;
    private List<ScalarFeatures> x;
    private int size;

    ScalarMerge(Merge layer) {
        kind = layer.kind();
    }

    @Override
    public ScalarFeatures forward(List<ScalarFeatures> inputs, Pass pass) {
        x = inputs;
        ScalarFeatures first = x.getFirst();
        if (kind == Merge.Kind.CONCATENATE_STEPS) {
            return joined();
        }
        boolean concatenates = kind == Merge.Kind.CONCATENATE;
        size = concatenates
                ? x.stream().mapToInt(each -> each.size).sum()
                : x.stream().mapToInt(each -> each.size).max().orElseThrow();
        double[] y = new double[first.count() * size];
        for (int step = 0; step < first.count(); step++) {
            int from = step * size;
            for (int i = 0; i < size && !concatenates; i++) {
                y[from + i] = merged(step, i);
            }
            for (int k = 0; k < x.size() && concatenates; k++) {
                System.arraycopy(x.get(k).values, step * x.get(k).size, y, from, x.get(k).size);
                from += x.get(k).size;
            }
        }
        return new ScalarFeatures(first.rows, first.steps, size, y,
                Masks.either(x.stream().map(each -> each.mask).toList()),
                Masks.either(x.stream().map(each -> each.within).toList()), null);
    }

    /** The steps of all, one input after the other in each row. */
    private ScalarFeatures joined() {
        ScalarFeatures first = x.getFirst();
        size = first.size;
        int steps = x.stream().mapToInt(each -> each.steps).sum();
        double[] y = new double[first.rows * steps * size];
        boolean[] mask = new boolean[first.rows * steps];
        int to = 0;
        for (int row = 0; row < first.rows; row++) {
            for (ScalarFeatures each : x) {
                System.arraycopy(each.values, row * each.steps * size, y, to * size, each.steps * size);
                for (int t = 0; t < each.steps; t++) {
                    mask[to++] = each.counts(row * each.steps + t);
                }
            }
        }
        boolean masked = x.stream().anyMatch(each -> each.mask != null);
        return new ScalarFeatures(first.rows, steps, size, y, masked ? mask : null);
    }

    /** An input's value; of one feature, that for all. */
    private double value(int k, int step, int i) {
        return x.get(k).values[place(k, step, i)];
    }

    private int place(int k, int step, int i) {
        return x.get(k).size == 1 ? step : step * x.get(k).size + i;
    }

    private double merged(int step, int i) {
        double y = value(0, step, i);
        for (int k = 1; k < x.size(); k++) {
            double v = value(k, step, i);
            y = switch (kind) {
                case ADD, AVERAGE -> y + v;
                case SUBTRACT -> y - v;
                case MULTIPLY -> y * v;
                case DIVIDE -> y / v;
                case MAXIMUM -> Math.max(y, v);
                case MINIMUM -> Math.min(y, v);
                case CONCATENATE, CONCATENATE_STEPS -> throw new AssertionError("concatenated");
            };
        }
        return kind == Merge.Kind.AVERAGE ? y / x.size() : y;
    }

    @Override
    public List<double[]> backwardToAll(double[] dy, ScalarGradients gradients) {
        List<double[]> dx = new ArrayList<>();
        x.forEach(each -> dx.add(new double[each.values.length]));
        switch (kind) {
            case CONCATENATE_STEPS -> separateSteps(dy, dx);
            case CONCATENATE -> separateFeatures(dy, dx);
            default -> {
                for (int step = 0; step < x.getFirst().count(); step++) {
                    for (int i = 0; i < size; i++) {
                        for (int k = 0; k < x.size(); k++) {
                            dx.get(k)[place(k, step, i)] += dy[step * size + i] * slope(k, step, i);
                        }
                    }
                }
            }
        }
        return dx;
    }

    private void separateSteps(double[] dy, List<double[]> dx) {
        int from = 0;
        for (int row = 0; row < x.getFirst().rows; row++) {
            for (int k = 0; k < x.size(); k++) {
                int length = x.get(k).steps * size;
                System.arraycopy(dy, from, dx.get(k), row * length, length);
                from += length;
            }
        }
    }

    private void separateFeatures(double[] dy, List<double[]> dx) {
        int from = 0;
        for (int step = 0; step < x.getFirst().count(); step++) {
            for (int k = 0; k < x.size(); k++) {
                System.arraycopy(dy, from, dx.get(k), step * x.get(k).size, x.get(k).size);
                from += x.get(k).size;
            }
        }
    }

    /** The derivative of the output with respect to an input. */
    private double slope(int k, int step, int i) {
        return switch (kind) {
            case ADD -> 1;
            case AVERAGE -> 1.0 / x.size();
            case SUBTRACT -> k == 0 ? 1 : -1;
            case MULTIPLY -> productOfOthers(k, step, i);
            // y = a / b: dy/da = 1 / b, dy/db = −a / b²
            case DIVIDE -> k == 0
                    ? 1 / value(1, step, i)
                    : -value(0, step, i) / (value(1, step, i) * value(1, step, i));
            case MAXIMUM, MINIMUM -> k == chosen(step, i) ? 1 : 0;
            case CONCATENATE, CONCATENATE_STEPS -> throw new AssertionError("concatenated");
        };
    }

    private double productOfOthers(int k, int step, int i) {
        double product = 1;
        for (int other = 0; other < x.size(); other++) {
            product *= other == k ? 1 : value(other, step, i);
        }
        return product;
    }

    /** Which input is the largest or the smallest. */
    private int chosen(int step, int i) {
        int chosen = 0;
        for (int k = 1; k < x.size(); k++) {
            double difference = value(k, step, i) - value(chosen, step, i);
            chosen = (kind == Merge.Kind.MAXIMUM ? difference > 0 : difference < 0) ? k : chosen;
        }
        return chosen;
    }
}
