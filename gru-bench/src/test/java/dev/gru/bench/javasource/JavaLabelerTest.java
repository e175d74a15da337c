package dev.gru.bench.javasource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JavaLabelerTest {

    private static Optional<List<TokenClass>> label(String source) throws IOException {
        return JavaLabeler.label(URI.create("string:///A.java"), source, JavaTokenizer.tokenize(source));
    }

    /** Checks the class of every word that is no keyword, as {@code name:CLASS}, and of what {@code also} names. */
    private static void assertLabels(String source, String expected, String... also) throws IOException {
        List<JavaToken> tokens = JavaTokenizer.tokenize(source);
        List<TokenClass> labels = label(source).orElseThrow();
        assertEquals(tokens.size(), labels.size());
        String actual = IntStream.range(0, tokens.size())
                .filter(i -> Arrays.asList(also).contains(tokens.get(i).text())
                        || (tokens.get(i).kind() == JavaToken.Kind.WORD && labels.get(i) != TokenClass.KEYWORD))
                .mapToObj(i -> tokens.get(i).text() + ":" + labels.get(i)).collect(Collectors.joining(" "));
        assertEquals(expected, actual);
    }

    @Test
    void packagesAndImports() throws IOException {
        assertLabels("package a.b; import java.util.List; import c.D.*; import static x.Y.z;",
                "a:PACKAGE b:PACKAGE java:PACKAGE util:PACKAGE List:TYPE c:PACKAGE D:TYPE *:PACKAGE"
                        + " x:PACKAGE Y:TYPE z:PACKAGE",
                "*");
    }

    @Test
    void declaredNames() throws IOException {
        assertLabels("class A<T extends B> { int f; A(int p) { int v = f; } <U> U m(T q)[] throws E { return null; } }",
                "A:TYPE T:TYPE B:TYPE f:FIELD A:METHOD p:PARAMETER v:LOCAL f:FIELD U:TYPE U:TYPE m:METHOD T:TYPE"
                        + " q:PARAMETER E:TYPE");
    }

    @Test
    void severalVariablesInOneDeclaration() throws IOException {
        assertLabels("class A { int a = this.b, b[] = {1}, c; }",
                "A:TYPE a:FIELD b:FIELD b:FIELD c:FIELD");
    }

    @Test
    void arrayBracketsBehindTheName() throws IOException {
        assertLabels("class A { void m(String a[], int[]... b) { int[] c[] = null; } }",
                "A:TYPE m:METHOD String:TYPE a:PARAMETER b:PARAMETER c:LOCAL");
    }

    @Test
    void enumConstantsAreFields() throws IOException {
        assertLabels("enum A { X, Y(1) { void m() {} }, @Deprecated Z; A(int... p) {} }",
                "A:TYPE X:FIELD Y:FIELD m:METHOD Deprecated:ANNOTATION Z:FIELD A:METHOD p:PARAMETER");
    }

    @Test
    void recordComponentsArePlacedLikeParametersAndUsedLikeFields() throws IOException {
        assertLabels("record A(int a, B b) { static int c; A { b.f(); } int g() { return a; } }",
                "A:TYPE a:PARAMETER B:TYPE b:PARAMETER c:FIELD A:METHOD b:PARAMETER f:METHOD g:METHOD a:FIELD");
    }

    @Test
    void lambdasCatchLoopsAndPatterns() throws IOException {
        assertLabels("class A { void m(Object o) { f((x, y) -> x + y, z -> z, (var w) -> o, B::g, C::new);"
                + " try (D d = e()) { } catch (E | F g) { g.h(); } for (int i : o.j) i++; var k = 1;"
                + " if (o instanceof G(int l, H n)) l(n); } }",
                "A:TYPE m:METHOD Object:TYPE o:PARAMETER f:METHOD x:PARAMETER y:PARAMETER x:PARAMETER y:PARAMETER"
                        + " z:PARAMETER z:PARAMETER w:PARAMETER o:PARAMETER B:TYPE g:METHOD C:TYPE"
                        + " D:TYPE d:LOCAL e:METHOD E:TYPE F:TYPE g:LOCAL g:LOCAL h:METHOD i:LOCAL o:PARAMETER j:FIELD"
                        + " i:LOCAL k:LOCAL o:PARAMETER G:TYPE l:LOCAL H:TYPE n:LOCAL l:METHOD n:LOCAL");
    }

    @Test
    void namesAreForgottenWithTheirScope() throws IOException {
        assertLabels(
                "class A { int v; void m(int v) { } void n() { { int v = 1; } v = 2; for (int i;;) v = i; i = 3; } }",
                "A:TYPE v:FIELD m:METHOD v:PARAMETER n:METHOD v:LOCAL v:FIELD i:LOCAL v:FIELD i:LOCAL i:FIELD");
    }

    @Test
    void unboundNamesGoByTheirLooks() throws IOException {
        assertLabels("class A { Object m() { return MAX + Foo.BAR + Foo.baz + Foo.Bar.q + T.t + qux + java.lang.Math.PI"
                + " + other.pack.C.d + B.class + A.this; } }",
                "A:TYPE Object:TYPE m:METHOD MAX:FIELD Foo:TYPE BAR:FIELD Foo:TYPE baz:FIELD Foo:TYPE Bar:TYPE q:FIELD"
                        + " T:TYPE t:FIELD qux:FIELD java:PACKAGE lang:PACKAGE Math:TYPE PI:FIELD"
                        + " other:FIELD pack:FIELD C:TYPE d:FIELD B:TYPE A:TYPE");
    }

    @Test
    void annotations() throws IOException {
        assertLabels("@B(c = D.E) @java.lang.F class A { @A A() { } void m(@G final int p) { } }",
                "@:ANNOTATION B:ANNOTATION c:FIELD D:TYPE E:TYPE @:ANNOTATION java:PACKAGE lang:PACKAGE F:ANNOTATION"
                        + " A:TYPE @:ANNOTATION A:ANNOTATION A:METHOD m:METHOD @:ANNOTATION G:ANNOTATION p:PARAMETER",
                "@");
    }

    @Test
    void keywordsLiteralsAndOperators() throws IOException {
        String source = "sealed interface A permits B { } non-sealed class B { int m(Object o) {"
                + " return switch (o) { case C c when true -> { yield 1; } default -> 'x'; }; } }";
        assertLabels(source,
                "sealed:KEYWORD A:TYPE permits:KEYWORD B:TYPE non:KEYWORD -:OPERATOR sealed:KEYWORD B:TYPE m:METHOD"
                        + " Object:TYPE o:PARAMETER o:PARAMETER C:TYPE c:LOCAL when:KEYWORD true:KEYWORD ->:OPERATOR"
                        + " yield:KEYWORD 1:LITERAL ->:OPERATOR '':LITERAL",
                "sealed", "permits", "non", "-", "when", "true", "->", "yield", "1", "''");
    }

    @Test
    void moduleDeclaration() throws IOException {
        String source = "open module a.b { requires transitive c.d; exports e to f; uses g.H; provides g.H with i.J; }";
        var labels = JavaLabeler.label(URI.create("string:///module-info.java"), source,
                JavaTokenizer.tokenize(source));
        List<JavaToken> tokens = JavaTokenizer.tokenize(source);
        assertEquals("open module requires transitive exports to uses provides with", IntStream.range(0, tokens.size())
                .filter(i -> labels.orElseThrow().get(i) == TokenClass.KEYWORD).mapToObj(i -> tokens.get(i).text())
                .collect(Collectors.joining(" ")));
        assertEquals("H H J", IntStream.range(0, tokens.size())
                .filter(i -> labels.orElseThrow().get(i) == TokenClass.TYPE).mapToObj(i -> tokens.get(i).text())
                .collect(Collectors.joining(" ")));
    }

    @Test
    void byteOrderMarkAndEscapesDoNotShiftAnything() throws IOException {
        assertLabels("\uFEFFclass \\u0041 { int f\\u0031; int m() { return f1; } }",
                "A:TYPE f1:FIELD m:METHOD f1:FIELD");
    }

    @ParameterizedTest
    @ValueSource(strings = {"class A {", "class { }", "int 3x;", "class A { void m() { \"x } }"})
    void whatJavacCannotParseHasNoLabels(String source) throws IOException {
        assertTrue(label(source).isEmpty());
    }

    @Test
    void emptySourceHasNoTokensAndNoError() throws IOException {
        assertEquals(Optional.of(List.of()), label("// nothing\n"));
    }
}
