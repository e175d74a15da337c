package dev.gru.bench.javasource;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import javax.lang.model.element.Modifier;
import javax.lang.model.element.Name;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

import com.sun.source.tree.AnnotatedTypeTree;
import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.ArrayTypeTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.DirectiveTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.ImportTree;
import com.sun.source.tree.LambdaExpressionTree;
import com.sun.source.tree.MemberReferenceTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModuleTree;
import com.sun.source.tree.PackageTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.TypeParameterTree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;

import dev.gru.internal.Printable;

/**
 * Says what each token of a source file is, from javac's own parse tree: the answers that the tagger is held against.
 *
 * <p>Nothing is attributed, so a name is what it is bound to in its file, or else what it looks like: the rules by
 * which the tagger's training data was labelled. The tree knows where it starts and ends but seldom where its name
 * stands; names are found among the tokens.
 *
 * <p>The parameter of the visit methods is PARAMETER for the variables of a method or lambda, else null.
 */
public final class JavaLabeler extends TreeScanner<Void, TokenClass> {
    /** Packages that are known as such without attribution. */
    private static final Set<String> ROOT_PACKAGES = Set.of("java", "javax", "jdk");

    /** Trees at whose end the names declared in them are forgotten. */
    private static final Set<Tree.Kind> SCOPES = Set.of(Tree.Kind.METHOD, Tree.Kind.BLOCK, Tree.Kind.LAMBDA_EXPRESSION,
            Tree.Kind.FOR_LOOP, Tree.Kind.ENHANCED_FOR_LOOP, Tree.Kind.TRY, Tree.Kind.CATCH, Tree.Kind.SWITCH,
            Tree.Kind.SWITCH_EXPRESSION);

    private final TokenLabels labels;
    private final CompilationUnitTree unit;
    private final SourcePositions positions;

    /** Names of the fields that the file declares anywhere. */
    private final Set<String> fields = new HashSet<>();

    /** The parameters and locals in sight, each scope with all of those around it. */
    private final Deque<Map<String, TokenClass>> scopes = new ArrayDeque<>();

    /** Where the last variable ended: where the next one's name is looked for, as in {@code int a = 1, b}. */
    private int declaredUpTo;

    private JavaLabeler(List<JavaToken> tokens, CompilationUnitTree unit, SourcePositions positions) {
        this.unit = unit;
        this.positions = positions;
        labels = new TokenLabels(tokens);
    }

