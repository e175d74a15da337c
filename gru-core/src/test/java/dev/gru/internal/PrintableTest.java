package dev.gru.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrintableTest {
    /** C0, DEL, C1, what ends lines and paragraphs, turns of direction, zero width, half a pair, no character. */
    @ParameterizedTest
    @ValueSource(ints = {0, '\t', '\n', '\r', 0x1B, 0x7F, 0x85, 0x9B, 0x2028, 0x2029, 0x200B, 0x202E, 0x2066, 0xFEFF,
            0xD800,
            0xDC00, 0xFFFF, 0xE0001})
    void whatWouldLeaveItsPlaceIsReplaced(int codePoint) {
        String text = "a" + Character.toString(codePoint) + "b";
        assertEquals("a?b", Printable.line(text));
        assertEquals("a?b", Printable.path(text));
        assertEquals("a?b", Printable.of(text));
        assertEquals("\"a?b\"", Printable.quoted(text));
        assertEquals("a?b", Printable.of(new IllegalStateException(text)));
    }

    @Test
    void textStaysAsItIs() {
        String text = "gru_1/kernel:0 ü ß € 漢字 עברית 😀 x́";
        assertEquals(text, Printable.line(text));
        assertEquals(text, Printable.of(text));
    }

    @Test
    void namesAreCutBetweenCharactersAndLinesAreNot() {
        String faces = "😀".repeat(200);
        assertEquals(faces, Printable.line(faces));
        String cut = Printable.of("x" + faces);
        assertTrue(cut.endsWith("😀…") && cut.length() <= 123, cut);
        assertEquals("y".repeat(120), Printable.of("y".repeat(120)));
        assertEquals("y".repeat(120) + "…", Printable.of("y".repeat(121)));
    }

    @Test
    void aThrowableWithoutAMessageIsNamed() {
        assertEquals("IllegalStateException", Printable.of(new IllegalStateException()));
    }
}
