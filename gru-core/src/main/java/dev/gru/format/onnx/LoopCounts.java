package dev.gru.format.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.gru.format.onnx.Item.Condition;
import dev.gru.format.onnx.Item.Count;
import dev.gru.format.onnx.Item.Outer;
import dev.gru.format.onnx.loop.DepartureException;
import dev.gru.format.onnx.proto.Tensor;
import dev.gru.format.onnx.value.Size;
import dev.gru.format.onnx.value.Value.Constant;
import dev.gru.format.onnx.value.Value.Sizes;
import dev.gru.format.onnx.value.Value;

/** Computes with the numbers of the steps of a {@code Loop}, and with whether it goes on. */
final class LoopCounts {
    private LoopCounts() {
    }

    /** Returns the sum or the difference of two items, one of which counts the steps. */
    static Item sum(Item a, Item b, boolean minus) {
        if (a instanceof Count(long offset, boolean down)) {
            long step = wholeNumber(b);
            return new Count(minus ? offset - step : offset + step, down);
        }
        Count count = (Count) b;
        long start = wholeNumber(a);
        if (minus && count.down()) {
            throw new DepartureException("computes with the number of the step");
        }
        return new Count(minus ? start - count.offset() : start + count.offset(), minus || count.down());
    }

    private static long wholeNumber(Item item) {
        if (item instanceof Outer(Constant(Tensor tensor)) && tensor.length() == 1) {
            return tensor.longs() != null ? tensor.longs()[0] : (long) tensor.floats()[0];
        }
        throw new DepartureException("computes with the number of the step");
    }

    /** Compares the number of the step with a bound. */
    static Item condition(Item count, Item bound) {
        if (!(count instanceof Count(long offset, boolean down)) || down || !(bound instanceof Outer(Value value))) {
            throw new DepartureException("compares something else than the number of the step and a bound");
        }
        Size size = number(value).orElseThrow(
                () -> new DepartureException("compares the number of the step with what is no number"));
        return new Condition(List.of(size.plus(1 - offset)));
    }

    /** Returns a number that a value is, rounded up if it is a constant. */
    static Optional<Size> number(Value value) {
        if (value instanceof Constant(Tensor tensor) && tensor.length() == 1) {
            return Optional.of(Size.of(tensor.longs() != null
                    ? tensor.longs()[0]
                    : (long) Math.ceil(tensor.floats()[0])));
        }
        return value instanceof Sizes sizes && sizes.elements().size() == 1
                ? Optional.of(sizes.elements().getFirst())
                : Optional.empty();
    }

    static Item both(Item a, Item b) {
        if (a instanceof Condition(List<Size> left) && b instanceof Condition(List<Size> right)) {
            List<Size> bounds = new ArrayList<>(left);
            bounds.addAll(right);
            if (bounds.size() <= Tensor.MAX_SHAPE) {
                return new Condition(bounds);
            }
        }
        if (a instanceof Outer(Constant(Tensor tensor)) && !tensor.isZero()) {
            return b;
        }
        if (b instanceof Outer(Constant(Tensor tensor)) && !tensor.isZero()) {
            return a;
        }
        throw new DepartureException("joins conditions that are not about the number of the step");
    }
}
