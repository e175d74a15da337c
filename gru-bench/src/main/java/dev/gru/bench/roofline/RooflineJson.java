package dev.gru.bench.roofline;

import java.io.IOException;
import java.util.List;

import com.fasterxml.jackson.core.JsonGenerator;

import dev.gru.bench.roofline.MachineLimits.Level;
import dev.gru.bench.roofline.MachineLimits.Rate;

/** A machine and its limits as JSON. Rates are in GFLOP/s and GB/s, sizes in bytes. */
public final class RooflineJson {
    private RooflineJson() {
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
