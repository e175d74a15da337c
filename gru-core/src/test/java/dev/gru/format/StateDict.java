package dev.gru.format;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

import dev.gru.format.fixture.Fixtures;
import dev.gru.format.json.Json;
import dev.gru.format.safetensors.DType;
import dev.gru.layer.Tensor;

/** The tensors of a PyTorch module on their way into a file, which tests take out, put in, rename and convert. */
final class StateDict {
    private record Entry(DType dtype, Tensor tensor) {
    }

    private final Map<String, Entry> entries = new LinkedHashMap<>();

    /** Takes the tensors that PyTorch wrote. */
    static StateDict of(String pytorchCase) {
        StateDict dict = new StateDict();
        try {
            Safetensors file = Safetensors.read(Fixtures.file("pytorch/" + pytorchCase + "/model.safetensors"));
            for (Safetensors.Tensor tensor : file.tensors().values()) {
                dict.entries.put(tensor.name(),
                        new Entry(DType.valueOf(tensor.dtype()), Tensor.of(tensor.floats(), tensor.shape())));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return dict;
    }

    /** Puts a tensor in, or another in its place, whose values do not matter. */
    StateDict with(String name, int... shape) {
        int elements = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        entries.put(name, new Entry(DType.F32, Tensor.of(new float[elements], shape)));
        return this;
    }

    StateDict without(String name) {
        if (entries.remove(name) == null) {
            throw new IllegalArgumentException("no tensor " + name);
        }
        return this;
    }

    /** Puts another state dict beside this one. */
    StateDict with(StateDict other) {
        entries.putAll(other.entries);
        return this;
    }

    StateDict renamed(UnaryOperator<String> names) {
        StateDict renamed = new StateDict();
        entries.forEach((name, entry) -> renamed.entries.put(names.apply(name), entry));
        return renamed;
    }

    /** Converts one tensor, as PyTorch's {@code to} does. */
    StateDict converted(String name, DType dtype) {
        entries.computeIfPresent(name, (_, entry) -> new Entry(dtype, entry.tensor));
        return this;
    }

    /** Converts all tensors. */
    StateDict converted(DType dtype) {
        List.copyOf(entries.keySet()).forEach(name -> converted(name, dtype));
        return this;
    }

    float[] values(String name) {
        return entries.get(name).tensor.floats();
    }

    byte[] bytes() {
        Map<String, Object> header = new LinkedHashMap<>();
        long end = 0;
        for (Map.Entry<String, Entry> named : entries.entrySet()) {
            Entry entry = named.getValue();
            long begin = end;
            end += (long) entry.tensor.floats().length * entry.dtype.bytes();
            header.put(named.getKey(), Map.of("dtype", entry.dtype.name(), "shape",
                    IntStream.of(entry.tensor.shape()).boxed().toList(), "data_offsets", List.of(begin, end)));
        }
        ByteBuffer data = ByteBuffer.allocate(Long.BYTES + (int) end).order(ByteOrder.LITTLE_ENDIAN).putLong(0);
        for (Entry entry : entries.values()) {
            for (float value : entry.tensor.floats()) {
                switch (entry.dtype) {
                    case F64 -> data.putDouble(value);
                    case F32 -> data.putFloat(value);
                    case F16 -> data.putShort(Float.floatToFloat16(value));
                    case BF16 -> data.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
                    case I32 -> data.putInt((int) value);
                    default -> throw new IllegalArgumentException("no values of type " + entry.dtype);
                }
            }
        }
        return Fixtures.withHeader(data.array(), Json.write(header));
    }

    Path write(Path file) throws IOException {
        return Files.write(file, bytes());
    }
}
