package dev.gru.simd.generator;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Java source in which some lines come again and again. Lines whose first character is {@code $} direct; all others are
 * copied.
 *
 * <pre>
 * $for v in 0..n          the lines up to its $end once for each v from 0 to n - 1
 * $for tile in tiles      … for each element of a list; of a tile there are ${tile.rows} and ${tile.vectors}
 * $if r == 0              … if so; also &lt;, or the name of a condition
 * $else                   the lines up to $end, if not
 * $define name(a, b)      the lines up to $end are put where …
 * $use name(x, y)         … this stands, indented as this is, with x for ${a} and y for ${b}
 * </pre>
 *
 * <p>Within lines:
 *
 * <pre>
 * ${v}                    a variable
 * ${v - 1}                a sum of variables and numbers
 * ${+ v * B}              nothing if v is 0, " + B" if it is 1, and otherwise " + 2 * B" and so on: the way to write
 *                         the place of the v-th vector
 * ${+ v}                  nothing if v is 0, and otherwise " + 2" and so on
 * </pre>
 *
 * <p>Lines that become longer than {@value #WIDTH} characters are wrapped as the formatter does.
 */
final class Template {
    private static final int WIDTH = 120;
    private static final String CONTINUATION = " ".repeat(8);

    private record Fragment(List<String> parameters, List<String> lines) {
    }

    private final List<String> lines;
    private final Map<String, Fragment> fragments = new HashMap<>();

    /**
     * Takes a template.
     *
     * @param text the template
     * @param definitions further text, of which only definitions are used
     */
    Template(String text, String definitions) {
        define(definitions.lines().toList());
        lines = define(text.lines().toList());
    }

    /** Keeps the definitions among some lines, and returns the others. */
    private List<String> define(List<String> from) {
        List<String> others = new ArrayList<>();
        for (int i = 0; i < from.size(); i++) {
            String directive = directive(from.get(i));
            if (!directive.startsWith("define ")) {
                others.add(from.get(i));
                continue;
            }
            int end = end(from, i, from.size());
            fragments.put(name(directive), new Fragment(arguments(directive), from.subList(i + 1, end)));
            i = end;
        }
        return others;
    }

    /**
     * Returns the source.
     *
     * @param variables integers, texts, conditions, and lists of integers or tiles
     * @throws IllegalArgumentException if the template is wrong, with the line
     */
    String render(Map<String, Object> variables) {
        StringBuilder out = new StringBuilder();
        render(lines, "", variables, out);
        return out.toString();
    }

    private void render(List<String> from, String indent, Map<String, Object> variables, StringBuilder out) {
        for (int i = 0; i < from.size(); i++) {
            String line = from.get(i);
            String directive = directive(line);
            if (directive.isEmpty()) {
                String text = line.isEmpty() ? line : indent + substitute(line, variables);
                out.append(wrap(text)).append('\n');
            } else if (directive.startsWith("use ")) {
                use(line, directive, indent, variables, out);
            } else {
                int end = end(from, i, from.size());
                if (directive.startsWith("for ")) {
                    repeat(directive, from.subList(i + 1, end), indent, variables, out);
                } else if (directive.startsWith("if ")) {
                    int other = otherwise(from, i + 1, end);
                    boolean holds = holds(directive.substring("if ".length()), variables);
                    render(holds ? from.subList(i + 1, other) : from.subList(Math.min(other + 1, end), end), indent,
                            variables, out);
                } else {
                    throw new IllegalArgumentException("no such directive: " + line);
                }
                i = end;
            }
        }
    }

    private void use(String line, String directive, String indent, Map<String, Object> variables,
            StringBuilder out) {
        Fragment fragment = fragments.get(name(directive));
        List<String> arguments = arguments(directive);
        if (fragment == null || fragment.parameters.size() != arguments.size()) {
            throw new IllegalArgumentException("not defined: " + line);
        }
        Map<String, Object> inner = new HashMap<>(variables);
        for (int i = 0; i < arguments.size(); i++) {
            inner.put(fragment.parameters.get(i), substitute(arguments.get(i), variables));
        }
        render(fragment.lines, indent + " ".repeat(line.indexOf('$')), inner, out);
    }

    private void repeat(String directive, List<String> body, String indent, Map<String, Object> variables,
            StringBuilder out) {
        String[] words = directive.split(" ", -1);
        if (words.length != 4 || !words[2].equals("in")) {
            throw new IllegalArgumentException("not \"$for name in list\": $" + directive);
        }
        for (Object element : elements(words[3], variables)) {
            Map<String, Object> inner = new HashMap<>(variables);
            if (element instanceof Tile tile) {
                inner.put(words[1] + ".rows", tile.rows());
                inner.put(words[1] + ".vectors", tile.vectors());
            } else {
                inner.put(words[1], element);
            }
            render(body, indent, inner, out);
        }
    }

    private static List<?> elements(String range, Map<String, Object> variables) {
        int dots = range.indexOf("..");
        if (dots < 0) {
            return (List<?>) variable(range, variables);
        }
        List<Integer> all = new ArrayList<>();
        int end = number(range.substring(dots + 2), variables);
        for (int i = number(range.substring(0, dots), variables); i < end; i++) {
            all.add(i);
        }
        return all;
    }

    private static boolean holds(String condition, Map<String, Object> variables) {
        String[] words = condition.split(" ", -1);
        if (words.length == 1) {
            return (Boolean) variable(condition, variables);
        }
        int left = number(words[0], variables);
        int right = number(words[2], variables);
        return switch (words[1]) {
            case "==" -> left == right;
            case "<" -> left < right;
            default -> throw new IllegalArgumentException("no such condition: " + condition);
        };
    }

    /** Returns the line of the directive without its first character, or nothing if it is no directive. */
    private static String directive(String line) {
        String stripped = line.strip();
        return stripped.startsWith("$") && !stripped.startsWith("${") ? stripped.substring(1) : "";
    }

    /** Returns the line of the end of the block that a line begins. */
    private static int end(List<String> from, int begin, int end) {
        int depth = 0;
        for (int i = begin; i < end; i++) {
            String directive = directive(from.get(i));
            if (directive.equals("end")) {
                depth--;
            } else if (directive.startsWith("for ") || directive.startsWith("if ") || directive.startsWith("define ")) {
                depth++;
            }
            if (depth == 0) {
                return i;
            }
        }
        throw new IllegalArgumentException("no $end: " + from.get(begin));
    }

    /** Returns the line of the alternative of a block, or its end if there is none. */
    private static int otherwise(List<String> from, int begin, int end) {
        int i = begin;
        while (i < end && !directive(from.get(i)).equals("else")) {
            String directive = directive(from.get(i));
            boolean opens = directive.startsWith("for ") || directive.startsWith("if ");
            i = opens ? end(from, i, end) + 1 : i + 1;
        }
        return i;
    }

    /** Returns the name in {@code use name(a, b)}. */
    private static String name(String directive) {
        return directive.substring(directive.indexOf(' ') + 1, directive.indexOf('('));
    }

    private static List<String> arguments(String directive) {
        String all = directive.substring(directive.indexOf('(') + 1, directive.lastIndexOf(')'));
        return all.isEmpty() ? List.of() : List.of(all.split(", ", -1));
    }

    private static String substitute(String line, Map<String, Object> variables) {
        StringBuilder out = new StringBuilder();
        int done = 0;
        for (int begin = line.indexOf("${"); begin >= 0; begin = line.indexOf("${", done)) {
            int end = line.indexOf('}', begin);
            if (end < 0) {
                throw new IllegalArgumentException("no }: " + line);
            }
            out.append(line, done, begin).append(value(line.substring(begin + 2, end), variables));
            done = end + 1;
        }
        return out.append(line, done, line.length()).toString();
    }

    private static String value(String expression, Map<String, Object> variables) {
        if (expression.startsWith("+ ")) {
            return place(expression.substring(2), variables);
        }
        return expression.contains(" ")
                ? Integer.toString(sum(expression, variables))
                : variable(expression, variables).toString();
    }

    private static String place(String term, Map<String, Object> variables) {
        int times = term.indexOf(" * ");
        int count = sum(times < 0 ? term : term.substring(0, times), variables);
        if (count == 0) {
            return "";
        }
        if (times < 0) {
            return " + " + count;
        }
        String unit = term.substring(times + 3);
        return count == 1 ? " + " + unit : " + " + count + " * " + unit;
    }

    private static int sum(String expression, Map<String, Object> variables) {
        String[] words = expression.split(" ", -1);
        int sum = number(words[0], variables);
        for (int i = 1; i < words.length; i += 2) {
            int next = number(words[i + 1], variables);
            sum += words[i].equals("-") ? -next : next;
        }
        return sum;
    }

    private static int number(String word, Map<String, Object> variables) {
        return Integer.parseInt(Character.isDigit(word.charAt(0)) ? word : variable(word, variables).toString());
    }

    private static Object variable(String name, Map<String, Object> variables) {
        Object value = variables.get(name);
        if (value == null) {
            throw new IllegalArgumentException("no such variable: " + name);
        }
        return value;
    }

    /** Wraps after the last comma that leaves room. Comments must fit as they are. */
    private static String wrap(String line) {
        if (line.length() <= WIDTH) {
            return line;
        }
        int comma = line.lastIndexOf(", ", WIDTH - 1);
        if (comma < 0 || line.strip().startsWith("*")) {
            throw new IllegalArgumentException("too long: " + line);
        }
        String indent = line.substring(0, line.length() - line.stripLeading().length());
        return line.substring(0, comma + 1) + '\n' + wrapRest(indent + CONTINUATION, line.substring(comma + 2));
    }

    private static String wrapRest(String indent, String rest) {
        if (indent.length() + rest.length() <= WIDTH) {
            return indent + rest;
        }
        int comma = rest.lastIndexOf(", ", WIDTH - 1 - indent.length());
        return indent + rest.substring(0, comma + 1) + '\n' + wrapRest(indent, rest.substring(comma + 2));
    }
}
