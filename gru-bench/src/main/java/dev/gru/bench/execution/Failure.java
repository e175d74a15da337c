package dev.gru.bench.execution;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

import picocli.CommandLine.ParameterException;

import dev.gru.internal.Printable;

/** The message and the exit status for an exception. */
public final class Failure {
    private Failure() {
    }

    /** Returns the exit status. */
    public static int status(Throwable thrown) {
        if (thrown instanceof InterruptedException) {
            return ExitStatus.INTERRUPTED;
        }
        return isForUser(thrown) ? ExitStatus.USAGE : ExitStatus.INTERNAL;
    }

    /** Returns whether its message is for the user; anything else is a bug, or the JVM is out of memory. */
    private static boolean isForUser(Throwable thrown) {
        return thrown instanceof IOException || thrown instanceof UncheckedIOException
                || thrown instanceof IllegalArgumentException || thrown instanceof IllegalStateException
                || thrown instanceof ParameterException;
    }

    /** Returns the message, in one line. */
    public static String describe(Throwable thrown) {
        return Printable.line(message(thrown).strip().replaceAll("\\s*\\R\\s*", "; "));
    }

    private static String message(Throwable thrown) {
        return switch (thrown) {
            case UncheckedIOException unchecked -> message(unchecked.getCause());
            case NoSuchFileException missing -> "no such file: " + missing.getMessage();
            case AccessDeniedException denied -> "no permission for " + denied.getMessage();
            case FileSystemException other when other.getReason() == null ->
                "cannot read or write " + other.getMessage() + " (" + other.getClass().getSimpleName() + ")";
            case InterruptedException _ -> "interrupted";
            case OutOfMemoryError memory -> "not enough memory (" + memory.getMessage()
                    + "): the sizes are too large, or the JVM needs more, such as by GRU_JAVA_OPTS=-Xmx8g";
            case Throwable user when isForUser(user) ->
                user.getMessage() == null ? user.getClass().getSimpleName() : user.getMessage();
            default -> "internal error: " + thrown.getClass().getSimpleName()
                    + (thrown.getMessage() == null ? "" : ": " + thrown.getMessage())
                    + " (--stacktrace shows where)";
        };
    }
}
