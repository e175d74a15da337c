package dev.gru.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.gru.graph.GraphInterpreter.Rows;
import dev.gru.layer.Merge.Kind;

/** Keras's layers that join inputs, with their {@code compute_mask}. */
final class Merging {
    private Merging() {
    }

    static Rows merge(Kind kind, List<Rows> in) {
        if (kind == Kind.CONCATENATE_STEPS) {
            double[][] all = in.stream().flatMap(x -> Arrays.stream(x.x())).toArray(double[][]::new);
            return new Rows(all, behind(in, in.stream().map(Rows::mask).toList()),
                    behind(in, in.stream().map(Rows::within).toList()));
        }
        double[][] y = new double[in.getFirst().steps()][];
        int size = in.stream().mapToInt(Rows::size).max().orElseThrow();
        for (int t = 0; t < y.length; t++) {
            int step = t;
            y[t] = kind == Kind.CONCATENATE
                    ? in.stream().flatMapToDouble(x -> Arrays.stream(x.x()[step])).toArray()
                    : LayerEquations.map(size, i -> join(kind, in.stream()
                            .map(x -> x.x()[step][x.size() == 1 ? 0 : i]).toList()));
        }
        return new Rows(y, any(in.stream().map(Rows::mask).toList()), any(in.stream().map(Rows::within).toList()));
    }

    private static double join(Kind kind, List<Double> v) {
        var all = v.stream().mapToDouble(Double::doubleValue);
        return switch (kind) {
            case ADD -> all.sum();
            case AVERAGE -> all.average().orElseThrow();
            case MULTIPLY -> all.reduce(1, (a, b) -> a * b);
            case MAXIMUM -> all.max().orElseThrow();
            case MINIMUM -> all.min().orElseThrow();
            case SUBTRACT -> v.get(0) - v.get(1);
            case DIVIDE -> v.get(0) / v.get(1);
            case CONCATENATE, CONCATENATE_STEPS -> throw new AssertionError(kind);
        };
    }

    /** A step counts if it does for one; one without a mask masks nothing. */
    private static boolean[] any(List<boolean[]> masks) {
        List<boolean[]> all = new ArrayList<>(masks);
        if (Stream.of(all.toArray()).anyMatch(Objects::isNull)) {
            return null;
        }
        boolean[] some = new boolean[all.getFirst().length];
        for (int t = 0; t < some.length; t++) {
            int step = t;
            some[t] = all.stream().anyMatch(mask -> mask[step]);
        }
        return some;
    }

    private static boolean[] behind(List<Rows> in, List<boolean[]> masks) {
        if (masks.stream().allMatch(Objects::isNull)) {
            return null;
        }
        List<Boolean> all = new ArrayList<>();
        for (int i = 0; i < in.size(); i++) {
            boolean[] mask = masks.get(i);
            IntStream.range(0, in.get(i).steps()).forEach(t -> all.add(mask == null || mask[t]));
        }
        boolean[] joined = new boolean[all.size()];
        for (int t = 0; t < joined.length; t++) {
            joined[t] = all.get(t);
        }
        return joined;
    }
}
