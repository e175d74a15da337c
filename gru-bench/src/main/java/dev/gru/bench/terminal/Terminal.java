package dev.gru.bench.terminal;

import java.io.Console;

/** The terminal of the program, if it has one. */
public final class Terminal {
    private Terminal() {
    }

    /** Returns whether the program reads from and writes to a terminal. */
    // The console may be null: its provider depends on the configuration of the JVM.
    @SuppressWarnings("SystemConsoleNull")
    public static boolean isThere() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }
}
