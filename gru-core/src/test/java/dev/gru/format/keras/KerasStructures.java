package dev.gru.format.keras;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import dev.gru.format.fixture.Fixtures;
import dev.gru.format.fixture.Structure;
import dev.gru.format.hdf5.OldHdf5;

/** Keras files that grow: archives, and legacy files. */
public final class KerasStructures {
    private static final String CASE = "gru_default";
    private static final String MODEL = """
            {"class_name":"Sequential","config":{"name":"s","layers":[{"class_name":"InputLayer","config":\
            {"batch_input_shape":[null,null,1],"dtype":"float32","sparse":false,"ragged":false,"name":"i"}},\
            {"class_name":"Dense","config":{"name":"d","trainable":true,"dtype":"float32","units":1,\
            "activation":"linear","use_bias":true}}]}}""";

    public static final List<Structure> ALL = List.of(
            new Structure("layers of an archive", 32, n -> archive(repeated(dropout("d"), n))),
            new Structure("layers of a functional model, all of them outputs", 16, KerasStructures::functional),
            new Structure("a long name of a layer", 4096, n -> archive(dropout("n".repeat(n)))),
            new Structure("objects within objects", 16, n -> archive("{\"a\":".repeat(n) + "0" + "}".repeat(n))),
            new Structure("options of a layer", 256, n -> {
                StringBuilder options = new StringBuilder();
                for (int i = 0; i < n; i++) {
                    options.append(",\"o").append(i).append("\":null");
                }
                return archive(dropout("d").replace(",\"rate\"", options + ",\"rate\""));
            }),
            new Structure("entries of an archive", 64, n -> {
                Map<String, byte[]> entries = entries();
                for (int i = 0; i < n; i++) {
                    entries.put("e" + i, new byte[1]);
                }
                return Fixtures.storedZip(entries);
            }),
            new Structure("names in one heap", 64, n -> names(n, 128 * n, "d/kernel")),
            new Structure("names that are one long text", 64, n -> names(n, 0, "n".repeat(1000))),
            new Structure("names with heaps of their own", 64, KerasStructures::heaps),
            new Structure("groups side by side", 64, n -> {
                OldHdf5 file = new OldHdf5();
                Map<String, Long> groups = new TreeMap<>();
                for (int i = 0; i < n; i++) {
                    groups.put("g" + i, file.group(Map.of(), List.of()));
                }
                return legacy(file, groups, List.of());
            }),
            new Structure("groups within groups", 64, n -> {
                OldHdf5 file = new OldHdf5();
                long group = file.group(Map.of(), List.of());
                for (int i = 0; i < n; i++) {
                    group = file.group(Map.of("g", group), List.of());
                }
                return legacy(file, Map.of("model_weights", group), List.of());
            }),
            new Structure("attributes of a group", 64, n -> {
                List<OldHdf5.Attribute> attributes = new ArrayList<>();
                for (int i = 0; i < n; i++) {
                    attributes.add(OldHdf5.text("a" + i, "v"));
                }
                return legacy(new OldHdf5(), Map.of(), attributes);
            }));

    private KerasStructures() {
    }

    private static Map<String, byte[]> entries() {
        return new LinkedHashMap<>(Fixtures.entries(Fixtures.file("keras/" + CASE + "/model.keras")));
    }

    private static String repeated(String object, int n) {
        return String.join(",", Collections.nCopies(n, object));
    }

    private static String dropout(String name) {
        return "{\"module\":\"keras.layers\",\"class_name\":\"Dropout\",\"config\":{\"name\":\"" + name
                + "\",\"rate\":0.5},\"registered_name\":null}";
    }

    private static String config() {
        return new String(entries().get(Fixtures.CONFIG), StandardCharsets.UTF_8);
    }

    private static byte[] withConfig(String config) {
        Map<String, byte[]> entries = entries();
        entries.put(Fixtures.CONFIG, config.getBytes(StandardCharsets.UTF_8));
        return Fixtures.storedZip(entries);
    }

    /** Returns a model with more layers after its only one. */
    private static byte[] archive(String layers) {
        return withConfig(config().replace("}], \"build_input_shape\"", "}," + layers + "], \"build_input_shape\""));
    }

    private static byte[] functional(int n) {
        String layers = config().substring(config().indexOf("{\"module\": \"keras.layers\", \"class_name\": \"GRU\""),
                config().indexOf("}], \"build_input_shape\""));
        StringBuilder chain = new StringBuilder(layers).append(inbound("gru", "i"));
        StringBuilder outputs = new StringBuilder();
        for (int i = 0; i < n; i++) {
            String layer = dropout("d" + i);
            chain.append(',').append(layer, 0, layer.length() - 1)
                    .append(inbound("d" + i, i == 0 ? "gru" : "d" + (i - 1)));
            outputs.append(i == 0 ? "" : ",").append("[\"d").append(n - 1).append("\",0,0]");
        }
        return withConfig("""
                {"module":"keras.src.models.functional","class_name":"Functional","config":{"name":"m","layers":[\
                {"module":"keras.layers","class_name":"InputLayer","config":{"batch_shape":[null,null,5],\
                "dtype":"float32","sparse":false,"ragged":false,"name":"i"},"name":"i","inbound_nodes":[]},%s],\
                "input_layers":[["i",0,0]],"output_layers":[%s]},"registered_name":"Functional"}"""
                .formatted(chain, outputs));
    }

    private static String inbound(String name, String before) {
        return ",\"name\":\"" + name + "\",\"inbound_nodes\":[[[\"" + before + "\",0,0,{}]]]}";
    }

    private static byte[] legacy(OldHdf5 file, Map<String, Long> children, List<OldHdf5.Attribute> attributes) {
        List<OldHdf5.Attribute> all = new ArrayList<>(attributes);
        all.add(OldHdf5.text("model_config", MODEL));
        all.add(OldHdf5.text("keras_version", "2.15.0"));
        return file.bytes(file.group(children, all));
    }

    /** Returns a file whose only layer lists n names. */
    private static byte[] names(OldHdf5 file, int n, byte[] references) {
        long layer = file.group(Map.of(), List.of(OldHdf5.texts("weight_names", n, references)));
        return legacy(file, Map.of("model_weights", file.group(Map.of("d", layer), List.of())), List.of());
    }

    private static byte[] names(int n, int empty, String name) {
        OldHdf5 file = new OldHdf5();
        return names(file, n, OldHdf5.references(n, name.length(), file.heap(empty, name)));
    }

    private static byte[] heaps(int n) {
        OldHdf5 file = new OldHdf5();
        byte[] references = new byte[16 * n];
        for (int i = 0; i < n; i++) {
            System.arraycopy(OldHdf5.references(1, 8, file.heap(16, "d/kernel")), 0, references, 16 * i, 16);
        }
        return names(file, n, references);
    }
}
