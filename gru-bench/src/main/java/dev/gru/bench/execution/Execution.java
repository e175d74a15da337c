package dev.gru.bench.execution;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.function.BooleanSupplier;

import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.IExecutionStrategy;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.UnmatchedArgumentException;
import picocli.CommandLine;

import dev.gru.bench.terminal.PrintableWriter;
import dev.gru.bench.terminal.StandardOutput;

/**
 * Runs a command so that it always ends with a documented status: an exception becomes one line on stderr, preceded by
 * a stack trace on request, and output that could not be written is a failure.
 */
public final class Execution implements IExecutionStrategy, IParameterExceptionHandler {
    private final StandardOutput standardOutput;
    private final BooleanSupplier wantsStackTrace;

    /**
     * Creates the execution of a command line.
     *
     * @param standardOutput the destination of the output of commands, or null if it is not known
     * @param wantsStackTrace whether to print a stack trace; asked when a command has failed
     */
    public Execution(StandardOutput standardOutput, BooleanSupplier wantsStackTrace) {
        this.standardOutput = standardOutput;
        this.wantsStackTrace = wantsStackTrace;
    }

    @Override
    public int execute(ParseResult result) {
        CommandLine line = result.commandSpec().commandLine();
        int status;
        try {
            // Help is printed as it is: it has colours.
            Integer help = CommandLine.executeHelpRequest(result);
            status = help != null ? help : run(line, result);
        } catch (ParameterException e) {
            status = handleParseException(e, new String[0]);
        } catch (ExecutionException e) {
            status = fail(line, e.getCause() == null ? e : e.getCause());
        } catch (Throwable e) { // The last resort: errors of the JVM, too, become one line and a status.
            status = fail(line, e);
        }
        return withOutput(line, status);
    }

    private static int run(CommandLine line, ParseResult result) {
        line.setOut(PrintableWriter.of(line.getOut()));
        line.setErr(PrintableWriter.of(line.getErr()));
        return new RunLast().execute(result);
    }

    /** Returns the status of a command, or another one if its output could not be written. */
    private int withOutput(CommandLine line, int status) {
        boolean failed = line.getOut().checkError();
        failed |= System.out.checkError();
        if (!failed || (status != ExitStatus.OK && status != ExitStatus.NO)) {
            return status;
        }
        if (standardOutput != null && standardOutput.isClosedPipe()) {
            return ExitStatus.CLOSED_PIPE;
        }
        print(line, "standard output: " + (standardOutput == null ? "cannot be written" : standardOutput.reason()));
        return ExitStatus.USAGE;
    }

    @Override
    public int handleParseException(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        List<String> suggestions = e instanceof UnmatchedArgumentException unmatched
                ? unmatched.getSuggestions()
                : List.of();
        String help = command.getCommandSpec().qualifiedName() + " --help";
        return fail(command, new ParameterException(command, Failure.describe(e)
                + (suggestions.isEmpty() ? "" : "; is it " + String.join(" or ", suggestions) + "?")
                + " (" + help + ")", e));
    }

    private int fail(CommandLine line, Throwable thrown) {
        try {
            if (wantsStackTrace.getAsBoolean()) {
                StringWriter trace = new StringWriter();
                thrown.printStackTrace(new PrintWriter(trace, true));
                line.getErr().print(trace);
            }
            print(line, Failure.describe(thrown));
        } catch (OutOfMemoryError | StackOverflowError _) {
            // There is no memory even for a line; the status remains.
        }
        return Failure.status(thrown);
    }

    private static void print(CommandLine line, String message) {
        PrintWriter err = line.getErr();
        err.println("gru: " + message);
        err.flush();
    }
}
