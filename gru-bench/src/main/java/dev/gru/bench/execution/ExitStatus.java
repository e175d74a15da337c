package dev.gru.bench.execution;

import java.util.LinkedHashMap;
import java.util.Map;

import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine;

/** The exit statuses of the commands, and their description for {@code --help}. */
public final class ExitStatus {
    /** Success. */
    public static final int OK = 0;

    /** The command has run, and its result is negative; its help says what that means, if it has this status. */
    public static final int NO = 1;

    /** The command could not be run: a bad argument or file, or output that could not be written. */
    static final int USAGE = 2;

    /** The program itself failed: a bug, or too little memory. */
    static final int INTERNAL = 3;

    /** Terminated by the signal of Ctrl-C. */
    public static final int INTERRUPTED = 130;

    /** Terminated by the signal of a pipe whose reader is gone. */
    static final int CLOSED_PIPE = 141;

    private ExitStatus() {
    }

    /** Adds the list to the help of a command and all its subcommands; a command's own entries take precedence. */
    public static void document(CommandLine line) {
        UsageMessageSpec usage = line.getCommandSpec().usageMessage();
        Map<String, String> list = new LinkedHashMap<>();
        list.put(String.valueOf(OK), "success");
        list.putAll(usage.exitCodeList());
        list.putIfAbsent(String.valueOf(USAGE), "bad arguments or files, or something could not be written");
        list.putIfAbsent(String.valueOf(INTERNAL), "the program failed: a bug, or too little memory");
        list.putIfAbsent(String.valueOf(INTERRUPTED), "interrupted, such as by Ctrl-C");
        list.putIfAbsent(String.valueOf(CLOSED_PIPE), "the reader of the output is gone, as in gru ... | head");
        usage.exitCodeListHeading("%nExit status:%n");
        usage.exitCodeList(list);
        line.getSubcommands().values().forEach(ExitStatus::document);
    }
}
