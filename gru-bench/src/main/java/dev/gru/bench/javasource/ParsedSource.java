package dev.gru.bench.javasource;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Optional;

import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

import com.sun.source.tree.AnnotatedTypeTree;
import com.sun.source.tree.ArrayTypeTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.Trees;

import dev.gru.internal.Printable;

/**
 * A source file as javac parses it, without attribution, and the offsets of the parts of its tree.
 *
 * <p>For use by one thread.
 */
public final class ParsedSource {
    private final CompilationUnitTree unit;
    private final SourcePositions positions;

    private ParsedSource(CompilationUnitTree unit, SourcePositions positions) {
        this.unit = unit;
        this.positions = positions;
    }

    /**
     * Parses a file.
     *
     * @param uri the name of the file
     * @param source its content
     * @return nothing if javac finds a syntax error
     * @throws IllegalStateException if this Java runtime has no compiler
     * @throws IOException if javac fails on the file
     */
    static Optional<ParsedSource> parse(URI uri, String source) throws IOException {
        JavaCompiler compiler = requireCompiler();
        // javac takes a byte order mark for an illegal character; a blank keeps the offsets.
        String text = source.startsWith("\uFEFF") ? " " + source.substring(1) : source;
        var file = new SimpleJavaFileObject(uri, JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return text;
            }
        };
        var diagnostics = new DiagnosticCollector<JavaFileObject>();
        try {
            JavacTask task = (JavacTask) compiler.getTask(null, null, diagnostics, List.of("-proc:none"), null,
                    List.of(file));
            CompilationUnitTree unit = task.parse().iterator().next();
            if (diagnostics.getDiagnostics().stream().anyMatch(d -> d.getKind() == Diagnostic.Kind.ERROR)) {
                return Optional.empty();
            }
            return Optional.of(new ParsedSource(unit, Trees.instance(task).getSourcePositions()));
        } catch (RuntimeException | StackOverflowError | AssertionError e) {
            throw failed(e);
        }
    }

    /**
     * Returns the compiler.
     *
     * @throws IllegalStateException if this Java runtime has none
     */
    public static JavaCompiler requireCompiler() {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null) {
            throw new IllegalStateException("this Java runtime has no compiler (module jdk.compiler); use a full JDK");
        }
        return compiler;
    }

    /** Returns the exception for limits and bugs of javac: above all, expressions that are nested too deeply. */
    static IOException failed(Throwable thrown) {
        return new IOException("javac fails on it: " + Printable.of(thrown), thrown);
    }

    /** Returns the tree of the file. */
    CompilationUnitTree unit() {
        return unit;
    }

    /** Returns the offset at which a tree begins. */
    int start(Tree tree) {
        return (int) positions.getStartPosition(unit, tree);
    }

    /** Returns the offset at which a tree ends; -1 if it has no text in the source, such as empty modifiers. */
    int end(Tree tree) {
        return (int) positions.getEndPosition(unit, tree);
    }

    /** Returns the offset at which a type ends without its brackets, which may follow the declared name. */
    private int endOfElementType(Tree type) {
        Tree element = type;
        while (true) {
            if (element instanceof ArrayTypeTree array) {
                element = array.getType();
            } else if (element instanceof AnnotatedTypeTree annotated
                    && annotated.getUnderlyingType() instanceof ArrayTypeTree array) {
                element = array.getType();
            } else {
                return end(element);
            }
        }
    }

    /** Returns the end of the text before the name of a method or constructor. */
    int beforeName(MethodTree tree) {
        if (tree.getReturnType() != null) {
            return endOfElementType(tree.getReturnType());
        }
        return tree.getTypeParameters().isEmpty()
                ? Math.max(start(tree), end(tree.getModifiers()))
                : end(tree.getTypeParameters().getLast());
    }

    /** Returns an offset after the type of a variable, if it has one, and before its name. */
    int beforeName(VariableTree tree) {
        int from = Math.max(start(tree), end(tree.getModifiers()));
        Tree type = tree.getType();
        return type == null ? from : Math.max(from, endOfElementType(type));
    }
}
