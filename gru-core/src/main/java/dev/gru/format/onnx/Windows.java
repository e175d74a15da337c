package dev.gru.format.onnx;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

import dev.gru.format.file.ModelFormatException;
import dev.gru.format.onnx.proto.Node;
import dev.gru.format.onnx.proto.Tensor;
import dev.gru.format.onnx.value.Flow;
import dev.gru.internal.Printable;
import dev.gru.layer.Conv1D.Padding;
import dev.gru.layer.Signature.Axis;

/**
 * The windows of steps that a convolution or pooling works on, and what is added before and after the steps.
 *
 * @param dim the dimension of the steps
 * @param size steps in a window
 * @param stride steps from window to window
 * @param dilation steps from one step of a window to the next
 * @param before what the node adds before the first step
 * @param after what it adds after the last step
 * @param autoPad what it adds by name
 */
record Windows(int dim, int size, int stride, int dilation, int before, int after, String autoPad) {

    /** What is padded, as layers can say it: by themselves, or by steps that a layer before them adds. */
    record Padded(int before, int after, Padding padding) {
    }

    int span() {
        return (size - 1) * dilation + 1;
    }

    /** Finds the dimension of the steps, and what windows there are in it. */
    static Windows of(Node node, Flow x, int[] kernel) throws ModelFormatException {
        int[] ones = IntStream.range(0, kernel.length).map(_ -> 1).toArray();
        int[] strides = ints(node, "strides", ones);
        int[] dilations = ints(node, "dilations", ones);
        int[] pads = ints(node, "pads", new int[2 * kernel.length]);
        int[] declared = ints(node, "kernel_shape", kernel);
        if (strides.length != kernel.length || dilations.length != kernel.length || pads.length != 2 * kernel.length
                || !Arrays.equals(declared, kernel)) {
            throw node.error("its kernel_shape, strides, dilations and pads do not fit " + kernel.length
                    + " dimensions of windows");
        }
        int at = -1;
        for (int i = 0; i < kernel.length; i++) {
            boolean isSpare = x.isDroppable(i + 2) && kernel[i] == 1 && pads[i] == 0 && pads[kernel.length + i] == 0;
            if (!isSpare || (at < 0 && i == kernel.length - 1)) {
                if (at >= 0) {
                    throw node.error("has windows over two dimensions, " + Printable.of(x.dims().toString())
                            + "; only layers over steps are supported");
                }
                at = i;
            }
        }
        String autoPad = node.text("auto_pad", "NOTSET");
        boolean known = List.of("NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER").contains(autoPad);
        if (!known || kernel[at] < 1 || strides[at] < 1 || dilations[at] < 1 || pads[at] < 0
                || pads[kernel.length + at] < 0 || (kernel[at] - 1L) * dilations[at] >= Integer.MAX_VALUE / 4) {
            throw node.error("auto_pad " + Printable.quoted(autoPad) + ", a window of " + kernel[at] + ", strides of "
                    + strides[at] + ", dilations of " + dilations[at] + " or pads of " + pads[at]
                    + " are not supported");
        }
        Layers.axis(node, "X", x, 0, Axis.BATCH);
        Layers.axis(node, "X", x, at + 2, Axis.STEP);
        Layers.requireForward(node, x, at + 2);
        boolean explicit = autoPad.equals("NOTSET");
        return new Windows(at + 2, kernel[at], strides[at], dilations[at], explicit ? pads[at] : 0,
                explicit ? pads[kernel.length + at] : 0, autoPad);
    }

    /** Returns numbers of an attribute. */
    static int[] ints(Node node, String name, int[] otherwise) throws ModelFormatException {
        if (!node.has(name)) {
            return otherwise;
        }
        List<Long> list = node.list(name, Long.class, List.of());
        if (list.size() > Tensor.MAX_RANK) {
            throw node.error(name + " has " + list.size() + " numbers");
        }
        return list.stream().mapToInt(Math::toIntExact).toArray();
    }

    /** Returns how layers pad as the node does. */
    Padded padded(Node node) throws ModelFormatException {
        int more = span() - 1;
        if (autoPad.equals("SAME_UPPER")) {
            return new Padded(0, 0, Padding.SAME);
        }
        if (autoPad.equals("SAME_LOWER")) {
            if (stride != 1) {
                throw node.error("auto_pad SAME_LOWER is supported with a stride of 1 only");
            }
            return more % 2 == 0
                    ? new Padded(0, 0, Padding.SAME)
                    : new Padded(more - more / 2, more / 2, Padding.VALID);
        }
        if (before == 0 && after == 0) {
            return new Padded(0, 0, Padding.VALID);
        }
        boolean isSame = stride == 1 && before == more / 2 && after == more - more / 2;
        return isSame ? new Padded(0, 0, Padding.SAME) : new Padded(before, after, Padding.VALID);
    }
}
