package dev.gru.format.json;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

import dev.gru.format.file.ModelFormatException;
import dev.gru.internal.Printable;

/**
 * One document on its way into values; see {@link Json}. It keeps to the grammar to the letter: no comments, no
 * trailing commas, no byte order mark; what Python writes beside that only where it is asked for.
 *
 * <p>For use by one thread, once.
 */
final class Parser {
    /** What stands for a value that was skipped. */
    static final Object SKIPPED = new Object() {
        @Override
        public String toString() {
            return "something";
        }
    };

    /** Configurations nest about ten levels. */
    private static final int MAX_DEPTH = 64;

    /**
     * The values of a document take more memory than its text; this bounds them to some megabytes. A tensor of a
     * safetensors file has 8.
     */
    private static final int MAX_VALUES = 300_000;

    /** More digits than any number needs that a double or a long can tell from another. */
    private static final int MAX_NUMBER_LENGTH = 1000;

    /** A whole number of so many characters is a long. */
    private static final int CERTAIN_LONG_LENGTH = 18;

    /** A whole number of more characters is none. */
    private static final int MAX_LONG_LENGTH = 20;

    /** Room for most shapes and for most objects; more takes memory that many small ones would not use. */
    private static final int USUAL_LENGTH = 4;

    private static final int END = -1;

    private final String where;
    private final String text;
    private final boolean python;
    private final Predicate<String> skipped;
    private int at;
    private int depth;
    private int values;

    /** Starts on a document that keeps to the standard, all of whose values are wanted. */
    Parser(String where, String text) {
        this(where, text, false, _ -> false);
    }

    private Parser(String where, String text, boolean python, Predicate<String> skipped) {
        this.where = where;
        this.text = text;
        this.python = python;
        this.skipped = skipped;
    }

    /**
     * Starts on a document that Python wrote, with {@code NaN}, {@code Infinity} and {@code -Infinity} among its
     * numbers, and with any number of values: what they take is bounded by the length of the document.
     *
     * @param skipped the names whose values are not wanted: of these there is {@link #SKIPPED}, or null
     */
    static Parser ofPython(String where, String text, Predicate<String> skipped) {
        return new Parser(where, text, true, skipped);
    }

    /** Returns the document, which must be one object. */
    Map<String, Object> document() throws ModelFormatException {
        skipSpace();
        if (peek() != '{') {
            throw new ModelFormatException(where + ": is not a JSON object");
        }
        Map<String, Object> object = object();
        skipSpace();
        if (peek() != END) {
            throw new ModelFormatException(where + ": something follows the JSON object" + place());
        }
        return object;
    }

    private Object value() throws ModelFormatException {
        if (++values > MAX_VALUES && !python) {
            throw new ModelFormatException(where + ": has more than " + MAX_VALUES + " values");
        }
        int c = peek();
        return switch (c) {
            case '{' -> object();
            case '[' -> array();
            case '"' -> string();
            case 't' -> literal("true", true);
            case 'f' -> literal("false", false);
            case 'n' -> literal("null", null);
            case 'N' -> notFinite("NaN", Double.NaN);
            case 'I' -> notFinite("Infinity", Double.POSITIVE_INFINITY);
            default -> {
                if (c != '-' && !isDigit(c)) {
                    throw unexpected("a value");
                }
                yield number();
            }
        };
    }

    private Map<String, Object> object() throws ModelFormatException {
        descend();
        Map<String, Object> object = new LinkedHashMap<>(USUAL_LENGTH);
        skipSpace();
        if (!take('}')) {
            do {
                skipSpace();
                if (peek() != '"') {
                    throw unexpected("a name in quotation marks");
                }
                String name = string();
                if (object.containsKey(name)) {
                    throw new ModelFormatException(where + ": the name " + Printable.quoted(name) + " appears twice");
                }
                skipSpace();
                expect(':');
                skipSpace();
                object.put(name, skipped.test(name) && peek() != 'n' ? skip() : value());
                skipSpace();
            } while (take(','));
            expect('}');
        }
        depth--;
        return object;
    }

    private List<Object> array() throws ModelFormatException {
        descend();
        skipSpace();
        if (take(']')) {
            depth--;
            return new ArrayList<>(0);
        }
        List<Object> array = new ArrayList<>(USUAL_LENGTH);
        do {
            skipSpace();
            array.add(value());
            skipSpace();
        } while (take(','));
        expect(']');
        depth--;
        return array;
    }

    /** Goes over a value, which must keep to the grammar all the same, without making anything of it. */
    private Object skip() throws ModelFormatException {
        switch (peek()) {
            case '{' -> skipParts('}');
            case '[' -> skipParts(']');
            case '"' -> string();
            default -> {
                if (isDigit(peek()) || (peek() == '-' && !text.startsWith("-I", at))) {
                    skipNumber();
                } else {
                    value();
                }
            }
        }
        return SKIPPED;
    }

