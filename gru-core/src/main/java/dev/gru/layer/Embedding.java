package dev.gru.layer;

import java.nio.FloatBuffer;
import java.util.Objects;

import dev.gru.internal.Shapes;

/**
 * A table with one row of features for every token id from 0 on.
 *
 * <p>Immutable: the table is copied in and handed out as a read-only view.
 */
public final class Embedding implements Layer {
    private final String name;
    private final int vocabularySize;
    private final int outputSize;
    private final boolean maskZero;
    private final float[] table;

    /**
     * Copies and checks the table.
     *
     * @param name the name of the layer in its model
     * @param vocabularySize number of token ids, at least 1
     * @param outputSize features per token, at least 1
     * @param maskZero whether id 0 is padding: a step that does not count
     * @param table (vocabularySize, outputSize), row-major
     * @throws IllegalArgumentException if a size is below 1 or the table does not have the length that they ask for
     */
    public Embedding(String name, int vocabularySize, int outputSize, boolean maskZero, float[] table) {
        this.name = Objects.requireNonNull(name, "name");
        this.vocabularySize = Shapes.requirePositive("vocabularySize", vocabularySize);
        this.outputSize = Shapes.requirePositive("outputSize", outputSize);
        this.maskZero = maskZero;
        this.table = Shapes.copyExact("table", table, vocabularySize, outputSize);
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

    /** Returns whether id 0 is padding: a step that does not count. */
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
     * Returns without doing anything if the table has a row for {@code token}.
     *
     * @throws IllegalArgumentException if it has not
     */
    public void requireToken(int token) {
        if (token < 0 || token >= vocabularySize) {
            throw new IllegalArgumentException("token must be from 0 to " + (vocabularySize - 1) + ", was " + token);
        }
    }

    @Override
    public long parameterCount() {
        return table.length;
    }

    @Override
    public String toString() {
        return "Embedding[" + name + ", " + vocabularySize + "→" + outputSize + (maskZero ? ", maskZero" : "") + "]";
    }
}
