package dev.gru.bench.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import dev.gru.ModelOptions;
import dev.gru.bench.demo.DemoReport;
import dev.gru.bench.demo.JavaTagger;
import dev.gru.bench.demo.SourcePainter;
import dev.gru.bench.demo.TaggerRun;
import dev.gru.bench.execution.ExitStatus;
import dev.gru.bench.javasource.SourceFile;
import dev.gru.bench.javasource.SourceFinder;
import dev.gru.bench.javasource.TokenClass;
import dev.gru.bench.tagging.Tagger;
import dev.gru.bench.tagging.Vocabulary;
import dev.gru.bench.terminal.ColorMode;
import dev.gru.bench.terminal.PrintableWriter;
import dev.gru.bench.terminal.Terminal;
import dev.gru.kernel.GruKernel;
import dev.gru.kernel.KernelSelection;
import dev.gru.weights.Precision;

/** Runs the Java tagger over source files, one token at a time, on every kernel that this JVM has. */
@Command(name = "demo", mixinStandardHelpOptions = true, description = {
        "Labels Java source token by token with a GRU model: as types, methods, parameters and so on. Prints a file"
                + " with its labels, how many labels agree with javac's parser, and the speed of each kernel."})
final class DemoCommand implements Callable<Integer> {
    /** The system property by which the start script names the root of the project. */
    static final String HOME = "gru.home";

    /** The one of this project's own sources that is printed: the equations. */
    private static final Path PRINTED = Path.of("gru-core/src/main/java/dev/gru/kernel/ScalarGru.java");

    /** From the fastest kernel to the slow one, the reference. */
    private static final List<String> KERNELS = List.of("simd", "portable", "scalar");

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE.java", description = "files, or directories that are searched for Java files;"
            + " default: the sources of this project")
    private List<Path> paths = new ArrayList<>();

    @Option(names = "--color", paramLabel = "WHEN", description = "auto, always or never; the environment variable"
            + " NO_COLOR turns auto off; default: auto")
    private ColorMode color = ColorMode.AUTO;

    @Option(names = "--lines", paramLabel = "N", defaultValue = "60", description = "lines of the first file to print,"
            + " 0 for all; default: ${DEFAULT-VALUE}")
    private int lines;

    @Option(names = "--marks", description = "print the labels as letters below each line")
    private boolean marks;

    @Option(names = "--reference-tokens", paramLabel = "N", defaultValue = "20000", description = "tokens that the"
            + " slower kernels run, at most; default: ${DEFAULT-VALUE}")
    private int referenceTokens;

    @Option(names = "--precision", paramLabel = "P", defaultValue = "fp32", description = "precision of the weights,"
            + " fp32 or bf16; default: ${DEFAULT-VALUE}")
    private Precision precision;

    @Override
    public Integer call() throws IOException {
        require(lines >= 0, "--lines must be at least 0, was " + lines);
        require(referenceTokens >= 1, "--reference-tokens must be at least 1, was " + referenceTokens);
        PrintWriter out = spec.commandLine().getOut();
        List<SourceFile> files = read();
        Vocabulary vocabulary = JavaTagger.vocabulary();
        List<int[]> streams = files.stream().map(file -> vocabulary.ids(file.texts())).toList();
        ModelOptions options = ModelOptions.defaults().withPrecision(precision);
        List<TaggerRun> runs = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        for (String name : KERNELS) {
            GruKernel kernel;
            try {
                kernel = KernelSelection.named(name);
            } catch (IllegalStateException e) {
                notes.add(e.getMessage());
                continue;
            }
            progress("running " + name + " ...");
            try (Tagger tagger = JavaTagger.load(options.withKernel(kernel.name()))) {
                runs.add(TaggerRun.of(tagger.model(), streams, runs.isEmpty() ? Integer.MAX_VALUE : referenceTokens));
            }
        }
        print(out, files.getFirst(), runs.getFirst().predicted(0));
        out.println();
        files.stream().filter(file -> file.truth().isEmpty())
                .map(file -> "javac cannot parse " + file.path() + ": the accuracy leaves it out")
                .forEach(out::println);
        notes.forEach(out::println);
        out.print(new DemoReport(files, runs).format());
        out.flush();
        return ExitStatus.OK;
    }

    private void require(boolean condition, String message) {
        if (!condition) {
            throw new ParameterException(spec.commandLine(), message);
        }
    }

    private List<SourceFile> read() throws IOException {
        List<Path> sources = SourceFinder.find(paths.isEmpty() ? ownSources() : paths);
        progress("reading " + sources.size() + (sources.size() == 1 ? " file ..." : " files ..."));
        List<SourceFile> files = new ArrayList<>();
        for (Path source : sources) {
            files.add(SourceFile.read(source));
        }
        return files;
    }

    private static List<Path> ownSources() {
        Path home = Path.of(System.getProperty(HOME, ""));
        Path printed = home.resolve(PRINTED);
        return Files.exists(printed) ? List.of(printed, home) : List.of(home);
    }

    private void print(PrintWriter out, SourceFile file, List<TokenClass> predicted) {
        boolean colors = color.colors(Terminal.isThere(), System.getenv("NO_COLOR"), System.getenv("TERM"));
        int all = SourcePainter.countLines(file.text());
        int shown = lines == 0 ? all : Math.min(lines, all);
        Path home = Path.of(System.getProperty(HOME, ""));
        Path path = file.path().startsWith(home) ? home.relativize(file.path()) : file.path();
        out.println(path + (shown < all
                ? ", the first " + shown + " of " + all + " lines (--lines=0 shows all)"
                : ", " + all + (all == 1 ? " line" : " lines")));
        out.println();
        PrintableWriter.raw(out).print(SourcePainter.paint(file, predicted, lines, colors, marks));
        if (colors || marks) {
            out.println();
            PrintableWriter.raw(out).println(SourcePainter.legend(colors, marks));
        } else {
            out.println();
            out.println("No colours here; --color=always or --marks show the labels.");
        }
    }

    /** Prints progress, but only on a terminal. */
    private void progress(String message) {
        if (Terminal.isThere()) {
            spec.commandLine().getErr().println(message);
        }
    }
}