    private void skipParts(char end) throws ModelFormatException {
        descend();
        skipSpace();
        if (!take(end)) {
            do {
                skipSpace();
                if (end == '}') {
                    if (peek() != '"') {
                        throw unexpected("a name in quotation marks");
                    }
                    string();
                    skipSpace();
                    expect(':');
                    skipSpace();
                }
                skip();
                skipSpace();
            } while (take(','));
            expect(end);
        }
        depth--;
    }

    private void descend() throws ModelFormatException {
        if (++depth > MAX_DEPTH) {
            throw new ModelFormatException(where + ": is nested more than " + MAX_DEPTH + " levels deep" + place());
        }
        at++;
    }

    private String string() throws ModelFormatException {
        int start = ++at;
        while (peek() != '"') {
            if (peek() == '\\') {
                return escaped(start);
            }
            requireInString();
            at++;
        }
        return text.substring(start, at++);
    }

    /** Goes on with a string that began at {@code start} and has its first escape here. */
    private String escaped(int start) throws ModelFormatException {
        StringBuilder out = new StringBuilder().append(text, start, at);
        while (peek() != '"') {
            requireInString();
            char c = text.charAt(at++);
            out.append(c == '\\' ? escape() : c);
        }
        at++;
        return out.toString();
    }

    private void requireInString() throws ModelFormatException {
        if (peek() < ' ') {
            throw unexpected("the end of a string");
        }
    }

    private char escape() throws ModelFormatException {
        int c = peek();
        at++;
        return switch (c) {
            case '"', '\\', '/' -> (char) c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> {
                int unit = 0;
                for (int end = at + 4; at < end; at++) {
                    int digit = peek() > 'f' ? -1 : Character.digit(peek(), 16);
                    if (digit < 0) {
                        throw unexpected("four hexadecimal digits");
                    }
                    unit = unit << 4 | digit;
                }
                yield (char) unit;
            }
            default -> {
                at--;
                throw unexpected("an escape");
            }
        };
    }

    private Object number() throws ModelFormatException {
        int start = at;
        if (text.startsWith("-I", at)) {
            at++;
            return notFinite("Infinity", Double.NEGATIVE_INFINITY);
        }
        boolean whole = skipNumber();
        if (whole && at - start <= CERTAIN_LONG_LENGTH) {
            return Long.parseLong(text, start, at, 10);
        }
        String number = text.substring(start, at);
        if (whole && number.length() <= MAX_LONG_LENGTH) {
            BigInteger integer = new BigInteger(number);
            if (integer.bitLength() < Long.SIZE) {
                return integer.longValue();
            }
        }
        return Double.valueOf(number);
    }

    /** Goes over a number, and returns whether it is written as a whole one. */
    private boolean skipNumber() throws ModelFormatException {
        int start = at;
        take('-');
        if (!take('0')) {
            digits();
        }
        boolean whole = true;
        if (take('.')) {
            whole = false;
            digits();
        }
        if (take('e') || take('E')) {
            whole = false;
            if (!take('+')) {
                take('-');
            }
            digits();
        }
        if (at - start > MAX_NUMBER_LENGTH) {
            throw new ModelFormatException(
                    where + ": a number has more than " + MAX_NUMBER_LENGTH + " digits" + place());
        }
        return whole;
    }

    private void digits() throws ModelFormatException {
        if (!isDigit(peek())) {
            throw unexpected("a digit");
        }
        while (isDigit(peek())) {
            at++;
        }
    }

    private Object notFinite(String word, double value) throws ModelFormatException {
        if (!python) {
            throw unexpected(at > 0 && text.charAt(at - 1) == '-' ? "a digit" : "a value");
        }
        return literal(word, value);
    }

    private Object literal(String word, Object value) throws ModelFormatException {
        if (!text.startsWith(word, at)) {
            throw unexpected("a value");
        }
        at += word.length();
        return value;
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    private void skipSpace() {
        while (peek() == ' ' || peek() == '\n' || peek() == '\r' || peek() == '\t') {
            at++;
        }
    }

    /** Returns the next character, or {@link #END}. */
    private int peek() {
        return at < text.length() ? text.charAt(at) : END;
    }

    private boolean take(char c) {
        if (peek() == c) {
            at++;
            return true;
        }
        return false;
    }

    private void expect(char c) throws ModelFormatException {
        if (!take(c)) {
            throw unexpected("'" + c + "'");
        }
    }

    private ModelFormatException unexpected(String wanted) {
        String found = peek() == END ? "its end" : Printable.quoted(text.substring(at, at + 1));
        return new ModelFormatException(
                where + ": is not valid JSON" + place() + ": " + found + " where " + wanted + " should be");
    }

    private String place() {
        long line = text.substring(0, at).chars().filter(c -> c == '\n').count() + 1;
        return " at line " + line + ", column " + (at - text.lastIndexOf('\n', at - 1));
    }
}