    /**
     * Returns the class of each token, or nothing if javac finds a syntax error.
     *
     * @param uri the name of the file
     * @param source its content
     * @param tokens its tokens, as {@link JavaTokenizer} finds them
     * @throws IllegalStateException if this Java runtime has no compiler
     * @throws IOException if javac fails on the file
     */
    public static Optional<List<TokenClass>> label(URI uri, String source, List<JavaToken> tokens) throws IOException {
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
            return Optional.of(new JavaLabeler(tokens, unit, Trees.instance(task).getSourcePositions()).run());
        } catch (RuntimeException | StackOverflowError | AssertionError e) {
            // javac's own limits and faults: expressions that are nested too deeply, above all.
            throw new IOException("javac fails on it: " + Printable.of(e), e);
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

    private List<TokenClass> run() {
        collectFields();
        scopes.push(new HashMap<>());
        scan(unit, null);
        // What has no tree of its own: the words of a module declaration, a guard's "when", the labels of statements.
        return labels.complete(word -> unit.getModule() != null || word.equals("when")
                ? TokenClass.KEYWORD
                : TokenClass.FIELD);
    }

    private void collectFields() {
        new TreeScanner<Void, Void>() {
            @Override
            public Void visitClass(ClassTree tree, Void nothing) {
                for (Tree member : tree.getMembers()) {
                    if (member instanceof VariableTree field) {
                        fields.add(field.getName().toString());
                    }
                }
                return super.visitClass(tree, null);
            }
        }.scan(unit, null);
    }

    /** Returns the class of a name that is bound to nothing in its file. */
    private static TokenClass byLooks(String name, boolean inRootPackage) {
        boolean allCaps = name.length() > 1 && name.equals(name.toUpperCase(Locale.ROOT));
        if (Character.isUpperCase(name.charAt(0))) {
            return allCaps ? TokenClass.FIELD : TokenClass.TYPE;
        }
        return inRootPackage ? TokenClass.PACKAGE : TokenClass.FIELD;
    }

    private int start(Tree tree) {
        return (int) positions.getStartPosition(unit, tree);
    }

    /** Returns where a tree ends; -1 if it stands for nothing in the source, such as modifiers that there are not. */
    private int end(Tree tree) {
        return (int) positions.getEndPosition(unit, tree);
    }

    /** Returns where a type ends but for its brackets, which may stand behind the name of what is declared. */
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

    private void labelPath(Tree path) {
        labels.putPath(start(path), end(path));
    }

    @Override
    public Void scan(Tree tree, TokenClass variables) {
        if (tree == null || !SCOPES.contains(tree.getKind())) {
            return super.scan(tree, variables);
        }
        scopes.push(new HashMap<>(scopes.element()));
        super.scan(tree, variables);
        scopes.pop();
        return null;
    }

    @Override
    public Void visitPackage(PackageTree tree, TokenClass variables) {
        scan(tree.getAnnotations(), null);
        labelPath(tree.getPackageName());
        return null;
    }

    @Override
    public Void visitImport(ImportTree tree, TokenClass variables) {
        labelPath(tree.getQualifiedIdentifier());
        return null;
    }

    @Override
    public Void visitModule(ModuleTree tree, TokenClass variables) {
        scan(tree.getAnnotations(), null);
        labelPath(tree.getName());
        var names = new TreeScanner<Void, Void>() {
            @Override
            public Void visitIdentifier(IdentifierTree name, Void nothing) {
                labelPath(name);
                return null;
            }

            @Override
            public Void visitMemberSelect(MemberSelectTree name, Void nothing) {
                labelPath(name);
                return null;
            }
        };
        for (DirectiveTree directive : tree.getDirectives()) {
            names.scan(directive, null);
        }
        return null;
    }

    @Override
    public Void visitClass(ClassTree tree, TokenClass variables) {
        String name = tree.getSimpleName().toString();
        if (!name.isEmpty()) {
            labels.putFirst(Math.max(start(tree), end(tree.getModifiers())), name, TokenClass.TYPE);
        }
        scan(tree.getModifiers(), null);
        scan(tree.getTypeParameters(), null);
        scan(tree.getExtendsClause(), null);
        scan(tree.getImplementsClause(), null);
        scan(tree.getPermitsClause(), null);
        for (Tree member : tree.getMembers()) {
            if (member instanceof MethodTree method) {
                labels.putFirst(beforeName(method), method.getReturnType() == null ? name : method.getName(),
                        TokenClass.METHOD);
            }
            if (member instanceof VariableTree variable) {
                // A record's component has a parameter's place, but is a field to the rest of the file.
                labelVariable(variable, isComponent(tree, variable) ? TokenClass.PARAMETER : TokenClass.FIELD);
            } else {
                scan(member, null);
            }
        }
        return null;
    }

    private static boolean isComponent(ClassTree owner, VariableTree variable) {
        return owner.getKind() == Tree.Kind.RECORD && !variable.getModifiers().getFlags().contains(Modifier.STATIC);
    }

    /** Returns the end of what stands before the name of a method or constructor. */
    private int beforeName(MethodTree tree) {
        if (tree.getReturnType() != null) {
            return endOfElementType(tree.getReturnType());
        }
        return tree.getTypeParameters().isEmpty()
                ? Math.max(start(tree), end(tree.getModifiers()))
                : end(tree.getTypeParameters().getLast());
    }

    @Override
    public Void visitTypeParameter(TypeParameterTree tree, TokenClass variables) {
        int from = tree.getAnnotations().isEmpty() ? start(tree) : end(tree.getAnnotations().getLast());
        labels.putFirst(from, tree.getName(), TokenClass.TYPE);
        return super.visitTypeParameter(tree, null);
    }

    @Override
    public Void visitMethod(MethodTree tree, TokenClass variables) {
        scan(tree.getModifiers(), null);
        scan(tree.getReturnType(), null);
        scan(tree.getTypeParameters(), null);
        for (VariableTree parameter : tree.getParameters()) {
            if (start(parameter) < start(tree)) {
                // javac gives a record's compact constructor parameters that stand elsewhere, in the header.
                scopes.element().put(parameter.getName().toString(), TokenClass.PARAMETER);
            } else {
                scan(parameter, TokenClass.PARAMETER);
            }
        }
        scan(tree.getReceiverParameter(), null);
        scan(tree.getThrows(), null);
        scan(tree.getBody(), null);
        scan(tree.getDefaultValue(), null);
        return null;
    }

    @Override
    public Void visitLambdaExpression(LambdaExpressionTree tree, TokenClass variables) {
        scan(tree.getParameters(), TokenClass.PARAMETER);
        scan(tree.getBody(), null);
        return null;
    }

    @Override
    public Void visitVariable(VariableTree tree, TokenClass variables) {
        TokenClass label = variables == null ? TokenClass.LOCAL : variables;
        scopes.element().put(tree.getName().toString(), label);
        labelVariable(tree, label);
        return null;
    }

    private void labelVariable(VariableTree tree, TokenClass label) {
        String name = tree.getName().toString();
        if (!name.isEmpty()) {
            labels.putFirst(Math.max(declaredUpTo, beforeName(tree)), name, label);
        }
        scan(tree.getModifiers(), null);
        scan(tree.getType(), null);
        scan(tree.getNameExpression(), null);
        scan(tree.getInitializer(), null);
        declaredUpTo = Math.max(declaredUpTo, end(tree));
    }

    /** Returns an offset behind the type of a variable, if it has one, and not behind its name. */
    private int beforeName(VariableTree tree) {
        int from = Math.max(start(tree), end(tree.getModifiers()));
        Tree type = tree.getType();
        return type == null ? from : Math.max(from, endOfElementType(type));
    }

    @Override
    public Void visitAnnotation(AnnotationTree tree, TokenClass variables) {
        labels.putAt(start(tree), "@", TokenClass.ANNOTATION);
        Tree type = tree.getAnnotationType();
        scan(type, null);
        Name name = type instanceof MemberSelectTree select
                ? select.getIdentifier()
                : ((IdentifierTree) type).getName();
        labels.putEndingAt(end(type), name, TokenClass.ANNOTATION);
        scan(tree.getArguments(), null);
        return null;
    }

    @Override
    public Void visitMethodInvocation(MethodInvocationTree tree, TokenClass variables) {
        scan(tree.getTypeArguments(), null);
        ExpressionTree select = tree.getMethodSelect();
        if (select instanceof IdentifierTree method) {
            labels.putAt(start(method), method.getName(), TokenClass.METHOD);
        } else if (select instanceof MemberSelectTree method) {
            scan(method.getExpression(), null);
            labels.putEndingAt(end(method), method.getIdentifier(), TokenClass.METHOD);
        } else {
            scan(select, null);
        }
        scan(tree.getArguments(), null);
        return null;
    }

    @Override
    public Void visitMemberReference(MemberReferenceTree tree, TokenClass variables) {
        labels.putEndingAt(end(tree), tree.getName(), TokenClass.METHOD);
        return super.visitMemberReference(tree, null);
    }

    @Override
    public Void visitMemberSelect(MemberSelectTree tree, TokenClass variables) {
        ExpressionTree root = tree;
        while (root instanceof MemberSelectTree select) {
            root = select.getExpression();
        }
        boolean inRootPackage = root instanceof IdentifierTree name
                && ROOT_PACKAGES.contains(name.getName().toString());
        String name = tree.getIdentifier().toString();
        labels.putEndingAt(end(tree), name, byLooks(name, inRootPackage));
        return super.visitMemberSelect(tree, null);
    }

    @Override
    public Void visitIdentifier(IdentifierTree tree, TokenClass variables) {
        String name = tree.getName().toString();
        TokenClass bound = scopes.element().get(name);
        if (bound == null) {
            bound = fields.contains(name) ? TokenClass.FIELD : byLooks(name, ROOT_PACKAGES.contains(name));
        }
        labels.putAt(start(tree), name, bound);
        return null;
    }
}
