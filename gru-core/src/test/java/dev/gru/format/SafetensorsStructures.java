package dev.gru.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.gru.format.fixture.Structure;
import dev.gru.format.json.Json;

/** Safetensors files that grow: state dicts, and some that are none. */
final class SafetensorsStructures {
    static final List<Structure> ALL = List.of(
            new Structure("layers of a state dict", 32, SafetensorsStructures::stack),
            new Structure("state dicts in one file", 64, SafetensorsStructures::modules),
            new Structure("tensors that are no GRU's", 128, n -> {
                File file = new File();
                for (int i = 0; i < n; i++) {
                    file.tensor("t" + i, 1);
                }
                return file.bytes();
            }),
            new Structure("entries of metadata", 256, n -> {
                File file = layer(new File(), "", 0);
                for (int i = 0; i < n; i++) {
                    file.metadata.put("k" + i, "v");
                }
                return file.bytes();
            }),
            new Structure("a long prefix", 1024, n -> layer(new File(), "weight_ih_l".repeat(n), 0).bytes()),
            new Structure("dimensions of a tensor", 512, n -> {
                int[] ones = new int[n];
                Arrays.fill(ones, 1);
                return new File().tensor("weight_ih_l0", ones).bytes();
            }),
            new Structure("numbers of a thousand digits", 16,
                    n -> raw("{\"a\":[" + String.join(",", Collections.nCopies(n, "9".repeat(999))) + "]}", 0)),
            new Structure("empty objects", 4096,
                    n -> raw("{\"a\":[" + String.join(",", Collections.nCopies(n, "{}")) + "]}", 0)),
            new Structure("escaped text", 1024, n -> raw("{\"" + "\\u001b".repeat(n) + "\":0}", 0)),
            new Structure("blanks", 4096, n -> raw("{" + " ".repeat(n) + "}", 0)),
            new Structure("lists within lists", 1024, n -> raw("{\"a\":" + "[".repeat(n), 0)));

    private SafetensorsStructures() {
    }

    /** A file of F32 zeros. */
    static final class File {
        final Map<String, Object> metadata = new LinkedHashMap<>();
        private final Map<String, Object> header = new LinkedHashMap<>();
        private int end;

        /** Adds a tensor. */
        File tensor(String name, int... shape) {
            int begin = end;
            end += Float.BYTES * Arrays.stream(shape).reduce(1, Math::multiplyExact);
            header.put(name, Map.of("dtype", "F32", "shape", Arrays.stream(shape).boxed().toList(), "data_offsets",
                    List.of(begin, end)));
            return this;
        }

        /** Returns the file. */
        byte[] bytes() {
            Map<String, Object> whole = new LinkedHashMap<>();
            if (!metadata.isEmpty()) {
                whole.put("__metadata__", metadata);
            }
            whole.putAll(header);
            return raw(Json.write(whole), end);
        }
    }

