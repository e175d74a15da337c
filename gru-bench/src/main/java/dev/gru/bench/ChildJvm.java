package dev.gru.bench;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How to start another JVM like this one: the same Java, flags and class path; and why it failed, if it did. */
public final class ChildJvm {
    private ChildJvm() {
    }

    /**
     * Returns a process to start.
     *
     * @param flags of the JVM, before those of this one, which thus prevail
     * @param main its main class
     * @param args of the main class
     */
    public static ProcessBuilder command(List<String> flags, Class<?> main, List<String> args) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(main.getName());
        command.addAll(args);
        return new ProcessBuilder(command);
    }

    /** Finds in what a JVM printed why there is no result: the first exception, or else the last line. */
    public static String reason(String log) {
        List<String> lines = log.lines().map(line -> line.strip().replaceFirst("^Exception in thread \"[^\"]*\" ", ""))
                .filter(line -> !line.isEmpty()).toList();
        return lines.stream().filter(line -> line.matches("([\\w$]+\\.)+[\\w$]*(Exception|Error)(: .*)?")).findFirst()
                .orElse(lines.isEmpty() ? "no output" : lines.getLast());
    }
}
