package dev.gru.bench.roofline;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;

import dev.gru.bench.roofline.MachineLimits.Level;
import dev.gru.bench.roofline.MachineLimits.Rate;
import dev.gru.format.file.FileReplacement;

/** A machine and its limits as JSON. Rates are in GFLOP/s and GB/s, sizes in bytes. */
public final class RooflineJson {
    private RooflineJson() {
    }

    /** What is written into an object. */
    @FunctionalInterface
    public interface Fields {
        /** Writes fields. */
        void write(JsonGenerator json) throws IOException;
    }

    /** Writes a file that holds one object, in place of one that is there. */
    public static void write(Path file, Fields fields) throws IOException {
        FileReplacement.write(file, out -> {
            try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
                json.useDefaultPrettyPrinter();
                json.writeStartObject();
                fields.write(json);
                json.writeEndObject();
                json.writeRaw('\n');
            }
        });
    }

    /** Writes the field {@code machine}. */
    public static void machine(JsonGenerator json, Machine machine) throws IOException {
        json.writeObjectFieldStart("machine");
        json.writeStringField("cpu", machine.cpu());
        json.writeNumberField("processors", machine.processors());
        json.writeStringField("os", machine.os());
        json.writeStringField("jvm", machine.jvm());
        json.writeNumberField("l1", machine.caches().l1());
        json.writeNumberField("l2", machine.caches().l2());
        json.writeNumberField("l3", machine.caches().l3());
        json.writeEndObject();
    }

    /** Writes the fields of limits. */
    public static void limits(JsonGenerator json, MachineLimits limits) throws IOException {
        json.writeNumberField("vectorBits", limits.vectorBits());
        rate(json, "peak", limits.peak());
        levels(json, "levels", limits.levels());
    }

    /** Writes a field that holds levels. */
    public static void levels(JsonGenerator json, String name, List<Level> levels) throws IOException {
        json.writeArrayFieldStart(name);
        for (Level level : levels) {
            json.writeStartObject();
            json.writeStringField("name", level.name());
            json.writeNumberField("workingSet", level.workingSet());
            rate(json, "bandwidth", level.bandwidth());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void rate(JsonGenerator json, String name, Rate rate) throws IOException {
        json.writeObjectFieldStart(name);
        json.writeNumberField("best", rate.best());
        json.writeNumberField("median", rate.median());
        json.writeEndObject();
    }
}
