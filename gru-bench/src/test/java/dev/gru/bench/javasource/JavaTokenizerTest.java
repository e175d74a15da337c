package dev.gru.bench.javasource;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JavaTokenizerTest {

    private static String texts(String source) {
        return JavaTokenizer.tokenize(source).stream().map(JavaToken::text).collect(Collectors.joining(" "));
    }

    @Test
    void commentsAndWhiteSpaceAreDropped() {
        assertEquals("a b c d", texts("a // x \"\n\tb/* y\r\n // */c /** z */ \f d //end"));
    }

    @Test
    void linesMayEndWithCarriageReturns() {
        assertEquals("a ; b ; c", texts("a; // x\r\nb; // y\rc // z\r\n"));
    }

    @Test
    void byteOrderMarkIsDropped() {
        assertEquals(List.of(new JavaToken(1, 6, JavaToken.Kind.WORD, "class")), JavaTokenizer.tokenize("\uFEFFclass"));
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "7, 7", "42, 0", "1L, 0", "0x1F, 0", "0xe+1, 0 + 1", "1_000, 0", "0b101, 0", "1.5e-3f, 0",
            ".5, 0", "5., 0", "1e10, 0", "0x1.8p+3, 0", "1.0.0, 0 0", "3-1, 3 - 1", "a1, a1"})
    void numberKeepsOneDigitOnly(String source, String expected) {
        assertEquals(expected, texts(source));
    }

    @Test
    void literalsKeepTheirFormOnly() {
        assertEquals("\"\" , \"\" ; '' + ''", texts("\"a \\\" // b\" , \"\"; '\\'' + '\"'"));
    }

    @Test
    void textBlockEndsAtThreeQuotesOnly() {
        assertEquals("a \"\"\" ; b", texts("a \"\"\"\n x \" \"\" \\\"\"\" y\n \"\"\"; b"));
    }

    @ParameterizedTest
    @CsvSource({"a>>>=b, a >>>= b", "a<<=1, a <<= 1", "a>>=1, a >>= 1", "a<<1, a < < 1", "a>>>1, a > > > 1",
            "f(int...x), f ( int ... x )", "x->y::z, x -> y :: z", "i+++j--, i ++ + j --", "a&&b||!c, a && b || ! c",
            "a!=b==c<=d>=e, a != b == c <= d >= e", "a+=b-=c*=d/=e%=f, a += b -= c *= d /= e %= f",
            "a&=b|=c^=d, a &= b |= c ^= d", "@A, @ A", "non-sealed, non - sealed"})
    void operatorsAreTakenLongestFirst(String source, String expected) {
        assertEquals(expected, texts(source));
    }

    @Test
    void closingBracketsOfGenericsAreSingle() {
        assertEquals("Map < A , List < Set < B > > > c ;", texts("Map<A, List<Set<B>>> c;"));
    }

    @Test
    void unicodeEscapesAreTranslatedButOffsetsAreOfTheSource() {
        List<JavaToken> tokens = JavaTokenizer.tokenize("int \\u0061b\\uu003d 1;");
        assertEquals("int ab = 1 ;", texts("int \\u0061b\\uu003d 1;"));
        assertEquals(new JavaToken(4, 11, JavaToken.Kind.WORD, "ab"), tokens.get(1));
        assertEquals(new JavaToken(11, 18, JavaToken.Kind.OPERATOR, "="), tokens.get(2));
    }

    @Test
    void secondBackslashOfAPairStartsNoEscape() {
        assertEquals("\"\" ; b", texts("\"\\\\u0022\"; b"));
        assertEquals("\"\" + b", texts("\"\\u005c\"\" + b"));
    }

    @Test
    void identifiersMayHoldLettersOfAnyScript() {
        assertEquals("größe . \uD835\uDC00 $_1", texts("größe.\uD835\uDC00 $_1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\"", "'", "\"\"\"", "\\", "\\u", "\\u12", "\"\\", "'\\", "\"\"\"\\", "\uD835", "#",
            ".",
            "1.", "0x"})
    void whatIsCutOffHasTokensToo(String source) {
        assertEquals(source, JavaTokenizer.tokenize(source).stream()
                .map(token -> source.substring(token.start(), token.end())).collect(Collectors.joining()));
    }

    @ParameterizedTest
    @ValueSource(strings = {" ", "/*", "/* *", "//", "\u001A", "\uFEFF"})
    void whatIsDroppedMayBeCutOff(String source) {
        assertEquals(List.of(), JavaTokenizer.tokenize(source));
    }

    @Test
    void stringThatIsNotClosedEndsWithItsLine() {
        assertEquals("a \"\" b ; ''", texts("a \"x\\\n b; 'c"));
    }
}
