package dev.gru.bench.javasource;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Splits Java source into the tokens that the tagger was trained on.
 *
 * <p>Comments and white space are dropped. Literals are reduced to their form: {@code ""}, {@code """}, {@code ''}, a
 * single digit as it is, {@code 0} for every other number. The longest operator matches, except that shifts are split
 * into single {@code <} and {@code >}, since only a parser can tell them from the closing brackets of generics. Any
 * text has tokens: text that is not Java becomes single characters, and an unclosed literal ends with its line, an
 * unclosed comment or text block with the source.
 *
 * <p>An instance is for one source.
 */
public final class JavaTokenizer {
    /** Longest first. */
    private static final String[] OPERATORS = {">>>=", "<<=", ">>=", "...", "->", "::", "++", "--", "&&", "||", "==",
            "!=", "<=", ">=", "+=", "-=", "*=", "/=", "&=", "|=", "^=", "%="};

    /** Stands for the end of the source; white space to javac, too. */
    private static final char END = 0x1A;

    private static final char BYTE_ORDER_MARK = 0xFEFF;

    /** The source, unicode escapes translated. */
    private final char[] chars;
    private final int length;

    /**
     * The offsets in the source at which each of {@link #chars} starts and the last ends; null if nothing was
     * translated.
     */
    private final int[] offsets;

    private final List<JavaToken> tokens = new ArrayList<>();
    private int at;

    private JavaTokenizer(String source) {
        char[] translated = source.toCharArray();
        if (source.contains("\\u")) {
            offsets = new int[source.length() + 1];
            length = translate(source, translated, offsets);
        } else {
            offsets = null;
            length = translated.length;
        }
        chars = translated;
    }

    /** Returns the tokens of {@code source}, in order. */
    public static List<JavaToken> tokenize(String source) {
        return new JavaTokenizer(source).run();
    }

    /**
     * Translates unicode escapes, which the language demands before everything else.
     *
     * @return the number of characters after the translation
     */
    private static int translate(String source, char[] chars, int[] offsets) {
        int count = 0;
        for (int i = 0; i < source.length(); count++) {
            offsets[count] = i;
            int after = endOfEscape(source, i);
            if (after > 0) {
                chars[count] = (char) Integer.parseInt(source, after - 4, after, 16);
                i = after;
            } else {
                chars[count] = source.charAt(i++);
                if (chars[count] == '\\' && i < source.length() && source.charAt(i) == '\\') {
                    // The second of two backslashes starts no escape.
                    offsets[++count] = i;
                    chars[count] = source.charAt(i++);
                }
            }
        }
        offsets[count] = source.length();
        return count;
    }

    /** Returns the end of the unicode escape that starts at {@code i}, or 0 if none does. */
    private static int endOfEscape(String source, int i) {
        if (!source.startsWith("\\u", i)) {
            return 0;
        }
        int digits = i + 1;
        while (digits < source.length() && source.charAt(digits) == 'u') {
            digits++;
        }
        int end = digits + 4;
        if (end > source.length()) {
            return 0;
        }
        for (int k = digits; k < end; k++) {
            if (Character.digit(source.charAt(k), 16) < 0) {
                return 0;
            }
        }
        return end;
    }

    private List<JavaToken> run() {
        if (peek(0) == BYTE_ORDER_MARK) {
            at++;
        }
        while (at < length) {
            char c = chars[at];
            int start = at;
            if (Character.isWhitespace(c) || c == END) {
                at++;
            } else if (c == '/' && peek(1) == '/') {
                skipLine();
            } else if (c == '/' && peek(1) == '*') {
                at += 2;
                skipPast("*/");
            } else if (startsWith("\"\"\"")) {
                at += 3;
                skipPast("\"\"\"");
                add(start, JavaToken.Kind.LITERAL, "\"\"\"");
            } else if (c == '"' || c == '\'') {
                skipQuoted(c);
                add(start, JavaToken.Kind.LITERAL, c == '"' ? "\"\"" : "''");
            } else if (isDigit(c) || (c == '.' && isDigit(peek(1)))) {
                skipNumber();
                add(start, JavaToken.Kind.LITERAL, at == start + 1 ? String.valueOf(c) : "0");
            } else if (Character.isJavaIdentifierStart(codePoint())) {
                skipWord();
                add(start, JavaToken.Kind.WORD, new String(chars, start, at - start));
            } else {
                skipOperator();
                add(start, JavaToken.Kind.OPERATOR, new String(chars, start, at - start));
            }
        }
        return tokens;
    }

    private void add(int start, JavaToken.Kind kind, String text) {
        tokens.add(new JavaToken(offset(start), offset(at), kind, text));
    }

    private int offset(int index) {
        return offsets == null ? index : offsets[index];
    }

    private char peek(int ahead) {
        return at + ahead < length ? chars[at + ahead] : END;
    }

    private int codePoint() {
        return Character.codePointAt(chars, at, length);
    }

    private boolean startsWith(String text) {
        return at + text.length() <= length
                && Arrays.equals(chars, at, at + text.length(), text.toCharArray(), 0, text.length());
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean endsLine(char c) {
        return c == '\n' || c == '\r';
    }

    private void skipLine() {
        while (at < length && !endsLine(chars[at])) {
            at++;
        }
    }

    /** Skips past the next {@code mark} that is not escaped by a backslash; comments have no escapes. */
    private void skipPast(String mark) {
        boolean escapes = mark.charAt(0) == '"';
        while (at < length && !startsWith(mark)) {
            at += escapes && chars[at] == '\\' ? 2 : 1;
        }
        at = Math.min(at + mark.length(), length);
    }

    private void skipQuoted(char quote) {
        at++;
        while (at < length && chars[at] != quote && !endsLine(chars[at])) {
            at += chars[at] == '\\' && !endsLine(peek(1)) ? 2 : 1;
        }
        at = Math.min(at, length);
        if (peek(0) == quote) {
            at++;
        }
    }

    /** Skips all characters that may follow a digit in a number; a sign only after the letter of an exponent. */
    private void skipNumber() {
        boolean hex = chars[at] == '0' && Character.toLowerCase(peek(1)) == 'x';
        boolean dot = false;
        while (at < length) {
            char c = chars[at];
            if (c == '.' && !dot) {
                dot = true;
                at++;
            } else if ((c == '+' || c == '-') && Character.toLowerCase(chars[at - 1]) == (hex ? 'p' : 'e')) {
                at++;
            } else if (isDigit(c) || c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
                at++;
            } else {
                return;
            }
        }
    }

    private void skipWord() {
        do {
            at += Character.charCount(codePoint());
        } while (at < length && Character.isJavaIdentifierPart(codePoint()) && chars[at] != END);
    }

    private void skipOperator() {
        for (String operator : OPERATORS) {
            if (startsWith(operator)) {
                at += operator.length();
                return;
            }
        }
        at += Character.charCount(codePoint());
    }
}
