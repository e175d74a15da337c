package dev.gru.train.math;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

import dev.gru.layer.Attention;
import dev.gru.layer.Embedding;
import dev.gru.layer.Graph;
import dev.gru.layer.GruLayer.Direction;
import dev.gru.layer.GruLayer;
import dev.gru.layer.Layer;
import dev.gru.layer.Masking;
import dev.gru.layer.ModelInput;
import dev.gru.layer.Normalization.BatchNormalization;
import dev.gru.layer.Regularization;

/**
 * Which steps at the ends of rows change neither a loss nor its gradients: a batch is computed as far as its longest
 * row goes.
 *
 * <p>The last steps of all rows can be left out if the masks of the targets leave them out, and nothing before them
 * depends on them:
 *
 * <ul>
 * <li>A layer that computes each step from itself and those before it does not.
 * <li>A layer that takes the whole sequence, but skips masked steps, does not if these steps are surely masked where it
 * reads them: they are behind the lengths of the input, or the token 0 or the features that are masked, and no layer
 * between drops the mask. The same goes for the moments of batch normalization.
 * <li>Any other layer does, and so do the penalties of activity regularization, which are of masked steps too.
 * Attention does because it attends to masked steps where a row has no others.
 * </ul>
 *
 * <p>A mask of the targets is asked for even where the model's own mask leaves a step out of the loss, because
 * {@link LossSums#allCorrect} is over such steps too.
 *
 * <p>Immutable, as the model is.
 */
public final class TrailingPadding {
    /** A batch of a single step would look as a vector does: what is drawn in training depends on the difference. */
    private static final int MIN_STEPS = 2;

    /** Which of the last steps can be left out: with each of these, fewer. */
    private enum Removable {
        UNCOUNTED, UNCOUNTED_AND_MASKED, NONE;

        Removable and(Removable other) {
            return compareTo(other) > 0 ? this : other;
        }
    }

    private final Graph model;
    /** The numbers of the inputs that are sequences; the lengths of a batch are those of the first. */
    private final List<Integer> sequences;
    /** Of each input the layers that take it. */
    private final List<List<Layer>> takers;
    private final Removable withoutLengths;
    private final Removable withLengths;

    /**
     * A batch without steps that change nothing.
     *
     * @param input the shorter rows
     * @param targets theirs
     * @param removed how many steps at the end of each row are left out
     * @param removedOutputs how many steps of the first output are, in all rows
     */
    public record Trimmed(ModelInput input, List<TargetValues> targets, int removed, long removedOutputs) {
    }

    /** Looks at the layers of a model. */
    public TrailingPadding(Graph model) {
        this.model = model;
        sequences = IntStream.range(0, model.inputs().size()).filter(i -> model.shape(i).isSequence()).boxed().toList();
        takers = IntStream.range(0, model.inputs().size()).mapToObj(i -> model.nodes().stream()
                .filter(node -> node.inputs().contains(i)).map(Graph.Node::layer).toList()).toList();
        withoutLengths = removable(false);
        withLengths = removable(true);
    }

    private Removable removable(boolean lengths) {
        int inputs = model.inputs().size();
        // Whether the padding of a value is surely masked.
        boolean[] masked = new boolean[inputs + model.nodes().size()];
        sequences.stream().limit(1).forEach(first -> masked[first] = lengths);
        Removable found = Removable.UNCOUNTED;
        for (int i = 0; i < model.nodes().size(); i++) {
            Graph.Node node = model.nodes().get(i);
            List<Integer> read = node.inputs().stream().filter(value -> model.shape(value).isSequence()).toList();
            boolean all = !read.isEmpty() && read.stream().allMatch(value -> masked[value]);
            boolean returnsSequence = model.outputShape(i).isSequence();
            if (!read.isEmpty() || returnsSequence) {
                found = found.and(removable(node.layer(), returnsSequence, all));
            }
            masked[inputs + i] = returnsSequence && switch (node.layer().mask()) {
                case MAKES -> marksPadding(node.inputs().getFirst())
                        || (all && (node.layer() instanceof Embedding || node.inputs().getFirst() < inputs));
                case USES, HANDS_ON -> all;
                case ENDS, DROPS -> false;
            };
        }
        return found;
    }

