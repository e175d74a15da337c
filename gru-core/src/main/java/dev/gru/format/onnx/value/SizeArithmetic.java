package dev.gru.format.onnx.value;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.onnx.value.Value.Constant;
import dev.gru.format.onnx.value.Value.Sizes;
import dev.gru.format.onnx.proto.Node;
import dev.gru.format.onnx.proto.Tensor;
import dev.gru.layer.Merge;

/** Arithmetic on sizes, by which exporters compute shapes from those of the inputs. */
public final class SizeArithmetic {
    private SizeArithmetic() {
    }

    /** Returns a value as sizes, or nothing if it is none: more than one-dimensional, or not of whole numbers. */
    public static Optional<Sizes> of(Value value) {
        return switch (value) {
            case Sizes sizes -> Optional.of(sizes);
            case Constant(Tensor tensor) when tensor.mayBeShape() ->
                Optional.of(new Sizes(tensor.rank() == 0, Arrays.stream(tensor.longs()).mapToObj(Size::of).toList()));
            default -> Optional.empty();
        };
    }

    /** Returns sizes that are all known as a constant, others as they are. */
    public static Value known(Node node, boolean scalar, List<Size> elements)
            throws ModelFormatException {
        requireFew(node, elements.size());
        if (!elements.stream().allMatch(Size::isNumber)) {
            return new Sizes(scalar, elements);
        }
        long[] numbers = elements.stream().mapToLong(Size::value).toArray();
        return new Constant(scalar ? Tensor.of(numbers) : Tensor.of(numbers, numbers.length));
    }

    private static void requireFew(Node node, long elements) throws ModelFormatException {
        if (elements > Tensor.MAX_SHAPE) {
            throw node.error("makes a shape of " + elements + " numbers");
        }
    }

    /** Returns the elements at the given places. */
    public static Value select(Node node, Sizes sizes, int[] places, boolean scalar) throws ModelFormatException {
        requireFew(node, places.length);
        return known(node, scalar, Arrays.stream(places).mapToObj(sizes.elements()::get).toList());
    }

    /** Returns sizes one after another. */
    public static Value concat(Node node, List<Sizes> parts) throws ModelFormatException {
        if (parts.stream().anyMatch(Sizes::scalar)) {
            throw node.error("joins numbers that have no dimension");
        }
        requireFew(node, parts.stream().mapToLong(part -> part.elements().size()).sum());
        return known(node, false, parts.stream().flatMap(part -> part.elements().stream()).toList());
    }

    /** Returns sizes as a single number or as a list. */
    public static Value reshape(Node node, Sizes sizes, boolean scalar) throws ModelFormatException {
        if (scalar && sizes.elements().size() != 1) {
            throw node.error("makes one number of " + sizes.elements().size());
        }
        return known(node, scalar, sizes.elements());
    }

    /** Returns the product of all elements. */
    public static Value product(Node node, Sizes sizes, boolean scalar) throws ModelFormatException {
        return known(node, scalar, List.of(sizes.elements().stream().reduce(Size.of(1), Size::times)));
    }

    /** Returns the products, element by element. */
    public static Value times(Node node, Sizes a, Sizes b) throws ModelFormatException {
        List<Size> products = new ArrayList<>();
        for (int i = 0; i < length(node, a, b); i++) {
            products.add(element(a, i).times(element(b, i)));
        }
        return known(node, a.scalar() && b.scalar(), products);
    }

    /** Returns the elements joined in another way, which must be known. */
    public static Value joined(Node node, Merge.Kind kind, Sizes a, Sizes b) throws ModelFormatException {
        List<Size> results = new ArrayList<>();
        for (int i = 0; i < length(node, a, b); i++) {
            Size left = element(a, i);
            Size right = element(b, i);
            if (!left.isNumber() || !right.isNumber() || (kind == Merge.Kind.DIVIDE && right.value() == 0)) {
                throw node.error("joins " + left + " and " + right + ", which is not supported");
            }
            results.add(Size.of(switch (kind) {
                case ADD -> Math.addExact(left.value(), right.value());
                case SUBTRACT -> Math.subtractExact(left.value(), right.value());
                case MAXIMUM -> Math.max(left.value(), right.value());
                case MINIMUM -> Math.min(left.value(), right.value());
                default -> left.value() / right.value();
            }));
        }
        return known(node, a.scalar() && b.scalar(), results);
    }

    /** Returns 1 where the elements are the same and 0 where they are not. */
    public static Value equal(Node node, Sizes a, Sizes b) throws ModelFormatException {
        List<Size> results = new ArrayList<>();
        for (int i = 0; i < length(node, a, b); i++) {
            Size left = element(a, i);
            Size right = element(b, i);
            boolean same = left.isSame(right);
            // The size of an axis is not negative, so it can be told from the -1 that stands for "as it is".
            if (!same && !(left.isNumber() && right.isNumber()) && !isNegative(left) && !isNegative(right)) {
                throw node.error("compares " + left + " and " + right + ", which only a run can");
            }
            results.add(Size.of(same ? 1 : 0));
        }
        return known(node, a.scalar() && b.scalar(), results);
    }

    /** Returns 1 where the first is less than the second and 0 where it is not. */
    public static Value less(Node node, Sizes a, Sizes b) throws ModelFormatException {
        List<Size> results = new ArrayList<>();
        for (int i = 0; i < length(node, a, b); i++) {
            Size left = element(a, i);
            Size right = element(b, i);
            // An array has a row and a step at least.
            boolean below = left.isNumber() && left.value() <= 0 && right.isPositive();
            if (!below && !(left.isNumber() && right.isNumber())) {
                throw node.error("compares " + left + " and " + right + ", which only a run can");
            }
            results.add(Size.of(below || left.value() < right.value() ? 1 : 0));
        }
        return known(node, a.scalar() && b.scalar(), results);
    }

    private static boolean isNegative(Size size) {
        return size.isNumber() && size.value() < 0;
    }

    /** Returns the elements of the first where the condition is not 0, else those of the second. */
    public static Value where(Node node, Sizes condition, Sizes a, Sizes b) throws ModelFormatException {
        List<Size> chosen = new ArrayList<>();
        for (int i = 0; i < length(node, condition, a, b); i++) {
            Size decision = element(condition, i);
            if (!decision.isNumber()) {
                throw node.error("its condition is one that only a run knows");
            }
            chosen.add(element(decision.value() != 0 ? a : b, i));
        }
        return known(node, condition.scalar() && a.scalar() && b.scalar(), chosen);
    }

    /** Returns how many elements there are where each of the operands has as many, or a single one for all. */
    private static int length(Node node, Sizes... operands) throws ModelFormatException {
        int length = 1;
        for (Sizes operand : operands) {
            int elements = operand.elements().size();
            if (elements != 1 && length != 1 && elements != length) {
                throw node.error("its inputs have " + length + " and " + elements + " elements");
            }
            length = elements == 1 ? length : elements;
        }
        return length;
    }

    private static Size element(Sizes sizes, int index) {
        return sizes.elements().get(sizes.elements().size() == 1 ? 0 : index);
    }
}
