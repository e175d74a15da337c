package dev.gru.bench.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/**
 * The command line, {@code gru}.
 *
 * <p>It exits with 0 if all went well, with 2 and one line on stderr if it was asked for what it cannot do.
 */
@Command(name = "gru", mixinStandardHelpOptions = true, description = {
        "GRU networks in pure Java."}, versionProvider = GruCommand.Version.class, subcommands = {
                DemoCommand.class, PredictCommand.class, TrainCommand.class, EvaluateCommand.class,
                TaggerDataCommand.class, SummaryCommand.class, ConvertCommand.class, BenchCommand.class,
                RooflineCommand.class, PeersCommand.class, AddingProblemCommand.class, LatencyCommand.class,
                ColdStartCommand.class, SoakCommand.class})
public final class GruCommand {

    /** Makes the command; picocli does. */
    public GruCommand() {
    }

    /**
     * Runs a command and exits with its status.
     *
     * @param args the command and its arguments
     */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /** Returns the command line, ready to execute. */
    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new GruCommand());
        line.getSubcommands().get("bench").setUnmatchedOptionsArePositionalParams(true);
        return line.setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((exception, command, result) -> {
                    if (!isForUser(exception)) {
                        throw exception;
                    }
                    PrintWriter err = command.getErr();
                    err.println("gru: " + describe(exception));
                    err.flush();
                    return CommandLine.ExitCode.USAGE;
                });
    }

    /** Returns whether an exception says what the user can change; any other is a bug and shows where it came from. */
    private static boolean isForUser(Exception exception) {
        return exception instanceof IOException || exception instanceof UncheckedIOException
                || exception instanceof IllegalArgumentException || exception instanceof IllegalStateException;
    }

    /** Says in one line what went wrong. */
    static String describe(Exception exception) {
        String message = switch (exception) {
            case UncheckedIOException unchecked -> describe(unchecked.getCause());
            case NoSuchFileException missing -> "no such file: " + missing.getMessage();
            case AccessDeniedException denied -> "no permission to read " + denied.getMessage();
            case FileSystemException other when other.getReason() == null -> "cannot read " + other.getMessage();
            default -> exception.getMessage() == null ? exception.getClass().getSimpleName() : exception.getMessage();
        };
        return message.replaceAll("\\s*\\R\\s*", "; ");
    }

    /** Says which version this is, by the manifest of the jar. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = GruCommand.class.getPackage().getImplementationVersion();
            return new String[]{"gru " + (version == null ? "(not from a jar)" : version) + ", Java "
                    + Runtime.version()};
        }
    }
}
