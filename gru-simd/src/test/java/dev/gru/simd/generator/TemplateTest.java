package dev.gru.simd.generator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TemplateTest {

    private static String render(String text, Map<String, Object> variables) {
        return new Template(text, "").render(variables);
    }

    @Test
    void linesAreRepeatedForNumbersAndElements() {
        assertEquals("a0 a1\n  b 4 by 3\n  b 2 by 1\nend\n", render("""
                a${v} a${v + 1}
                $for tile in tiles
                  b ${tile.rows} by ${tile.vectors}
                $end
                end
                """, Map.of("v", 0, "tiles", List.of(new Tile(4, 3), new Tile(2, 1)))));
        assertEquals("0,5\n1,5\n0,7\n1,7\n", render("""
                $for n in list
                $for v in 0..two
                ${v},${n}
                $end
                $end
                """, Map.of("list", List.of(5, 7), "two", 2)));
    }

    @ParameterizedTest
    @CsvSource({"0, at|x", "1, at + B|x + 1", "2, at + 2 * B|x + 2"})
    void placesAreWrittenAsPeopleWriteThem(int v, String expected) {
        assertEquals(expected + "\n", render("at${+ v * B}|x${+ v}", Map.of("v", v)));
    }

    @Test
    void placesAndVariablesMayBeSums() {
        assertEquals("y + 5 * B y1\n", render("y${+ n + v * B} y${v - 1}", Map.of("v", 2, "n", 3)));
    }

    @ParameterizedTest
    @CsvSource({"0, zero none", "1, small none", "2, else none", "3, else three"})
    void oneOfTwoBranchesIsTaken(int r, String expected) {
        String text = """
                $if r == 0
                zero
                $else
                $if r < two
                small
                $else
                else
                $end
                $end
                $if isThree
                three
                $else
                none
                $end
                """;
        assertEquals(expected.replace(' ', '\n') + "\n",
                render(text, Map.of("r", r, "two", 2, "isThree", r == 3)));
    }

    @Test
    void definitionsAreIndentedAsTheirUse() {
        String definitions = """
                Words that are not part of one are left out.
                $define twice(y, v)
                $use once(${y}, ${v})
                ${y} += ${v};
                $end
                $define once(y, v)
                ${y} = ${v};
                $end
                """;
        assertEquals("{\n    r0 = f(x);\n    r0 += f(x);\n}\n", new Template("""
                {
                    $use twice(r${n}, f(x))
                }
                """, definitions).render(Map.of("n", 0)));
    }

    @Test
    void longLinesAreWrappedAtCommas() {
        String word = "a".repeat(38);
        assertEquals(
                "    f(" + word + ", " + word + ",\n            " + word + ", " + word + ",\n            " + word
                        + ");\n",
                render("    f(" + (word + ", ").repeat(4) + word + ");", Map.of()));
    }

    @Test
    void longCommentsAreMistakes() {
        String line = " * " + "word, ".repeat(20);
        assertEquals("too long: " + line,
                assertThrows(IllegalArgumentException.class, () -> render(line, Map.of())).getMessage());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"${v}|no such variable: v", "${v|no }: ${v",
            "$for v in 0..2|no $end: $for v in 0..2",
            "$use f(x)|not defined: $use f(x)", "$when|no such directive: $when"})
    void mistakesAreNamed(String text, String message) {
        String whole = text.equals("$when") ? text + "\n$end" : text;
        assertEquals(message,
                assertThrows(IllegalArgumentException.class, () -> render(whole, Map.of())).getMessage());
    }
}
