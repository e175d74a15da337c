package dev.gru.bench.report;

import java.io.IOException;
import java.nio.file.Path;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;

import dev.gru.format.file.FileReplacement;

/** Files of JSON in which commands save their figures: one object each, indented. */
public final class JsonFile {
    private JsonFile() {
    }

    /** The fields of the object. */
    @FunctionalInterface
    public interface Fields {
        /** Writes all of them. */
        void writeTo(JsonGenerator json) throws IOException;
    }

    /**
     * Writes a file, which appears under its name only when it is whole.
     *
     * @param file the file; replaced if it exists
     * @param fields the fields of its object
     * @throws IOException if it cannot be written; exceptions of {@code fields} are passed on
     */
    public static void write(Path file, Fields fields) throws IOException {
        FileReplacement.write(file, out -> {
            try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
                json.useDefaultPrettyPrinter();
                json.writeStartObject();
                fields.writeTo(json);
                json.writeEndObject();
                json.writeRaw('\n');
            }
        });
    }
}
