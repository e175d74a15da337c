package dev.gru.bench.compare;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

import com.fasterxml.jackson.core.JsonGenerator;

import dev.gru.bench.Work;
import dev.gru.bench.compare.Comparison.Entrant;
import dev.gru.bench.compare.Comparison.Failure;
import dev.gru.bench.compare.Comparison.Fork;
import dev.gru.bench.compare.Comparison.Lead;
import dev.gru.bench.compare.Comparison.Settings;
import dev.gru.bench.report.JsonFile;
import dev.gru.bench.roofline.LayerLimit;
import dev.gru.bench.roofline.MachineLimits;
import dev.gru.bench.roofline.RooflineJson;

/** A comparison as JSON: all measurements, fork by fork, and all figures computed from them. Times are in µs. */
public final class ComparisonJson {
    private ComparisonJson() {
    }

    /** Writes a file, and replaces it if it exists. */
    public static void write(Comparison comparison, Path file) throws IOException {
        JsonFile.write(file, json -> write(comparison, json));
    }

    private static void write(Comparison comparison, JsonGenerator json) throws IOException {
        RooflineJson.machine(json, comparison.machine());
        Settings settings = comparison.settings();
        json.writeObjectFieldStart("settings");
        json.writeNumberField("rounds", settings.rounds());
        json.writeNumberField("warmUpIterations", settings.warmUpIterations());
        json.writeNumberField("warmUpMillis", settings.warmUpMillis());
        json.writeNumberField("iterations", settings.iterations());
        json.writeNumberField("millis", settings.millis());
        json.writeEndObject();
        json.writeArrayFieldStart("contenders");
        for (Entrant entrant : comparison.entrants()) {
            json.writeStartObject();
            json.writeStringField("name", entrant.name());
            json.writeStringField("version", entrant.version());
            json.writeBooleanField("ours", entrant.ours());
            json.writeStringField("precision", entrant.precision().name());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("limits");
        for (MachineLimits limits : comparison.limits()) {
            json.writeStartObject();
            RooflineJson.limits(json, limits);
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("forks");
        for (Fork fork : comparison.forks()) {
            json.writeStartObject();
            json.writeNumberField("round", fork.round());
            json.writeStringField("work", fork.work().parameter());
            json.writeStringField("contender", fork.entrant());
            json.writeNumberField("micros", fork.micros());
            double[] iterations = fork.iterations().stream().mapToDouble(Double::doubleValue).toArray();
            json.writeFieldName("iterations");
            json.writeArray(iterations, 0, iterations.length);
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("failures");
        for (Failure failure : comparison.failures()) {
            json.writeStartObject();
            json.writeStringField("work", failure.work().parameter());
            json.writeStringField("contender", failure.entrant());
            json.writeStringField("reason", failure.reason());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("results");
        for (Work work : comparison.works()) {
            json.writeStartObject();
            result(comparison, work, json);
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void result(Comparison comparison, Work work, JsonGenerator json) throws IOException {
        json.writeStringField("work", work.parameter());
        json.writeArrayFieldStart("times");
        for (Entrant entrant : comparison.entrants()) {
            json.writeStartObject();
            json.writeStringField("contender", entrant.name());
            spread(json, "micros", comparison.micros(entrant, work));
            if (entrant.ours()) {
                LayerLimit limit = LayerLimit.of(work, entrant.precision(), comparison.limit());
                json.writeNumberField("limitMicros", limit.micros());
                json.writeStringField("limitBoundBy", limit.boundBy());
                spread(json, "shareOfLimit", comparison.shareOfLimit(entrant, work));
            }
            json.writeEndObject();
        }
        json.writeEndArray();
        lead(json, "fp32PeerByOursFp32", comparison.leadInFp32(work));
        lead(json, "anyPeerByOursBf16", comparison.leadInBf16(work));
    }

    private static void lead(JsonGenerator json, String name, Optional<Lead> lead) throws IOException {
        if (lead.isPresent()) {
            json.writeObjectFieldStart(name);
            json.writeStringField("peer", lead.get().peer());
            spread(json, "ratio", Optional.of(lead.get().ratio()));
            json.writeEndObject();
        }
    }

    private static void spread(JsonGenerator json, String name, Optional<Spread> spread) throws IOException {
        if (spread.isPresent()) {
            json.writeObjectFieldStart(name);
            json.writeNumberField("median", spread.get().median());
            json.writeNumberField("least", spread.get().least());
            json.writeNumberField("most", spread.get().most());
            json.writeEndObject();
        }
    }
}
