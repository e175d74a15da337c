package dev.gru.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.NotEmpty;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.UniqueElements;

/** What is written reads back, bit for bit, whatever its names and values. */
class SafetensorsProperties {

    @Property(tries = 100)
    void whatIsWrittenReadsBack(@ForAll @Size(max = 5) @UniqueElements List<@NotEmpty String> names,
            @ForAll @Size(max = 50) float[] floats, @ForAll @Size(max = 50) int[] ints) throws IOException {
        SafetensorsWriter writer = new SafetensorsWriter();
        for (int i = 0; i < names.size(); i++) {
            if (i % 2 == 0) {
                writer.add(names.get(i), floats, 1, floats.length, 1);
            } else {
                writer.add(names.get(i), ints, ints.length);
            }
        }
        Path file = Files.createTempFile("round-trip", ".safetensors");
        try {
            writer.write(file);
            Safetensors read = Safetensors.read(file);
            assertEquals(names, List.copyOf(read.tensors().keySet()));
            for (int i = 0; i < names.size(); i++) {
                Safetensors.Tensor tensor = read.tensor(names.get(i));
                if (i % 2 == 0) {
                    assertArrayEquals(floats, tensor.floats());
                    assertArrayEquals(new int[]{1, floats.length, 1}, tensor.shape());
                } else {
                    assertArrayEquals(ints, tensor.ints());
                    assertArrayEquals(new int[]{ints.length}, tensor.shape());
                }
            }
        } finally {
            Files.delete(file);
        }
    }
}
