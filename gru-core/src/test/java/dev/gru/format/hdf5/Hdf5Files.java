package dev.gru.format.hdf5;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.WritableGroup;

/** Writes HDF5 files that no Keras at hand would write. */
public final class Hdf5Files {
    private Hdf5Files() {
    }

    /**
     * Returns a file.
     *
     * @param directory where it may be on the way
     * @param content of the outermost group: under each name either a map, which is a group, or an array; under a name
     *     with {@code @} before it, an attribute of the group
     */
    public static byte[] write(Path directory, Map<String, ?> content) throws IOException {
        Path file = Files.createTempFile(directory, "written", ".h5");
        try (WritableHdfFile written = HdfFile.write(file)) {
            fill(written, content);
        }
        return Files.readAllBytes(file);
    }

    @SuppressWarnings("unchecked")
    private static void fill(WritableGroup group, Map<String, ?> content) {
        content.forEach((name, value) -> {
            if (name.startsWith("@")) {
                group.putAttribute(name.substring(1), value);
            } else if (value instanceof Map<?, ?> inner) {
                fill(group.putGroup(name), (Map<String, ?>) inner);
            } else {
                group.putDataset(name, value);
            }
        });
    }
}
