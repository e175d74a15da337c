package dev.gru.bench.execution;

import java.util.LinkedHashMap;
import java.util.Map;

import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine;

/** What the commands exit with, in the words of their {@code --help}. */
public final class ExitStatus {
    /** All went well. */
    public static final int OK = 0;

    /** The command has done its work and says no: what that means is in its help, if it can happen. */
    public static final int NO = 1;

    /** The command cannot do what it is asked for: an argument, a file, or what is printed or written. */
    static final int USAGE = 2;

    /** The program itself failed: a bug, or too little memory. */
    static final int INTERNAL = 3;

    /** As of a program that ended by the signal of Ctrl-C. */
    public static final int INTERRUPTED = 130;

    /** As of a program that ended by the signal of a pipe whose reader is gone. */
    static final int CLOSED_PIPE = 141;

    private ExitStatus() {
    }

    /** Puts the list into the help of a command and all below it; what a command's own list says comes first. */
    public static void document(CommandLine line) {
        UsageMessageSpec usage = line.getCommandSpec().usageMessage();
        Map<String, String> list = new LinkedHashMap<>();
        list.put(String.valueOf(OK), "all went well");
        list.putAll(usage.exitCodeList());
        list.putIfAbsent(String.valueOf(USAGE), "bad arguments or files, or something could not be written");
        list.putIfAbsent(String.valueOf(INTERNAL), "the program failed: a bug, or too little memory");
        list.putIfAbsent(String.valueOf(INTERRUPTED), "interrupted, as by Ctrl-C");
        list.putIfAbsent(String.valueOf(CLOSED_PIPE), "whoever read the output is gone, as in gru ... | head");
        usage.exitCodeListHeading("%nExit status:%n");
        usage.exitCodeList(list);
        line.getSubcommands().values().forEach(ExitStatus::document);
    }
}
