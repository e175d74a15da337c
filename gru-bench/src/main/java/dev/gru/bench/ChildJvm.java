package dev.gru.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

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

    /**
     * Runs a JVM to its end.
     *
     * @param flags flags of the JVM, as for {@link #command}
     * @param main the main class
     * @param args the arguments of the main class
     * @param limit how long it may take, after which it is killed
     * @return what it printed, to stdout and stderr
     * @throws IllegalStateException if it fails or takes too long; the message has the reason that it printed
     */
    public static String output(List<String> flags, Class<?> main, List<String> args, Duration limit)
            throws InterruptedException {
        try {
            Path log = Files.createTempFile("child", ".log");
            try {
                Process process = command(flags, main, args).redirectErrorStream(true).redirectOutput(log.toFile())
                        .start();
                boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
                if (!ended) {
                    process.destroyForcibly();
                }
                String output = Files.readString(log, StandardCharsets.UTF_8);
                if (!ended || process.exitValue() != 0) {
                    throw new IllegalStateException("a JVM "
                            + (ended ? "failed" : "took more than " + limit.toSeconds() + " s") + ": "
                            + reason(output));
                }
                return output;
            } finally {
                Files.deleteIfExists(log);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the reason of a failure from the output of a JVM: the first exception, or else the last line. */
    public static String reason(String log) {
        List<String> lines = log.lines().map(line -> line.strip().replaceFirst("^Exception in thread \"[^\"]*\" ", ""))
                .filter(line -> !line.isEmpty()).toList();
        return lines.stream().filter(line -> line.matches("([\\w$]+\\.)+[\\w$]*(Exception|Error)(: .*)?")).findFirst()
                .orElse(lines.isEmpty() ? "no output" : lines.getLast());
    }
}
