package dev.gru.bench;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Starts another JVM like this one, with the same Java, flags and class path, and finds the reason if it fails. */
public final class ChildJvm {
    private ChildJvm() {
    }

    /**
     * Returns a process to start.
     *
     * @param flags flags of the JVM; those of this one follow and take precedence
     * @param main the main class
     * @param args the arguments of the main class
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

    /** Returns the reason of a failure from the output of a JVM: the first exception, or else the last line. */
    public static String reason(String log) {
        List<String> lines = log.lines().map(line -> line.strip().replaceFirst("^Exception in thread \"[^\"]*\" ", ""))
                .filter(line -> !line.isEmpty()).toList();
        return lines.stream().filter(line -> line.matches("([\\w$]+\\.)+[\\w$]*(Exception|Error)(: .*)?")).findFirst()
                .orElse(lines.isEmpty() ? "no output" : lines.getLast());
    }
}
