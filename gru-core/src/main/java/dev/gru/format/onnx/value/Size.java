package dev.gru.format.onnx.value;

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
public record Size(long number, List<FlowAxis> axes) {
    /** More axes than any array here has; a graph that multiplies on and on stops there. */
    private static final int MAX_AXES = 8;

    /** Splits off the axes whose sizes are known by now. */
    public Size {
        if (!axes.isEmpty()) {
            List<FlowAxis> unknown = new ArrayList<>(axes.size());
            for (FlowAxis axis : axes) {
                if (axis.size() == FlowAxis.UNKNOWN) {
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
    public static Size of(long number) {
        return new Size(number, List.of());
    }

    /** Returns the number of elements along some axes. */
    public static Size of(List<FlowAxis> axes) {
        return new Size(1, axes);
    }

    /** Returns the product. */
    public Size times(Size other) {
        long product = Math.multiplyExact(number, other.number);
        if (axes.isEmpty() || other.axes.isEmpty()) {
            return new Size(product, axes.isEmpty() ? other.axes : axes);
        }
        return new Size(product, Stream.concat(axes.stream(), other.axes.stream()).toList());
    }

    /** Returns the sum with a number, which must be 0 unless the size is known. */
    public Size plus(long more) {
        if (more != 0 && !isNumber()) {
            throw new ArithmeticException("a sum of a number and a size that only a run knows");
        }
        return more == 0 ? this : of(Math.addExact(value(), more));
    }

    /** Returns whether it is known. */
    public boolean isNumber() {
        return resolved().axes.isEmpty();
    }

    /** Returns the number, if it is known. */
    public long value() {
        return resolved().number;
    }

    /** Returns whether it is above 0, as the sizes of axes are. */
    public boolean isPositive() {
        return resolved().number > 0;
    }

    /** Returns whether it is a given number. */
    public boolean is(long value) {
        return isNumber() && value() == value;
    }

    /** Returns whether the two are known to be the same. */
    public boolean isSame(Size other) {
        Size a = resolved();
        Size b = other.resolved();
        if (a.number != b.number || a.axes.size() != b.axes.size()) {
            return false;
        }
        if (a.axes.isEmpty()) {
            return true;
        }
        List<FlowAxis> rest = new ArrayList<>(b.axes);
        for (FlowAxis axis : a.axes) {
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
    private Size resolved() {
        for (FlowAxis axis : axes) {
            if (axis.size() != FlowAxis.UNKNOWN) {
                return new Size(number, axes);
            }
        }
        return this;
    }

    @Override
    public String toString() {
        Stream<String> known = number == 1 && !axes.isEmpty() ? Stream.empty() : Stream.of(Long.toString(number));
        return Stream.concat(known, axes.stream().map(FlowAxis::toString)).collect(Collectors.joining(" × "));
    }
}
