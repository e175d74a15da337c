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
 * <p>It always ends with one of the statuses of {@link ExitStatus}, and if a command failed, with one line on stderr.
 */
@Command(name = "gru", mixinStandardHelpOptions = true, description = {
        "GRU networks in pure Java."}, versionProvider = GruCommand.Version.class, subcommands = {
                DemoCommand.class, PredictCommand.class, TrainCommand.class, EvaluateCommand.class,
                TaggerDataCommand.class, SummaryCommand.class, ConvertCommand.class, BenchCommand.class,
                RooflineCommand.class, PeersCommand.class, AddingProblemCommand.class, LatencyCommand.class,
                ColdStartCommand.class, SoakCommand.class, BitsCommand.class})
public final class GruCommand {
    @Option(names = "--stacktrace", scope = ScopeType.INHERIT, description = "if the command fails, print a stack"
            + " trace")
    private boolean stackTrace;

    /** Creates the command, with picocli. */
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
            // JMH prints to System.out by itself.
            System.setOut(new PrintStream(new BufferedOutputStream(out), true, System.out.charset()));
            status = commandLine(out).setOut(new PrintWriter(System.out, false, System.out.charset())).execute(args);
        } catch (Throwable e) { // Before the command line exists: a missing class, or too little memory.
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
                // An argument such as @file is passed on as it is, not replaced by the content of a file.
                .setExpandAtFiles(false)
                .registerConverter(Path.class, GruCommand::path)
                .setExecutionStrategy(execution)
                .setParameterExceptionHandler(execution);
    }

    /** Converts an argument to a path; refuses an empty one, which would be the working directory. */
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

    /** The version, from the manifest of the jar. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = GruCommand.class.getPackage().getImplementationVersion();
            return new String[]{"gru " + (version == null ? "(not from a jar)" : version) + ", Java "
                    + Runtime.version()};
        }
    }
}
