package dev.gru.bench.javasource;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;

import javax.lang.model.SourceVersion;

/**
 * The classes of a file's tokens while they are being determined, by the offsets of the tokens.
 *
 * <p>A token gets a class only if it has the expected text, so positions that javac invents do no harm. Keywords and
 * literals keep the class of their form.
 */
final class TokenLabels {
    /** Words that the training data treats as keywords everywhere. */
    private static final Set<String> CONTEXTUAL = Set.of("record", "sealed", "permits", "non", "var", "yield");

    private final List<JavaToken> tokens;
    private final TokenClass[] labels;

    /** Gives each token the class that follows from its form, if there is one. */
    TokenLabels(List<JavaToken> tokens) {
        this.tokens = tokens;
        labels = new TokenClass[tokens.size()];
        Arrays.setAll(labels, i -> byForm(tokens.get(i)));
    }

    private static TokenClass byForm(JavaToken token) {
        return switch (token.kind()) {
            case LITERAL -> TokenClass.LITERAL;
            case OPERATOR -> TokenClass.OPERATOR;
            case WORD -> CONTEXTUAL.contains(token.text()) || SourceVersion.isKeyword(token.text())
                    ? TokenClass.KEYWORD
                    : null;
        };
    }

    /** Labels the token that starts at {@code offset}, if its text is {@code text}. */
    void putAt(int offset, CharSequence text, TokenClass label) {
        put(firstFrom(offset), text, label);
    }

    /** Labels the token that ends at {@code offset}, if its text is {@code text}. */
    void putEndingAt(int offset, CharSequence text, TokenClass label) {
        put(lowerBound(offset, i -> tokens.get(i).end()), text, label);
    }

    /**
     * Labels the first token from {@code offset} on whose text is {@code name} and that does not name an annotation.
     */
    void putFirst(int offset, CharSequence name, TokenClass label) {
        for (int i = firstFrom(offset); i < tokens.size(); i++) {
            if (tokens.get(i).text().contentEquals(name) && (i == 0 || !tokens.get(i - 1).text().equals("@"))) {
                put(i, name, label);
                return;
            }
        }
    }

    /** Labels the tokens between two offsets as the parts of a qualified name. */
    void putPath(int start, int end) {
        for (int i = firstFrom(start); i < tokens.size() && tokens.get(i).start() < end; i++) {
            String text = tokens.get(i).text();
            if (text.equals("*")) {
                labels[i] = TokenClass.PACKAGE;
            } else if (tokens.get(i).kind() == JavaToken.Kind.WORD) {
                labels[i] = Character.isUpperCase(text.charAt(0)) ? TokenClass.TYPE : TokenClass.PACKAGE;
            }
        }
    }

    /**
     * Returns the classes of all tokens.
     *
     * @param rest the class of each word that has none yet
     */
    List<TokenClass> complete(Function<String, TokenClass> rest) {
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] == null) {
                labels[i] = rest.apply(tokens.get(i).text());
            }
        }
        return List.of(labels);
    }

    private void put(int index, CharSequence text, TokenClass label) {
        if (index < labels.length && labels[index] != TokenClass.KEYWORD
                && tokens.get(index).text().contentEquals(text)) {
            labels[index] = label;
        }
    }

    private int firstFrom(int offset) {
        return lowerBound(offset, i -> tokens.get(i).start());
    }

    /** Returns the index of the first token whose key is {@code offset} or more. */
    private int lowerBound(int offset, IntUnaryOperator key) {
        int low = 0;
        int high = tokens.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (key.applyAsInt(middle) < offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
