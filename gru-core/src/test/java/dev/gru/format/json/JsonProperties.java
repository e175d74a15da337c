package dev.gru.format.json;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/** Jackson and this module agree about every document: what is in it, or that it is none. */
class JsonProperties {
    private static final String[] PIECES = {"{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\u00e9", "\\ud800", "0",
            "-", "+", ".", "e", "E", "12", "1.5e3", "9223372036854775808", "true", "false", "null", "NaN", " ", "\n",
            "\t", "\u0000", "\u001f", "\u007f", "\u00a0", "\u2028", "é", "😀", "a", "\"a\":", "\"a\"", "\"b\"", "//",
            "'",
            "\uFEFF", "{}", "[]", "{\"a\":1}"};

    private static Object value(Random random, int depth) {
        return switch (random.nextInt(depth > 4 ? 6 : 8)) {
            case 0 -> random.nextLong() >> random.nextInt(64);
            case 1 -> random.nextGaussian() * Math.pow(10, random.nextInt(-300, 300));
            case 2 -> (double) random.nextInt(-2, 3);
            case 3 -> text(random);
            case 4 -> random.nextBoolean();
            case 5 -> null;
            case 6 -> {
                List<Object> array = new ArrayList<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    array.add(value(random, depth + 1));
                }
                yield array;
            }
            default -> object(random, depth + 1);
        };
    }

    private static Map<String, Object> object(Random random, int depth) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            object.put(text(random), value(random, depth));
        }
        return object;
    }

    private static String text(Random random) {
        StringBuilder out = new StringBuilder();
        for (int i = random.nextInt(6); i > 0; i--) {
            out.append((char) random.nextInt(random.nextBoolean() ? 0x80 : 0x10000));
        }
        return out.toString();
    }

    @Property(tries = 2000, shrinking = ShrinkingMode.OFF)
    void bothReadWhatIsWrittenAsItWas(@ForAll long seed) throws IOException {
        Map<String, Object> object = object(new Random(seed), 0);
        String document = Json.write(object);
        assertEquals(object, Json.parseObject("d", document));
        assertEquals(object, JacksonReference.parseObject(document.getBytes(StandardCharsets.UTF_8)));
    }

    @Property(tries = 20_000, shrinking = ShrinkingMode.OFF)
    void bothReadOrRefuseWhatIsDamaged(@ForAll long seed) {
        Random random = new Random(seed);
        StringBuilder document = new StringBuilder(Json.write(object(random, 0)));
        for (int edits = random.nextInt(1, 4); edits > 0; edits--) {
            int from = random.nextInt(document.length() + 1);
            int to = Math.min(document.length(), from + random.nextInt(3));
            document.replace(from, to, random.nextInt(4) == 0 ? "" : PIECES[random.nextInt(PIECES.length)]);
        }
        String text = document.toString();
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        assertEquals(outcome(() -> JacksonReference.parseObject(bytes)), outcome(() -> Json.parseObject("d", bytes)),
                () -> Json.write(Map.of("document", text)));
    }

    private interface Parse {
        Map<String, Object> run() throws IOException;
    }

    private static Object outcome(Parse parse) {
        try {
            return parse.run();
        } catch (IOException e) {
            return "refused";
        }
    }
}
