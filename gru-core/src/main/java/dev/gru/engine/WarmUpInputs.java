package dev.gru.engine;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import dev.gru.internal.Shapes;
import dev.gru.layer.Embedding;
import dev.gru.layer.ModelInput;
import dev.gru.layer.Shape;
import dev.gru.layer.Signature.Port;
import dev.gru.layer.Signature.Role;
import dev.gru.layer.Tensor;

/** Inputs of zeros for a model, and tokens that are not padding, in numbers of steps that its layers take. */
final class WarmUpInputs {
    /** Numbers of steps that are tried for a model that does not take any number. */
    private static final int MOST_STEPS = 2048;
    private static final int MOST_STEPS_OF_TWO = 128;

    private WarmUpInputs() {
    }

    /** Returns steps for each input, near to what is wanted, or nothing if none are found that the model takes. */
    static List<Integer> steps(PackedModel model, int wanted) {
        int[] sequences = IntStream.range(0, model.inputs()).filter(i -> model.input(i).isSequence()).toArray();
        for (int more = 0; more < MOST_STEPS; more++) {
            for (int count : new int[]{wanted + more, wanted - more}) {
                if (takes(model, steps(model, sequences, count, count))) {
                    return steps(model, sequences, count, count);
                }
            }
        }
        for (int i = 1; i < MOST_STEPS_OF_TWO * MOST_STEPS_OF_TWO && sequences.length > 1; i++) {
            List<Integer> steps = steps(model, sequences, i / MOST_STEPS_OF_TWO, i % MOST_STEPS_OF_TWO);
            if (takes(model, steps)) {
                return steps;
            }
        }
        return List.of();
    }

    private static List<Integer> steps(PackedModel model, int[] sequences, int first, int others) {
        return IntStream.range(0, model.inputs())
                .map(i -> model.input(i).isSequence() ? i == sequences[0] ? first : others : 1).boxed().toList();
    }

    private static boolean takes(PackedModel model, List<Integer> steps) {
        try {
            return steps.stream().allMatch(count -> count > 0) && model.mostSteps(steps) > 0;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Returns an array of so many steps of an input, tokens or features. */
    static Object array(PackedModel model, int input, int steps) {
        Shape shape = model.input(input);
        if (shape.kind() != Shape.Kind.TOKENS) {
            return new float[Shapes.requireArray("features", steps, shape.features())];
        }
        int[] tokens = new int[steps];
        Embedding table = model.table(input);
        // Padding would be masked, so other tokens are used if there are any.
        Arrays.fill(tokens, table != null && table.vocabularySize() > 1 ? 1 : 0);
        return tokens;
    }

    /** Returns a batch of so many rows. */
    static ModelInput batch(PackedModel model, int rows, List<Integer> steps) {
        ModelInput batch = null;
        for (int i = 0; i < steps.size(); i++) {
            ModelInput next = array(model, i, rows * steps.get(i)) instanceof int[] tokens
                    ? ModelInput.tokens(rows, steps.get(i), tokens)
                    : ModelInput.features(rows, steps.get(i), (float[]) array(model, i, rows * steps.get(i)));
            batch = batch == null ? next : batch.and(next);
        }
        return batch;
    }

    /** Returns arrays of so many steps, or of one in each of so many streams, by name. */
    static Map<String, Tensor> byName(Engine engine, Role role, int steps) {
        Map<String, Tensor> arrays = new HashMap<>();
        PackedModel model = engine.model();
        for (Port port : role.isInput() ? engine.signature().inputs() : engine.signature().outputs()) {
            if (port.role() == Role.OUTPUT && role == Role.OUTPUT) {
                arrays.put(port.name(), Tensor.of(new float[Shapes.requireArray("outputs", steps, port.count())], steps,
                        port.count()));
            } else if (port.role() == Role.INPUT && role == Role.INPUT) {
                arrays.put(port.name(), array(model, port.index(), steps) instanceof int[] tokens
                        ? Tensor.of(tokens, steps)
                        : Tensor.of((float[]) array(model, port.index(), steps), steps,
                                model.input(port.index()).features()));
            }
        }
        return arrays;
    }
}
