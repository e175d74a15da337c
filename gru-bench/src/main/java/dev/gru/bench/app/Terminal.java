package dev.gru.bench.app;

import java.io.Console;

/** Whether somebody is watching. */
final class Terminal {
    private Terminal() {
    }

    /** Returns whether the program reads from and writes to a terminal. */
    // The console may still be null: which provider makes it is up to whoever configures the JVM.
    @SuppressWarnings("SystemConsoleNull")
    static boolean isThere() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }
}
