package dev.gru.bench.tagging;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

import com.fasterxml.jackson.core.JsonGenerator;

import dev.gru.bench.report.JsonFile;

/** A confusion matrix and its figures, as text and as JSON. */
public final class EvaluationReport {
    private static final String MEAN = "mean";

    private EvaluationReport() {
    }

    /** Returns a table of the labels with their figures, followed by the matrix. */
    public static String format(ConfusionMatrix matrix) {
        List<String> names = matrix.labels().names();
        int nameWidth = Math.max(MEAN.length(), names.stream().mapToInt(String::length).max().orElseThrow());
        StringBuilder out = new StringBuilder();
        Accuracy accuracy = matrix.accuracy();
        out.append(String.format(Locale.ROOT, "accuracy %s: %,d of %,d tokens%n%n", accuracy, accuracy.correct(),
                accuracy.tokens()));
        String row = "%-" + nameWidth + "s%11s%11s%11s%11s%n";
        out.append(String.format(Locale.ROOT, row, "", "precision", "recall", "F1", "tokens"));
        for (int i = 0; i < names.size(); i++) {
            out.append(String.format(Locale.ROOT, row, names.get(i), percent(matrix.precision(i)),
                    percent(matrix.recall(i)), percent(matrix.f1(i)), String.format(Locale.ROOT, "%,d",
                            matrix.support(i))));
        }
        out.append(String.format(Locale.ROOT, row, MEAN, percent(matrix.macro(matrix::precision)),
                percent(matrix.macro(matrix::recall)), percent(matrix.macro(matrix::f1)),
                String.format(Locale.ROOT, "%,d", accuracy.tokens())));
        return out.append(String.format("%nRows: true labels; columns: predicted labels.%n"))
                .append(matrix(matrix, nameWidth)).toString();
    }

    private static String matrix(ConfusionMatrix matrix, int nameWidth) {
        List<String> names = matrix.labels().names();
        StringBuilder out = new StringBuilder(" ".repeat(nameWidth));
        int[] widths = new int[names.size()];
        for (int i = 0; i < widths.length; i++) {
            widths[i] = names.get(i).length();
            for (int truth = 0; truth < widths.length; truth++) {
                widths[i] = Math.max(widths[i], Long.toString(matrix.count(truth, i)).length());
            }
            out.append(String.format(Locale.ROOT, "  %" + widths[i] + "s", names.get(i)));
        }
        out.append(System.lineSeparator());
        for (int truth = 0; truth < widths.length; truth++) {
            out.append(String.format(Locale.ROOT, "%-" + nameWidth + "s", names.get(truth)));
            for (int i = 0; i < widths.length; i++) {
                out.append(String.format(Locale.ROOT, "  %" + widths[i] + "d", matrix.count(truth, i)));
            }
            out.append(System.lineSeparator());
        }
        return out.toString();
    }

    private static String percent(OptionalDouble ratio) {
        return ratio.isEmpty() ? "-" : String.format(Locale.ROOT, "%.1f %%", 100 * ratio.getAsDouble());
    }

    /** Writes the matrix and its figures to a file, which is replaced if it exists; empty figures are null. */
    public static void write(ConfusionMatrix matrix, Path file) throws IOException {
        JsonFile.write(file, json -> {
            Accuracy accuracy = matrix.accuracy();
            json.writeNumberField("tokens", accuracy.tokens());
            json.writeNumberField("correct", accuracy.correct());
            number(json, "accuracy", accuracy.tokens() == 0
                    ? OptionalDouble.empty()
                    : OptionalDouble.of((double) accuracy.correct() / accuracy.tokens()));
            number(json, "macroPrecision", matrix.macro(matrix::precision));
            number(json, "macroRecall", matrix.macro(matrix::recall));
            number(json, "macroF1", matrix.macro(matrix::f1));
            json.writeArrayFieldStart("labels");
            for (int i = 0; i < matrix.labels().size(); i++) {
                json.writeStartObject();
                json.writeStringField("label", matrix.labels().names().get(i));
                number(json, "precision", matrix.precision(i));
                number(json, "recall", matrix.recall(i));
                number(json, "f1", matrix.f1(i));
                json.writeNumberField("tokens", matrix.support(i));
                json.writeArrayFieldStart("given");
                for (int given = 0; given < matrix.labels().size(); given++) {
                    json.writeNumber(matrix.count(i, given));
                }
                json.writeEndArray();
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }

    private static void number(JsonGenerator json, String name, OptionalDouble value) throws IOException {
        if (value.isEmpty()) {
            json.writeNullField(name);
        } else {
            json.writeNumberField(name, value.getAsDouble());
        }
    }
}
