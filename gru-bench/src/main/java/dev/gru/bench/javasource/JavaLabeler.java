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

import com.sun.source.tree.AnnotationTree;
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
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;

/**
 * Labels the tokens of a source file from javac's own parse tree: the truth that the tagger is compared with.
 *
 * <p>The tree is not attributed, so the class of a name follows from its declaration in the file, or else from its
 * form: the rules by which the tagger's training data was labelled. The positions in a tree are its start and end, but
 * seldom that of its name; names are found among the tokens.
 *
 * <p>The parameter of the visit methods is PARAMETER for the variables of a method or lambda, else null.
 */
public final class JavaLabeler extends TreeScanner<Void, TokenClass> {
    /** First parts of names that are known as packages without attribution. */
    private static final Set<String> ROOT_PACKAGES = Set.of("java", "javax", "jdk");

    /** Trees at whose end the scope of the names declared in them ends. */
    private static final Set<Tree.Kind> SCOPES = Set.of(Tree.Kind.METHOD, Tree.Kind.BLOCK, Tree.Kind.LAMBDA_EXPRESSION,
            Tree.Kind.FOR_LOOP, Tree.Kind.ENHANCED_FOR_LOOP, Tree.Kind.TRY, Tree.Kind.CATCH, Tree.Kind.SWITCH,
            Tree.Kind.SWITCH_EXPRESSION);

    private final TokenLabels labels;
    private final ParsedSource source;
    private final CompilationUnitTree unit;

    /** Names of the fields that the file declares anywhere. */
    private final Set<String> fields = new HashSet<>();

    /** The visible parameters and local variables; each scope includes those around it. */
    private final Deque<Map<String, TokenClass>> scopes = new ArrayDeque<>();

    /** The end of the last variable, from which the name of the next one is searched, as in {@code int a = 1, b}. */
    private int declaredUpTo;

    private JavaLabeler(List<JavaToken> tokens, ParsedSource source) {
        this.source = source;
        unit = source.unit();
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
        Optional<ParsedSource> parsed = ParsedSource.parse(uri, source);
        try {
            return parsed.map(tree -> new JavaLabeler(tokens, tree).run());
        } catch (RuntimeException | StackOverflowError | AssertionError e) {
            // Expressions that javac parses may still be nested too deeply to be walked over.
            throw ParsedSource.failed(e);
        }
    }

    private List<TokenClass> run() {
        collectFields();
        scopes.push(new HashMap<>());
        scan(unit, null);
        // Words without a tree: those of a module declaration, the "when" of a guard, the labels of statements.
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

    /** Returns the class of a name that its file does not declare. */
    private static TokenClass byLooks(String name, boolean inRootPackage) {
        boolean allCaps = name.length() > 1 && name.equals(name.toUpperCase(Locale.ROOT));
        if (Character.isUpperCase(name.charAt(0))) {
            return allCaps ? TokenClass.FIELD : TokenClass.TYPE;
        }
        return inRootPackage ? TokenClass.PACKAGE : TokenClass.FIELD;
    }

    private void labelPath(Tree path) {
        labels.putPath(source.start(path), source.end(path));
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
            labels.putFirst(Math.max(source.start(tree), source.end(tree.getModifiers())), name, TokenClass.TYPE);
        }
        scan(tree.getModifiers(), null);
        scan(tree.getTypeParameters(), null);
        scan(tree.getExtendsClause(), null);
        scan(tree.getImplementsClause(), null);
        scan(tree.getPermitsClause(), null);
        for (Tree member : tree.getMembers()) {
            if (member instanceof MethodTree method) {
                labels.putFirst(source.beforeName(method), method.getReturnType() == null ? name : method.getName(),
                        TokenClass.METHOD);
            }
            if (member instanceof VariableTree variable) {
                // A component of a record is labelled as a parameter where it is declared, and as a field elsewhere.
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

    @Override
    public Void visitTypeParameter(TypeParameterTree tree, TokenClass variables) {
        int from = tree.getAnnotations().isEmpty() ? source.start(tree) : source.end(tree.getAnnotations().getLast());
        labels.putFirst(from, tree.getName(), TokenClass.TYPE);
        return super.visitTypeParameter(tree, null);
    }

    @Override
    public Void visitMethod(MethodTree tree, TokenClass variables) {
        scan(tree.getModifiers(), null);
        scan(tree.getReturnType(), null);
        scan(tree.getTypeParameters(), null);
        for (VariableTree parameter : tree.getParameters()) {
            if (source.start(parameter) < source.start(tree)) {
                // javac gives the compact constructor of a record the parameters of the header, which are elsewhere.
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
            labels.putFirst(Math.max(declaredUpTo, source.beforeName(tree)), name, label);
        }
        scan(tree.getModifiers(), null);
        scan(tree.getType(), null);
        scan(tree.getNameExpression(), null);
        scan(tree.getInitializer(), null);
        declaredUpTo = Math.max(declaredUpTo, source.end(tree));
    }

    @Override
    public Void visitAnnotation(AnnotationTree tree, TokenClass variables) {
        labels.putAt(source.start(tree), "@", TokenClass.ANNOTATION);
        Tree type = tree.getAnnotationType();
        scan(type, null);
        Name name = type instanceof MemberSelectTree select
                ? select.getIdentifier()
                : ((IdentifierTree) type).getName();
        labels.putEndingAt(source.end(type), name, TokenClass.ANNOTATION);
        scan(tree.getArguments(), null);
        return null;
    }

    @Override
    public Void visitMethodInvocation(MethodInvocationTree tree, TokenClass variables) {
        scan(tree.getTypeArguments(), null);
        ExpressionTree select = tree.getMethodSelect();
        if (select instanceof IdentifierTree method) {
            labels.putAt(source.start(method), method.getName(), TokenClass.METHOD);
        } else if (select instanceof MemberSelectTree method) {
            scan(method.getExpression(), null);
            labels.putEndingAt(source.end(method), method.getIdentifier(), TokenClass.METHOD);
        } else {
            scan(select, null);
        }
        scan(tree.getArguments(), null);
        return null;
    }

    @Override
    public Void visitMemberReference(MemberReferenceTree tree, TokenClass variables) {
        labels.putEndingAt(source.end(tree), tree.getName(), TokenClass.METHOD);
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
        labels.putEndingAt(source.end(tree), name, byLooks(name, inRootPackage));
        return super.visitMemberSelect(tree, null);
    }

    @Override
    public Void visitIdentifier(IdentifierTree tree, TokenClass variables) {
        String name = tree.getName().toString();
        TokenClass bound = scopes.element().get(name);
        if (bound == null) {
            bound = fields.contains(name) ? TokenClass.FIELD : byLooks(name, ROOT_PACKAGES.contains(name));
        }
        labels.putAt(source.start(tree), name, bound);
        return null;
    }
}
