package dev.gru.format.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.sun.management.ThreadMXBean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.gru.format.file.ModelFormatException;

/** Values come out as documented, and every departure from the grammar is refused where it is. */
class JsonTest {
    private static Map<String, Object> parse(String document) throws ModelFormatException {
        return Json.parseObject("d", document);
    }

    private static String refusal(String document) {
        String message = assertThrows(ModelFormatException.class, () -> parse(document)).getMessage();
        assertTrue(message.startsWith("d: "), message);
        assertEquals(1, message.lines().count(), message);
        return message;
    }

    @Test
    void everyKindOfValueComesOutAsDocumented() throws ModelFormatException {
        Map<String, Object> expected = new LinkedHashMap<>();
        expected.put("z", 0L);
        expected.put("a", List.of(-12L, Long.MAX_VALUE, 0x1p63, 0.5, -1e-7, 2e3, -0.0,
                Double.POSITIVE_INFINITY));
        expected.put("", Arrays.asList(true, false, null, List.of(), Map.of()));
        expected.put("\"\\/\b\f\n\r\té😀\u007F", "ü\uD800x");
        Map<String, Object> parsed = parse("""
                 {"z" : 0 , "a":[ -12,9223372036854775807, 9223372036854775808,0.5,-1E-7,2e+3,-0.0,1e999],
                \t"":[true,false,null,[ ],{ }],\r
                "\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\ude00\u007F":"ü\\ud800x"} \t""");
        assertEquals(expected, parsed);
        assertEquals(List.copyOf(expected.keySet()), List.copyOf(parsed.keySet()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "[]", "3", "\"a\"", "null", "\uFEFF{}", "/**/{}"})
    void whatIsNoObjectIsRefused(String document) {
        assertEquals("d: is not a JSON object", refusal(document));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "{\"a", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":[", "{\"a\":[1",
            "{\"a\":[1,", "{\"a\\", "{\"a\\u12", "{\"a\":-", "{\"a\":1e", "{\"a\":tru"})
    void aDocumentThatIsCutOffIsRefused(String document) {
        assertTrue(refusal(document).contains("is not valid JSON at line 1, column "));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            {"a":01}            | column 7: "1" where '}' should be
            {"a":+1}            | column 6: "+" where a value should be
            {"a":.5}            | column 6: "." where a value should be
            {"a":5.}            | column 8: "}" where a digit should be
            {"a":1e+}           | column 9: "}" where a digit should be
            {"a":--1}           | column 7: "-" where a digit should be
            {"a":0x1}           | column 7: "x" where '}' should be
            {"a":NaN}           | column 6: "N" where a value should be
            {"a":-Infinity}     | column 7: "I" where a digit should be
            {"a":True}          | column 6: "T" where a value should be
            {"a":nul}           | column 6: "n" where a value should be
            {"a":1,}            | column 8: "}" where a name in quotation marks should be
            {"a":[1,]}          | column 9: "]" where a value should be
            {"a":[1 2]}         | column 9: "2" where ']' should be
            {"a":[1}            | column 8: "}" where ']' should be
            {a:1}               | column 2: "a" where a name in quotation marks should be
            {'a':1}             | column 2: "'" where a name in quotation marks should be
            {"a" 1}             | column 6: "1" where ':' should be
            {"a":1 "b":2}       | column 8: \""" where '}' should be
            {"a":"\\x"}          | column 8: "x" where an escape should be
            {"a":"\\u12g4"}      | column 11: "g" where four hexadecimal digits should be
            {"a":"\\u１２３４"}  | column 9: "１" where four hexadecimal digits should be
            {"a":1}//           | something follows the JSON object at line 1, column 8
            {}{}                | something follows the JSON object at line 1, column 3
            {"a":1,"b":{"a":1,"a":1}} | the name "a" appears twice
            {"a":1,"\\u0061":1}  | the name "a" appears twice
            """)
    void everyDepartureIsRefusedWhereItIs(String document, String part) {
        String message = refusal(document);
        assertTrue(message.contains(part), message);
    }

    @Test
    void controlCharactersAndOtherSpaceAreRefused() {
        assertTrue(refusal("{\"a\nb\":1}").contains("line 1, column 4: \"?\" where the end of a string"));
        assertTrue(refusal("{\n\n \"a\":\u00a01}").contains("line 3, column 6"));
        assertTrue(refusal("{\f}").contains("line 1, column 2"));
    }

    @Test
    void whatIsNotUtf8IsRefused() {
        for (byte[] part : new byte[][]{{(byte) 0xC0, (byte) 0x80}, {(byte) 0xED, (byte) 0xA0, (byte) 0x80},
                {(byte) 0xFF}, {(byte) 0xC3}}) {
            byte[] document = "{\"  \":1}".getBytes(StandardCharsets.ISO_8859_1);
            System.arraycopy(part, 0, document, 2, Math.min(part.length, 2));
            assertEquals("d: is not UTF-8",
                    assertThrows(ModelFormatException.class, () -> Json.parseObject("d", document)).getMessage());
        }
    }

    @Test
    void depthLengthAndNumberOfPartsAreBounded() throws ModelFormatException {
        parse("{\"a\":" + "[".repeat(63) + "]".repeat(63) + "}");
        assertTrue(refusal("{\"a\":" + "[".repeat(64)).contains("nested more than 64 levels deep"));
        assertTrue(refusal("{\"a\":".repeat(100_000)).contains("nested more than 64 levels deep"));
        parse("{\"a\":" + "1".repeat(1000) + "}");
        assertTrue(refusal("{\"a\":0." + "1".repeat(1000) + "}").contains("more than 1000 digits"));
        parse("{\"a\":[" + "0,".repeat(299_998) + "0]}");
        assertTrue(refusal("{\"a\":[" + "0,".repeat(299_999) + "0]}").contains("more than 300000 values"));
    }

    /**
     * All that is allocated on the way, garbage too, of documents that have an object or array every few characters.
     */
    @ParameterizedTest
    @ValueSource(strings = {"[],", "{},", "0,", "\"a\",", "[0],", "{\"a\":0},", "1000,", "null,", "[[[[0]]]],",
            "9223372036854775808,", "1e9,"})
    void valuesTakeNoMoreThanASmallMultipleOfTheirText(String part) throws ModelFormatException {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        byte[] document = ("{\"a\":[" + part.repeat(50_000) + "0]}").getBytes(StandardCharsets.UTF_8);
        long before = threads.getCurrentThreadAllocatedBytes();
        Json.parseObject("d", document);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertTrue(allocated <= 48L * document.length, allocated + " bytes for " + document.length);
    }

    private static Map<String, Object> parsePython(String document) throws ModelFormatException {
        return Json.parsePython("d", document.getBytes(StandardCharsets.UTF_8), name -> name.endsWith("_x"));
    }

    @Test
    void whatPythonWritesBesideJsonIsReadWhereItIsAskedFor() throws ModelFormatException {
        assertEquals(Map.of("a", List.of(Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -1L)),
                parsePython("{\"a\":[NaN,Infinity,-Infinity,-1]}"));
        for (String wrong : new String[]{"nan", "Inf", "-NaN", "+Infinity", "-Inf", "Infinit", "N"}) {
            assertThrows(ModelFormatException.class, () -> parsePython("{\"a\":" + wrong + "}"), wrong);
        }
    }

    @Test
    void valuesThatNobodyWantsAreSkippedWhateverTheirSize() throws ModelFormatException {
        String matrix = "[[0.5,-1e3,NaN," + "[1,\"a\",null,{\"b\":{}}],".repeat(200_000) + "[]]]";
        Map<String, Object> expected = orderedMap("a", List.of(orderedMap("b_x", Parser.SKIPPED, "c_x", null)), "d",
                1L);
        assertEquals(expected, parsePython("{\"a\":[{\"b_x\":" + matrix + ",\"c_x\":null}],\"d\":1}"));
        for (String wrong : new String[]{"[1,]", "{\"a\"}", "{1:2}", "[01]", "[1 2]", "[", "\"", "[[}]", "-"}) {
            assertThrows(ModelFormatException.class, () -> parsePython("{\"a_x\":" + wrong + "}"), wrong);
        }
        assertTrue(assertThrows(ModelFormatException.class,
                () -> parsePython("{\"a_x\":" + "[".repeat(100_000) + "}")).getMessage().contains("levels deep"));
    }

    @Test
    void onlyWhatJsonHasIsWritten() {
        assertEquals("{\"a\":[1,2,0.5,true,null,[],{}],\"\\u0001\\\"\":\"\\\\é\\ud83d\"}", Json.write(
                orderedMap("a", Arrays.asList(1L, 2, 0.5, true, null, List.of(), Map.of()), "\u0001\"", "\\é\uD83D")));
        assertThrows(IllegalArgumentException.class, () -> Json.write(Map.of("a", Double.NaN)));
        assertThrows(IllegalArgumentException.class, () -> Json.write(Map.of("a", 'c')));
    }

    private static Map<String, Object> orderedMap(String first, Object one, String second, Object other) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put(first, one);
        map.put(second, other);
        return map;
    }
}
