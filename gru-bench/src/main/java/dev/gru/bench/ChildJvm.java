package dev.gru.bench;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How to start another JVM like this one: the same Java, flags and class path. */
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
}
