package dev.gru.format.onnx.stage;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

import dev.gru.layer.GlobalPooling1D;
import dev.gru.layer.Merge;

/**
 * Makes of the operations of a graph such as layers have: a product, a bias and a function become one, and steps that
 * nobody looks at are not computed. No value is changed by that, but for rounding where it says so.
 *
 * <p>For one graph and one thread.
 */
final class Simplification {
    private final List<Stage> stages;
    private final int[] uses;

    private Simplification(List<Stage> stages, Collection<Integer> outputs) {
        this.stages = new ArrayList<>(stages);
        uses = new int[stages.size()];
        boolean[] needed = needed(stages, outputs);
        for (int i = 0; i < uses.length; i++) {
            if (needed[i]) {
                stages.get(i).inputs().forEach(input -> uses[input]++);
            }
        }
        outputs.forEach(output -> uses[output] += 2);
    }

    /**
     * Returns the same stages, simplified; a value has the number that it had.
     *
     * @param stages the stages
     * @param outputs the numbers of the values that are returned
     */
    static List<Stage> simplified(List<Stage> stages, Collection<Integer> outputs) {
        List<Stage> parts = new Simplification(stages, outputs).withDirectParts();
        List<Stage> pooled = new Simplification(parts, outputs).withEarlyPooling();
        return new Simplification(pooled, outputs).fused();
    }

    /** Returns which values the returned ones depend on. */
    static boolean[] needed(List<Stage> stages, Collection<Integer> outputs) {
        boolean[] needed = new boolean[stages.size()];
        outputs.forEach(output -> needed[output] = true);
        for (int i = needed.length - 1; i >= 0; i--) {
            if (needed[i]) {
                stages.get(i).inputs().forEach(input -> needed[input] = true);
            }
        }
        return needed;
    }

    private void replace(int number, Work work, String name, List<Integer> inputs) {
        stages.set(number, new Stage(name, work, inputs, stages.get(number).features()));
    }

    /** Takes parts from what they are parts of: from a part of something else, or from one of several joined values. */
    private List<Stage> withDirectParts() {
        for (int i = 0; i < stages.size(); i++) {
            Stage stage = stages.get(i);
            while (stage.work() instanceof Work.Part(int first)) {
                Stage source = stages.get(stage.input());
                int from = stage.input();
                int start = first;
                if (source.work() instanceof Work.Part(int outer)) {
                    from = source.input();
                    start = outer + first;
                } else if (source.work() instanceof Work.Merged(Merge.Kind kind) && kind == Merge.Kind.CONCATENATE) {
                    for (int input : source.inputs()) {
                        int features = stages.get(input).features();
                        if (start >= 0 && start + stage.features() <= features && from == stage.input()) {
                            from = input;
                        } else if (from == stage.input()) {
                            start -= features;
                        }
                    }
                }
                if (from == stage.input()) {
                    break;
                }
                replace(i, new Work.Part(start), stage.name(), List.of(from));
                stage = stages.get(i);
            }
        }
        return stages;
    }

    /**
     * Picks a step before what is done with each step by itself, and takes the final state of a GRU for its last step.
     */
    private List<Stage> withEarlyPooling() {
        for (int i = 0; i < stages.size(); i++) {
            int at = i;
            while (stages.get(at).work() instanceof Work.Pooled(GlobalPooling1D.Kind kind)
                    && (kind == GlobalPooling1D.Kind.FIRST || kind == GlobalPooling1D.Kind.LAST)) {
                Stage pooled = stages.get(at);
                int from = pooled.input();
                Stage source = stages.get(from);
                if (source.work() instanceof Work.Recurrent gru && gru.weights().size() == 1
                        && gru.endsAtFirst(0) == (kind == GlobalPooling1D.Kind.FIRST)) {
                    replace(at, new Work.Final(Work.Final.ALL), pooled.name(), pooled.inputs());
                } else if (source.isPerStep() && uses[from] == 1) {
                    stages.set(from, new Stage(pooled.name(), pooled.work(), source.inputs(),
                            stages.get(source.input()).features()));
                    replace(at, source.work(), source.name(), pooled.inputs());
                    at = from;
                } else {
                    break;
                }
            }
        }
        return stages;
    }

    /** Makes one of a product with weights, the bias that is added to it, and the function of the sum. */
    private List<Stage> fused() {
        for (int i = 0; i < stages.size(); i++) {
            Stage stage = stages.get(i);
            if (stage.inputs().size() != 1 || uses[stage.input()] != 1
                    || !(stages.get(stage.input()).work() instanceof Work.Weighted product)
                    || !product.activation().isIdentity()) {
                continue;
            }
            Stage source = stages.get(stage.input());
            if (stage.work() instanceof Work.Affine(float[] scale, float[] offset) && scale == null
                    && product.bias() == null) {
                replace(i, new Work.Weighted(product.perStep(), offset, product.activation(), product.maker()),
                        source.name(), source.inputs());
            } else if (stage.work() instanceof Work.Function function) {
                replace(i, new Work.Weighted(product.perStep(), product.bias(), function.activation(),
                        product.maker()), source.name(), source.inputs());
            }
        }
        return stages;
    }
}
