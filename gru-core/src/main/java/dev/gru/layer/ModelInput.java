package dev.gru.layer;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

import dev.gru.internal.Shapes;

/**
 * A batch, the input of a model: token ids or features, and, if rows are of different lengths or do not begin at zero
 * states, their lengths and the states before their first step. For a model with several inputs there is an array for
 * each, joined by {@link #and}.
 *
 * <p>Arrays are not copied, neither in nor out: whoever shares one must not change it. Otherwise immutable; each
 * {@code with} method returns another input.
 */
public final class ModelInput {
    private final int batch;
    private final List<Part> parts;
    private final int[] lengths;
    private final List<float[]> initialStates;

    /** The array of one input; tokens or features are null. */
    @SuppressWarnings("ArrayRecordComponent") // arrays are not copied, see above
    private record Part(int steps, int[] tokens, float[] features) {
    }

    private ModelInput(int batch, List<Part> parts, int[] lengths, List<float[]> initialStates) {
        this.batch = batch;
        this.parts = parts;
        this.lengths = lengths;
        this.initialStates = initialStates;
    }

    /** Returns an input of token ids, (batch, steps), of rows that are all of that length and begin at zero states. */
    public static ModelInput tokens(int batch, int steps, int[] tokens) {
        return new ModelInput(batch, List.of(new Part(steps, Objects.requireNonNull(tokens, "tokens"), null)), null,
                null);
    }

    /** Returns an input of features, (batch, steps, inputSize), otherwise like {@link #tokens(int, int, int[])}. */
    public static ModelInput features(int batch, int steps, float[] x) {
        return new ModelInput(batch, List.of(new Part(steps, null, Objects.requireNonNull(x, "x"))), null, null);
    }

    /** Returns an input of features without steps, (batch, inputSize). */
    public static ModelInput vector(int batch, float[] x) {
        return features(batch, 1, x);
    }

    /**
     * Returns this input and the array of the model's next one. Lengths are those of the first sequence among them.
     *
     * @param next tokens, features or a vector, of the same batch, without lengths and states
     * @throws IllegalArgumentException if it is not such
     */
    public ModelInput and(ModelInput next) {
        Objects.requireNonNull(next, "next");
        if (next.batch != batch) {
            throw new IllegalArgumentException("batch must be the same in all inputs, was " + batch + " and "
                    + next.batch);
        }
        if (next.lengths != null || next.initialStates != null) {
            throw new IllegalArgumentException("lengths and states must be given to the first of the inputs");
        }
        List<Part> all = new ArrayList<>(parts);
        all.addAll(next.parts);
        return new ModelInput(batch, List.copyOf(all), lengths, initialStates);
    }

    /**
     * Returns this input with rows of different lengths.
     *
     * @param ofRows the number of steps of each row, (batch), each from 0 to steps; those beyond are masked. They must
     *     be there all the same, and if they are tokens, of the model's table. Layers that read backward begin at the
     *     last step that is not masked
     */
    public ModelInput withLengths(int[] ofRows) {
        return new ModelInput(batch, parts, Objects.requireNonNull(ofRows, "lengths"), initialStates);
    }

    /**
     * Returns this input with other states to begin with than zeros.
     *
     * @param states one array for each state of the model, (batch, stateSize), in the order of
     *     {@link dev.gru.layer.Signature}
     */
    public ModelInput withInitialStates(List<float[]> states) {
        return new ModelInput(batch, parts, lengths, Shapes.copyOf("states", states));
    }

    /**
     * Checks this input against what a model takes.
     *
     * @throws IllegalArgumentException if there are not as many arrays as the model has inputs, the model takes tokens
     *     and these are features or the other way round, an array does not have the length that the sizes ask for, a
     *     token is not in the model's table, a length is not from 0 to steps, or a layer does not take so many steps
     */
    public void requireFits(Graph model) {
        Objects.requireNonNull(model, "model");
        requireFits(IntStream.range(0, model.inputs().size()).mapToObj(i -> new Taken(model, i)).toList(),
                model.stateSizes().stream().mapToInt(Integer::intValue).toArray());
        model.steps(parts.stream().map(Part::steps).toList());
    }

    /**
     * What a model takes as one of its inputs.
     *
     * @param shape its shape
     * @param tables the tables that its tokens are looked up in
     */
    public record Taken(Shape shape, List<Embedding> tables) {
        /** Checks that nothing is null, and copies the list. */
        public Taken {
            Objects.requireNonNull(shape, "shape");
            tables = Shapes.copyOf("tables", tables);
        }

        /** Takes what a model says of one of its inputs. */
        public Taken(Graph model, int input) {
            this(Objects.requireNonNull(model, "model").inputs()
                    .get(Shapes.requireIndex("input", input, model.inputs().size())).shape(),
                    model.embeddings(input).toList());
        }
    }

