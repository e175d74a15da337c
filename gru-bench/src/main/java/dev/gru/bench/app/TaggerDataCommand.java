package dev.gru.bench.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import dev.gru.bench.execution.Arguments;
import dev.gru.bench.execution.CommandFiles;
import dev.gru.bench.execution.ExitStatus;
import dev.gru.bench.execution.Failure;
import dev.gru.bench.javasource.JdkSources;
import dev.gru.bench.javasource.ParsedSource;
import dev.gru.bench.javasource.SourceFile;
import dev.gru.bench.javasource.SourceFinder;
import dev.gru.bench.javasource.TokenClass;
import dev.gru.bench.tagging.TaggedFileWriter;
import dev.gru.bench.tagging.TaggedSequence;

/**
 * Makes the data that the tagger of the demonstration is trained on.
 *
 * <p>Throws an exception with a message of one line for bad files and arguments, which the main command prints.
 */
@Command(name = "tagger-data", mixinStandardHelpOptions = true, description = {
        "Makes a file of labelled tokens from Java sources, for gru train and gru evaluate: one sequence per source,"
                + " with the label of each token from javac's parse tree. Files in which javac finds errors are left"
                + " out, and so are package-info.java and module-info.java, which are mostly comments.",
        "The sources are files, directories, or those of the JDK (--jdk), in an order that depends on --seed; the same"
                + " sources make the same file. A source that is not UTF-8, or that javac fails on, is skipped with a"
                + " warning and counted; the exit status is 0 if any source is left."})
final class TaggerDataCommand implements Callable<Integer> {
    private static final Set<String> LEFT_OUT = Set.of("package-info.java", "module-info.java");

    @Parameters(paramLabel = "FILE.java", description = "files, or directories that are searched for Java files")
    private List<Path> paths = new ArrayList<>();

    @Option(names = "--jdk", description = "use the sources of the JDK that this runs on, its lib/src.zip")
    private boolean jdk;

    @Option(names = "--src", paramLabel = "SRC.zip", description = "use the sources of a JDK in this file")
    private Path src;

    @Option(names = "--modules", paramLabel = "M", split = ",", defaultValue = "java.base", description = "modules"
            + " of the JDK, or directories in them, such as java.desktop/java/awt,java.sql; default: ${DEFAULT-VALUE}")
    private List<String> modules;

    @Option(names = "--files", paramLabel = "N", description = "files to use; default: all")
    private Integer limit;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "7", description = "seed of the order of the files;"
            + " default: ${DEFAULT-VALUE}")
    private long seed;

    @Option(names = "--out", required = true, paramLabel = "FILE.tsv.gz", description = "file to write, gzipped if"
            + " its name ends in .gz")
    private Path out;

    @Spec
    private CommandSpec spec;

    /** Counts of the sources so far. */
    private static final class Counts {
        int files;
        long tokens;
        int unparsed;
        int skipped;
    }

    @Override
    public Integer call() throws IOException {
        if (limit != null) {
            Arguments.atLeast("--files", 1, limit);
        }
        boolean ofJdk = jdk || src != null;
        if (ofJdk != paths.isEmpty()) {
            throw new IllegalArgumentException(
                    "the sources must be either files and directories, or --jdk or --src, were " + (ofJdk
                            ? "both"
                            : "neither"));
        }
        ParsedSource.requireCompiler();
        CommandFiles files = new CommandFiles().writes("--out", out);
        if (!ofJdk) {
            List<Path> found = SourceFinder.find(paths);
            for (Path source : found) {
                files.reads("FILE.java", source);
            }
            write(found);
            return ExitStatus.OK;
        }
        files.reads("--src", src);
        try (JdkSources sources = src == null ? JdkSources.ofThisJdk() : JdkSources.open(src)) {
            write(SourceFinder.find(sources.directories(modules)));
        }
        return ExitStatus.OK;
    }

    private void write(List<Path> found) throws IOException {
        List<Path> sources = new ArrayList<>(found);
        sources.removeIf(source -> LEFT_OUT.contains(source.getFileName().toString()));
        if (limit != null) {
            requireEnough(sources.size());
        }
        Collections.shuffle(sources, new Random(seed));
        Counts counts = new Counts();
        TaggedFileWriter.write(out, writer -> {
            for (Path source : sources) {
                add(source, writer, counts);
                if (limit != null && counts.files == limit) {
                    break;
                }
            }
            if (limit != null) {
                requireEnough(counts.files);
            }
            if (counts.files == 0) {
                throw new IllegalArgumentException("there is no source that javac can parse");
            }
        });
        PrintWriter report = spec.commandLine().getOut();
        report.printf(Locale.ROOT, "%s: %,d tokens of %,d files%s%s%n", out, counts.tokens, counts.files,
                counted("; javac could not parse %,d", counts.unparsed), counted("; skipped %,d", counts.skipped));
        report.flush();
    }

    /** Adds the tokens of a source; one that cannot be read or that javac fails on is skipped with a warning. */
    private void add(Path source, TaggedFileWriter writer, Counts counts) throws IOException {
        SourceFile file;
        try {
            file = SourceFile.read(source);
        } catch (IOException e) {
            counts.skipped++;
            PrintWriter err = spec.commandLine().getErr();
            err.println("gru: skipped: " + Failure.describe(e));
            err.flush();
            return;
        }
        if (file.truth().isEmpty()) {
            counts.unparsed++;
        } else if (!file.tokens().isEmpty()) {
            writer.add(new TaggedSequence(file.texts(), file.truth().get().stream().map(TokenClass::name).toList()));
            counts.tokens += file.tokens().size();
            counts.files++;
        }
    }

    private static String counted(String format, int count) {
        return count == 0 ? "" : String.format(Locale.ROOT, format, count);
    }

    private void requireEnough(int files) {
        if (files < limit) {
            throw new IllegalArgumentException(
                    "--files must be at most " + files + ", as many as there are, was " + limit);
        }
    }
}
