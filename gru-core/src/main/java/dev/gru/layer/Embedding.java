package dev.gru.layer;

import java.nio.FloatBuffer;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

import dev.gru.internal.OwnedFloats;
import dev.gru.internal.Shapes;
import dev.gru.layer.LayerOptions.Option;

/**
 * A table with one row of features for every token id from 0 on.
 *
 * <p>Immutable: the table is copied in and handed out as a read-only view.
 */
public final class Embedding implements Layer {
    private static final Option<Integer> VOCABULARY_SIZE = Option.size("vocabulary_size");
    private static final Option<Integer> OUTPUT_SIZE = Option.size("output_size");
    private static final Option<Boolean> MASK_ZERO = Option.flag("mask_zero");
    static final List<Option<?>> OPTIONS = List.of(VOCABULARY_SIZE, OUTPUT_SIZE, MASK_ZERO);
    /** The vocabulary is as large as the table, which is digested too. */
    static final List<Option<?>> DIGESTED = List.of(OUTPUT_SIZE, MASK_ZERO);

    private final String name;
    private final int vocabularySize;
    private final int outputSize;
    private final boolean maskZero;
    private final float[] table;

    /**
     * Copies and checks the table of an embedding that masks nothing.
     *
     * @param name the name of the layer in its model
     * @param vocabularySize number of token ids, at least 1
     * @param outputSize features per token, at least 1
     * @param table (vocabularySize, outputSize), row-major
     * @throws IllegalArgumentException if a size is below 1 or the table does not have the length that they ask for
     */
    public Embedding(String name, int vocabularySize, int outputSize, float[] table) {
        this(name, vocabularySize, outputSize, OwnedFloats.copyOf("table", table));
    }

    private Embedding(String name, int vocabularySize, int outputSize, OwnedFloats table) {
        this.name = Objects.requireNonNull(name, "name");
        this.vocabularySize = Shapes.requirePositive("vocabularySize", vocabularySize);
        this.outputSize = Shapes.requirePositive("outputSize", outputSize);
        this.table = table.take("table", vocabularySize, outputSize);
        maskZero = false;
    }

    private Embedding(Embedding other, boolean maskZero) {
        name = other.name;
        vocabularySize = other.vocabularySize;
        outputSize = other.outputSize;
        table = other.table;
        this.maskZero = maskZero;
    }

    /** For this library's own use: an embedding of a table that is handed over, which is checked but not copied. */
    @SuppressWarnings("exports") // only the library itself can call it
    public static Embedding owning(String name, int vocabularySize, int outputSize, OwnedFloats table) {
        return new Embedding(name, vocabularySize, outputSize, table);
    }

    static List<Parameter.Spec> specs(LayerOptions options) {
        return specs(options.get(VOCABULARY_SIZE), options.get(OUTPUT_SIZE));
    }

    private static List<Parameter.Spec> specs(int vocabularySize, int outputSize) {
        return List.of(Parameter.Spec.of("table", Parameter.Role.TABLE, vocabularySize, outputSize));
    }

    static Embedding make(String name, LayerOptions options, List<Layer> parts, List<OwnedFloats> parameters) {
        return new Embedding(name, options.get(VOCABULARY_SIZE), options.get(OUTPUT_SIZE), parameters.getFirst())
                .withMaskZero(options.get(MASK_ZERO));
    }

    /** Returns the same layer that masks steps with id 0, which then is padding, or does not. */
    public Embedding withMaskZero(boolean masks) {
        return masks == maskZero ? this : new Embedding(this, masks);
    }

    @Override
    public String name() {
        return name;
    }

    /** Returns the number of token ids; they go from 0 to one below it. */
    public int vocabularySize() {
        return vocabularySize;
    }

    /** Returns the number of features per token. */
    public int outputSize() {
        return outputSize;
    }

    /** Returns whether steps with id 0 are masked, id 0 being padding. */
    public boolean maskZero() {
        return maskZero;
    }

    /** Returns a read-only view of the table, (vocabularySize, outputSize), row-major. */
    public FloatBuffer table() {
        return FloatBuffer.wrap(table).asReadOnlyBuffer();
    }

    /**
     * Copies the features of one token.
     *
     * @param token its id
     * @param out where its features go
     * @param offset index of the first of them in {@code out}
     * @throws IllegalArgumentException if the id is not in the table or {@code out} has no room there
     */
    public void copyRow(int token, float[] out, int offset) {
        requireToken(token);
        Shapes.requireRoom("out", out, offset, outputSize);
        System.arraycopy(table, token * outputSize, out, offset, outputSize);
    }

    /**
     * Checks that the table has a row for a token.
     *
     * @throws IllegalArgumentException if it has none
     */
    public void requireToken(int token) {
        if (token < 0 || token >= vocabularySize) {
            throw new IllegalArgumentException("token must be from 0 to " + (vocabularySize - 1) + ", was " + token);
        }
    }

    /**
     * Checks that the table has a row for each of some tokens.
     *
     * @param tokens the ids
     * @param offset index of the first of them
     * @param count how many there are
     * @throws IllegalArgumentException if it has none for one of them, or the array does not hold so many
     */
    public void requireTokens(int[] tokens, int offset, int count) {
        Shapes.requireRoom("tokens", tokens, offset, count);
        for (int i = offset; i < offset + count; i++) {
            requireToken(tokens[i]);
        }
    }

    @Override
    public Layer.Type type() {
        return Layer.Type.EMBEDDING;
    }

    @Override
    public LayerOptions options() {
        return LayerOptions.none().with(VOCABULARY_SIZE, vocabularySize).with(OUTPUT_SIZE, outputSize)
                .with(MASK_ZERO, maskZero);
    }

    @Override
    public List<Parameter> parameters() {
        return Parameter.zip(specs(vocabularySize, outputSize), table());
    }

    @Override
    public Optional<Shape> firstInput() {
        return Optional.of(Shape.tokens());
    }

    @Override
    public Shape outputShape(Shape input) {
        if (Objects.requireNonNull(input, "input").kind() != Shape.Kind.TOKENS) {
            throw new IllegalArgumentException(
                    "an embedding must be the first layer, with nothing but dropout before it");
        }
        return Shape.sequence(outputSize);
    }

    @Override
    public Time time() {
        return Time.PER_STEP;
    }

    /** Returns that it makes a mask, unless it masks nothing. */
    @Override
    public Mask mask() {
        return maskZero ? Mask.MAKES : Mask.HANDS_ON;
    }

    @Override
    public String toString() {
        return "Embedding[" + name + ", " + vocabularySize + "→" + outputSize + (maskZero ? ", maskZero" : "") + "]";
    }
}
