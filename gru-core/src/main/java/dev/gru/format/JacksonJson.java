package dev.gru.format;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;

/** The only class that uses the JSON library; see {@link Json}. */
final class JacksonJson {
    /** Configurations nest about ten levels. */
    private static final int MAX_DEPTH = 64;

    /**
     * The values of a document take more memory than its text; this bounds them to some megabytes. A layer of a Keras
     * model has about 150 tokens, a tensor of a safetensors file 14.
     */
    private static final int MAX_TOKENS = 500_000;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxTokenCount(MAX_TOKENS)
                    .build())
            // Names out of files must not stay in memory for the life of the JVM.
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    private JacksonJson() {
    }

    static Map<String, Object> parseObject(String where, byte[] document) throws ModelFormatException {
        try (JsonParser parser = FACTORY.createParser(decode(where, document).toString())) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new ModelFormatException(where + ": is not a JSON object");
            }
            Map<String, Object> object = object(where, parser);
            if (parser.nextToken() != null) {
                throw new ModelFormatException(where + ": something follows the JSON object");
            }
            return object;
        } catch (ModelFormatException e) {
            throw e;
        } catch (JsonProcessingException e) {
            String place = e.getLocation() == null
                    ? ""
                    : " at line " + e.getLocation().getLineNr() + ", column " + e.getLocation().getColumnNr();
            throw new ModelFormatException(
                    where + ": is not valid JSON" + place + ": " + Printable.of(e.getOriginalMessage()), e);
        } catch (IOException e) {
            throw new UncheckedIOException("a string was parsed, so nothing could fail to be read", e);
        }
    }

    private static CharBuffer decode(String where, byte[] document) throws ModelFormatException {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(document));
        } catch (CharacterCodingException e) {
            throw new ModelFormatException(where + ": is not UTF-8", e);
        }
    }

    private static Map<String, Object> object(String where, JsonParser parser) throws IOException {
        Map<String, Object> object = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            if (object.containsKey(name)) {
                throw new ModelFormatException(where + ": the name " + Printable.quoted(name) + " is there twice");
            }
            parser.nextToken();
            object.put(name, value(where, parser));
        }
        return object;
    }

    private static List<Object> array(String where, JsonParser parser) throws IOException {
        List<Object> array = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            array.add(value(where, parser));
        }
        return array;
    }

    private static Object value(String where, JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> object(where, parser);
            case START_ARRAY -> array(where, parser);
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT -> parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                    ? (Object) Double.parseDouble(parser.getText())
                    : (Object) parser.getLongValue();
            case VALUE_NUMBER_FLOAT -> Double.parseDouble(parser.getText());
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            case FIELD_NAME, END_OBJECT, END_ARRAY, NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT ->
                throw new ModelFormatException(where + ": unexpected " + parser.currentToken());
        };
    }

    static byte[] write(Map<String, ?> object) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator generator = FACTORY.createGenerator(out)) {
            writeValue(object, generator);
        } catch (IOException e) {
            throw new UncheckedIOException("memory was written to, so nothing could fail to be written", e);
        }
        return out.toByteArray();
    }

    private static void writeValue(Object value, JsonGenerator generator) throws IOException {
        switch (value) {
            case Map<?, ?> object -> {
                generator.writeStartObject();
                for (Map.Entry<?, ?> entry : object.entrySet()) {
                    generator.writeFieldName((String) entry.getKey());
                    writeValue(entry.getValue(), generator);
                }
                generator.writeEndObject();
            }
            case List<?> array -> {
                generator.writeStartArray();
                for (Object element : array) {
                    writeValue(element, generator);
                }
                generator.writeEndArray();
            }
            case Long number -> generator.writeNumber(number);
            case String string -> generator.writeString(string);
            default -> throw new IllegalArgumentException("cannot be written: " + value);
        }
    }
}