    private static byte[] raw(String header, int dataBytes) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(Long.BYTES + json.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length).put(json).array();
    }

    private static File layer(File file, String prefix, int number) {
        return file.tensor(prefix + "weight_ih_l" + number, 3, 1).tensor(prefix + "weight_hh_l" + number, 3, 1);
    }

    private static byte[] stack(int n) {
        File file = new File();
        for (int i = 0; i < n; i++) {
            layer(file, "", i);
        }
        return file.bytes();
    }

    private static byte[] modules(int n) {
        File file = new File();
        for (int i = 0; i < n; i++) {
            layer(file, "m" + i + ".", 0);
        }
        return file.bytes();
    }

    /** The library's own files that grow. */
    static final class Own {
        static final List<Structure> ALL = List.of(
                new Structure("activations of many features", 16, n -> wide(n, "activation")),
                new Structure("maskings of many features", 16, n -> wide(n, "masking")),
                new Structure("layers beside one of a long name", 64, n -> {
                    String name = "n".repeat(64 * n);
                    Own model = new Own().dense(name, 1, 1);
                    for (int i = 0; i < n; i++) {
                        model.layers.add(Map.of("type", "dropout", "name", "d", "rate", 0.5));
                    }
                    return model.output("y", 0, 1).bytes();
                }),
                new Structure("dense layers", 64, n -> {
                    Own model = new Own();
                    for (int i = 0; i < n; i++) {
                        model.dense("d", 1, 1);
                    }
                    return model.output("y", 0, 1).bytes();
                }),
                new Structure("outputs", 256, n -> {
                    Own model = new Own().dense("d", 1, 1);
                    for (int i = 0; i < n; i++) {
                        model.output("y" + i, 0, 1);
                    }
                    return model.bytes();
                }),
                new Structure("states that go in and come out", 64, n -> {
                    Own model = new Own();
                    for (int i = 0; i < n; i++) {
                        model.gru("g").state("h" + i, "INITIAL_STATE", i, 1).state("s" + i, "FINAL_STATE", i, 1);
                    }
                    return model.output("y", 0, 1).bytes();
                }),
                new Structure("outputs that are all states", 32, n -> {
                    Own model = new Own();
                    for (int i = 0; i < n; i++) {
                        model.gru("g").state("s" + i, "FINAL_STATE", 0, n);
                    }
                    return model.output("y", 0, 1).bytes();
                }));

        private static final Map<String, Object> LINEAR = function("LINEAR");

        private final File file = new File();
        private final List<Object> layers = new ArrayList<>();
        private final List<Object> inputs = new ArrayList<>();
        private final List<Object> outputs = new ArrayList<>();

        private Own() {
            inputs.add(port("x", "INPUT", 0, 0, List.of("BATCH", "STEP", "FEATURE"), false));
        }

        private static Map<String, Object> function(String name) {
            return Map.of("function", name, "alpha", 1.0, "beta", 0.0);
        }

        private static Map<String, Object> port(String name, String role, int first, int count, List<String> axes,
                boolean optional) {
            return Map.of("name", name, "role", role, "first", first, "count", count, "axes", axes, "optional",
                    optional);
        }

        private Own output(String name, int first, int count) {
            outputs.add(port(name, "OUTPUT", first, count, List.of("BATCH", "STEP", "FEATURE"), false));
            return this;
        }

        private Own state(String name, String role, int first, int count) {
            List<String> axes = count == 1 ? List.of("BATCH", "FEATURE") : List.of("DIRECTION", "BATCH", "FEATURE");
            (role.equals("INITIAL_STATE") ? inputs : outputs)
                    .add(port(name, role, first, count, axes, role.equals("INITIAL_STATE")));
            return this;
        }

        private Own dense(String name, int inputSize, int outputSize) {
            String path = layers.size() + "/" + name + "/";
            layers.add(Map.of("type", "dense", "name", name, "input_size", inputSize, "output_size", outputSize,
                    "activation", LINEAR));
            file.tensor(path + "weight", outputSize, inputSize).tensor(path + "bias", outputSize);
            return this;
        }

        private Own gru(String name) {
            String path = layers.size() + "/" + name + "/";
            Map<String, Object> options = new LinkedHashMap<>(Map.of("type", "gru", "name", name, "variant",
                    "RESET_AFTER", "input_size", 1, "hidden_size", 1, "gates", function("SIGMOID"), "candidate",
                    function("TANH"), "return_sequences", true, "direction", "FORWARD", "zero_output_for_mask", false));
            options.put("clip", null);
            layers.add(options);
            file.tensor(path + "weight_ih", 3, 1).tensor(path + "weight_hh", 3, 1).tensor(path + "bias_ih", 3)
                    .tensor(path + "bias_hh", 3);
            return this;
        }

        /** One dense layer of 16 · n features, and n layers without weights behind it. */
        private static byte[] wide(int n, String type) {
            Own model = new Own().dense("d", 1, 16 * n);
            for (int i = 0; i < n; i++) {
                // Each with a parameter of its own, so that no two of them are the same.
                model.layers.add(type.equals("masking")
                        ? Map.of("type", type, "name", "m" + i, "mask_value", (double) i)
                        : Map.of("type", type, "name", "a" + i, "activation",
                                Map.of("function", "LINEAR", "alpha", 1.0, "beta", (double) i)));
            }
            return model.output("y", 0, 16 * n).bytes();
        }

        private byte[] bytes() {
            file.metadata.put(ModelMetadata.KEY, Json.write(Map.of("version", 1, "precision", "FP32", "layers", layers,
                    "inputs", inputs, "outputs", outputs)));
            return file.bytes();
        }
    }
}
