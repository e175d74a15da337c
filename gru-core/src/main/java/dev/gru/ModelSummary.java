package dev.gru;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

import dev.gru.internal.Printable;
import dev.gru.layer.Graph;
import dev.gru.layer.Layer;
import dev.gru.layer.Sequential;
import dev.gru.weights.Precision;

/** The table that {@link GruModel#summary} returns. */
final class ModelSummary {
    private static final String GAP = "  ";
    private static final int UNIT = 1024;
    /** Longer names are cut, as Keras cuts them: the table is as wide as the longest. */
    private static final int MAX_NAME = 60;

    private ModelSummary() {
    }

    private record Row(String layer, String shape, String parameters, String connected) {
    }

    /** Returns the table of some layers, and how they run. */
    static String of(Graph layers, ModelOptions options) {
        List<Row> rows = new ArrayList<>();
        long parameters = 0;
        long bytes = 0;
        boolean chain = Sequential.isImplied(layers);
        if (!chain) {
            layers.inputs().forEach(input -> rows.add(
                    new Row(cut(input.name()) + " (InputLayer)", input.shape().toString(), count(0), "-")));
        }
        for (int i = 0; i < layers.layers().size(); i++) {
            Layer layer = layers.layers().get(i);
            int node = chain ? i : layers.uses(layer).getFirst();
            rows.add(new Row(cut(layer.name()) + " (" + layer.type() + ")", layers.outputShape(node).toString(),
                    count(layer.parameterCount()), chain ? "" : connected(layers, layer)));
            parameters += layer.parameterCount();
            bytes += bytes(layer, options.precision());
        }
        return table(rows, chain) + "Total params: " + count(parameters) + " (" + size(bytes) + ")\n"
                + "Precision: " + options.precision() + "\n"
                + "Kernel: " + options.kernel() + ", " + options.threads()
                + (options.threads() == 1 ? " thread\n" : " threads\n");
    }

    /** Returns the names of whose outputs go into a layer, of all nodes that apply it. */
    private static String connected(Graph model, Layer layer) {
        return model.uses(layer).stream().flatMap(use -> model.nodes().get(use).inputs().stream())
                .map(value -> cut(value < model.inputs().size()
                        ? model.inputs().get(value).name()
                        : model.nodes().get(value - model.inputs().size()).layer().name()))
                .collect(Collectors.joining(", "));
    }

    /** Returns a name, fit for a terminal, as it is, unless it is longer than any that one reads. */
    private static String cut(String name) {
        return name.length() <= MAX_NAME ? Printable.line(name) : Printable.of(name, MAX_NAME - 1);
    }

    private static long bytes(Layer layer, Precision precision) {
        long inPrecision = layer.matrixWeightCount();
        return inPrecision * precision.bytes() + (layer.parameterCount() - inPrecision) * Float.BYTES;
    }

    private static String table(List<Row> rows, boolean chain) {
        Row head = new Row("Layer (type)", "Output Shape", "Param #", chain ? "" : "Connected to");
        int layer = head.layer().length();
        int shape = head.shape().length();
        int parameters = head.parameters().length();
        int connected = head.connected().length();
        for (Row row : rows) {
            connected = Math.max(connected, row.connected().length());
            layer = Math.max(layer, row.layer().length());
            shape = Math.max(shape, row.shape().length());
            parameters = Math.max(parameters, row.parameters().length());
        }
        String format = "%-" + layer + "s" + GAP + "%-" + shape + "s" + GAP + "%" + parameters + "s"
                + (connected == 0 ? "%s" : GAP + "%s") + "\n";
        int gaps = connected == 0 ? 2 : 3;
        String rule = "=".repeat(layer + shape + parameters + connected + gaps * GAP.length()) + "\n";
        StringBuilder table = new StringBuilder(line(format, head)).append(rule);
        for (Row row : rows) {
            table.append(line(format, row));
        }
        return table.append(rule).toString();
    }

    private static String line(String format, Row row) {
        return String.format(Locale.ROOT, format, row.layer(), row.shape(), row.parameters(), row.connected());
    }

    private static String count(long parameters) {
        return String.format(Locale.ROOT, "%,d", parameters);
    }

    /** Returns bytes as Keras does: in units of 1024, with two decimals. */
    private static String size(long bytes) {
        double size = bytes;
        int unit = 0;
        for (; size >= UNIT && unit < 4; unit++) {
            size /= UNIT;
        }
        return String.format(Locale.ROOT, "%.2f %s", size, List.of("B", "KB", "MB", "GB", "TB").get(unit));
    }
}
