package dev.gru.train.network;

import java.util.List;

import dev.gru.kernel.training.Rows;
import dev.gru.kernel.training.TrainingKernel;
import dev.gru.layer.Merge;
import dev.gru.train.math.Masks;

/**
 * A {@link Merge} layer in training. The derivative of the largest or the smallest is that of the first, if there are
 * several.
 */
final class MergeNode extends Node {
    private final Merge.Kind kind;

    MergeNode(Merge layer) {
        kind = layer.kind();
    }

    @Override
    Pass newPass() {
        return new MergePass();
    }

    private final class MergePass extends PassOfSeveral {
        private List<Features> x;
        private int size;
        private float[] y;
        private float[][] dx;

        @Override
        Features forward(List<Features> inputs, Context context) {
            x = inputs;
            dx = dx == null ? new float[x.size()][] : dx;
            Features first = x.getFirst();
            size = kind == Merge.Kind.CONCATENATE
                    ? x.stream().mapToInt(each -> each.size).sum()
                    : x.stream().mapToInt(each -> each.size).max().orElseThrow();
            int stride = TrainingKernel.padded(size);
            y = room(y, (long) count() * stride);
            Rows out = new Rows(y, 0, stride);
            switch (kind) {
                case CONCATENATE_STEPS -> {
                    int at = 0;
                    for (Features each : x) {
                        copy(each, out.at(at, 0));
                        at += each.count();
                    }
                    return first.ofSteps(at / first.rows, size, out).with(size, out, joinedMask());
                }
                case CONCATENATE -> {
                    int at = 0;
                    for (Features each : x) {
                        copy(each, out.at(0, at));
                        at += each.size;
                    }
                }
                default -> {
                    for (int index = 0; index < first.count(); index++) {
                        for (int i = 0; i < size; i++) {
                            y[index * stride + i] = merged(index, i);
                        }
                    }
                }
            }
            return first.with(size, out, Masks.either(x.stream().map(each -> each.mask).toList()),
                    Masks.either(x.stream().map(each -> each.within).toList()));
        }

        /** Rows of the output. */
        private int count() {
            return kind == Merge.Kind.CONCATENATE_STEPS
                    ? x.stream().mapToInt(Features::count).sum()
                    : x.getFirst().count();
        }

        private static void copy(Features from, Rows to) {
            for (int index = 0; index < from.count(); index++) {
                System.arraycopy(from.values.values(), from.values.place(index), to.values(), to.place(index),
                        from.size);
            }
        }

        private boolean[] joinedMask() {
            if (x.stream().allMatch(each -> each.mask == null)) {
                return null;
            }
            boolean[] mask = new boolean[count()];
            int at = 0;
            for (Features each : x) {
                for (int index = 0; index < each.count(); index++) {
                    mask[at++] = each.counts(index);
                }
            }
            return mask;
        }

        /** An input's value; of one feature, that for all. */
        private float value(int k, int index, int i) {
            return x.get(k).get(index, x.get(k).size == 1 ? 0 : i);
        }

        private float merged(int index, int i) {
            float merged = value(0, index, i);
            for (int k = 1; k < x.size(); k++) {
                float v = value(k, index, i);
                merged = switch (kind) {
                    case ADD, AVERAGE -> merged + v;
                    case SUBTRACT -> merged - v;
                    case MULTIPLY -> merged * v;
                    case DIVIDE -> merged / v;
                    case MAXIMUM -> Math.max(merged, v);
                    case MINIMUM -> Math.min(merged, v);
                    case CONCATENATE, CONCATENATE_STEPS -> throw new AssertionError("concatenated");
                };
            }
            return kind == Merge.Kind.AVERAGE ? merged / x.size() : merged;
        }

        @Override
        Rows[] backward(Rows dy, boolean[] wanted) {
            Rows[] all = new Rows[x.size()];
            int at = 0;
            for (int k = 0; k < all.length; k++) {
                Features each = x.get(k);
                if (wanted[k]) {
                    int stride = TrainingKernel.padded(each.size);
                    dx[k] = zeros(dx[k], (long) each.count() * stride);
                    all[k] = new Rows(dx[k], 0, stride);
                    switch (kind) {
                        case CONCATENATE_STEPS -> copy(each.with(each.size, dy.at(at, 0)), all[k]);
                        case CONCATENATE -> copy(each.with(each.size, dy.at(0, at)), all[k]);
                        default -> addSlopes(k, dy, all[k]);
                    }
                }
                at += kind == Merge.Kind.CONCATENATE_STEPS ? each.count() : each.size;
            }
            return all;
        }

        /** dx_k += dy ⊙ the derivative of the output with respect to input k. */
        private void addSlopes(int k, Rows dy, Rows to) {
            boolean one = x.get(k).size == 1;
            for (int index = 0; index < x.get(k).count(); index++) {
                for (int i = 0; i < size; i++) {
                    to.values()[to.place(index) + (one ? 0 : i)] += dy.values()[dy.place(index) + i]
                            * slope(k, index, i);
                }
            }
        }

        private float slope(int k, int index, int i) {
            return switch (kind) {
                case ADD -> 1;
                case AVERAGE -> 1f / x.size();
                case SUBTRACT -> k == 0 ? 1 : -1;
                case MULTIPLY -> productOfOthers(k, index, i);
                // y = a / b: dy/da = 1 / b, dy/db = −a / b²
                case DIVIDE -> k == 0
                        ? 1 / value(1, index, i)
                        : -value(0, index, i) / (value(1, index, i) * value(1, index, i));
                case MAXIMUM, MINIMUM -> k == chosen(index, i) ? 1 : 0;
                case CONCATENATE, CONCATENATE_STEPS -> throw new AssertionError("concatenated");
            };
        }

        private float productOfOthers(int k, int index, int i) {
            float product = 1;
            for (int other = 0; other < x.size(); other++) {
                product *= other == k ? 1 : value(other, index, i);
            }
            return product;
        }

        /** Which input is the largest or the smallest. */
        private int chosen(int index, int i) {
            int chosen = 0;
            for (int k = 1; k < x.size(); k++) {
                float v = value(k, index, i);
                float best = value(chosen, index, i);
                chosen = (kind == Merge.Kind.MAXIMUM ? v > best : v < best) ? k : chosen;
            }
            return chosen;
        }
    }
}