    /** Which of the last steps a layer lets be left out, given whether its input masks them. */
    private static Removable removable(Layer layer, boolean returnsSequence, boolean masked) {
        Removable ifMasked = masked ? Removable.UNCOUNTED_AND_MASKED : Removable.NONE;
        return switch (layer) {
            case Regularization penalty when penalty.kind() == Regularization.Kind.ACTIVITY_REGULARIZATION ->
                Removable.NONE;
            case Attention _ -> Removable.NONE;
            // The outputs of the last steps are the first.
            case GruLayer gru when returnsSequence && gru.direction() == Direction.BACKWARD_AS_READ -> Removable.NONE;
            case BatchNormalization _ -> ifMasked;
            default -> switch (layer.time()) {
                case PER_STEP, CAUSAL -> Removable.UNCOUNTED;
                case COLLAPSING, WHOLE_SEQUENCE -> switch (layer.mask()) {
                    case USES, ENDS -> ifMasked;
                    case MAKES, DROPS, HANDS_ON -> Removable.NONE;
                };
            };
        };
    }

    /** Returns whether a value is an input all of whose layers mask the same tokens or features. */
    private boolean marksPadding(int value) {
        List<Layer> layers = value < takers.size() ? takers.get(value) : List.of();
        return !layers.isEmpty() && (layers.stream()
                .allMatch(layer -> layer instanceof Embedding table && table.maskZero())
                || layers.stream().allMatch(layer -> layer instanceof Masking masking
                        && masking.maskValue() == maskValue(value)));
    }

    /** Returns what features are masked by the first layer that takes an input. */
    private float maskValue(int input) {
        return takers.get(input).getFirst() instanceof Masking masking ? masking.maskValue() : Float.NaN;
    }

    /**
     * Returns how many steps of each row matter, where those behind can be left out of a batch whose rows are all as
     * short.
     *
     * @param input the rows, which fit the model
     * @param targets those of each output, which fit too
     */
    public int[] lengths(ModelInput input, List<TargetValues> targets) {
        int[] lengths = new int[input.batch()];
        int steps = steps(input);
        Removable removable = input.lengths() == null ? withoutLengths : withLengths;
        if (removable == Removable.NONE || sequences.stream().anyMatch(i -> input.steps(i) != steps)) {
            Arrays.fill(lengths, steps);
            return lengths;
        }
        for (int output = 0; output < targets.size(); output++) {
            if (returnsSequence(output)) {
                raise(lengths, steps, targets.get(output)::counts);
            }
        }
        if (removable == Removable.UNCOUNTED_AND_MASKED) {
            sequences.forEach(i -> raise(lengths, steps, unmasked(input, i)));
        }
        return lengths;
    }

    private int steps(ModelInput input) {
        return sequences.stream().mapToInt(input::steps).max().orElse(1);
    }

    /** Makes lengths no shorter than that the last step that matters is within. */
    private static void raise(int[] lengths, int steps, IntPredicate matters) {
        for (int row = 0; row < lengths.length; row++) {
            int length = steps;
            while (length > lengths[row] && !matters.test(row * steps + length - 1)) {
                length--;
            }
            lengths[row] = length;
        }
    }

    /** Tells which steps of an input, row by row, nothing masks where they are read. */
    private IntPredicate unmasked(ModelInput input, int i) {
        int steps = input.steps(i);
        IntPredicate within = input.lengths() != null && i == sequences.getFirst()
                ? step -> step % steps < input.lengths()[step / steps]
                : _ -> true;
        if (!marksPadding(i)) {
            return within;
        }
        if (input.tokens(i) != null) {
            return within.and(step -> input.tokens(i)[step] != 0);
        }
        float value = maskValue(i);
        int size = model.shape(i).features();
        return within.and(step -> {
            for (int j = step * size; j < (step + 1) * size; j++) {
                if (input.features(i)[j] != value) {
                    return true;
                }
            }
            return false;
        });
    }

    /** Returns a batch without the last steps that change nothing; itself, if there are none. */
    public Trimmed trim(ModelInput input, List<TargetValues> targets) {
        int steps = steps(input);
        int kept = Math.max(MIN_STEPS, Arrays.stream(lengths(input, targets)).max().orElseThrow());
        if (kept >= steps) {
            return new Trimmed(input, targets, 0, 0);
        }
        BatchSlice slice = BatchSlice.ofSteps(input.batch(), kept);
        List<TargetValues> shorter = IntStream.range(0, targets.size())
                .mapToObj(output -> slice.of(targets.get(output), returnsSequence(output) ? steps : 1)).toList();
        return new Trimmed(slice.of(input), shorter, steps - kept,
                returnsSequence(0) ? (long) input.batch() * (steps - kept) : 0);
    }

    private boolean returnsSequence(int output) {
        return model.shape(model.outputs().get(output)).isSequence();
    }
}
