package dev.gru.format;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A whole number in the part of an ONNX graph that computes shapes: a number, times the sizes of axes that only a run
 * knows.
 *
 * @param number the number
 * @param axes the axes, in any order
 */
record OnnxSize(long number, List<OnnxAxis> axes) {
    /** More axes than any array here has; a graph that multiplies on and on stops there. */
    private static final int MAX_AXES = 8;

    /** Splits off the axes whose sizes are known by now. */
    OnnxSize {
        if (!axes.isEmpty()) {
            List<OnnxAxis> unknown = new ArrayList<>(axes.size());
            for (OnnxAxis axis : axes) {
                if (axis.size() == OnnxAxis.UNKNOWN) {
                    unknown.add(axis);
                } else {
                    number = Math.multiplyExact(number, axis.size());
                }
            }
            axes = List.copyOf(unknown);
        }
        if (axes.size() > MAX_AXES) {
            throw new ArithmeticException("too many axes");
        }
    }

    /** Returns a number. */
    static OnnxSize of(long number) {
        return new OnnxSize(number, List.of());
    }

    /** Returns the number of elements along some axes. */
    static OnnxSize of(List<OnnxAxis> axes) {
        return new OnnxSize(1, axes);
    }

    /** Returns the product. */
    OnnxSize times(OnnxSize other) {
        long product = Math.multiplyExact(number, other.number);
        if (axes.isEmpty() || other.axes.isEmpty()) {
            return new OnnxSize(product, axes.isEmpty() ? other.axes : axes);
        }
        return new OnnxSize(product, Stream.concat(axes.stream(), other.axes.stream()).toList());
    }

    /** Returns whether it is known. */
    boolean isNumber() {
        return resolved().axes.isEmpty();
    }

    /** Returns the number, if it is known. */
    long value() {
        return resolved().number;
    }

    /** Returns whether it is a given number. */
    boolean is(long value) {
        return isNumber() && value() == value;
    }

    /** Returns whether the two are known to be the same. */
    boolean isSame(OnnxSize other) {
        OnnxSize a = resolved();
        OnnxSize b = other.resolved();
        if (a.number != b.number || a.axes.size() != b.axes.size()) {
            return false;
        }
        if (a.axes.isEmpty()) {
            return true;
        }
        List<OnnxAxis> rest = new ArrayList<>(b.axes);
        for (OnnxAxis axis : a.axes) {
            int match = 0;
            while (match < rest.size() && !axis.isLike(rest.get(match))) {
                match++;
            }
            if (match == rest.size()) {
                return false;
            }
            rest.remove(match);
        }
        return true;
    }

    /** Returns it with the axes split off whose sizes have become known since. */
    private OnnxSize resolved() {
        for (OnnxAxis axis : axes) {
            if (axis.size() != OnnxAxis.UNKNOWN) {
                return new OnnxSize(number, axes);
            }
        }
        return this;
    }

    @Override
    public String toString() {
        Stream<String> known = number == 1 && !axes.isEmpty() ? Stream.empty() : Stream.of(Long.toString(number));
        return Stream.concat(known, axes.stream().map(OnnxAxis::toString)).collect(Collectors.joining(" × "));
    }
}