    /**
     * Checks this input against what a model takes, but for what layers say of the number of steps.
     *
     * @param inputs the inputs of the model
     * @param stateSizes the sizes of its states, in the order of {@link Signature}
     * @throws IllegalArgumentException as for {@link #requireFits(Graph)}
     */
    public void requireFits(List<Taken> inputs, int[] stateSizes) {
        Objects.requireNonNull(stateSizes, "stateSizes");
        Shapes.copyOf("inputs", inputs);
        if (parts.size() != inputs.size()) {
            throw new IllegalArgumentException("the model has " + inputs.size() + " inputs, but there are arrays for "
                    + parts.size());
        }
        for (int i = 0; i < parts.size(); i++) {
            requireFits(parts.get(i), inputs.get(i), parts.size() == 1 ? "" : "input " + i + ": ");
        }
        if (lengths != null) {
            requireLengths(inputs);
        }
        if (initialStates != null) {
            requireStates(stateSizes);
        }
    }

    private void requireFits(Part part, Taken taken, String where) {
        boolean tokens = taken.shape.kind() == Shape.Kind.TOKENS;
        if ((part.tokens != null) != tokens) {
            throw new IllegalArgumentException(where + (tokens
                    ? "the model takes tokens, not features"
                    : "the model takes features, not tokens"));
        }
        if (tokens) {
            requireShape(where + "tokens", part, part.tokens.length, "", 1);
            taken.tables.forEach(table -> table.requireTokens(part.tokens, 0, part.tokens.length));
        } else {
            requireShape(where + "x", part, part.features.length, " × inputSize", taken.shape.features());
        }
        if (!taken.shape.isSequence() && part.steps != 1) {
            throw new IllegalArgumentException(where + "the model takes a vector, which has no steps, had "
                    + part.steps);
        }
    }

    private void requireShape(String name, Part part, int length, String factor, int features) {
        Shapes.requirePositive("batch", batch);
        Shapes.requirePositive("steps", part.steps);
        long expected = Shapes.elements(batch, part.steps, features);
        if (length != expected) {
            throw new IllegalArgumentException(
                    name + " must have batch × steps" + factor + " = " + expected + " elements, had " + length);
        }
    }

    private void requireLengths(List<Taken> inputs) {
        if (lengths.length != batch) {
            throw new IllegalArgumentException("lengths must have batch = " + batch + " elements, had "
                    + lengths.length);
        }
        for (int i = 0; i < parts.size(); i++) {
            if (inputs.get(i).shape.isSequence()) {
                Shapes.requireLengths(lengths, parts.get(i).steps);
                return;
            }
        }
        throw new IllegalArgumentException("lengths are for a model that takes a sequence, and this takes none");
    }

    private void requireStates(int[] stateSizes) {
        if (initialStates.size() != stateSizes.length) {
            throw new IllegalArgumentException("initialStates must be " + stateSizes.length
                    + " arrays, one for each state of the model, were " + initialStates.size());
        }
        for (int i = 0; i < stateSizes.length; i++) {
            long expected = Shapes.elements(batch, 1, stateSizes[i]);
            if (initialStates.get(i).length != expected) {
                throw new IllegalArgumentException("initialStates[" + i + "] must have batch × stateSize = " + expected
                        + " elements, had " + initialStates.get(i).length);
            }
        }
    }

    private Part part(int input) {
        return parts.get(Shapes.requireIndex("input", input, parts.size()));
    }

    /** Returns the number of rows. */
    public int batch() {
        return batch;
    }

    /** Returns how many arrays there are, one for each input of the model. */
    public int inputs() {
        return parts.size();
    }

    /** Returns the number of steps of every row of the first input, those beyond its length among them. */
    public int steps() {
        return steps(0);
    }

    /** Returns the number of steps of every row of an input, those beyond its length among them; 1 for a vector. */
    public int steps(int input) {
        return part(input).steps;
    }

    /** Returns the token ids of the first input, (batch, steps), or null if there are features: the array itself. */
    public int[] tokens() {
        return tokens(0);
    }

    /** Returns the token ids of an input, (batch, steps), or null if there are features: the array itself. */
    public int[] tokens(int input) {
        return part(input).tokens;
    }

    /**
     * Returns the features of the first input, (batch, steps, inputSize), or null if there are tokens: the array
     * itself.
     */
    public float[] features() {
        return features(0);
    }

    /** Returns the features of an input, (batch, steps, inputSize), or null if there are tokens: the array itself. */
    public float[] features(int input) {
        return part(input).features;
    }

    /** Returns the length of each row, (batch), or null if all are {@link #steps}: the array itself. */
    public int[] lengths() {
        return lengths;
    }

    /** Returns the states before the first step, an array (batch, stateSize) each, or null if they are zeros. */
    public List<float[]> initialStates() {
        return initialStates;
    }
}
