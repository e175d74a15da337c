package dev.gru.bench.app;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine;

import dev.gru.bench.execution.Execution;
import dev.gru.bench.execution.ExitStatus;
import dev.gru.bench.execution.Failure;
import dev.gru.bench.terminal.StandardOutput;

/**
 * The command line, {@code gru}.
 *
 * <p>Whatever happens, it ends with one of the statuses of {@link ExitStatus}, and with one line on stderr if a command could
 * not do what it was asked for.
 */
@Command(name = "gru", mixinStandardHelpOptions = true, description = {
        "GRU networks in pure Java."}, versionProvider = GruCommand.Version.class, subcommands = {
                DemoCommand.class, PredictCommand.class, TrainCommand.class, EvaluateCommand.class,
                TaggerDataCommand.class, SummaryCommand.class, ConvertCommand.class, BenchCommand.class,
                RooflineCommand.class, PeersCommand.class, AddingProblemCommand.class, LatencyCommand.class,
                ColdStartCommand.class, SoakCommand.class})
public final class GruCommand {
    @Option(names = "--stacktrace", scope = ScopeType.INHERIT, description = "If the command fails, print where.")
    private boolean stackTrace;

    /** Makes the command; picocli does. */
    public GruCommand() {
    }

    /**
     * Runs a command and exits with its status.
     *
     * @param args the command and its arguments
     */
    public static void main(String[] args) {
        int status;
        try {
            StandardOutput out = new StandardOutput(new FileOutputStream(FileDescriptor.out));
            // Not only the commands print: JMH does by itself.
            System.setOut(new PrintStream(new BufferedOutputStream(out), true, System.out.charset()));
            status = commandLine(out).setOut(new PrintWriter(System.out, false, System.out.charset())).execute(args);
        } catch (Throwable e) { // Before there is a command line: a class is missing, or no memory.
            System.err.println("gru: " + Failure.describe(e));
            status = Failure.status(e);
        }
        System.exit(status);
    }

    /** Returns the command line, ready to execute. */
    static CommandLine commandLine() {
        return commandLine(null);
    }

    private static CommandLine commandLine(StandardOutput out) {
        GruCommand command = new GruCommand();
        CommandLine line = new CommandLine(command);
        line.getSubcommands().get("bench").setUnmatchedOptionsArePositionalParams(true);
        ExitStatus.document(line);
        Execution execution = new Execution(out, () -> command.stackTrace);
        return line.setCaseInsensitiveEnumValuesAllowed(true)
                // An argument such as @file is what the user says, and not what is in a file.
                .setExpandAtFiles(false)
                .registerConverter(Path.class, GruCommand::path)
                .setExecutionStrategy(execution)
                .setParameterExceptionHandler(execution);
    }

    /** Returns the path of an argument; an empty one would be the working directory. */
    private static Path path(String argument) {
        if (argument.isEmpty()) {
            throw new TypeConversionException("must name a file, was empty");
        }
        try {
            return Path.of(argument);
        } catch (InvalidPathException e) {
            throw new TypeConversionException("must name a file, was " + argument + ": " + e.getReason());
        }
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
