/** Lines of Java, indented as they open and close braces. */
final class Source {
    private static final String INDENT = "    ";
    private final StringBuilder text = new StringBuilder();
    private int depth;

    Source add(String lines) {
        for (String line : lines.lines().map(String::strip).toList()) {
            if (line.startsWith("}")) {
                depth--;
            }
            text.append(line.isEmpty() ? "" : INDENT.repeat(depth) + (line.startsWith("*") ? " " : "") + line)
                    .append('\n');
            if (line.endsWith("{")) {
                depth++;
            }
        }
        return this;
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
